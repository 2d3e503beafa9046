//! `tributary explain`. It reads files and asks nobody: a plan is made before anything is fetched.

use std::io::{Read as _, stdin, stdout};
use std::path::PathBuf;

use clap::Args;

use super::exit::{Exit, Failure};
use super::schema_argument::{SchemaArgument, process_environment};
use super::start;
use super::terminal;
use crate::graphql::{Error, Value};
use crate::operation::{Operation, condition_values};
use crate::plan;

/// Show what an operation would fetch: calls, what is batched, what runs in parallel, and how long it can take.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Explain {
    #[command(flatten)]
    schema: SchemaArgument,
    /// A file with the operation; `-` reads the standard input.
    #[arg(long, env = "TRIBUTARY_QUERY", value_name = "FILE")]
    query: PathBuf,
    /// Which operation of the file is meant, where it has several.
    #[arg(long, env = "TRIBUTARY_OPERATION", value_name = "NAME")]
    operation: Option<String>,
    /// Values of variables, a JSON object: only those that `@skip` and `@include` use decide what is fetched.
    #[arg(long, env = "TRIBUTARY_VARIABLES", value_name = "JSON")]
    variables: Option<String>,
    /// How many items each list is taken to have.
    #[arg(long, env = "TRIBUTARY_ROWS", default_value_t = 100, value_name = "N")]
    rows: u64,
    /// Print one JSON document instead, for machines.
    #[arg(long, env = "TRIBUTARY_JSON")]
    json: bool,
    /// Fail where more calls than this could be made.
    #[arg(long, env = "TRIBUTARY_MAX_CALLS", value_name = "N")]
    max_calls: Option<u64>,
}

const AFTER_HELP: &str = "\
Example: tributary explain schema.graphql --query product-page.graphql --rows 20 --max-calls 50

A line for each field that is fetched, with its source, its calls and its timeout; below it what is sent, where `…` stands
for what only the database knows. What stands side by side is fetched at the same time, what stands below waits for it.
`at worst` is the longest way through the declared timeouts. Calls are as many as there can be, with one exception: a
statement that PostgreSQL cannot run for many parents at once, such as an aggregate over nothing but their values, is run
for each of them.

With `--json`, the standard output holds one document:
  {\"operation\": \"query\", \"name\": …, \"rows\": 100, \"calls\": 3, \"maxCalls\": 1000, \"worstMs\": …, \"deadlineMs\": …,
    \"fetches\": [{\"path\": […], \"coordinate\": …, \"parents\": 1, \"waitsFor\": […], \"startMs\": …, \"endMs\": …,
      \"bindings\": [{\"source\": …, \"kind\": …, \"calls\": 1, \"how\": …, \"timeoutMs\": …, \"request\": …}], \"fetches\": […]}]}

Exit codes: 0 fine, 1 mistakes in the schema or the operation, or more than --max-calls, 69 a file cannot be read.";

impl Explain {
    /// Prints the plan.
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = self.schema.load(&process_environment())?;
        let (schema, _) = start::build(&config)?;
        let text = self.read_query()?;
        let raw = self.variables.as_deref().map(Value::from_json).transpose();
        let raw = raw.map_err(|error| Failure::Usage(format!("--variables is no JSON: {error}")))?;
        let explained = Operation::parse(&schema, &text, self.operation.as_deref()).and_then(|operation| {
            let variables = condition_values(&schema, &operation, raw.as_ref())?;
            let plan = plan::build(&schema, &operation, &variables).map_err(|error| vec![error])?;
            Ok(plan::explain(&plan, &schema, operation.name(), self.rows))
        });
        let explanation = explained.map_err(|errors| self.tell(&errors))?;
        if self.json {
            let json = serde_json::to_string_pretty(&explanation).unwrap_or_default();
            terminal::print(&format!("{json}\n"));
        } else {
            terminal::print(&explanation.text(terminal::takes_colour(&stdout())));
        }
        match self.max_calls {
            Some(most) if explanation.calls > most => {
                let calls = explanation.calls;
                terminal::print_error(&format!("error: {calls} calls are more than the {most} of --max-calls\n"));
                Err(Failure::Told(Exit::Mistakes))
            }
            _ => Ok(()),
        }
    }

    fn read_query(&self) -> Result<String, Failure> {
        let read = if self.query.as_os_str() == "-" {
            let mut text = String::new();
            stdin().lock().read_to_string(&mut text).map(|_| text)
        } else {
            std::fs::read_to_string(&self.query)
        };
        read.map_err(|error| Failure::Unreachable(format!("`{}` cannot be read: {error}", self.query.display())))
    }

    /// Mistakes of the operation, a line each.
    fn tell(&self, errors: &[Error]) -> Failure {
        for error in errors {
            let place = error.locations.first().map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
            terminal::print_error(&format!("error: {}\n  --> {}{place}\n", error.message, self.query.display()));
        }
        Failure::Told(Exit::Mistakes)
    }
}
