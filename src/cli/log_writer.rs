//! Where the log goes: into a bounded buffer, which a thread of its own writes out every few milliseconds. Whoever logs
//! waits for nobody and makes no system call; when whoever reads the log stops reading, lines are lost and are counted.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Most bytes that wait to be written.
const MOST_BYTES: usize = 1024 * 1024;

/// How long lines gather before they are written together.
const GATHERING: Duration = Duration::from_millis(20);

/// Longest wait at the end for what is still to be written.
const FAREWELL: Duration = Duration::from_millis(500);

/// Takes lines; every clone writes to the same place.
#[derive(Debug, Clone, Default)]
pub(super) struct LogWriter(Arc<Shared>);

/// Ends the writing when it is dropped, with all that was logged by then; but whoever does not read the log does not keep the
/// program from ending.
#[derive(Debug)]
pub(super) struct LogGuard(LogWriter);

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    lost: usize,
    has_ended: bool,
    all_is_written: bool,
}

impl LogWriter {
    /// Writes to `out` from a thread of its own.
    ///
    /// # Errors
    /// Where there is no thread to be had.
    pub(super) fn start(out: impl Write + Send + 'static) -> io::Result<(LogWriter, LogGuard)> {
        let writer = LogWriter::default();
        let shared = Arc::clone(&writer.0);
        // The guard waits for this thread, and for no longer than it may.
        thread::Builder::new().name("log".to_owned()).spawn(move || shared.write_all_to(out))?;
        Ok((writer.clone(), LogGuard(writer)))
    }
}

impl Write for LogWriter {
    /// Takes a whole line, or none of it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.0.lock();
        if waiting.bytes.len() + line.len() > MOST_BYTES {
            waiting.lost += 1;
            return Ok(line.len());
        }
        let is_first = waiting.bytes.is_empty();
        waiting.bytes.extend_from_slice(line);
        drop(waiting);
        if is_first {
            self.0.changed.notify_all();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all_to(&self, mut out: impl Write) {
        let mut has_ended = false;
        while !has_ended {
            let nothing = |waiting: &mut Waiting| waiting.bytes.is_empty() && !waiting.has_ended;
            let mut waiting = self.changed.wait_while(self.lock(), nothing).unwrap_or_else(PoisonError::into_inner);
            if !waiting.has_ended {
                let goes_on = |waiting: &mut Waiting| !waiting.has_ended;
                let gathered = self.changed.wait_timeout_while(waiting, GATHERING, goes_on);
                waiting = gathered.unwrap_or_else(PoisonError::into_inner).0;
            }
            has_ended = waiting.has_ended;
            let (bytes, lost) = (std::mem::take(&mut waiting.bytes), std::mem::take(&mut waiting.lost));
            drop(waiting);
            // Nobody is left to tell where the log cannot be written.
            let _ = out.write_all(&bytes);
            if lost > 0 {
                let _ = writeln!(
                    out,
                    "{{\"level\":\"WARN\",\"fields\":{{\"message\":\"{lost} lines of the log were lost\"}}}}"
                );
            }
        }
        self.lock().all_is_written = true;
        self.changed.notify_all();
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        let Shared { changed, .. } = &*self.0.0;
        let mut waiting = self.0.0.lock();
        waiting.has_ended = true;
        changed.notify_all();
        // Either end will do.
        drop(changed.wait_timeout_while(waiting, FAREWELL, |waiting| !waiting.all_is_written));
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex, PoisonError, mpsc};

    use super::{LogWriter, MOST_BYTES};

    /// Keeps what it is given, once it is let.
    struct Slow(mpsc::Receiver<()>, Arc<Mutex<Vec<u8>>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            self.1.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_was_logged_is_written_at_the_end_and_what_found_no_room_is_counted() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let (open, opened) = mpsc::channel();
        let (mut writer, guard) = LogWriter::start(Slow(opened, Arc::clone(&kept))).expect("a thread");
        let line = [b'x'; 1024];
        // Whatever is being written already has left room: so much more never fits.
        for _ in 0..3 * MOST_BYTES / line.len() {
            writer.write_all(&line).expect("never fails");
        }
        writer.write_all(b"").expect("never fails");
        drop(open);
        drop(guard);
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept);
        assert!(text.contains(" lines of the log were lost"), "{}", text.len());
        assert!(text.matches('x').count() >= MOST_BYTES - line.len(), "{}", text.len());
    }

    #[test]
    fn who_does_not_read_keeps_nobody_from_ending() {
        let (_open, opened) = mpsc::channel();
        let (mut writer, guard) = LogWriter::start(Slow(opened, Arc::default())).expect("a thread");
        writer.write_all(b"never read").expect("never fails");
        drop(guard);
    }
}
