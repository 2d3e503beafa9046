//! A binding that names no source means the only one of its kind. Where there is none, that is one mistake, however many
//! bindings want it.

use super::source_of_binding::SourceKindOfBinding;
use crate::config::{BindingDirective, Config, Mistakes, Span};

/// Tells each kind of source that is wanted and not described, at the first binding that wants it.
pub(in crate::schema) fn check(config: &Config, mistakes: &mut Mistakes) {
    let sources = &config.directives.sources;
    // One that could not be read, which was told, may be of either kind.
    let is_told = sources.iter().any(|source| source.sql.is_none() && source.rest.is_none());
    if is_told || !config.sources_are_known {
        return;
    }
    for kind in [SourceKindOfBinding::Sql, SourceKindOfBinding::Rest] {
        if sources.iter().any(|source| kind.fits(source)) {
            continue;
        }
        let wanting = wanting(config, kind);
        if let Some(first) = wanting.iter().min() {
            let others = match wanting.len() - 1 {
                0 => String::new(),
                1 => ", nor for the other one".to_owned(),
                amount => format!(", nor for the {amount} others"),
            };
            let message = format!("the schema has no {} for this `{}`{others}", kind.noun(), kind.directive());
            mistakes.error_with_hint(*first, message, format!("describe it: `extend schema {}`", kind.example()));
        }
    }
}

/// The bindings of a kind that name no source.
fn wanting(config: &Config, kind: SourceKindOfBinding) -> Vec<Span> {
    let bindings = config.directives.fields.values().flat_map(|written| &written.bindings);
    let wants = |binding: &BindingDirective| match (binding, kind) {
        (BindingDirective::Sql(sql), SourceKindOfBinding::Sql) => sql.source.is_none().then_some(sql.span),
        (BindingDirective::Rest(rest), SourceKindOfBinding::Rest) => rest.source.is_none().then_some(rest.span),
        _ => None,
    };
    bindings.filter_map(wants).collect()
}
