//! Which part of a SQL text is quoted, so that braces in it are plain text: strings, quoted names, comments, and
//! dollar quotes. No statement is understood here.

/// The length of the quoted region that starts at the first byte of `text`, to its end or to the end of the text;
/// nothing where none starts. `before` is the character before it.
pub(super) fn quoted_length(text: &str, before: Option<char>) -> Option<usize> {
    if text.starts_with("--") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(comment_length(text));
    }
    match text.bytes().next()? {
        b'\'' => Some(string_length(text, '\'', matches!(before, Some('e' | 'E')))),
        b'"' => Some(string_length(text, '"', false)),
        b'$' if !before.is_some_and(|character| character.is_alphanumeric() || character == '_') => dollar_length(text),
        _ => None,
    }
}

/// A doubled quote is two regions side by side, which is the same thing here.
fn string_length(text: &str, quote: char, backslash_escapes: bool) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' if backslash_escapes => escaped = true,
            _ if character == quote => return at + quote.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// Comments nest in PostgreSQL. In SQLite they do not, but a comment that opens twice is not written there.
fn comment_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while at < bytes.len() {
        match bytes.get(at..at + 2) {
            Some(b"/*") => {
                depth += 1;
                at += 2;
            }
            Some(b"*/") => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

fn dollar_length(text: &str) -> Option<usize> {
    let tag = 1 + text.get(1..)?.find('$')?;
    let name = text.get(1..tag)?;
    let is_name = name.chars().all(|character| character.is_alphanumeric() || character == '_')
        && !name.starts_with(|character: char| character.is_ascii_digit());
    if !is_name {
        return None;
    }
    let quote = text.get(..=tag)?;
    let body = text.get(tag + 1..)?;
    Some(body.find(quote).map_or(text.len(), |end| tag + 1 + end + quote.len()))
}

#[cfg(test)]
mod tests {
    use super::quoted_length;

    #[test]
    fn quoted_regions() {
        for (text, before, length) in [
            ("'{a}' x", None, Some(5)),
            (r"'\' x'", None, Some(3)),
            (r"'\' x'", Some('E'), Some(6)),
            ("\"{a}\"", None, Some(5)),
            ("-- {a}\nx", None, Some(6)),
            ("/* /* {a} */ */x", None, Some(15)),
            ("$$ {a} $$ x", None, Some(9)),
            ("$f$ {a} $$ $f$ x", None, Some(14)),
            ("$1 and $2", None, None),
            ("$$", Some('a'), None),
            ("'open", None, Some(5)),
            ("/*/", None, Some(3)),
            ("select", None, None),
        ] {
            assert_eq!(quoted_length(text, before), length, "{text}");
        }
    }
}
