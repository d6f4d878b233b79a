//! An open HTTP/1.1 connection, driven by whoever uses it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Instant;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};

use super::stamped::{ReadClock, Transport};

type Driver = http1::Connection<Transport, Full<Bytes>>;

/// One connection. It has no task of its own: it reads and writes only while it is polled.
pub(super) struct Connection {
    pub(super) sender: SendRequest<Full<Bytes>>,
    /// `None` once the connection ended.
    driver: Option<Driver>,
    pub(super) clock: Arc<ReadClock>,
    /// It carried a call before.
    pub(super) reused: bool,
    /// Until when it may wait in the pool, once it does.
    pub(super) idle_until: Instant,
}

impl Connection {
    pub(super) async fn open(transport: Transport, clock: Arc<ReadClock>) -> hyper::Result<Self> {
        let (sender, driver) = http1::handshake(transport).await?;
        Ok(Self { sender, driver: Some(driver), clock, reused: false, idle_until: Instant::now() })
    }

    /// Reads and writes what can be.
    pub(super) fn drive(&mut self, context: &mut Context<'_>) {
        if let Some(driver) = &mut self.driver
            && Pin::new(driver).poll(context).is_ready()
        {
            // What went wrong, if anything, reaches whoever waits for the response or its body.
            self.driver = None;
        }
    }

    /// Whether the connection, idle until now, can carry a call: notices a server that closed it
    /// or said something unasked.
    pub(super) fn is_usable(&mut self) -> bool {
        self.drive(&mut Context::from_waker(Waker::noop()));
        self.driver.is_some() && self.sender.is_ready()
    }
}
