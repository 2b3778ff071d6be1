//! Lines of a text, joined to units: what its author meant as one paragraph or one line.

use crate::text::Span;

/// A paragraph, heading or other line; hard-wrapped lines are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Where it is, trimmed, not empty.
    pub(crate) span: Span,
    /// Whether a blank line (or the beginning) stands before it.
    pub(crate) after_blank: bool,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    span: Span,
    n_chars: usize,
    after_blank: bool,
    indent: usize,
}

impl Line {
    /// Characters up to its end, with those before its first word.
    fn width(&self) -> usize {
        self.indent + self.n_chars
    }
}

/// Width of lines in characters between which a text counts as hard-wrapped.
const WIDTHS: std::ops::RangeInclusive<usize> = 36..=120;

/// The units of `text` in order. O(bytes).
pub(crate) fn units(text: &str) -> Vec<Unit> {
    let lines = lines(text);
    let width = wrap_width(text, &lines);
    let edge = indented_paragraphs(&lines);
    let mut units: Vec<Unit> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        match units.last_mut() {
            Some(unit) if width.is_some_and(|w| continues(text, &lines[i - 1], line, w, edge)) => {
                unit.span.end = line.span.end
            }
            _ => units.push(Unit { span: line.span, after_blank: line.after_blank }),
        }
    }
    units
}

/// Lines that are not blank. Any of LF, CR LF, CR, form feed, U+2028 and U+2029 ends one.
fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut start, mut after_blank) = (0, true);
    let mut add = |piece: &str| {
        let whole = Span::new(start, start + piece.len());
        start = whole.end;
        let span = whole.trimmed(text);
        if span
            .of(text)
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{200f}'))
        {
            // the second half of CR LF is no blank line
            after_blank |= piece != "\n" || !text[..whole.start].ends_with('\r');
            return;
        }
        let indent = text[whole.start..span.start].chars().count();
        lines.push(Line { span, n_chars: span.of(text).chars().count(), after_blank, indent });
        after_blank = false;
    };
    let mut from = 0;
    while from < text.len() {
        // LF and CR end nearly all lines, and are searched many bytes at a time; the others are rare.
        let rest = &text.as_bytes()[from..];
        let piece = &text[from..from + memchr::memchr2(b'\n', b'\r', rest).map_or(rest.len(), |i| i + 1)];
        from += piece.len();
        let bytes = piece.as_bytes();
        // U+2028 and U+2029 end with these bytes, and so do some letters: then each character is looked at.
        if memchr::memchr3(0xb, 0xc, 0x85, bytes).is_some() || memchr::memchr2(0xa8, 0xa9, bytes).is_some() {
            piece.split_inclusive(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']).for_each(&mut add);
        } else {
            add(piece);
        }
    }
    lines
}

/// The width at which lines were wrapped; `None` where they were not.
///
/// Wrapped lines are filled: the first word of the next would not have fitted. Lines that are paragraphs of their own
/// are filled by chance only, and end with a full stop when they are.
fn wrap_width(text: &str, lines: &[Line]) -> Option<usize> {
    let pairs = || lines.windows(2).filter(|w| !w[1].after_blank);
    let mut lengths: Vec<usize> = pairs().map(|w| w[0].width()).collect();
    if lengths.is_empty() {
        return None;
    }
    lengths.sort_unstable();
    let width = lengths[(lengths.len() * 19).div_ceil(20) - 1];
    if !WIDTHS.contains(&width) {
        return None;
    }
    let (mut n_pairs, mut n_full, mut n_final, mut n_lower) = (0, 0, 0, 0);
    for pair in pairs() {
        n_pairs += 1;
        if is_full(text, &pair[0], &pair[1], width) {
            n_full += 1;
            n_final += usize::from(ends_sentence(pair[0].span.of(text)));
            n_lower += usize::from(pair[1].span.of(text).starts_with(char::is_lowercase));
        }
    }
    // The longest of a few lines is always full: there a line has to go on in lower case.
    let enough = n_pairs >= 8 || n_lower > 0;
    (enough && n_full * 2 >= n_pairs && n_final * 2 < n_full).then_some(width)
}

fn is_full(text: &str, line: &Line, next: &Line, width: usize) -> bool {
    let word = next.span.of(text).split_whitespace().next().unwrap_or_default().chars().count();
    line.width() + 1 + word > width
}

/// Where the lines of paragraphs begin whose first lines stand further in; `None` where indents mean something else.
fn indented_paragraphs(lines: &[Line]) -> Option<usize> {
    let edge = lines.iter().map(|l| l.indent).min()?;
    let pairs = || lines.windows(2).filter(|w| !w[1].after_blank && w[0].indent > edge);
    let n_first_lines = pairs().filter(|w| w[1].indent == edge).count();
    (n_first_lines > 0 && n_first_lines * 2 >= pairs().count()).then_some(edge)
}

/// Whether `next` goes on with the paragraph of `line` in a text wrapped at `width`.
fn continues(text: &str, line: &Line, next: &Line, width: usize, edge: Option<usize>) -> bool {
    let in_lower_case = next.span.of(text).starts_with(char::is_lowercase) && !ends_sentence(line.span.of(text));
    !next.after_blank
        && next.indent <= edge.unwrap_or(line.indent)
        && line.width() <= width + 20
        && (is_full(text, line, next, width) || in_lower_case)
}

/// Whether `text` ends as a sentence does: with its mark, maybe followed by closing quotes or brackets.
pub(crate) fn ends_sentence(text: &str) -> bool {
    let inside = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '“', '‘']);
    inside.ends_with(['.', '!', '?', '…', '。', '！', '？'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        units(text).iter().map(|u| u.span.of(text)).collect()
    }

    const WRAPPED: &str = "The foreign minister told reporters in the capital on Monday that\n\
        the talks would go on, and that nobody had yet asked for them to\n\
        end. \"We are ready,\" he said, \"and we will stay ready, for as long\n\
        as it takes.\"";

    #[test]
    fn wrapped_lines_become_paragraphs() {
        let second = WRAPPED.replace("The foreign minister", "A deputy");
        for (joint, n) in [("\n\n", 2), ("\r\n\r\n", 2), ("\n    ", 2)] {
            let text = format!("{WRAPPED}{joint}{second}");
            assert_eq!(texts(&text).len(), n, "{joint:?}");
        }
        assert_eq!(texts(WRAPPED), [WRAPPED]);
        assert_eq!(texts(&format!("Headline of the day\n\n{WRAPPED}"))[0], "Headline of the day");
    }

    #[test]
    fn indents_part_paragraphs() {
        let long = "    The foreign minister told the reporters at noon that all talks\nwent on. It was said.";
        let one = "    \"We are all ready,\" he said, \"and we will stay so for years to\ncome.\"";
        assert_eq!(texts(&[long, one, one, long].join("\n")).len(), 4);
        assert_eq!(texts(&format!("    {}", WRAPPED.replace('\n', "\n    "))).len(), 1, "a block set in as a whole");
    }

    #[test]
    fn lines_that_are_paragraphs_stay_apart() {
        let text =
            "The minister said that talks would go on.\nNobody asked for them to end on Monday.\nHe is ready, he says.";
        assert_eq!(texts(text).len(), 3);
        let long = format!("Headline\n{0}\n{0}\nShort one.\n{0}", "Many words in one line. ".repeat(12));
        assert_eq!(texts(&long).len(), 5);
        let unfinished = "China urged the US to lift tariffs.\nBeijing \"will fight on\" if needed, the ministry said\nHe added this";
        assert_eq!(texts(unfinished).len(), 3);
        assert_eq!(texts("\r\n\u{a0}\r\n  One\u{a0}\r\nTwo\r\n\r\nThree"), ["One", "Two", "Three"]);
        let blanks: Vec<bool> = units("a\r\nb\r\n\r\nc").iter().map(|u| u.after_blank).collect();
        assert_eq!(blanks, [true, false, true]);
    }
}
