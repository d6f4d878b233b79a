//! An EDGAR on loopback for tests and benchmarks: real filings, realistic headers, faults and blocks.
//!
//! A [`Site`] says what is served: folders laid out by path, single files, and the house's collection of real
//! filings (`shared/data/edgar`) under the paths that the SEC gives them. A [`Server`] serves it over real HTTP/1.1
//! on 127.0.0.1, all hosts of the SEC under one base, and records what it was sent. [`Fault`]s are scripted by path.
//!
//! ```
//! use loopback_edgar::{Fault, Server, Site};
//!
//! let site = Site::new().file("/files/company_tickers.json", br#"{"0":{"cik_str":1,"ticker":"TOY","title":"Toy"}}"#);
//! let server = Server::start(site)?;
//! server.fault("/files/company_tickers.json", Fault::Status(503), Some(1));
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! It is no part of the product: nothing of it is in the tool that users install.

mod content;
mod date;
mod fault;
mod police;
mod record;
mod request;
mod respond;
mod server;
mod sgml;
mod shared;
mod site;

pub use content::Content;
pub use date::http_date;
pub use fault::{Fault, block_page, missing_page, undeclared_page};
pub use record::Record;
pub use server::Server;
pub use site::Site;

/// Locks; a test that panicked while it held the lock must not hide its own message behind a second panic here.
fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
