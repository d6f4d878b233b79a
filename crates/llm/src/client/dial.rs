//! From a name to an open socket.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long an address is tried alone before the next one joins in (RFC 8305 recommends 250 ms).
const STAGGER: Duration = Duration::from_millis(250);
/// How long a resolver's answer is used again.
const ANSWER_LIFE: Duration = Duration::from_mins(1);

/// Why no connection could be made.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The name has no address.
    #[error("the address of {host} could not be found: {source}")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// No address answered.
    #[error("{host} port {port} could not be reached: {source}")]
    Unreachable {
        /// The name.
        host: String,
        /// The port.
        port: u16,
        /// What the last address tried said.
        source: io::Error,
    },
    /// The proxy did not open a tunnel.
    #[error("no tunnel to {host} through the proxy: {source}")]
    Proxy {
        /// The host behind the proxy.
        host: String,
        /// What went wrong.
        source: io::Error,
    },
    /// TLS could not be agreed on.
    #[error("no secure connection to {host}: {source}")]
    Tls {
        /// The host.
        host: String,
        /// What went wrong.
        source: io::Error,
    },
    /// The HTTP layer refused the connection.
    #[error("no HTTP connection to {host}: {source}")]
    Http {
        /// The host.
        host: String,
        /// What went wrong.
        source: hyper::Error,
    },
}

/// Finds addresses and remembers them for a while, so that a thousand calls ask the resolver once.
#[derive(Debug, Default)]
pub(super) struct Dialer {
    answers: Mutex<HashMap<(String, u16), Arc<Answer>>>,
}

/// A name's addresses; the lock is held while they are looked up, so that only one task asks.
type Answer = tokio::sync::Mutex<Option<(Instant, Vec<SocketAddr>)>>;

impl Dialer {
    /// Opens a socket to this host, without delay for small writes.
    pub(super) async fn dial(&self, host: &str, port: u16) -> Result<TcpStream, ConnectError> {
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => {
                let resolve = |source| ConnectError::Resolve { host: host.to_owned(), source };
                self.resolve(host, port).await.map_err(resolve)?
            }
        };
        let unreachable = |source| ConnectError::Unreachable { host: host.to_owned(), port, source };
        let socket = connect_to_any(addresses).await.map_err(unreachable)?;
        socket.set_nodelay(true).map_err(unreachable)?;
        Ok(socket)
    }

    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let answer = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry((host.to_owned(), port)).or_default())
        };
        let mut answer = answer.lock().await;
        if let Some((asked, addresses)) = &*answer
            && asked.elapsed() < ANSWER_LIFE
        {
            return Ok(addresses.clone());
        }
        let addresses = by_turns(tokio::net::lookup_host((host, port)).await?.collect());
        if addresses.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        }
        *answer = Some((Instant::now(), addresses.clone()));
        Ok(addresses)
    }
}

/// The resolver's order, but with the two families taking turns: when one of them leads nowhere,
/// the second attempt already uses the other (RFC 8305, section 4).
fn by_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (preferred, other): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut ordered = Vec::with_capacity(preferred.len() + other.len());
    let (mut preferred, mut other) = (preferred.into_iter(), other.into_iter());
    loop {
        match (preferred.next(), other.next()) {
            (None, None) => return ordered,
            pair => ordered.extend(pair.0.into_iter().chain(pair.1)),
        }
    }
}

async fn connect_to_any(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut last_error = io::Error::new(io::ErrorKind::NotFound, "no address");
    let Some(first) = waiting.next() else { return Err(last_error) };
    if waiting.len() == 0 {
        return TcpStream::connect(first).await;
    }
    let mut attempts = JoinSet::new();
    attempts.spawn(TcpStream::connect(first));
    loop {
        let more = waiting.len() > 0;
        tokio::select! {
            ended = attempts.join_next() => match ended {
                Some(Ok(Ok(socket))) => return Ok(socket),
                Some(Ok(Err(error))) => last_error = error,
                Some(Err(error)) => last_error = io::Error::other(error),
                None if !more => return Err(last_error),
                None => {}
            },
            () = tokio::time::sleep(STAGGER), if more => {}
        }
        if let Some(address) = waiting.next() {
            attempts.spawn(TcpStream::connect(address));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let parse = |text: &str| text.parse::<SocketAddr>().unwrap();
        let (a, b, c, d) = (parse("[::1]:1"), parse("[::2]:1"), parse("1.1.1.1:1"), parse("2.2.2.2:1"));
        assert_eq!(by_turns(vec![a, b, c, d]), [a, c, b, d]);
        assert_eq!(by_turns(vec![c, a, b]), [c, a, b]);
        assert_eq!(by_turns(vec![c, d]), [c, d]);
        assert!(by_turns(Vec::new()).is_empty());
    }

    #[test]
    fn a_dead_address_is_passed_over() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let live = listener.local_addr().unwrap();
            let dead = {
                let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                gone.local_addr().unwrap()
            };
            let socket = connect_to_any(vec![dead, live]).await.unwrap();
            assert_eq!(socket.peer_addr().unwrap(), live);
            assert_eq!(connect_to_any(vec![dead, dead]).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        });
    }
}
