//! What can go wrong between a model's name and its first token.

use std::path::PathBuf;

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a model could not be found, fetched, read or run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bytes are not a GGUF file that can be used.
    #[error("not a usable GGUF file: {0}")]
    Gguf(String),
    /// The file's architecture has no forward pass here.
    #[error("architecture `{found}` is not supported (supported: {supported})")]
    Architecture {
        /// `general.architecture` of the file.
        found: String,
        /// The families that are.
        supported: String,
    },
    /// The file's metadata ask for something this engine does not compute.
    #[error("the model needs {0}, which is not supported")]
    Unsupported(String),
    /// The file's tokenizer is not one whose rules are known; guessing would give wrong tokens.
    #[error("tokenizer not supported: {0}")]
    Tokenizer(String),
    /// The chat template in the metadata cannot be parsed or rendered.
    #[error("chat template: {0}")]
    ChatTemplate(String),
    /// The prompt leaves no room for an answer.
    #[error("the prompt has {tokens} tokens; the model's context is {context}")]
    ContextTooLong {
        /// Tokens of the prompt.
        tokens: usize,
        /// Tokens the context holds.
        context: usize,
    },
    /// The request asks for something a local model cannot do.
    #[error("{0}")]
    Request(String),
    /// No model of that name is in the catalog.
    #[error("no embedded model is called `{name}` (known: {known})")]
    UnknownModel {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The built-in catalog is malformed.
    #[error("model catalog: {0}")]
    Catalog(String),
    /// Every source of a model was tried in vain.
    #[error("`{name}` could not be fetched: {}", reasons.join("; "))]
    NoSource {
        /// The model.
        name: String,
        /// One line for each source that was passed over.
        reasons: Vec<String>,
    },
    /// One source did not give the file.
    #[error("{0}")]
    Source(String),
    /// A package archive is malformed or lacks the file.
    #[error("archive: {0}")]
    Archive(String),
    /// The bytes that came are not the bytes that were promised.
    #[error("sha256 is {found}, expected {expected}")]
    Checksum {
        /// What the catalog says.
        expected: String,
        /// What the bytes say.
        found: String,
    },
}

impl Error {
    /// Puts the file's name to an I/O error.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn gguf(message: impl Into<String>) -> Self {
        Self::Gguf(message.into())
    }
}
