//! `--min-confidence` keeps what is at least so sure, and every quotation has a confidence.

use crate::scene::Scene;

const TEXT: &str = "Minister Olga Brandt said that the port would reopen.\n\n\"We lost eleven days,\" she said.\n\n\
    \"We shall not lose a twelfth.\"\n";

fn confidences(scene: &Scene, least: &str) -> Vec<f64> {
    let arguments =
        ["extract", "-", "--input", "txt", "-f", "jsonl", "-q", "--extractor", "rules", "--min-confidence", least];
    let run = scene.run_with(&arguments, TEXT);
    let text = String::from_utf8(run.stdout).expect("UTF-8");
    let value = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["confidence"].as_f64();
    text.lines().map(|line| value(line).expect("a confidence")).collect()
}

#[test]
fn the_least_confidence_is_a_threshold() {
    let scene = Scene::new();
    let all = confidences(&scene, "0");
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|c| (0.0..=1.0).contains(c)));
    let mut sorted = all.clone();
    sorted.sort_by(f64::total_cmp);
    assert!(sorted[0] < sorted[2], "{all:?}");
    let middle = sorted[1];
    let kept = confidences(&scene, &middle.to_string());
    assert_eq!(kept, all.into_iter().filter(|c| *c >= middle).collect::<Vec<_>>());
    assert!(confidences(&scene, "1").is_empty());
}
