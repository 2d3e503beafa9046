//! A binding is one statement: a database prepares no more than one at a time.

use std::ops::Range;

use crate::config::{Mistakes, StatementPart, StatementText};

/// Tells what follows a semicolon.
pub(super) fn check(statement: &StatementText, mistakes: &mut Mistakes) {
    // What is created can hold statements of its own: the body of a trigger, or of a function.
    let creates = statement.text().trim_start().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("create"));
    if let Some(start) = second_statement(statement).filter(|_| !creates) {
        let range = start..statement.text().trim_end().len();
        let hint = "a binding is one statement; a semicolon can only end it".to_owned();
        mistakes.error_with_hint(statement.span(&range), "a second statement follows the semicolon", hint);
    }
}

/// The first byte that a database reads behind a semicolon.
fn second_statement(statement: &StatementText) -> Option<usize> {
    let mut ended = false;
    for (part, range) in statement.parts() {
        match part {
            StatementPart::Quoted | StatementPart::Slot if ended => return Some(range.start),
            StatementPart::Comment | StatementPart::Quoted | StatementPart::Slot => {}
            StatementPart::Plain => {
                if let Some(start) = second_in(statement, range, &mut ended) {
                    return Some(start);
                }
            }
        }
    }
    None
}

fn second_in(statement: &StatementText, range: Range<usize>, ended: &mut bool) -> Option<usize> {
    let text = statement.text().get(range.clone()).unwrap_or_default();
    for (at, character) in text.char_indices() {
        match character {
            ';' => *ended = true,
            _ if *ended && !character.is_whitespace() => return Some(range.start + at),
            _ => {}
        }
    }
    None
}
