//! The server's life: its own thread and runtime, the accept loop, and what it hands out.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::connection;
use crate::lock;
use crate::record::{Log, Record};
use crate::request::Request;
use crate::response::Response;
use crate::timer::Timer;

/// A burst of thousands of connections must not meet a full accept queue.
const BACKLOG: u32 = 8192;

/// What decides the answer to each request.
pub(crate) type Script = dyn Fn(&Request) -> Response + Send + Sync;

/// A running server. It stops, and every connection closes, when this value is dropped.
pub struct Server {
    address: SocketAddr,
    log: Arc<Log>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the connections share.
pub(crate) struct Shared {
    pub(crate) script: Box<Script>,
    pub(crate) log: Arc<Log>,
    pub(crate) timer: Timer,
}

impl Server {
    /// Starts a server on a free loopback port; `script` is asked for the answer to each request,
    /// on the server's own thread.
    ///
    /// # Errors
    /// When the port, the thread or the runtime cannot be had.
    pub fn start(script: impl Fn(&Request) -> Response + Send + Sync + 'static) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let listener = {
            let _guard = runtime.enter();
            let socket = TcpSocket::new_v4()?;
            socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
            socket.listen(BACKLOG)?
        };
        let address = listener.local_addr()?;
        let log = Arc::new(Log::default());
        let shared = Arc::new(Shared { script: Box::new(script), log: Arc::clone(&log), timer: Timer::start()? });
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("scripted-server".into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, shared) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, log, stop: Some(stop), thread: Some(thread) })
    }

    /// `http://127.0.0.1:PORT`, without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request read in full so far, in order of arrival.
    pub fn records(&self) -> Vec<Record> {
        lock(&self.log.records).clone()
    }

    /// How many requests were read in full so far.
    pub fn requests(&self) -> usize {
        lock(&self.log.records).len()
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        *lock(&self.log.connections)
    }

    /// Forgets the recorded requests, so that a bench can warm up first. Call it between calls:
    /// times of answers still being written are lost with their records.
    pub fn forget(&self) {
        lock(&self.log.records).clear();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already; then there is nobody to tell.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: give the others time to finish.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            continue;
        };
        let connection = {
            let mut count = lock(&shared.log.connections);
            let number = *count;
            *count += 1;
            number
        };
        while connections.try_join_next().is_some() {}
        connections.spawn(connection::serve(stream, connection, Arc::clone(&shared)));
    }
}
