//! The errors of a response, bounded: what does not fit is counted, and the last entry says how many that are.

use super::{Error, ErrorCode};

/// At most so many errors.
#[derive(Debug)]
pub struct ErrorList {
    errors: Vec<Error>,
    limit: usize,
    count: usize,
}

impl ErrorList {
    /// An empty list with room for `limit` errors.
    pub fn new(limit: usize) -> ErrorList {
        ErrorList { errors: Vec::new(), limit, count: 0 }
    }

    /// Adds an error, which is only made where there is room for it.
    pub fn add(&mut self, error: impl FnOnce() -> Error) {
        self.count += 1;
        if self.has_room() {
            self.errors.push(error());
        }
    }

    /// Adds those of another list, changed.
    pub fn add_all(&mut self, others: &ErrorList, change: impl Fn(&Error) -> Error) {
        for error in &others.errors {
            self.add(|| change(error));
        }
        self.omit(others.count - others.errors.len());
    }

    /// Counts errors that are not listed, without making them.
    pub fn omit(&mut self, amount: usize) {
        self.count += amount;
    }

    /// Whether an error that is added now is kept.
    pub fn has_room(&self) -> bool {
        self.errors.len() < self.limit
    }

    /// How many were added.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The errors; where some had no room, `ERRORS_OMITTED` takes the last place and counts them and the one it replaces.
    pub fn finish(mut self) -> Vec<Error> {
        if self.count > self.limit {
            self.errors.truncate(self.limit.saturating_sub(1));
            let omitted = self.count - self.errors.len();
            let mut error =
                Error::request(ErrorCode::ErrorsOmitted, format!("{omitted} further errors are not listed"));
            error.extensions.omitted = Some(omitted as u64);
            self.errors.push(error);
        }
        self.errors
    }
}
