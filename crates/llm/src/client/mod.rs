//! The HTTP client: connections, their times, and one attempt at one call (feature `client`).
//!
//! A call's time is worth nothing when the client's own work is in it, so:
//!
//! - A connection is opened (or taken from the pool) before the clock starts.
//! - Every read from the socket is stamped as it returns, below TLS and below HTTP; an event's
//!   time is the stamp of the read that completed it.
//! - The task that waits for an answer drives its own connection. No other task, channel or
//!   thread lies between the socket and the stamp, and none has to be woken for a byte to pass.
//!
//! [`HttpClient`] owns what calls share: the pool, the resolver's answers, trust anchors and the
//! proxy. [`HttpBackend`] speaks to one provider with one key. Retries ([`RetryPolicy`]) and
//! concurrency ([`ConcurrencyLimit`]) are values for whoever plans calls; an attempt never repeats
//! a request that may have reached the provider.

mod backend;
mod billing;
mod concurrency;
mod connection;
mod dial;
mod exchange;
mod http_client;
mod lag;
mod listing;
mod pace;
mod pool;
mod proxy;
mod reading;
mod response;
mod retry;
mod stamped;
mod tls;
mod url;

pub use backend::{HttpBackend, HttpBackendConfig};
pub use concurrency::{ConcurrencyLimit, Permit};
pub use dial::ConnectError;
pub use http_client::{HttpClient, HttpClientConfig};
pub use lag::{LagProbe, LagReport};
pub use listing::KeyCheck;
pub use proxy::{InvalidProxy, Proxy};
pub use retry::{GiveUp, RetryDecision, RetryPolicy};
pub use tls::TrustAnchors;
pub use url::{BaseUrl, InvalidUrl, is_loopback_url};
