//! What is wrong with a document: every mistake that was found, in the order of their places, at most ten of them told.

use apollo_compiler::diagnostic::ToCliReport as _;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::validation::{DiagnosticData, DiagnosticList};

use super::places::Places;
use crate::graphql::{Error, ErrorCode, ErrorList};

/// Most mistakes of one request that are told.
pub(super) const MAX_MISTAKES: usize = 10;

/// The mistakes of one document.
pub(super) struct Mistakes<'d> {
    places: &'d Places,
    found: Vec<Error>,
}

impl<'d> Mistakes<'d> {
    /// None yet.
    pub(super) fn new(places: &'d Places) -> Mistakes<'d> {
        Mistakes { places, found: Vec::new() }
    }

    /// Tells one of validation, with the places where it stands.
    pub(super) fn tell(&mut self, message: String, places: impl IntoIterator<Item = Option<SourceSpan>>) {
        let locations = places.into_iter().filter_map(|span| self.places.of_span(span)).collect();
        self.found.push(Error { locations, ..Error::request(ErrorCode::GraphqlValidationFailed, message) });
    }

    /// Tells that the document asks too much.
    pub(super) fn refuse(&mut self, message: &str) {
        self.found.push(Error::request(ErrorCode::OperationTooComplex, message));
    }

    /// Tells what apollo-compiler found, in the words of the reference implementation where it knows them.
    pub(super) fn tell_all(&mut self, list: &DiagnosticList, is_left_out: impl Fn(&DiagnosticData) -> bool) {
        for mistake in list.iter().map(|mistake| mistake.error).filter(|mistake| !is_left_out(mistake)) {
            let message = mistake.unstable_compat_message().unwrap_or_else(|| mistake.to_string());
            self.tell(message, [mistake.location()]);
        }
    }

    /// Nothing where none was found; else the errors of the request.
    pub(super) fn finish(mut self) -> Result<(), Vec<Error>> {
        if self.found.is_empty() {
            return Ok(());
        }
        let places = |error: &Error| error.locations.iter().map(|at| (at.line, at.column)).collect::<Vec<_>>();
        self.found.sort_by_cached_key(|error| (places(error), error.message.clone()));
        // apollo-compiler tells some twice, and what stands in a fragment once for each operation.
        self.found.dedup_by(|error, before| error.message == before.message && error.locations == before.locations);
        let mut list = ErrorList::new(MAX_MISTAKES);
        self.found.into_iter().for_each(|error| list.add(|| error));
        Err(list.finish())
    }
}
