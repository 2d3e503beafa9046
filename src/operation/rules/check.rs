//! Runs every rule over a document.

use super::context::Context;
use super::no_fragment_cycles::Circles;
use super::overlapping_fields::OverlappingFields;
use super::usages::Usages;
use super::{
    executable_definitions, lone_anonymous_operation, max_introspection_depth, nesting, no_fragment_cycles,
    no_undefined_variables, no_unused_fragments, no_unused_variables, unique_fragment_names, unique_operation_names,
    variables_in_allowed_position, walk,
};
use crate::operation::mistakes::Mistakes;

/// Tells every mistake. Each definition is walked once, whatever the number of operations that reach it; what depends on
/// the operation is asked of what the walk has noted.
pub(in crate::operation) fn check(context: &Context<'_>, mistakes: &mut Mistakes) {
    executable_definitions::check(context, mistakes);
    unique_operation_names::check(context, mistakes);
    lone_anonymous_operation::check(context, mistakes);
    unique_fragment_names::check(context, mistakes);
    no_unused_fragments::check(context, mistakes);
    let circles = no_fragment_cycles::check(context, mistakes);
    max_introspection_depth::check(context, mistakes);
    let is_too_deep = nesting::is_too_deep(context);
    // How deep a circle is means nothing: it is to be opened first.
    if is_too_deep && circles == Circles::None {
        mistakes.refuse(nesting::TOO_DEEP);
    }
    let mut usages = Usages::new(context);
    let overlapping = (!is_too_deep).then(|| OverlappingFields::new(context));
    walk::walk(context, &mut usages, overlapping, mistakes);
    for operation in context.operations() {
        let used = usages.of_operation(operation);
        no_undefined_variables::check(context, &used, mistakes);
        no_unused_variables::check(context, &used, mistakes);
        variables_in_allowed_position::check(context, &used, mistakes);
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::Schema;
    use apollo_compiler::ast::Document;

    use super::super::context::Introspection;
    use super::{Context, Mistakes, check};
    use crate::graphql::Error;
    use crate::operation::places::Places;
    use crate::operation::syntax;

    const SCHEMA: &str = "type Subscription { a: Int } type Query { a(x: Int): Int any(i: [Int]): Int q: Query n: N }
        interface N { n: N x: Int } type A implements N { n: N x: Int } type B implements N { n: N x: Int }";

    fn told(text: &str) -> Vec<Error> {
        let schema = Schema::parse_and_validate(SCHEMA, "schema.graphql").expect("a schema");
        let descriptions = syntax::read(text, 200).expect("a document");
        let tree = Document::parse(text, "operation").expect("a document");
        let mut mistakes = Mistakes::default();
        check(&Context::new(&tree, &schema, Introspection::Allowed, text, &descriptions), &mut mistakes);
        mistakes.finish(&Places::of(text)).err().unwrap_or_default()
    }

    fn each(count: usize, write: impl Fn(usize) -> String) -> String {
        (0..count).map(|number| write(number) + " ").collect()
    }

    /// Each of these took seconds or gigabytes of one implementation or another.
    #[test]
    fn hostile_documents_are_checked_without_delay() {
        let operations = each(600, |number| format!("query q{number}{{...F}}"));
        let merges = "the operation merges too many fields of one name";
        let deep = "the document is nested deeper than 200 levels, its fragments expanded";
        for (text, last) in [
            (format!("{operations} fragment F on Query{{any(i:[{}])}}", "$x ".repeat(3500)), "2099991 further errors"),
            (
                format!("{operations} fragment F on Query{{any(i:[{}])}}", each(3500, |number| format!("$x{number}"))),
                "2099991 further errors",
            ),
            (
                format!(
                    "{} fragment F on Subscription{{{}}}",
                    each(600, |number| format!("subscription q{number}{{...F}}")),
                    "a ".repeat(5_000)
                ),
                "the subscriptions of the document select too many fields",
            ),
            (format!("{{{}}}", "a ".repeat(20_000)), ""),
            (format!("{{{}}}", "a(x:1) ".repeat(20_000)), merges),
            (format!("{{{}}}", format!("...{{{}}}", "a ".repeat(100)).repeat(200)), ""),
            (
                format!(
                    "{{{}}} {}",
                    each(1_000, |number| format!("...F{number}")),
                    each(1_000, |number| format!("fragment F{number} on Query{{a q{{a}}}}"))
                ),
                merges,
            ),
            (
                format!(
                    "{{n{{...F0}}}} {} fragment F31 on N{{x}}",
                    each(31, |number| {
                        let below = format!("n{{...F{}}}", number + 1);
                        format!("fragment F{number} on N{{...on A{{{below}}} ...on B{{{below}}} {below}}}")
                    })
                ),
                "",
            ),
            (
                format!(
                    "{{...F0}} {} fragment F10000 on Query{{a}}",
                    each(10_000, |number| format!("fragment F{number} on Query{{...F{}}}", number + 1))
                ),
                deep,
            ),
            (format!("{{{}}}", each(10_000, |number| format!("f{number}"))), "9991 further errors"),
            (format!("{{a {}}}", "@skip(if: true) ".repeat(10_000)), "9990 further errors"),
            (format!("query({}){{a}}", each(10_000, |number| format!("$v{number}: None"))), "19991 further errors"),
        ] {
            assert_is_told_in_few_words(&text, last);
        }
    }

    fn assert_is_told_in_few_words(text: &str, last: &str) {
        let errors = told(text);
        let message = errors.last().map_or("", |error| &error.message);
        assert!(message.contains(last) && errors.len() <= 10, "{message}, not {last}");
        let size: usize = errors.iter().map(|error| error.message.len() + 30 * error.locations.len()).sum();
        assert!(size < 65_536, "{size} bytes: {message}");
    }

    /// Circles are told, and not how deep they nest; so is introspection, however many fragments it goes through.
    #[test]
    fn circles_of_fragments_and_introspection_through_many_are_checked_without_delay() {
        let circle = |number: usize| {
            format!("fragment F{number} on Query{{q{{...F{}}} ...F{}}}", (number + 7) % 300, (number + 1) % 300)
        };
        for (text, last) in [
            (format!("{{...F0}} {}", each(300, circle)), "within itself via"),
            (
                format!(
                    "{{...F0}} {}",
                    each(300, |number| format!("fragment F{number} on Query{{...F{}}}", (number + 1) % 300))
                ),
                "Cannot spread fragment \"F0\" within itself via \"F1\", \"F2\", ",
            ),
            (
                format!(
                    "{{{}}} {}",
                    each(10_000, |number| format!("__schema{{...F{number}}}")),
                    each(10_000, |number| {
                        format!("fragment F{number} on Query{{fields{{a}}...F{}}}", (number + 1) % 10_000)
                    })
                ),
                "further errors",
            ),
        ] {
            assert!(told(&text).iter().all(|error| !error.message.contains("nested deeper")), "{last}");
            assert_is_told_in_few_words(&text, last);
        }
    }
}
