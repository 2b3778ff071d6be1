//! Tables for people as Markdown, as job summaries and pull requests show it.

use std::fmt::Write;

/// A page of text tables as Markdown: a heading, gates as a list, and the tables in a block that keeps their columns.
pub fn page(title: &str, gates: &[crate::evaluation::GateResult], text: &str) -> String {
    let mut out = format!("## {}\n\n", inline(title));
    for gate in gates {
        let mark = if gate.holds { "✅" } else { "❌" };
        let _ = writeln!(out, "- {mark} `{}`: {}", inline(&gate.expression), crate::report::junit::number(gate.value));
    }
    if !gates.is_empty() {
        out.push('\n');
    }
    // As many backticks as no line of the text has, so that nothing in it ends the block.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = write!(out, "{fence}text\n{}\n{fence}\n", text.trim_end());
    out
}

fn inline(text: &str) -> String {
    crate::error::escape(text).replace(['`', '\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::GateResult;

    #[test]
    fn nothing_in_the_text_ends_the_block() {
        let gate = GateResult { expression: "f1:`x`>=0".to_owned(), value: f64::NAN, holds: false };
        let page = page("a`b", &[gate], "````\nrows\n");
        assert_eq!(page, "## a b\n\n- ❌ `f1: x >=0`: not measured\n\n`````text\n````\nrows\n`````\n");
    }
}
