//! A projection: the properties that an answer must bring, and nothing of what they are for. Answers are decoded by it,
//! and what it does not name is skipped.

use std::collections::HashMap;

/// Up to this many names are compared one by one: faster than a hash of the name.
const FEW: usize = 8;

/// The properties wanted of an object. Property number *n* becomes slot *n* of each decoded object.
#[derive(Debug, Default)]
pub struct Projection {
    properties: Vec<Property>,
    /// Each raw name once, with the slots that it fills: nearly always one.
    names: Vec<(Box<str>, Vec<usize>)>,
    /// The place in `names` of each, where there are many.
    by_name: HashMap<Box<str>, usize>,
}

/// A wanted property.
#[derive(Debug)]
pub struct Property {
    /// Its raw name.
    pub name: Box<str>,
    /// What is wanted of its value.
    pub wanted: Wanted,
}

/// What is wanted of a value.
#[derive(Debug)]
pub struct Wanted {
    /// How many lists may stand around each item; a deeper list is an item.
    pub list_depth: u8,
    /// What each item is.
    pub item: WantedItem,
}

/// What an item is.
#[derive(Debug)]
pub enum WantedItem {
    /// A leaf, whatever its JSON type: kept as it is.
    Leaf,
    /// An object.
    Object(Projection),
}

impl Projection {
    /// A projection of these properties. Two may have the same name: each then gets its own slot.
    #[must_use]
    pub fn new(properties: Vec<Property>) -> Projection {
        let mut by_name: HashMap<Box<str>, usize> = HashMap::with_capacity(properties.len());
        let mut names: Vec<(Box<str>, Vec<usize>)> = Vec::with_capacity(properties.len());
        for (place, property) in properties.iter().enumerate() {
            let known = *by_name.entry(property.name.clone()).or_insert_with(|| {
                names.push((property.name.clone(), Vec::with_capacity(1)));
                names.len() - 1
            });
            names[known].1.push(place);
        }
        if names.len() <= FEW {
            by_name.clear();
        }
        Projection { properties, names, by_name }
    }

    /// The wanted properties, slot by slot.
    #[must_use]
    pub fn properties(&self) -> &[Property] {
        &self.properties
    }

    /// The slots that a raw name fills; empty when it is not wanted.
    #[must_use]
    pub fn places(&self, name: &str) -> &[usize] {
        let known = if self.names.len() <= FEW {
            self.names.iter().find(|(known, _)| &**known == name)
        } else {
            self.by_name.get(name).map(|place| &self.names[*place])
        };
        known.map_or(&[], |(_, places)| places)
    }
}
