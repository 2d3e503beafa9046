//! `tributary serve`.

use std::net::SocketAddr;
use std::num::NonZeroUsize;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::exit::Failure;
use super::faulting::Faulting;
use super::listening::{Listening, read_address};
use super::log_format::Reader;
use super::schema_argument::{SchemaArgument, process_environment};
use super::start;
use super::telemetry;
use super::watch::Watch;
use crate::gateway::Debug;
use crate::server::ServerSettings;

/// Serve a schema.
#[derive(Debug, Args)]
#[command(after_help = "\
Example: tributary serve schema.graphql --listen 0.0.0.0:4000
         tributary serve --dev --fault weather:latency=2s@30%")]
pub(super) struct Serve {
    #[command(flatten)]
    schema: SchemaArgument,
    #[command(flatten)]
    listening: Listening,
    /// Address for health and metrics, instead of the one for clients: they name sources and fields.
    #[arg(long, env = "TRIBUTARY_ADMIN_LISTEN", value_name = "ADDRESS", value_parser = read_address)]
    admin_listen: Option<SocketAddr>,
    /// Connections at once; whoever comes beyond that is answered 503 with `Retry-After`.
    #[arg(long, env = "TRIBUTARY_MAX_CONNECTIONS", value_name = "NUMBER", default_value = "10000")]
    max_connections: NonZeroUsize,
    /// Operations in flight at once; whatever comes beyond that is answered 503 with `Retry-After`. Where the processors
    /// cannot follow, fewer are taken.
    #[arg(long, env = "TRIBUTARY_MAX_OPERATIONS", value_name = "NUMBER", default_value = "4096")]
    max_operations: NonZeroUsize,
    /// Serve what the schema's files say whenever they change; where they hold mistakes, these are told, and what was
    /// served before goes on.
    #[arg(long, env = "TRIBUTARY_WATCH", value_parser = FalseyValueParser::new())]
    watch: bool,
    /// For development: watch the schema, write a readable line for each operation, and put the causes of errors into
    /// responses. They hold addresses and statements: nothing for production.
    #[arg(long, env = "TRIBUTARY_DEV", value_parser = FalseyValueParser::new())]
    dev: bool,
    #[command(flatten)]
    faulting: Faulting,
}

impl Serve {
    /// Who reads the log: a person where a schema is being written.
    pub(super) fn log_reader(&self) -> Reader {
        if self.dev { Reader::Person } else { telemetry::reader() }
    }

    /// Serves until a signal comes.
    pub(super) fn run(self) -> Result<(), Failure> {
        if self.faulting.is_on() && !self.dev {
            let message = "--fault needs --dev: it makes sources fail on purpose, and is nothing for production";
            return Err(Failure::Usage(message.to_owned()));
        }
        let mut watch = (self.watch || self.dev).then(|| Watch::begin(self.schema.clone(), self.log_reader()));
        let config = self.schema.load(&process_environment())?;
        if let Some(watch) = &mut watch {
            watch.also(config.named_files.clone());
        }
        let (listen, admin_listen) = (self.listening.listen, self.admin_listen);
        let (max_connections, max_operations) = (self.max_connections.get(), self.max_operations.get());
        let settings =
            ServerSettings { listen, admin_listen, max_connections, max_operations, ..ServerSettings::default() };
        let debug = if self.dev { Debug::Shown } else { Debug::Hidden };
        start::runtime()?.block_on(start::serve(&config, settings, debug, &self.faulting, watch))
    }
}
