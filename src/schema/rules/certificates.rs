//! A file of certificate authorities is PEM and holds at least one certificate. Who signed it and until when it counts
//! is not asked here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::config::{Mistakes, WrittenFile};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// What every certificate starts with: the tag of a sequence.
const SEQUENCE: u8 = 0x30;

/// Tells a file without certificates, or with one that cannot be read.
pub(in crate::schema) fn check(file: &WrittenFile, mistakes: &mut Mistakes) {
    if let Some(problem) = problem_of(&file.text) {
        let hint = format!("each one stands between `{BEGIN}` and `{END}`");
        mistakes.error_with_hint(file.name.span, format!("the file `{}` {problem}", file.name.value), hint);
    }
}

fn problem_of(pem: &str) -> Option<&'static str> {
    let mut blocks = pem.split(BEGIN).skip(1).peekable();
    if blocks.peek().is_none() {
        return Some("holds no certificate");
    }
    blocks.any(|block| !is_certificate(block)).then_some("holds a certificate that cannot be read")
}

/// Whether a text begins with what stands between the two lines of a certificate, and with the second one.
fn is_certificate(block: &str) -> bool {
    let Some((body, _)) = block.split_once(END) else { return false };
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).is_ok_and(|bytes| bytes.first() == Some(&SEQUENCE))
}
