//! The program executes no more instructions than it did. Only where it is asked for: it takes a release build.

use std::process::Command;

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
