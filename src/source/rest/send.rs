//! Sending a call and reading its answer. There is one second try, for the race that no client can avoid: a kept
//! connection that the server closes while a call is on its way. It is made for calls that are safe to repeat, and over
//! a new connection, so that it cannot meet the same race again.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Request, Response, Version};
use tokio::time::Instant;

use super::call::Call;
use super::classify::{cause_without_answer, is_lost};
use super::client::client;
use super::connecting::{Connection, noting};
use super::origin::Origin;
use super::read::{read_body, take_arrived};
use super::resolver::Resolver;
use super::returning::Returning;
use super::tls::tls;
use crate::schema::{Method, RestTarget, SourceDefinition};
use crate::source::{Access, Cause, Deadline, Detail, Failure, Progress};

const TIME_LEFT: HeaderName = HeaderName::from_static("x-request-timeout-ms");

/// Most characters of a call's URL that operators see.
const SHOWN_OF_URL: usize = 500;

/// A service that is reached through the network.
#[derive(Debug)]
pub(super) struct HttpService {
    origin: Arc<Origin>,
    kept: reqwest::Client,
    /// Keeps no connection.
    fresh: reqwest::Client,
    returning: Returning,
    max_answer: u64,
}

/// What one call runs under.
#[derive(Debug)]
pub(super) struct Sending {
    /// Until when it must be answered.
    pub deadline: Deadline,
    /// Whether it may write.
    pub access: Access,
    /// Where its attempts are noted.
    pub progress: Progress,
}

impl HttpService {
    /// A service that is connected to with the first call.
    ///
    /// # Errors
    /// What is wrong with its definition, without secrets.
    pub fn new(definition: &SourceDefinition, target: &RestTarget) -> Result<HttpService, String> {
        let origin = Arc::new(Origin::parse(&target.url.0)?);
        let tls = tls(origin.is_secure(), target.ca.as_deref())?;
        let resolver = Arc::new(Resolver::of_the_system());
        let kept = client(target, &origin, tls.clone(), &resolver, definition.concurrency)?;
        let fresh = client(target, &origin, tls, &resolver, 0)?;
        Ok(HttpService { origin, kept, fresh, returning: Returning::default(), max_answer: definition.max_answer })
    }

    /// Sends a call; gives the status, which means success, and the body.
    ///
    /// # Errors
    /// Every cause that has to do with the network, `Status` for what is not 2xx.
    pub async fn send(&self, call: &Call, sending: &Sending) -> Result<(u16, Bytes), Failure> {
        let response = self.answer(call, sending).await?;
        let status = response.status();
        let is_kept = is_kept(&response);
        if !status.is_success() {
            let retry_after = retry_after(&response);
            let arrived = take_arrived(response).await;
            if is_kept && arrived.is_whole {
                self.returning.give_back();
            }
            let failure = Failure::unsent(Cause::Status(status.as_u16()), self.detail(call, &arrived.excerpt));
            return Err(Failure { retry_after, ..failure });
        }
        let body = read_body(response, self.max_answer).await;
        let body = body.map_err(|failure| {
            let detail = self.detail(call, failure.detail.for_operators());
            Failure { detail, ..failure }
        })?;
        if is_kept {
            self.returning.give_back();
        }
        Ok((status.as_u16(), body))
    }

    async fn answer(&self, call: &Call, sending: &Sending) -> Result<Response, Failure> {
        let request = self.request(call, sending)?;
        sending.progress.attempt();
        let started = Instant::now();
        let (answer, connection) = noting(self.returning.claim(), self.kept.execute(request)).await;
        let error = match answer {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        // A connection that came back meanwhile can have won over the one that was noted.
        let was_reused = connection == Connection::Reused || self.returning.has_come_since(started);
        if !(was_reused && may_try_again(call, sending) && is_lost(&error)) {
            return Err(self.failure(call, error));
        }
        let request = self.request(call, sending)?;
        sending.progress.attempt();
        self.fresh.execute(request).await.map_err(|error| self.failure(call, error))
    }

    fn failure(&self, call: &Call, error: reqwest::Error) -> Failure {
        let cause = cause_without_answer(&error, self.origin.is_secure());
        let detail = self.detail(call, Detail::of(&error.without_url()).for_operators());
        Failure::unsent(cause, detail)
    }

    fn request(&self, call: &Call, sending: &Sending) -> Result<Request, Failure> {
        let url = self.origin.join(&call.target).ok_or_else(|| {
            Failure::unsent(Cause::Internal, self.detail(call, "the URL would not arrive as it was written"))
        })?;
        let mut request = Request::new(method(call.method), url);
        add_headers(call, sending, request.headers_mut());
        if let Some(body) = &call.body {
            *request.body_mut() = Some(body.bytes.clone().into());
        }
        Ok(request)
    }

    fn detail(&self, call: &Call, story: &str) -> Detail {
        let url = self.origin.text(&call.target);
        let (shown, more) = match url.char_indices().nth(SHOWN_OF_URL) {
            Some((end, _)) => (&url[..end], "…"),
            None => (&*url, ""),
        };
        Detail::new(format!("{} {shown}{more}: {story}", call.method.name()))
    }
}

/// How long the service asks to be left alone, where it says so with a status that may pass (RFC 9110, section 10.2.3).
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !Cause::Status(response.status().as_u16()).may_pass() {
        return None;
    }
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).ok(),
    }
}

/// Whether the connection can be used again once the answer has been read.
fn is_kept(response: &Response) -> bool {
    let is_last = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"close");
    response.version() >= Version::HTTP_11 && !response.headers().get_all(CONNECTION).iter().any(is_last)
}

fn may_try_again(call: &Call, sending: &Sending) -> bool {
    call.method == Method::Get && sending.access == Access::Read
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn add_headers(call: &Call, sending: &Sending, headers: &mut HeaderMap) {
    if let Some(body) = &call.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.media_type));
    }
    for (name, _) in &call.headers {
        headers.remove(name);
    }
    for (name, value) in &call.headers {
        headers.append(name.clone(), value.clone());
    }
    let left = u64::try_from(sending.deadline.remaining().as_millis()).unwrap_or(u64::MAX);
    headers.insert(TIME_LEFT, HeaderValue::from(left));
}
