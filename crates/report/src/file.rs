//! Writing a file so that it is either the old one or the whole new one.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why a file was not written. Each says what happened to the file that was there: nothing.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The target exists and may not be replaced.
    #[error("{} already exists; give --force to replace it", path.display())]
    Exists {
        /// The target.
        path: PathBuf,
    },
    /// The target is a directory or has no file name.
    #[error("{} is not the path of a file", path.display())]
    NotAFile {
        /// The target.
        path: PathBuf,
    },
    /// A parent directory could not be made.
    #[error("cannot make the directory {}: {source}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The bytes could not be written or put in place. What was there before is unchanged.
    #[error("cannot write {}: {source}; nothing was changed", path.display())]
    Write {
        /// The target.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// Writes `bytes` to `path`: to a temporary file beside it first, then renamed over it.
///
/// Parent directories are made. An existing file is replaced only with `force` and keeps its
/// permissions; a symbolic link is followed and stays. On failure the temporary file is removed.
pub fn write_atomic(path: &Path, bytes: &[u8], force: bool) -> Result<(), WriteError> {
    let write_error = |source| WriteError::Write { path: path.to_owned(), source };
    refuse_early(path, force)?;
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(|source| WriteError::Directory { path: parent.to_owned(), source })?;
    }
    // Renaming over a link would turn it into a file.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (temporary, file) = create_beside(&target).map_err(write_error)?;
    let written = fill(file, &target, bytes).and_then(|()| put_in_place(&temporary, &target, force));
    written.map_err(|source| {
        // The first error is the one to tell; a left-over temporary file is not worth hiding it.
        let _ = fs::remove_file(&temporary);
        if source.kind() == io::ErrorKind::AlreadyExists && !force {
            WriteError::Exists { path: path.to_owned() }
        } else {
            write_error(source)
        }
    })
}

/// Whether [`write_atomic`] would refuse `path`, asked before any money is spent on what goes there.
pub fn refuse_early(path: &Path, force: bool) -> Result<(), WriteError> {
    if path.file_name().is_none() || path.is_dir() {
        return Err(WriteError::NotAFile { path: path.to_owned() });
    }
    if !force && fs::symlink_metadata(path).is_ok() {
        return Err(WriteError::Exists { path: path.to_owned() });
    }
    Ok(())
}

fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    const ATTEMPTS: u32 = 100;
    let name = target.file_name().unwrap_or_default();
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for attempt in 0..ATTEMPTS {
        let mut temporary_name = OsString::from(".");
        temporary_name.push(name);
        temporary_name.push(format!(".{}-{attempt}.tmp", std::process::id()));
        let temporary = target.with_file_name(temporary_name);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

fn fill(mut file: File, target: &Path, bytes: &[u8]) -> io::Result<()> {
    // Before the first byte, so that the content of a private file is never readable by others.
    if let Ok(existing) = fs::metadata(target) {
        file.set_permissions(existing.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

fn put_in_place(temporary: &Path, target: &Path, force: bool) -> io::Result<()> {
    if force {
        return fs::rename(temporary, target);
    }
    // A hard link fails where the name was taken meanwhile; renaming would replace it in silence.
    match fs::hard_link(temporary, target) {
        Ok(()) => fs::remove_file(temporary),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Some file systems have no hard links.
        Err(_) => fs::rename(temporary, target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn lesson_28_writes_whole_files_and_leaves_no_temporary_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b/out.json");
        write_atomic(&path, b"one", false).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let refused = write_atomic(&path, b"two", false).unwrap_err();
        assert!(matches!(refused, WriteError::Exists { .. }));
        assert!(refused.to_string().ends_with("already exists; give --force to replace it"));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write_atomic(&path, b"two", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(path.parent().unwrap()), ["out.json"]);
    }

    #[test]
    fn a_directory_is_not_a_file() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(write_atomic(directory.path(), b"x", true), Err(WriteError::NotAFile { .. })));
        assert!(matches!(write_atomic(Path::new("/"), b"x", true), Err(WriteError::NotAFile { .. })));
        let file = directory.path().join("file");
        fs::write(&file, b"x").unwrap();
        assert!(matches!(write_atomic(&file.join("below"), b"x", true), Err(WriteError::Directory { .. })));
        assert_eq!(names(directory.path()), ["file"]);
    }

    #[cfg(unix)]
    #[test]
    fn lesson_13_permissions_of_an_existing_file_are_not_widened() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("private.json");
        fs::write(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        write_atomic(&path, b"two", true).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_stays_one_and_its_target_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (directory.path().join("real"), directory.path().join("link"));
        fs::write(&target, b"one").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(matches!(write_atomic(&link, b"two", false), Err(WriteError::Exists { .. })));
        write_atomic(&link, b"two", true).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"two");
    }
}
