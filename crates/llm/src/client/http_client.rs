//! What all calls share: the pool, the resolver's answers, trust anchors and the proxy.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use super::connection::Connection;
use super::dial::{ConnectError, Dialer};
use super::pace::Pacer;
use super::pool::Pool;
use super::proxy::Proxy;
use super::stamped::{ReadClock, Stamped, Transport};
use super::tls::{self, TrustAnchors};
use super::url::{BaseUrl, Origin};

/// Settings of an [`HttpClient`].
#[derive(Debug, Clone)]
pub struct HttpClientConfig {
    /// The `user-agent` header.
    pub user_agent: String,
    /// The proxy for other machines, if any.
    pub proxy: Option<Proxy>,
    /// Who vouches for servers.
    pub trust_anchors: TrustAnchors,
    /// How long a connection may wait for its next call. Servers close idle connections too, and
    /// a request that crosses such a close is lost with unknown cost, so this is shorter than
    /// most of theirs; a server's `keep-alive: timeout=` shortens it further.
    pub idle_expiry: Duration,
    /// Most idle connections kept for one origin.
    pub most_idle: usize,
}

impl Default for HttpClientConfig {
    fn default() -> Self {
        Self {
            user_agent: concat!("modelarium/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            trust_anchors: TrustAnchors::default(),
            idle_expiry: Duration::from_secs(30),
            most_idle: 2048,
        }
    }
}

/// Opens connections and keeps them. Clones share everything.
#[derive(Clone)]
pub struct HttpClient {
    shared: Arc<Shared>,
}

struct Shared {
    config: HttpClientConfig,
    pool: Pool,
    pacer: Pacer,
    dialer: Dialer,
    tls: OnceCell<TlsConnector>,
}

impl HttpClient {
    /// A client without connections. Trust anchors are read when the first TLS connection is made.
    pub fn new(config: HttpClientConfig) -> Self {
        let pool = Pool::new(config.most_idle);
        Self {
            shared: Arc::new(Shared {
                config,
                pool,
                pacer: Pacer::default(),
                dialer: Dialer::default(),
                tls: OnceCell::new(),
            }),
        }
    }

    /// How many connections wait for their next call.
    pub fn idle_connections(&self) -> usize {
        self.shared.pool.waiting()
    }

    /// Opens `count` connections to this base URL and keeps them, so that the first calls find
    /// them open. Errors are left for the calls to report; returns how many were opened.
    pub async fn warm(&self, base_url: &BaseUrl, count: usize, limit: Duration) -> usize {
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..count {
            let (client, origin) = (self.clone(), base_url.origin.clone());
            opening.spawn(async move {
                let opened = tokio::time::timeout(limit, client.open(&origin)).await;
                opened.is_ok_and(|opened| {
                    opened.is_ok_and(|connection| {
                        client.keep(&origin, connection, None);
                        true
                    })
                })
            });
        }
        opening.join_all().await.into_iter().filter(|&opened| opened).count()
    }

    pub(super) fn user_agent(&self) -> &str {
        &self.shared.config.user_agent
    }

    /// Waits until a call may start; see [`Pacer`].
    pub(super) async fn turn(&self) {
        self.shared.pacer.turn().await;
    }

    /// A connection from the pool, or a new one.
    pub(super) async fn connect(&self, origin: &Origin) -> Result<Connection, ConnectError> {
        match self.shared.pool.take(origin) {
            Some(connection) => Ok(connection),
            None => self.open(origin).await,
        }
    }

    /// Gives a connection back after a call. `server_limit` is how long the server says it keeps it.
    pub(super) fn keep(&self, origin: &Origin, connection: Connection, server_limit: Option<Duration>) {
        let mut expiry = self.shared.config.idle_expiry;
        if let Some(limit) = server_limit {
            // A second in hand for a request on its way.
            expiry = expiry.min(limit.saturating_sub(Duration::from_secs(1)));
        }
        if expiry > Duration::ZERO {
            self.shared.pool.put(origin, connection, Instant::now() + expiry);
        }
    }

    async fn open(&self, origin: &Origin) -> Result<Connection, ConnectError> {
        let host = || origin.host.clone();
        let proxy = self.shared.config.proxy.as_ref();
        let proxy = proxy.filter(|proxy| !origin.is_loopback() && proxy.covers(&origin.host));
        let socket = match proxy {
            Some(proxy) => {
                let mut socket = self.shared.dialer.dial(&proxy.host, proxy.port).await?;
                proxy
                    .tunnel(&mut socket, origin)
                    .await
                    .map_err(|source| ConnectError::Proxy { host: host(), source })?;
                socket
            }
            None => self.shared.dialer.dial(&origin.host, origin.port).await?,
        };
        let clock = ReadClock::new();
        let socket = Stamped::new(socket, Arc::clone(&clock));
        let transport = if origin.tls {
            let failed = |source| ConnectError::Tls { host: host(), source };
            let name = ServerName::try_from(origin.host.clone()).map_err(|error| failed(io::Error::other(error)))?;
            let connector = self.tls().await.map_err(failed)?;
            Transport::Tls(Box::new(connector.connect(name, socket).await.map_err(failed)?))
        } else {
            Transport::Plain(socket)
        };
        Connection::open(transport, clock).await.map_err(|source| ConnectError::Http { host: host(), source })
    }

    async fn tls(&self) -> io::Result<&TlsConnector> {
        let anchors = &self.shared.config.trust_anchors;
        let read = || async {
            let anchors = anchors.clone();
            // Reading some hundred certificate files must not hold up other calls' clocks.
            let read = tokio::task::spawn_blocking(move || tls::connector(&anchors));
            read.await.map_err(io::Error::other)?.map_err(io::Error::other)
        };
        self.shared.tls.get_or_try_init(read).await
    }
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("HttpClient").field("config", &self.shared.config).finish_non_exhaustive()
    }
}
