//! The line on which the calls of one fetch run: one connection, and one prepared statement on it. The first call
//! brings both about, the others wait for that; then all of them are sent without waiting for each other.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};

use super::connections::Connections;
use super::failure::{Stage, Trouble};
use super::lease::Lease;
use super::parameter;
use super::prepared::{Prepared, prepare};
use super::run;
use crate::graphql::Value;
use crate::source::{Access, Deadline, Failure, Progress, Rows};

/// One fetch's way to the database.
pub struct Line {
    connections: Connections,
    text: Arc<str>,
    current: Mutex<SharedReady>,
}

type SharedReady = Shared<BoxFuture<'static, Result<Arc<Ready>, Failure>>>;

/// A connection with the statement prepared.
#[derive(Debug)]
struct Ready {
    lease: Arc<Lease>,
    prepared: Arc<Prepared>,
}

/// What makes a statement that was not run worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    /// Another connection.
    Connect,
    /// The same connection, on which the statement is prepared anew.
    Prepare,
}

impl fmt::Debug for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Line")
    }
}

impl Line {
    /// A line for one statement. Nothing happens before the first call.
    pub fn new(connections: Connections, text: Arc<str>) -> Line {
        let current = Mutex::new(make_ready(connections.clone(), Arc::clone(&text)));
        Line { connections, text, current }
    }

    /// Runs the statement with these parameters. Dropping this tells PostgreSQL to cancel, as soon as nobody else uses
    /// the connection.
    ///
    /// # Errors
    /// Why there are no rows.
    pub async fn run(
        &self,
        parameters: &[Value],
        access: Access,
        max_answer: u64,
        deadline: Deadline,
        progress: &Progress,
    ) -> Result<Rows, Failure> {
        parameter::check(parameters)?;
        // Whoever has to wait for a seat in the pool has sent nothing yet; whoever need not is connecting or preparing.
        let has_seat = !self.connections.are_all_taken();
        if has_seat {
            progress.attempt();
        }
        let ready = self.ready().await?;
        if !has_seat {
            progress.attempt();
        }
        match ready.run(parameters, access, max_answer, deadline).await {
            Ok(rows) => Ok(rows),
            Err(trouble) => {
                let Some(remedy) = ready.remedy(&trouble, access) else { return Err(trouble.into_failure()) };
                self.renew(ready, remedy);
                progress.attempt();
                let ready = self.ready().await?;
                ready.run(parameters, access, max_answer, deadline).await.map_err(Trouble::into_failure)
            }
        }
    }

    async fn ready(&self) -> Result<Arc<Ready>, Failure> {
        let ready = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ready.await
    }

    /// Puts something new in the place of what cannot be used, unless another call has done so already.
    fn renew(&self, useless: Arc<Ready>, remedy: Remedy) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(ready)) = current.peek()
            && Arc::ptr_eq(ready, &useless)
        {
            let text = Arc::clone(&self.text);
            *current = match remedy {
                Remedy::Connect => make_ready(self.connections.clone(), text),
                Remedy::Prepare => prepare_anew(Arc::clone(&useless.lease), text),
            };
        }
        // Its seat in the pool must be free before the new connection asks for one.
        drop(current);
        drop(useless);
    }
}

impl Ready {
    async fn run(
        &self,
        parameters: &[Value],
        access: Access,
        max_answer: u64,
        deadline: Deadline,
    ) -> Result<Rows, Trouble> {
        let statement = run::Statement { prepared: &self.prepared, parameters, max_answer };
        run::run(&self.lease, &statement, access, deadline.remaining()).await
    }

    /// A connection that has rested may have died unseen: what only reads is run once more. A statement that is out of
    /// date has not been run at all, for any of the calls that were sent with it.
    fn remedy(&self, trouble: &Trouble, access: Access) -> Option<Remedy> {
        match trouble {
            Trouble::Lost(_) => (access == Access::Read && self.lease.is_reused()).then_some(Remedy::Connect),
            Trouble::Outdated(_) => Some(Remedy::Prepare),
            Trouble::Ended(_) | Trouble::Abandoned(_) => None,
        }
    }
}

fn make_ready(connections: Connections, text: Arc<str>) -> SharedReady {
    async move {
        let lease = Arc::new(connections.borrow().await?);
        match prepared_on(&lease, &text).await {
            Ok(prepared) => Ok(Arc::new(Ready { lease, prepared })),
            Err(Trouble::Lost(_)) if lease.is_reused() => {
                drop(lease);
                let lease = Arc::new(connections.borrow().await?);
                let prepared = prepared_on(&lease, &text).await.map_err(Trouble::into_failure)?;
                Ok(Arc::new(Ready { lease, prepared }))
            }
            Err(trouble) => Err(trouble.into_failure()),
        }
    }
    .boxed()
    .shared()
}

/// A statement that is out of date on one connection is so on the others that know it: another one would not help.
fn prepare_anew(lease: Arc<Lease>, text: Arc<str>) -> SharedReady {
    async move {
        lease.notes().prepared.forget(&text);
        let prepared = prepared_on(&lease, &text).await.map_err(Trouble::into_failure)?;
        Ok(Arc::new(Ready { lease, prepared }))
    }
    .boxed()
    .shared()
}

async fn prepared_on(lease: &Lease, text: &Arc<str>) -> Result<Arc<Prepared>, Trouble> {
    let known = &lease.notes().prepared;
    if let Some(prepared) = known.get(text) {
        return Ok(prepared);
    }
    let in_flight = lease.begin();
    lease.set_preparing(true);
    let result = prepare(lease.client(), text).await;
    lease.set_preparing(false);
    in_flight.finish();
    let prepared = Arc::new(result.map_err(|error| Trouble::of(&error, Stage::Prepare))?);
    known.keep(Arc::clone(text), Arc::clone(&prepared));
    Ok(prepared)
}
