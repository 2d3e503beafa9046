//! `tributary init`: a schema of one's own to begin with, and what makes it answer at once. Never overwrites a file.

mod command;
mod files;

pub(super) use command::Init;
