//! Every fault that was asked for. They stay what they are when the schema changes while it is served.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Fault, SourceFaults};
use crate::config::nearest_name;
use crate::schema::{Schema, SourceDefinition};

/// Faults of sources, and the seed of their chances; none by default.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    faults: Vec<Fault>,
    of_sources: HashMap<Box<str>, Arc<SourceFaults>>,
}

/// A fault that no source can have.
#[derive(Debug, thiserror::Error)]
pub enum Misfit {
    /// Its source is not there.
    #[error("`{fault}`: there is no source `{}`{hint}", fault.source)]
    NoSource {
        /// Which fault.
        fault: Fault,
        /// Which sources there are, behind a semicolon.
        hint: String,
    },
    /// Its source is a database.
    #[error("`{fault}`: the source `{}` is a database, which can have latency, hang, reset and down", fault.source)]
    OfNoDatabase {
        /// Which fault.
        fault: Fault,
    },
}

impl Faults {
    /// These faults. Those of one source are tried in this order.
    #[must_use]
    pub fn new(faults: Vec<Fault>, seed: u64) -> Faults {
        let of_source = |source: &str| {
            let own = faults.iter().filter(|fault| &*fault.source == source);
            Arc::new(SourceFaults::new(source, own.map(|fault| (fault.kind, fault.share)), seed))
        };
        let of_sources = faults.iter().map(|fault| (fault.source.clone(), of_source(&fault.source))).collect();
        Faults(Arc::new(Known { faults, of_sources }))
    }

    /// Those that no source of a schema can have.
    #[must_use]
    pub fn misfits(&self, schema: &Schema) -> Vec<Misfit> {
        let misfit = |fault: &Fault| {
            let source = schema.sources.iter().find(|source| *source.name == *fault.source);
            match source {
                Some(source) if fault.kind.fits(source.kind()) => None,
                Some(_) => Some(Misfit::OfNoDatabase { fault: fault.clone() }),
                None => Some(Misfit::NoSource { hint: names_near(&fault.source, schema), fault: fault.clone() }),
            }
        };
        self.0.faults.iter().filter_map(misfit).collect()
    }

    /// What a source has; nothing where one of them does not fit.
    #[must_use]
    pub fn of(&self, source: &SourceDefinition) -> Option<Arc<SourceFaults>> {
        let mut own = self.0.faults.iter().filter(|fault| *fault.source == *source.name);
        let fits = own.all(|fault| fault.kind.fits(source.kind()));
        self.0.of_sources.get(&*source.name).filter(|_| fits).map(Arc::clone)
    }
}

/// The names that there are, and the one that was probably meant.
fn names_near(name: &str, schema: &Schema) -> String {
    let names: Vec<&str> = schema.sources.iter().map(|source| &*source.name).collect();
    if names.is_empty() {
        return "; the schema has no source".to_owned();
    }
    let meant = nearest_name(name, names.iter().copied()).map_or_else(String::new, |hint| format!(", {hint}"));
    format!("{meant}; the sources are {}", names.join(", "))
}
