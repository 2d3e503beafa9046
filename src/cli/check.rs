//! `tributary check`. It reads files and nothing else: whether a source is there is not asked.

use clap::Args;

use super::exit::Failure;
use super::start::{self, SchemaArgument};

/// Tell every mistake of a schema.
#[derive(Debug, Args)]
#[command(after_help = "Example: tributary check schema.graphql")]
pub(super) struct Check {
    #[command(flatten)]
    schema: SchemaArgument,
}

impl Check {
    /// Tells mistakes and warnings; only mistakes are a failure.
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = self.schema.load(&start::process_environment())?;
        let (_, warnings) = start::build(&config)?;
        start::tell_warnings(&warnings);
        let found = match warnings.iter().count() {
            0 => "no mistakes".to_owned(),
            1 => "no mistakes, 1 warning".to_owned(),
            count => format!("no mistakes, {count} warnings"),
        };
        println!("{}: {found}", self.schema.path().display());
        Ok(())
    }
}
