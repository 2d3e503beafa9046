//! A header is set or forwarded once. Names of headers are the same in upper and lower case (RFC 9110, section 5.1).

use std::collections::HashSet;

use crate::config::{Mistakes, Written, WrittenHeader};

/// Tells headers of one list that stand there already.
pub(in crate::schema) fn check(headers: &[WrittenHeader], mistakes: &mut Mistakes) {
    check_each(headers.iter().map(|header| &header.name), mistakes);
}

/// The same for a list of names.
pub(in crate::schema) fn check_names(names: &[Written<String>], mistakes: &mut Mistakes) {
    check_each(names.iter(), mistakes);
}

fn check_each<'a>(names: impl Iterator<Item = &'a Written<String>>, mistakes: &mut Mistakes) {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name.value.to_lowercase()) {
            let message = format!("the header `{}` stands in this list already", name.value);
            mistakes.error_with_hint(
                name.span,
                message,
                "names of headers are the same in upper and lower case".to_owned(),
            );
        }
    }
}
