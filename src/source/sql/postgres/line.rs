//! The line on which the calls of one fetch run: one connection, and one prepared statement on it. The first call
//! brings both about, the others wait for that; then all of them are sent without waiting for each other.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio_postgres::Error;

use super::connections::Connections;
use super::failure::{Stage, Trouble};
use super::lease::Lease;
use super::prepared::{Kept, Prepared, Variant, describe, for_many, for_one};
use super::run::{self, Values};
use crate::source::sql::statement::Cut;
use crate::source::{Access, Columns, Deadline, Failure, Progress, RowsBuilder};

/// One fetch's way to the database.
pub struct Line {
    connections: Connections,
    asked: Arc<Asked>,
    current: Mutex<SharedReady>,
}

/// What runs on a line.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The author's statement.
    pub text: Arc<str>,
    /// What is read of its columns.
    pub columns: Columns,
    /// Where it is cut, to be run for many keys at once; nothing for one key at a time.
    pub for_many: Option<Arc<Cut>>,
}

/// What came of a call.
#[derive(Debug)]
pub enum Ran {
    /// Its rows.
    Rows(RowsBuilder),
    /// The statement cannot be run for many keys at once; it was not run at all.
    Refused,
}

type SharedReady = Shared<BoxFuture<'static, Result<Arc<Ready>, Failure>>>;

/// A connection with the statement prepared.
#[derive(Debug)]
struct Ready {
    lease: Arc<Lease>,
    /// Nothing where there is none for many keys.
    prepared: Option<Arc<Prepared>>,
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
    pub fn new(connections: Connections, asked: Asked) -> Line {
        let asked = Arc::new(asked);
        let current = Mutex::new(make_ready(connections.clone(), Arc::clone(&asked)));
        Line { connections, asked, current }
    }

    /// Runs the statement with these values. Dropping this tells PostgreSQL to cancel, as soon as nobody else uses
    /// the connection.
    ///
    /// # Errors
    /// Why there are no rows.
    pub async fn run(
        &self,
        values: Values<'_>,
        access: Access,
        max_answer: u64,
        deadline: Deadline,
        progress: &Progress,
    ) -> Result<Ran, Failure> {
        if progress.attempts() > 0 {
            self.renew_failed();
        }
        // Whoever has to wait for a seat in the pool has sent nothing yet; whoever need not is connecting or preparing.
        let has_seat = !self.connections.are_all_taken();
        if has_seat {
            progress.attempt();
        }
        let ready = self.ready().await?;
        if !has_seat {
            progress.attempt();
        }
        match ready.run(values, access, max_answer, deadline).await {
            Ok(ran) => Ok(ran),
            Err(trouble) => {
                let Some(remedy) = ready.remedy(&trouble, access) else { return Err(trouble.into_failure()) };
                self.renew(ready, remedy);
                progress.attempt();
                let ready = self.ready().await?;
                ready.run(values, access, max_answer, deadline).await.map_err(Trouble::into_failure)
            }
        }
    }

    /// Whether there is a connection with the statement prepared: what fails then failed as it ran.
    pub fn is_ready(&self) -> bool {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).peek().is_some_and(Result::is_ok)
    }

    async fn ready(&self) -> Result<Arc<Ready>, Failure> {
        let ready = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ready.await
    }

    /// Begins anew where nothing came about, for a call that is tried again. Those that are tried for the first time share
    /// one failure.
    fn renew_failed(&self) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.peek().is_some_and(Result::is_err) {
            *current = make_ready(self.connections.clone(), Arc::clone(&self.asked));
        }
    }

    /// Puts something new in the place of what cannot be used, unless another call has done so already.
    fn renew(&self, useless: Arc<Ready>, remedy: Remedy) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(ready)) = current.peek()
            && Arc::ptr_eq(ready, &useless)
        {
            let asked = Arc::clone(&self.asked);
            *current = match remedy {
                Remedy::Connect => {
                    self.connections.drop_idle();
                    make_ready(self.connections.clone(), asked)
                }
                Remedy::Prepare => prepare_anew(Arc::clone(&useless.lease), asked),
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
        values: Values<'_>,
        access: Access,
        max_answer: u64,
        deadline: Deadline,
    ) -> Result<Ran, Trouble> {
        let Some(prepared) = &self.prepared else { return Ok(Ran::Refused) };
        let statement = run::Statement { prepared, values, max_answer };
        run::run(&self.lease, &statement, access, deadline.remaining()).await.map(Ran::Rows)
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

fn make_ready(connections: Connections, asked: Arc<Asked>) -> SharedReady {
    async move {
        let lease = Arc::new(connections.borrow().await?);
        match prepared_on(&lease, &asked).await {
            Ok(prepared) => Ok(Arc::new(Ready { lease, prepared })),
            Err(Trouble::Lost(_)) if lease.is_reused() => {
                drop(lease);
                connections.drop_idle();
                let lease = Arc::new(connections.borrow().await?);
                let prepared = prepared_on(&lease, &asked).await.map_err(Trouble::into_failure)?;
                Ok(Arc::new(Ready { lease, prepared }))
            }
            Err(trouble) => Err(trouble.into_failure()),
        }
    }
    .boxed()
    .shared()
}

/// A statement that is out of date on one connection is so on the others that know it: another one would not help.
fn prepare_anew(lease: Arc<Lease>, asked: Arc<Asked>) -> SharedReady {
    async move {
        lease.notes().prepared.forget(&asked.text);
        let prepared = prepared_on(&lease, &asked).await.map_err(Trouble::into_failure)?;
        Ok(Arc::new(Ready { lease, prepared }))
    }
    .boxed()
    .shared()
}

async fn prepared_on(lease: &Lease, asked: &Asked) -> Result<Option<Arc<Prepared>>, Trouble> {
    let columns = asked.columns.clone();
    let variant = match &asked.for_many {
        Some(cut) => Variant::Many(columns, cut.differs().into()),
        None => Variant::One(columns),
    };
    match lease.notes().prepared.get(&asked.text, &variant) {
        Some(Kept::Prepared(prepared)) => return Ok(Some(prepared)),
        Some(Kept::Plain(_)) | None => {}
    }
    let in_flight = lease.begin();
    lease.set_unfit(true);
    let result = prepare(lease, asked).await;
    lease.set_unfit(false);
    in_flight.finish();
    let prepared = result.map_err(|error| Trouble::of(&error, Stage::Prepare))?.map(Arc::new);
    match &prepared {
        Some(prepared) => {
            lease.notes().prepared.keep(Arc::clone(&asked.text), variant, Kept::Prepared(Arc::clone(prepared)));
        }
        // Whoever asks again does so because it may be otherwise by then.
        None => lease.notes().prepared.forget(&asked.text),
    }
    Ok(prepared)
}

async fn prepare(lease: &Lease, asked: &Asked) -> Result<Option<Prepared>, Error> {
    let known = &lease.notes().prepared;
    let plain = if let Some(Kept::Plain(plain)) = known.get(&asked.text, &Variant::Plain) {
        plain
    } else {
        let plain = Arc::new(describe(lease, &asked.text, &[]).await?);
        known.keep(Arc::clone(&asked.text), Variant::Plain, Kept::Plain(plain.clone()));
        plain
    };
    match &asked.for_many {
        Some(cut) => for_many(lease, &plain, cut, &asked.columns).await,
        None => for_one(lease, &plain, &asked.text, &asked.columns).await.map(Some),
    }
}
