//! What is being served, which can be changed for another while requests run. A request keeps what it began with to its
//! end; what nobody uses any more is closed then.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::ServerSettings;
use super::edge::Edge;
use crate::gateway::Gateway;

/// The gateway that a server serves. Every clone is the same.
#[derive(Debug, Clone)]
pub struct Served(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    current: RwLock<Current>,
    settings: ServerSettings,
    draining: CancellationToken,
    /// Gateways that were changed for others and wait for their last request.
    retiring: TaskTracker,
}

#[derive(Debug)]
struct Current {
    edge: Arc<Edge>,
    /// Who holds the edge.
    users: TaskTracker,
}

impl Served {
    /// Serves a gateway until another one takes its place.
    pub(super) fn new(gateway: Arc<Gateway>, settings: ServerSettings, draining: CancellationToken) -> Served {
        let current = RwLock::new(Current::new(gateway, &settings, &draining));
        Served(Arc::new(Shared { current, settings, draining, retiring: TaskTracker::new() }))
    }

    /// What is served now.
    #[must_use]
    pub fn gateway(&self) -> Arc<Gateway> {
        Arc::clone(&self.edge().gateway)
    }

    /// Serves another gateway from the next request on. The one before is closed when its last request has its response,
    /// but for the sources that the new one has taken over.
    pub fn swap(&self, gateway: Arc<Gateway>) {
        let Shared { current, settings, draining, retiring } = &*self.0;
        let next = Current::new(gateway, settings, draining);
        let before = {
            let mut current = current.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, next)
        };
        let (gateway, users) = (Arc::clone(&before.edge.gateway), before.users);
        drop(before.edge);
        retiring.spawn(async move {
            users.wait().await;
            gateway.close().await;
        });
    }

    /// Closes what is served, and waits until every gateway from before is closed too. Nobody may send requests any more.
    pub async fn close(self) {
        self.0.retiring.close();
        self.0.retiring.wait().await;
        self.gateway().close().await;
    }

    pub(super) fn edge(&self) -> Arc<Edge> {
        Arc::clone(&self.0.current.read().unwrap_or_else(PoisonError::into_inner).edge)
    }
}

impl Current {
    fn new(gateway: Arc<Gateway>, settings: &ServerSettings, draining: &CancellationToken) -> Current {
        let users = TaskTracker::new();
        users.close();
        let edge = Arc::new(Edge::new(gateway, settings, draining.clone(), users.token()));
        Current { edge, users }
    }
}

/// Each request takes what is served when it arrives.
impl FromRef<Served> for Arc<Edge> {
    fn from_ref(served: &Served) -> Arc<Edge> {
        served.edge()
    }
}
