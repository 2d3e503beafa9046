//! The content codings that are spoken, and which of them a client takes or has used (RFC 9110, sections 8.4 and 12.5.3).
//! `deflate` is not among them: programs disagree on what it is.

use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use super::field_value::{field_value, members, name, quality};
use super::refusal::Refusal;

/// A way to fold a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContentCoding {
    /// `br` (RFC 7932).
    Brotli,
    /// `gzip` (RFC 1952).
    Gzip,
}

impl ContentCoding {
    /// All, in the order in which they are preferred: at the levels used here Brotli takes less room in the same time.
    pub(super) const ALL: [ContentCoding; 2] = [ContentCoding::Brotli, ContentCoding::Gzip];

    /// The coding that a client wants most; nothing where it wants none of them more than a body as it is. One that
    /// forbids that as well gets the body as it is: an operation that was executed cannot be refused any more.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<ContentCoding> {
        let accepted = field_value(headers, &ACCEPT_ENCODING);
        let wanted = ContentCoding::ALL.into_iter().filter_map(|coding| Some((coding, coding.wanted(&accepted)?)));
        // Of equals `min_by` keeps the first.
        wanted.min_by(|left, right| right.1.cmp(&left.1)).map(|(coding, _)| coding)
    }

    /// Whether a client takes this one, for what is kept in no other.
    pub(super) fn is_accepted(self, headers: &HeaderMap) -> bool {
        self.wanted(&field_value(headers, &ACCEPT_ENCODING)).is_some()
    }

    /// How much it is wanted; nothing where it is refused, or less wanted than a body as it is.
    fn wanted(self, accepted: &str) -> Option<u16> {
        let unfolded = quality_of(accepted, |name| name.eq_ignore_ascii_case("identity")).unwrap_or(0);
        let named = quality_of(accepted, |name| self.is_called(name));
        let quality = named.or_else(|| quality_of(accepted, |name| name == "*"))?;
        (quality > 0 && quality >= unfolded).then_some(quality)
    }

    /// What a request's body is folded in; nothing where it is as it is.
    pub(super) fn of_body(headers: &HeaderMap) -> Result<Option<ContentCoding>, Refusal> {
        if !headers.contains_key(CONTENT_ENCODING) {
            return Ok(None);
        }
        let written = field_value(headers, &CONTENT_ENCODING);
        let mut layers = members(&written).filter(|layer| !layer.eq_ignore_ascii_case("identity"));
        let Some(layer) = layers.next() else { return Ok(None) };
        if layers.next().is_some() {
            return Err(refuse("the body must be compressed once, with gzip or br"));
        }
        let coding = ContentCoding::ALL.into_iter().find(|coding| coding.is_called(layer));
        coding.map(Some).ok_or_else(|| refuse("the body may be compressed with gzip or br, and with nothing else"))
    }

    /// Its name, as a value of `content-encoding`.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            ContentCoding::Brotli => "br",
            ContentCoding::Gzip => "gzip",
        }
    }

    fn is_called(self, name: &str) -> bool {
        name.eq_ignore_ascii_case(self.name()) || (self == ContentCoding::Gzip && name.eq_ignore_ascii_case("x-gzip"))
    }
}

/// The quality of the first member with such a name.
fn quality_of(accepted: &str, is_meant: impl Fn(&str) -> bool) -> Option<u16> {
    members(accepted).find(|member| is_meant(name(member))).map(quality)
}

fn refuse(message: &str) -> Refusal {
    Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).with(ACCEPT_ENCODING, "gzip, br")
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::ContentCoding;

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_client_chooses_the_coding() {
        let (brotli, gzip) = (Some(ContentCoding::Brotli), Some(ContentCoding::Gzip));
        for (accepted, chosen) in [
            ("gzip", gzip),
            ("GZIP", gzip),
            ("x-gzip", gzip),
            ("br", brotli),
            ("gzip, deflate, br, zstd", brotli),
            ("gzip, deflate", gzip),
            ("br;q=0.5, gzip;q=0.8", gzip),
            ("br;q=0, gzip", gzip),
            ("*", brotli),
            ("br;q=0, *;q=0.1", gzip),
            ("gzip;q=0.001", gzip),
            ("identity, gzip", gzip),
            ("identity;q=0.5, gzip;q=0.5", gzip),
            ("identity;q=0, gzip;q=0.1", gzip),
            ("gzip;q=0.5, identity", None),
            ("identity", None),
            ("deflate, zstd", None),
            ("gzip;q=0", None),
            ("*;q=0", None),
            ("gzip;q=0, br;q=0, identity;q=0", None),
            ("", None),
        ] {
            assert_eq!(ContentCoding::negotiate(&headers(ACCEPT_ENCODING, accepted)), chosen, "{accepted:?}");
        }
        assert_eq!(ContentCoding::negotiate(&HeaderMap::new()), None);
    }

    #[test]
    fn a_body_is_folded_once_or_not_at_all() {
        for (written, coding) in [
            ("gzip", Some(ContentCoding::Gzip)),
            ("X-Gzip", Some(ContentCoding::Gzip)),
            ("br", Some(ContentCoding::Brotli)),
            ("identity, BR", Some(ContentCoding::Brotli)),
            ("identity", None),
            ("", None),
        ] {
            assert_eq!(ContentCoding::of_body(&headers(CONTENT_ENCODING, written)).expect(written), coding);
        }
        for written in ["deflate", "zstd", "gzip, gzip", "gzip, br", "gzip, deflate", "chunked", "*", "gzip;q=1"] {
            assert!(ContentCoding::of_body(&headers(CONTENT_ENCODING, written)).is_err(), "{written}");
        }
        assert_eq!(ContentCoding::of_body(&HeaderMap::new()).expect("as it is"), None);
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
            assert_eq!(ContentCoding::Gzip.is_accepted(&headers(ACCEPT_ENCODING, accepted)), taken, "{accepted:?}");
        }
        assert!(!ContentCoding::Gzip.is_accepted(&HeaderMap::new()));
    }
}
