//! The start of a server, as a list: config, schema, sources, gateway, server. Each step needs only the one before.

use std::io::{self, Write as _, stderr, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::exit::Failure;
use super::signals::Signals;
use super::terminal;
use crate::config::{self, Config, Diagnostics, Environment};
use crate::gateway::{Debug, Gateway};
use crate::schema::{self, Schema};
use crate::server::{Server, ServerSettings};
use crate::source;

/// What an operation may take longer than its deadline to be written out, when the server is told to stop.
const GRACE_AFTER_DEADLINE: Duration = Duration::from_secs(5);

/// Which schema a command works on.
#[derive(Debug, Args)]
pub(super) struct SchemaArgument {
    /// A schema file, or a folder whose `.graphql` files are one schema.
    #[arg(env = "TRIBUTARY_SCHEMA", default_value = "schema.graphql", value_name = "SCHEMA")]
    path: PathBuf,
}

impl SchemaArgument {
    /// The path as it was typed.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the schema's files. A path that leads to none is no mistake in a schema.
    pub(super) fn load(&self, environment: &Environment) -> Result<Config, Failure> {
        match self.has_files() {
            Ok(true) => config::load(&self.path, environment).map_err(Failure::Mistakes),
            Ok(false) => Err(Failure::NoSchema(format!("the folder `{}` has no `.graphql` file", self.path.display()))),
            Err(error) => Err(self.unreadable(&error)),
        }
    }

    /// Whether there is something to read: any file, or a folder with a file of ours.
    fn has_files(&self) -> io::Result<bool> {
        if !std::fs::metadata(&self.path)?.is_dir() {
            return Ok(true);
        }
        let mut paths = std::fs::read_dir(&self.path)?.flatten().map(|entry| entry.path());
        Ok(paths.any(|path| path.extension().is_some_and(|extension| extension == "graphql")))
    }

    fn unreadable(&self, error: &io::Error) -> Failure {
        let path = self.path.display();
        match error.kind() {
            io::ErrorKind::NotFound if self.path.is_relative() => {
                Failure::NoSchema(format!("there is no `{path}` here"))
            }
            io::ErrorKind::NotFound => Failure::NoSchema(format!("there is no `{path}`")),
            other => Failure::Unreachable(format!("the schema `{path}` cannot be read: {other}")),
        }
    }
}

/// The environment of the process, for `{env.X}`.
pub(super) fn process_environment() -> Environment {
    Environment::new(|name| std::env::var(name).ok())
}

/// What is believed of a config, with its warnings.
pub(super) fn build(config: &Config) -> Result<(Schema, Diagnostics), Failure> {
    schema::build(config).map_err(Failure::Mistakes)
}

/// A runtime on all processors.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| Failure::Unreachable(format!("no threads can be started: {error}")))
}

/// Serves a config until a signal ends the process.
pub(super) async fn serve(config: &Config, settings: ServerSettings, debug: Debug) -> Result<(), Failure> {
    let (schema, warnings) = build(config)?;
    tell_warnings(&warnings);
    let schema = Arc::new(schema);
    let sources = source::connect(&schema).map_err(Failure::Sources)?;
    let gateway = Arc::new(Gateway::new(schema, sources, debug));
    let grace = settings.grace.max(gateway.limits().deadline + GRACE_AFTER_DEADLINE);
    let settings = ServerSettings { grace, ..settings };
    let signals = Signals::listen().map_err(|error| Failure::Unreachable(format!("signals: {error}")))?;
    let server = Server::bind(settings, Arc::clone(&gateway)).await;
    let server = server.map_err(|error| Failure::Unreachable(error.to_string()))?;
    announce(&server, &gateway);
    server.serve(signals.stop()).await;
    gateway.close().await;
    Ok(())
}

/// Warnings, on the standard error stream.
pub(super) fn tell_warnings(warnings: &Diagnostics) {
    eprint!("{}", warnings.render(terminal::takes_colour(&stderr())));
}

/// One line that says where. It is no log: scripts wait for it, and nobody minds when it cannot be written.
fn announce(server: &Server, gateway: &Gateway) {
    let address = server.local_addr();
    let line = if gateway.limits().graphiql {
        format!("tributary serves http://{address}/graphql; open http://{address}/ in a browser")
    } else {
        format!("tributary serves http://{address}/graphql")
    };
    let _ = writeln!(stdout(), "{line}");
}
