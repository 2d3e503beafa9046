//! The nouns of the GraphQL specification: value, path, error, request, response. No I/O, no async, no config.

mod error;
mod error_list;
mod json;
mod number;
mod path;
mod quoting;
mod report;
mod request;
mod response;
mod scan;
mod value;

pub use error::{Error, ErrorCode, Extensions, HttpStatus, Location, SourceKind};
pub use error_list::ErrorList;
pub use json::{JsonError, JsonKind, JsonReader, MAX_DEPTH, RawJson};
pub use number::{number_text, shortest, whole_number_text};
pub use path::{Path, PathSegment};
pub use quoting::{LONGEST_ESCAPE, unquote, write_quoted, write_quoted_bytes};
pub use report::{FetchReport, Report, SourceReport, milliseconds};
pub use request::{Headers, Request};
pub use response::{Outcome, Response};
pub use value::Value;
