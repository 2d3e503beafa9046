//! What every route works with.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio_util::sync::CancellationToken;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::ServerSettings;
use super::cors::Cors;
use super::front_door::FrontDoor;
use crate::gateway::Gateway;

/// The gateway, and what is asked of those who reach it.
#[derive(Debug)]
pub(super) struct Edge {
    /// What executes operations.
    pub(super) gateway: Arc<Gateway>,
    /// Longest time for a body to arrive.
    pub(super) body_timeout: Duration,
    /// Status of a response with data and errors.
    pub(super) partial_status: StatusCode,
    /// Whose pages may read what is answered.
    pub(super) cors: Cors,
    /// Where operations come in.
    pub(super) door: Arc<FrontDoor>,
    /// Cancelled once the server was told to stop.
    pub(super) draining: CancellationToken,
    /// Tells, when it is dropped, that no request holds this edge.
    _use: TaskTrackerToken,
}

impl Edge {
    /// An edge in front of a gateway. A `partialStatus` that is no status counts as 200.
    pub(super) fn new(
        gateway: Arc<Gateway>,
        settings: &ServerSettings,
        door: Arc<FrontDoor>,
        draining: CancellationToken,
        token: TaskTrackerToken,
    ) -> Edge {
        let partial_status = StatusCode::from_u16(gateway.limits().partial_status).unwrap_or(StatusCode::OK);
        let cors = Cors::new(&gateway.limits().cors);
        let body_timeout = settings.body_timeout;
        Edge { gateway, body_timeout, partial_status, cors, door, draining, _use: token }
    }
}
