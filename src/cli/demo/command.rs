//! The command itself.

use clap::Args;

use super::super::exit::Failure;
use super::super::listening::Listening;
use super::super::start;
use super::init_folder::InitFolder;
use super::services::Services;
use crate::config::{self, Config, Environment, SourceFile};
use crate::gateway::Debug;
use crate::server::ServerSettings;

/// The schema of the demo; beside it, its database's content.
const SCHEMA: &str = include_str!("../../../schema.graphql");

/// Serve a small shop: an embedded database and its services, nothing to install.
#[derive(Debug, Args)]
#[command(after_help = "Example: tributary demo --listen 127.0.0.1:4000")]
pub(in crate::cli) struct Demo {
    #[command(flatten)]
    listening: Listening,
}

impl Demo {
    /// Serves until a signal comes.
    pub(in crate::cli) fn run(self) -> Result<(), Failure> {
        start::runtime()?.block_on(async {
            let services = Services::start().await;
            let services = services.map_err(|error| Failure::Unreachable(format!("no local port: {error}")))?;
            let config = load(&services.environment())?;
            let settings = ServerSettings { listen: self.listening.listen, ..ServerSettings::default() };
            let served = start::serve(&config, settings, Debug::Hidden, None).await;
            services.stop().await;
            served
        })
    }
}

/// The embedded schema, with the services of this process behind its `{env…}`.
fn load(environment: &Environment) -> Result<Config, Failure> {
    let folder = InitFolder::create();
    let folder = folder.map_err(|error| Failure::Unreachable(format!("the folder for temporary files: {error}")))?;
    let file = SourceFile { name: "schema.graphql".to_owned(), text: SCHEMA.to_owned() };
    config::parse(vec![file], folder.path(), environment).map_err(Failure::Mistakes)
}
