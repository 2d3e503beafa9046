//! The schema that a command is given, and the environment that it is read in.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Failure;
use crate::config::{self, Config, Environment};

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
