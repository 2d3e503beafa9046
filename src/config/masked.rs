//! Lines of a schema as they may be shown: a password that stands in a URL is not. A line keeps its length, so that what is
//! underlined stays where it is.

use std::borrow::Cow;
use std::ops::Range;

/// How a credential in a header begins.
const SCHEMES: [&str; 2] = ["bearer ", "basic "];

/// The line with a `*` for each character of a password or token. What comes from the environment is not there, so its
/// name is shown.
pub(super) fn masked(line: &str) -> Cow<'_, str> {
    let secrets: Vec<Range<usize>> = urls(line).flat_map(|url| secrets_of(line, &url)).chain(tokens(line)).collect();
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

/// Where URLs stand, without their schemes.
fn urls(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.match_indices("://").map(|(place, scheme)| {
        let start = place + scheme.len();
        start..end_of_string(line, start)
    })
}

/// Where `{env.X}` stands, with nothing in it that stands in for it.
fn names(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.match_indices("{env.").filter_map(|(start, opening)| {
        let name = &line[start + opening.len()..];
        let length = name.find(|character: char| !character.is_ascii_alphanumeric() && character != '_')?;
        name[length..].starts_with('}').then_some(start..start + opening.len() + length + 1)
    })
}

/// The password before the last `@`, and the parameter of that name.
fn secrets_of(line: &str, url: &Range<usize>) -> Vec<Range<usize>> {
    let text = &line[url.clone()];
    let before_host = text.rfind('@').and_then(|at| {
        let colon = text[..at].find(':')?;
        Some(url.start + colon + 1..url.start + at)
    });
    let parameters = text.match_indices("password=").map(|(place, name)| {
        let start = place + name.len();
        let length = text[start..].find('&').unwrap_or(text.len() - start);
        url.start + start..url.start + start + length
    });
    parameters.chain(before_host).collect()
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
            (
                r#""http://{env.USER}:{env.PASSWORD}@h" b: "c:d@e""#,
                r#""http://{env.USER}:{env.PASSWORD}@h" b: "c:d@e""#,
            ),
            (r#""http://u:x{env.PASSWORD}y@h""#, r#""http://u:*{env.PASSWORD}*@h""#),
            (r#"value: "Bearer abc.def" "Bearer {env.TOKEN}""#, r#"value: "Bearer *******" "Bearer {env.TOKEN}""#),
            (r#""http://u:x{env.PASSWORD ?? 'y'}@h""#, r#""http://u:**********************@h""#),
            (r#""http://u:a'b {c\"d@h" "e:f@g""#, r#""http://u:*********@h" "e:f@g""#),
            ("url: http://u:secret@h", "url: http://u:******@h"),
            ("http://h:8080/x", "http://h:8080/x"),
            ("a: Int", "a: Int"),
        ] {
            assert_eq!(masked(line), shown);
        }
    }
}
