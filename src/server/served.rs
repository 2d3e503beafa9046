//! What is being served, which can be changed for another while requests run. A request keeps what it began with to its
//! end; what nobody uses any more is closed then.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::ServerSettings;
use super::edge::Edge;
use super::front_door::FrontDoor;
use crate::gateway::Gateway;

/// The gateway that a server serves. Every clone is the same.
#[derive(Debug, Clone)]
pub struct Served(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    current: RwLock<Current>,
    settings: ServerSettings,
    door: Arc<FrontDoor>,
    draining: CancellationToken,
    /// Gateways that were changed for others and wait for their last request.
    retiring: TaskTracker,
}

#[derive(Debug)]
struct Current {
    edge: Arc<Edge>,
    /// Who holds the edge.
    users: TaskTracker,
    /// Until when operations of gateways from before may run.
    before_until: Instant,
}

impl Served {
    /// Serves a gateway until another one takes its place.
    pub(super) fn new(
        gateway: Arc<Gateway>,
        settings: ServerSettings,
        clients: TaskTracker,
        draining: CancellationToken,
    ) -> Served {
        let door = Arc::new(FrontDoor::new(settings.max_operations, clients));
        let current = RwLock::new(Current::new(gateway, &settings, &door, &draining));
        Served(Arc::new(Shared { current, settings, door, draining, retiring: TaskTracker::new() }))
    }

    /// What is served now.
    #[must_use]
    pub fn gateway(&self) -> Arc<Gateway> {
        Arc::clone(&self.edge().gateway)
    }

    /// Serves another gateway from the next request on. The one before is closed when its last request has its response,
    /// but for the sources that the new one has taken over.
    pub fn swap(&self, gateway: Arc<Gateway>) {
        let Shared { current, settings, door, draining, retiring } = &*self.0;
        let mut next = Current::new(gateway, settings, door, draining);
        let before = {
            let mut current = current.write().unwrap_or_else(PoisonError::into_inner);
            let until = Instant::now() + current.edge.gateway.limits().deadline;
            next.before_until = current.before_until.max(until);
            std::mem::replace(&mut *current, next)
        };
        let (gateway, users) = (Arc::clone(&before.edge.gateway), before.users);
        drop(before.edge);
        retiring.spawn(async move {
            users.wait().await;
            gateway.close().await;
        });
    }

    /// How long operations may still run that are running now: each has the deadline of what was served when it came.
    pub(super) fn longest_deadline(&self) -> Duration {
        let current = self.0.current.read().unwrap_or_else(PoisonError::into_inner);
        let before = current.before_until.saturating_duration_since(Instant::now());
        current.edge.gateway.limits().deadline.max(before)
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
    fn new(
        gateway: Arc<Gateway>,
        settings: &ServerSettings,
        door: &Arc<FrontDoor>,
        draining: &CancellationToken,
    ) -> Current {
        let users = TaskTracker::new();
        users.close();
        let edge = Arc::new(Edge::new(gateway, settings, Arc::clone(door), draining.clone(), users.token()));
        Current { edge, users, before_until: Instant::now() }
    }
}

/// Each request takes what is served when it arrives.
impl FromRef<Served> for Arc<Edge> {
    fn from_ref(served: &Served) -> Arc<Edge> {
        served.edge()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use tokio_util::sync::CancellationToken;
    use tokio_util::task::TaskTracker;

    use super::Served;
    use crate::config::{self, Environment, SourceFile};
    use crate::gateway::{Debug, Gateway};
    use crate::schema;
    use crate::server::ServerSettings;
    use crate::source;

    fn gateway(deadline: &str) -> Arc<Gateway> {
        let text = format!(
            "schema @gateway(deadline: \"{deadline}\") {{ query: Query }} type Query {{ a: Int @value(of: 1) }}"
        );
        let file = SourceFile { name: "schema.graphql".to_owned(), text };
        let config = config::parse(vec![file], Path::new("."), &Environment::new(|_| None)).expect("a config");
        let schema = Arc::new(schema::build(&config).expect("a schema").0);
        let sources = source::connect(&schema).expect("sources");
        Arc::new(Gateway::new(schema, sources, Debug::Hidden))
    }

    #[tokio::test]
    async fn the_end_waits_for_operations_of_what_was_served_before() {
        let served =
            Served::new(gateway("30s"), ServerSettings::default(), TaskTracker::new(), CancellationToken::new());
        assert_eq!(served.longest_deadline(), Duration::from_secs(30));
        for deadline in ["1s", "2s"] {
            served.swap(gateway(deadline));
            let longest = served.longest_deadline();
            assert!((Duration::from_secs(29)..=Duration::from_secs(30)).contains(&longest), "{longest:?}");
        }
        served.swap(gateway("1m"));
        assert_eq!(served.longest_deadline(), Duration::from_secs(60));
        served.close().await;
    }
}
