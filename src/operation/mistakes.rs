//! What is wrong with a document: the first mistakes in the order of their places, and how many there are. However many a
//! document has, no more are kept, and no more are put into words, than are told.

use std::cmp::Ordering;

use super::places::Places;
use crate::graphql::{Error, ErrorCode, ErrorList};

/// Most mistakes of one request that are told.
pub(super) const MAX_MISTAKES: usize = 10;

/// Most places of one mistake that are told.
pub(super) const MAX_PLACES: usize = 40;

/// Longest message, in bytes: names and values in it can be as long as a document.
const MAX_MESSAGE: usize = 4_000;

/// The mistakes of one document.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    /// In the order of their places, then of their messages.
    kept: Vec<Mistake>,
    count: usize,
    refusal: Option<String>,
}

/// One mistake, at the bytes where what is wrong begins.
#[derive(Debug)]
struct Mistake {
    places: Vec<usize>,
    message: String,
}

impl Mistakes {
    /// Tells one. The same one is told once.
    pub(super) fn tell(&mut self, places: &[usize], message: impl FnOnce() -> String) {
        let places = places.get(..MAX_PLACES).unwrap_or(places);
        if self.is_behind_all(places) {
            self.count += 1;
            return;
        }
        let message = shortened(message());
        let order = |known: &Mistake| (&*known.places, &*known.message).cmp(&(places, &*message));
        if let Err(place) = self.kept.binary_search_by(order) {
            self.count += 1;
            self.kept.insert(place, Mistake { places: places.to_vec(), message });
            self.kept.truncate(MAX_MISTAKES);
        }
    }

    /// Tells the same of each of many places, which are in order, with a further place behind it.
    pub(super) fn tell_each(&mut self, places: &[usize], further: usize, message: impl Fn() -> String) {
        let (first, rest) = places.split_at(places.len().min(MAX_MISTAKES));
        for place in first {
            self.tell(&[*place, further], &message);
        }
        self.count += rest.len();
    }

    /// Tells the same of one place and each of many others, which are in order.
    pub(super) fn tell_of_each(&mut self, place: usize, others: &[usize], message: impl Fn() -> String) {
        let (first, rest) = others.split_at(others.len().min(MAX_MISTAKES));
        for other in first {
            self.tell(&[place, *other], &message);
        }
        self.count += rest.len();
    }

    /// Tells that the document asks too much.
    pub(super) fn refuse(&mut self, message: impl Into<String>) {
        self.refusal.get_or_insert_with(|| message.into());
    }

    /// Nothing where none was found; else the errors of the request.
    pub(super) fn finish(self, places: &Places) -> Result<(), Vec<Error>> {
        let mut list = ErrorList::new(MAX_MISTAKES);
        if let Some(message) = self.refusal {
            list.add(|| Error::request(ErrorCode::OperationTooComplex, message));
        }
        let not_kept = self.count - self.kept.len();
        for mistake in self.kept {
            let locations = mistake.places.iter().map(|place| places.at(*place)).collect();
            let error = || Error::request(ErrorCode::GraphqlValidationFailed, mistake.message);
            list.add(|| Error { locations, ..error() });
        }
        list.omit(not_kept);
        if list.is_empty() { Ok(()) } else { Err(list.finish()) }
    }

    fn is_behind_all(&self, places: &[usize]) -> bool {
        let last = self.kept.get(MAX_MISTAKES - 1);
        last.is_some_and(|last| (*last.places).cmp(places) == Ordering::Less)
    }
}

fn shortened(mut message: String) -> String {
    if message.len() > MAX_MESSAGE {
        let cut = (0..=MAX_MESSAGE).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
        message.truncate(cut);
        message.push_str("...");
    }
    message
}

#[cfg(test)]
mod tests {
    use super::{MAX_MISTAKES, Mistakes, Places};

    fn told(mistakes: Mistakes) -> Vec<(usize, String)> {
        let errors = mistakes.finish(&Places::of(&"x".repeat(100))).expect_err("some were told");
        let column = |error: &crate::graphql::Error| error.locations.first().map_or(0, |place| place.column);
        errors.iter().map(|error| (column(error), error.message.clone())).collect()
    }

    #[test]
    fn the_first_places_are_kept_whatever_the_order() {
        let mut mistakes = Mistakes::default();
        for place in [7, 3, 9, 1, 30, 31, 32, 33, 34, 35, 36, 2, 3] {
            mistakes.tell(&[place], || format!("at {place}"));
        }
        let told = told(mistakes);
        let columns: Vec<usize> = told.iter().map(|(column, _)| *column).collect();
        assert_eq!(columns, [2, 3, 4, 8, 10, 31, 32, 33, 34, 0]);
        assert_eq!(told.last().map(|(_, message)| message.as_str()), Some("3 further errors are not listed"));
    }

    #[test]
    fn what_is_not_told_is_not_put_into_words() {
        let mut mistakes = Mistakes::default();
        (0..MAX_MISTAKES).for_each(|place| mistakes.tell(&[place], || "early".to_owned()));
        mistakes.tell(&[50], || unreachable!("it is behind all that are told"));
        mistakes.tell_each(&vec![60; 1_000_000], 1, || unreachable!("so are these"));
        assert_eq!(told(mistakes)[9].1, "1000002 further errors are not listed");
    }
}
