//! Lines of a schema as they may be shown: a password that stands in a URL is not. A line keeps its length, so that what is
//! underlined stays where it is.

use std::borrow::Cow;
use std::ops::Range;

/// How the value of a header begins in which a credential stands.
const SCHEMES: [&str; 2] = ["\"bearer ", "\"basic "];

/// What our own hints write in the place of a password and of a port.
const EXAMPLES: [&str; 2] = ["password", "port"];

/// The line with a `*` for each character of a password or token. What comes from the environment is not there, so its
/// name is shown.
pub(super) fn masked(line: &str) -> Cow<'_, str> {
    let secrets: Vec<Range<usize>> = strings(line).flat_map(|run| secrets_of(line, &run)).chain(tokens(line)).collect();
    if secrets.is_empty() {
        return Cow::Borrowed(line);
    }
    let names: Vec<Range<usize>> = names(line).collect();
    let is_in = |ranges: &[Range<usize>], place| ranges.iter().any(|range| range.contains(&place));
    let characters = line
        .char_indices()
        .map(|(place, character)| if is_in(&secrets, place) && !is_in(&names, place) { '*' } else { character });
    Cow::Owned(characters.collect())
}

/// What stands between quotes, before the first and behind the last. Where a quote is missing nobody knows which of these
/// are strings.
fn strings(line: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let begun = start?;
        let end = end_of_string(line, begun);
        start = (end < line.len()).then_some(end + 1);
        Some(begun..end)
    })
}

/// What stands before the `@` of a URL, without the user where that is told apart, and the parameter of that name.
fn secrets_of(line: &str, run: &Range<usize>) -> Vec<Range<usize>> {
    let text = &line[run.clone()];
    let is_last = run.end == line.len();
    let scheme = text.find("://").map_or(text.len(), |place| place + 3);
    // In a message a URL ends where its quotes do.
    let end = text[scheme..].find('`').map_or(text.len(), |length| scheme + length);
    let mut places = text[..end].rmatch_indices('@').map(|(at, _)| at);
    let at = places.find(|at| *at >= scheme || !is_directive(&text[at + 1..], is_last));
    let before_host = at.and_then(|at| {
        let start = match text[..at].get(scheme..) {
            Some(credentials) => scheme + credentials.find(':')? + 1,
            // A URL that is broken before its password.
            None => text[..at].rfind(char::is_whitespace).map_or(0, |space| space + 1),
        };
        (!EXAMPLES.contains(&&text[start..at])).then_some(run.start + start..run.start + at)
    });
    let parameters = text.match_indices("password=").map(|(place, name)| {
        let start = place + name.len();
        let length = text[start..].find('&').unwrap_or(text.len() - start);
        run.start + start..run.start + start + length
    });
    let in_place_of_port = at.is_none().then(|| port_that_is_none(text)).flatten();
    let in_place_of_port = in_place_of_port.map(|range| run.start + range.start..run.start + range.end);
    parameters.chain(before_host).chain(in_place_of_port).collect()
}

/// What stands where a port does and is no number: it can be a password whose `@` is missing.
fn port_that_is_none(text: &str) -> Option<Range<usize>> {
    let host = text.find("://")? + 3;
    let length = text[host..].find([':', '/', '?'])?;
    let start = host + length + 1;
    // An address in brackets has colons of its own.
    if length == 0 || text[host..].starts_with('[') || !text[start - 1..].starts_with(':') {
        return None;
    }
    let end = text[start..].find(['/', '?', '`']).map_or(text.len(), |length| start + length);
    let port = &text[start..end];
    let is_none = port.contains(|character: char| !character.is_ascii_digit()) && !port.starts_with('{');
    (is_none && !EXAMPLES.contains(&port)).then_some(start..end)
}

/// Whether an `@` begins the name of a directive, and is none of a URL's: a quote never follows such a name.
fn is_directive(after: &str, is_last: bool) -> bool {
    let end = after.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    match end {
        Some(end) => after[end..].starts_with(|next: char| next.is_whitespace() || "(){}@`,;".contains(next)),
        None => is_last,
    }
}

/// Where `{env.X}` stands, with nothing in it that stands in for it.
fn names(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.match_indices("{env.").filter_map(|(start, opening)| {
        let name = &line[start + opening.len()..];
        let length = name.find(|character: char| !character.is_ascii_alphanumeric() && character != '_')?;
        name[length..].starts_with('}').then_some(start..start + opening.len() + length + 1)
    })
}

/// Tokens behind the name of a scheme.
fn tokens(line: &str) -> impl Iterator<Item = Range<usize>> {
    let lower = line.to_ascii_lowercase();
    let found = SCHEMES.into_iter().flat_map(move |scheme| {
        let places = lower.match_indices(scheme).map(|(place, _)| place + scheme.len());
        places.collect::<Vec<_>>()
    });
    found.map(|start| start..end_of_string(line, start))
}

/// The next quote that is none of the string's own text; the end of the line where there is none.
fn end_of_string(line: &str, start: usize) -> usize {
    let mut quotes = line[start..].match_indices('"').map(|(place, _)| start + place);
    quotes.find(|place| !line[..*place].ends_with('\\')).unwrap_or(line.len())
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn passwords_are_not_shown() {
        for (line, shown) in [
            (r#"url: "postgres://shop:secret@h:1/d" })"#, r#"url: "postgres://shop:******@h:1/d" })"#),
            (r#"url: "postgres://shop:se@cr/et@h" })"#, r#"url: "postgres://shop:********@h" })"#),
            (
                r#""postgres://u@h/d?password=geheim&x=1" "http://u:ü@h""#,
                r#""postgres://u@h/d?password=******&x=1" "http://u:*@h""#,
            ),
            (r#""http://{env.USER}:{env.PASSWORD}@h" b: "c:d""#, r#""http://{env.USER}:{env.PASSWORD}@h" b: "c:d""#),
            (r#""http://u:x{env.PASSWORD}y@h""#, r#""http://u:*{env.PASSWORD}*@h""#),
            (r#"value: "Bearer abc.def" "Bearer {env.TOKEN}""#, r#"value: "Bearer *******" "Bearer {env.TOKEN}""#),
            (r#""http://u:x{env.PASSWORD ?? 'y'}@h""#, r#""http://u:**********************@h""#),
            (r#""http://u:a'b {c\"d@h" "e:f@g""#, r#""http://u:*********@h" "***@g""#),
            ("url: http://u:secret@h:1", "url: http://u:******@h:1"),
            (r#"url: "postgres//u:secret@h/d""#, r#"url: "******************@h/d""#),
            (r#"u:"secret@h/d" })"#, r#"u:"******@h/d" })"#),
            (
                r#"type Query{a:Int@value(of:1)b:Int @sql(query:"a")@x}"#,
                r#"type Query{a:Int@value(of:1)b:Int @sql(query:"a")@x}"#,
            ),
            ("http://h:8080/x", "http://h:8080/x"),
            (r#""http://u:secreth:1/d?a:b""#, r#""http://u:*********/d?a:b""#),
            (
                "write `postgres://user:password@h`, or `@sql` or `@rest`",
                "write `postgres://user:password@h`, or `@sql` or `@rest`",
            ),
            ("http://[::1]:x http://::1", "http://[::1]:x http://::1"),
            ("a: Int", "a: Int"),
        ] {
            assert_eq!(masked(line), shown);
        }
    }
}
