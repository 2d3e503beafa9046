//! Arguments in, exit code out.

use std::process::ExitCode;

use clap::builder::Resettable;
use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::check::Check;
use super::demo::Demo;
use super::directives::Directives;
use super::exit::{Exit, Failure};
use super::explain::Explain;
use super::init::Init;
use super::log_format::Reader;
use super::sdl::Sdl;
use super::serve::Serve;
use super::telemetry;

/// A GraphQL gateway: one schema file binds fields to SQL and REST.
///
/// What a source fails to deliver is null and stands in `errors`, beside the data that arrived.
#[derive(Debug, Parser)]
#[command(name = "tributary", version, after_help = "Example: tributary demo")]
struct Arguments {
    /// What is logged, such as `info` or `tributary=debug`.
    #[arg(long, global = true, env = "TRIBUTARY_LOG", default_value = "info", value_name = "FILTER")]
    #[arg(value_parser = telemetry::read_filter)]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Serve),
    Demo(Demo),
    Init(Init),
    Check(Check),
    Sdl(Sdl),
    Explain(Explain),
    Directives(Directives),
}

/// Runs the command that the arguments name. Wrong usage ends the process with 2, as clap does it.
pub fn run() -> ExitCode {
    let arguments = parse();
    let log = telemetry::start(&arguments.log, arguments.command.log_reader());
    let _guard = match log {
        Ok(guard) => guard,
        Err(error) => return Failure::Unreachable(format!("no thread for the log: {error}")).tell(),
    };
    let finished = std::panic::catch_unwind(|| arguments.command.run());
    match finished {
        Ok(Ok(())) => Exit::Fine.into(),
        Ok(Err(failure)) => failure.tell(),
        // The panic hook has told it.
        Err(_) => Exit::Bug.into(),
    }
}

/// The arguments, and the environment where they are silent.
fn parse() -> Arguments {
    let mut command = without_empty(Arguments::command());
    let matches = command.get_matches_mut();
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

/// A command that takes an empty environment variable for one that is not set, as most do who write `X= program`.
fn without_empty(command: clap::Command) -> clap::Command {
    let is_empty = |argument: &Arg| {
        let value = argument.get_env().and_then(std::env::var_os);
        value.is_some_and(|value| value.is_empty())
    };
    let command =
        command.mut_args(|argument| if is_empty(&argument) { argument.env(Resettable::Reset) } else { argument });
    command.mut_subcommands(without_empty)
}

impl Command {
    /// Who reads the log: where a schema is being written or looked at, a person.
    fn log_reader(&self) -> Reader {
        match self {
            Command::Serve(command) => command.log_reader(),
            Command::Demo(_) => Reader::Person,
            Command::Init(_) | Command::Check(_) | Command::Sdl(_) | Command::Explain(_) | Command::Directives(_) => {
                telemetry::reader()
            }
        }
    }

    fn run(self) -> Result<(), Failure> {
        match self {
            Command::Serve(command) => command.run(),
            Command::Demo(command) => command.run(),
            Command::Init(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Sdl(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Directives(command) => command.run(),
        }
    }
}
