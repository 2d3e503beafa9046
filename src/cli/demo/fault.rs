//! `--fault`: a service of the demo that misbehaves, and how.

use std::future::pending;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Html;

use super::service::Service;

/// What a service does instead of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misbehaviour {
    /// It refuses every connection.
    Down,
    /// It never answers.
    Slow,
    /// It answers with 500.
    Error,
    /// It answers with 200 and a page of HTML.
    Garbage,
}

/// One `SERVICE=KIND`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) service: Service,
    pub(super) misbehaviour: Misbehaviour,
}

impl Misbehaviour {
    const ALL: [Misbehaviour; 4] = [Misbehaviour::Down, Misbehaviour::Slow, Misbehaviour::Error, Misbehaviour::Garbage];

    fn name(self) -> &'static str {
        match self {
            Misbehaviour::Down => "down",
            Misbehaviour::Slow => "slow",
            Misbehaviour::Error => "error",
            Misbehaviour::Garbage => "garbage",
        }
    }

    /// What stands in for the service; nothing where nobody may listen.
    pub(super) fn router(self) -> Option<Router> {
        match self {
            Misbehaviour::Down => None,
            Misbehaviour::Slow => Some(Router::new().fallback(pending::<StatusCode>)),
            Misbehaviour::Error => Some(Router::new().fallback(async || StatusCode::INTERNAL_SERVER_ERROR)),
            Misbehaviour::Garbage => Some(Router::new().fallback(async || Html("<h1>Welcome to nginx!</h1>"))),
        }
    }
}

/// Reads `web=down`.
pub(super) fn read_fault(text: &str) -> Result<Fault, String> {
    let services = Service::ALL.map(Service::name).join(", ");
    let kinds = Misbehaviour::ALL.map(Misbehaviour::name).join(", ");
    let Some((service, kind)) = text.split_once('=') else {
        return Err(format!("write SERVICE=KIND, such as `web=down`; services: {services}; kinds: {kinds}"));
    };
    let known_service = Service::ALL.into_iter().find(|known| known.name() == service);
    let known_kind = Misbehaviour::ALL.into_iter().find(|known| known.name() == kind);
    match (known_service, known_kind) {
        (Some(service), Some(misbehaviour)) => Ok(Fault { service, misbehaviour }),
        (None, _) => Err(format!("there is no service `{service}`; the services are {services}")),
        (Some(_), None) => Err(format!("there is no fault `{kind}`; the faults are {kinds}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Misbehaviour, read_fault};
    use crate::cli::demo::service::Service;

    #[test]
    fn faults_are_read() {
        let fault = Fault { service: Service::Web, misbehaviour: Misbehaviour::Down };
        assert_eq!(read_fault("web=down"), Ok(fault));
        for (wrong, part) in [("web", "SERVICE=KIND"), ("wed=down", "shipping, web"), ("web=Down", "down, slow")] {
            assert!(read_fault(wrong).is_err_and(|told| told.contains(part)), "{wrong}");
        }
    }
}
