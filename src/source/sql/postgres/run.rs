//! Runs one prepared statement on a lease. Outside mutations it runs as it is in a read-only session of our own, and in a
//! transaction that is rolled back where the session is lent or the statement may leave something in it; in mutations
//! between `begin read write` and `commit`, whose errors count.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::{poll_immediate, try_join3};
use tokio_postgres::Client;

use super::failure::{Stage, Trouble};
use super::lease::Lease;
use super::own_session::net_behind;
use super::parameter::{Parameter, text_of};
use super::prepared::Prepared;
use super::session::Session;
use super::volatile::Leaves;
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
    let (session, leaves) = (&*lease.notes().session, statement.prepared.leaves);
    if let Session::Own(own) = session {
        own.spread(client, timeout).await.map_err(|error| Trouble::of(&error, Stage::Prepare))?;
    }
    // Interrupted between its commit and what takes back what it left, the session would be nobody's any more.
    let is_unfit_meanwhile = access == Access::Write && leaves == Leaves::Something;
    if is_unfit_meanwhile {
        lease.set_unfit(true);
    }
    let result = match (session, access) {
        (Session::Own(_), Access::Read) if leaves == Leaves::Something => {
            read_and_roll_back(lease, statement, "begin read only").await
        }
        (Session::Own(_), Access::Read) => query(client, statement).await,
        (Session::Own(_), Access::Write) => write(client, statement, "begin read write", &session.commit(leaves)).await,
        (Session::Lent(pooled), Access::Read) => {
            read_and_roll_back(lease, statement, &pooled.begin(access, net_behind(timeout))).await
        }
        (Session::Lent(pooled), Access::Write) => {
            let _turn = lease.turn().await;
            write(client, statement, &pooled.begin(access, net_behind(timeout)), &session.commit(leaves)).await
        }
    };
    let result = match result {
        Err(Trouble::Lost(failure)) if lease.notes().too_long.is_so() => {
            Err(Trouble::Abandoned(Failure { cause: Cause::TooLarge(statement.max_answer), ..failure }))
        }
        result => result,
    };
    match &result {
        Ok(_) | Err(Trouble::Ended(_) | Trouble::Outdated(_)) => {
            if is_unfit_meanwhile {
                lease.set_unfit(false);
            }
            in_flight.finish();
        }
        // Nothing is seen to end on a connection that is gone: so it is never given to anybody else.
        Err(Trouble::Abandoned(_) | Trouble::Lost(_)) => {}
    }
    result
}

/// Runs a statement in a transaction that leaves nothing behind. All of it is sent at once, so that it takes no longer than the
/// statement alone; others may send theirs meanwhile.
async fn read_and_roll_back(lease: &Lease, statement: &Statement<'_>, begin: &str) -> Result<RowsBuilder, Trouble> {
    let client = lease.client();
    let of = |error: tokio_postgres::Error| Trouble::of(&error, Stage::Run);
    let starting = async { seen_to_end(client.batch_execute(begin).await.map_err(of)) };
    let querying = async { seen_to_end(query(client, statement).await) };
    let ending = async { client.batch_execute("rollback").await.map_err(of) };
    let mut sending = pin!(try_join3(starting, querying, ending));
    let turn = lease.turn().await;
    // What is polled for the first time is sent.
    let first = poll_immediate(&mut sending).await;
    drop(turn);
    let (beginning, rows, ()) = match first {
        Some(ended) => ended?,
        None => sending.await?,
    };
    beginning.and(rows)
}

/// What has ended is told when all that was sent with it has ended too; what has not, at once.
fn seen_to_end<T>(result: Result<T, Trouble>) -> Result<Result<T, Trouble>, Trouble> {
    match result {
        Err(trouble @ (Trouble::Abandoned(_) | Trouble::Lost(_))) => Err(trouble),
        Ok(_) | Err(Trouble::Ended(_) | Trouble::Outdated(_)) => Ok(result),
    }
}

/// A statement that may write is a transaction of its own. What fails is rolled back before the failure is told; what
/// cannot be rolled back is left to whoever cleans up.
async fn write(client: &Client, statement: &Statement<'_>, begin: &str, commit: &str) -> Result<RowsBuilder, Trouble> {
    match in_transaction(client, statement, begin, commit).await {
        Err(trouble @ (Trouble::Ended(_) | Trouble::Outdated(_))) => match client.batch_execute("rollback").await {
            Ok(()) => Err(trouble),
            Err(_) => Err(Trouble::Abandoned(trouble.into_failure())),
        },
        result => result,
    }
}

async fn in_transaction(
    client: &Client,
    statement: &Statement<'_>,
    begin: &str,
    commit: &str,
) -> Result<RowsBuilder, Trouble> {
    let failed = |error: tokio_postgres::Error| Trouble::of(&error, Stage::Run);
    client.batch_execute(begin).await.map_err(failed)?;
    let rows = query(client, statement).await?;
    client.batch_execute(commit).await.map_err(failed)?;
    Ok(rows)
}

async fn query(client: &Client, statement: &Statement<'_>) -> Result<RowsBuilder, Trouble> {
    let Statement { prepared, values, max_answer } = statement;
    let parameters = parameters(prepared, *values);
    let before = if parameters.is_empty() { Stage::Plan } else { Stage::Bind };
    let rows = prepared.statement.query(client, parameters);
    let mut rows = pin!(rows.await.map_err(|error| Trouble::of(&error, before))?);
    let ran = |error: tokio_postgres::Error| Trouble::of(&error, Stage::Run);
    let mut next = rows.try_next().await.map_err(ran)?;
    if next.as_ref().is_some_and(|row| !prepared.statement.is_still_so(row)) {
        // The other rows have to be seen to end.
        while rows.try_next().await.map_err(ran)?.is_some() {}
        let detail = Detail::new("the columns are not those that were described");
        return Err(Trouble::Outdated(Failure::unsent(Cause::QueryFailed(None), detail)));
    }
    let mut builder = RowsBuilder::new(Arc::clone(&prepared.names));
    while let Some(row) = next {
        prepared.write(&row, &mut builder).map_err(Trouble::Abandoned)?;
        if builder.size() > *max_answer {
            let detail = Detail::new("the rows were not read on");
            return Err(Trouble::Abandoned(Failure::unsent(Cause::TooLarge(*max_answer), detail)));
        }
        next = rows.try_next().await.map_err(ran)?;
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
