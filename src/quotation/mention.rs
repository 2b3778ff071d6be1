//! Names in running text: runs of capitalised words, cut from the titles, roles and bodies around them.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use smallvec::SmallVec;

use crate::lang::{Gender, SourceKind, Tables, TermKind};
use crate::quotation::apposition::{Role, role_beside};
use crate::quotation::facts::is_party;
use crate::quotation::opener::{
    begins_sentence, burmese_title, has_age, has_burmese_titles, has_initials, honorific_gender, is_based,
    is_before_office, is_behind_role, is_given_day, is_given_title, is_glued, is_naming, is_prefixed, is_second_title,
    is_who, opens_clause,
};
use crate::quotation::source::View;
use crate::quotation::unnamed::is_foreign_article;
use crate::text::Span;

/// The folded words of a name, which are seldom more than three: in place, so that nothing is allocated for most.
pub(super) type Words<'a> = SmallVec<[Cow<'a, str>; 3]>;

/// A mention of a name.
#[derive(Debug)]
pub(super) struct Mention<'a> {
    /// Folded words of the name; words joined by hyphens are one.
    pub(super) words: Words<'a>,
    /// Where it stands, without a genitive.
    pub(super) name: Span,
    pub(super) span: Span,
    pub(super) gender: Option<Gender>,
    pub(super) role: Option<Role>,
    /// Whether more than capital letters says that it is a person.
    pub(super) sure: bool,
    /// Whether it stands in a span that an extractor takes for a speaker.
    pub(super) in_source: bool,
    /// Whether it stands between marks.
    pub(super) quoted: bool,
    /// Whether it begins a sentence with a word that is no given name: that word may be no part of it.
    pub(super) opens: bool,
    /// Whether it can be the subject of its clause: no preposition in front, no genitive.
    pub(super) subject: bool,
}

/// What of an article its passages are read with.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// Spans by start; a name inside one is surely a name.
    pub(super) sources: &'a [Span],
    /// See [`has_burmese_titles`]; found when first asked for.
    pub(super) burmese: OnceCell<bool>,
}

/// The names of a passage, in order.
pub(super) fn find_mentions<'a>(view: View<'a>, around: &Around<'_>, out: &mut Vec<Mention<'a>>) {
    let n = view.passage.tokens.len();
    let mut i = 0;
    while i < n {
        if !view.is_word(i) || !has_capital(view, i) {
            i += 1;
            continue;
        }
        let run = name_run(view, i);
        let end = run.end;
        let run = particle_before(view, run.start)..end;
        if let Some(mention) = mention(view, run, around) {
            out.push(mention);
        }
        i = end.max(i + 1);
    }
}

/// Whether a word is written as a name: with a capital in front or behind an elided article ("d'Entremont").
#[inline]
fn has_capital(view: View<'_>, i: usize) -> bool {
    // An article of one or two bytes, then the first byte of a straight or curly apostrophe: looked for byte by byte, as
    // every word is asked.
    let at = view.passage.tokens[i].span.start;
    let bytes = view.text.as_bytes();
    let elided = |word: &str| {
        word.split_once(['\'', '’']).is_some_and(|(before, behind)| {
            (1..=2).contains(&before.len()) && behind.chars().next().is_some_and(char::is_uppercase)
        })
    };
    view.is_capital(i) && !view.lang.is_contraction(view.folded(i))
        || (1..=2).any(|n| matches!(bytes.get(at + n), Some(b'\'' | 0xe2))) && elided(view.word(i))
}

/// Where a name begins whose first capital stands at token `i` behind a particle and a hyphen ("al-Harthy").
pub(super) fn particle_before(view: View<'_>, i: usize) -> usize {
    let tokens = &view.passage.tokens;
    let joined = i >= 2
        && matches!(view.word(i - 1), "-" | "‑")
        && tokens[i - 2].span.end == tokens[i - 1].span.start
        && tokens[i - 1].span.end == tokens[i].span.start
        && view.tables(i - 2).is_name_particle()
        && view.depth(i - 2) == view.depth(i);
    if joined { i - 2 } else { i }
}

/// The longest stretch of capitalised words, initials, inner hyphens, particles and nicknames in marks from token
/// `start` on.
pub(super) fn name_run(view: View<'_>, start: usize) -> Range<usize> {
    let n = view.passage.tokens.len();
    let tokens = &view.passage.tokens;
    let mut end = start + 1;
    while end < n {
        if view.is_possessive(end - 1) {
            break;
        }
        if view.depth(end) != view.depth(start) {
            match nickname_end(view, start, end) {
                Some(behind) => {
                    end = behind;
                    continue;
                }
                None => break,
            }
        }
        let touches = tokens[end - 1].span.end == tokens[end].span.start;
        let is_capital = |i: usize| i < n && view.is_word(i) && has_capital(view, i);
        let is_particle = |i: usize| i < n && view.tables(i).is_name_particle();
        if view.is_word(end) {
            let follows_hyphen = matches!(view.word(end - 1), "-" | "‑") && touches;
            let hyphen = |i: usize| i < n && matches!(view.word(i), "-" | "‑");
            let before_name = is_particle(end)
                && (is_capital(end + 1)
                    || (is_particle(end + 1) || hyphen(end + 1)) && is_capital(end + 2)
                    || is_particle(end + 1) && hyphen(end + 2) && is_capital(end + 3));
            if !(is_capital(end) || follows_hyphen || before_name) {
                break;
            }
        } else {
            let joins = matches!(view.word(end), "-" | "‑")
                && touches
                && end + 1 < n
                && view.is_word(end + 1)
                && tokens[end].span.end == tokens[end + 1].span.start;
            let short = view.word(end - 1).chars().count() == 1 || view.tables(end - 1).is_abbreviation();
            let dotted = view.word(end) == "." && touches && view.is_capital(end - 1) && short && is_capital(end + 1);
            if !(joins || dotted) {
                break;
            }
        }
        end += 1;
    }
    start..end
}

/// The token behind a nickname in marks that begins at token `at` ("Rosalind “Rosie” Tremblay").
fn nickname_end(view: View<'_>, start: usize, at: usize) -> Option<usize> {
    if view.depth(start) > 0 || view.depth(at) == 0 || !view.is_mark(at) || !view.is_name_word(at - 1) {
        return None;
    }
    let stretch = view.passage.quoted_tokens(view.depth(at) as usize - 1);
    let behind = stretch.end;
    let words = stretch.clone().filter(|&i| view.is_word(i));
    let is_name = stretch.start == at
        && (3..=4).contains(&stretch.len())
        && words.clone().all(|i| view.is_capital(i))
        && words.count() > 0;
    (is_name && behind < view.passage.tokens.len() && view.depth(behind) == 0 && view.is_name_word(behind))
        .then_some(behind)
}

/// The person named by a run, if it names one.
fn mention<'a>(view: View<'a>, run: Range<usize>, around: &Around<'_>) -> Option<Mention<'a>> {
    let lang = view.lang;
    if is_foreign_article(view, run.start) {
        return None;
    }
    // Titles, roles and adjectives of nations in front are no part of the name.
    let mut start = run.start;
    let mut gender = None;
    let mut titled = false;
    let known = |g: Gender| Some(g).filter(|g| matches!(g, Gender::Female | Gender::Male));
    let of_role = behind_of_role(view, run.start);
    let list_of_role = behind_list_of_role(view, run.start);
    // "Ann “Big Boss” Lowe": no title in a nickname.
    for i in run.clone().filter(|&i| view.depth(i) == view.depth(run.start)) {
        let tables = view.tables(i);
        let goes_on = i + 1 < run.end;
        let dotted = view.word(i + 1) == ".";
        let title = || {
            if dotted {
                lang.dotted_title(view.folded(i))
            } else {
                lang.title(view.folded(i)).filter(|_| tables.is_title())
            }
        };
        let initial = || dotted && view.folded(i).len() == 1 && view.word(i + 2).len() == 1 && view.word(i + 3) == ".";
        if goes_on
            && (dotted
                || tables.is_title() && (i == start || i == start + 1 && view.word(start) == "-" || !tables.is_given_name())
                || is_second_title(view, i, start))
            && !(tables.is_given_name() && is_given_title(view, i, &run))
            // "Dame Honor Ashe"
            && !(titled && lang.is_honorific(view.folded(i)) && !view.tables(i - 1).is_pronoun())
            && let Some(told) = title()
            && !initial()
        {
            // "Tan Sri" tells no gender, "Sri" alone does.
            let told = Some(told).filter(|_| !is_second_title(view, i, start)).and_then(known);
            gender = told.or(gender).or_else(|| honorific_gender(view, i));
            titled = true;
            start = i + 1 + usize::from(dotted);
        } else if goes_on
            && i == start
            && let Some(told) = burmese_title(view, i)
            && *around.burmese.get_or_init(|| has_burmese_titles(view.text))
        {
            (gender, titled, start) = (Some(told), true, i + 1);
        } else if goes_on
            && !tables.is_given_name()
            && (tables.is_organization_head()
                || (of_role || list_of_role) && tables.is_portfolio()
                || of_role && lang.role(&format!("{} minister", view.folded(i))).is_some())
        {
            // "the Romanian Senate Doina Măgureanu", "Minister of Agriculture Xhevahir Çavolli", "Minister of Water and
            // Irrigation X"
            start = i + 1;
        } else if goes_on
            && tables.is_role()
            && !(tables.is_given_name() && (i > run.start || is_given_title(view, i, &run)))
            && let Some(role) = lang.role(view.folded(i))
        {
            titled = true;
            gender = known(role.gender).or(gender);
            start = i + 1;
        } else if i == start
            && (tables.begins_sentence()
                || tables.is_time_word() && !is_family_name(view, i, &run) && !is_given_day(view, &run))
            // "Mayor June Stallworth", "his captain, Will Lowe", "Or Lowe, 34,"
            && !(tables.is_given_name() && goes_on && (titled || is_behind_role(view, i)))
            && !(run.len() == 2 && lang.is_word_or_given_name(view.folded(i)) && has_age(view, run.end))
            && !(goes_on && matches!(view.word(i + 1), "-" | "‑"))
        {
            start = i + 1;
        }
    }
    if start == run.start && is_glued(view, &run) {
        start += 1;
    }
    // "special envoy for the Balkans Andrei Kostyrev": what somebody is envoy for is no part of the name.
    if start == run.start
        && run.len() >= 3
        && (of_role || list_of_role)
        && !view.tables(start).is_given_name()
        && let Some(given) = (start + 1..run.end - 1).find(|&i| view.tables(i).is_given_name())
    {
        start = given;
    }
    // "MLA Hemant Wagholikar", "Ranger Colleen Mardigan": an office or an occupation before a whole name.
    if start + 2 < run.end
        && (is_acronym(view.word(start)) && view.word(start).len() >= 3
            || !view.tables(start).is_given_name()
                && view.tables(start + 1).is_given_name()
                && !view.tables(start + 1).is_name_particle()
                && lang.is_agent(view.folded(start)))
        && (start + 1..start + 3).all(|i| view.is_word(i) && view.word(i).chars().any(char::is_lowercase))
    {
        start += 1;
    }
    // "Caretaker Wullie Strang"
    if start + 2 < run.end
        && start == run.start
        && lang.is_occupation_noun(view.folded(start))
        && (start + 1..start + 3).all(|i| view.is_word(i) && view.word(i).chars().any(char::is_lowercase))
    {
        start += 1;
    }
    // "Left-hander Nishioka Daigo", "Lisbon-based Ann Lowe"
    if start + 4 < run.end
        && view.word(start + 1) == "-"
        && !view.is_capital(start + 2)
        && (lang.is_agent(view.folded(start + 2)) || lang.ends_epithet(view.folded(start + 2)) || is_based(view, start))
    {
        start += 3;
    }
    while start < run.end
        && (view.is_mark(start)
            // "Minister-designate Moh Tae-gyu"
            || start > run.start && start + 1 < run.end && view.word(start - 1) == "-" && !view.is_capital(start)
            || start + 1 < run.end
                && !view.tables(start).is_given_name()
                && nation(view, start).is_some_and(|t| t == TermKind::Adjective || t == TermKind::Name))
    {
        start += 1;
    }
    let mut end = run.end;
    // "Geraghty-Shaw SC": letters behind a name are no part of it.
    while end > start + 2 && is_post_nominal(view.word(end - 1)) && !is_post_nominal(view.word(end - 2)) {
        end -= 1;
    }
    while end > start + 1 && (view.tables(end - 1).is_time_word() || view.is_mark(end - 1)) {
        end -= 1;
    }
    // "Tell Ann Lowe I was there"
    let spoken = |i: usize| view.depth(i) > 0 && view.word(i) == "I" && !ends_clause(view, i + 1);
    while end > start + 1 && spoken(end - 1) {
        end -= 1;
    }
    let name = start..end;
    if name.is_empty() || is_month(view, &name) {
        return None;
    }
    let words = name_words(view, name.clone());
    let first = lang.tables(words.first()?);
    let last = if words.len() == 1 { first } else { lang.tables(words.last()?) };
    let given = first.is_given_name();
    if !titled && (!given || owns_body(view, &name)) && is_part_of_body(view, &name) {
        return None;
    }
    // "George Town"
    if words.len() > 1 && !titled && lang.is_place_head(words.last().map_or("", |w| w)) {
        return None;
    }
    // "Northline Sugar managing director Ann Lowe", "Ukraine's General Staff"
    if !titled && !given && words.len() > 1 && is_before_office(view, name.end, view.passage.tokens.len())
        || words.len() == 1 && titled && words[0] == "staff"
        // "Reacting, the minister": no name.
        || words.len() == 1 && !titled && !given && words[0].ends_with("ing") && opens_clause(view, &name)
        // "Ward member Cllr Ann Lowe"
        || words.len() == 1
            && !titled
            && begins_sentence(view, name.start)
            && is_before_office(view, name.end, view.passage.tokens.len())
    {
        return None;
    }
    // "South Yorks", "Greater Accra": a region's.
    let region =
        words.len() == 2 && !titled && !given && lang.is_region_modifier(&words[0]) && !has_age(view, name.end);
    if region && !is_said_beside(view, &name) {
        return None;
    }
    // "District Horticulture Officer" is none.
    let office = last.is_role() && words.last().is_some_and(|w| w.len() >= 7);
    if words.len() > 1 && office && !titled && !given {
        return None;
    }
    // "Minister of Trade, Industry and Energy": no name either.
    if words.len() == 1 && !titled && first.is_portfolio() && !given {
        return None;
    }
    // "The President" and "Prime Minister" are no names.
    if first.begins_role() && lang.role_at(words.iter()).is_some_and(|(n, _)| n == words.len())
        || words.len() == 1 && first.is_title()
    {
        return None;
    }
    let heads_body = |tables: Tables| tables.is_organization_head() && !tables.is_given_name();
    if words.len() > 6
        || heads_body(first)
        || words.iter().skip(1).any(|w| heads_body(lang.tables(w)))
        || first.begins_country()
            && (words.len() > 1 || first.is_country_term())
            && lang.is_country_term(&words.join(" "))
        || first.begins_organization() && lang.organization_at(words.iter()).is_some_and(|(n, _)| n == words.len())
    {
        return None;
    }
    let is_known_word = first.is_time_word() || first.begins_sentence() || first.is_collective();
    if words.len() == 1 && (is_known_word || words[0].chars().count() < 2 || is_acronym(view.word(start))) {
        return None;
    }
    // "The Wyoming Republican", "the official Khovar-Press agency"
    let before = run.start.checked_sub(1).map_or("", |b| view.folded(b));
    let party = || words.last().is_some_and(|w| is_party(w, lang));
    if !titled
        && !given
        && (matches!(before, "the" | "official")
            && view.tables(name.end).is_organization_head()
            && !view.passage.tokens.get(name.end).is_some_and(|t| t.capital)
            || (view.folded(run.start) == "the" && run.len() > 1 || matches!(before, "the" | "old")) && party())
    {
        return None;
    }
    // "Eastern European"
    if words.len() == 2
        && !titled
        && last.is_country_term()
        && words[0].ends_with("ern")
        && lang.country_term(&words[1]).is_some_and(|t| t.1 == TermKind::Adjective)
    {
        return None;
    }
    let role = role_beside(view, run.start, &name);
    let known = given || first.is_surname_first() && words.len() <= 3;
    let is_cue =
        |i: usize| i < view.passage.tokens.len() && view.is_word(i) && !view.is_capital(i) && view.tables(i).is_cue();
    let cue_beside = is_cue(name.end) || run.start > 0 && is_cue(run.start - 1);
    let span = view.span(&name);
    let at = around.sources.partition_point(|s| s.end <= span.start);
    let in_source = around.sources.get(at).is_some_and(|s| s.start <= span.start && span.end <= s.end);
    // "Polish Smog Alarm said": behind the adjective of a nation a cue alone makes no person.
    let national = start > run.start
        && view.tables(name.end - 1).is_also_noun()
        && nation(view, start - 1) == Some(TermKind::Adjective);
    // "the chief executive of Northline UK"
    let owned = start == run.start
        && start > 1
        && matches!(view.word(start - 1), "of" | "at" | "for")
        && view.tables(start - 2).is_role();
    let sure = titled
        || known
        || role.is_some()
        || has_age(view, name.end)
        || is_who(view, &run, name.end)
        || has_initials(view, &name)
        || is_naming(view, run.start)
        || (cue_beside || in_source) && !national && !owned && words.len() >= 2;
    let text = span.of(view.text);
    let genitive = text.ends_with("'s") || text.ends_with("’s");
    let written = text.strip_suffix("'s").or_else(|| text.strip_suffix("’s")).unwrap_or(text);
    let prefixed = is_prefixed(view, run.start);
    Some(Mention {
        words,
        name: Span::new(span.start, span.start + written.len()),
        span,
        gender,
        role,
        sure,
        in_source,
        opens: name.start == run.start && !known && (run.start == 0 || view.is_mark(run.start - 1)),
        quoted: view.depth(run.start) > 0,
        subject: !genitive && !prefixed,
    })
}

/// Whether a verb of saying stands right beside a name.
fn is_said_beside(view: View<'_>, name: &Range<usize>) -> bool {
    let says = |i: usize| !view.is_capital(i) && view.tables(i).is_cue() && !view.tables(i).is_also_noun();
    name.end < view.passage.tokens.len() && says(name.end) || name.start > 0 && says(name.start - 1)
}

/// How a token names a country, if it does.
fn nation(view: View<'_>, i: usize) -> Option<TermKind> {
    let is_term = view.tables(i).is_country_term();
    is_term.then(|| view.lang.country_term(view.folded(i)).map(|t| t.1)).flatten()
}

/// The folded words of a name: without marks and genitives, hyphenated words as one.
pub(super) fn name_words(view: View<'_>, name: Range<usize>) -> Words<'_> {
    let mut words = Words::new();
    let mut joined = false;
    for i in name {
        if view.is_mark(i) {
            joined = matches!(view.word(i), "-" | "‑");
            continue;
        }
        let word = view.bare(i);
        match words.last_mut() {
            Some(last) if joined => {
                let last = last.to_mut();
                last.push('-');
                last.push_str(word);
            }
            _ => words.push(Cow::Borrowed(word)),
        }
        joined = false;
    }
    words
}

/// Whether a clause ends before token `i`.
fn ends_clause(view: View<'_>, i: usize) -> bool {
    i >= view.passage.tokens.len() || view.is_mark(i)
}

/// Whether capitalised words stand inside the longer name of a body, or are called one.
fn is_part_of_body(view: View<'_>, name: &Range<usize>) -> bool {
    let tokens = &view.passage.tokens;
    let is_capital = |i: usize| i < tokens.len() && view.is_word(i) && view.is_capital(i);
    // "DG ISPR"
    let initials = name.len() > 1 && name.clone().all(|i| view.is_word(i) && is_acronym(view.word(i)));
    // "National Farmers' Council"
    let genitive = name.end + 1 < tokens.len()
        && matches!(view.word(name.end), "'" | "’")
        && view.word(name.end - 1).ends_with('s')
        && is_capital(name.end + 1)
        && (view.tables(name.end + 1).is_organization_head() || behind_article(view, name.start));
    // "Deloraine & Partners"
    let firm = name.end < tokens.len() && view.word(name.end) == "&" && is_capital(name.end + 1);
    let Some(before) = name.start.checked_sub(2).filter(|&b| is_capital(b)) else {
        return initials || genitive || firm || is_called_body(view, name);
    };
    // "Institute for Marine Biology", "Health and Safety Executive"
    let of = matches!(view.word(before + 1), "of" | "for") && view.tables(before).is_organization_head();
    let and = view.word(before + 1) == "and" && name.len() > 1 && view.tables(name.end - 1).is_role();
    initials || genitive || firm || of || and || is_called_body(view, name)
}

/// "Tea Estate Owners' Association": of many who do something.
fn owns_body(view: View<'_>, name: &Range<usize>) -> bool {
    let last = view.folded(name.end - 1).trim_end_matches('s');
    matches!(view.word(name.end), "'" | "’") && (view.lang.is_agent(last) || view.lang.role(last).is_some())
}

/// "The", "the" before token `i`.
fn behind_article(view: View<'_>, i: usize) -> bool {
    i > 0 && view.folded(i - 1) == "the" || view.folded(i) == "the"
}

/// "Big Ships, a residents' group,"
fn is_called_body(view: View<'_>, name: &Range<usize>) -> bool {
    let comma = name.end;
    if comma + 2 >= view.passage.tokens.len() || view.word(comma) != "," || !matches!(view.word(comma + 1), "a" | "an")
    {
        return false;
    }
    let end = (comma + 2..view.passage.tokens.len().min(comma + 8))
        .find(|&i| view.is_mark(i) && !matches!(view.word(i), "'" | "’" | "-") || view.tables(i).is_preposition());
    end.is_some_and(|end| {
        let head = view.folded(end - 1);
        view.is_word(end - 1) && !view.is_capital(end - 1) && view.lang.is_organization_head(head)
            || view.lang.collective(head) == Some(SourceKind::Institution)
    })
}

fn is_acronym(word: &str) -> bool {
    (2..=5).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase() || c == '.')
}

fn is_post_nominal(word: &str) -> bool {
    (2..=3).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase())
}

/// "May" with a number or a preposition beside it.
fn is_month(view: View<'_>, name: &Range<usize>) -> bool {
    if name.len() != 1 || view.word(name.start) != "May" {
        return false;
    }
    let is_number = |i: usize| view.passage.tokens.get(i).is_some_and(|t| t.kind == crate::text::TokenKind::Number);
    let before = name.start.checked_sub(1);
    is_number(name.end)
        || before.is_some_and(|b| {
            is_number(b) || view.word(b) == "," || view.tables(b).is_preposition() || view.tables(b).is_time_word()
        })
}

/// "Minister of", "envoy for the" before token `start`.
fn behind_of_role(view: View<'_>, start: usize) -> bool {
    let the = usize::from(start > 2 && view.tables(start - 1).is_determiner());
    start > 1 + the && matches!(view.word(start - 1 - the), "of" | "for") && view.tables(start - 2 - the).is_role()
}

/// "Minister of Environment and" before token `start`.
fn behind_list_of_role(view: View<'_>, start: usize) -> bool {
    start > 3
        && view.folded(start - 1) == "and"
        && (start.saturating_sub(8)..start - 1)
            .any(|j| matches!(view.word(j), "of" | "for") && j > 0 && view.tables(j - 1).is_role())
}

/// "Sun Zhiyuan": a family name that is also the short form of a day or month.
fn is_family_name(view: View<'_>, i: usize, run: &Range<usize>) -> bool {
    view.tables(i).is_surname_first()
        && run.len() >= 2
        && i + 1 < run.end
        && view.is_word(i + 1)
        && view.is_capital(i + 1)
        && !view.tables(i + 1).is_time_word()
}
