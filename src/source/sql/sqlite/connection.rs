//! One connection to a SQLite database, used by one job at a time on a thread that may block. It knows nothing of
//! pools; how long a job may take is told by the job's own flag and deadline.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::{Connection as SqliteConnection, OpenFlags, Statement as SqliteStatement};

use super::cell::{self, Declared};
use super::failure::failure_of;
use super::parameter;
use crate::graphql::Value;
use crate::schema::InitScript;
use crate::source::{Access, Cause, Columns, Deadline, Detail, Failure, Rows, RowsBuilder};

/// Statements kept prepared on each connection.
const STATEMENTS_KEPT: usize = 256;
/// Steps of SQLite's virtual machine between two looks at the flag: some ten microseconds.
const STEPS_BETWEEN_LOOKS: i32 = 1_000;
/// Longest wait for another process while a database is being opened.
const OPENING: Duration = Duration::from_secs(5);

/// Where a database is.
#[derive(Debug, Clone)]
pub enum Location {
    /// A file.
    File(PathBuf),
    /// Memory, shared under this name by every connection of this process.
    Memory(String),
}

/// An open connection.
#[derive(Debug)]
pub struct Connection {
    inner: SqliteConnection,
    access: Access,
}

/// What the runs of a statement are given beside their parameters.
#[derive(Debug)]
pub struct Job<'a> {
    /// The statement.
    pub text: &'a str,
    /// What is read of its columns.
    pub columns: &'a Columns,
    /// Whether it may write.
    pub access: Access,
    /// Most bytes that its rows may take.
    pub max_answer: u64,
    /// Until when it may wait for a lock.
    pub deadline: Deadline,
    /// Set by whoever no longer waits for it. It is this job's own, so that it can never end another one.
    pub cancelled: Arc<AtomicBool>,
}

impl Job<'_> {
    fn is_awaited(&self) -> Result<(), Failure> {
        if self.cancelled.load(Ordering::Relaxed) || self.deadline.has_passed() {
            let detail = Detail::new("nobody waited for it any more: it was taken back");
            return Err(Failure::unsent(Cause::TimedOut(self.deadline.expired()), detail));
        }
        Ok(())
    }
}

impl Connection {
    /// Opens a connection; a file is created where there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn open(location: &Location) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let inner = match location {
            Location::File(file) => SqliteConnection::open_with_flags(file, flags)?,
            Location::Memory(name) => {
                let uri = format!("file:/{name}?vfs=memdb");
                SqliteConnection::open_with_flags(Path::new(&uri), flags | OpenFlags::SQLITE_OPEN_URI)?
            }
        };
        inner.busy_timeout(OPENING)?;
        inner.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        if let Location::File(_) = location {
            // Readers then never wait for a writer. Where it is not possible (a read-only file, some network file
            // systems) everything still works, only slower.
            let _ = inner.pragma_update(None, "journal_mode", "wal");
            let _ = inner.pragma_update(None, "synchronous", "normal");
        }
        Ok(Connection { inner, access: Access::Write })
    }

    /// Runs the scripts in order, in one transaction, if the database has no tables.
    ///
    /// # Errors
    /// The script that failed, and what SQLite says.
    pub fn initialize(&mut self, scripts: &[InitScript]) -> Result<(), String> {
        let transaction = self.inner.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate);
        let transaction = transaction.map_err(|error| error.to_string())?;
        let tables: i64 = transaction
            .query_row("select count(*) from sqlite_schema where type = 'table'", [], |row| row.get(0))
            .map_err(|error| error.to_string())?;
        if tables > 0 {
            return Ok(());
        }
        for script in scripts {
            transaction.execute_batch(&script.text).map_err(|error| format!("{}: {error}", script.name))?;
        }
        transaction.commit().map_err(|error| error.to_string())
    }

    /// Makes ready for the runs of a job.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn begin(&mut self, job: &Job<'_>) -> Result<(), Failure> {
        let flag = Arc::clone(&job.cancelled);
        let failed = |error: rusqlite::Error| failure_of(&error);
        self.inner.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || flag.load(Ordering::Relaxed))).map_err(failed)?;
        self.inner.busy_timeout(job.deadline.remaining()).map_err(failed)?;
        self.switch_to(job.access).map_err(failed)
    }

    /// Runs the job's statement to its end, or until its flag is set. Nothing is committed of which nobody would hear.
    ///
    /// # Errors
    /// Why there are no rows. What had been written is taken back.
    pub fn run(&mut self, job: &Job<'_>, parameters: &[Value]) -> Result<Rows, Failure> {
        let failed = |error: rusqlite::Error| failure_of(&error);
        match job.access {
            Access::Read => query(&self.inner, job, parameters),
            Access::Write => {
                let transaction =
                    self.inner.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failed)?;
                // The lock may have come, and a small statement may end, without a look at the flag.
                job.is_awaited()?;
                let rows = query(&transaction, job, parameters)?;
                job.is_awaited()?;
                transaction.commit().map_err(failed)?;
                Ok(rows)
            }
        }
    }

    /// Outside mutations the connection refuses every change.
    fn switch_to(&mut self, access: Access) -> rusqlite::Result<()> {
        if self.access != access {
            self.inner.pragma_update(None, "query_only", access == Access::Read)?;
            self.access = access;
        }
        Ok(())
    }
}

fn query(connection: &SqliteConnection, job: &Job<'_>, parameters: &[Value]) -> Result<Rows, Failure> {
    let mut statement = connection.prepare_cached(job.text).map_err(|error| failure_of(&error))?;
    bind(&mut statement, parameters)?;
    let (names, declared): (Vec<Box<str>>, Vec<Declared>) =
        statement.columns().map(|column| (column.name().into(), Declared::from_name(column.decl_type()))).unzip();
    // A column that nobody reads is not copied. The statement stays as it is: SQLite may lose the order of the rows of a
    // statement that stands within another one.
    let places = job.columns.places(names.iter().map(|name| &**name));
    let mut builder = RowsBuilder::new(places.iter().map(|place| names[*place].clone()).collect::<Vec<_>>());
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|error| failure_of(&error))? {
        for (index, declared) in places.iter().map(|place| (*place, &declared[*place])) {
            let value = row.get_ref(index).map_err(|error| failure_of(&error))?;
            cell::write(value, *declared, &mut builder)?;
        }
        if builder.size() > job.max_answer {
            return Err(Failure::unsent(Cause::TooLarge(job.max_answer), Detail::new("the rows were not read on")));
        }
    }
    drop(rows);
    Ok(builder.finish())
}

fn bind(statement: &mut SqliteStatement<'_>, parameters: &[Value]) -> Result<(), Failure> {
    if statement.parameter_count() > parameters.len() {
        let words = "the statement has placeholders of its own";
        return Err(Failure::unsent(Cause::QueryFailed(None), Detail::new(words)));
    }
    for (index, parameter) in parameters.iter().enumerate() {
        let bound = parameter::bind(parameter)?;
        statement.raw_bind_parameter(index + 1, bound).map_err(|error| failure_of(&error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    use super::{Connection, Job, Location};
    use crate::source::{Access, Columns, Deadline};

    fn insert(connection: &mut Connection, text: &str, has_left: bool, milliseconds: u64) -> bool {
        let job = Job {
            text,
            columns: &Columns::All,
            access: Access::Write,
            max_answer: 1_000,
            deadline: Deadline::of_operation(Duration::from_millis(milliseconds)),
            cancelled: Arc::new(AtomicBool::new(has_left)),
        };
        connection.begin(&job).is_ok() && connection.run(&job, &[]).is_ok()
    }

    #[test]
    fn what_nobody_waits_for_is_not_committed() {
        let many = "with recursive n(i) as (select 1 union all select i + 1 from n limit 300000)
            insert into t select i from n";
        let mut connection = Connection::open(&Location::Memory("nobody-waits".to_owned())).expect("a database");
        connection.inner.execute_batch("create table t (a)").expect("a table");
        assert!(!insert(&mut connection, "insert into t values (1)", true, 10_000), "whoever waited has left");
        assert!(!insert(&mut connection, "insert into t values (1)", false, 0), "the deadline has passed");
        assert!(!insert(&mut connection, many, false, 20), "the deadline passes meanwhile");
        let count = |connection: &Connection| {
            connection.inner.query_row("select count(*) from t", [], |row| row.get::<_, i64>(0)).expect("a count")
        };
        assert_eq!(count(&connection), 0);
        assert!(insert(&mut connection, "insert into t values (1)", false, 10_000));
        assert_eq!(count(&connection), 1);
    }
}
