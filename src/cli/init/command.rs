//! The command itself.

use std::path::{Path, PathBuf};

use clap::Args;

use super::super::exit::Failure;
use super::super::terminal;
use super::files;

/// Write a schema to begin with: a database and a service of your own.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: tributary init my-gateway\n\nA file that is there is never overwritten: then nothing is \
                        written, and the command ends with 2."
)]
pub(in crate::cli) struct Init {
    /// Where to write it; the folder is made where it is missing.
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
}

/// What is asked first.
const QUERY: &str = "{ cities { name weather { celsius summary } } }";

impl Init {
    /// Writes the files, and says what to do next.
    pub(in crate::cli) fn run(self) -> Result<(), Failure> {
        let there = files::already_there(&self.folder);
        if !there.is_empty() {
            let verb = if there.len() == 1 { "is" } else { "are" };
            let message = format!("{} {verb} there already, and nothing was written", listed(&there));
            let hint = "name a folder that has none of these files: `tributary init my-gateway`";
            return Err(Failure::Usage(format!("{message}\n  = hint: {hint}")));
        }
        let written = files::write(&self.folder).map_err(|(path, error)| {
            Failure::Unreachable(format!("`{}` cannot be written: {error}", path.display()))
        })?;
        terminal::print(&format!("wrote {}\n\n{}", listed(&written), next_steps(&self.folder)));
        Ok(())
    }
}

fn next_steps(folder: &Path) -> String {
    let enter = if folder == Path::new(".") { String::new() } else { format!("  cd {}\n", quoted(folder)) };
    format!(
        "\
Next:
{enter}  tributary check
  python3 -m http.server 9000 --bind 127.0.0.1 --directory service &
  tributary serve

and from another terminal:
  curl -s http://127.0.0.1:4000/graphql -H 'content-type: application/json' \\
    -d '{{\"query\": \"{QUERY}\"}}'

What `python3` serves stands in for your service. Without it, `weather` is null and stands in `errors`, and the rest is
there. Your own are named in the environment:
  WEATHER_URL=https://weather.example DATABASE_URL=postgres://user:password@host/database tributary serve
"
    )
}

fn listed(paths: &[PathBuf]) -> String {
    let shown: Vec<String> =
        paths.iter().map(|path| format!("`{}`", path.strip_prefix(".").unwrap_or(path).display())).collect();
    shown.join(", ")
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |character: char| character.is_alphanumeric() || "._-/".contains(character);
    if text.chars().all(is_plain) && !text.starts_with('-') {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::quoted;

    #[test]
    fn a_shell_reads_the_path() {
        for (path, shown) in
            [("a/b-c", "a/b-c"), ("my gateway", "'my gateway'"), ("it's", "'it'\\''s'"), ("$x", "'$x'")]
        {
            assert_eq!(quoted(Path::new(path)), shown);
        }
    }
}
