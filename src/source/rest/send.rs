//! Sending a call and reading its answer. There is one second try, for the race that no client can avoid: a kept
//! connection that the server closes while a call is on its way. It is made for calls that are safe to repeat or have not
//! left, and over a new connection, so that it cannot meet the same race again.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
    USER_AGENT,
};
use hyper::{Request, Uri};

use super::answer::Answer;
use super::call::Call;
use super::classify::NoAnswer;
use super::connection::{Connection, Outgoing};
use super::connector::Connector;
use super::origin::Origin;
use super::pool::Pool;
use super::read::{read_body, take_arrived};
use super::redirect::Hop;
use super::resolver::Resolver;
use super::tls::tls;
use super::unfold::ACCEPTED;
use crate::schema::{Method, RestTarget, SourceDefinition};
use crate::source::{Access, Cause, Deadline, Detail, Failure, Progress, Reason};

const TIME_LEFT: HeaderName = HeaderName::from_static("x-request-timeout-ms");

/// Most characters of a call's URL that operators see.
const SHOWN_OF_URL: usize = 500;

/// A service that is reached through the network.
#[derive(Debug)]
pub(super) struct HttpService {
    origin: Origin,
    /// What every call says that does not say otherwise.
    headers: Vec<(HeaderName, HeaderValue)>,
    pool: Arc<Pool>,
    /// How many redirects one call follows.
    redirects: usize,
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
        let origin = Origin::parse(&target.url.0)?;
        let tls = tls(origin.is_secure(), target.ca.as_deref())?;
        let connector = Connector::new(&origin, tls, Resolver::of_the_system(), target.connect)?;
        let (headers, max_answer) = (default_headers(&origin), definition.max_answer);
        Ok(HttpService { origin, headers, pool: Pool::new(connector), redirects: target.redirects, max_answer })
    }

    /// Sends a call; gives the status, which means success, and the body.
    ///
    /// # Errors
    /// Every cause that has to do with the network, `Status` for what is not 2xx.
    pub async fn send(&self, call: &Call, sending: &Sending) -> Result<(u16, Bytes), Failure> {
        let mut answer = self.answer(call, sending).await?;
        let status = answer.status();
        if !status.is_success() {
            let retry_after = retry_after(&answer);
            let excerpt = take_arrived(&mut answer).await;
            self.pool.give_back(answer.into_connection());
            let failure = Failure::unsent(Cause::Status(status.as_u16()), self.detail(call, &excerpt));
            return Err(Failure { retry_after, ..failure });
        }
        let body = read_body(&mut answer, self.max_answer).await;
        let body = body.map_err(|failure| {
            let detail = self.detail(call, failure.detail.for_operators());
            Failure { detail, ..failure }
        })?;
        self.pool.give_back(answer.into_connection());
        Ok((status.as_u16(), body))
    }

    /// A redirect that is not followed is itself the answer: a status that is not 2xx.
    async fn answer(&self, call: &Call, sending: &Sending) -> Result<Answer, Failure> {
        let target = self.origin.target(&call.target).ok_or_else(|| {
            Failure::unsent(Cause::Internal, self.detail(call, "the URL would not arrive as it was written"))
        })?;
        let mut hop = Hop { method: method(call.method), target, has_body: call.body.is_some() };
        sending.progress.attempt();
        let mut answer = self.exchange(call, &hop, sending).await?;
        for _ in 0..self.redirects {
            let Some(next) = hop.next(answer.status(), answer.headers(), &self.origin) else { break };
            take_arrived(&mut answer).await;
            self.pool.give_back(answer.into_connection());
            hop = next;
            answer = self.exchange(call, &hop, sending).await.map_err(after_an_answer)?;
        }
        Ok(answer)
    }

    async fn exchange(&self, call: &Call, hop: &Hop, sending: &Sending) -> Result<Answer, Failure> {
        let tried = self.pool.tried();
        if let Some(connection) = self.pool.take() {
            match self.exchange_over(connection, call, hop, sending).await {
                Err(error) if error.is_unsent() => {}
                Err(error) if error.is_lost() && may_try_again(call, sending) => sending.progress.attempt(),
                answered => return answered.map_err(|error| self.failure(call, &error)),
            }
        }
        let answered = async { self.exchange_over(self.pool.connect(tried).await?, call, hop, sending).await };
        answered.await.map_err(|error| self.failure(call, &error))
    }

    async fn exchange_over(
        &self,
        mut connection: Connection,
        call: &Call,
        hop: &Hop,
        sending: &Sending,
    ) -> Result<Answer, NoAnswer> {
        let request = self.request(call, hop, sending, connection.is_http2());
        let response = connection.send(request).await?;
        Ok(Answer::new(response, connection))
    }

    fn failure(&self, call: &Call, error: &NoAnswer) -> Failure {
        Failure::unsent(error.cause(), self.detail(call, Detail::of(error).for_operators()))
    }

    /// HTTP/1 names the host in a header (RFC 9112, section 3.2), HTTP/2 in the target (RFC 9113, section 8.3.1).
    fn request(&self, call: &Call, hop: &Hop, sending: &Sending, is_http2: bool) -> Outgoing {
        let body = call.body.as_ref().filter(|_| hop.has_body);
        let mut headers = HeaderMap::with_capacity(self.headers.len() + call.headers.len() + 3);
        if !is_http2 {
            headers.insert(HOST, self.origin.host.clone());
        }
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        if let Some(body) = body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.media_type));
        }
        add_headers(call, sending, &mut headers);
        if call.body.is_some() && body.is_none() {
            headers.remove(CONTENT_TYPE);
        }
        let mut request = Request::new(Full::new(body.map(|body| body.bytes.clone()).unwrap_or_default()));
        *request.method_mut() = hop.method.clone();
        *request.uri_mut() =
            if is_http2 { self.origin.uri_of(hop.target.clone()) } else { Uri::from(hop.target.clone()) };
        *request.headers_mut() = headers;
        request
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
fn retry_after(answer: &Answer) -> Option<Duration> {
    let value = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !Cause::Status(answer.status().as_u16()).may_pass() {
        return None;
    }
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).ok(),
    }
}

fn may_try_again(call: &Call, sending: &Sending) -> bool {
    call.method == Method::Get && sending.access == Access::Read
}

fn method(method: Method) -> hyper::Method {
    match method {
        Method::Get => hyper::Method::GET,
        Method::Post => hyper::Method::POST,
        Method::Put => hyper::Method::PUT,
        Method::Patch => hyper::Method::PATCH,
        Method::Delete => hyper::Method::DELETE,
    }
}

fn default_headers(origin: &Origin) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = vec![
        (ACCEPT, HeaderValue::from_static("application/json")),
        (ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED)),
        (USER_AGENT, HeaderValue::from_static(concat!("tributary/", env!("CARGO_PKG_VERSION")))),
    ];
    headers.extend(origin.credentials.clone().map(|credentials| (AUTHORIZATION, credentials)));
    headers
}

/// The service has answered once, and may have done what it was asked for: a failure of what came next is none of a call that
/// was not sent.
fn after_an_answer(failure: Failure) -> Failure {
    if failure.cause.is_unsent() { Failure { cause: Cause::Unavailable(Reason::Lost), ..failure } } else { failure }
}

/// The call's own take the place of what all calls say.
fn add_headers(call: &Call, sending: &Sending, headers: &mut HeaderMap) {
    for (name, _) in &call.headers {
        headers.remove(name);
    }
    for (name, value) in &call.headers {
        headers.append(name.clone(), value.clone());
    }
    let left = u64::try_from(sending.deadline.remaining().as_millis()).unwrap_or(u64::MAX);
    headers.insert(TIME_LEFT, HeaderValue::from(left));
}
