//! Models whose text features are hashed: as good where there is room, of bounded size, and plain about what is lost.

use crate::scene::Scene;

#[test]
fn hashed_features_have_no_names_and_the_model_says_so() {
    let scene = Scene::new();
    let train = |name: &str, more: &[&str]| {
        let flags = ["--folds", "0", "-c", "4", "--min-documents", "1"];
        let run = scene.run(&[&["train", "quotes.csv", "-o", name], &flags[..], more].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        String::from_utf8(run.stdout).unwrap()
    };
    assert!(!train("named.model", &[]).contains("hashed"));
    assert!(train("hashed.model", &["--hash-bits", "20"]).contains("hashed to 2^20 columns"));
    assert!(train("small.model", &["--hash-bits", "8"]).contains("names are lost"));
    let card = String::from_utf8(scene.read("hashed.md")).unwrap();
    assert!(card.contains("names are lost"), "{card}");
    assert!(train("again.model", &["--hash-bits", "20", "-j", "3"]).contains("names are lost"));

    // With a million buckets hardly two features meet: the probabilities are those of the model with names.
    let probabilities = |model: &str| -> Vec<f64> {
        let lines = scene.lines(&["score", "--statements", "quotes.csv", "-m", model, "-f", "jsonl"]);
        let of_row = |line: &serde_json::Value| line["tasks"]["sentiment"]["probabilities"].as_object().cloned();
        lines.iter().filter_map(of_row).flat_map(|row| row.into_iter().filter_map(|(_, p)| p.as_f64())).collect()
    };
    let (named, hashed, small) =
        (probabilities("named.model"), probabilities("hashed.model"), probabilities("small.model"));
    let furthest = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(!named.is_empty() && furthest(&named, &hashed) < 0.02, "{}", furthest(&named, &hashed));
    assert!(furthest(&named, &small) > furthest(&named, &hashed));
    assert_eq!(hashed, probabilities("again.model"));
    let size = |name: &str| std::fs::metadata(scene.path(name)).unwrap().len();
    // Sixty rows have 3647 features, four families of 256 buckets 994.
    assert!(3 * size("small.model") < size("hashed.model"), "256 buckets a family bound the model");

    // What a bucket met in the text is shown by its place.
    let explained =
        scene.text(&["score", "--statements", "quotes.csv", "-m", "small.model", "-f", "jsonl", "--explain", "3"]);
    assert!(explained.contains("word:#") || explained.contains("character:#"));
    for bits in ["7", "25", "x"] {
        assert_eq!(scene.run(&["train", "quotes.csv", "-o", "x.model", "--hash-bits", bits]).code, 2);
    }
}
