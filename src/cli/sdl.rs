//! `tributary sdl`.

use clap::Args;

use super::exit::Failure;
use super::schema_argument::SchemaArgument;
use super::start;
use super::terminal;
use crate::config::Environment;

/// Print the schema that clients see, for code generators.
#[derive(Debug, Args)]
#[command(after_help = "Example: tributary sdl > client-schema.graphql")]
pub(super) struct Sdl {
    #[command(flatten)]
    schema: SchemaArgument,
}

impl Sdl {
    /// Prints it. No environment variable is needed, because none changes what clients see.
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = self.schema.load(&Environment::lenient())?;
        let (schema, _) = start::build(&config)?;
        terminal::print(&schema.client.sdl());
        Ok(())
    }
}
