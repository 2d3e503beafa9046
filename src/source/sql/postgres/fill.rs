//! Filling an empty database by a script, once. Only the demo does it: a database that anybody uses is never written
//! to but by the statements of a schema.

use std::time::Duration;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use super::connections::Connections;
use super::settings::Settings;
use crate::schema::PostgresTarget;
use crate::source::{Deadline, Detail, Failure};

/// Held while a database is looked at and filled, so that of two who come at once the second one finds it filled. The
/// number is ours alone: "tributar" in ASCII.
const LOCK: &str = "select pg_advisory_xact_lock(8390884927342928242)";

/// What else could be somebody's: tables, views, sequences, functions and types, in any schema but the system's own.
const LOOK: &str = "
    with own as (select oid from pg_namespace where nspname <> 'information_schema' and nspname not like 'pg\\_%')
    select current_database(), to_regclass($1) is not null,
        exists (select from pg_class join own on own.oid = relnamespace)
        or exists (select from pg_proc join own on own.oid = pronamespace)
        or exists (select from pg_type join own on own.oid = typnamespace)";

/// What was found, and done, in the database of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    /// It was empty, and the script has run.
    Filled(String),
    /// The script had run before. Nothing was done.
    FilledBefore(String),
    /// It holds what is not the script's. Nothing was done.
    Occupied(String),
}

/// Why a database could not be filled. The words complete "the database …", and hold no secret.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The URL cannot work.
    #[error("has a URL that cannot work: {0}")]
    Url(String),
    /// No connection.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The script did not run, and left nothing behind.
    #[error("could not be filled: {0}")]
    Refused(String),
    /// It took too long, and left nothing behind.
    #[error("did not answer in {0:?}")]
    TimedOut(Duration),
}

/// Runs a script if the database holds nothing at all: the whole of it in one transaction, or nothing. `mark` is a table
/// that the script makes; where it is there, the script has run before.
///
/// # Errors
/// [`FillError`].
pub async fn fill(target: &PostgresTarget, script: &str, mark: &str, deadline: Deadline) -> Result<Filling, FillError> {
    let settings = Settings::from_url(&target.url.0).map_err(FillError::Url)?;
    let connections = Connections::new(settings, 1, target.acquire, u64::MAX).map_err(FillError::Url)?;
    let filled = deadline.run(fill_over(&connections, script, mark)).await;
    connections.close().await;
    filled.map_err(|expired| FillError::TimedOut(expired.timeout))?
}

async fn fill_over(connections: &Connections, script: &str, mark: &str) -> Result<Filling, FillError> {
    let lease = connections.borrow().await.map_err(|failure| unreachable(&failure))?;
    // What ends early is never seen to end, so that the connection is closed, and its transaction with it.
    let in_flight = lease.begin();
    let filling = in_transaction(lease.client(), script, mark).await;
    let filling = filling.map_err(|error| FillError::Refused(Detail::of(&error).for_operators().to_owned()))?;
    in_flight.finish();
    Ok(filling)
}

async fn in_transaction(client: &Client, script: &str, mark: &str) -> Result<Filling, Error> {
    client.batch_execute("begin read write").await?;
    client.batch_execute(LOCK).await?;
    let rows = client.query_typed(LOOK, &[(&mark, Type::TEXT)]).await?;
    let row = &rows[0];
    let (name, is_marked, is_occupied) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let filling = match (is_marked, is_occupied) {
        (true, _) => Filling::FilledBefore(name),
        (false, true) => Filling::Occupied(name),
        (false, false) => {
            client.batch_execute(script).await?;
            Filling::Filled(name)
        }
    };
    client.batch_execute("commit").await?;
    Ok(filling)
}

fn unreachable(failure: &Failure) -> FillError {
    FillError::Unreachable(failure.detail.for_operators().to_owned())
}
