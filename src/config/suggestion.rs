//! "Did you mean": the known name nearest to one that is not known.

/// A hint that names the nearest candidate, where one is near enough; else one that lists a few.
#[must_use]
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = candidates.into_iter().collect();
    let nearest = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&wrong.to_lowercase(), &name.to_lowercase()), *name))
        .min()
        .filter(|(distance, name)| *distance <= wrong.len().max(name.len()) / 3 + 1);
    match nearest {
        Some((_, name)) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() || known.len() > 8 => None,
        None => {
            Some(format!("there is {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn the_nearest_name_is_told() {
        for (wrong, known, hint) in [
            ("review", &["reviews", "stock"][..], Some("did you mean `reviews`?")),
            ("Id", &["id"][..], Some("did you mean `id`?")),
            ("x", &["reviews", "stock"][..], Some("there is `reviews`, `stock`")),
            ("x", &[][..], None),
        ] {
            assert_eq!(did_you_mean(wrong, known.iter().copied()).as_deref(), hint);
        }
    }
}
