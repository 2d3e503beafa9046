//! Runs one prepared statement on a lease: outside mutations as it is, in the read-only session; in mutations between
//! `begin read write` and `commit`, whose errors count.

use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio_postgres::Client;

use super::failure::{Stage, Trouble};
use super::lease::Lease;
use super::parameter::{Parameter, text_of};
use super::prepared::Prepared;
use crate::graphql::Value;
use crate::source::{Access, Cause, Detail, Failure, RowsBuilder};

/// A statement with its values, and the most bytes that its rows may take.
#[derive(Debug)]
pub struct Statement<'a> {
    /// The statement.
    pub prepared: &'a Prepared,
    /// What it is run for.
    pub values: Values<'a>,
    /// The limit of its rows in bytes.
    pub max_answer: u64,
}

/// What a statement is run for.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    /// One key: a value for each of the author's placeholders.
    One(&'a [Value]),
    /// Many keys, and of each placeholder whether its values differ.
    Many(&'a [&'a [Value]], &'a [bool]),
}

/// Runs a statement until its last row. Dropped before that, it counts as unfinished on its lease.
///
/// # Errors
/// What went wrong, and whether the statement is known to have ended.
pub async fn run(
    lease: &Lease,
    statement: &Statement<'_>,
    access: Access,
    timeout: Duration,
) -> Result<RowsBuilder, Trouble> {
    let in_flight = lease.begin();
    let client = lease.client();
    lease.notes().net.spread(client, timeout).await.map_err(|error| Trouble::of(&error, Stage::Prepare))?;
    let result = match access {
        Access::Read => query(client, statement).await,
        Access::Write => write(client, statement).await,
    };
    match &result {
        Ok(_) | Err(Trouble::Ended(_) | Trouble::Outdated(_)) => in_flight.finish(),
        // Nothing is seen to end on a connection that is gone: so it is never given to anybody else.
        Err(Trouble::Abandoned(_) | Trouble::Lost(_)) => {}
    }
    result
}

/// A statement that may write is a transaction of its own. What fails is rolled back before the failure is told; what
/// cannot be rolled back is left to whoever cleans up.
async fn write(client: &Client, statement: &Statement<'_>) -> Result<RowsBuilder, Trouble> {
    match in_transaction(client, statement).await {
        Err(trouble @ (Trouble::Ended(_) | Trouble::Outdated(_))) => match client.batch_execute("rollback").await {
            Ok(()) => Err(trouble),
            Err(_) => Err(Trouble::Abandoned(trouble.into_failure())),
        },
        result => result,
    }
}

async fn in_transaction(client: &Client, statement: &Statement<'_>) -> Result<RowsBuilder, Trouble> {
    let failed = |error: tokio_postgres::Error| Trouble::of(&error, Stage::Run);
    client.batch_execute("begin read write").await.map_err(failed)?;
    let rows = query(client, statement).await?;
    client.batch_execute("commit").await.map_err(failed)?;
    Ok(rows)
}

async fn query(client: &Client, statement: &Statement<'_>) -> Result<RowsBuilder, Trouble> {
    let Statement { prepared, values, max_answer } = statement;
    let parameters = parameters(prepared, *values);
    let before = if parameters.is_empty() { Stage::Plan } else { Stage::Bind };
    let rows = client.query_raw(&prepared.statement, parameters);
    let mut rows = pin!(rows.await.map_err(|error| Trouble::of(&error, before))?);
    let mut builder = RowsBuilder::new(prepared.names.clone());
    while let Some(row) = rows.try_next().await.map_err(|error| Trouble::of(&error, Stage::Run))? {
        prepared.write(&row, &mut builder).map_err(Trouble::Abandoned)?;
        if builder.size() > *max_answer {
            let detail = Detail::new("the rows were not read on");
            return Err(Trouble::Abandoned(Failure::unsent(Cause::TooLarge(*max_answer), detail)));
        }
    }
    Ok(builder)
}

/// The parameters of a statement in the order in which it has them.
fn parameters<'a>(prepared: &Prepared, values: Values<'a>) -> Vec<Parameter<'a>> {
    let (keys, differs) = match values {
        Values::One(values) => return values.iter().map(Parameter::Value).collect(),
        Values::Many(keys, differs) => (keys, differs),
    };
    let places = |wanted: bool| differs.iter().enumerate().filter(move |(_, differs)| **differs == wanted);
    let of_first = |place: usize| keys.first().and_then(|key| key.get(place)).unwrap_or(&Value::Null);
    let constants = places(false).map(|(place, _)| Parameter::Value(of_first(place)));
    let types = prepared.key_types.iter().flatten();
    let of_keys = places(true).zip(types).map(|((place, _), type_)| {
        let text = |key: &&[Value]| text_of(key.get(place)?, type_).map(Into::into);
        Parameter::OfKeys(keys.iter().map(text).collect())
    });
    constants.chain(of_keys).collect()
}
