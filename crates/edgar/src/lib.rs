//! SEC EDGAR: fetched within fair access, cached by content, and read into facts, filings and documents.
//!
//! Fetching ([`mod@source`] and below it) and reading are apart: every reader is a pure function of bytes, so
//! that tests, the cache and a mirror all feed it alike. Nothing here judges a company.

#[cfg(feature = "client")]
pub mod cache;
#[cfg(feature = "client")]
pub mod client;
pub mod document;
pub mod eightk;
pub mod facts;
pub mod fails;
pub mod form144;
pub mod form25;
pub mod fulltext;
pub mod identity;
pub mod ids;
pub mod index;
#[cfg(feature = "client")]
pub mod limiter;
pub mod ownership;
pub mod schedule13;
pub mod source;
pub mod submissions;
pub mod succession;
pub mod suspensions;
pub mod tickers;

mod loose;
mod xml;
