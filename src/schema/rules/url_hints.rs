//! How the URL of a source could be written rightly. Only what the author wrote into the schema is repeated, never what
//! the environment brought, and nothing in which a password could stand.

use super::rest_url;
use crate::config::{WrittenPiece, WrittenTemplate};

/// For a service.
pub(in crate::schema) fn of_service(url: &WrittenTemplate) -> String {
    let example = "write it as `https://host:port/path`".to_owned();
    let Some(text) = plain_text(url) else { return example };
    let whole = format!("http://{text}");
    let is_host = !text.starts_with('/') && !text.contains("://") && rest_url::problem_of(&whole).is_none();
    variable(text).or_else(|| is_host.then(|| format!("write `{whole}`"))).unwrap_or(example)
}

/// For a database.
pub(in crate::schema) fn of_database(url: &WrittenTemplate) -> String {
    let example = "write it as `postgres://user:password@host:5432/database` or `sqlite:shop.db`".to_owned();
    let Some(text) = plain_text(url) else { return example };
    let is_file = [".db", ".sqlite", ".sqlite3"].iter().any(|end| text.ends_with(end)) && !text.contains(':');
    variable(text).or_else(|| is_file.then(|| format!("write `sqlite:{text}`"))).unwrap_or(example)
}

/// The author's text where it is nothing else, and no one's secret.
fn plain_text(url: &WrittenTemplate) -> Option<&str> {
    match url.pieces.as_slice() {
        [WrittenPiece::Text(text)] => Some(text.as_str()).filter(|text| !text.contains('@')),
        _ => None,
    }
}

/// `$NAME` and `%NAME%` of shells.
fn variable(text: &str) -> Option<String> {
    let name = text.strip_prefix('$').or_else(|| text.strip_prefix('%')?.strip_suffix('%'))?;
    let is_name = !name.is_empty() && name.chars().all(|next| next.is_ascii_alphanumeric() || next == '_');
    is_name.then(|| format!("a variable of the environment is `{{env.{name}}}`"))
}
