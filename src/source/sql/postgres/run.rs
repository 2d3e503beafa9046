//! Runs one prepared statement on a lease: outside mutations as it is, in the read-only session; in mutations between
//! `begin read write` and `commit`, whose errors count.

use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio_postgres::Client;

use super::failure::{Stage, Trouble};
use super::lease::Lease;
use super::parameter::Parameter;
use super::prepared::Prepared;
use crate::graphql::Value;
use crate::source::{Access, Cause, Detail, Failure, Rows, RowsBuilder};

/// A statement with its parameters, and the most bytes that its rows may take.
#[derive(Debug)]
pub struct Statement<'a> {
    /// The statement.
    pub prepared: &'a Prepared,
    /// One value for each of its parameters.
    pub parameters: &'a [Value],
    /// The limit of its rows in bytes.
    pub max_answer: u64,
}

/// Runs a statement until its last row. Dropped before that, it counts as unfinished on its lease.
///
/// # Errors
/// What went wrong, and whether the statement is known to have ended.
pub async fn run(lease: &Lease, statement: &Statement<'_>, access: Access, timeout: Duration) -> Result<Rows, Trouble> {
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
async fn write(client: &Client, statement: &Statement<'_>) -> Result<Rows, Trouble> {
    match in_transaction(client, statement).await {
        Err(trouble @ (Trouble::Ended(_) | Trouble::Outdated(_))) => match client.batch_execute("rollback").await {
            Ok(()) => Err(trouble),
            Err(_) => Err(Trouble::Abandoned(trouble.into_failure())),
        },
        result => result,
    }
}

async fn in_transaction(client: &Client, statement: &Statement<'_>) -> Result<Rows, Trouble> {
    let failed = |error: tokio_postgres::Error| Trouble::of(&error, Stage::Run);
    client.batch_execute("begin read write").await.map_err(failed)?;
    let rows = query(client, statement).await?;
    client.batch_execute("commit").await.map_err(failed)?;
    Ok(rows)
}

async fn query(client: &Client, statement: &Statement<'_>) -> Result<Rows, Trouble> {
    let Statement { prepared, parameters, max_answer } = statement;
    let before = if parameters.is_empty() { Stage::Plan } else { Stage::Bind };
    let rows = client.query_raw(&prepared.statement, parameters.iter().map(Parameter));
    let mut rows = pin!(rows.await.map_err(|error| Trouble::of(&error, before))?);
    let mut builder = RowsBuilder::new(prepared.names.clone());
    while let Some(row) = rows.try_next().await.map_err(|error| Trouble::of(&error, Stage::Run))? {
        prepared.write(&row, &mut builder).map_err(Trouble::Abandoned)?;
        if builder.size() > *max_answer {
            let detail = Detail::new("the rows were not read on");
            return Err(Trouble::Abandoned(Failure::unsent(Cause::TooLarge(*max_answer), detail)));
        }
    }
    Ok(builder.finish())
}
