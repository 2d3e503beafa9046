//! Which services there are, and where in the schema each is named.

use axum::Router;

use super::{reviews, shipping, stock, web};

/// A service that the schema names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Reviews,
    Stock,
    Shipping,
    Web,
}

impl Service {
    pub(super) const ALL: [Service; 4] = [Service::Reviews, Service::Stock, Service::Shipping, Service::Web];

    /// The variable by which the schema asks for its address.
    pub(super) fn variable(self) -> &'static str {
        match self {
            Service::Reviews => "REVIEWS_URL",
            Service::Stock => "STOCK_URL",
            Service::Shipping => "SHIPPING_URL",
            Service::Web => "WEB_URL",
        }
    }

    /// What it does.
    pub(super) fn router(self) -> Router {
        match self {
            Service::Reviews => reviews::router(),
            Service::Stock => stock::router(),
            Service::Shipping => shipping::router(),
            Service::Web => web::router(),
        }
    }
}
