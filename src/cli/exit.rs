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
        terminal::print_error(&self.text(terminal::takes_colour(&stderr())));
        self.exit().into()
    }

    /// It in words, whole lines.
    pub(super) fn text(&self, colour: bool) -> String {
        match self {
            Failure::Mistakes(diagnostics) => diagnostics.render(colour),
            Failure::Sources(errors) => {
                let lines: Vec<String> = errors.0.iter().map(|error| format!("error: {error}")).collect();
                lines.join("\n") + "\n"
            }
            Failure::NoSchema(message) => format!("error: {message}\n  = hint: {NO_SCHEMA}\n"),
            Failure::Usage(message) | Failure::Unreachable(message) => format!("error: {message}\n"),
            Failure::Told(_) => String::new(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Failure::Mistakes(_) | Failure::Sources(_) => Exit::Mistakes,
            Failure::Usage(_) => Exit::Usage,
            Failure::NoSchema(_) | Failure::Unreachable(_) => Exit::Unreachable,
            Failure::Told(exit) => *exit,
        }
    }

    /// As diagnostics, with the code to end with, for a command that tells it otherwise than in text.
    pub(super) fn into_diagnostics(self) -> (Diagnostics, Exit) {
        let exit = self.exit();
        let diagnostics = match self {
            Failure::Mistakes(diagnostics) => diagnostics,
            Failure::Sources(errors) => Diagnostics::alone(errors.to_string(), None),
            Failure::NoSchema(message) => Diagnostics::alone(message, Some(NO_SCHEMA.to_owned())),
            Failure::Usage(message) | Failure::Unreachable(message) => Diagnostics::alone(message, None),
            Failure::Told(_) => Diagnostics::default(),
        };
        (diagnostics, exit)
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
