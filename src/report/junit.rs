//! Gates as JUnit XML, which continuous integration shows as tests.

use std::fmt::Write;

use crate::error::is_unprintable;
use crate::evaluation::GateResult;

/// One test suite called `suite` with a test for each gate; without gates with one that is skipped, as some readers take a
/// report without tests for a broken run. `text`: what to show beside, as the table.
pub fn junit(suite: &str, gates: &[GateResult], text: &str) -> String {
    let n_failures = gates.iter().filter(|g| !g.holds).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (n_tests, n_skipped) = (gates.len().max(1), usize::from(gates.is_empty()));
    let _ = writeln!(out, "<testsuites tests=\"{n_tests}\" failures=\"{n_failures}\">");
    let _ = writeln!(
        out,
        "  <testsuite name=\"{0}\" tests=\"{n_tests}\" failures=\"{n_failures}\" errors=\"0\" skipped=\"{n_skipped}\">",
        xml(suite)
    );
    if gates.is_empty() {
        let _ = writeln!(
            out,
            "    <testcase classname=\"{}\" name=\"gates\">\n      <skipped message=\"no --gate was given\"/>\n    </testcase>",
            xml(suite)
        );
    }
    for gate in gates {
        let _ = write!(out, "    <testcase classname=\"{}\" name=\"{}\"", xml(suite), xml(&gate.expression));
        if gate.holds {
            out.push_str("/>\n");
        } else {
            let _ = writeln!(
                out,
                ">\n      <failure message=\"value {}, does not hold\"/>\n    </testcase>",
                number(gate.value)
            );
        }
    }
    let _ = writeln!(out, "    <system-out>{}</system-out>\n  </testsuite>\n</testsuites>", xml(text));
    out
}

/// A value as gates show it.
pub fn number(value: f64) -> String {
    if value.is_nan() { "not measured".to_owned() } else { format!("{value:.4}") }
}

/// Text that can stand between tags and in an attribute; characters that XML does not allow become escapes.
fn xml(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            c if is_unprintable(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_become_tests() {
        let gate = |expression: &str, holds| GateResult { expression: expression.to_owned(), value: 0.25, holds };
        let found = junit("a & b", &[gate("macro_f1>=0", true), gate("f1:\"x\u{1b}\"<0.1", false)], "<table>\u{0}");
        assert!(found.contains("<testsuites tests=\"2\" failures=\"1\">"), "{found}");
        assert!(found.contains("name=\"macro_f1&gt;=0\"/>"), "{found}");
        assert!(
            found.contains("name=\"f1:&quot;x\\u{1b}&quot;&lt;0.1\">\n      <failure message=\"value 0.2500"),
            "{found}"
        );
        assert!(found.contains("classname=\"a &amp; b\""));
        assert!(!found.contains(['\u{0}', '\u{1b}']));
    }

    #[test]
    fn a_report_without_gates_has_a_skipped_test() {
        let found = junit("a", &[], "");
        assert!(found.contains("<testsuites tests=\"1\" failures=\"0\">"), "{found}");
        assert!(found.contains("skipped=\"1\">\n    <testcase"), "{found}");
        assert!(found.contains("<skipped message=\"no --gate was given\"/>\n    </testcase>"), "{found}");
    }
}
