//! Templates as other products write them: what an author meant by `{id}`, `{$args.id}`, `{this.id}` or
//! `{env.X || 'a'}`, and how it is written here.

use super::{Root, did_you_mean};

/// What is wrong, and what would help.
pub(super) type Refusal = (String, Option<String>);

/// What other products call a root.
const ROOTS: [(&[&str], Root); 5] = [
    (
        &["arg", "argument", "arguments", "params", "param", "input", "variables", "vars", "query", "path"],
        Root::Arguments,
    ),
    (&["this", "self", "source", "root", "obj", "object", "item", "value"], Root::Parent),
    (&["header"], Root::Headers),
    (&["claim", "token", "jwt", "auth"], Root::Claims),
    (&["environment", "environ"], Root::Environment),
];

/// Longer paths that mean a root.
const PATHS: [(&str, Root); 5] = [
    ("process.env.", Root::Environment),
    ("request.headers.", Root::Headers),
    ("req.headers.", Root::Headers),
    ("context.headers.", Root::Headers),
    ("ctx.headers.", Root::Headers),
];

/// Why a name begins with no root, and what was meant; `name` is what stands between the braces.
pub(super) fn unknown_root(name: &str) -> Refusal {
    let bare = name.trim_start_matches('$');
    let is_path = |text: &str| text.chars().all(|next| next.is_alphanumeric() || "_.-".contains(next));
    if bare.is_empty() || !is_path(bare) {
        let hint = "a template names a value, as `{args.id}` does; `{{` and `}}` are plain braces";
        return (format!("`{{{name}}}` is no template"), Some(hint.to_owned()));
    }
    let Some((first, rest)) = bare.split_once('.') else { return (of_unknown_origin(bare), Some(origins(bare))) };
    let meant = |root: Root, path: &str| Some(format!("did you mean `{{{}.{path}}}`?", root.name()));
    let known = Root::named(&first.to_lowercase()).or_else(|| {
        ROOTS.iter().find(|(names, _)| names.contains(&first.to_lowercase().as_str())).map(|(_, root)| *root)
    });
    let longer = PATHS.iter().find_map(|(start, root)| Some((*root, bare.strip_prefix(start)?)));
    let hint = match (longer, known) {
        (Some((root, path)), _) => meant(root, path),
        (None, Some(root)) => meant(root, rest),
        (None, None) => did_you_mean(first, Root::ALL.map(Root::name)),
    };
    (format!("`{}` is no root of a template", name.split('.').next().unwrap_or_default()), hint)
}

fn of_unknown_origin(name: &str) -> String {
    format!("`{{{name}}}` does not say where `{name}` comes from")
}

fn origins(name: &str) -> String {
    if Root::named(name).is_some() {
        return format!("name a value of it: `{{{name}.id}}`");
    }
    if name.chars().all(|next| next.is_ascii_uppercase() || next.is_ascii_digit() || next == '_') {
        return format!("a variable of the environment is `{{env.{name}}}`");
    }
    format!("an argument is `{{args.{name}}}`, a field of the parent `{{parent.{name}}}`")
}

/// A name with an operator of another language in it: a default is most often meant.
pub(super) fn foreign_default(name: &str) -> Option<Refusal> {
    let at = ["||", ":-", "?", ":"].iter().find_map(|sign| name.split_once(sign))?;
    let (value, default) = (at.0.trim(), at.1.trim());
    let is_path = !value.is_empty() && value.chars().all(|next| next.is_alphanumeric() || "_.$-".contains(next));
    if !is_path {
        return None;
    }
    let default = if default.is_empty() { "…" } else { default };
    Some(("a default stands behind `??`".to_owned(), Some(format!("write `{{{value} ?? {default}}}`"))))
}

/// Why a text is no default, and how it would be one.
pub(super) fn wrong_default(text: &str) -> Refusal {
    let plain = text.trim_matches(['"', '`', '\\']);
    let hint = if plain.is_empty() || plain.contains('\'') {
        "a default is a number, `true`, `false`, `null`, or text in single quotes".to_owned()
    } else {
        format!("text stands in single quotes: `'{plain}'`")
    };
    (format!("`{text}` is no default"), Some(hint))
}
