//! What one address holds.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Write};
use std::sync::{Arc, OnceLock};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// The bytes of one address, plain and compressed, each made once when first asked for.
#[derive(Clone, Debug)]
pub struct Content(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    plain: OnceLock<Arc<[u8]>>,
    gzipped: OnceLock<Arc<[u8]>>,
    kind: &'static str,
    etag: String,
    changed: String,
}

impl Content {
    /// Of plain bytes; `name` decides the content type, `changed` is the moment of its last change as headers have it.
    pub fn plain(name: &str, bytes: &[u8], changed: String) -> Self {
        Self::new(name, bytes, changed, |inner| &inner.plain)
    }

    /// Of bytes that are gzip already; `name` without the `.gz`.
    pub fn gzipped(name: &str, bytes: &[u8], changed: String) -> Self {
        Self::new(name, bytes, changed, |inner| &inner.gzipped)
    }

    fn new(name: &str, bytes: &[u8], changed: String, side: impl Fn(&Inner) -> &OnceLock<Arc<[u8]>>) -> Self {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let etag = format!("\"{:x}-{:x}\"", bytes.len(), hasher.finish());
        let inner = Inner { plain: OnceLock::new(), gzipped: OnceLock::new(), kind: content_type(name), etag, changed };
        let _ = side(&inner).set(bytes.into());
        Self(Arc::new(inner))
    }

    /// The bytes themselves; empty where compressed bytes are no gzip.
    pub fn bytes(&self) -> Arc<[u8]> {
        Arc::clone(self.0.plain.get_or_init(|| {
            let mut plain = Vec::new();
            if let Some(gzipped) = self.0.gzipped.get() {
                // A damaged fixture shows as a short body, which the test that uses it will name.
                let _ = MultiGzDecoder::new(&gzipped[..]).read_to_end(&mut plain);
            }
            plain.into()
        }))
    }

    /// The bytes as gzip.
    pub fn compressed(&self) -> Arc<[u8]> {
        Arc::clone(self.0.gzipped.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
            let _ = encoder.write_all(&self.bytes());
            encoder.finish().unwrap_or_default().into()
        }))
    }

    /// Its content type.
    pub fn kind(&self) -> &'static str {
        self.0.kind
    }

    /// Its entity tag, with the quotes.
    pub fn etag(&self) -> &str {
        &self.0.etag
    }

    /// When it last changed, as headers have it.
    pub fn changed(&self) -> &str {
        &self.0.changed
    }
}

/// What follows the last dot of a name; empty where there is none.
pub(crate) fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// The content type that the SEC sends with a name.
fn content_type(name: &str) -> &'static str {
    match ending(name).to_ascii_lowercase().as_str() {
        "json" => "application/json",
        "htm" | "html" => "text/html",
        "xml" => "text/xml",
        "txt" | "nc" => "text/plain",
        "zip" => "application/x-zip-compressed",
        _ if name.ends_with("/search-index") => "application/json",
        _ if name.contains("/litigation/") => "text/html; charset=UTF-8",
        _ => "application/octet-stream",
    }
}
