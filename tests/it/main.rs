//! Tests over real sockets and real databases. What can be decided without them is decided elsewhere.

mod rest_faults;
mod rest_fixture;
mod rest_pressure;
mod rest_requests;
mod rest_server;
