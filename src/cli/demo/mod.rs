//! `tributary demo`: the schema at the top of the repository, with a database and the services that it names, in one
//! process. The services play the outside world: they know nothing of the gateway, and it nothing of them.

mod command;
mod init_folder;
mod reviews;
mod services;
mod shipping;

pub(super) use command::Demo;
