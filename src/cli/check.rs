//! `tributary check`. It reads files and nothing else: whether a source is there is not asked.

use clap::{Args, ValueEnum};

use super::exit::Failure;
use super::schema_argument::{SchemaArgument, process_environment};
use super::start;
use super::terminal;
use crate::config::Diagnostics;

/// Tell every mistake of a schema.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Check {
    #[command(flatten)]
    schema: SchemaArgument,
    /// How mistakes are told.
    #[arg(long, env = "TRIBUTARY_FORMAT", value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
}

/// How mistakes are told.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// With excerpts, on the standard error stream.
    Text,
    /// One JSON document on the standard output, for editors.
    Json,
}

const AFTER_HELP: &str = "\
Example: tributary check schema.graphql

With `--format json`, the standard output holds one document, also where the schema cannot be read:
  {\"errors\": 1, \"warnings\": 0, \"diagnostics\": [{\"severity\": \"error\", \"message\": …, \"hint\": …,
    \"file\": …, \"line\": 3, \"column\": 5, \"endLine\": 3, \"endColumn\": 9}]}
Lines and columns begin with 1, columns count UTF-16 units, and the end is behind the last character. `hint` can be null,
and so can `file` and the rest of the place. At most 50 mistakes are listed; `errors` and `warnings` count all.

Exit codes: 0 no mistakes, 1 mistakes, 69 the schema cannot be read.";

impl Check {
    /// Tells mistakes and warnings; only mistakes are a failure.
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.format {
            Format::Text => self.tell_text(),
            Format::Json => self.tell_json(),
        }
    }

    fn tell_text(&self) -> Result<(), Failure> {
        let warnings = self.check()?;
        start::tell_warnings(&warnings);
        let found = match warnings.iter().count() {
            0 => "no mistakes".to_owned(),
            1 => "no mistakes, 1 warning".to_owned(),
            count => format!("no mistakes, {count} warnings"),
        };
        terminal::print(&format!("{}: {found}\n", self.schema.path().display()));
        Ok(())
    }

    fn tell_json(&self) -> Result<(), Failure> {
        match self.check() {
            Ok(warnings) => {
                terminal::print(&warnings.to_json());
                Ok(())
            }
            Err(failure) => {
                let (diagnostics, exit) = failure.into_diagnostics();
                terminal::print(&diagnostics.to_json());
                Err(Failure::Told(exit))
            }
        }
    }

    /// The warnings of a schema that can be served.
    fn check(&self) -> Result<Diagnostics, Failure> {
        let config = self.schema.load(&process_environment())?;
        Ok(start::build(&config)?.1)
    }
}
