//! Whose position a quotation reports: the speaker's, or that of somebody of whom the speaker tells.

use std::cell::OnceCell;
use std::ops::Range;

use crate::lang::{CueClass, Number, RoleClass};
use crate::quotation::source::{View, subject_before};
use crate::quotation::speaker::{Referent, Resolver, told};
use crate::quotation::unnamed::noun_range;
use crate::quotation::{Attribution, Holder, Speaker};

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
        let demanded = attribution.cue.is_some_and(|cue| {
            let view = self.view_at(cue.start);
            view.passage.tokens_in(cue).any(|i| view.tables(i).cue_class() == Some(CueClass::Demand))
        });
        // "urged the parties to stop"
        if demanded {
            let span = attribution.content[0];
            let view = self.view_at(span.start);
            let tokens = view.passage.tokens_in(span);
            let to = tokens.clone().take(MAX_SUBJECT).find(|&i| view.folded(i) == "to");
            let verb = |i: usize| view.tables(i).is_auxiliary() || view.tables(i).is_verb();
            if to.is_some_and(|to| !(tokens.start..to).any(verb)) {
                return None;
            }
        }
        if let Some(other) = self.holder_over_cue(attribution, speaker) {
            return Some(other);
        }
        let answered = OnceCell::new();
        let answered = || *answered.get_or_init(|| self.is_answered(attribution));
        for (n, span) in attribution.content.iter().take(2).enumerate() {
            let view = self.view_at(span.start);
            let tokens = view.passage.tokens_in(*span);
            let mut start = without_that(view, &tokens).start;
            // A later part counts where it begins with a pronoun for somebody else ("He said that ...").
            for k in 0..if n == 0 { MAX_SENTENCES } else { 1 } {
                let end = (start..tokens.end)
                    .find(|&i| matches!(view.word(i), "." | "!" | "?") && i + 1 < tokens.end)
                    .unwrap_or(tokens.end);
                if start >= end {
                    break;
                }
                let max_subject = if n + k == 0 { MAX_SUBJECT } else { 0 };
                match self.sentence_holder(view, start..end, max_subject, &answered, speaker) {
                    Found::Other(other) => return Some(other),
                    Found::Own => return None,
                    Found::Nobody => {}
                    Found::Open if n == 0 => {}
                    Found::Open => break,
                }
                if !view.tables(start).is_pronoun()
                    || view.lang.pronoun(view.folded(start)).is_none_or(|p| p.person != 3)
                {
                    break;
                }
                start = end + 1;
            }
        }
        None
    }

    /// Whether the content goes on with the speaker's own answer ("He wants a discussion. We want a confession.").
    fn is_answered(&self, attribution: &Attribution) -> bool {
        attribution.content.iter().enumerate().any(|(part, span)| {
            let view = self.view_at(span.start);
            let tokens = view.passage.tokens_in(*span);
            tokens.clone().any(|i| {
                let ends = i > tokens.start && view.is_mark(i - 1) && matches!(view.word(i - 1), "." | "!" | "?");
                (ends || part > 0 && i == tokens.start)
                    && [i, i + 2]
                        .iter()
                        .any(|&i| view.lang.pronoun(stem(view.folded(i))).is_some_and(|p| p.person == 1))
                    && (view.tables(i).is_pronoun() || view.folded(i) == "so")
            })
        })
    }

    /// "Kinshasa," she said, "wants a foreign culprit": the subject stands before the cue, its verb behind.
    fn holder_over_cue(&self, attribution: &Attribution, speaker: &Referent) -> Option<Referent> {
        let [before, behind, ..] = attribution.content.as_slice() else { return None };
        let view = self.view_at(before.start);
        let subject = without_that(view, &view.passage.tokens_in(*before));
        let tokens = view.passage.tokens_in(*behind);
        let is_noun = |i: usize| {
            (view.is_word(i) || matches!(view.word(i), "-" | "‑" | ","))
                && !view.tables(i).is_auxiliary()
                && !view.tables(i).is_pronoun()
        };
        let trimmed = subject.start..subject.clone().rev().find(|&i| view.is_word(i)).map_or(subject.start, |i| i + 1);
        if tokens.is_empty() || trimmed.is_empty() || trimmed.len() > MAX_SUBJECT || !trimmed.clone().all(is_noun) {
            return None;
        }
        let verb = (tokens.start..tokens.end.min(tokens.start + 4))
            .find(|&i| view.is_word(i) && !view.tables(i).is_adverb())?;
        // "had told her hosts that ..."
        let report = view.folded(verb) == "had"
            && view.tables(verb + 1).cue_class().is_some()
            && (verb + 2..tokens.end.min(verb + 7)).any(|i| view.tables(i).is_complementizer());
        let verb = verb + usize::from(report);
        let quoted = view.depth(trimmed.start) > 0;
        let all = 0..view.passage.tokens.len();
        let (class, attitude) = match self.position(view, verb, all, tokens.end) {
            Some((class, attitude)) => (class, attitude || report),
            // Of a country that stands in front of the cue a position is told, whatever the verb.
            None if !quoted
                && view.tables(verb).is_auxiliary()
                && view.folded(verb) != "has"
                && view.lang.country_at(view.words(&trimmed)).is_some_and(|c| c.0 == trimmed.len()) =>
            {
                (CueClass::Think, true)
            }
            None => return None,
        };
        match self.judge(view, trimmed, class, attitude, quoted, speaker) {
            Found::Other(other) => Some(other),
            _ => None,
        }
    }

    /// What kind of report or attitude begins with the verb at token `i`, and whether it is an attitude. Nothing is seen
    /// but the tokens of `around`; phrases end before token `end`.
    fn position(&self, view: View<'_>, i: usize, around: Range<usize>, end: usize) -> Option<(CueClass, bool)> {
        let tables = view.tables(i);
        // Most words are asked and begin none.
        if !(tables.is_cue() || tables.begins_attitude() || tables.begins_cue_phrase()) {
            return None;
        }
        let words = || (i..end.min(i + 6)).map(|j| view.folded(j));
        // "to release", "been agreed": nobody's report. "The parties concerned to stop": no verb.
        let before = (around.start..i)
            .rev()
            .find(|&b| !(view.is_mark(b) && matches!(view.word(b), "\"" | "“" | "”" | "'" | "‘" | "’" | "''")));
        let passive = before.is_some_and(|b| view.tables(b).is_passive_auxiliary());
        // "Japan will consider", "had asked for proof": a plan or a fact, not what somebody holds now.
        let helper = (around.start..i).rev().find(|&b| view.is_word(b) && !view.tables(b).is_adverb());
        let planned = helper.is_some_and(|b| view.lang.is_plan_auxiliary(view.folded(b)));
        let before = before.map_or("", |b| view.folded(b));
        let is_verb = || {
            view.is_word(i)
                && !planned
                && view.lang.is_position(view.folded(i))
                && !view.is_capital(i)
                && !tables.is_rarely_cue()
                && !view.folded(i).ends_with("ing")
                && before != "to"
                && view.folded(i) != "concerned"
                && !passive
                && before != "-"
        };
        let reporting = tables.cue_class().filter(|c| !matches!(c, CueClass::Know) && is_verb());
        let reporting = reporting.filter(|&c| {
            let clause =
                || i + 1 < around.end && (view.folded(i + 1) == "to" || view.tables(i + 1).is_complementizer());
            c != CueClass::Promise || clause()
        });
        // "the values of June": a noun.
        let noun = view.lang.is_determiner(before);
        let attitude = if tables.begins_attitude() && !noun { view.lang.attitude(words()).map(|p| p.1) } else { None };
        let phrase = attitude.or_else(|| {
            let may = !passive && view.may_begin_cue(i, end);
            let phrase = may.then(|| view.lang.cue_phrase(words()).map(|p| p.1)).flatten();
            phrase.filter(|class| {
                tables.is_passive_auxiliary()
                    || !planned
                        && !tables.is_auxiliary()
                        && matches!(class, CueClass::Hope | CueClass::Fear | CueClass::Refuse | CueClass::Demand)
            })
        });
        phrase.or(reporting).map(|class| (class, attitude.is_some()))
    }

    fn sentence_holder(
        &self,
        view: View<'_>,
        tokens: Range<usize>,
        max_subject: usize,
        answered: &dyn Fn() -> bool,
        speaker: &Referent,
    ) -> Found {
        // Token depth is that of the whole content: a subject may stand inside the marks like the rest.
        let quoted =
            view.depth(tokens.start) > 0 && (tokens.start..tokens.end).any(|i| view.depth(i) > 0 && !view.is_mark(i));
        let whole = view;
        let flat = OnceCell::new();
        let n = tokens.len();
        for i in 0..n.min(24) {
            let Some((class, attitude)) = self.position(whole, tokens.start + i, tokens.clone(), tokens.end) else {
                continue;
            };
            // Few sentences come so far: only for them the tokens are copied.
            let view = View { passage: flat.get_or_init(|| whole.passage.flattened(&tokens)), ..whole };
            let mut verb = i;
            while verb > 0 && view.is_mark(verb - 1) && whole.depth(tokens.start + verb - 1) > 0 {
                verb -= 1;
            }
            // "Hanoi has men there and wants to keep them": the subject stands before the first verb.
            if verb > 0 && view.folded(verb - 1) == "and" {
                let is_verb = |j: &usize| view.tables(*j).is_auxiliary() || view.tables(*j).is_verb();
                verb = (1..verb).find(is_verb).unwrap_or(verb);
            }
            let subject = subject_before(view, verb, 0).or_else(|| plain_subject(view, verb).filter(|_| attitude));
            let Some(subject) = subject else { continue };
            let subject = named_in_brackets(view, subject);
            // 'He also "said good words"': the marks tell that another's words begin.
            let quoted = quoted || whole.depth(tokens.start + i) > 0;
            // Only the main clause tells whose position it is, not a clause behind "because" or "who".
            let subordinate = (0..subject.start).any(|j| view.tables(j).ends_phrase() && !view.is_capital(j));
            let question = matches!(view.folded(subject.start), "what" | "why" | "how");
            // "Profits would be below what the bank expects": the main verb stands before.
            let later = (0..subject.start).any(|j| {
                let tables = view.tables(j);
                tables.is_auxiliary() || tables.is_verb() && !tables.is_verb_or_noun() && !view.is_capital(j)
            });
            let told = is_told_us(view, i);
            if !attitude && !told && !wants(class) && answered()
                || subject.start > max_subject
                || subordinate
                || later
                || question
            {
                return Found::Own;
            }
            return self.judge(view, subject, class, attitude || told, quoted, speaker);
        }
        if n > 0 && whole.tables(tokens.start).is_pronoun() { Found::Nobody } else { Found::Open }
    }

    /// Whose position it is that a clause with this subject reports.
    fn judge(
        &self,
        view: View<'_>,
        subject: Range<usize>,
        class: CueClass,
        attitude: bool,
        quoted: bool,
        speaker: &Referent,
    ) -> Found {
        let is_clause = |j: usize| {
            let tables = view.tables(j);
            tables.is_negation() || tables.is_auxiliary() || view.folded(j) == "to"
        };
        let last = view.tables(subject.end - 1);
        // "His government": the speaker's own.
        let own = view.tables(subject.start).is_determiner()
            && view.tables(subject.start).is_pronoun()
            && !(quoted || subject.clone().any(|j| view.is_capital(j) && !view.is_mark(j)));
        let whose = subject.start > 0 && !quoted && view.tables(subject.start - 1).is_pronoun();
        if own || whose || subject.clone().any(is_clause) || last.is_preposition() || last.is_conjunction() {
            return Found::Own;
        }
        if !can_hold(view, &subject) || self.is_own_state(view, &subject, speaker) {
            return Found::Own;
        }
        let pronoun = view.lang.pronoun(stem(view.folded(subject.start))).filter(|_| subject.len() == 1);
        // In reported speech "she said she hopes" both are one; between marks "she hopes" is another.
        let own = pronoun.is_some_and(|p| p.person != 3 || !quoted && self.can_be(speaker, view.folded(subject.start)));
        if own {
            return Found::Own;
        }
        if attitude && self.is_same(view, &subject, speaker) {
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
        match referent {
            None => Found::Own,
            Some(same) if same == *speaker => Found::Own,
            Some(Referent::Unnamed(_)) if !(definite && quoted || wants(class) || attitude) => Found::Own,
            Some(Referent::Person(_)) if !(quoted || attitude || wants(class)) => Found::Own,
            // "Egypt stands by its commitments" of its own minister.
            Some(Referent::Body(body))
                if self.is_own_side(&body, speaker)
                    && (matches!(class, CueClass::Promise | CueClass::Refuse) || self.governs(speaker)) =>
            {
                Found::Own
            }
            Some(Referent::Body(body)) if !wants(class) && !attitude && body.country.is_none() => Found::Own,
            Some(other) => Found::Other(other),
        }
    }

    /// Whether a body is the speaker's own side: the country whose office the speaker holds.
    fn is_own_side(&self, body: &Speaker, speaker: &Referent) -> bool {
        body.country.is_some() && body.country == self.country_of(speaker)
    }

    /// "The Kingdom attaches importance to ..." of its own minister.
    fn is_own_state(&self, view: View<'_>, subject: &Range<usize>, speaker: &Referent) -> bool {
        let the = subject.len() == 2 && view.folded(subject.start) == "the";
        let state = || view.lang.is_state_noun(view.folded(subject.end - 1));
        the && state() && self.governs(speaker)
    }

    /// Whether the speaker holds an office that speaks for a whole country.
    fn governs(&self, speaker: &Referent) -> bool {
        let classes = [RoleClass::HeadOfState, RoleClass::HeadOfGovernment, RoleClass::Minister];
        matches!(speaker, Referent::Person(i) if self.cast.persons[*i].roles.iter().any(|r| classes.contains(&r.class)))
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
            Referent::Unnamed(_) => true,
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

/// Whether a subject can have a position: a person, a body or a group, no thing and no "everybody".
fn can_hold(view: View<'_>, subject: &Range<usize>) -> bool {
    let noun = noun_range(view, subject);
    let Some(head) = noun.clone().rev().find(|&i| view.is_word(i)) else { return false };
    let tables = view.bare_tables(head);
    if noun.len() == 1 {
        return !tables.is_measure();
    }
    // "the doors of the Sultanate"
    let thing = subject.end > noun.end
        && !view.is_capital(head)
        && !view.is_source_noun(head)
        && !tables.is_organization_head()
        && !view.lang.is_agent(view.folded(head))
        && view.lang.role(view.folded(head).trim_end_matches('s')).is_none()
        && !view.lang.is_agent(view.folded(head).trim_end_matches('s'));
    !thing
}

/// A content without the "that" in front.
fn without_that(view: View<'_>, tokens: &Range<usize>) -> Range<usize> {
    let that = tokens.len() > 1 && view.folded(tokens.start) == "that";
    tokens.start + usize::from(that)..tokens.end
}

/// "The Chinese side had ...", "the transport company now ...": everything before the verb, if that is short.
fn plain_subject(view: View<'_>, verb: usize) -> Option<Range<usize>> {
    let filler = |i: usize| view.tables(i).is_auxiliary() || view.tables(i).is_adverb();
    let end = (0..verb).rev().find(|&i| !filler(i))? + 1;
    let noun = |i: usize| view.is_word(i) && !view.tables(i).is_verb() && !filler(i);
    let begins = view.tables(0).is_determiner() || view.is_capital(0);
    (end <= 4 && begins && (0..end).all(noun) && !view.tables(0).is_pronoun()).then_some(0..end)
}

/// "we" of "we've".
fn stem(word: &str) -> &str {
    word.split('\'').next().unwrap_or(word)
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

/// "told us that ..."
fn is_told_us(view: View<'_>, verb: usize) -> bool {
    view.tables(verb).is_addressed_cue()
        && verb + 2 < view.passage.tokens.len()
        && matches!(view.folded(verb + 1), "me" | "us")
        && view.folded(verb + 2) != "to"
}

fn wants(class: CueClass) -> bool {
    matches!(class, CueClass::Hope | CueClass::Demand | CueClass::Think | CueClass::Fear)
}
