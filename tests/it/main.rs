//! Tests over real sockets and real databases. What can be decided without them is decided elsewhere.

mod check_speed;
mod cli;
mod cli_check;
mod cli_init;
mod edge_fixture;
mod gateway;
mod gateway_fixture;
mod http_ambiguity;
mod http_bounds;
mod http_executor;
mod http_requests;
mod postgres_cluster;
mod rest_faults;
mod rest_fixture;
mod rest_pressure;
mod rest_requests;
mod rest_scripted;
mod rest_server;
mod rest_tls;
mod scripts;
mod sql_calls;
mod sql_postgres;
mod sql_postgres_ends;
mod sql_sqlite;
