//! A projection: the properties that an answer must bring, and nothing of what they are for. Answers are decoded by it,
//! and what it does not name is skipped.

use std::collections::HashMap;

/// The properties wanted of an object. Property number *n* becomes slot *n* of each decoded object.
#[derive(Debug, Default)]
pub struct Projection {
    properties: Vec<Property>,
    places: HashMap<Box<str>, Places>,
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

/// The slots that one raw name fills: nearly always one.
#[derive(Debug)]
enum Places {
    One(usize),
    Many(Vec<usize>),
}

impl Projection {
    /// A projection of these properties. Two may have the same name: each then gets its own slot.
    #[must_use]
    pub fn new(properties: Vec<Property>) -> Projection {
        let mut places: HashMap<Box<str>, Places> = HashMap::with_capacity(properties.len());
        for (place, property) in properties.iter().enumerate() {
            places
                .entry(property.name.clone())
                .and_modify(|known| match known {
                    Places::One(first) => *known = Places::Many(vec![*first, place]),
                    Places::Many(all) => all.push(place),
                })
                .or_insert(Places::One(place));
        }
        Projection { properties, places }
    }

    /// The wanted properties, slot by slot.
    #[must_use]
    pub fn properties(&self) -> &[Property] {
        &self.properties
    }

    /// The slots that a raw name fills; empty when it is not wanted.
    #[must_use]
    pub fn places(&self, name: &str) -> &[usize] {
        match self.places.get(name) {
            None => &[],
            Some(Places::One(place)) => std::slice::from_ref(place),
            Some(Places::Many(places)) => places,
        }
    }
}
