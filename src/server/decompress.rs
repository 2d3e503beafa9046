//! What a client has folded, unfolded: never more than is allowed, however much a few bytes pretend to be.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use super::content_coding::ContentCoding;

/// As much as is unfolded between two looks at whether anybody waits.
const PIECE: u64 = 64 * 1024;

/// As much as the decoder takes at once.
const BUFFER: usize = 4096;

/// Why a body cannot be unfolded.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnfoldError {
    /// It is larger than it may be.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// It is not what it is said to be, or is cut off, or something follows it.
    #[error("not what it is said to be")]
    Malformed(#[source] io::Error),
    /// Nobody waits for it any more.
    #[error("given up")]
    GivenUp,
}

/// The body as it was before it was folded, of at most `limit` bytes. One member of gzip is a body; that there may be
/// others behind it (RFC 1952, section 2.2) is for files, and each would cost as much as a body of its own.
pub(super) fn unfold(
    coding: ContentCoding,
    body: &[u8],
    limit: u64,
    is_over: &dyn Fn() -> bool,
) -> Result<Vec<u8>, UnfoldError> {
    match coding {
        ContentCoding::Gzip => {
            let mut decoder = GzDecoder::new(body);
            let unfolded = read_pieces(&mut decoder, limit, is_over)?;
            if !decoder.into_inner().is_empty() {
                return Err(UnfoldError::Malformed(io::ErrorKind::InvalidData.into()));
            }
            Ok(unfolded)
        }
        ContentCoding::Brotli => read_pieces(brotli::Decompressor::new(body, BUFFER), limit, is_over),
    }
}

fn read_pieces(mut decoder: impl Read, limit: u64, is_over: &dyn Fn() -> bool) -> Result<Vec<u8>, UnfoldError> {
    let mut unfolded = Vec::new();
    loop {
        if is_over() {
            return Err(UnfoldError::GivenUp);
        }
        // One byte more tells whether the body ends where it must.
        let room = (limit - unfolded.len() as u64).saturating_add(1);
        let read = (&mut decoder).take(PIECE.min(room)).read_to_end(&mut unfolded).map_err(UnfoldError::Malformed)?;
        if unfolded.len() as u64 > limit {
            return Err(UnfoldError::TooLarge(limit));
        }
        if read == 0 {
            return Ok(unfolded);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use flate2::Compression;
    use flate2::read::GzEncoder;

    use super::{UnfoldError, unfold};
    use crate::server::content_coding::ContentCoding;

    fn folded(coding: ContentCoding, text: &[u8]) -> Vec<u8> {
        let mut folded = Vec::new();
        match coding {
            ContentCoding::Gzip => {
                GzEncoder::new(text, Compression::best()).read_to_end(&mut folded).expect("folded");
            }
            ContentCoding::Brotli => {
                brotli::CompressorWriter::new(&mut folded, 4096, 4, 22).write_all(text).expect("folded");
            }
        }
        folded
    }

    #[test]
    fn no_more_is_unfolded_than_is_allowed() {
        for coding in ContentCoding::ALL {
            for limit in [1, 1000, 0x1_0000, 0x1_0001, 0x2_0000] {
                let length = usize::try_from(limit).expect("small");
                let exact = folded(coding, &vec![b' '; length]);
                assert_eq!(unfold(coding, &exact, limit, &|| false).expect("fits").len(), length, "{coding:?}");
                for more in [1, 3 << 20] {
                    let bomb = folded(coding, &vec![b' '; length + more]);
                    let refused = unfold(coding, &bomb, limit, &|| false);
                    assert!(matches!(refused, Err(UnfoldError::TooLarge(_))), "{coding:?} {limit} {refused:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_whole_or_not_alone_is_malformed() {
        for coding in ContentCoding::ALL {
            let whole = folded(coding, b"{\"query\":\"{ hello }\"}");
            assert_eq!(unfold(coding, &whole, 100, &|| false).expect("whole"), b"{\"query\":\"{ hello }\"}");
            let mut broken: Vec<Vec<u8>> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
            broken.push([&whole[..], b"more"].concat());
            broken.push([&whole[..], &whole[..]].concat());
            broken.push(b"{\"query\":\"{ hello }\"}".to_vec());
            for body in broken {
                let refused = unfold(coding, &body, 100, &|| false);
                assert!(matches!(refused, Err(UnfoldError::Malformed(_))), "{coding:?} {body:?} {refused:?}");
            }
        }
    }

    #[test]
    fn unfolding_ends_with_the_interest_in_it() {
        let body = folded(ContentCoding::Gzip, b"{}");
        assert!(matches!(unfold(ContentCoding::Gzip, &body, 100, &|| true), Err(UnfoldError::GivenUp)));
    }
}
