//! The scalars that an author may use without defining them.

/// Scalars that need no definition: those that each schema has (specification, section 3.5), and those that are
/// provided where they are used.
pub(super) const SCALARS: [&str; 12] =
    ["Int", "Float", "String", "Boolean", "ID", "DateTime", "Date", "Time", "UUID", "BigInt", "Decimal", "JSON"];

/// How many of them each schema has: no file that cannot be read hides one.
pub(super) const BUILT_IN: usize = 5;
