//! Where provider keys are found and kept: environment first, then the operating system's
//! keychain, then a key file readable by its owner alone (for machines without a keychain).

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use llm::registry::Provider;
use llm::secret::{self, ApiKey};

use crate::environment::{self, Environment};
use crate::exit::Failure;

/// Where a key was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// This environment variable.
    Environment(String),
    /// The operating system's keychain.
    Keychain,
    /// The key file.
    File,
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "${name}"),
            Self::Keychain => f.write_str("keychain"),
            Self::File => f.write_str("key file"),
        }
    }
}

/// Why a key could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyStoreError {
    /// This machine has no keychain, or this build has no support for one.
    #[error("this machine offers no keychain ({0})")]
    NoKeychain(String),
    /// The keychain is there and said no.
    #[cfg_attr(not(feature = "keychain"), expect(dead_code, reason = "a keychain that is not there refuses nothing"))]
    #[error("the keychain refused: {0}")]
    Refused(String),
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}

/// Finds and keeps keys.
#[derive(Debug)]
pub(crate) struct KeyStore<'a> {
    environment: &'a Environment,
    file: PathBuf,
}

impl<'a> KeyStore<'a> {
    /// Over this environment and this key file.
    pub(crate) fn new(environment: &'a Environment, file: PathBuf) -> Self {
        Self { environment, file }
    }

    /// The key of a provider and where it was found: environment, keychain, key file.
    ///
    /// A keychain that is absent or locked is passed over; `keys list` and `keys test` say so.
    pub(crate) fn find(&self, provider: &Provider) -> Result<Option<(ApiKey, KeySource)>, Failure> {
        let mut stored_in = KeySource::Keychain;
        let found = secret::find_key(
            provider,
            |name| self.environment.get(name).map(str::to_owned),
            |name| {
                if let Ok(Some(key)) = self.in_keychain(name) {
                    return Some(key);
                }
                stored_in = KeySource::File;
                read_file(&self.file).ok()?.remove(name)
            },
        );
        let place = |source: secret::KeySource, stored: KeySource| match source {
            secret::KeySource::Environment(name) => KeySource::Environment(name),
            secret::KeySource::Keychain => stored,
        };
        match found {
            Ok(found) => Ok(found.map(|found| (found.key, place(found.source, stored_in)))),
            Err((source, problem)) => Err(Failure::usage(format!(
                "the {} key in the {} cannot be used: {problem}",
                provider.display_name,
                place(source, stored_in)
            ))
            .hint("nothing was sent; set it again without spaces or quotes")),
        }
    }

    /// Stores a key in the keychain.
    pub(crate) fn store_in_keychain(&self, provider: &str, key: &ApiKey) -> Result<(), KeyStoreError> {
        self.keychain_allowed()?;
        keychain::set(provider, key)
    }

    /// Stores a key in the key file, which only its owner can read.
    pub(crate) fn store_in_file(&self, provider: &str, key: &ApiKey) -> Result<(), KeyStoreError> {
        let mut keys = read_file(&self.file)?;
        keys.insert(provider.to_owned(), key.expose_for_header().to_owned());
        write_file(&self.file, &keys)
    }

    /// Deletes a stored key wherever it is; true when there was one.
    pub(crate) fn delete(&self, provider: &str) -> Result<bool, KeyStoreError> {
        let mut deleted = match self.keychain_allowed().and_then(|()| keychain::delete(provider)) {
            Ok(deleted) => deleted,
            Err(KeyStoreError::NoKeychain(_)) => false,
            Err(error) => return Err(error),
        };
        let mut keys = read_file(&self.file)?;
        if keys.remove(provider).is_some() {
            write_file(&self.file, &keys)?;
            deleted = true;
        }
        Ok(deleted)
    }

    fn in_keychain(&self, provider: &str) -> Result<Option<String>, KeyStoreError> {
        self.keychain_allowed()?;
        keychain::get(provider)
    }

    fn keychain_allowed(&self) -> Result<(), KeyStoreError> {
        match self.environment.get(environment::NO_KEYCHAIN) {
            Some(_) => Err(KeyStoreError::NoKeychain(format!("${} is set", environment::NO_KEYCHAIN))),
            None => Ok(()),
        }
    }
}

impl From<KeyStoreError> for Failure {
    fn from(error: KeyStoreError) -> Self {
        let failure = Self::usage(error.to_string());
        match error {
            KeyStoreError::NoKeychain(_) => failure.hint(
                "set the provider's environment variable, or store the key in a file only you can read: modelarium keys set PROVIDER --file",
            ),
            KeyStoreError::Refused(_) => failure.hint("unlock the keychain and try again, or use --file"),
            KeyStoreError::File { .. } => failure.hint("check who may write there; keys in environment variables always work"),
        }
    }
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>, KeyStoreError> {
    match fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            // A parse error may quote the line it failed on, and that line may be a key.
            .map_err(|_| KeyStoreError::File {
                path: path.to_path_buf(),
                reason: "it is not the TOML we wrote".to_owned(),
            }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(KeyStoreError::File { path: path.to_path_buf(), reason: error.to_string() }),
    }
}

fn write_file(path: &Path, keys: &BTreeMap<String, String>) -> Result<(), KeyStoreError> {
    let failed = |reason: String| KeyStoreError::File { path: path.to_path_buf(), reason };
    let text = toml::to_string(keys).map_err(|_| failed("the keys cannot be written as TOML".to_owned()))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
    }
    let temporary = path.with_extension("tmp");
    let write = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed(error.to_string())
    })
}

#[cfg(feature = "keychain")]
mod keychain {
    //! The operating system's keychain, one entry per provider.

    use keyring::{Entry, Error};
    use llm::secret::ApiKey;

    use super::KeyStoreError;

    const SERVICE: &str = "modelarium";
    /// The predecessor's service name: its users' keys are found too.
    const LEGACY_SERVICE: &str = "cli-modelarium";

    pub(super) fn get(provider: &str) -> Result<Option<String>, KeyStoreError> {
        for service in [SERVICE, LEGACY_SERVICE] {
            match entry(service, provider)?.get_password() {
                Ok(key) => return Ok(Some(key)),
                Err(Error::NoEntry) => {}
                Err(error) => return Err(classify(&error)),
            }
        }
        Ok(None)
    }

    pub(super) fn set(provider: &str, key: &ApiKey) -> Result<(), KeyStoreError> {
        entry(SERVICE, provider)?.set_password(key.expose_for_header()).map_err(|error| classify(&error))
    }

    pub(super) fn delete(provider: &str) -> Result<bool, KeyStoreError> {
        let mut deleted = false;
        for service in [SERVICE, LEGACY_SERVICE] {
            match entry(service, provider)?.delete_credential() {
                Ok(()) => deleted = true,
                Err(Error::NoEntry) => {}
                Err(error) => return Err(classify(&error)),
            }
        }
        Ok(deleted)
    }

    fn entry(service: &str, provider: &str) -> Result<Entry, KeyStoreError> {
        Entry::new(service, provider).map_err(|error| classify(&error))
    }

    fn classify(error: &Error) -> KeyStoreError {
        match error {
            Error::NoStorageAccess(_) => KeyStoreError::Refused("it is locked or out of reach".to_owned()),
            Error::NoDefaultStore | Error::PlatformFailure(_) => {
                KeyStoreError::NoKeychain("no keychain service answers".to_owned())
            }
            // Other errors may carry the stored bytes.
            _ => KeyStoreError::Refused("it gave an error that is not shown, for it may quote the key".to_owned()),
        }
    }
}

#[cfg(not(feature = "keychain"))]
mod keychain {
    //! This build has no keychain.

    use llm::secret::ApiKey;

    use super::KeyStoreError;

    fn none<T>() -> Result<T, KeyStoreError> {
        Err(KeyStoreError::NoKeychain("this build has no keychain support".to_owned()))
    }

    pub(super) fn get(_: &str) -> Result<Option<String>, KeyStoreError> {
        none()
    }

    pub(super) fn set(_: &str, _: &ApiKey) -> Result<(), KeyStoreError> {
        none()
    }

    pub(super) fn delete(_: &str) -> Result<bool, KeyStoreError> {
        none()
    }
}
