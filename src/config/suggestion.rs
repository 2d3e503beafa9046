//! "Did you mean": the known name nearest to one that is not known.

/// A hint that names the nearest candidate, where one is near enough; else one that lists a few.
#[must_use]
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = candidates.into_iter().collect();
    if let Some(hint) = nearest_name(wrong, known.iter().copied()) {
        return Some(hint);
    }
    let listed = || known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    (!known.is_empty() && known.len() <= 8).then(|| format!("there is {}", listed()))
}

/// A hint that names the nearest candidate, where one is near enough: for names of which a few would say nothing.
#[must_use]
pub(super) fn nearest_name<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let distance = |name: &str| strsim::damerau_levenshtein(&wrong.to_lowercase(), &name.to_lowercase());
    let nearest = candidates.into_iter().map(|name| (distance(name), name)).min();
    // A third of the letters can differ; of a single one that would be all.
    let is_near = |distance: usize, length: usize| distance <= length.div_ceil(3) && distance < length;
    nearest
        .filter(|(distance, name)| is_near(*distance, wrong.chars().count().max(name.len())))
        .map(|(_, name)| format!("did you mean `{name}`?"))
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
