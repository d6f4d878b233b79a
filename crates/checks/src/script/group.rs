//! Ending a program together with what it started.

use std::io;
use std::process::{Child, Command, ExitStatus};

/// Makes the program the leader of a process group of its own.
#[cfg(unix)]
pub(super) fn lead(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
pub(super) fn lead(_: &mut Command) {}

/// Whether the program has ended. Its entry is left in the process table, so that its group's number cannot
/// be given to another before [`end`].
#[cfg(unix)]
pub(super) fn has_ended(child: &mut Child) -> io::Result<bool> {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    let Some(pid) = pid(child) else { return Ok(true) };
    match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT) {
        Ok(status) => Ok(status.is_some()),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
pub(super) fn has_ended(child: &mut Child) -> io::Result<bool> {
    Ok(child.try_wait()?.is_some())
}

/// Ends what is left of the group of a program that has ended itself.
#[cfg(unix)]
pub(super) fn end_others(child: &Child) {
    if let Some(pid) = pid(child) {
        // No one left to end is the usual case.
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
pub(super) fn end_others(_: &Child) {}

/// Ends the program, on Unix with its whole group, and takes its status.
pub(super) fn end(child: &mut Child) -> Option<ExitStatus> {
    end_others(child);
    let _ = child.kill();
    child.wait().ok()
}

#[cfg(unix)]
fn pid(child: &Child) -> Option<rustix::process::Pid> {
    i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw)
}
