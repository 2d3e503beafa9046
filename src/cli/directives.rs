//! `tributary directives`.

use clap::Args;

use super::exit::Failure;
use super::terminal;
use crate::config::DIRECTIVES;

/// Print the definitions of every directive, for editors.
#[derive(Debug, Args)]
#[command(after_help = "Example: tributary directives > tributary.graphql")]
pub(super) struct Directives {}

impl Directives {
    /// Prints them.
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "every command has this form")]
    pub(super) fn run(self) -> Result<(), Failure> {
        terminal::print(DIRECTIVES);
        Ok(())
    }
}
