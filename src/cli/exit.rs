//! How a command ends, for people and for scripts.

use std::io::stderr;
use std::process::ExitCode;

use super::terminal;
use crate::config::Diagnostics;
use crate::source::ConnectErrors;

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// All is well.
    Fine,
    /// The schema has mistakes.
    Mistakes,
    /// Wrong usage, as clap tells it too.
    Usage,
    /// Something needed cannot be reached: a file, an address (`EX_UNAVAILABLE`).
    Unreachable,
    /// A bug of ours (`EX_SOFTWARE`).
    Bug,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// The schema has mistakes.
    Mistakes(Diagnostics),
    /// Sources of the schema can never work as they are described.
    Sources(ConnectErrors),
    /// The command cannot be used like this.
    Usage(String),
    /// There is no schema where one was looked for.
    NoSchema(String),
    /// Something needed cannot be reached.
    Unreachable(String),
    /// Any of these, and the command has told it in its own way.
    Told(Exit),
}

/// What helps whoever has no schema yet.
const NO_SCHEMA: &str = "name a schema file, or a folder of `.graphql` files, or write one: `tributary init`";

impl Failure {
    /// Tells it on the standard error stream, and gives the code to end with.
    pub(super) fn tell(self) -> ExitCode {
        match self {
            Failure::Mistakes(diagnostics) => {
                eprint!("{}", diagnostics.render(terminal::takes_colour(&stderr())));
                Exit::Mistakes.into()
            }
            Failure::Sources(errors) => {
                errors.0.iter().for_each(|error| eprintln!("error: {error}"));
                Exit::Mistakes.into()
            }
            Failure::Usage(message) => {
                eprintln!("error: {message}");
                Exit::Usage.into()
            }
            Failure::NoSchema(message) => {
                eprintln!("error: {message}\n  = hint: {NO_SCHEMA}");
                Exit::Unreachable.into()
            }
            Failure::Unreachable(message) => {
                eprintln!("error: {message}");
                Exit::Unreachable.into()
            }
            Failure::Told(exit) => exit.into(),
        }
    }

    /// As diagnostics, with the code to end with, for a command that tells it otherwise than in text.
    pub(super) fn into_diagnostics(self) -> (Diagnostics, Exit) {
        match self {
            Failure::Mistakes(diagnostics) => (diagnostics, Exit::Mistakes),
            Failure::Sources(errors) => (Diagnostics::alone(errors.to_string(), None), Exit::Mistakes),
            Failure::Usage(message) => (Diagnostics::alone(message, None), Exit::Usage),
            Failure::NoSchema(message) => (Diagnostics::alone(message, Some(NO_SCHEMA.to_owned())), Exit::Unreachable),
            Failure::Unreachable(message) => (Diagnostics::alone(message, None), Exit::Unreachable),
            Failure::Told(exit) => (Diagnostics::default(), exit),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::Mistakes => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 69,
            Exit::Bug => 70,
        })
    }
}
