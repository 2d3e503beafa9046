//! The command itself.

use clap::Args;

use super::super::exit::Failure;
use super::super::listening::Listening;
use super::super::start;
use super::database;
use super::fault::{Fault, read_fault};
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
#[command(after_help = "Example: tributary demo --listen 127.0.0.1:4000 --fault web=down")]
pub(in crate::cli) struct Demo {
    #[command(flatten)]
    listening: Listening,
    /// A service that misbehaves: reviews, stock, shipping or web, and down, slow, error or garbage. Can be given
    /// several times; in the environment, with commas.
    #[arg(long, env = "TRIBUTARY_FAULT", value_name = "SERVICE=KIND", value_delimiter = ',', value_parser = read_fault)]
    fault: Vec<Fault>,
}

impl Demo {
    /// Serves until a signal comes.
    pub(in crate::cli) fn run(self) -> Result<(), Failure> {
        start::runtime()?.block_on(async {
            let services = Services::start(&self.fault);
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
        start::serve(&config, settings, Debug::Plans, None).await
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
