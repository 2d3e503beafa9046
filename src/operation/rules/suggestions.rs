//! "Did you mean": known names that are near to one that is not known, as the reference implementation picks and orders
//! them.

use std::cmp::Ordering;

/// Most names that are told.
const MAX_SUGGESTIONS: usize = 5;

/// ` Did you mean the enum value "A" or "B"?`, or nothing where no name is near; `what` is what the names are of.
pub(super) fn did_you_mean(what: &str, names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(MAX_SUGGESTIONS).map(|name| format!("\"{name}\"")).collect();
    let listed = match quoted.as_slice() {
        [] => return String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} or {other}"),
        [others @ .., last] => format!("{}, or {last}", others.join(", ")),
    };
    let space = if what.is_empty() { "" } else { " " };
    format!(" Did you mean {what}{space}{listed}?")
}

/// The names that are near to a wrong one, the nearest first.
pub(super) fn near_names<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let lower = wrong.to_lowercase();
    // Of the letters two fifths may differ, and one more.
    let threshold = wrong.encode_utf16().count() * 2 / 5 + 1;
    let distance = |name: &str| {
        if name == wrong {
            return Some(0);
        }
        let name = name.to_lowercase();
        if name == lower {
            return Some(1);
        }
        // What differs more in length is not compared: that costs more than all else here.
        let may_be_near = name.len().abs_diff(lower.len()) <= threshold;
        may_be_near.then(|| strsim::osa_distance(&name, &lower)).filter(|distance| *distance <= threshold)
    };
    let mut near: Vec<(usize, &str)> =
        names.into_iter().filter_map(|name| distance(name).map(|distance| (distance, name))).collect();
    near.sort_by(|(one, name), (other, other_name)| one.cmp(other).then_with(|| natural_order(name, other_name)));
    near.into_iter().map(|(_, name)| name).collect()
}

/// The order of names in which numbers count as numbers: `a2` before `a10`.
pub(super) fn natural_order(name: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (name, other);
    while let (Some(one), Some(another)) = (left.chars().next(), right.chars().next()) {
        let order = if one.is_ascii_digit() && another.is_ascii_digit() {
            let (number, behind) = cut_number(left);
            let (other_number, behind_other) = cut_number(right);
            (left, right) = (behind, behind_other);
            number.len().cmp(&other_number.len()).then_with(|| number.cmp(other_number))
        } else {
            (left, right) = (&left[one.len_utf8()..], &right[another.len_utf8()..]);
            one.cmp(&another)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    left.len().cmp(&right.len())
}

/// The digits of a number without zeros in front, each of which is a number of its own, and what is behind it.
fn cut_number(text: &str) -> (&str, &str) {
    let length =
        if text.starts_with('0') { 1 } else { text.find(|next: char| !next.is_ascii_digit()).unwrap_or(text.len()) };
    let (number, behind) = text.split_at(length);
    (number.trim_start_matches('0'), behind)
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, near_names};

    #[test]
    fn names_are_picked_and_ordered_as_the_reference_implementation_does() {
        for (wrong, names, expected) in [
            ("", &["a"][..], &["a"][..]),
            ("greenish", &["green"][..], &["green"][..]),
            ("green", &["greenish"][..], &["greenish"][..]),
            ("verylongstring", &["verylongstrin"][..], &["verylongstrin"][..]),
            ("abc", &["ca", "a", "abcdef", "bac"][..], &["bac", "a"][..]),
            ("GREEN", &["green", "greeN"][..], &["greeN", "green"][..]),
            ("a", &["a10", "a2"][..], &["a2"][..]),
            ("ab", &["ab10", "ab2"][..], &["ab2"][..]),
            ("input", &["something", "else"][..], &[][..]),
        ] {
            assert_eq!(near_names(wrong, names.iter().copied()), expected, "{wrong}");
        }
    }

    #[test]
    fn at_most_five_are_told() {
        assert_eq!(did_you_mean("", &[]), "");
        assert_eq!(did_you_mean("", &["a"]), " Did you mean \"a\"?");
        assert_eq!(did_you_mean("the enum value", &["a", "b"]), " Did you mean the enum value \"a\" or \"b\"?");
        let six = ["a", "b", "c", "d", "e", "f"];
        assert_eq!(did_you_mean("", &six), " Did you mean \"a\", \"b\", \"c\", \"d\", or \"e\"?");
    }
}
