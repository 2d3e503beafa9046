//! What volatile functions may do that their statement does not show. First, behind rows of keys: what stands in a part of a statement that depends on no key, a CTE, an inner
//! query, a function that rows are taken from, the server may work out once for all keys; alone, each key has its own.
//! Then, in their session: they may set what the next statement finds there. Only the catalog knows which functions are
//! volatile.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

const VOLATILE: &str = "select from pg_catalog.pg_proc where provolatile = 'v' and proname = any($1) limit 1";

/// Of the system's own, one alone changes settings. What a view, a trigger or another function calls is not seen.
const LEAVING: &str = "select from pg_catalog.pg_proc where proname = any($1) and (proname = 'set_config'
    or provolatile = 'v' and pronamespace <> 'pg_catalog'::pg_catalog.regnamespace) limit 1";

/// What a statement calls.
#[derive(Debug, PartialEq, Eq)]
struct Calls {
    /// Names, in lower case, with words of the language among them.
    names: Vec<String>,
    /// Whether parts of the statement need not depend on its keys; not those of a plain statement.
    may_be_shared: bool,
}

/// Whether a statement calls a volatile function where the server may call it once for all keys.
///
/// # Errors
/// The catalog cannot be asked.
pub async fn may_run_once(client: &Client, texts: impl Iterator<Item = &str>) -> Result<bool, Error> {
    let Calls { names, may_be_shared } = calls(&texts.collect::<Vec<_>>().join(" "));
    if names.is_empty() || !may_be_shared {
        return Ok(false);
    }
    Ok(!client.query_typed(VOLATILE, &[(&names, Type::TEXT_ARRAY)]).await?.is_empty())
}

/// What a statement may leave behind in its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaves {
    /// Nothing that outlives it.
    Nothing,
    /// A setting, a role, a temporary table.
    Something,
}

/// What was found out of statements, for all connections to one server: as many as the schema has.
#[derive(Debug, Default)]
pub struct KnownLeaves(Mutex<HashMap<Box<str>, Leaves>>);

impl KnownLeaves {
    /// What a statement may leave behind in its session. The catalog is asked once.
    ///
    /// # Errors
    /// The catalog cannot be asked.
    pub async fn of(&self, client: &Client, text: &str) -> Result<Leaves, Error> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(text).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let leaves = what_it_leaves(client, text).await?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(text.into(), leaves);
        Ok(leaves)
    }
}

async fn what_it_leaves(client: &Client, text: &str) -> Result<Leaves, Error> {
    let lower = text.to_lowercase();
    let mut words = lower.split(|character| !is_part_of_word(character)).filter(|word| !word.is_empty());
    let is_plain = match words.next() {
        // `select … into temporary …` makes a table.
        Some("select" | "with" | "values" | "table") => words.all(|word| word != "into"),
        Some("insert" | "update" | "delete" | "merge") => true,
        _ => false,
    };
    // A name in quotes may be written in any way.
    let is_quoted = lower.split('"').skip(1).any(|behind| behind.trim_start().starts_with('('));
    if !is_plain || is_quoted {
        return Ok(Leaves::Something);
    }
    let Calls { names, .. } = calls(text);
    if names.is_empty() {
        return Ok(Leaves::Nothing);
    }
    let leaving = client.query_typed(LEAVING, &[(&names, Type::TEXT_ARRAY)]).await?;
    Ok(if leaving.is_empty() { Leaves::Nothing } else { Leaves::Something })
}

fn calls(text: &str) -> Calls {
    let (mut names, mut queries, mut is_rows) = (Vec::new(), 0, false);
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
                names.push(word.clone());
            }
            _ => {}
        }
        before = word;
    }
    Calls { names, may_be_shared: queries > 1 || is_rows }
}

fn is_part_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::{Calls, calls};

    #[test]
    fn a_plain_statement_calls_for_each_key() {
        for (text, names, may_be_shared) in [
            ("select random(), f (x) from t where id = ", vec!["random", "f"], false),
            ("select r from random() r where ", vec!["random"], true),
            ("WITH c as (select \"Random\" (1)) select lower(x) from c", vec!["as", "random", "lower"], true),
            ("select (select now())", vec!["now"], true),
        ] {
            let names = names.into_iter().map(ToOwned::to_owned).collect();
            assert_eq!(calls(text), Calls { names, may_be_shared });
        }
    }
}
