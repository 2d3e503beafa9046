//! `tributary demo`: the schema at the top of the repository, with a database and the services that it names, in one
//! process. The services play the outside world: they know nothing of the gateway, and it nothing of them. What they
//! answer and how long they take looks like chance and is always the same.

mod answer;
mod chance;
mod command;
mod database;
mod init_folder;
mod reviews;
mod service;
mod services;
mod shipping;
mod stock;
mod stories;
mod web;

pub(super) use command::Demo;
