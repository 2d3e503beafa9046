//! The grammar that header fields share: lists, parameters, quoted strings and qualities (RFC 9110, sections 5.6 and
//! 12.4.2). What a name in such a list means is the business of whoever reads it. Nothing is copied where a header has
//! one line.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The quality of what is wanted without reserve, in thousandths.
pub(super) const BEST: u16 = 1000;

/// A header's lines as one list; empty where there is none. A line that is not text counts for nothing.
pub(super) fn field_value<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Cow<'h, str> {
    let mut lines = headers.get_all(name).iter().filter_map(text);
    let Some(first) = lines.next() else { return Cow::Borrowed("") };
    lines.fold(Cow::Borrowed(first), |list, line| Cow::Owned(format!("{list},{line}")))
}

fn text(value: &HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
}

/// The members of a list, without the white space around them; empty ones are left out.
pub(super) fn members(list: &str) -> impl Iterator<Item = &str> {
    split(list, b',').filter(|member| !member.is_empty())
}

/// A member of a list without its parameters.
pub(super) fn name(member: &str) -> &str {
    split(member, b';').next().unwrap_or_default()
}

/// A member's parameters: their names as they are written, their values without quotes.
pub(super) fn parameters(member: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    split(member, b';').skip(1).filter_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        Some((key.trim_ascii_end(), unquote(value.trim_ascii_start())))
    })
}

/// How much a member is wanted, in thousandths. A quality that cannot be read counts as 1.
pub(super) fn quality(member: &str) -> u16 {
    let written = parameters(member).find(|(key, _)| key.eq_ignore_ascii_case("q"));
    written.and_then(|(_, value)| read_quality(&value)).unwrap_or(BEST)
}

/// `qvalue` (RFC 9110, section 12.4.2): at most three digits behind the point.
fn read_quality(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let thousandths =
        fraction.bytes().chain([b'0'; 3]).take(3).fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(BEST),
        _ => None,
    }
}

/// The parts of a text between separators that stand outside of quoted strings, trimmed.
fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = separator_in(text, separator);
        rest = end.map(|end| &text[end + 1..]);
        Some(text[..end.unwrap_or(text.len())].trim_ascii())
    })
}

fn separator_in(text: &str, separator: u8) -> Option<usize> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match byte {
            _ if was_escaped => {}
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            _ => return byte == separator && !is_quoted,
        }
        false
    })
}

/// The text of a quoted string, or a token as it is.
fn unquote(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) else {
        return Cow::Borrowed(value);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut escaped = false;
    let is_kept = |character: &char| {
        escaped = *character == '\\' && !escaped;
        !escaped
    };
    Cow::Owned(inner.chars().filter(is_kept).collect())
}

#[cfg(test)]
mod tests {
    use axum::http::header::ACCEPT;
    use axum::http::{HeaderMap, HeaderValue};

    use super::{field_value, members, name, parameters, quality};

    #[test]
    fn lists_and_parameters_are_read_around_quoted_strings() {
        let list = r#" text/html ; level="1,\"2;" ,, application/json;q=0.5;charset="UTF\-8" , "#;
        let members: Vec<_> = members(list).collect();
        assert_eq!(members, [r#"text/html ; level="1,\"2;""#, r#"application/json;q=0.5;charset="UTF\-8""#]);
        assert_eq!(members.iter().map(|member| name(member)).collect::<Vec<_>>(), ["text/html", "application/json"]);
        assert_eq!(parameters(members[0]).collect::<Vec<_>>(), [("level", "1,\"2;".into())]);
        assert_eq!(parameters(members[1]).collect::<Vec<_>>(), [("q", "0.5".into()), ("charset", "UTF-8".into())]);
        assert_eq!(super::members("a;b=\"unclosed, c").count(), 1);
        assert_eq!(super::members("").count(), 0);
    }

    #[test]
    fn qualities_are_thousandths() {
        for (written, thousandths) in [
            ("a", 1000),
            ("a;q=0", 0),
            ("a;q=0.", 0),
            ("a;q=0.000", 0),
            ("a;q=0.5", 500),
            ("a; Q=0.25", 250),
            ("a;level=1 ; q = 0.999", 999),
            ("a;q=1", 1000),
            ("a;q=1.000", 1000),
            ("a;q=1.1", 1000),
            ("a;q=0.1234", 1000),
            ("a;q=-1", 1000),
            ("a;q=NaN", 1000),
            ("a;q=", 1000),
        ] {
            assert_eq!(quality(written), thousandths, "{written}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        let mut headers = HeaderMap::new();
        assert_eq!(field_value(&headers, &ACCEPT), "");
        headers.append(ACCEPT, HeaderValue::from_static("a"));
        assert!(matches!(field_value(&headers, &ACCEPT), std::borrow::Cow::Borrowed("a")));
        headers.append(ACCEPT, HeaderValue::from_static("b;q=0.5"));
        assert_eq!(field_value(&headers, &ACCEPT), "a,b;q=0.5");
    }
}
