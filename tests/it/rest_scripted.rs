//! A REST source that answers from a script: the words of a call, and that an answer means what it means on the wire.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tributary::graphql::Value;
use tributary::schema::{BodyTemplate, Input, JsonTemplate, Method};
use tributary::source::{Access, Answer, Cause, Detail, Failure, Reason, Script, ScriptedAnswer, Slot};

use super::rest_fixture::{Service, asking, call, get, header, scope, text};

fn answering(status: u16, body: &'static str) -> Script {
    Script::new(move |_| (Duration::ZERO, ScriptedAnswer::Http { status, body: Bytes::from_static(body.as_bytes()) }))
}

#[tokio::test]
async fn a_script_sees_what_would_be_sent() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let remember = Arc::clone(&seen);
    let script = Script::new(move |call| {
        remember.lock().unwrap().push((call.source.to_string(), call.words.clone()));
        (Duration::ZERO, ScriptedAnswer::Http { status: 204, body: Bytes::new() })
    });
    let source = Service::at("http://service.test/api/").with(|target| {
        target.headers = vec![header("x-source", "s")];
        target.forward = vec!["authorization".into()];
    });
    let source = source.scripted(script);
    get("/a/{0}?q={0}").key(text("x y")).ask(&source).await;
    let mut asking = asking(call(Method::Post, "/b")).in_scope(&scope(&[("Authorization", "Bearer t")]));
    asking.access = Access::Write;
    asking.call.headers = vec![header("x-binding", "b")];
    asking.call.body = Some(BodyTemplate::Json(JsonTemplate::Constant(Value::Boolean(true))));
    asking.ask(&source).await;
    let expected =
        ["GET /a/x%20y?q=x%20y\nx-source: s", "POST /b\nx-binding: b\nx-source: s\nauthorization: Bearer t\ntrue"];
    assert_eq!(*seen.lock().unwrap(), expected.map(|words| ("service".to_owned(), words.to_owned())));
}

#[tokio::test]
async fn a_scripted_answer_means_what_it_means_on_the_wire() {
    let mut service = Service::at("http://service.test");
    service.definition.max_answer = 4;
    let cause = async |status, body| get("/x").cause(&service.scripted(answering(status, body))).await;
    assert_eq!(cause(404, "").await, Cause::Status(404));
    assert_eq!(cause(302, "").await, Cause::Status(302));
    assert_eq!(cause(200, "12345").await, Cause::TooLarge(4));
    assert!(get("/x").ask(&service.scripted(answering(200, ""))).await.results[0].is_ok());
    let mut missing = get("/x");
    missing.call.null_on = vec![404];
    assert!(missing.ask(&service.scripted(answering(404, "no"))).await.results[0].is_ok());
    let failure = Failure::unsent(Cause::Unavailable(Reason::Connect), Detail::default());
    let failing = Script::new(move |_| (Duration::ZERO, ScriptedAnswer::Failure(failure.clone())));
    assert_eq!(get("/x").cause(&service.scripted(failing)).await, Cause::Unavailable(Reason::Connect));
}

#[tokio::test(start_paused = true)]
async fn a_script_that_hangs_times_out_to_the_millisecond() {
    let script = Script::new(|_| (Duration::ZERO, ScriptedAnswer::Hang));
    let source = Service::at("http://service.test").scripted(script);
    let started = tokio::time::Instant::now();
    let failure = get("/x").within(300).fail(&source).await;
    assert!(matches!(failure.cause, Cause::TimedOut(_)), "{failure:?}");
    assert_eq!((failure.attempts, failure.elapsed), (1, Duration::from_millis(300)));
    assert_eq!(started.elapsed(), Duration::from_millis(300));
}

#[tokio::test]
async fn a_parent_that_is_null_is_null_without_a_call() {
    let script = Script::new(|call| panic!("nobody is asked: {call:?}"));
    let source = Service::at("http://service.test").scripted(script);
    for value in [None, Some(Value::Null)] {
        let mut fetch = get("/x/{0}").key(vec![value]).fetch();
        Arc::get_mut(&mut fetch.binding).expect("the only one").inputs = vec![Input::Parent(Vec::new())];
        let results: Vec<(usize, Result<Answer, Failure>)> =
            futures_util::StreamExt::collect(Arc::clone(&source).fetch(fetch)).await;
        assert_eq!(results[0].1.as_ref().expect("null").root(), Slot::Null);
    }
}
