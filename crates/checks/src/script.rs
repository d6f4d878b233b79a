//! The one runner of users' programs: a row on standard input, a verdict on standard output, and nothing that the
//! program does can hold up or swamp the run.

use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::external::{ExternalResult, ScriptCommand, ScriptSpec};
use crate::fold::quote;

mod group;
mod verdict;

/// Most of standard output that is read as a verdict; more is an error.
pub const KEPT_STDOUT: usize = 64 * 1024;

/// Most that a program may print on either stream before it is ended.
pub const FLOOD: usize = 1024 * 1024;

/// How much of standard error is kept for messages.
const KEPT_STDERR: usize = 4096;

/// How long output is waited for after the program has ended, should a process it started hold the pipe.
const GRACE: Duration = Duration::from_millis(200);

/// How often the program is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// Runs a program of the user on one row and reads its verdict. Blocks until it has ended or was ended.
///
/// The program gets `stdin` and answers on standard output with a JSON object
/// `{"pass": true, "score": 0.9, "message": "…"}` (`pass` or `score` may be left out), a bare score from 0 to 1,
/// or the word `pass` or `fail`; where it prints nothing, exit code 0 is a pass and 1 a fail. Anything else is
/// an error and never a pass: another exit code, a death by signal, a pass with exit code 1, a score out of
/// range, output that is not one of these, more than [`KEPT_STDOUT`] of it, or no end within the time limit.
///
/// On Unix the program leads a process group of its own, which is ended with it; a process that leaves the
/// group is not waited for. On other systems the program alone is ended.
pub fn run(spec: &ScriptSpec, stdin: &[u8]) -> ExternalResult {
    let name = match &spec.command {
        ScriptCommand::Argv(argv) => quote(argv.first().map_or("", String::as_str)),
        ScriptCommand::Shell(line) => quote(line),
    };
    match start(spec) {
        Ok(child) => match watch(child, stdin, spec.timeout) {
            Ok(ended) => verdict::read(&ended, spec.threshold),
            Err(why) => ExternalResult::failed(format!("the script {name} {why}")),
        },
        Err(error) => ExternalResult::failed(cannot_start(&name, spec, &error)),
    }
}

/// What a program left behind.
struct Ended {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

fn start(spec: &ScriptSpec) -> std::io::Result<Child> {
    let mut command = match &spec.command {
        ScriptCommand::Argv(argv) => {
            let (program, arguments) = argv.split_first().ok_or(ErrorKind::NotFound)?;
            let mut command = Command::new(locate(program, spec.base.as_deref()));
            command.args(arguments);
            command
        }
        ScriptCommand::Shell(line) if cfg!(windows) => {
            let mut command = Command::new("cmd");
            command.arg("/C").arg(line);
            command
        }
        ScriptCommand::Shell(line) => {
            let mut command = Command::new("sh");
            command.arg("-c").arg(line);
            command
        }
    };
    if let Some(base) = spec.base.as_deref().filter(|base| !base.as_os_str().is_empty()) {
        command.current_dir(base);
    }
    for name in &spec.without_env {
        command.env_remove(name);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    group::lead(&mut command);
    let mut tries = 0;
    loop {
        match command.spawn() {
            // The file was being written a moment ago, or a sibling still holds it open across its own start.
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && tries < 20 => {
                tries += 1;
                thread::sleep(LOOK);
            }
            other => return other,
        }
    }
}

/// Where a program is: a name with a separator is relative to the suite's folder, a bare name is a file of that
/// folder if there is one.
fn locate(program: &str, base: Option<&Path>) -> PathBuf {
    let path = Path::new(program);
    let Some(base) = base.filter(|_| path.is_relative()) else { return path.to_path_buf() };
    // The program starts in `base`, and what a relative program name refers to then differs between systems.
    let inside = std::path::absolute(base).unwrap_or_else(|_| base.to_path_buf()).join(path);
    let bare = path.components().count() == 1 && !program.contains(['/', '\\']);
    if bare && !inside.is_file() { path.to_path_buf() } else { inside }
}

fn cannot_start(name: &str, spec: &ScriptSpec, error: &std::io::Error) -> String {
    if let Some(base) = spec.base.as_deref().filter(|base| !base.as_os_str().is_empty() && !base.is_dir()) {
        return format!("the script {name} cannot start: its folder {} does not exist", base.display());
    }
    match error.kind() {
        ErrorKind::NotFound => format!(
            "the script {name} was not found, or what its first line starts was not; \
             a path is relative to the suite's folder, and arguments belong in a list: [\"python3\", \"check.py\"]"
        ),
        ErrorKind::PermissionDenied => {
            format!(
                "the script {name} may not be run; make it executable, or name its interpreter: [\"python3\", \"check.py\"]"
            )
        }
        _ => format!("the script {name} cannot start: {error}"),
    }
}

/// A piece of what the program prints.
enum Piece {
    Out(Vec<u8>),
    Err(Vec<u8>),
}

/// Feeds the program, gathers what it prints and ends it when it is done, late or too loud.
fn watch(mut child: Child, stdin: &[u8], timeout: Duration) -> Result<Ended, String> {
    let deadline = Instant::now() + timeout;
    let pieces = match connect(&mut child, stdin) {
        Ok(pieces) => pieces,
        Err(error) => {
            group::end(&mut child);
            return Err(format!("could not be watched: {error}"));
        }
    };
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let (mut printed, mut complained) = (0_usize, 0_usize);
    let mut open = true;
    let mut ended_at: Option<Instant> = None;
    let failure = loop {
        if open {
            match pieces.recv_timeout(LOOK) {
                Ok(Piece::Out(bytes)) => {
                    printed = printed.saturating_add(bytes.len());
                    keep(&mut stdout, &bytes, KEPT_STDOUT + 1);
                }
                Ok(Piece::Err(bytes)) => {
                    complained = complained.saturating_add(bytes.len());
                    keep(&mut stderr, &bytes, KEPT_STDERR);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => open = false,
            }
        } else {
            thread::sleep(LOOK.min(Duration::from_millis(1)));
        }
        if printed > FLOOD || complained > FLOOD {
            break Some(format!("printed more than {} KiB and was ended", FLOOD / 1024));
        }
        let now = Instant::now();
        match ended_at {
            // All output is there, or whoever holds the pipe is not worth waiting for.
            Some(at) if !open || now >= at + GRACE => break None,
            Some(_) => {}
            None => match group::has_ended(&mut child) {
                Ok(true) => {
                    ended_at = Some(now);
                    // What the program left running must neither hold its pipes nor outlive it.
                    group::end_others(&child);
                }
                Ok(false) if now >= deadline => {
                    break Some(format!("did not end within {} s and was ended", timeout.as_secs_f64()));
                }
                Ok(false) => {}
                Err(error) => break Some(format!("could not be waited for: {error}")),
            },
        }
    };
    let status = group::end(&mut child);
    match (failure, status) {
        (Some(why), _) => Err(why),
        (None, Some(status)) => Ok(Ended { status, stdout, stderr }),
        (None, None) => Err("ended without a status".to_owned()),
    }
}

/// One thread for each pipe, so that a program that reads or prints at its own pace never waits for another pipe.
fn connect(child: &mut Child, stdin: &[u8]) -> std::io::Result<Receiver<Piece>> {
    // A small bound: a flood stops at the pipe, not in memory.
    let (sender, pieces) = sync_channel(4);
    if let Some(stdout) = child.stdout.take() {
        let sender = sender.clone();
        thread::Builder::new().name("script output".to_owned()).spawn(move || pump(stdout, &sender, Piece::Out))?;
    }
    if let Some(stderr) = child.stderr.take() {
        thread::Builder::new().name("script errors".to_owned()).spawn(move || pump(stderr, &sender, Piece::Err))?;
    }
    if let Some(mut pipe) = child.stdin.take() {
        let row = stdin.to_vec();
        // A program that does not read its input closes the pipe when it ends; that is its right.
        thread::Builder::new()
            .name("script input".to_owned())
            .spawn(move || pipe.write_all(&row).and_then(|()| pipe.flush()))?;
    }
    Ok(pieces)
}

fn pump(mut pipe: impl Read, sender: &SyncSender<Piece>, piece: fn(Vec<u8>) -> Piece) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => {
                if sender.send(piece(buffer.get(..count).unwrap_or_default().to_vec())).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

fn keep(kept: &mut Vec<u8>, bytes: &[u8], limit: usize) {
    let room = limit.saturating_sub(kept.len()).min(bytes.len());
    kept.extend_from_slice(bytes.get(..room).unwrap_or_default());
}
