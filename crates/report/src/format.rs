//! What all formats have in common.

use std::io;

use crate::document::Document;

/// A way of writing a document down.
///
/// The same document always renders to the same bytes, and the last byte is a line feed.
pub trait Format {
    /// The word that selects it: `json`, `csv`, `markdown`, `terminal`.
    fn name(&self) -> &'static str;

    /// Writes the document.
    fn render(&self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()>;

    /// The document as text.
    fn to_text(&self, document: &Document<'_>) -> io::Result<String> {
        let mut bytes = vec![];
        self.render(document, &mut bytes)?;
        String::from_utf8(bytes).map_err(io::Error::other)
    }
}
