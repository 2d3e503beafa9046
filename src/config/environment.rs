//! How `{env.X}` is looked up. The process's own environment is not read here: whoever starts the program hands it in.

use std::fmt;

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where the values of `{env.X}` come from, and whether a missing one is a mistake.
pub struct Environment {
    lookup: Box<Lookup>,
    lenient: bool,
}

impl Environment {
    /// Values come from `lookup`; a missing one without a default is a mistake.
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Environment {
        Environment { lookup: Box::new(lookup), lenient: false }
    }

    /// No values at all, and none is missed: for printing the client schema, which depends on none of them.
    #[must_use]
    pub fn lenient() -> Environment {
        Environment { lookup: Box::new(|_| None), lenient: true }
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        (self.lookup)(name)
    }

    pub(super) fn is_lenient(&self) -> bool {
        self.lenient
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Environment")
    }
}
