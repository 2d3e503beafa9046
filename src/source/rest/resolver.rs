//! Names become addresses as the system does it, off the async threads. A name without an address can be told from a
//! host that refuses; and however long name servers say nothing, one thread waits for them and not one for each call.
//! Nothing is kept: the next connection asks again, and goes to an address that it was given itself.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use hyper_util::client::legacy::connect::dns::Name;
use tokio::task::AbortHandle;
use tower::Service;

/// The resolver of one service.
#[derive(Clone)]
pub(super) struct Resolver {
    look_up: fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>,
    under_way: Arc<Mutex<HashMap<String, Lookup>>>,
}

/// A lookup that goes on when nobody waits for it any more: the system's cannot be called off.
struct Lookup {
    found: Found,
    task: AbortHandle,
}

type Found = Shared<BoxFuture<'static, Result<Arc<[SocketAddr]>, Unresolved>>>;

/// A name that has no address, or whose servers do not answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the name does not resolve")]
pub(super) struct Unresolved(#[source] Arc<io::Error>);

impl fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Resolver")
    }
}

impl Resolver {
    /// The system's.
    pub fn of_the_system() -> Resolver {
        Resolver::by(|name| async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }.boxed())
    }

    /// One that asks something else.
    pub fn by(look_up: fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>) -> Resolver {
        Resolver { look_up, under_way: Arc::default() }
    }

    /// Joins the lookup of a name that is under way, or begins one.
    fn find(&self, name: &str) -> Found {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|_, lookup| !lookup.task.is_finished());
        if let Some(lookup) = under_way.get(name) {
            return lookup.found.clone();
        }
        let looking = tokio::spawn((self.look_up)(name.to_owned()));
        let task = looking.abort_handle();
        let found = async move {
            let found = looking.await.map_err(io::Error::other).flatten();
            found.map(Into::into).map_err(|error| Unresolved(Arc::new(error)))
        };
        let found = found.boxed().shared();
        under_way.insert(name.to_owned(), Lookup { found: found.clone(), task });
        found
    }
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Unresolved;
    type Future = BoxFuture<'static, Result<Self::Response, Unresolved>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let found = self.find(name.as_str());
        async move { Ok(found.await?.to_vec().into_iter()) }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use futures_util::future::join_all;

    use super::Resolver;

    /// A thousand calls that time out while name servers say nothing hold one thread of the system's.
    #[tokio::test(start_paused = true)]
    async fn h13_name_servers_that_say_nothing_are_asked_once_at_a_time() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let resolver = Resolver::by(|_| {
            async {
                ASKED.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(30)).await;
                Ok(vec![SocketAddr::from(([127, 0, 0, 1], 0))])
            }
            .boxed()
        });
        for _ in 0..20 {
            let asking = (0..50).map(|_| tokio::time::timeout(Duration::from_secs(1), resolver.find("a")));
            assert!(join_all(asking).await.iter().all(Result::is_err));
        }
        assert_eq!(ASKED.load(Ordering::SeqCst), 1);
        // They answer again, and what they said while nobody listened is not used: the next one asks anew.
        tokio::time::sleep(Duration::from_secs(11)).await;
        assert!(resolver.find("a").await.is_ok());
        assert_eq!(ASKED.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn h13_a_name_is_there_as_soon_as_it_resolves() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let resolver = Resolver::by(|_| {
            let number = ASKED.fetch_add(1, Ordering::SeqCst);
            async move { if number == 0 { Err(std::io::ErrorKind::NotFound.into()) } else { Ok(Vec::new()) } }.boxed()
        });
        assert!(resolver.find("a").await.is_err());
        assert!(resolver.find("a").await.is_ok());
    }
}
