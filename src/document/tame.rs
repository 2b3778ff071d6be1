//! Pages made harmless before they are parsed: the parser is quadratic in nesting, and remembers what is never closed.
//!
//! Reference: html5ever issues 290 and 788: 512 KB of `<ul><li>` take 94 s. Kept are tags that tell blocks apart; depth, the
//! length of a tag and the number of tags are capped. Words are never lost, but those of scripts and forms. Linear time.

/// Open elements at most; browsers stop at 512.
const MAX_DEPTH: usize = 200;
/// A longer tag loses its attributes: the parser compares each with all before.
const MAX_TAG: usize = 1024;
/// Tags of a page; after that only words are kept. What looks for the article is quadratic in the siblings of a tag: a page of
/// 120,000 takes 40 s, one of 20,000 about 1 s.
const MAX_TAGS: usize = 20_000;
/// Metadata of a page as JSON at most, in bytes.
const MAX_JSON: usize = 128 << 10;

/// Elements whose content is no text of the article.
const DROPPED: [&str; 16] = [
    "style", "noscript", "template", "svg", "math", "iframe", "object", "applet", "select", "textarea", "xmp",
    "noembed", "noframes", "canvas", "audio", "video",
];
/// Elements that change how words look; the parser opens them again in each block until they are closed.
const LOOKS: [&str; 22] = [
    "b",
    "big",
    "code",
    "em",
    "font",
    "i",
    "nobr",
    "s",
    "small",
    "strike",
    "strong",
    "tt",
    "u",
    "marquee",
    "button",
    "form",
    "plaintext",
    "frameset",
    "frame",
    "option",
    "optgroup",
    "label",
];
/// Elements without content.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements that the parser closes by itself, so that they do not nest, and the page itself.
const SELF_CLOSED: [&str; 17] = [
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "caption", "colgroup", "rp", "rt", "html",
    "head", "body",
];
/// Elements that do not end the blocks inside them.
const INLINE: [&str; 22] = [
    "a", "span", "abbr", "acronym", "bdi", "bdo", "cite", "data", "del", "dfn", "ins", "kbd", "mark", "output", "q",
    "ruby", "samp", "sub", "sup", "time", "var", "picture",
];

/// `page` without what could make its parsing slow.
pub(super) fn tame(page: &str) -> String {
    let mut out = String::with_capacity(page.len() + 16);
    out.push_str("<!doctype html>");
    let mut open: Vec<String> = Vec::new();
    let (mut n_tags, mut at) = (0, 0);
    let bytes = page.as_bytes();
    while let Some(found) = page[at..].find('<') {
        let start = at + found;
        out.push_str(&page[at..start]);
        let rest = &page[start..];
        let next = bytes.get(start + 1).copied().unwrap_or(b' ');
        if let Some(comment) = rest.strip_prefix("<!--") {
            at = comment.find("-->").map_or(page.len(), |end| start + 4 + end + 3);
            continue;
        }
        if matches!(next, b'!' | b'?') {
            at = rest.find('>').map_or(page.len(), |end| start + end + 1);
            continue;
        }
        let closes = next == b'/';
        if !bytes.get(start + 1 + usize::from(closes)).is_some_and(u8::is_ascii_alphabetic) {
            out.push_str("&lt;");
            at = start + 1;
            continue;
        }
        let Some(length) = tag_length(rest) else { break };
        let tag = &rest[..length];
        at = start + length;
        let name: String = tag[1 + usize::from(closes)..]
            .chars()
            .take_while(|c| !c.is_whitespace() && !matches!(c, '/' | '>'))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let name = name.as_str();
        if !closes && name == "script" {
            let end = end_of(page, at, name);
            let content = &page[at..end.0];
            if tag.len() <= MAX_TAG && tag.contains("ld+json") && content.len() <= MAX_JSON {
                out.push_str(&page[start..end.1]);
            }
            at = end.1;
            continue;
        }
        if !closes && name == "title" {
            let end = end_of(page, at, name);
            out.push_str(&page[start..end.1]);
            at = end.1;
            continue;
        }
        if DROPPED.contains(&name) {
            if !closes {
                at = end_of(page, at, name).1;
            }
            continue;
        }
        n_tags += 1;
        if LOOKS.contains(&name) || n_tags > MAX_TAGS || !is_kept(name, closes, &mut open) {
            // Words of two blocks must not grow together.
            if n_tags > MAX_TAGS && !INLINE.contains(&name) && !LOOKS.contains(&name) {
                out.push('\n');
            }
            continue;
        }
        if tag.len() <= MAX_TAG {
            out.push_str(tag);
        } else {
            out.extend(["<", name, ">"]);
        }
    }
    if page[at..].find('<').is_none() {
        out.push_str(&page[at..]);
    }
    out
}

/// Whether the tag may stand; keeps account of the elements that are open.
fn is_kept(name: &str, closes: bool, open: &mut Vec<String>) -> bool {
    if VOID.contains(&name) || SELF_CLOSED.contains(&name) {
        return true;
    }
    let topmost = open.iter().rposition(|o| o == name);
    if !closes {
        if name == "a"
            && let Some(at) = topmost
        {
            // The parser closes a link where another begins.
            open.remove(at);
        }
        if open.len() >= MAX_DEPTH {
            return false;
        }
        open.push(name.to_owned());
        return true;
    }
    let Some(at) = topmost else { return false };
    let above = &open[at + 1..];
    if above.iter().any(|o| o == "table") {
        // An end inside a table closes nothing outside of it.
        return false;
    }
    if INLINE.contains(&name) && above.iter().any(|o| !INLINE.contains(&o.as_str())) {
        // Blocks inside stay open: the parser splits the inline element around them.
        open.remove(at);
    } else {
        open.truncate(at);
    }
    true
}

/// Bytes of the tag that `text` begins with; `None` if it does not end.
fn tag_length(text: &str) -> Option<usize> {
    let (mut quote, mut after_equals) = (None, false);
    for (i, b) in text.bytes().enumerate() {
        match quote {
            Some(q) if b == q => quote = None,
            Some(_) => {}
            None if b == b'>' => return Some(i + 1),
            // Only values are quoted: a mark elsewhere is a slip that must not swallow the page.
            None if after_equals && matches!(b, b'"' | b'\'') => quote = Some(b),
            None => {}
        }
        if !b.is_ascii_whitespace() {
            after_equals = b == b'=' && quote.is_none();
        }
    }
    None
}

/// Where the content of the element ends that begins at `from`, and where its end tag ends.
fn end_of(page: &str, from: usize, name: &str) -> (usize, usize) {
    let bytes = page.as_bytes();
    let mut at = from;
    while let Some(found) = page[at..].find("</") {
        let start = at + found;
        let behind = start + 2 + name.len();
        if bytes.get(start + 2..behind).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
            && bytes.get(behind).is_none_or(|b| !b.is_ascii_alphanumeric())
        {
            return (start, page[start..].find('>').map_or(page.len(), |end| start + end + 1));
        }
        at = start + 2;
    }
    (page.len(), page.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(page: &str) -> String {
        tame(page).trim_start_matches("<!doctype html>").to_owned()
    }

    #[test]
    fn blocks_and_words_stay() {
        assert_eq!(body("<div><p>One <b>two</b><p>a < b</div>"), "<div><p>One two<p>a &lt; b</div>");
        assert_eq!(body("<!-- x --><p title='a>b'>c<script>d</script>e"), "<p title='a>b'>ce");
        assert_eq!(body("<svg><p>x</svg>y<STYLE>z</Style >w"), "yw");
        assert_eq!(body("a <p"), "a ");
        assert_eq!(body("<title>A < B</title>c"), "<title>A < B</title>c");
        assert_eq!(body(&format!("<p class='{}'>x", "y".repeat(2000))), "<p>x");
        let json = "<script type=\"application/ld+json\">{\"a\":1}</script>";
        assert_eq!(body(json), json);
    }

    #[test]
    fn depth_is_capped_however_it_is_made() {
        for unit in [
            "<div>",
            "<div></span>",
            "<b><div></b>",
            "<a><div></a>",
            "<div><table></div>",
            "<ul><li>",
            "<span><div></span>",
        ] {
            let page = unit.repeat(20_000) + "words";
            let tamed = body(&page);
            let opened = tamed.matches("<div>").count().max(tamed.matches("<ul>").count());
            assert!(opened <= MAX_DEPTH && tamed.ends_with("words"), "{unit}: {opened}");
        }
        let wide = "<div><span>x</span></div>".repeat(1000);
        assert_eq!(body(&wide), wide);
    }

    proptest::proptest! {
        #[test]
        fn any_page_is_tamed(pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<", ">", "</", "<div>", "</div>", "<p a=\"", "\"", "'", "é", "<!--", "-->", "<script>", "</script", "<title>", "x", "<a", "=", " ", "<?", "<svg/>", "&amp;"]), 0..40)) {
            let page = pieces.concat();
            let tamed = tame(&page);
            assert!(tamed.len() <= 15 + 4 * page.len());
        }
    }
}
