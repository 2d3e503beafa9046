//! The media types of GraphQL over HTTP, and which of them a client wants (RFC 9110, sections 8.3 and 12.5.1).

use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};

use super::field_value::{field_value, members, name, parameters, quality};

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
        let accept = field_value(headers, &ACCEPT);
        // A list of nothing but empty members is as empty (RFC 9110, section 5.6.1).
        if members(&accept).next().is_none() {
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
        let ranges = members(accept).enumerate().filter_map(|(place, range)| {
            let fit = self.fit(range)?;
            Some((fit, Weight { media_type: self, quality: quality(range), place }))
        });
        let (_, weight) = ranges.max_by_key(|(fit, _)| *fit)?;
        (weight.quality > 0).then_some(weight)
    }

    /// A range with another charset is none of ours. Its other parameters count for nothing: our types have none, and
    /// whoever names one can still read them.
    fn fit(self, range: &str) -> Option<Fit> {
        let name = name(range);
        if name.eq_ignore_ascii_case(self.name()) {
            is_utf8(range).then_some(Fit::Exact)
        } else if name.eq_ignore_ascii_case("application/*") {
            is_utf8(range).then_some(Fit::AnySubtype)
        } else {
            (name == "*/*" && is_utf8(range)).then_some(Fit::Anything)
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

/// Whether a request's body is JSON in UTF-8: the only kind that is read. A body that a browser can send without asking
/// first (a form, plain text) is none, which keeps other sites from acting in a visitor's name.
pub(super) fn is_json_body(headers: &HeaderMap) -> bool {
    let content_type = field_value(headers, &CONTENT_TYPE);
    name(&content_type).eq_ignore_ascii_case(MediaType::Json.name()) && is_utf8(&content_type)
}

/// Whether a client names HTML among what it accepts: a browser does, a program does not.
pub(super) fn wants_html(headers: &HeaderMap) -> bool {
    members(&field_value(headers, &ACCEPT)).any(|range| name(range).eq_ignore_ascii_case("text/html"))
}

/// Whether a media type or range names no charset but ours, in its own name or as many clients write it.
fn is_utf8(media_type: &str) -> bool {
    let is_ours = |value: &str| ["utf-8", "utf8"].iter().any(|name| value.eq_ignore_ascii_case(name));
    parameters(media_type).all(|(key, value)| !key.eq_ignore_ascii_case("charset") || is_ours(&value))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{MediaType, is_json_body};

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().expect("a name"), HeaderValue::from_str(value).expect("a value"))])
    }

    #[test]
    fn the_client_chooses_the_media_type() {
        let (json, graphql) = (Some(MediaType::Json), Some(MediaType::GraphqlResponse));
        for (accept, chosen) in [
            ("", json),
            (" , ,,", json),
            (",, application/graphql-response+json,", graphql),
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
            ("application/json;charset=utf8", json),
            ("application/json; charset=\"UTF-8\"; q=0.5, application/graphql-response+json;charset=utf-8", graphql),
            ("application/json;profile=\"a,b\";q=0.5, application/graphql-response+json;q=0.4", json),
            ("application/json; charset=utf-16, */*;q=0.1", json),
            ("text/html;q=1, */*;q=0, application/*;q=0.3, application/json;q=0", graphql),
            ("application/json; charset=utf-16", None),
            ("*/*; charset=iso-8859-1", None),
            ("application/*;q=0, */*", None),
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
            ("Application/JSON ; foo=\"a;charset=x\" ; Charset=\"Utf-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/json; charset=utf-8; charset=utf-16", false),
            ("application/json, text/plain", false),
            ("text/plain; application/json", false),
            ("text/plain;a=\", application/json", false),
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
}
