//! The two articles that the project began with: every attribution, its speaker and its holder.
//!
//! Their texts are not ours to ship: the tests are skipped where `../shared/seeds` is missing.

use demarche::document::plain;
use demarche::lang::language;
use demarche::quotation::{Kind, Quotation, Rules, quotations};

/// One expected attribution: kind, how the first content begins, how the last ends, cue, holder (`None`: the speaker).
type Expected = (Kind, &'static str, &'static str, Option<&'static str>, Option<&'static str>);

const D: Kind = Kind::Direct;
const M: Kind = Kind::Mixed;
const I: Kind = Kind::Indirect;
const KIM: Option<&str> = Some("Kim Jong-un");

const FIRST: [Expected; 6] = [
    (I, "Moscow expects the second meeting", "to produce positive results", Some("said"), Some("Moscow")),
    (D, "The second round of talks", "We are interested in easing tensions,", Some("pointed out"), None),
    (I, "she considered the meeting", "had helped reduce tensions", Some("added"), None),
    (D, "I think it is only possible", "to meet each other half way,", Some("noted"), None),
    (M, "North Korea had taken serious steps", "on the part of the US.\"", Some("emphasized"), None),
    (D, "If ensuring the complete", "take further unilateral steps,", Some("noted"), None),
];

const SECOND: [Expected; 19] = [
    (I, "North Korean leader Kim Jong-un expects that", "on the way to denuclearization", Some("told reporters"), KIM),
    (D, "He very much expects Russia", "at the Singapore talks,", Some("said"), KIM),
    (D, "Those are very serious steps", "of the Korean Peninsula,", Some("stressed"), None),
    (M, "Kim Jong-un was determined", "and further unification.\"", Some("was confident"), None),
    (D, "I could see that this", "doing a lot for that,", Some("added"), None),
    (I, "the military parade", "there were no ballistic missiles", Some("According to"), None),
    (D, "The rhetoric has changed", "bellicose rhetoric is gone,", Some("noted"), None),
    (M, "Pyongyang \"is sending a signal", "resolve the issue peacefully.\"", Some("adding"), None),
    (I, "Kim Jong-un highly values", "addressed to him excellent", Some("said"), KIM),
    (M, "the North Korean leader \"ran over\"", "the text", Some("According to"), None),
    (D, "[Then] I got to talk", "He said that the message was excellent.", Some("added"), KIM),
    (M, "He also \"said good", "the conditions we are in,\"", Some("added"), KIM),
    (I, "Kim Jong-un is planning", "in the near future", Some("confirmed"), None),
    (D, "As for the US, he", "steps on the denuclearization,", Some("said"), KIM),
    (I, "the North Korean leader mentioned Trump", "at the meeting with her", Some("adding"), None),
    (D, "He spoke very correctly", "of him,", Some("noted"), KIM),
    (D, "They are waiting for reciprocal", "it is not in place yet,", Some("went on"), KIM),
    (I, "The sides continue contacts", "contacts", Some("said"), None),
    (D, "He (Kim Jong-un) is doing it", "reaction are planned,", Some("concluded"), KIM),
];

fn extracted(name: &str) -> Option<(String, Vec<Quotation>)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .skip(1)
        .map(|p| p.join("shared/seeds").join(name))
        .find(|p| p.exists());
    let Some(path) = path else {
        #[expect(clippy::print_stderr, reason = "a skipped test says why")]
        {
            eprintln!("skipped: no shared/seeds/{name} beside the repository");
        }
        return None;
    };
    let document = plain::document(std::fs::read_to_string(path).expect("the file exists"), None);
    let found = quotations(&document, &Rules, language("en").expect("English is there"));
    Some((document.text, found))
}

fn check(name: &str, expected: &[Expected]) -> Option<(String, Vec<Quotation>)> {
    let (text, found) = extracted(name)?;
    for (kind, begins, ends, cue, holder) in expected {
        let quotation = found.iter().find(|q| q.content[0].of(&text).starts_with(begins)).expect(begins);
        let last = quotation.content.last().expect("never empty").of(&text);
        assert!(last.ends_with(ends), "{name}: {begins:?} ends with {last:?}");
        assert_eq!(quotation.kind, *kind, "{name}: {begins:?}");
        assert_eq!(quotation.cue.map(|c| c.of(&text)), *cue, "{name}: {begins:?}");
        let speaker = &quotation.speaker;
        assert_eq!(speaker.name.as_deref(), Some("Valentina Matviyenko"), "{name}: {begins:?}");
        assert_eq!(speaker.role.as_deref(), Some("legislative leader"), "{name}: {begins:?}");
        assert_eq!(speaker.organization.as_deref(), Some("Federation Council"), "{name}: {begins:?}");
        assert_eq!(speaker.country.as_deref(), Some("RU"), "{name}: {begins:?}");
        let other = quotation.holder.name.as_deref().filter(|_| !quotation.holder.same_as_speaker);
        assert_eq!(other, *holder, "{name}: {begins:?}");
    }
    Some((text, found))
}

#[test]
fn first_seed() {
    if let Some((_, found)) = check("000_1ffabc4e6d281cb1.txt", &FIRST) {
        assert_eq!(found.len(), FIRST.len(), "{found:?}");
    }
}

#[test]
fn second_seed() {
    let Some((text, found)) = check("003_6babf9ef64a091da.txt", &SECOND) else { return };
    let then = found.iter().find(|q| q.content[0].of(&text).starts_with("[Then]")).expect("checked before");
    assert_eq!(then.content.len(), 2);
    let reciprocal =
        found.iter().find(|q| q.content[0].of(&text).starts_with("As for the US")).expect("checked before");
    assert_eq!(reciprocal.target.as_deref(), Some("United States"));
    for quotation in &found {
        let content = quotation.content.iter().map(|s| s.of(&text)).collect::<String>();
        for stray in ["/TASS/", "AP Photo", "All news", "— speaker"] {
            assert!(!content.contains(stray), "{content}");
        }
        let name = quotation.speaker.name.as_deref().unwrap_or_default();
        assert!(matches!(name, "Valentina Matviyenko" | "Pyongyang" | "North Korea" | ""), "{name}: {content}");
    }
}

/// The labels that the shipped model gives to the two articles, read by the shipped extractor.
#[test]
fn shipped_model_labels_the_seeds() {
    use demarche::model::Model;
    use demarche::pipeline;
    use demarche::quotation::{Hybrid, Tagger};

    let shipped = |name: &str| {
        std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name)).expect("shipped")
    };
    let extractor = Hybrid::new(Tagger::from_bytes(&shipped("extractor-en.extractor")).expect("sound"));
    let model = Model::from_bytes(&shipped("diplomatic-core-en-2.model")).expect("sound");
    let stance = model.tasks().next().expect("has tasks").labels.clone();
    for (name, n_quotations, expected) in [
        ("000_1ffabc4e6d281cb1.txt", 6, vec![("The second round of talks", "positive-expectation", None)]),
        (
            "003_6babf9ef64a091da.txt",
            21,
            vec![
                ("He very much expects Russia", "call-for-easing", KIM),
                ("As for the US", "call-for-reciprocity", KIM),
                ("They are waiting", "call-for-reciprocity", KIM),
            ],
        ),
    ] {
        let Some((text, _)) = extracted(name) else { return };
        let document = plain::document(text.clone(), None);
        let mut workspace = model.vectorizer().workspace();
        let scored = pipeline::score(&document, &extractor, &model, false, &mut workspace).expect("English");
        assert_eq!(scored.len(), n_quotations, "{name}");
        for (begins, label, holder) in expected {
            let one = scored.iter().find(|s| s.statement.text.starts_with(begins)).expect(begins);
            let labels: Vec<&str> = one.scores.tasks[0].labels.iter().map(|&k| stance.name(k)).collect();
            assert!(labels.contains(&label), "{begins:?} has {labels:?}");
            assert_eq!(one.statement.speaker.as_deref(), Some("Valentina Matviyenko"));
            assert_eq!(one.statement.holder.as_deref(), holder, "{begins:?}");
        }
    }
}
