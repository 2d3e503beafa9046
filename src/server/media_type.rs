//! The media types of GraphQL over HTTP, and which of them a client wants (RFC 9110, sections 8.3 and 12.5.1); and whether
//! it takes what is compressed (section 12.5.3).

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};

/// The media types of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`: the status tells only whether the request was well-formed.
    Json,
    /// `application/graphql-response+json`: the status tells what became of the operation.
    GraphqlResponse,
}

/// How well a media range fits a media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Anything,
    AnySubtype,
    Exact,
}

impl MediaType {
    /// Both, in the order in which they are preferred where a client does not care.
    const ALL: [MediaType; 2] = [MediaType::Json, MediaType::GraphqlResponse];

    /// The media type that a client wants most; nothing where it accepts neither. Without an `Accept` it is JSON. Of two
    /// that are wanted alike, the one that is written first counts, and other types in the list count for nothing.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
        let accept = written(headers, &ACCEPT);
        if accept.trim().is_empty() {
            return Some(MediaType::Json);
        }
        let wanted = MediaType::ALL.into_iter().filter_map(|media_type| media_type.weight(&accept));
        // Of equals `min_by` keeps the first, so the less is the better.
        wanted
            .min_by(|left, right| right.quality.cmp(&left.quality).then(left.place.cmp(&right.place)))
            .map(|weight| weight.media_type)
    }

    /// The value of `content-type`.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            MediaType::Json => "application/json; charset=utf-8",
            MediaType::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        })
    }

    fn name(self) -> &'static str {
        match self {
            MediaType::Json => "application/json",
            MediaType::GraphqlResponse => "application/graphql-response+json",
        }
    }

    /// How much this one is wanted, by the range that fits it best; nothing for a quality of 0.
    fn weight(self, accept: &str) -> Option<Weight> {
        let ranges = accept.split(',').enumerate().filter_map(|(place, range)| {
            let (range, quality) = read_range(range);
            let fit = self.fit(range)?;
            Some((fit, Weight { media_type: self, quality, place }))
        });
        let (_, weight) = ranges.max_by_key(|(fit, _)| *fit)?;
        (weight.quality > 0).then_some(weight)
    }

    fn fit(self, range: &str) -> Option<Fit> {
        if range.eq_ignore_ascii_case(self.name()) {
            Some(Fit::Exact)
        } else if range.eq_ignore_ascii_case("application/*") {
            Some(Fit::AnySubtype)
        } else {
            (range == "*/*").then_some(Fit::Anything)
        }
    }
}

/// How much a media type is wanted.
struct Weight {
    media_type: MediaType,
    /// In thousandths.
    quality: u16,
    /// Where it stands in the list.
    place: usize,
}

/// Whether a request's body is JSON in UTF-8, uncompressed: the only kind that is read. A body that a browser can send
/// without asking first (a form, plain text) is none, which keeps other sites from acting in a visitor's name.
pub(super) fn is_json_body(headers: &HeaderMap) -> bool {
    let content_type = written(headers, &CONTENT_TYPE);
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(MediaType::Json.name()));
    let is_utf8 = parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    let encoding = written(headers, &CONTENT_ENCODING);
    is_json && is_utf8 && (encoding.is_empty() || encoding.eq_ignore_ascii_case("identity"))
}

/// Whether a client names HTML among what it accepts: a browser does, a program does not.
pub(super) fn wants_html(headers: &HeaderMap) -> bool {
    written(headers, &ACCEPT).split(',').any(|range| read_range(range).0.eq_ignore_ascii_case("text/html"))
}

/// Whether a client takes an answer that is compressed by gzip: it names gzip, or else everything, and not to refuse it.
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = written(headers, &ACCEPT_ENCODING);
    let quality = |coding: &str| {
        let mut codings = accepted.split(',').map(read_range);
        codings.find(|(name, _)| name.eq_ignore_ascii_case(coding)).map(|(_, quality)| quality)
    };
    quality("gzip").or_else(|| quality("*")).is_some_and(|quality| quality > 0)
}

/// `text/html;level=1;q=0.5` → (`text/html`, 500). A quality that cannot be read counts as 1.
fn read_range(range: &str) -> (&str, u16) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let quality = parts.filter_map(|parameter| parameter.split_once('=')).find_map(|(key, value)| {
        let quality: f32 = key.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().ok())??;
        Some(quality.clamp(0.0, 1.0))
    });
    (name, thousandths(quality.unwrap_or(1.0)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1")]
fn thousandths(quality: f32) -> u16 {
    (quality * 1000.0).round() as u16
}

/// A header's values as one list.
fn written(headers: &HeaderMap, name: &axum::http::HeaderName) -> String {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{MediaType, accepts_gzip, is_json_body};

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().expect("a name"), HeaderValue::from_str(value).expect("a value"))])
    }

    #[test]
    fn the_client_chooses_the_media_type() {
        let (json, graphql) = (Some(MediaType::Json), Some(MediaType::GraphqlResponse));
        for (accept, chosen) in [
            ("", json),
            ("*/*", json),
            ("application/*", json),
            ("application/json", json),
            ("application/graphql-response+json", graphql),
            ("application/graphql-response+json, application/json;q=0.9", graphql),
            ("application/json;q=0.4, application/graphql-response+json;q=0.5", graphql),
            ("application/graphql-response+json,application/json", graphql),
            ("application/json,application/graphql-response+json", json),
            ("text/event-stream, application/json", json),
            ("application/json;q=0, */*", graphql),
            ("APPLICATION/JSON; charset=utf-8", json),
            ("text/html, image/png", None),
            ("application/json;q=0", None),
        ] {
            assert_eq!(MediaType::negotiate(&headers("accept", accept)), chosen, "{accept:?}");
        }
        assert_eq!(MediaType::negotiate(&HeaderMap::new()), json);
    }

    #[test]
    fn only_json_is_read() {
        for (content_type, read) in [
            ("application/json", true),
            ("application/json; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/graphql", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("message/http", false),
            ("", false),
        ] {
            assert_eq!(is_json_body(&headers("content-type", content_type)), read, "{content_type:?}");
        }
    }
    #[test]
    fn gzip_is_for_those_who_take_it() {
        for (accepted, taken) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.8", true),
            ("*", true),
            ("gzip;q=0, *", false),
            ("gzip;q=0.0", false),
            ("*;q=0", false),
            ("identity", false),
            ("x-gzippy", false),
            ("", false),
        ] {
            assert_eq!(accepts_gzip(&headers("accept-encoding", accepted)), taken, "{accepted:?}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
