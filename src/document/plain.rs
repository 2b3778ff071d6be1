//! The parts of an article of plain text, as wires and news sites write it.
//!
//! Headings, captions and site furniture are told from the body by form and order, not by what they say. Where that
//! leaves a doubt a line is a paragraph: a heading among the paragraphs does less harm than a lost quotation.

use crate::document::dateline::{Certainty, dateline};
use crate::document::furniture::{
    LineKind, has_quotation_mark, is_link_heading, is_names, is_speech, line_kind, quotes_as_headlines_do,
};
use crate::document::units::{Unit, ends_sentence, units};
use crate::document::{Document, Part, PartKind};
use crate::text::Span;

/// A headline has at most this many bytes.
const MAX_HEADLINE: usize = 300;
/// The body begins within this many units.
const MAX_HEAD: usize = 30;
/// So many units around a credit may be its caption.
const CAPTION_WINDOW: usize = 3;

/// An article from its decoded text. `title`: its headline, where known apart; else it is taken from the text. Never
/// fails; a text without a paragraph brings a warning. O(bytes).
///
/// # Examples
/// ```
/// use demarche::document::{PartKind, plain};
///
/// let text = "Talks go on\n\nROME, March 3. /TASS/. \"We are ready,\" the minister said.";
/// let document = plain::document(text.to_owned(), None);
/// assert_eq!(document.title.as_deref(), Some("Talks go on"));
/// let kinds: Vec<PartKind> = document.parts.iter().map(|p| p.kind).collect();
/// assert_eq!(kinds, [PartKind::Headline, PartKind::Dateline, PartKind::Paragraph]);
/// ```
pub fn document(text: String, title: Option<String>) -> Document {
    let parts = parts(&text, title.as_deref());
    let headline = || {
        let part = parts.iter().find(|p| p.kind == PartKind::Headline)?;
        Some(part.span.of(&text).split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let title = title.or_else(headline);
    let mut warnings = Vec::new();
    if !parts.iter().any(|p| p.kind == PartKind::Paragraph) {
        warnings.push("no paragraph in this article".to_owned());
    }
    Document { title, parts, text, warnings, ..Document::default() }
}

/// The parts of `text` in order; they are trimmed, not empty, and do not overlap. `title` as in [`document`].
pub fn parts(text: &str, title: Option<&str>) -> Vec<Part> {
    let units = units(text);
    let article = Article { text, title: title.map(folded), units: &units };
    let kinds = article.kinds();
    let mut parts = Vec::with_capacity(units.len() + 1);
    let mut n_paragraphs = 0;
    for (unit, kind) in units.iter().zip(&kinds) {
        let mut span = unit.span;
        if *kind == PartKind::Paragraph {
            n_paragraphs += 1;
            if let Some((length, certainty)) = dateline(span.of(text))
                && (n_paragraphs == 1 || (certainty == Certainty::Full && n_paragraphs <= 5))
            {
                parts.push(Part {
                    kind: PartKind::Dateline,
                    span: Span::new(span.start, span.start + length).trimmed(text),
                });
                span = Span::new(span.start + length, span.end).trimmed(text);
            }
        }
        if !span.is_empty() {
            parts.push(Part { kind: *kind, span });
        }
    }
    parts
}

struct Article<'t> {
    text: &'t str,
    title: Option<String>,
    units: &'t [Unit],
}

impl Article<'_> {
    fn of(&self, i: usize) -> &str {
        self.units[i].span.of(self.text)
    }

    /// The kind of each unit.
    fn kinds(&self) -> Vec<PartKind> {
        let lines: Vec<LineKind> = (0..self.units.len()).map(|i| line_kind(self.of(i))).collect();
        let body = self.body_start(&lines);
        let mut kinds = self.head(&lines, body);
        kinds.extend((body..self.units.len()).map(|i| match lines[i] {
            LineKind::Furniture => PartKind::Footer,
            LineKind::Byline => PartKind::Byline,
            LineKind::Credit => PartKind::Credit,
            LineKind::Caption => PartKind::Caption,
            LineKind::Other => PartKind::Paragraph,
        }));
        self.links(&mut kinds, body);
        self.captions(&mut kinds, body);
        self.crossheads(&mut kinds, body);
        kinds
    }

    /// The number of the unit with which the body begins.
    fn body_start(&self, lines: &[LineKind]) -> usize {
        let window = lines.len().min(MAX_HEAD);
        let other = |i: &usize| lines[*i] == LineKind::Other;
        let full = |i: &usize| matches!(dateline(self.of(*i)), Some((_, Certainty::Full)));
        let first = (0..window).filter(other).find(|i| self.is_body(*i));
        // A dateline begins the body, unless text stands before it already.
        match ((0..window).filter(other).find(full), first) {
            (Some(at), Some(first)) if first < at => {
                let n_before = (first..at).filter(other).filter(|i| self.is_body(*i)).count();
                let sure = (first..at).filter(other).any(|i| is_speech(self.of(i)) || self.of(i).len() > MAX_HEADLINE);
                let heads = at - first <= 2 || (0..first).any(|i| lines[i] == LineKind::Other);
                if sure && !self.is_title(first) || n_before > 2 || !heads { first } else { at }
            }
            (Some(at), _) => at,
            (None, Some(first)) => first,
            (None, None) => self.body_without_sentences(lines),
        }
    }

    /// Where nothing looks like a paragraph: all but headings and furniture.
    fn body_without_sentences(&self, lines: &[LineKind]) -> usize {
        let mut others = (0..lines.len()).filter(|i| lines[*i] == LineKind::Other);
        match (others.next(), others.next()) {
            (Some(_), Some(second)) => second,
            (Some(only), None) if self.is_headline(only) => lines.len(),
            (Some(only), None) => only,
            (None, _) => lines.len(),
        }
    }

    /// Whether unit `i` reads as text of an article: long, or a whole sentence, or speech.
    fn is_body(&self, i: usize) -> bool {
        let unit = self.of(i);
        if self.is_title(i) {
            return false;
        }
        let n_words = unit.split_whitespace().take(60).count();
        let sentence = ends_sentence(unit) || unit.ends_with([':', ';']);
        (sentence && n_words >= 8)
            || n_words >= 45
            || dateline(unit).is_some()
            || (has_quotation_mark(unit) && (sentence || n_words >= 22))
            || (is_speech(unit) && !self.may_quote_in_headline(i))
    }

    /// A line with speech near the beginning, in the tense of headlines and without full stop, is a headline that
    /// quotes if a dateline follows, or a blank line and a sentence.
    fn may_quote_in_headline(&self, i: usize) -> bool {
        let line = self.of(i);
        let next = i + 1;
        let rest = next..self.units.len().min(next + 6);
        let dateline_follows = || rest.clone().any(|j| dateline(self.of(j)).is_some());
        let text_follows =
            || self.units[next].after_blank && ends_sentence(self.of(next)) && quotes_as_headlines_do(line);
        !ends_sentence(line)
            && i < 8
            && next < self.units.len()
            && line.split_whitespace().take(21).count() <= 20
            && (dateline_follows() || text_follows())
    }

    fn is_title(&self, i: usize) -> bool {
        self.units[i].span.len() <= 2 * MAX_HEADLINE
            && self.title.as_ref().is_some_and(|t| may_begin_alike(t, self.of(i)) && *t == folded(self.of(i)))
    }

    /// Whether a title is given and no longer word of it stands in unit `i`.
    fn is_foreign(&self, i: usize) -> bool {
        let Some(title) = &self.title else { return false };
        let line = folded_front(self.of(i));
        let known: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
        !title.split(|c: char| !c.is_alphanumeric()).any(|w| w.chars().count() >= 4 && known.contains(&w))
    }

    fn is_headline(&self, i: usize) -> bool {
        let line = self.of(i);
        let full_stop = line.ends_with(['.', ':', ';', ',']) && !line.ends_with("...");
        self.is_title(i) || (line.len() <= MAX_HEADLINE && !full_stop && line.chars().any(char::is_alphabetic))
    }

    /// Kinds of the units before the body.
    fn head(&self, lines: &[LineKind], body: usize) -> Vec<PartKind> {
        let titled = (0..body).find(|i| self.is_title(*i));
        let mut seen_headline = false;
        let kind = |i: usize| match lines[i] {
            _ if titled == Some(i) => {
                seen_headline = true;
                PartKind::Headline
            }
            LineKind::Furniture => PartKind::Header,
            LineKind::Byline => PartKind::Byline,
            LineKind::Credit => PartKind::Credit,
            LineKind::Caption => PartKind::Caption,
            LineKind::Other if is_person_before_outlet(self.of(i), (i + 1 < body).then(|| self.of(i + 1))) => {
                PartKind::Byline
            }
            LineKind::Other if is_short_name(self.of(i)) && self.is_foreign(i) => PartKind::Byline,
            LineKind::Other
                if !seen_headline
                    && titled.is_none()
                    && is_section(self.of(i))
                    && (i + 1..body)
                        .any(|j| lines[j] == LineKind::Other && self.of(j).split_whitespace().count() > 4) =>
            {
                PartKind::Header
            }
            LineKind::Other if !seen_headline && titled.is_none() && self.is_headline(i) && !self.is_foreign(i) => {
                seen_headline = true;
                PartKind::Headline
            }
            LineKind::Other if !seen_headline && titled.is_some_and(|t| i < t) => PartKind::Header,
            LineKind::Other if self.of(i).len() <= MAX_HEADLINE && !is_speech(self.of(i)) => PartKind::Subheadline,
            LineKind::Other => PartKind::Paragraph,
        };
        (0..body).map(kind).collect()
    }

    /// Lines next to a credit or caption that repeat its words, or stand directly on it, are captions.
    fn captions(&self, kinds: &mut [PartKind], body: usize) {
        let pictures: Vec<usize> =
            (0..kinds.len()).filter(|i| matches!(kinds[*i], PartKind::Credit | PartKind::Caption)).collect();
        for picture in pictures {
            let shown = folded_front(self.of(picture));
            let window = picture.saturating_sub(CAPTION_WINDOW)..(picture + CAPTION_WINDOW + 1).min(kinds.len());
            for i in window {
                let candidate = matches!(kinds[i], PartKind::Subheadline | PartKind::Paragraph);
                if !candidate || is_speech(self.of(i)) || self.of(i).len() > MAX_HEADLINE {
                    continue;
                }
                let words = folded_front(self.of(i));
                let repeats = words.len() >= 6 && kinds[picture] == PartKind::Caption && shown.starts_with(&words);
                let stands_on_it = kinds[picture] == PartKind::Credit
                    && i + 1 == picture
                    && !self.units[picture].after_blank
                    && !ends_sentence(self.of(i))
                    && (i > 0 && (i < body || self.units[i].after_blank));
                if repeats || stands_on_it {
                    kinds[i] = PartKind::Caption;
                }
            }
        }
    }

    /// Short lines below a heading of links ("Read also", "Tags").
    fn links(&self, kinds: &mut [PartKind], body: usize) {
        let mut below = false;
        for (i, kind) in kinds.iter_mut().enumerate().skip(body) {
            let line = self.of(i);
            if *kind == PartKind::Footer {
                below = is_link_heading(line) || (below && line.len() <= MAX_HEADLINE);
            } else {
                below &= *kind == PartKind::Paragraph
                    && line.split_whitespace().take(16).count() <= 15
                    && !ends_sentence(line)
                    && !has_quotation_mark(line);
                if below {
                    *kind = PartKind::Footer;
                }
            }
        }
    }

    /// Short lines without a mark at their end, between paragraphs.
    fn crossheads(&self, kinds: &mut [PartKind], body: usize) {
        let short: Vec<bool> =
            (0..kinds.len()).map(|i| i > body && kinds[i] == PartKind::Paragraph && self.is_short(i)).collect();
        for i in body + 1..kinds.len().saturating_sub(1) {
            let text = |j: usize| kinds[j] == PartKind::Paragraph && !short[j];
            if short[i] && text(i - 1) && text(i + 1) {
                kinds[i] = PartKind::Crosshead;
            }
        }
    }

    fn is_short(&self, i: usize) -> bool {
        let line = self.of(i);
        line.len() <= 120
            && line.split_whitespace().count() <= 8
            && line.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            && line.ends_with(char::is_alphanumeric)
            && !has_quotation_mark(line)
            && dateline(line).is_none()
    }
}

/// "Jane Roe".
fn is_short_name(line: &str) -> bool {
    (2..=3).contains(&line.split_whitespace().count()) && is_names(line) && line.ends_with(char::is_alphabetic)
}

/// "Jane Roe" above "USA TODAY".
fn is_person_before_outlet(line: &str, next: Option<&str>) -> bool {
    let outlets =
        ["USA TODAY", "Special for USA TODAY", "Opinion contributor", "Associated Press", "The Associated Press"];
    let next_is_outlet = next.is_some_and(|n| outlets.contains(&n));
    outlets.contains(&line) || (next_is_outlet && line.split_whitespace().count() <= 8 && is_names(line))
}

/// Whether a text in lower case may begin like another in any case: told by the first bytes, if they are ASCII.
fn may_begin_alike(lower: &str, text: &str) -> bool {
    let first = lower.bytes().next().zip(text.bytes().next());
    first.is_none_or(|(a, b)| !(a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric()) || a == b.to_ascii_lowercase())
}

/// `text` in lower case with one blank between words and plain quotation marks.
fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").replace(['‘', '’'], "'").replace(['“', '”'], "\"")
}

/// [`folded`] of at most the first 300 bytes.
fn folded_front(text: &str) -> String {
    let mut end = text.len().min(MAX_HEADLINE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    folded(&text[..end])
}

/// Whether a line is the name of a section or outlet: "COAST BULLETIN", "Home / Business", "Health & Science".
fn is_section(line: &str) -> bool {
    let n_words = line.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)).count();
    let shouted = !line.chars().any(char::is_lowercase) && line.chars().any(char::is_uppercase);
    let path = [" / ", " > ", " | "].iter().any(|mark| line.contains(mark));
    shouted && n_words <= 3 || path && n_words <= 6 || line.contains(" & ") && n_words <= 3
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use PartKind::*;

    fn read(text: &str) -> Vec<(PartKind, &str)> {
        parts(text, None).iter().map(|p| (p.kind, p.span.of(text))).collect()
    }

    fn kinds(text: &str) -> Vec<PartKind> {
        read(text).iter().map(|p| p.0).collect()
    }

    const BODY: &str = "\"We are ready,\" the minister said on Monday, adding that talks would go on.";

    #[test]
    fn wire_with_pictures() {
        let text = "\u{a0}\r\nAll news\r\n\r\nKim expects help — speaker\r\n\r\nShe held a meeting with the North Korean leader\r\n\
            North Korean leader Kim Jong-un  AP Photo/Wong Maye-E\r\nNorth Korean leader Kim Jong-un\r\n\
            © AP Photo/Wong Maye-E\r\n\r\nMOSCOW, September 10. /TASS/. The leader expects help, she said.\r\n\r\n\
            Talks in Rome\r\n\r\nThe two leaders are expected to agree on steps.\r\n\r\nRead more";
        let want = [
            (Header, "All news"),
            (Headline, "Kim expects help — speaker"),
            (Subheadline, "She held a meeting with the North Korean leader"),
            (Caption, "North Korean leader Kim Jong-un  AP Photo/Wong Maye-E"),
            (Caption, "North Korean leader Kim Jong-un"),
            (Credit, "© AP Photo/Wong Maye-E"),
            (Dateline, "MOSCOW, September 10. /TASS/."),
            (Paragraph, "The leader expects help, she said."),
            (Crosshead, "Talks in Rome"),
            (Paragraph, "The two leaders are expected to agree on steps."),
            (Footer, "Read more"),
        ];
        assert_eq!(read(text), want);
        assert_eq!(document(text.to_owned(), None).title.as_deref(), Some("Kim expects help — speaker"));
    }

    #[test]
    fn articles_without_a_head_are_all_paragraphs() {
        assert_eq!(kinds(BODY), [Paragraph]);
        assert_eq!(kinds(&format!("{BODY}\n{BODY}\n\n{BODY}")), [Paragraph; 3]);
        assert_eq!(kinds("He said so. She did not."), [Headline].map(|_| Paragraph));
        assert_eq!(kinds("\"No.\""), [Paragraph]);
    }

    #[test]
    fn a_lone_headline_is_one() {
        let document = document("Talks go on in Rome\n".to_owned(), None);
        assert_eq!(document.parts[0].kind, Headline);
        assert_eq!(document.warnings.len(), 1);
        assert_eq!(kinds(""), []);
        assert_eq!(kinds(" \r\n\u{a0}\n"), []);
    }

    #[test]
    fn a_given_title_names_the_headline() {
        let text = format!("“We are ready,” says minister.\n\n{BODY}");
        let kinds = |title| parts(&text, title).iter().map(|p| p.kind).collect::<Vec<_>>();
        assert_eq!(kinds(Some("\"We are  ready,\" says Minister.")), [Headline, Paragraph]);
        assert_eq!(kinds(None), [Paragraph, Paragraph], "speech is text when in doubt");
        assert_eq!(document(text.clone(), Some("T".into())).title.as_deref(), Some("T"));
    }

    #[test]
    fn a_line_foreign_to_the_title_is_no_headline() {
        let text = format!("Jon Campbell\n\nAlbany Bureau of the paper\n\n{BODY}");
        let kinds: Vec<PartKind> = parts(&text, Some("Foundation agrees")).iter().map(|p| p.kind).collect();
        assert_eq!(kinds, [Byline, Subheadline, Paragraph]);
    }

    #[test]
    fn datelines_of_their_own_and_later_ones() {
        assert_eq!(kinds(&format!("Talks go on\nROME, March 3. /TASS/.\n{BODY}")), [Headline, Dateline, Paragraph]);
        assert_eq!(kinds(&format!("GENEVA — {BODY}\nROME — {BODY}")), [Dateline, Paragraph, Paragraph]);
        assert_eq!(
            kinds(&format!("Talks \"go on\", Lavrov says\n\nROME (AP) — {BODY}")),
            [Headline, Dateline, Paragraph]
        );
    }

    #[test]
    fn lines_around_the_body() {
        let text = format!(
            "WORLD\nSeptember 10, 2018\nShare\nTalks go on\nBy Jane Roe\n\n{BODY}\n\nADVERTISEMENT\n\n{BODY}\n\n\
             Reporting by Jane Roe; Editing by John Doe\nFollow us on Twitter\nCopyright © 2019 X, LLC."
        );
        let want = [Header, Header, Header, Headline, Byline, Paragraph, Footer, Paragraph, Byline, Footer, Footer];
        assert_eq!(kinds(&text), want);
    }

    #[test]
    fn headlines_may_quote() {
        for line in ["\"We are ready,\" Zarif says", "Kremlin: \"No plans\" for a meeting"] {
            assert_eq!(kinds(&format!("WORLD\n{line}\n\n{BODY}\n\n{BODY}")), [Header, Headline, Paragraph, Paragraph]);
        }
        let two = format!("Talks go on\n\"We are ready,\" Zarif says\n\nROME (AP) — {BODY}");
        assert_eq!(kinds(&two), [Headline, Paragraph, Dateline, Paragraph], "only the headline is sure");
        assert_eq!(kinds(&format!("\"We are ready,\" Zarif said\n\n{BODY}")), [Paragraph, Paragraph]);
        assert_eq!(kinds(&format!("\"We are ready,\" Zarif says\n{BODY}")), [Paragraph, Paragraph]);
    }

    #[test]
    fn links_stand_below_their_heading() {
        let text = format!("{BODY}\nREAD ALSO\nPeskov comments on talks\nTalks go on\n{BODY}\nTags\nForeign policy");
        assert_eq!(kinds(&text), [Paragraph, Footer, Footer, Footer, Paragraph, Footer, Footer]);
    }

    #[test]
    fn speech_is_never_a_caption_or_crosshead() {
        let text =
            format!("{BODY}\n\n\"Yes\", she said\n\n{BODY}\n\nThe man who said \"no\" (Jim Young/Reuters)\n\n{BODY}");
        assert_eq!(kinds(&text), [Paragraph; 5]);
    }

    #[test]
    fn ten_megabytes_are_read_in_linear_time() {
        for piece in ["a", "\"", "A\n", "— ", "© AP Photo/\n", "\r\n\u{a0}", "WORLD (AP) ", "x y "] {
            let text = piece.repeat((10 << 20) / piece.len());
            let start = std::time::Instant::now();
            parts(&text, Some("A"));
            assert!(start.elapsed().as_secs() < 20, "{piece:?}: {:?}", start.elapsed());
        }
    }

    fn check(text: &str) {
        let mut end = 0;
        for part in parts(text, Some("B a")) {
            assert!(part.span.start >= end && !part.span.is_empty());
            assert!(text.get(part.span.start..part.span.end).is_some_and(|t| t.trim() == t));
            end = part.span.end;
        }
    }

    proptest! {
        #[test]
        fn any_text_has_sound_parts(text in any::<String>()) {
            check(&text);
        }

        #[test]
        fn any_article_has_sound_parts(pieces in prop::collection::vec(prop::sample::select(vec![
            "\n", "\n\n", "\r\n", "\u{a0}", " ", "\"", "“", "ROME, March 3. /TASS/.", "(Reuters) -", "—", "© AP Photo/X", "By Jane Roe",
            "said", "All news", "B a", "Read more: x", "İ", "Some words that make a sentence of eight words.", "(", ")", "/", "a"]), 0..40)) {
            check(&pieces.concat());
        }
    }
}
