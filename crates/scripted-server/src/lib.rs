//! A loopback HTTP/1.1 server for tests and benches: it paces the bytes it sends to a fraction of
//! a millisecond, bills requests, injects faults, checks what a strict provider would check, and
//! records what it was sent and when it answered.
//!
//! The times it records are on the same monotonic clock as the client's ([`std::time::Instant`]),
//! so a test can compare what a client measured with what really happened.
//!
//! ```
//! use scripted_server::{Pace, Response, Script, Server, Wire};
//!
//! let server = Server::start(|request| match Wire::of_path(&request.path) {
//!     Some(wire) => Response::paced(wire.events(&Script::text("toy", &["Hel", "lo"])), Pace::immediate()),
//!     None => scripted_server::faults::not_found(),
//! })?;
//! let base_url = format!("{}/v1", server.url());
//! # assert!(base_url.starts_with("http://127.0.0.1:"));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! It speaks plain HTTP only, on the loopback interface only, and is no part of the product.

pub mod billing;
pub mod faults;
pub mod strict;

mod connection;
mod record;
mod request;
mod response;
mod server;
mod timer;
mod wire;

pub use record::Record;
pub use request::Request;
pub use response::{Ending, Framing, Pace, Piece, Response, When};
pub use server::Server;
pub use wire::{Script, Tokens, Wire};

/// Locks a mutex; a test that panicked while it held the lock must not hide its own message
/// behind a second panic here.
fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
