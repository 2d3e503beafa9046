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
pub fn nearest_name<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    // A third of the letters can differ; of a single one that would be all.
    let is_near = |distance: usize, longest: usize| distance <= longest.div_ceil(3) && distance < longest;
    let near = candidates.into_iter().filter_map(|name| {
        let longest = length.max(name.len());
        // Names of very different lengths are not compared: that costs more than all else here.
        let may_be_near = is_near(length.abs_diff(name.len()), longest);
        let distance = may_be_near.then(|| strsim::osa_distance(&wrong, &name.to_lowercase()))?;
        is_near(distance, longest).then_some((distance, name))
    });
    near.min().map(|(_, name)| format!("did you mean `{name}`?"))
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
