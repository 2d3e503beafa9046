//! `Server-Timing` (W3C Server Timing): the sums of an operation, where a browser's developer tools show them.

use std::fmt::Write as _;

use axum::http::{HeaderName, HeaderValue};

use crate::graphql::{Report, SourceReport, milliseconds};

/// The header's name.
pub(super) const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// The whole operation, then each source that was asked; nothing where a header cannot hold it.
pub(super) fn server_timing(report: &Report) -> Option<HeaderValue> {
    let mut text = format!("total;dur={}", milliseconds(report.total));
    for source in &report.sources {
        let SourceReport { source, time, calls, failures, hits, .. } = source;
        let (name, time) = (token(source), milliseconds(*time));
        let _ = write!(text, ", {name};dur={time};desc=\"calls {calls}, hits {hits}, failures {failures}\"");
    }
    HeaderValue::try_from(text).ok()
}

/// A name as a token (RFC 9110, section 5.6.2).
fn token(name: &str) -> String {
    let is_token = |character: char| character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character);
    name.chars().map(|character| if is_token(character) { character } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::server_timing;
    use crate::graphql::{Report, SourceKind, SourceReport};

    #[test]
    fn sums_are_told_in_milliseconds_and_names_are_tokens() {
        let source = SourceReport {
            source: "my, shop".into(),
            kind: SourceKind::Rest,
            calls: 2,
            failures: 1,
            hits: 0,
            time: Duration::from_micros(1_500),
            fetches: Vec::new(),
        };
        let report = Report { total: Duration::from_millis(12), errors: 1, sources: vec![source] };
        let header = server_timing(&report).expect("a header");
        assert_eq!(header, "total;dur=12, my__shop;dur=1.5;desc=\"calls 2, hits 0, failures 1\"");
    }
}
