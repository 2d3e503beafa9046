//! `/` for browsers: GraphiQL, with everything that it loads, out of the program itself. No request of the page leaves for
//! another host, and a policy makes the browser hold it to that. `@gateway(graphiql: false)` takes all of it away.
//!
//! `page/` has the sources, `built/` what `tests/graphiql.sh --write` makes of them, compressed as it is sent.

mod asset;
mod built;
mod protection;
mod routes;
mod tab;
mod unfolding;

pub(super) use routes::routes;
pub use tab::GraphiqlTab;
