//! What stands between quotation marks.
//!
//! A stack machine over one paragraph: every mark opens, closes or is ignored, judged by the characters beside it.
//! Nothing can make it fail: an unclosed mark is dropped, or runs to the end of its paragraph where the paragraph began
//! with it or the next one opens again. Linear time.

use crate::text::Span;

/// A stretch between marks, not inside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quoted {
    /// With its marks.
    pub outer: Span,
    /// Without them.
    pub inner: Span,
    /// Whether a closing mark ends it; otherwise it runs to the end of the paragraph.
    pub closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// `"`, `''`, and ``` `` ```: the same mark opens and closes.
    Straight,
    /// `“`
    Curly,
    /// `„`
    Low,
    /// `«`
    Angle,
    /// `»`, opening as in German books.
    AngleReversed,
    /// `”`, opening as in Swedish.
    CurlyClosing,
    /// `「` and `『`
    Corner,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    at: usize,
    inner: usize,
    mark: Mark,
}

/// The first bytes of all marks: `"`, `'`, `` ` ``, `«` and `»`, `“` and those beside it, `「` and `『`, `＂`.
const BEGINS_MARK: [bool; 256] = {
    let mut first = [false; 256];
    let bytes = [b'"', b'\'', b'`', 0xc2, 0xe2, 0xe3, 0xef];
    let mut i = 0;
    while i < bytes.len() {
        first[bytes[i] as usize] = true;
        i += 1;
    }
    first
};

/// The quoted stretches of the paragraph at `span`, in order, not overlapping. `next_opens`: whether the next
/// paragraph begins with a mark (then an unclosed quotation goes on there).
pub fn quoted(text: &str, span: Span, next_opens: bool) -> Vec<Quoted> {
    let paragraph = span.of(text);
    let bytes = paragraph.as_bytes();
    // Without a byte of any mark there is nothing to find; so it is in most paragraphs.
    if paragraph.is_ascii() && memchr::memchr3(b'"', b'\'', b'`', bytes).is_none() {
        return Vec::new();
    }
    let mut stack: Vec<Open> = Vec::new();
    let mut pairs: Vec<Quoted> = Vec::new();
    let mut from = 0;
    // Most characters are no marks: they are passed over by their first byte.
    while let Some(step) = bytes[from..].iter().position(|&b| BEGINS_MARK[usize::from(b)]) {
        let i = from + step;
        let Some(c) = paragraph[i..].chars().next() else { break };
        let double_apostrophe = matches!(c, '\'' | '`') && bytes.get(i + 1) == Some(&bytes[i]);
        let width = if double_apostrophe { 2 } else { c.len_utf8() };
        from = i + width;
        if matches!(c, '\'' | '`') && !double_apostrophe || matches!(c, '‘' | '’' | '–' | '—') {
            continue;
        }
        let at = span.start + i;
        let previous = paragraph[..i].chars().next_back();
        let next = paragraph[from..].chars().next();
        let before_opens = previous
            .is_none_or(|p| p.is_whitespace() || matches!(p, '(' | '[' | '{' | '-' | '–' | '—' | '/' | ':' | '‘'));
        let after_opens = next.is_some_and(|n| !n.is_whitespace() && !matches!(n, ',' | ';' | '.' | '?' | '!' | ')'));
        let opener = |mark| Open { at, inner: at + width, mark };
        let mut close = |stack: &mut Vec<Open>| {
            if let Some(open) = stack.pop() {
                pairs.push(Quoted {
                    outer: Span::new(open.at, at + width),
                    inner: Span::new(open.inner, at),
                    closed: true,
                });
            }
        };
        match c {
            _ if double_apostrophe && c == '`' => stack.push(opener(Mark::Straight)),
            '"' | '＂' => {
                straight(&mut stack, &mut close, opener(Mark::Straight), before_opens, after_opens, previous)
            }
            '\'' if double_apostrophe => {
                straight(&mut stack, &mut close, opener(Mark::Straight), before_opens, after_opens, previous);
            }
            '“' | '‟' => {
                let low = stack.last().is_some_and(|o| matches!(o.mark, Mark::Low));
                if low && !before_opens { close(&mut stack) } else { stack.push(opener(Mark::Curly)) }
            }
            '„' => stack.push(opener(Mark::Low)),
            '”' => {
                if stack.is_empty() && before_opens && after_opens {
                    stack.push(opener(Mark::CurlyClosing));
                } else {
                    close(&mut stack);
                }
            }
            '«' => {
                if stack.last().is_some_and(|o| o.mark == Mark::AngleReversed) {
                    close(&mut stack)
                } else {
                    stack.push(opener(Mark::Angle))
                }
            }
            '»' => {
                if is_open(&stack, Mark::Angle) {
                    close(&mut stack);
                } else if before_opens && after_opens && previous.is_some_and(|p| p != '«') | previous.is_none() {
                    stack.push(opener(Mark::AngleReversed));
                }
            }
            '「' | '『' => stack.push(opener(Mark::Corner)),
            '」' | '』' if is_open(&stack, Mark::Corner) => close(&mut stack),
            _ => {}
        }
    }
    if let Some(open) = stack.first() {
        let first = text[span.start..open.at].trim().is_empty();
        if first || next_opens {
            pairs.push(Quoted {
                outer: Span::new(open.at, span.end),
                inner: Span::new(open.inner, span.end),
                closed: false,
            });
        }
    }
    single(text, span, &mut pairs);
    outermost(text, pairs)
}

/// Whether a mark is open; of thousands that nobody closes the last ones are asked, so that time stays linear.
fn is_open(stack: &[Open], mark: Mark) -> bool {
    const MAX_NESTED: usize = 32;
    stack.iter().rev().take(MAX_NESTED).any(|o| o.mark == mark)
}

/// Whether the paragraph at `span` begins with an opening mark.
pub fn opens(text: &str, span: Span) -> bool {
    let start = span.of(text).trim_start();
    start.starts_with(['"', '“', '„', '«', '‟', '「', '『', '‘']) || start.starts_with("''") || start.starts_with("``")
}

fn straight(
    stack: &mut Vec<Open>,
    close: &mut impl FnMut(&mut Vec<Open>),
    open: Open,
    before_opens: bool,
    after_opens: bool,
    previous: Option<char>,
) {
    if before_opens && after_opens {
        stack.push(open);
    } else if !stack.is_empty() {
        close(stack);
    } else if after_opens && !previous.is_some_and(char::is_numeric) {
        stack.push(open);
    }
}

/// Single marks, as British papers and headlines have them: only where no apostrophe can be meant.
fn single(text: &str, span: Span, pairs: &mut Vec<Quoted>) {
    let bytes_before = |at: usize| text[span.start..at].chars().next_back();
    let mut open: Option<(usize, usize, bool)> = None;
    let mut weak: Option<usize> = None;
    let mut found: Vec<Quoted> = Vec::new();
    let push = |found: &mut Vec<Quoted>, from: (usize, usize, bool), at: usize| {
        let width = text[at..].chars().next().map_or(1, char::len_utf8);
        found.push(Quoted { outer: Span::new(from.0, at + width), inner: Span::new(from.1, at), closed: true });
    };
    for i in memchr::memchr2_iter(b'\'', 0xe2, span.of(text).as_bytes()) {
        let at = span.start + i;
        let Some(c) = text[at..].chars().next().filter(|c| matches!(c, '‘' | '’' | '\'')) else { continue };
        let before = bytes_before(at);
        let after = text[at + c.len_utf8()..span.end].chars().next();
        if before == Some('\'') || after == Some('\'') {
            continue;
        }
        let opens = before.is_none_or(|p| p.is_whitespace() || matches!(p, '(' | '[' | '—' | '–' | '"' | '“'))
            && after.is_some_and(|n| n.is_alphanumeric() || matches!(n, '[' | '“' | '"' | '£' | '$'));
        if opens && c != '’' {
            if let (Some(from), Some(at)) = (open, weak) {
                push(&mut found, from, at);
            }
            // A straight apostrophe also begins "'90s" and "'em": it needs a capital and a strong close.
            let firm = c == '‘';
            open = (firm || after.is_some_and(char::is_uppercase)).then_some((at, at + c.len_utf8(), firm));
            weak = None;
        } else if c != '‘' && !after.is_some_and(char::is_alphanumeric) && before.is_some_and(|p| !p.is_whitespace())
        {
            let strong = before.is_some_and(|p| matches!(p, ',' | '.' | '!' | '?' | '…' | '”' | '"'));
            if let Some(from) = open {
                if strong {
                    push(&mut found, from, at);
                    (open, weak) = (None, None);
                } else if from.2 {
                    weak.get_or_insert(at);
                }
            }
        }
    }
    if let (Some(from), Some(at)) = (open, weak) {
        push(&mut found, from, at);
    }
    pairs.extend(found);
}

/// Only what is not inside another, without white space inside the marks, in order.
fn outermost(text: &str, mut pairs: Vec<Quoted>) -> Vec<Quoted> {
    pairs.sort_by_key(|q| (q.outer.start, std::cmp::Reverse(q.outer.end)));
    let mut out: Vec<Quoted> = Vec::new();
    for mut pair in pairs {
        if out.last().is_none_or(|last| pair.outer.start >= last.outer.end) {
            pair.inner = pair.inner.trimmed(text);
            if !pair.inner.is_empty() {
                out.push(pair);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(text: &str) -> Vec<&str> {
        inner_before(text, false)
    }

    fn inner_before(text: &str, next_opens: bool) -> Vec<&str> {
        quoted(text, Span::new(0, text.len()), next_opens).iter().map(|q| q.inner.of(text)).collect()
    }

    #[test]
    fn every_kind_of_mark() {
        for text in [
            "He said: \"We agree.\"",
            "He said: “We agree.”",
            "He said: „We agree.“",
            "He said: „We agree.”",
            "He said: «We agree.»",
            "He said: « We agree. »",
            "He said: »We agree.«",
            "He said: ”We agree.”",
            "He said: ''We agree.''",
            "He said: ``We agree.''",
            "He said: \"We agree.”",
            "He said: “We agree.\"",
            "He said: ‘We agree.’",
            "He said: 「We agree.」",
        ] {
            assert_eq!(inner(text), ["We agree."], "{text}");
        }
    }

    #[test]
    fn apostrophes_and_inches_are_no_marks() {
        assert_eq!(inner("The workers’ rights, the government’s plan, rock 'n' roll, the '90s"), [""; 0]);
        assert_eq!(inner("A 6'2\" man and a 12\" pipe"), [""; 0]);
        assert_eq!(inner("‘The workers’ rights are at risk,’ he said."), ["The workers’ rights are at risk,"]);
        assert_eq!(inner("an ‘unacceptable’ delay"), ["unacceptable"]);
    }

    #[test]
    fn nested_marks_give_the_outer_one() {
        assert_eq!(inner("“He said ‘go’ and left,” she said."), ["He said ‘go’ and left,"]);
        assert_eq!(inner("‘He said “go” and left,’ she said."), ["He said “go” and left,"]);
        assert_eq!(inner("“He called it “unfair” twice,” she said."), ["He called it “unfair” twice,"]);
        assert_eq!(inner("\"He called it \"unfair\" twice,\" she said."), ["He called it \"unfair\" twice,"]);
    }

    #[test]
    fn unclosed_marks() {
        assert_eq!(inner("“We agree. And we wait."), ["We agree. And we wait."]);
        assert_eq!(inner("He said “we agree. Then “yes” and “no”."), ["yes", "no"]);
        assert_eq!(inner_before("He said: “We agree.", true), ["We agree."]);
        assert_eq!(inner("It ends here.” He left."), [""; 0]);
        assert_eq!(inner("One \"two\" three\" four"), ["two"]);
        assert_eq!(inner("\""), [""; 0]);
    }

    #[test]
    fn many_marks_take_linear_time() {
        for mark in ["\"", "“", "”", "‘", "’", "'", "\" ", " \"a", "“a ", "''"] {
            let text = mark.repeat(1_000_000 / mark.len());
            let start = std::time::Instant::now();
            quoted(&text, Span::new(0, text.len()), false);
            assert!(start.elapsed().as_secs() < 5, "{mark:?}");
        }
    }
}
