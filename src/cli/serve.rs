//! `tributary serve`.

use std::net::SocketAddr;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::exit::Failure;
use super::listening::{Listening, read_address};
use super::start::{self, SchemaArgument};
use crate::gateway::Debug;
use crate::server::ServerSettings;

/// Serve a schema.
#[derive(Debug, Args)]
#[command(after_help = "Example: tributary serve schema.graphql --listen 0.0.0.0:4000")]
pub(super) struct Serve {
    #[command(flatten)]
    schema: SchemaArgument,
    #[command(flatten)]
    listening: Listening,
    /// Address for health, instead of the one for clients.
    #[arg(long, env = "TRIBUTARY_ADMIN_LISTEN", value_name = "ADDRESS", value_parser = read_address)]
    admin_listen: Option<SocketAddr>,
    /// Put the causes of errors into responses. They hold addresses and statements: for development alone.
    #[arg(long, env = "TRIBUTARY_DEV", value_parser = FalseyValueParser::new())]
    dev: bool,
}

impl Serve {
    /// Whether a person develops with it.
    pub(super) fn is_dev(&self) -> bool {
        self.dev
    }

    /// Serves until a signal comes.
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = self.schema.load(&start::process_environment())?;
        let (listen, admin_listen) = (self.listening.listen, self.admin_listen);
        let settings = ServerSettings { listen, admin_listen, ..ServerSettings::default() };
        let debug = if self.dev { Debug::Shown } else { Debug::Hidden };
        start::runtime()?.block_on(start::serve(&config, settings, debug))
    }
}
