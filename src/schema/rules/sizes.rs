//! Answers and responses are held in memory whole, so their limits have one.

use crate::config::{Config, Mistakes, Written};

/// The largest answer or response that can be allowed.
const MAX: u64 = 1 << 30;

/// Tells `maxAnswer`, `maxResponse` and `maxBody` above 1 GiB.
pub(in crate::schema) fn check(config: &Config, mistakes: &mut Mistakes) {
    let gateway = &config.directives.gateway;
    check_one("maxResponse", gateway.max_response.as_ref(), mistakes);
    check_one("maxBody", gateway.max_body.as_ref(), mistakes);
    for source in &config.directives.sources {
        check_one("maxAnswer", source.max_answer.as_ref(), mistakes);
    }
}

fn check_one(name: &str, written: Option<&Written<u64>>, mistakes: &mut Mistakes) {
    if let Some(size) = written.filter(|size| size.value > MAX) {
        let hint = "it is held in memory whole".to_owned();
        mistakes.error_with_hint(size.span, format!("`{name}` is at most 1GiB"), hint);
    }
}
