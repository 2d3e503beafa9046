//! The URL of a PostgreSQL server, judged by its text alone, so that it is told at its place what else would be found
//! when the source is made. Nothing of the URL stands in a message: it can hold a password.

use percent_encoding::percent_decode_str;

/// What is wrong, as it follows "the URL of a PostgreSQL server", and what would help.
type Problem = (&'static str, &'static str);

const SHAPE: &str = "write it as `postgres://user:password@host:5432/database`";
const PARAMETERS: &str = "write them as `?application_name=shop&connect_timeout=3`";
const SSL_MODES: &str = "write `sslmode=disable`, or `sslmode=prefer`";

/// The first thing that is wrong with a URL, without its scheme and the slashes behind it.
pub(in crate::schema) fn problem_of(rest: &str) -> Option<Problem> {
    // A user ends at the first `@`, wherever that stands.
    let (credentials, rest) = rest.split_once('@').unwrap_or(("", rest));
    let user = credentials.split(':').next().unwrap_or_default();
    if [user, rest].iter().any(|text| percent_decode_str(text).decode_utf8().is_err()) {
        return Some(("has percent-encoding that is no text", SHAPE));
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let parameters = rest.split_once('?').map_or("", |(_, parameters)| parameters);
    problem_of_hosts(authority).or_else(|| problem_of_parameters(parameters)).or_else(|| {
        let names_host = !authority.is_empty() || has_host(parameters);
        (!names_host).then_some(("names no host", SHAPE))
    })
}

fn has_host(parameters: &str) -> bool {
    parameters.split('&').any(|pair| pair.strip_prefix("host=").is_some_and(|host| !host.is_empty()))
}

fn problem_of_hosts(authority: &str) -> Option<Problem> {
    authority.split(',').filter(|_| !authority.is_empty()).find_map(problem_of_host)
}

fn problem_of_host(text: &str) -> Option<Problem> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':').unwrap_or("-"))),
            None => return Some(("has a bracket that is not closed", SHAPE)),
        },
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.contains('@') {
        return Some(("has a second `@`", "write `%40` for an `@` in the password"));
    }
    if host.is_empty() {
        return Some(("names no host", SHAPE));
    }
    port.filter(|port| !is_port(port)).map(|_| ("has a port that is no number up to 65535", SHAPE))
}

/// Whether it is a port; the default one where nothing is written.
fn is_port(text: &str) -> bool {
    text.is_empty() || text.parse::<u16>().is_ok()
}

fn problem_of_parameters(text: &str) -> Option<Problem> {
    let pairs = text.strip_suffix('&').unwrap_or(text).split('&');
    pairs.filter(|_| !text.is_empty()).find_map(|pair| {
        let Some((name, value)) = pair.split_once('=') else {
            return Some(("has a parameter without a value", PARAMETERS));
        };
        problem_of_parameter(name, &percent_decode_str(value).decode_utf8_lossy())
    })
}

fn problem_of_parameter(name: &str, value: &str) -> Option<Problem> {
    let is_known = |values: &[&str]| values.contains(&value);
    let (fits, problem) = match name {
        "sslmode" => return problem_of_ssl_mode(value),
        "hostaddr" => return Some(("has `hostaddr`, which is not supported", "name the address as the host")),
        "user" | "password" | "dbname" | "options" | "application_name" | "host" => (true, ""),
        "port" => (value.split(',').all(is_port), "has a `port` that is no number up to 65535"),
        "connect_timeout" => (is_number(value), "has a `connect_timeout` that is no number of seconds"),
        "tcp_user_timeout" => (is_number(value), "has a `tcp_user_timeout` that is no number of seconds"),
        "keepalives" | "keepalives_idle" | "keepalives_interval" | "keepalives_retries" => {
            (is_number(value), "has a `keepalives` setting that is no number")
        }
        "target_session_attrs" => {
            (is_known(&["any", "read-write", "read-only"]), "has `target_session_attrs` that is not known")
        }
        "channel_binding" => (is_known(&["disable", "prefer", "require"]), "has a `channel_binding` that is not known"),
        "load_balance_hosts" => (is_known(&["disable", "random"]), "has `load_balance_hosts` that is not known"),
        "sslnegotiation" => (is_known(&["postgres", "direct"]), "has an `sslnegotiation` that is not known"),
        _ => (false, "has a parameter that is not known"),
    };
    (!fits).then_some((problem, PARAMETERS))
}

/// Encryption is asked for by name and refused by name: nobody may believe that they have it.
fn problem_of_ssl_mode(mode: &str) -> Option<Problem> {
    let problem = match mode {
        "disable" | "prefer" => return None,
        "allow" => "has `sslmode=allow`, which is not supported yet",
        "require" => "has `sslmode=require`, which is not supported yet",
        "verify-ca" => "has `sslmode=verify-ca`, which is not supported yet",
        "verify-full" => "has `sslmode=verify-full`, which is not supported yet",
        _ => "has an `sslmode` that is not known",
    };
    Some((problem, SSL_MODES))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::problem_of;

    #[test]
    fn urls() {
        for (rest, begins) in [
            ("h", None),
            ("u:p@h:1/d?sslmode=prefer&connect_timeout=3", None),
            ("u:p/?#@h/d", None),
            ("a:1,[::1]:2,b/d", None),
            ("/d?host=%2Ftmp", None),
            ("u@?host=h&port=1,2", None),
            ("", Some("names no host")),
            ("u:p@/d", Some("names no host")),
            (":5432/d", Some("names no host")),
            ("a,,b", Some("names no host")),
            ("h:x", Some("has a port")),
            ("[::1]x", Some("has a port")),
            ("h?port=70000", Some("has a `port`")),
            ("h/d?sslmode=verify-full", Some("has `sslmode=verify-full`")),
            ("h/d?sslmode=secret", Some("has an `sslmode`")),
            ("h/d?x=1", Some("has a parameter")),
        ] {
            let problem = problem_of(rest).map(|(problem, _)| problem);
            match (problem, begins) {
                (Some(problem), Some(begins)) => assert!(problem.starts_with(begins), "{rest}: {problem}"),
                (problem, _) => assert_eq!(problem, None, "{rest}"),
            }
            assert_eq!(problem.is_some(), begins.is_some(), "{rest}");
        }
    }
}
