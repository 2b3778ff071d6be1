//! The article of a web page: its words without menus, links and advertisements.

use dom_query::Document as Tree;
use dom_smoothie::{Config, Readability, TextMode};

use crate::document::Document;
use crate::document::tame::tame;

/// The article on the page that is the text of `facts`: title, date, outlet and language where the page says them.
/// Where nothing on the page looks like an article, all its words.
pub(super) fn page(facts: Document) -> Document {
    let markup = tame(&facts.text);
    let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
    let article = Readability::new(markup.as_str(), None, Some(config)).and_then(|mut r| r.parse());
    let known = |value: Option<String>| value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    match article {
        Ok(article) => {
            let title = known(Some(article.title)).or(facts.title);
            Document {
                title,
                outlet: facts.outlet.or(known(article.site_name)),
                date: facts.date.or(known(article.published_time)),
                lang: facts.lang.or(known(article.lang)),
                text: tidy(&article.text_content),
                ..Document { title: None, outlet: None, date: None, lang: None, ..facts }
            }
        }
        Err(_) => {
            let tree = Tree::from(markup.as_str());
            let title = known(Some(tree.select("title").text().to_string()));
            let mut warnings = facts.warnings;
            warnings.push("no article was found on this page; all its words are read".to_owned());
            let text = tidy(&tree.select("body").formatted_text());
            Document {
                title: facts.title.or(title),
                text,
                warnings,
                ..Document { title: None, warnings: Vec::new(), ..facts }
            }
        }
    }
}

/// The words of a fragment of HTML, a paragraph a line; of plain text the text.
pub(super) fn fragment(markup: &str) -> String {
    if !markup.contains(['<', '&']) {
        return markup.to_owned();
    }
    tidy(&Tree::from(tame(markup).as_str()).select("body").formatted_text())
}

/// Lines without blanks at their edges, paragraphs with one empty line between them, no NUL.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.extend(line.chars().filter(|c| *c != '\0'));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(markup: &str) -> Document {
        page(Document { text: markup.to_owned(), ..Document::default() })
    }

    #[test]
    fn the_article_of_a_page() {
        let words =
            "The minister said on Monday that the talks would go on, and that both sides had agreed to meet again. ";
        let page = format!(
            "<!doctype html><html lang=en-GB><head><title>Talks go on - The Wire</title>
             <meta property='og:site_name' content='The Wire'><meta property='og:title' content='Talks go on'>
             <meta property='article:published_time' content='2024-03-01T10:00:00Z'></head><body>
             <nav><ul><li><a href=/>Home</a><li><a href=/s>Sport</a></ul></nav>
             <article><h1>Talks go on</h1><p>{0}</p><p>&ldquo;We are <b>ready</b>,&rdquo; she said.</p><p>{0}{0}</p><p>{0}</p></article>
             <footer><a href=/c>Contact</a> <a href=/i>Imprint</a></footer></body></html>",
            words.repeat(2)
        );
        let found = read(&page);
        assert_eq!(found.title.as_deref(), Some("Talks go on"));
        assert_eq!((found.outlet.as_deref(), found.date.as_deref()), (Some("The Wire"), Some("2024-03-01T10:00:00Z")));
        assert_eq!(found.lang.as_deref(), Some("en-GB"));
        assert!(found.text.contains("\n\n“We are ready,” she said.\n\n"), "{}", found.text);
        assert!(!found.text.contains("Sport") && !found.text.contains("Imprint"), "{}", found.text);
    }

    #[test]
    fn fragments_become_paragraphs() {
        assert_eq!(fragment("<p>One &amp; two.</p><p>Three<br>four</p>"), "One & two.\n\nThree\n\nfour");
        assert_eq!(fragment("plain\ntext"), "plain\ntext");
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        for unit in [
            "<ul><li>",
            "<div>",
            "<b><div></b>",
            "<font color=1>",
            "<p><i x=1>",
            "<table><tr><td>",
            "<a href=x>y",
            "<p>word, word",
            "<td>",
            "<h2>x",
            "<svg>",
            "&amp;",
            "<!--",
            "<x ",
            "<div id=a",
        ] {
            let page = unit.repeat((1 << 20) / unit.len());
            let started = std::time::Instant::now();
            read(&page);
            let took = started.elapsed();
            eprintln!("{unit}: {took:.2?}");
            assert!(took.as_secs() < 20, "{unit}: {took:?}");
        }
    }
}
