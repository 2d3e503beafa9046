//! Volatile functions behind rows of keys. What stands in a part of a statement that depends on no key, a CTE, an inner
//! query, a function that rows are taken from, the server may work out once for all keys; alone, each key has its own.
//! Only the catalog knows which functions are volatile.

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

const VOLATILE: &str = "select from pg_catalog.pg_proc where provolatile = 'v' and proname = any($1) limit 1";

/// Whether a statement calls a volatile function where the server may call it once for all keys.
///
/// # Errors
/// The catalog cannot be asked.
pub async fn may_run_once(client: &Client, texts: impl Iterator<Item = &str>) -> Result<bool, Error> {
    let calls = calls(&texts.collect::<Vec<_>>().join(" "));
    if calls.is_empty() {
        return Ok(false);
    }
    Ok(!client.query_typed(VOLATILE, &[(&calls, Type::TEXT_ARRAY)]).await?.is_empty())
}

/// The names that are called, where parts of a statement need not depend on its keys; nothing of a plain statement.
fn calls(text: &str) -> Vec<String> {
    let (mut calls, mut queries, mut is_rows) = (Vec::new(), 0, false);
    let mut before = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part_of_word) {
        let end =
            rest[start..].find(|character| !is_part_of_word(character)).map_or(rest.len(), |length| start + length);
        let word = rest[start..end].to_lowercase();
        rest = &rest[end..];
        match &*word {
            // A CTE counts as a query beside the one that uses it.
            "select" | "values" | "with" => queries += 1,
            _ if rest.trim_start_matches(['"', ' ', '\n', '\t', '\r']).starts_with('(') => {
                is_rows |= matches!(&*before, "from" | "join" | "lateral");
                calls.push(word.clone());
            }
            _ => {}
        }
        before = word;
    }
    if queries > 1 || is_rows { calls } else { Vec::new() }
}

fn is_part_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::calls;

    #[test]
    fn a_plain_statement_calls_for_each_key() {
        assert_eq!(calls("select random(), f (x) from t where id = "), Vec::<String>::new());
        assert_eq!(calls("select r from random() r where "), ["random"]);
        assert_eq!(calls("WITH c as (select \"Random\" (1)) select lower(x) from c"), ["as", "random", "lower"]);
        assert_eq!(calls("select (select now())"), ["now"]);
    }
}
