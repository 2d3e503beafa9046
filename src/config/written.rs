//! A value with the place where it was written, so that a rule found wrong later can still point at it.

use super::{Span, WrittenTemplate};

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Written<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// A header with its value, as `@source(rest:)` and `@rest` take it.
#[derive(Debug)]
pub struct WrittenHeader {
    /// Its name.
    pub name: Written<String>,
    /// Its value.
    pub value: WrittenTemplate,
}
