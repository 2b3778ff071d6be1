//! Articles of RSS, Atom and JSON feeds: an article an entry.

use std::path::Path;

use feed_rs::model::{Entry, Feed};

use crate::document::{Document, Raw, path_of, stem};
use crate::error::{Error, Result};

/// The entries of the feed in `text`, in their order. Content goes before summary.
///
/// # Errors
/// [`crate::error::ErrorKind::Data`] if it is no feed.
pub(super) fn entries(name: &str, text: &str) -> Result<Vec<Raw>> {
    // Ids made up by the library would be random; those of entries without one come from their number.
    let parser = feed_rs::parser::Builder::new().sanitize_content(false).id_generator(|_, _, _| String::new()).build();
    let fault = |e| Error::data(format!("no feed that can be read: {e}")).in_file(Path::new(name)).caused_by(e);
    let Feed { entries, title, language, .. } =
        parser.parse(undeclared(text).as_bytes()).map_err(|e| fault(std::io::Error::other(e.to_string())))?;
    let outlet = title.map(|t| words(&t.content));
    Ok(entries.into_iter().enumerate().map(|(n, e)| entry(name, n, e, outlet.clone(), language.clone())).collect())
}

/// `text` without its XML declaration: that names the encoding of bytes which are text by now, and would be obeyed again.
fn undeclared(text: &str) -> &str {
    let declaration = text.trim_start().strip_prefix("<?xml").filter(|rest| rest.starts_with(char::is_whitespace));
    declaration.and_then(|rest| rest.split_once("?>")).map_or(text, |(_, rest)| rest)
}

fn entry(name: &str, n: usize, entry: Entry, outlet: Option<String>, language: Option<String>) -> Raw {
    let known = |value: Option<String>| value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    let body = known(entry.content.and_then(|c| c.body)).or_else(|| known(entry.summary.map(|s| s.content)));
    let date = entry.published.or(entry.updated).map(|d| d.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    let facts = Document {
        id: known(Some(entry.id)).unwrap_or_else(|| format!("{}:{}", stem(name), n + 1)),
        path: path_of(name),
        title: known(entry.title.map(|t| words(&t.content))),
        outlet: known(outlet),
        date,
        lang: known(entry.language).or(known(language)),
        text: body.unwrap_or_default(),
        ..Document::default()
    };
    Raw { facts, is_fragment: true, ..Raw::default() }
}

/// A title, which may be written as HTML.
fn words(title: &str) -> String {
    crate::document::html::fragment(title).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{ReadOptions, read_documents};

    #[test]
    fn rss_and_atom() {
        let rss =
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>The Wire</title><language>en-gb</language>
            <item><title>Talks &amp;amp; tea</title><guid>w-1</guid><pubDate>Mon, 06 Sep 2010 00:01:00 +0000</pubDate>
            <description>&lt;p&gt;\"Yes,\" she said.&lt;/p&gt;&lt;p&gt;He left.&lt;/p&gt;</description></item>
            <item><title>Second</title><description>He said no.</description></item></channel></rss>";
        let found = entries("wire.rss", rss).unwrap();
        let first = &found[0].facts;
        assert_eq!((first.id.as_str(), first.title.as_deref()), ("w-1", Some("Talks & tea")));
        assert_eq!((first.outlet.as_deref(), first.date.as_deref()), (Some("The Wire"), Some("2010-09-06T00:01:00Z")));
        assert_eq!(found[0].clone().document(None).text, "\"Yes,\" she said.\n\nHe left.");
        assert_eq!(found[1].facts.id, "wire:2");
        let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>A</title><entry><id>x</id><title>T</title>
            <updated>2020-01-02T03:04:05Z</updated><content type=\"html\">&lt;p&gt;He said it.&lt;/p&gt;</content></entry></feed>";
        let found = entries("a.atom", atom).unwrap();
        assert_eq!(found[0].clone().document(None).text, "He said it.");
    }

    #[test]
    fn encodings_are_decoded_once() {
        let options = ReadOptions::default();
        let read = |name: &str, bytes: &[u8]| -> Document {
            read_documents(name, bytes, &options).unwrap().next().unwrap().unwrap()
        };
        let rss = |encoding: &str, text: &str| {
            format!(
                "<?xml version=\"1.0\" encoding=\"{encoding}\"?><rss version=\"2.0\"><channel><title>Le Café</title>
                 <item><title>T</title><description>{text}</description></item></channel></rss>"
            )
        };
        for (name, text) in [
            ("windows-1252", "“Naïve café,” she said."),
            ("iso-8859-1", "«Naïve café», she said."),
            ("windows-1251", "«Мы готовы», заявил министр иностранных дел."),
        ] {
            let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
            let bytes = encoding.encode(&rss(name, text)).0.into_owned();
            assert_eq!(read("f.rss", &bytes).text, text, "{name}");
            let named = ReadOptions { charset: crate::text::Charset::named(name).unwrap(), ..ReadOptions::default() };
            let found = read_documents("f.rss", bytes.as_slice(), &named).unwrap().next().unwrap().unwrap();
            assert_eq!(found.text, text, "{name}");
            let atom = format!(
                "<?xml version='1.0' encoding='{name}'?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>A</title>
                 <entry><id>x</id><title>T</title><content>{text}</content></entry></feed>"
            );
            assert_eq!(read("f.atom", &encoding.encode(&atom).0).text, text, "{name}");
        }
        let text = rss("UTF-16", "“Naïve café,” she said.");
        for bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
            let marked: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect();
            assert_eq!(read("f.rss", &marked).text, "“Naïve café,” she said.");
            assert_eq!(read("f.rss", &marked[2..]).text, "“Naïve café,” she said.");
        }
        assert_eq!(
            read("f.rss", rss("utf-16", "“Naïve café,” she said.").as_bytes()).outlet.as_deref(),
            Some("Le Café")
        );
    }

    #[test]
    fn what_is_no_feed_is_refused() {
        assert!(
            entries("a.xml", "<nitf><body/></nitf>")
                .unwrap_err()
                .to_string()
                .starts_with("a.xml: no feed that can be read")
        );
        let deep = format!("<rss version=\"2.0\"><channel><item><description>{}", "<a>".repeat(200_000));
        let started = std::time::Instant::now();
        let _ = entries("a.xml", &deep);
        assert!(started.elapsed().as_secs() < 10);
    }
}
