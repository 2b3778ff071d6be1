//! Who said what, at which bytes?
//!
//! An [`Extractor`] finds [`Attribution`]s (content, cue, source: spans); afterwards [`quotations`] resolves each
//! source to a [`Speaker`] and a [`Holder`]. Extractors can be exchanged; what follows them is the same.

mod apposition;
pub(crate) mod ask;
mod belonging;
mod beside;
mod bodies;
mod cast;
mod claim;
mod closing;
mod coordination;
mod cue;
mod dialogue;
mod extent;
mod facts;
mod floating;
mod holder;
pub(crate) mod home;
mod homeland;
mod hybrid;
pub(crate) mod interview;
mod kind;
pub mod marks;
mod mention;
mod nested;
mod office;
mod opener;
mod passage;
mod phrase;
mod plain_report;
mod profile;
pub(crate) mod ranker;
pub mod role;
mod rules;
mod source;
pub(crate) mod speaker;
#[cfg_attr(not(feature = "train"), expect(dead_code, reason = "parts that only fitting uses"))]
pub mod tagger;
mod target;
mod telling;
pub(crate) mod topic;
mod turn;
mod unnamed;
mod unsaid;
pub(crate) mod vocabulary;
mod whose;

pub use hybrid::Hybrid;
pub use kind::Kind;
pub use passage::{Passage, passages};
pub use ranker::SpeakerRanker;
pub use rules::Rules;
pub use tagger::Tagger;

use crate::document::Document;
use crate::lang::{Language, RoleClass};
use crate::text::Span;

/// One act of reporting: spans only. Spans of content do not hold the outer marks.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// What was said, in order; several spans where the cue stands between.
    pub content: Vec<Span>,
    /// The reporting words.
    pub cue: Option<Span>,
    /// The words that name who said it.
    pub source: Option<Span>,
    /// Number of the paragraph in which it begins.
    pub paragraph: usize,
    /// How sure the extractor is that this is an attribution with these words, in 0..=1.
    pub confidence: f64,
    /// Whether the source was not found beside the quotation but taken from the one before.
    pub inferred: bool,
}

/// Finds attributions.
pub trait Extractor: Sync {
    /// The attributions of a document in text order. Never fails; linear in the text.
    fn attributions(&self, document: &Document, passages: &[Passage], lang: &Language) -> Vec<Attribution>;

    /// What tells whom "he" and "the minister" mean. Extractors that learnt nothing of it have a table set by hand.
    fn speakers(&self) -> &SpeakerRanker {
        &ranker::BY_HAND
    }
}

/// Who said it. Unknown parts are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speaker {
    /// The fullest name in the article.
    pub name: Option<String>,
    /// The words for somebody whom the article does not name ("a senior official").
    pub description: Option<String>,
    /// Class of the role ("minister").
    pub role: Option<String>,
    /// Organization as the article names it.
    pub organization: Option<String>,
    /// ISO 3166 two-letter code.
    pub country: Option<String>,
}

/// Whose position it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// The fullest name, or the words for it.
    pub name: Option<String>,
    /// Whether the speaker speaks for itself.
    pub same_as_speaker: bool,
}

/// A quotation with everything that the article tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Quotation {
    /// How it is reported.
    pub kind: Kind,
    /// What was said: spans in order, without the outer marks.
    pub content: Vec<Span>,
    /// The reporting words.
    pub cue: Option<Span>,
    /// The words that name who said it.
    pub source: Option<Span>,
    /// Number of the paragraph in which it begins, from 0.
    pub paragraph: usize,
    /// Who said it.
    pub speaker: Speaker,
    /// Whose position it is.
    pub holder: Holder,
    /// What it is about: an actor, act or issue named in it, in its words; `None` when unsure.
    pub target: Option<String>,
    /// The country at which it is directed, as statements have it; `None` when unsure.
    pub country: Option<String>,
    /// How sure it is that content and speaker are right, in 0..=1.
    pub confidence: f64,
    /// What a reader should know ("speaker inferred from the quotation before").
    pub warnings: Vec<String>,
}

impl Quotation {
    /// The content spans joined by one blank.
    pub fn text(&self, document: &Document) -> String {
        let parts: Vec<&str> = self.content.iter().map(|s| s.of(&document.text)).collect();
        parts.join(" ")
    }

    /// Where byte `at` of [`Quotation::text`] stands in the document.
    pub fn document_byte(&self, mut at: usize) -> usize {
        for span in &self.content {
            if at <= span.len() {
                return span.start + at;
            }
            at -= span.len() + 1;
        }
        self.content.last().map_or(0, |s| s.end)
    }
}

/// How much the sureness of the speaker counts beside that of the content. On PolNeAR dev the expected calibration error
/// of the product against "the content is in the gold" is in docs/EXTRACTOR.md for 1 and for this.
const SPEAKER_SHARE: f64 = 0.25;

/// The quotations of a document in text order.
pub fn quotations(document: &Document, extractor: &dyn Extractor, lang: &Language) -> Vec<Quotation> {
    let passages = passages(document, lang);
    let mut attributions = extractor.attributions(document, &passages, lang);
    attributions.retain(|a| !a.content.is_empty() && a.paragraph < passages.len());
    let mut turns = interview::turns(document, &passages, lang);
    if turns.is_empty() {
        let (answers, from) = interview::answers(document, &passages, lang);
        // Questions are nobody's quotations.
        attributions.retain(|a| answers.is_empty() || a.paragraph < from);
        turns = answers;
    }
    let interview = turns.first().map(|t| t.content[0].start);
    if interview.is_some() {
        let covered = interview::covered(&turns, &passages);
        attributions.retain(|a| !covered.contains(&a.paragraph));
        attributions.extend(turns);
    }
    if attributions.is_empty() {
        return Vec::new();
    }
    attributions.sort_by(|a, b| {
        let place = |a: &Attribution| (a.content[0].start, a.content[0].end);
        place(a).cmp(&place(b)).then(b.confidence.total_cmp(&a.confidence))
    });
    // The same words are one record: the surer reading of them.
    attributions.dedup_by(|b, a| a.content == b.content);
    // What stands behind the last quotation tells nothing of it: a paragraph appended changes nothing before it.
    let end = attributions.iter().flat_map(|a| a.content.iter().chain(&a.source)).map(|s| s.end).max().unwrap_or(0);
    let told = &passages[..passages.partition_point(|p| p.span.start < end)];
    let words = vocabulary::Vocabulary::new(document, told);
    let mut profiles = profile::Profiles::default();
    let topics = topic::Topics::new(&words);
    let mut resolver =
        speaker::Resolver::new(document, &passages, &words, &attributions, interview, extractor.speakers(), lang);
    let places = home::places(document, told, &|byte| resolver.cast.is_name(byte), lang);
    let home = home::most(&places);
    let homeland = homeland::Homeland::new(document, told, places, &words, &resolver.cast, lang);
    let mut known = home::Home::new(homeland.country(), lang);
    attributions
        .into_iter()
        .map(|attribution| {
            let (mut speaker, holder, sureness) = resolver.resolve(&attribution);
            let held_in = resolver.holder_country(&holder);
            let country = target::target(document, &passages, &attribution, &speaker, held_in.as_deref(), lang);
            let weights = &extractor.speakers().target;
            let own = if holder.same_as_speaker { speaker.country.as_deref().or(home) } else { held_in.as_deref() };
            let demanded = topic::is_demanded(&attribution, &document.text, lang);
            let said = topic::Said { attribution: &attribution, speaker: &speaker, holder: &holder, own, demanded };
            let target = topics.target(&resolver, &said, weights);
            // Names, holders and targets are settled: what follows tells of the speaker.
            profiles.complete(&resolver, &attribution, &homeland, &mut speaker);
            let is_person = matches!(resolver.spoken.last(), Some(speaker::Referent::Person(_)));
            let is_named = is_person && speaker.name.is_some();
            known.at_home(&mut speaker, is_named);
            // A body has no person's office ("the General Authority for Statistics").
            if matches!(resolver.spoken.last(), Some(speaker::Referent::Body(_)))
                && speaker.role.as_ref().is_some_and(|r| RoleClass::ALL.iter().any(|c| c.name() == r))
            {
                speaker.role = None;
            }
            if !is_person || speaker.role.is_none() && speaker.name == speaker.organization {
                known.body_role(&mut speaker);
            }
            // A country is no organization.
            let is_country = |o: &String| lang.country_term(&o.to_lowercase()).is_some();
            if speaker.organization.as_ref().is_some_and(is_country) {
                speaker.organization = None;
            }
            let mut warnings = Vec::new();
            if attribution.inferred && speaker != Speaker::default() {
                warnings.push("speaker inferred from the quotation before".to_owned());
            }
            Quotation {
                // What is said in an interview stands there word for word, without marks.
                kind: if is_turn(&attribution) || is_spoken(document, &passages, &attribution) {
                    Kind::Direct
                } else {
                    kind(&attribution.content, &passages)
                },
                content: attribution.content,
                cue: attribution.cue,
                source: attribution.source,
                paragraph: attribution.paragraph,
                speaker,
                holder,
                target: country.clone().filter(|c| c.1).map(|c| c.0).or(target),
                country: country.map(|c| c.0),
                // An unsure speaker lowers it a little: most of what is not in the gold is no quotation at all.
                confidence: attribution.confidence * sureness.powf(SPEAKER_SHARE),
                warnings,
            }
        })
        .collect()
}

/// Whether it is a turn of an interview: a label in front, no cue.
fn is_turn(attribution: &Attribution) -> bool {
    let label = attribution
        .source
        .zip(attribution.content.first())
        .is_some_and(|(s, c)| s.end < c.start && c.start - s.end <= 4);
    let answer = attribution.source.is_none() && !attribution.inferred;
    (label || answer) && attribution.cue.is_none() && attribution.confidence == interview::CONFIDENCE
}

/// Whether it is a turn of a dialogue with dashes.
fn is_spoken(document: &Document, passages: &[Passage], attribution: &Attribution) -> bool {
    let first = passages.get(attribution.paragraph).filter(|p| dialogue::is_dialogue(&document.text, p));
    first
        .is_some_and(|p| p.tokens.get(1).zip(attribution.content.first()).is_some_and(|(t, c)| c.start == t.span.start))
}

/// Direct if all words stand inside marks, indirect if none does.
fn kind(content: &[Span], passages: &[Passage]) -> Kind {
    let (mut inside, mut outside) = (false, false);
    for span in content {
        let first = passages.partition_point(|p| p.span.end <= span.start);
        for passage in passages[first..].iter().take_while(|p| p.span.start < span.end) {
            for i in passage.tokens_in(*span).filter(|&i| passage.tokens[i].kind != crate::text::TokenKind::Mark) {
                if passage.depth[i] > 0 { inside = true } else { outside = true }
            }
        }
    }
    match (inside, outside) {
        (true, false) => Kind::Direct,
        (true, true) => Kind::Mixed,
        _ => Kind::Indirect,
    }
}
