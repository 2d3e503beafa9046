//! A compressed file unfolded while it is sent: one piece after the other, as the client takes them, so that neither a
//! thread nor the memory for a whole file is held.

use std::io::{self, Read as _};

use bytes::Bytes;
use flate2::read::GzDecoder;

/// Bytes of one piece.
const PIECE: usize = 64 * 1024;

/// The pieces of an unfolded file.
pub(super) struct Unfolding {
    decoder: GzDecoder<&'static [u8]>,
}

impl Unfolding {
    /// The pieces of what was compressed by gzip.
    pub(super) fn of(gzip: &'static [u8]) -> Unfolding {
        Unfolding { decoder: GzDecoder::new(gzip) }
    }
}

impl Iterator for Unfolding {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<io::Result<Bytes>> {
        let mut piece = Vec::with_capacity(PIECE);
        match self.decoder.by_ref().take(PIECE as u64).read_to_end(&mut piece) {
            Ok(0) => None,
            Ok(_) => Some(Ok(Bytes::from(piece))),
            Err(error) => Some(Err(error)),
        }
    }
}

/// How long a file is once it is unfolded: its last four bytes say so (RFC 1952, section 2.3.1).
pub(super) fn unfolded_length(gzip: &[u8]) -> u32 {
    gzip.last_chunk().map_or(0, |length| u32::from_le_bytes(*length))
}

#[cfg(test)]
mod tests {
    use super::super::built::{ASSETS, PAGE};
    use super::{PIECE, Unfolding, unfolded_length};

    #[test]
    fn every_file_unfolds_to_its_length() {
        for asset in ASSETS.iter().chain([&PAGE]) {
            let pieces: Vec<_> = Unfolding::of(asset.gzip).collect::<Result<_, _>>().expect("gzip");
            let length: usize = pieces.iter().map(bytes::Bytes::len).sum();
            assert_eq!(length, unfolded_length(asset.gzip) as usize, "{}", asset.name);
            assert!(pieces.iter().rev().skip(1).all(|piece| piece.len() == PIECE), "{}", asset.name);
        }
    }
}
