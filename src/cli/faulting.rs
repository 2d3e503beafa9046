//! `--fault`: sources that do wrong on purpose, as they are typed.

use clap::Args;

use super::exit::Failure;
use super::terminal;
use crate::config::{nearest_name, parse_duration};
use crate::schema::Schema;
use crate::source::{Fault, FaultKind, Faults};

/// How a fault is written; every message about a wrong one ends with it.
const GRAMMAR: &str = "write SOURCE:KIND[=VALUE][@SHARE%], such as `reviews:latency=2s@30%`\n  \
                       the kinds are latency=2s, hang, status=503, reset, down, garbage, slow-body=3s";

const KINDS: [&str; 7] = ["latency", "hang", "status", "reset", "down", "garbage", "slow-body"];

/// Which sources do wrong.
#[derive(Debug, Args)]
pub(super) struct Faulting {
    /// Make a source do wrong: SOURCE:KIND[=VALUE][@SHARE%], such as `reviews:latency=2s@30%`. Kinds: latency=2s, hang,
    /// reset, down, and for services status=503, garbage, slow-body=3s. SHARE is that of attempts, all where it is left out.
    /// Can be given several times; in the environment, with commas.
    #[arg(long, env = "TRIBUTARY_FAULT", value_name = "FAULT", value_delimiter = ',', value_parser = read_fault)]
    fault: Vec<Fault>,
    /// The seed of the shares: with the same one, the same attempts of a source meet its faults.
    #[arg(long, env = "TRIBUTARY_FAULT_SEED", value_name = "N", default_value_t = 0)]
    fault_seed: u64,
}

impl Faulting {
    /// Whether there are any.
    pub(super) fn is_on(&self) -> bool {
        !self.fault.is_empty()
    }

    /// The faults, which are told on the standard error stream.
    ///
    /// # Errors
    /// Those that no source of the schema can have.
    pub(super) fn faults(&self, schema: &Schema) -> Result<Faults, Failure> {
        let faults = Faults::new(self.fault.clone(), self.fault_seed);
        let misfits: Vec<String> = faults.misfits(schema).iter().map(ToString::to_string).collect();
        if !misfits.is_empty() {
            return Err(Failure::Usage(format!("--fault {}", misfits.join("\nerror: --fault "))));
        }
        if self.is_on() {
            let told: Vec<String> = self.fault.iter().map(ToString::to_string).collect();
            let seed = self.fault_seed;
            terminal::print_error(&format!("FAULTS ON PURPOSE (--fault-seed {seed}): {}\n", told.join(", ")));
        }
        Ok(faults)
    }
}

/// Reads `reviews:latency=2s@30%`.
fn read_fault(text: &str) -> Result<Fault, String> {
    let read = read_parts(text);
    read.map_err(|wrong| if wrong.is_empty() { GRAMMAR.to_owned() } else { format!("{wrong}; {GRAMMAR}") })
}

/// What is wrong may be nothing in particular.
fn read_parts(text: &str) -> Result<Fault, String> {
    // A name may have colons, what stands behind it has none.
    let (source, rest) = text.rsplit_once(':').filter(|(source, _)| !source.is_empty()).ok_or_else(String::new)?;
    let (what, share) = match rest.split_once('@') {
        Some((what, share)) => (what, read_share(share)?),
        None => (rest, 1.0),
    };
    let (name, value) = match what.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (what, None),
    };
    Ok(Fault { source: source.into(), kind: read_kind(name, value)?, share })
}

fn read_kind(name: &str, value: Option<&str>) -> Result<FaultKind, String> {
    let length = || {
        let text = value.ok_or_else(|| format!("`{name}` needs a length of time"))?;
        parse_duration(text).ok_or_else(|| format!("`{text}` is no length of time"))
    };
    let kind = match name {
        "latency" => FaultKind::Latency(length()?),
        "slow-body" => FaultKind::SlowBody(length()?),
        "status" => FaultKind::Status(read_status(value)?),
        "hang" => FaultKind::Hang,
        "reset" => FaultKind::Reset,
        "down" => FaultKind::Down,
        "garbage" => FaultKind::Garbage,
        "" => return Err(String::new()),
        _ => {
            let hint = nearest_name(name, KINDS).map_or_else(String::new, |hint| format!(", {hint}"));
            return Err(format!("there is no fault `{name}`{hint}"));
        }
    };
    match (kind, value) {
        (FaultKind::Hang | FaultKind::Reset | FaultKind::Down | FaultKind::Garbage, Some(_)) => {
            Err(format!("`{name}` has no value"))
        }
        _ => Ok(kind),
    }
}

fn read_status(value: Option<&str>) -> Result<u16, String> {
    let text = value.ok_or("`status` needs a status")?;
    let status = text.parse().ok().filter(|status| (300..=599).contains(status));
    status.ok_or_else(|| format!("`{text}` is no status of a failure, which are 300 to 599"))
}

fn read_share(text: &str) -> Result<f64, String> {
    let share = text.strip_suffix('%').and_then(|percent| percent.parse::<f64>().ok());
    let share = share.filter(|percent| *percent > 0.0 && *percent <= 100.0);
    share
        .map(|percent| percent / 100.0)
        .ok_or_else(|| format!("`{text}` is no share, which is above 0% and at most 100%"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{GRAMMAR, read_fault};
    use crate::source::{Fault, FaultKind};

    #[test]
    fn faults_are_read() {
        let (two, three) = (Duration::from_secs(2), Duration::from_millis(1_500));
        for (text, source, kind, share) in [
            ("reviews:latency=2s@30%", "reviews", FaultKind::Latency(two), 0.3),
            ("reviews:latency=2s", "reviews", FaultKind::Latency(two), 1.0),
            ("a-b.c:hang", "a-b.c", FaultKind::Hang, 1.0),
            ("a:b:hang@100%", "a:b", FaultKind::Hang, 1.0),
            ("web:status=503@0.5%", "web", FaultKind::Status(503), 0.005),
            ("web:reset@1%", "web", FaultKind::Reset, 0.01),
            ("web:down", "web", FaultKind::Down, 1.0),
            ("web:garbage@50%", "web", FaultKind::Garbage, 0.5),
            ("web:slow-body=1s500ms", "web", FaultKind::SlowBody(three), 1.0),
        ] {
            assert_eq!(read_fault(text), Ok(Fault { source: source.into(), kind, share }), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_the_grammar() {
        for (text, told) in [
            ("", "write SOURCE:KIND"),
            ("web", "write SOURCE:KIND"),
            ("web:", "write SOURCE:KIND"),
            (":down", "write SOURCE:KIND"),
            ("web=down", "write SOURCE:KIND"),
            ("web:slow", "there is no fault `slow`; "),
            ("web:Down", "there is no fault `Down`, did you mean `down`?"),
            ("web:garbag", "there is no fault `garbag`, did you mean `garbage`?"),
            ("web:latency", "`latency` needs a length of time"),
            ("web:latency=", "`` is no length of time"),
            ("web:latency=2", "`2` is no length of time"),
            ("web:latency=0s", "`0s` is no length of time"),
            ("web:slow-body@10%", "`slow-body` needs a length of time"),
            ("web:status", "`status` needs a status"),
            ("web:status=200", "`200` is no status of a failure, which are 300 to 599"),
            ("web:status=99999", "`99999` is no status of a failure"),
            ("web:hang=2s", "`hang` has no value"),
            ("web:down@30", "`30` is no share, which is above 0% and at most 100%"),
            ("web:down@0%", "`0%` is no share"),
            ("web:down@101%", "`101%` is no share"),
            ("web:down@NaN%", "`NaN%` is no share"),
            ("web:down@", "`` is no share"),
        ] {
            let message = read_fault(text).expect_err(text);
            assert!(message.contains(told) && message.ends_with(GRAMMAR), "{text}: {message}");
        }
    }

    #[test]
    fn a_fault_is_shown_as_it_is_written() {
        for text in ["reviews:latency=2s@30%", "a:b:hang", "web:status=503@0.5%", "web:slow-body=250ms", "web:reset"] {
            assert_eq!(read_fault(text).map(|fault| fault.to_string()).as_deref(), Ok(text));
        }
    }
}
