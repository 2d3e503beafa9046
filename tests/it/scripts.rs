//! The scripts that start the tests' PostgreSQL: they look for its programs in one place.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// What `postgres.sh find` prints where this `pg_config` comes first.
fn found(pg_config: &Path) -> (Option<i32>, String) {
    let path = std::env::var("PATH").expect("a path");
    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres.sh"))
        .arg("find")
        .env("PATH", format!("{}:{path}", pg_config.display()))
        .output()
        .expect("a shell");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

fn write_program(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}\n")).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("executable");
}

#[test]
fn a_postgresql_is_found_where_it_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let programs = folder.path().join("elsewhere");
    fs::create_dir(&programs).expect("a folder");
    write_program(&folder.path().join("pg_config"), &format!("echo {}", programs.display()));
    write_program(&programs.join("initdb"), "");
    let line = format!("{}\n", programs.display());
    assert_ne!(found(folder.path()).1, line, "found without pg_ctl");
    write_program(&programs.join("pg_ctl"), "");
    assert_eq!(found(folder.path()), (Some(0), line));
}

#[test]
fn only_one_script_knows_where_postgresql_may_be() {
    let run = include_str!("../run.sh");
    assert!(run.contains("tests/postgres.sh find") && !run.contains("pg_config") && !run.contains("/bin "), "{run}");
}
