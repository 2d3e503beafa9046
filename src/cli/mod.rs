//! The command line: commands, settings from flags and environment, telemetry. The only place that reads the
//! environment and the arguments.

mod check;
mod demo;
mod descriptors;
mod directives;
mod escaped;
mod exit;
mod explain;
mod faulting;
mod init;
mod listening;
mod log_format;
mod log_writer;
mod run;
mod schema_argument;
mod sdl;
mod serve;
mod signals;
mod start;
mod telemetry;
mod terminal;
mod watch;

pub use run::run;
