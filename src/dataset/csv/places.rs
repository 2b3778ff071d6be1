//! Do the offsets of a file belong to its texts? Those that count bytes, or another text, cut words in two.

use crate::dataset::csv::problems::{Problems, listed};
use crate::dataset::{Example, shortened};
use crate::error::Error;
use crate::statement::Statement;
use crate::text::Span;

/// So many wrong places may be slips of the hand, which are told; beyond, it is the offsets that count otherwise ...
const MAX_SLIPS: usize = 2;
/// ... if they are more than one of so many.
const ONE_IN: usize = 20;
/// Scripts from here on (Thai, Chinese and others) write words without blanks between them, so that nothing tells a cut.
const WITHOUT_BLANKS: char = '\u{e00}';

/// The name in a statement, and where it stands.
type Named = fn(&Statement) -> (Option<&str>, Option<Span>);

/// Reports columns of places that begin or end inside words, or beside the name that stands elsewhere in the text.
/// `speaker`, `target`: what the columns of the names are called.
pub(crate) fn check(examples: &[Example], speaker: &str, target: &str, problems: &mut Problems) {
    let columns: [(&str, Named); 2] =
        [(speaker, |s| (s.speaker.as_deref(), s.speaker_span)), (target, |s| (s.target.as_deref(), s.target_span))];
    for (column, named) in columns {
        if let Some(error) = misplaced(examples, column, named, problems) {
            problems.file(error);
        }
    }
}

fn misplaced(examples: &[Example], column: &str, named: Named, problems: &mut Problems) -> Option<Error> {
    let (mut n, mut n_named) = (0, 0);
    let (mut cut, mut beside): (Vec<&Example>, Vec<&Example>) = (Vec::new(), Vec::new());
    for example in examples {
        let text = &example.statement.text;
        let (name, Some(span)) = named(&example.statement) else { continue };
        n += 1;
        if is_inside_word(text, span.start) || is_inside_word(text, span.end) {
            cut.push(example);
        }
        // A place may name another way what the column names ("he"), so that only names in the text tell.
        let Some(name) = name.filter(|name| text.contains(name)) else { continue };
        n_named += 1;
        let mut places = text.match_indices(name).map(|(at, _)| Span::new(at, at + name.len()));
        if !places.any(|place| place.overlaps(span)) {
            beside.push(example);
        }
    }
    let (wrong, n, what) = if cut.len() > MAX_SLIPS && cut.len() * ONE_IN > n {
        (cut, n, "begin or end inside a word")
    } else if beside.len() > MAX_SLIPS && 2 * beside.len() > n_named {
        (beside, n_named, "do not hold the name that stands elsewhere in the text")
    } else {
        if !cut.is_empty() {
            let lines = listed(cut.iter().map(|e| e.line));
            problems.warn(format!(
                "column \"{column}_start\": places that begin or end inside a word in {lines}; taken as they are"
            ));
        }
        return None;
    };
    let first = wrong.first()?;
    let (name, span) = named(&first.statement);
    let is = span.map_or("", |span| span.of(&first.statement.text));
    let name = name.map_or_else(String::new, |name| format!(" where the column says \"{}\"", shortened(name)));
    let message = format!(
        "{} of {n} places {what}, first \"{}\"{name}; offsets count Unicode characters from 0, the end excluded: are these bytes, \
         or those of another text?",
        wrong.len(),
        shortened(is)
    );
    Some(Error::data(message).at_line(first.line).in_column(format!("{column}_start")))
}

/// Whether a letter or digit stands on both sides of byte `at`.
fn is_inside_word(text: &str, at: usize) -> bool {
    let is_of_word = |c: char| c.is_alphanumeric() && c < WITHOUT_BLANKS;
    let (before, behind) = text.split_at(at);
    before.ends_with(is_of_word) && behind.starts_with(is_of_word)
}
