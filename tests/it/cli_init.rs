//! `tributary init`, and what README tells of it: each step is run as it is printed there, and answers as it says.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::program::{Serving, finish, tributary};

const README: &str = include_str!("../../README.md");

/// The blocks of README's section with their languages.
fn blocks(section: &str) -> Vec<(&'static str, &'static str)> {
    let start = README.find(&format!("\n## {section}\n")).expect("the section") + 4;
    let section = README[start..].split("\n## ").next().expect("its text");
    let parts = section.split("```").skip(1).step_by(2);
    parts.map(|part| part.split_once('\n').expect("a language")).collect()
}

fn blocks_in(language: &str) -> Vec<&'static str> {
    blocks("Your own database and service")
        .into_iter()
        .filter(|(name, _)| *name == language)
        .map(|(_, text)| text)
        .collect()
}

/// Every file below a folder, by its path in it.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).expect("inside").to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Serves the files of a folder until the process ends, as `python3 -m http.server` does.
fn serve_files(folder: PathBuf) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().expect("cloned")).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            let headers = lines.take_while(|line| !line.is_empty()).count();
            assert!(headers > 0, "{request}");
            let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
            let (status, body) =
                fs::read_to_string(folder.join(path)).map_or(("404 Not Found", String::new()), |text| ("200 OK", text));
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            // Whoever asked may have gone.
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    address
}

/// Runs the line of README that makes the folder, and gives what it printed.
fn run_init(folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_tributary")).parent().expect("a folder").display().to_string();
    let script = blocks_in("sh")[1];
    let path = format!("{program}:{}", std::env::var("PATH").unwrap_or_default());
    let (code, out, err) =
        finish(Command::new("sh").args(["-euc", script]).current_dir(folder).env_clear().env("PATH", path));
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    out
}

fn start(folder: &Path, weather: &str) -> Serving {
    let mut command = tributary(&["serve", "--listen", "127.0.0.1:0"]);
    Serving::start(command.current_dir(folder).env("WEATHER_URL", weather))
}

#[test]
fn the_steps_of_the_readme_lead_to_the_answer_that_it_shows() {
    let parent = tempfile::tempdir().expect("a folder");
    let printed = run_init(parent.path());
    let folder = parent.path().join("my-gateway");
    for step in
        blocks_in("sh").iter().skip(1).take(4).flat_map(|block| block.lines().skip_while(|line| line.contains("init")))
    {
        assert!(printed.contains(step.trim_start()), "{step}\n{printed}");
    }
    let schema = fs::read_to_string(folder.join("schema.graphql")).expect("written");
    let bare: Vec<&str> = schema.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    assert_eq!(format!("{}\n", bare.join("\n")), blocks_in("graphql")[0]);
    let (code, out, err) = finish(tributary(&["check"]).current_dir(&folder));
    assert_eq!((code, out.as_str(), err.as_str()), (0, blocks_in("text")[0], ""));

    let body = blocks_in("sh")[4].split('\'').nth(3).expect("what curl sends");
    let mut served = start(&folder, &format!("http://{}", serve_files(folder.join("service"))));
    let reply = served.post(body);
    assert!(reply.ends_with(&format!("\r\n\r\n{}", blocks_in("json")[0].trim_end())), "{reply}");
    assert_eq!(served.terminate(), Some(0));
}

#[test]
fn without_the_service_the_rest_is_there() {
    let parent = tempfile::tempdir().expect("a folder");
    run_init(parent.path());
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let served = start(&parent.path().join("my-gateway"), &format!("http://{nobody}"));
    let reply = served.post(r#"{"query":"{ cities { name weather { celsius } } }"}"#);
    for part in
        [r#"{"name":"Bergen","weather":null}"#, r#""path":["cities",1,"weather"]"#, r#""path":["cities",2,"weather"]"#]
    {
        assert!(reply.contains(part), "{part}: {reply}");
    }
    assert_eq!(reply.matches("SOURCE_UNAVAILABLE").count(), 2, "{reply}");
}

#[test]
fn a_mistake_in_it_is_told_as_the_readme_shows() {
    let parent = tempfile::tempdir().expect("a folder");
    run_init(parent.path());
    let path = parent.path().join("my-gateway/schema.graphql");
    let schema = fs::read_to_string(&path).expect("written").replace("{parent.station}", "{parent.staton}");
    fs::write(&path, schema).expect("written");
    let (code, _, err) = finish(tributary(&["check"]).current_dir(parent.path().join("my-gateway")));
    assert_eq!((code, err.as_str()), (1, blocks_in("text")[1]));
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("cities.sql"), "mine").expect("written");
    let (code, out, err) = finish(tributary(&["init"]).current_dir(folder.path()));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("error: `cities.sql` is there already, and nothing was written\n"), "{err}");
    assert_eq!(files_of(folder.path()), [PathBuf::from("cities.sql")]);
    assert_eq!(fs::read_to_string(folder.path().join("cities.sql")).expect("there"), "mine");
}

#[test]
fn a_folder_with_other_files_is_taken_and_one_that_cannot_be_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes.txt"), "mine").expect("written");
    let (code, out, err) = finish(tributary(&["init"]).current_dir(folder.path()));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(!out.contains("  cd "), "{out}");
    assert_eq!(files_of(folder.path()).len(), 5);
    let (code, out, err) = finish(tributary(&["init", "notes.txt"]).current_dir(folder.path()));
    assert_eq!((code, out.as_str()), (69, ""), "{err}");
    assert!(err.starts_with("error: `notes.txt/schema.graphql` cannot be written: "), "{err}");
}
