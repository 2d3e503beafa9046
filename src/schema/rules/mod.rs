//! The rules of the language that need no other file than the schema, one a file. Each tells what it finds and goes
//! on.

pub(super) mod headers;
pub(super) mod source_of_binding;
