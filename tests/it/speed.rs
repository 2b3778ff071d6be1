//! The program executes as many instructions as it did. Counting, only where it is asked for: it takes a release build.

use std::process::Command;

#[test]
fn the_counts_are_of_the_shipped_profile() {
    let read = |path: &str| -> toml::Table {
        std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap().parse().unwrap()
    };
    let (counts, manifest) = (read("benches/instructions.toml"), read("Cargo.toml"));
    assert!(counts["rustc"].as_str().is_some_and(|rustc| rustc.starts_with("rustc ")), "{counts}");
    assert_eq!(counts["profile"], manifest["profile"]["release"], "benches/instructions.py --update");
}

#[test]
fn instructions_are_as_counted() {
    if std::env::var("DEMARCHE_INSTRUCTIONS").as_deref() != Ok("1") {
        eprintln!("skipped: set DEMARCHE_INSTRUCTIONS=1 after cargo build --release");
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.py");
    let run = Command::new("python3").arg(script).output().unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
    eprintln!("{told}");
}
