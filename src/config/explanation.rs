//! What a syntax error is explained with: a message, what would help, and where it is if not where the parser stopped.

use std::ops::Range;

/// What is said of a place, and where it is if not there.
pub(super) struct Explanation {
    pub range: Option<Range<usize>>,
    pub message: String,
    pub hint: Option<String>,
}

impl Explanation {
    /// About the place itself.
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Explanation {
        Explanation { range: None, message: message.into(), hint: Some(hint.into()) }
    }

    /// About another one.
    pub(super) fn at(self, range: Range<usize>) -> Explanation {
        Explanation { range: Some(range), ..self }
    }
}
