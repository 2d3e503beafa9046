//! A source has a name of its own and is either a database or a service.

use std::collections::HashSet;

use crate::config::{Config, Mistakes};

/// Tells names that stand twice, and sources that are both kinds or neither.
pub(in crate::schema) fn check(config: &Config, mistakes: &mut Mistakes) {
    let mut names = HashSet::new();
    for source in &config.directives.sources {
        let name = &source.name;
        if name.value.is_empty() {
            let hint = "write a name, such as `\"shop\"`".to_owned();
            mistakes.error_with_hint(name.span, "the name of a source is not empty", hint);
        }
        if !names.insert(&name.value) {
            let hint = "give one of them another name".to_owned();
            mistakes.error_with_hint(name.span, format!("there is another source `{}`", name.value), hint);
        }
        match (&source.sql, &source.rest) {
            (Some(_), None) | (None, Some(_)) => {}
            (None, None) => mistakes.error_with_hint(
                source.span,
                format!("the source `{}` is neither a database nor a service", name.value),
                "write `sql: {url: …}` or `rest: {url: …}`".to_owned(),
            ),
            (Some(_), Some(_)) => {
                let message = format!("the source `{}` is a database and a service at once", name.value);
                mistakes.error_with_hint(source.span, message, "make two sources of it".to_owned());
            }
        }
    }
}
