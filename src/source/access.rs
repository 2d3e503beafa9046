//! Whether a call may change something: what is shared, repeated and where it runs depends on it.

/// Whether a fetch may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Outside mutations, and below their root fields: identical calls are made once, SQL runs read-only.
    Read,
    /// A root field of a mutation: each is made, nothing is shared.
    Write,
}
