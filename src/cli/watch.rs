//! `--watch`: the schema's files are looked at again and again, and what has changed is compiled beside what is served.
//! They are looked at, and no notice of the file system is waited for: notices do not come from every network and
//! container mount, and are hard to read where a file is replaced by another one.

use std::fs;
use std::io::{self, stderr};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::exit::Failure;
use super::log_format::{Reader, SCHEMA_LOG};
use super::schema_argument::{SchemaArgument, process_environment};
use super::terminal;
use crate::config::{self, Diagnostics};
use crate::gateway::Gateway;
use crate::schema;
use crate::server::Served;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_millis(250);

/// How long they must lie still before they are read: who saves a file may write it in pieces.
const STILL: Duration = Duration::from_millis(100);

/// Changes of a schema while it is being served.
#[derive(Debug)]
pub(super) struct Watch {
    schema: SchemaArgument,
    reader: Reader,
    /// Files that the schema names.
    named: Vec<PathBuf>,
    seen: Vec<Look>,
}

/// What can be seen of a file without reading it; nothing of one that is not there.
type Look = (PathBuf, Option<(SystemTime, u64, u64)>);

impl Watch {
    /// Watches from now on: begin before the schema is read, so that no change falls in between.
    pub(super) fn begin(schema: SchemaArgument, reader: Reader) -> Watch {
        let seen = look_at(schema.path(), &[]);
        Watch { schema, reader, named: Vec::new(), seen }
    }

    /// Watches the files too that the schema names, such as SQL files. What was seen of a file before it was read stays:
    /// a change since then is still to be found.
    pub(super) fn also(&mut self, named: Vec<PathBuf>) {
        self.seen.retain(|(path, _)| !self.named.contains(path) || named.contains(path));
        let is_new = |path: &&PathBuf| !self.seen.iter().any(|(seen, _)| seen == *path);
        let new: Vec<Look> = named.iter().filter(is_new).map(|path| look_at_one(path)).collect();
        self.seen.extend(new);
        self.seen.sort();
        self.seen.dedup();
        self.named = named;
    }

    /// Serves what the files say whenever they have changed and are right; tells their mistakes where they are not, and
    /// what was served before goes on. Never ends; dropping it ends the watching and nothing else.
    pub(super) async fn run(mut self, served: Served) {
        loop {
            sleep(EVERY).await;
            if !self.has_changed().await {
                continue;
            }
            while {
                sleep(STILL).await;
                self.has_changed().await
            } {}
            self.take_over(&served).await;
        }
    }

    async fn has_changed(&mut self) -> bool {
        let (path, named) = (self.schema.path().to_owned(), self.named.clone());
        // Nothing is seen where the look itself fails: it comes again.
        let Ok(look) = spawn_blocking(move || look_at(&path, &named)).await else { return false };
        if look == self.seen {
            return false;
        }
        self.seen = look;
        true
    }

    async fn take_over(&mut self, served: &Served) {
        let (schema, before) = (self.schema.clone(), served.gateway());
        let compiled = spawn_blocking(move || compile(&schema, &before)).await;
        let Ok(Compiled { named, gateway }) = compiled else {
            tracing::error!("a changed schema could not be looked at");
            return;
        };
        if let Some(named) = named {
            self.also(named);
        }
        match gateway {
            Ok((gateway, warnings)) => {
                served.swap(Arc::new(gateway));
                let mistakes = self.text(|colour| warnings.render(colour));
                tracing::info!(target: SCHEMA_LOG, mistakes, "the schema has changed, and is served");
            }
            Err(failure) => {
                let mistakes = self.text(|colour| failure.text(colour));
                tracing::warn!(target: SCHEMA_LOG, mistakes, "the schema has changed, and the one before goes on");
            }
        }
    }

    /// Mistakes for the log: to write them out here could wait for whoever reads it.
    fn text(&self, render: impl Fn(bool) -> String) -> Option<String> {
        let colour = self.reader == Reader::Person && terminal::takes_colour(&stderr());
        Some(render(colour)).filter(|text| !text.is_empty())
    }
}

/// What came of a changed schema.
struct Compiled {
    /// The files that it names, where so much of it could be read.
    named: Option<Vec<PathBuf>>,
    gateway: Result<(Gateway, Diagnostics), Failure>,
}

/// Makes a gateway of what the files say now, beside the one that is served.
fn compile(schema: &SchemaArgument, before: &Gateway) -> Compiled {
    let config = match schema.load(&process_environment()) {
        Ok(config) => config,
        Err(failure) => return Compiled { named: None, gateway: Err(failure) },
    };
    let gateway = schema::build(&config).map_err(Failure::Mistakes).and_then(|(schema, warnings)| {
        let gateway = before.succeed(Arc::new(schema)).map_err(Failure::Sources)?;
        Ok((gateway, warnings))
    });
    Compiled { named: Some(config.named_files), gateway }
}

fn look_at(schema: &Path, named: &[PathBuf]) -> Vec<Look> {
    let files = config::schema_files(schema).unwrap_or_else(|_: io::Error| vec![schema.to_owned()]);
    let mut looks: Vec<Look> = files.iter().chain(named).map(|path| look_at_one(path)).collect();
    looks.sort();
    looks.dedup();
    looks
}

fn look_at_one(path: &Path) -> Look {
    let look = fs::metadata(path).and_then(|file| Ok((file.modified()?, file.len(), file.ino())));
    (path.to_owned(), look.ok())
}
