//! What is sent, folded for who takes it folded. A body that fits one packet goes as it is, and so does one for which no
//! place is to be had: bytes are cheaper than waiting. The levels are chosen for speed; at the next ones the same
//! body takes twice the time for a tenth less room.

use std::io::{self, Write};

use axum::body::Body;
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, Response};
use brotli::CompressorWriter;
use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::content_coding::ContentCoding;
use crate::source::{HeavyWork, Interest};

/// What fits one packet is not worth the time.
const SMALLEST: usize = 1400;

/// What is folded in less time than it takes to hand it to another thread.
const QUICK: usize = 16 * 1024;

/// As much as is folded between two looks at whether anybody waits.
const PIECE: usize = 64 * 1024;

/// As much as the encoder hands over at once.
const BUFFER: usize = 4096;

const GZIP_LEVEL: u32 = 1;
const BROTLI_QUALITY: i32 = 2;

/// How far back Brotli looks: two to this many bytes, which bounds its memory.
const BROTLI_WINDOW: i32 = 18;

/// A response with this body, folded as the client wants it.
pub(super) async fn compressed(body: Bytes, client: &HeaderMap, heavy_work: &HeavyWork) -> Response<Body> {
    if body.len() <= SMALLEST {
        return Response::new(Body::from(body));
    }
    let Some(coding) = ContentCoding::negotiate(client) else { return Response::new(Body::from(body)) };
    let folded = if body.len() <= QUICK {
        fold(coding, &body, &|| false).ok()
    } else {
        let body = body.clone();
        let work = move |interest: &Interest| fold(coding, &body, &|| interest.is_lost()).ok();
        heavy_work.run_now(work).await.flatten()
    };
    let Some(folded) = folded.filter(|folded| folded.len() < body.len()) else {
        return Response::new(Body::from(body));
    };
    let mut response = Response::new(Body::from(folded));
    response.headers_mut().insert(CONTENT_ENCODING, coding.header());
    response
}

fn fold(coding: ContentCoding, body: &[u8], is_over: &dyn Fn() -> bool) -> io::Result<Vec<u8>> {
    let folded = Vec::with_capacity(body.len() / 4);
    match coding {
        ContentCoding::Gzip => {
            let mut encoder = GzEncoder::new(folded, Compression::new(GZIP_LEVEL));
            write_pieces(&mut encoder, body, is_over)?;
            encoder.finish()
        }
        ContentCoding::Brotli => {
            let parameters = BrotliEncoderParams {
                quality: BROTLI_QUALITY,
                lgwin: BROTLI_WINDOW,
                size_hint: body.len(),
                ..BrotliEncoderParams::default()
            };
            let mut encoder = CompressorWriter::with_params(folded, BUFFER, &parameters);
            write_pieces(&mut encoder, body, is_over)?;
            Ok(encoder.into_inner())
        }
    }
}

fn write_pieces(encoder: &mut impl Write, body: &[u8], is_over: &dyn Fn() -> bool) -> io::Result<()> {
    for piece in body.chunks(PIECE) {
        if is_over() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        encoder.write_all(piece)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
    use axum::http::{HeaderMap, HeaderValue};
    use http_body_util::BodyExt as _;
    use tokio::time::timeout;

    use super::{PIECE, QUICK, SMALLEST, compressed, fold};
    use crate::server::content_coding::ContentCoding;
    use crate::server::decompress::unfold;
    use crate::source::HeavyWork;

    fn text(length: usize) -> Vec<u8> {
        (0..length).map(|at| b"abcdefghijklmnop"[(at * at / 7) % 16]).collect()
    }

    async fn sent(body: Vec<u8>, accepted: &'static str) -> (Option<HeaderValue>, Vec<u8>) {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
        let response = compressed(body.into(), &headers, &HeavyWork::default()).await;
        let coding = response.headers().get(CONTENT_ENCODING).cloned();
        (coding, response.into_body().collect().await.expect("a body").to_bytes().to_vec())
    }

    #[tokio::test]
    async fn what_is_folded_unfolds_again() {
        for coding in ContentCoding::ALL {
            for length in [SMALLEST + 1, QUICK, QUICK + 1, PIECE - 1, PIECE, PIECE + 1, 4 * PIECE + 17] {
                let (told, folded) = sent(text(length), coding.name()).await;
                assert_eq!(told, Some(coding.header()), "{length}");
                let unfolded = unfold(coding, &folded, length as u64, &|| false).expect("as it was");
                assert!(unfolded == text(length), "{coding:?} {length}");
            }
        }
    }

    #[tokio::test]
    async fn what_gains_nothing_goes_as_it_is() {
        let (told, body) = sent(text(SMALLEST), "gzip, br").await;
        assert_eq!((told, body), (None, text(SMALLEST)));
        // Noise does not fold.
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(QUICK)
        .collect();
        let (told, body) = sent(noise.clone(), "gzip, br").await;
        assert_eq!((told, body), (None, noise));
    }

    #[tokio::test]
    async fn the_thread_that_serves_goes_on_meanwhile() {
        let (done, is_done) = std::sync::mpsc::channel();
        let folding = async {
            let (told, _) = sent(text(64 * PIECE), "br").await;
            done.send(told).expect("somebody listens");
        };
        let mut turns = 0;
        let serving = async {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                if let Ok(told) = is_done.try_recv() {
                    return told;
                }
                turns += 1;
            }
        };
        let ((), told) = tokio::join!(folding, serving);
        assert!(told.is_some() && turns > 1, "{turns} turns");
    }

    #[tokio::test]
    async fn what_finds_no_place_goes_as_it_is() {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("gzip"))]);
        let none = HeavyWork::with_places(0);
        let sent = timeout(Duration::from_secs(5), compressed(text(QUICK + 1).into(), &headers, &none));
        let response = sent.await.expect("nobody waits for one");
        assert_eq!(response.headers().get(CONTENT_ENCODING), None);
        assert!(response.into_body().collect().await.expect("a body").to_bytes() == text(QUICK + 1));
        // What needs none is folded all the same.
        let response = compressed(text(QUICK).into(), &headers, &none).await;
        assert!(response.headers().contains_key(CONTENT_ENCODING));
    }

    #[test]
    fn folding_ends_with_the_interest_in_it() {
        for coding in ContentCoding::ALL {
            assert!(fold(coding, &text(PIECE), &|| true).is_err());
        }
    }
}
