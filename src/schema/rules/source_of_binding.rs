//! Which source a binding means: the one that it names, or the only one of its kind.

use crate::config::{Config, Mistakes, SourceDirective, Span, Written, did_you_mean};
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
    fn directive(self) -> &'static str {
        match self {
            SourceKindOfBinding::Sql => "@sql",
            SourceKindOfBinding::Rest => "@rest",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            SourceKindOfBinding::Sql => "database",
            SourceKindOfBinding::Rest => "REST source",
        }
    }

    fn fits(self, source: &SourceDirective) -> bool {
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
        return if fitting.is_empty() && !config.sources_are_known {
            None
        } else {
            only_source(&fitting, kind, span, mistakes)
        };
    };
    let Some((id, source)) = sources().find(|(_, source)| source.name.value == named.value) else {
        if !config.sources_are_known {
            return None;
        }
        let known = sources().filter(|(_, source)| kind.fits(source)).map(|(_, source)| source.name.value.as_str());
        let hint = did_you_mean(&named.value, known);
        mistakes.error_with_hint(named.span, format!("there is no source `{}`", named.value), hint);
        return None;
    };
    if !kind.fits(source) && (source.sql.is_some() || source.rest.is_some()) {
        let message = format!("`{}` is no {}, which `{}` needs", named.value, kind.noun(), kind.directive());
        mistakes.error(named.span, message);
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
        [] => {
            let message = format!("the schema has no {} for this `{}`", kind.noun(), kind.directive());
            let hint = "describe one with `extend schema @source(name: …)`".to_owned();
            mistakes.error_with_hint(span, message, hint);
            None
        }
        several => {
            let names: Vec<String> = several.iter().map(|(_, source)| format!("`{}`", source.name.value)).collect();
            let message = format!("`{}` must name its source where the schema has several", kind.directive());
            mistakes.error_with_hint(span, message, format!("there is {}", names.join(", ")));
            None
        }
    }
}
