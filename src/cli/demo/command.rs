//! The command itself.

use clap::Args;

use super::super::exit::Failure;
use super::super::faulting::Faulting;
use super::super::listening::Listening;
use super::super::start;
use super::database;
use super::init_folder::InitFolder;
use super::services::Services;
use super::stories::stories;
use crate::config::{self, Config, Environment, SourceFile};
use crate::gateway::Debug;
use crate::server::{GraphiqlTab, ServerSettings};

/// The schema of the demo; beside it, its database's content.
const SCHEMA: &str = include_str!("../../../schema.graphql");

/// Serve a shop: its database and four services are in this process, nothing to install.
///
/// With `DATABASE_URL=postgres://…` the shop's database is an empty PostgreSQL database, which is filled at the first
/// start.
#[derive(Debug, Args)]
#[command(after_help = "Example: tributary demo --listen 127.0.0.1:4000 --fault reviews:latency=2s@30%")]
pub(in crate::cli) struct Demo {
    #[command(flatten)]
    listening: Listening,
    #[command(flatten)]
    faulting: Faulting,
}

impl Demo {
    /// Serves until a signal comes.
    pub(in crate::cli) fn run(self) -> Result<(), Failure> {
        start::runtime()?.block_on(async {
            let services = Services::start().await;
            let services = services.map_err(|error| Failure::Unreachable(format!("no local port: {error}")))?;
            let served = self.serve(&services).await;
            services.stop().await;
            served
        })
    }

    async fn serve(&self, services: &Services) -> Result<(), Failure> {
        database::check_url()?;
        let config = load(services)?;
        database::fill(&config).await?;
        let tab = |query: &str| GraphiqlTab { query: query.to_owned(), variables: None, headers: None };
        let tabs = stories().map(tab).into();
        let settings = ServerSettings { listen: self.listening.listen, tabs, ..ServerSettings::default() };
        start::serve(&config, settings, Debug::Plans, &self.faulting, None).await
    }
}

/// The embedded schema, with the services of this process behind its `{env…}`. Of the process's own environment nothing
/// but the database's URL reaches the demo: it shows the same everywhere.
fn load(services: &Services) -> Result<Config, Failure> {
    let folder = InitFolder::create();
    let folder = folder.map_err(|error| Failure::Unreachable(format!("the folder for temporary files: {error}")))?;
    let file = SourceFile { name: "schema.graphql".to_owned(), text: SCHEMA.to_owned() };
    let mut variables = services.variables();
    variables.extend(database::url().map(|url| (database::VARIABLE, url)));
    let environment = Environment::new(move |name| {
        let known = variables.iter().find(|(variable, _)| *variable == name);
        known.map(|(_, value)| value.clone())
    });
    config::parse(vec![file], folder.path(), &environment).map_err(Failure::Mistakes)
}
