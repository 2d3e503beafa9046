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

/// Whether a statement numbers a parameter of its own (`$1`) outside quoted regions. A piece of a statement between two
/// templates is whole in this respect: no quoted region has a template in it.
#[must_use]
pub fn statement_has_parameter(text: &str) -> bool {
    let (mut at, mut before) = (0, None);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(length) = quoted_length(rest, before) {
            at += length.max(1);
            before = Some('\'');
            continue;
        }
        let mut characters = rest.chars();
        let character = characters.next().unwrap_or_default();
        let is_start = !before.is_some_and(|before: char| before.is_alphanumeric() || before == '_' || before == '$');
        if character == '$' && is_start && characters.next().is_some_and(|next| next.is_ascii_digit()) {
            return true;
        }
        before = Some(character);
        at += character.len_utf8();
    }
    false
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
    use super::{quoted_length, statement_has_parameter};

    #[test]
    fn numbered_parameters() {
        for (text, numbered) in [
            ("select * from a where id = $1", true),
            ("select '$1', $$ $1 $$, \"$1\" -- $1", false),
            ("select a$1 from b", false),
            ("$1", true),
            ("select 1 $", false),
        ] {
            assert_eq!(statement_has_parameter(text), numbered, "{text}");
        }
    }

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
