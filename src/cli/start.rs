//! The start of a server, as a list: config, schema, sources, gateway, server. Each step needs only the one before.

use std::io::{Write as _, stderr, stdout};
use std::sync::Arc;

use super::descriptors::within_descriptors;
use super::exit::Failure;
use super::faulting::Faulting;
use super::signals::Signals;
use super::terminal;
use super::watch::Watch;
use crate::config::{Config, Diagnostics};
use crate::gateway::{Debug, Gateway};
use crate::schema::{self, Schema};
use crate::server::{Server, ServerSettings};
use crate::source;

/// What is believed of a config, with its warnings.
pub(super) fn build(config: &Config) -> Result<(Schema, Diagnostics), Failure> {
    schema::build(config).map_err(Failure::Mistakes)
}

/// After so many steps of tasks a thread looks what else has come. Tokio's own 61 would let a request wait unseen for that many
/// answers to be written.
const STEPS_BETWEEN_LOOKS: u32 = 8;

/// A runtime on all processors.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    keep_pages_small();
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().event_interval(STEPS_BETWEEN_LOOKS).build();
    built.map_err(|error| Failure::Unreachable(format!("no threads can be started: {error}")))
}

/// Memory is given out in pieces of many sizes, of which each has pages of its own: were these of 2 MiB, a fifth of what the
/// process holds would be of no use to anybody. Where it cannot be said it is left as it is.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Serves a config until a signal ends the process, and what it changes to where it is watched.
pub(super) async fn serve(
    config: &Config,
    settings: ServerSettings,
    debug: Debug,
    faulting: &Faulting,
    watch: Option<Watch>,
) -> Result<(), Failure> {
    let (schema, warnings) = build(config)?;
    tell_warnings(&warnings);
    let schema = Arc::new(schema);
    let sources = source::connect_faulty(&schema, faulting.faults(&schema)?).map_err(Failure::Sources)?;
    let gateway = Arc::new(Gateway::new(schema, sources, debug));
    let signals = Signals::listen().map_err(|error| Failure::Unreachable(format!("signals: {error}")))?;
    let server = Server::bind(within_descriptors(settings), Arc::clone(&gateway)).await;
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
    terminal::print_error(&warnings.render(terminal::takes_colour(&stderr())));
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
