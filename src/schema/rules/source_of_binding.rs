//! Which source a binding means: the one that it names, or the only one of its kind.

use crate::config::{Config, Mistakes, SourceDirective, Span, Written};
use crate::schema::SourceId;

/// The kind of source that a binding needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum SourceKindOfBinding {
    /// `@sql` needs a database.
    Sql,
    /// `@rest` needs a service.
    Rest,
}

impl SourceKindOfBinding {
    pub(super) fn directive(self) -> &'static str {
        match self {
            SourceKindOfBinding::Sql => "@sql",
            SourceKindOfBinding::Rest => "@rest",
        }
    }

    pub(super) fn noun(self) -> &'static str {
        match self {
            SourceKindOfBinding::Sql => "database",
            SourceKindOfBinding::Rest => "REST source",
        }
    }

    /// A source of this kind, to begin with.
    pub(super) fn example(self) -> &'static str {
        match self {
            SourceKindOfBinding::Sql => "@source(name: \"db\", sql: { url: \"sqlite:data.db\" })",
            SourceKindOfBinding::Rest => "@source(name: \"api\", rest: { url: \"http://127.0.0.1:8080\" })",
        }
    }

    pub(super) fn fits(self, source: &SourceDirective) -> bool {
        match self {
            SourceKindOfBinding::Sql => source.sql.is_some(),
            SourceKindOfBinding::Rest => source.rest.is_some(),
        }
    }
}

/// The source of a binding; nothing where that is a mistake, which is then told.
pub(in crate::schema) fn find_source<'a>(
    config: &'a Config,
    named: Option<&Written<String>>,
    kind: SourceKindOfBinding,
    span: Span,
    mistakes: &mut Mistakes,
) -> Option<(SourceId, &'a SourceDirective)> {
    let sources = || (0..).map(SourceId).zip(&config.directives.sources);
    let Some(named) = named else {
        let fitting: Vec<_> = sources().filter(|(_, source)| kind.fits(source)).collect();
        return only_source(&fitting, kind, span, mistakes);
    };
    let Some((id, source)) = sources().find(|(_, source)| source.name.value == named.value) else {
        if !config.sources_are_known {
            return None;
        }
        let known = sources().filter(|(_, source)| kind.fits(source)).map(|(_, source)| source.name.value.as_str());
        mistakes.error_of_name(named.span, format!("there is no source `{}`", named.value), &named.value, known);
        return None;
    };
    if !kind.fits(source) && (source.sql.is_some() || source.rest.is_some()) {
        let message = format!("`{}` is no {}, which `{}` needs", named.value, kind.noun(), kind.directive());
        let fitting = sources().find(|(_, source)| kind.fits(source));
        let hint = fitting.map(|(_, source)| format!("there is `{}`", source.name.value));
        mistakes.error_with_hint(named.span, message, hint);
    }
    kind.fits(source).then_some((id, source))
}

fn only_source<'a>(
    fitting: &[(SourceId, &'a SourceDirective)],
    kind: SourceKindOfBinding,
    span: Span,
    mistakes: &mut Mistakes,
) -> Option<(SourceId, &'a SourceDirective)> {
    match fitting {
        [only] => Some(*only),
        // Told once for all bindings.
        [] => None,
        several => {
            let names: Vec<String> = several.iter().map(|(_, source)| format!("`{}`", source.name.value)).collect();
            let message = format!("`{}` must name its source where the schema has several", kind.directive());
            let example = several.first().map_or("", |(_, source)| source.name.value.as_str());
            let hint = format!("there is {}: write `{}(source: \"{example}\", …)`", names.join(", "), kind.directive());
            mistakes.error_with_hint(span, message, hint);
            None
        }
    }
}
