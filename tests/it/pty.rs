//! A program in a pseudo terminal: what is typed into it, and what its screen shows.

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::{
    io::{Read as _, Write},
    num::NonZero,
    path::Path,
    process::Command,
    sync::{Arc, Condvar, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

/// How long a screen may take to show what is waited for. A test that passes never waits this long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program in a pseudo terminal.
pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    shared: Arc<(Mutex<Shown>, Condvar)>,
}

/// Sends a signal to a process.
#[track_caller]
pub(crate) fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &process.to_string()]).status();
    assert!(sent.unwrap().success(), "{name}");
}

/// Returns in which state a process is, as `ps` words it.
fn state(process: &str) -> String {
    let output = Command::new("ps").args(["-o", "stat=", "-p", process]).output();
    String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// What the program has written so far.
struct Shown {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    is_over: bool,
    /// Whether nobody is to read any more.
    is_left: bool,
}

impl Pty {
    /// Starts the program with nothing of this environment but the home directory that it is given.
    pub(crate) fn start(program: &str, arguments: &[&str], home: &Path, (width, height): (u16, u16)) -> Self {
        Self::start_with(program, arguments, home, (width, height), &[])
    }

    /// Starts the program with some more variables.
    pub(crate) fn start_with(
        program: &str,
        arguments: &[&str],
        home: &Path,
        (width, height): (u16, u16),
        environment: &[(&str, &str)],
    ) -> Self {
        let size = PtySize {
            rows: height,
            cols: width,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("TZ", "UTC");
        command.cwd(home);
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let shown = Shown {
            parser: vt100::Parser::new(cells(height), cells(width), 0),
            bytes: Vec::new(),
            is_over: false,
            is_left: false,
        };
        let shared = Arc::new((Mutex::new(shown), Condvar::new()));
        let ours = Arc::clone(&shared);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let count = reader.read(&mut buffer).unwrap_or(0);
                let mut shown = ours.0.lock().unwrap();
                shown.is_over = count == 0;
                shown.parser.process(&buffer[..count]);
                shown.bytes.extend_from_slice(&buffer[..count]);
                ours.1.notify_all();
                if count == 0 || shown.is_left {
                    // The terminal is closed once nobody holds an end of it.
                    drop(reader);
                    shown.is_over = true;
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Self {
            child,
            master: pair.master,
            writer,
            shared,
        }
    }

    /// Types.
    pub(crate) fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.shared
            .0
            .lock()
            .unwrap()
            .parser
            .screen_mut()
            .set_size(cells(height), cells(width));
        self.master
            .resize(PtySize {
                rows: height,
                cols: width,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
    }

    /// Returns the process's number.
    pub(crate) fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits until the screen holds `text`, and returns the screen.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("“{text}”"), |screen| screen.contents().contains(text))
    }

    /// Returns whether the screen holds `text` now.
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.shared.0.lock().unwrap().parser.screen().contents().contains(text)
    }

    /// Waits until the screen is as it should be, and returns it.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, is_there: impl Fn(&vt100::Screen) -> bool) -> String {
        let started = Instant::now();
        let mut shown = self.shared.0.lock().unwrap();
        loop {
            if is_there(shown.parser.screen()) {
                return shown.parser.screen().contents();
            }
            let left = PATIENCE.checked_sub(started.elapsed());
            match left {
                Some(left) if !shown.is_over => shown = self.shared.1.wait_timeout(shown, left).unwrap().0,
                _ => panic!(
                    "the screen never showed {what}, but this:\n{}",
                    shown.parser.screen().contents()
                ),
            }
        }
    }

    /// Waits until the program has ended, and returns its status and all that it wrote.
    #[track_caller]
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let started = Instant::now();
        let mut shown = self.shared.0.lock().unwrap();
        while !shown.is_over {
            let left = PATIENCE.checked_sub(started.elapsed());
            let Some(left) = left else {
                self.child.kill().ok();
                panic!(
                    "the program never ended; its screen:\n{}",
                    shown.parser.screen().contents()
                );
            };
            shown = self.shared.1.wait_timeout(shown, left).unwrap().0;
        }
        let bytes = String::from_utf8_lossy(&shown.bytes).into_owned();
        drop(shown);
        (self.child.wait().unwrap(), bytes)
    }

    /// Returns what the screen holds now.
    pub(crate) fn contents(&self) -> String {
        self.shared.0.lock().unwrap().parser.screen().contents()
    }

    /// Returns how much was written so far.
    pub(crate) fn written(&self) -> usize {
        self.shared.0.lock().unwrap().bytes.len()
    }

    /// Waits until `sequence` was written after the first `from` bytes.
    #[track_caller]
    pub(crate) fn wait_for_written(&self, from: usize, sequence: &str) {
        assert!(self.writes(from, sequence, PATIENCE), "{sequence:?} was never written");
    }

    /// Returns whether `sequence` is written after the first `from` bytes before this time has passed.
    pub(crate) fn writes(&self, from: usize, sequence: &str, patience: Duration) -> bool {
        let shown = self.shared.0.lock().unwrap();
        let is_missing = |shown: &mut Shown| !String::from_utf8_lossy(&shown.bytes[from..]).contains(sequence);
        let waited = self.shared.1.wait_timeout_while(shown, patience, is_missing);
        !waited.unwrap().1.timed_out()
    }

    /// Sends a signal to the program.
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        signal(self.process(), name);
    }

    /// Closes the terminal, as a window is closed or a connection breaks, and returns the status with which the program ends.
    ///
    /// The program must write something when the size changes.
    #[track_caller]
    pub(crate) fn hang_up(mut self, (width, height): (u16, u16)) -> ExitStatus {
        self.shared.0.lock().unwrap().is_left = true;
        self.resize(width, height);
        let shown = self.shared.0.lock().unwrap();
        let waiting = self
            .shared
            .1
            .wait_timeout_while(shown, PATIENCE, |shown| !shown.is_over);
        assert!(!waiting.unwrap().1.timed_out(), "nothing was drawn at another size");
        // The library types a line end and Ctrl-D before it closes: whoever stands still cannot take them in, and they are gone
        // with the terminal. The system lets a process go on that it tells of its terminal's end.
        self.signal("STOP");
        let process = self.process().to_string();
        let started = Instant::now();
        while !state(&process).starts_with('T') {
            assert!(started.elapsed() < PATIENCE, "the program never stood still");
            thread::yield_now();
        }
        let Self {
            mut child,
            master,
            writer,
            ..
        } = self;
        drop(writer);
        drop(master);
        let mut killer = child.clone_killer();
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || sender.send(child.wait().unwrap()));
        ended.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            killer.kill().ok();
            panic!("the program never ended after its terminal was closed");
        })
    }

    /// Returns whether the screen is the alternate one, which is gone when the program ends.
    pub(crate) fn is_alternate(&self) -> bool {
        self.shared.0.lock().unwrap().parser.screen().alternate_screen()
    }
}
