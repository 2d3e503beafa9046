//! The start of a server, as a list: config, schema, sources, gateway, server. Each step needs only the one before.

use std::io::{self, Write as _, stderr, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::exit::Failure;
use super::signals::Signals;
use super::terminal;
use super::watch::Watch;
use crate::config::{self, Config, Diagnostics, Environment};
use crate::gateway::{Debug, Gateway};
use crate::schema::{self, Schema};
use crate::server::{Server, ServerSettings};
use crate::source;

/// Which schema a command works on.
#[derive(Debug, Clone, Args)]
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
        match config::schema_files(&self.path) {
            Ok(files) if !files.is_empty() => config::load(&self.path, environment).map_err(Failure::Mistakes),
            Ok(_) => Err(Failure::NoSchema(format!("the folder `{}` has no `.graphql` file", self.path.display()))),
            Err(error) => Err(self.unreadable(&error)),
        }
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

/// Serves a config until a signal ends the process, and what it changes to where it is watched.
pub(super) async fn serve(
    config: &Config,
    settings: ServerSettings,
    debug: Debug,
    watch: Option<Watch>,
) -> Result<(), Failure> {
    let (schema, warnings) = build(config)?;
    tell_warnings(&warnings);
    let schema = Arc::new(schema);
    let sources = source::connect(&schema).map_err(Failure::Sources)?;
    let gateway = Arc::new(Gateway::new(schema, sources, debug));
    let signals = Signals::listen().map_err(|error| Failure::Unreachable(format!("signals: {error}")))?;
    let server = Server::bind(settings, Arc::clone(&gateway)).await;
    let server = server.map_err(|error| Failure::Unreachable(error.to_string()))?;
    announce(&server, &gateway);
    drop(gateway);
    let current = server.served();
    let watching = async {
        match watch {
            Some(watch) => watch.run(current.clone()).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = server.serve(signals.stop()) => {}
        () = watching => {}
    }
    current.close().await;
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
