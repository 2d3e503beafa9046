//! Sessions that are lent by a pooler for one transaction each, as `PgBouncer` does with `pool_mode = transaction`. What a
//! session is told is gone with the transaction, or is the next client's: so each transaction is told everything anew, it
//! is rolled back where it only read, and nothing is left prepared. All of it goes out at once, and costs no wait of its
//! own. Such a session is known by what became of our startup options: they were refused, or had no effect.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, SimpleQueryMessage, Statement};

use super::described::Described;
use super::own_session::{CHECK, NET_MS};
use super::settings::Settings;
use crate::source::Access;

/// What tokio-postgres has prepared to look types up, and keeps for ever under names that another session does not know, or
/// knows from somebody else: its statements, and what prepares each again.
const LOOKUPS: &str =
    "select name, format('prepare %I(%s) as %s', name, array_to_string(parameter_types, ','), statement)
    from pg_catalog.pg_prepared_statements where name ~ '^s[0-9]+$';";
/// Has a session forget all statements of such names. Nobody can count on them where sessions are lent.
const FORGET: &str = "do $$ declare stale text; begin
    for stale in select name from pg_catalog.pg_prepared_statements where name ~ '^s[0-9]+$' loop
        execute format('deallocate %I', stale);
    end loop; end $$;";

/// What a transaction is told that is lent a session.
#[derive(Debug)]
pub struct Pooled {
    /// `set local …`, each with its semicolon.
    settings: String,
    /// Sets the name of the client, which the pooler was told.
    name: String,
    /// What prepares the looking up of types again.
    lookups: Mutex<Lookups>,
}

/// Statements by their names, and what prepares each again.
type Lookups = BTreeMap<String, String>;

impl Pooled {
    /// Whether connecting failed because a pooler takes no startup options.
    pub fn refuses_options(error: &Error) -> bool {
        error.as_db_error().is_some_and(|error| error.message().starts_with("unsupported startup parameter"))
    }

    /// Finds out what sessions of this version can be told.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn new(client: &Client, settings: &Settings, version: u32) -> Result<Pooled, Error> {
        let mut told = String::new();
        for (name, value) in &settings.session {
            let _ = write!(told, " set local {name} = {};", literal(value));
        }
        if version >= 11 {
            told.push_str(" set local jit = off;");
        }
        if version >= 14 {
            let check = format!(" set local client_connection_check_interval = {};", CHECK.as_millis());
            // Some systems cannot tell whether a client is there, and refuse; they then notice later.
            let tried = client.batch_execute(&format!("begin read only;{check}")).await;
            client.batch_execute("rollback").await?;
            if tried.is_ok() {
                told.push_str(&check);
            }
        }
        let name = settings.config.get_application_name().unwrap_or_default();
        let name = format!("set application_name = {};", literal(name));
        Ok(Pooled { settings: told, name, lookups: Mutex::default() })
    }

    /// Sets the name of the client again, which the pooler sets for each that it lends a session to.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The beginning of a transaction, whose statements the server ends by itself after so many milliseconds.
    pub fn begin(&self, access: Access, net_ms: u64) -> String {
        let access = match access {
            Access::Read => "read only",
            Access::Write => "read write",
        };
        format!("begin {access}; set local statement_timeout = {net_ms};{}", self.settings)
    }

    /// Has a statement described in a transaction of its own, and leaves nothing prepared. Nobody else may send
    /// anything on the connection meanwhile.
    ///
    /// # Errors
    /// The server refuses the statement.
    pub async fn describe(&self, client: &Client, text: &str, types: &[Type]) -> Result<Described, Error> {
        match self.describe_as(client, text, text, types).await {
            // A newer pooler has kept a statement of this text from before a table changed. It knows none of this one.
            Err(error) if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) => {
                let other = format!("{text}\n/* {} */", uuid::Uuid::new_v4());
                self.describe_as(client, text, &other, types).await
            }
            result => result,
        }
    }

    async fn describe_as(&self, client: &Client, text: &str, sent: &str, types: &[Type]) -> Result<Described, Error> {
        let begin = format!("{} {FORGET}{}", self.begin(Access::Read, NET_MS), self.prepare_lookups());
        let (beginning, statement) =
            futures_util::future::join(client.batch_execute(&begin), client.prepare_typed(sent, types)).await;
        // The handle is gone before the transaction is, so that its session forgets it.
        let described = statement.map(|statement: Statement| Described::unkept(text, &statement));
        let told = client.simple_query(&Pooled::end_of_describing()).await?;
        self.note_lookups(&told);
        beginning?;
        described
    }

    fn prepare_lookups(&self) -> String {
        let lookups = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        lookups.values().fold(String::new(), |all, prepare| all + " " + prepare + ";")
    }

    /// Notes what was prepared beside the statement. Of what is known already a session has the whole message by which we
    /// prepared it.
    fn note_lookups(&self, told: &[SimpleQueryMessage]) {
        let mut lookups = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        for message in told {
            if let SimpleQueryMessage::Row(row) = message
                && let (Some(name), Some(prepare)) = (row.get(0), row.get(1))
            {
                lookups.entry(name.to_owned()).or_insert_with(|| prepare.to_owned());
            }
        }
    }

    /// What ends a transaction in which statements may have been prepared, whatever its state. It is one message, so that
    /// all of it comes to one session.
    pub fn end_of_describing() -> String {
        format!("rollback; {LOOKUPS} {FORGET}")
    }
}

/// Settings are texts to the server, whatever they hold.
fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
