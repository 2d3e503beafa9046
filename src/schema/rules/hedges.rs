//! A hedge is a second call, made while the first one is under way: where it may do something twice it is refused, and
//! where it is never made that is told.

use std::time::Duration;

use crate::config::{Method, Mistakes, RestDirective};

/// Which calls a binding makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum CallsOf {
    /// Those of a field of the mutation type, which may write.
    Mutation,
    /// Those of any other field.
    Others,
}

/// Tells a hedge of anything but a GET, and warns of one that never comes about. `longest` is what one attempt may take.
pub(in crate::schema) fn check(rest: &RestDirective, calls: CallsOf, longest: Duration, mistakes: &mut Mistakes) {
    let Some(hedge) = &rest.hedge else { return };
    let method = rest.calls.first().map_or(Method::Get, |(method, _)| *method);
    if method != Method::Get {
        let message = format!("a `{}` may do twice what is sent twice, and is not hedged", method.argument());
        mistakes.error_with_hint(hedge.span, message, "leave `hedge` out: it is for `get`".to_owned());
    } else if calls == CallsOf::Mutation {
        let message = "what a mutation calls is not hedged: it may do twice what is sent twice";
        mistakes.warning(hedge.span, message, "leave `hedge` out".to_owned());
    } else if hedge.value >= longest {
        let message = format!("no second call is made: the first one is given up after {longest:?}");
        let hint = "hedge after about as long as nineteen of twenty calls take".to_owned();
        mistakes.warning(hedge.span, message, hint);
    }
}
