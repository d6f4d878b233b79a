//! A socket that notes when each read returned, and the transport that HTTP runs on.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use hyper::rt::ReadBufCursor;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::event::Nanos;

/// One TLS record at most; also what hyper's buffer grows to for a busy stream.
const READ_SIZE: usize = 16 << 10;

/// When the latest read of a socket returned bytes.
///
/// It is read by the task that drives the connection, between two of its reads, so the latest
/// stamp is that of the bytes just delivered.
#[derive(Debug)]
pub(super) struct ReadClock {
    base: Instant,
    latest: AtomicU64,
}

impl ReadClock {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { base: Instant::now(), latest: AtomicU64::new(0) })
    }

    /// From `origin` to the latest read; zero when there was none since.
    pub(super) fn latest_since(&self, origin: Instant) -> Nanos {
        let offset = origin.saturating_duration_since(self.base).as_nanos() as u64;
        self.latest.load(Ordering::Relaxed).saturating_sub(offset)
    }

    fn stamp(&self) {
        self.latest.store(self.base.elapsed().as_nanos() as u64, Ordering::Relaxed);
    }
}

/// A TCP socket that stamps its reads.
pub(super) struct Stamped {
    socket: TcpStream,
    clock: Arc<ReadClock>,
}

impl Stamped {
    pub(super) fn new(socket: TcpStream, clock: Arc<ReadClock>) -> Self {
        Self { socket, clock }
    }
}

impl AsyncRead for Stamped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.clock.stamp();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stamped {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

/// What HTTP runs on.
pub(super) enum Transport {
    /// TCP.
    Plain(Stamped),
    /// TLS over TCP.
    Tls(Box<TlsStream<Stamped>>),
}

/// Calls the same method on whichever transport it is.
macro_rules! on_either {
    ($transport:expr, $stream:ident => $call:expr) => {
        match $transport.get_mut() {
            Transport::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Transport::Tls($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
        }
    };
}

impl hyper::rt::Read for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        // Filling hyper's buffer in place needs unsafe code; one more copy of what was read does not.
        let mut bytes = [const { MaybeUninit::<u8>::uninit() }; READ_SIZE];
        let room = cursor.remaining().min(READ_SIZE);
        let mut buffer = ReadBuf::uninit(bytes.split_at_mut(room).0);
        ready!(on_either!(self, stream => stream.poll_read(context, &mut buffer)))?;
        cursor.put_slice(buffer.filled());
        Poll::Ready(Ok(()))
    }
}

impl hyper::rt::Write for Transport {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        on_either!(self, stream => stream.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_either!(self, stream => stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_either!(self, stream => stream.poll_shutdown(context))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        on_either!(self, stream => stream.poll_write_vectored(context, slices))
    }
}
