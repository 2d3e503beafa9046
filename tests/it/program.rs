//! The program as a process that serves: started on a free port, asked over sockets, read from its streams, told to end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longest that a process may take to say or answer something.
const LONG: Duration = Duration::from_secs(20);

/// The program, with nothing of the environment of whoever runs the tests.
pub fn tributary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Runs it to its end: exit code, standard output, standard error.
pub fn run(arguments: &[&str]) -> (i32, String, String) {
    finish(&mut tributary(arguments))
}

/// Runs a command to its end: exit code, standard output, standard error.
pub fn finish(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code().expect("no signal"), text(stdout), text(stderr))
}

/// A server process that ends with the test.
pub struct Serving {
    pub child: Child,
    pub address: String,
    told: Arc<Mutex<Vec<u8>>>,
    reading: Option<JoinHandle<()>>,
}

impl Serving {
    /// Starts it with its error stream read, and waits for the line that says where it listens.
    pub fn start(command: &mut Command) -> Serving {
        Serving::start_heard(command.stderr(Stdio::piped()))
    }

    /// Starts it with the error stream that it has.
    pub fn start_heard(command: &mut Command) -> Serving {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("started");
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&told);
        let reading = child.stderr.take().map(|errors| {
            std::thread::spawn(move || {
                let mut errors = BufReader::new(errors);
                let mut line = Vec::new();
                while errors.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).append(&mut line);
                }
            })
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).map(ToOwned::to_owned);
        let mut serving = Serving { child, address: String::new(), told, reading };
        assert!(address.is_some(), "no address in {line:?}: {}", serving.told());
        serving.address = address.unwrap_or_default();
        serving
    }

    /// What it has written to its error stream.
    pub fn told(&self) -> String {
        String::from_utf8_lossy(&self.told_bytes()).into_owned()
    }

    /// The same, byte for byte.
    pub fn told_bytes(&self) -> Vec<u8> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has written this to its error stream.
    pub fn wait_until_told(&self, words: &str) {
        self.wait_until(words, |serving| serving.told().contains(words));
    }

    /// Waits until something is so.
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&Serving) -> bool) {
        let started = Instant::now();
        while !is_so(self) {
            assert!(started.elapsed() < LONG, "never: {what}\n{}", self.told());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends an operation on a connection of its own; the whole reply.
    pub fn query(&self, query: &str) -> String {
        self.post(&format!("{{\"query\":{}}}", serde_json::Value::from(query)))
    }

    /// Sends a body on a connection of its own; the whole reply.
    pub fn post(&self, body: &str) -> String {
        self.post_with("", body)
    }

    /// The same with further header lines.
    pub fn post_with(&self, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let length = body.len();
        write!(
            stream,
            "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}\
             content-length: {length}\r\n\r\n{body}"
        )
        .expect("sent");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("answered");
        reply
    }

    /// Asks it to end, as an operator does.
    pub fn signal(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    /// Ends it, reads what it still has to say, and gives its exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        self.signal();
        self.wait()
    }

    /// Waits for its end, reads what it still has to say, and gives its exit code.
    pub fn wait(&mut self) -> Option<i32> {
        let code = self.child.wait().expect("ended").code();
        if let Some(reading) = self.reading.take() {
            reading.join().expect("read to its end");
        }
        code
    }
}

/// A client that keeps its connection.
pub struct Client(BufReader<TcpStream>, bool);

impl Client {
    pub fn connect(address: &str) -> Client {
        Client(BufReader::new(TcpStream::connect(address).expect("a connection")), false)
    }

    /// Sends an operation; status line and body of the reply. Anything but a whole reply fails the test.
    pub fn query(&mut self, query: &str) -> (String, String) {
        let body = format!("{{\"query\":{}}}", serde_json::Value::from(query));
        let length = body.len();
        self.send(&format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
    }

    /// Gets a path; status line and body of the reply.
    pub fn get(&mut self, path: &str) -> (String, String) {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"))
    }

    /// Whether the last reply said that no other one comes on this connection.
    pub fn is_told_to_leave(&self) -> bool {
        self.1
    }

    fn send(&mut self, request: &str) -> (String, String) {
        self.0.get_mut().write_all(request.as_bytes()).expect("sent");
        let mut line = || {
            let mut line = String::new();
            self.0.read_line(&mut line).expect("a line");
            line.trim_end().to_owned()
        };
        let status = line();
        let mut length = 0;
        loop {
            let header = line();
            match header.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().expect("a length"),
                Some(("connection", "close")) => self.1 = true,
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("the whole body");
        (status, String::from_utf8(body).expect("UTF-8"))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
