//! Whose position a quotation reports: the speaker's, or that of somebody of whom the speaker tells.

use std::ops::Range;

use crate::lang::{CueClass, Number};
use crate::quotation::source::{View, subject_before};
use crate::quotation::speaker::{Referent, Resolver, told};
use crate::quotation::{Attribution, Holder};

/// The subject of a position stands so near to the beginning of its sentence.
const MAX_SUBJECT: usize = 8;
/// So many sentences of a content are looked at.
const MAX_SENTENCES: usize = 3;

impl Resolver<'_> {
    /// Whose position the content reports, where that is not the speaker's: the subject of a clause of wanting,
    /// hoping or saying with which a part of the content begins ("He expects Russia to help", she said).
    pub(super) fn holder(&self, attribution: &Attribution, speaker: &Referent) -> Option<Referent> {
        let last = attribution.content.last()?;
        if last.of(&self.document.text).trim_end().ends_with('?') {
            return None;
        }
        for (n, span) in attribution.content.iter().take(2).enumerate() {
            let view = self.view_at(span.start);
            let tokens = view.passage.tokens_in(*span);
            let mut start = tokens.start;
            // A later part counts where it begins with a pronoun for somebody else ("He said that ...").
            for k in 0..if n == 0 { MAX_SENTENCES } else { 1 } {
                let end = (start..tokens.end)
                    .find(|&i| matches!(view.word(i), "." | "!" | "?") && i + 1 < tokens.end)
                    .unwrap_or(tokens.end);
                if start >= end {
                    break;
                }
                match self.sentence_holder(view, start..end, if n + k == 0 { MAX_SUBJECT } else { 0 }, speaker) {
                    Found::Other(other) => return Some(other),
                    Found::Own => return None,
                    Found::Nobody => {}
                    Found::Open if n == 0 => {}
                    Found::Open => break,
                }
                if view.lang.pronoun(view.folded(start)).is_none_or(|p| p.person != 3) {
                    break;
                }
                start = end + 1;
            }
        }
        None
    }

    fn sentence_holder(&self, view: View<'_>, tokens: Range<usize>, max_subject: usize, speaker: &Referent) -> Found {
        // Token depth is that of the whole content: a subject may stand inside the marks like the rest.
        let quoted =
            (tokens.start..tokens.end).any(|i| view.depth(i) > 0 && !view.is_mark(i)) && view.depth(tokens.start) > 0;
        let flat = view.passage.flattened(&tokens);
        let whole = view;
        let view = View { passage: &flat, ..view };
        let n = flat.tokens.len();
        for i in 0..n.min(24) {
            let words = || (i..n.min(i + 6)).map(|j| view.folded(j));
            let is_verb = view.is_word(i) && !view.is_capital(i) && !view.tables(i).is_rarely_cue();
            // "to release", "been agreed": nobody's report.
            let before = i.checked_sub(1).map_or("", |b| view.folded(b));
            let is_verb = is_verb
                && !view.folded(i).ends_with("ing")
                && before != "to"
                && !(view.lang.is_passive_auxiliary(before) && view.folded(i).ends_with("ed"));
            let reporting = view
                .lang
                .cue_class(view.folded(i))
                .filter(|c| is_verb && !matches!(c, CueClass::Know | CueClass::Promise));
            let attitude = view.lang.attitude(words()).map(|p| p.1);
            let phrase = attitude.or_else(|| view.lang.cue_phrase(words()).map(|p| p.1));
            let Some(class) = phrase.or(reporting) else { continue };
            let mut verb = i;
            while verb > 0 && view.is_mark(verb - 1) && whole.depth(tokens.start + verb - 1) > 0 {
                verb -= 1;
            }
            let Some(subject) = subject_before(view, verb, 0) else { continue };
            let subject = named_in_brackets(view, subject);
            // 'He also "said good words"': the marks tell that another's words begin.
            let quoted = quoted || whole.depth(tokens.start + i) > 0;
            // Only the main clause tells whose position it is, not a clause behind "because" or "who".
            let subordinate = (0..subject.start).any(|j| view.tables(j).ends_phrase() && !view.is_capital(j));
            let question = matches!(view.folded(subject.start), "what" | "why" | "how");
            if subject.start > max_subject || subordinate || question {
                return Found::Own;
            }
            let pronoun = view.lang.pronoun(view.folded(subject.start)).filter(|_| subject.len() == 1);
            // In reported speech "she said she hopes" both are one; between marks "she hopes" is another.
            let own =
                pronoun.is_some_and(|p| p.person != 3 || !quoted && self.can_be(speaker, view.folded(subject.start)));
            if own {
                return Found::Own;
            }
            if attitude.is_some() && self.is_same(view, &subject, speaker) {
                return Found::Own;
            }
            if pronoun.is_some()
                && let Some(holder) = self.held_before(view, &subject, speaker)
            {
                return Found::Other(holder);
            }
            let at = view.span(&subject).start;
            if pronoun.is_some_and(|p| p.number == Number::Plural) {
                return Found::Own;
            }
            let definite = view.tables(subject.start).is_determiner() && view.folded(subject.start).starts_with("the");
            let (referent, _) = self.referent(view, subject, at, Some(speaker), &[]);
            return match referent {
                None => Found::Own,
                Some(same) if same == *speaker => Found::Own,
                Some(Referent::Unnamed(_)) if !(definite && (quoted || wants(class) || attitude.is_some())) => {
                    Found::Own
                }
                Some(Referent::Person(_)) if !(quoted || attitude.is_some() || wants(class)) => Found::Own,
                Some(Referent::Body(body))
                    if class == CueClass::Promise
                        && body.country.is_some()
                        && body.country == self.country_of(speaker) =>
                {
                    Found::Own
                }
                Some(Referent::Body(body)) if !wants(class) && attitude.is_none() && body.country.is_none() => {
                    Found::Own
                }
                Some(other) => Found::Other(other),
            };
        }
        if n > 0 && view.tables(0).is_pronoun() { Found::Nobody } else { Found::Open }
    }

    fn is_same(&self, view: View<'_>, subject: &Range<usize>, speaker: &Referent) -> bool {
        let at = view.span(subject).start;
        self.referent(view, subject.clone(), at, None, &[]).0.is_some_and(|r| r == *speaker)
    }

    /// The country of a holder who is not the speaker, as far as the article tells it.
    pub(crate) fn holder_country(&self, holder: &Holder) -> Option<String> {
        if holder.same_as_speaker {
            return None;
        }
        self.last_holder.as_ref().and_then(|h| self.country_of(h))
    }

    fn country_of(&self, referent: &Referent) -> Option<String> {
        match referent {
            Referent::Person(i) => self.cast.persons[*i].roles.iter().find_map(|r| r.country).map(str::to_owned),
            Referent::Body(speaker) | Referent::Unnamed(speaker) => speaker.country.clone(),
        }
    }

    /// Whether a pronoun can mean the speaker.
    fn can_be(&self, speaker: &Referent, word: &str) -> bool {
        let Some(pronoun) = self.lang.pronoun(word) else { return false };
        match speaker {
            Referent::Person(i) => {
                pronoun.number != Number::Plural
                    && told(pronoun).is_some()
                    && self.cast.persons[*i].gender.is_none_or(|g| told(pronoun).is_none_or(|p| p == g))
            }
            _ => told(pronoun).is_none(),
        }
    }

    /// Who held the position reported before, if the pronoun can mean that one.
    fn held_before(&self, view: View<'_>, subject: &Range<usize>, speaker: &Referent) -> Option<Referent> {
        let pronoun = self.lang.pronoun(view.folded(subject.start))?;
        let holder = self.last_holder.as_ref().filter(|h| *h != speaker)?;
        let fits = match holder {
            Referent::Person(i) => {
                pronoun.number == Number::Plural
                    || self.cast.persons[*i].gender.is_none_or(|g| told(pronoun).is_none_or(|p| p == g))
            }
            _ => told(pronoun).is_none(),
        };
        fits.then(|| holder.clone())
    }
}

/// What a sentence of a content tells of the holder.
enum Found {
    /// Somebody else's position.
    Other(Referent),
    /// The speaker's own.
    Own,
    /// A pronoun, but no position.
    Nobody,
    /// Nothing.
    Open,
}

/// "He (Kim Jong-un)": the name in the brackets stands for the pronoun.
fn named_in_brackets(view: View<'_>, subject: Range<usize>) -> Range<usize> {
    let end = subject.end;
    if subject.len() > 2
        && view.tables(subject.start).is_pronoun()
        && view.word(subject.start + 1) == "("
        && view.word(end - 1) == ")"
    {
        return subject.start + 2..end - 1;
    }
    subject
}

fn wants(class: CueClass) -> bool {
    matches!(class, CueClass::Hope | CueClass::Demand | CueClass::Think | CueClass::Fear)
}
