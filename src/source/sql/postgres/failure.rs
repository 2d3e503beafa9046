//! What PostgreSQL's errors mean. Its words are for operators alone; its SQLSTATE is a fact that anyone may read.

use tokio_postgres::Error;

use crate::source::{Cause, Detail, Failure, Reason};

/// Codes that say, when a statement is bound, that a parameter has no meaning in its type: a malformed text, a number
/// or a date out of range, a character that the database cannot hold.
const OF_A_PARAMETER: [&str; 6] = ["22P02", "22003", "22007", "22008", "22021", "22P05"];
/// Codes of a server that goes away or is not there yet.
const GOING_AWAY: [&str; 3] = ["57P01", "57P02", "57P03"];
/// Codes of a prepared statement that the server no longer runs: a table behind it has changed, or it was discarded.
const OUTDATED: [&str; 2] = ["0A000", "26000"];
/// The class of mistakes in a statement. One that was right when it was prepared is out of date: it names a column that is
/// no more.
const NO_LONGER_RIGHT: &str = "42";

/// How far a statement had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It was being prepared.
    Prepare,
    /// It was being planned; it has no parameters.
    Plan,
    /// Its parameters were being read, and it was being planned.
    Bind,
    /// It ran.
    Run,
}

/// Why a statement brought no rows, and what may be done about it.
#[derive(Debug)]
pub enum Trouble {
    /// The connection is gone.
    Lost(Failure),
    /// The prepared statement is out of date; nothing was run.
    Outdated(Failure),
    /// The server has ended the statement, or never began it.
    Ended(Failure),
    /// We have stopped reading; the statement may still run.
    Abandoned(Failure),
}

impl Trouble {
    /// What an error means.
    pub fn of(error: &Error, stage: Stage) -> Trouble {
        let failure = |cause| Failure::unsent(cause, Detail::of(error));
        let Some(code) = error.code().map(tokio_postgres::error::SqlState::code) else {
            return if error.is_closed() || is_io(error) {
                Trouble::Lost(failure(Cause::Unavailable(Reason::Lost)))
            } else {
                Trouble::Ended(failure(Cause::QueryFailed(None)))
            };
        };
        if code.starts_with("08") || GOING_AWAY.contains(&code) {
            return Trouble::Lost(failure(Cause::Unavailable(Reason::Lost)));
        }
        let sql_state = Some(Box::from(code));
        match stage {
            Stage::Plan | Stage::Bind if OUTDATED.contains(&code) || code.starts_with(NO_LONGER_RIGHT) => {
                Trouble::Outdated(failure(Cause::QueryFailed(sql_state)))
            }
            Stage::Bind if OF_A_PARAMETER.contains(&code) => {
                Trouble::Ended(failure(Cause::RejectedInput("the database refuses it", sql_state)))
            }
            Stage::Prepare | Stage::Plan | Stage::Bind | Stage::Run => {
                Trouble::Ended(failure(Cause::QueryFailed(sql_state)))
            }
        }
    }

    /// The failure to tell.
    pub fn into_failure(self) -> Failure {
        match self {
            Trouble::Lost(failure)
            | Trouble::Outdated(failure)
            | Trouble::Ended(failure)
            | Trouble::Abandoned(failure) => failure,
        }
    }
}

/// The failure of connecting.
pub fn not_connected(reason: Reason, error: &dyn std::error::Error) -> Failure {
    Failure::unsent(Cause::Unavailable(reason), Detail::of(error))
}

fn is_io(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}
