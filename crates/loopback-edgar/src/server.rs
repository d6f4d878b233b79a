//! The server: one thread accepts, one serves each connection.

use std::io::{self, BufReader};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::fault::{Fault, block_page};
use crate::lock;
use crate::police::Police;
use crate::record::Record;
use crate::request::Request;
use crate::respond::{faulty, truly};
use crate::site::Site;

/// A running server; it ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    site: Site,
    faults: Mutex<Vec<Scripted>>,
    records: Mutex<Vec<Record>>,
    recording: AtomicBool,
    /// Answers under way, and who waits for them.
    answering: Mutex<usize>,
    answered: Condvar,
    police: Mutex<Police>,
    ending: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
    connections: AtomicUsize,
}

#[derive(Debug)]
struct Scripted {
    path: String,
    fault: Fault,
    left: Option<usize>,
}

impl Server {
    /// Serves a site on a free port.
    pub fn start(site: Site) -> io::Result<Self> {
        Self::start_on(0, site)
    }

    /// Serves a site on a port; 0 takes a free one.
    pub fn start_on(port: u16, site: Site) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            site,
            faults: Mutex::default(),
            records: Mutex::default(),
            recording: AtomicBool::new(true),
            police: Mutex::default(),
            ending: AtomicBool::new(false),
            open: Mutex::default(),
            answering: Mutex::default(),
            answered: Condvar::new(),
            connections: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&state);
        let accepting = std::thread::Builder::new().name("loopback-edgar".into()).spawn(move || {
            for stream in listener.incoming() {
                if shared.ending.load(Ordering::Acquire) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let state = Arc::clone(&shared);
                let number = state.connections.fetch_add(1, Ordering::Relaxed);
                if let Ok(clone) = stream.try_clone() {
                    lock(&state.open).push(clone);
                }
                let serving = std::thread::Builder::new().name("loopback-edgar-connection".into());
                // A connection that breaks is the client's business; the record shows what it was sent.
                let _ = serving.spawn(move || drop(state.serve(stream, number)));
            }
        })?;
        Ok(Self { address, state, accepting: Some(accepting) })
    }

    /// Its base: `http://127.0.0.1:PORT`, no slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers requests for a path with a fault, so many times or always. A path that ends in `*` means all that
    /// begin so; of several faults for a path, the first that is not used up answers.
    pub fn fault(&self, path: &str, fault: Fault, times: Option<usize>) {
        lock(&self.state.faults).push(Scripted { path: path.to_owned(), fault, left: times });
    }

    /// Takes all faults back.
    pub fn mend(&self) {
        lock(&self.state.faults).clear();
    }

    /// Puts a file at a path, in place of what was there.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        self.state.site.put(path, bytes);
    }

    /// Takes away a file that was put at a path.
    pub fn remove(&self, path: &str) {
        self.state.site.remove(path);
    }

    /// Blocks whoever asks more than so many times in any second, as the SEC does; none takes the police off.
    pub fn police(&self, most: Option<u32>) {
        lock(&self.state.police).most = most;
    }

    /// Whether requests are recorded; benchmarks that run for long turn it off.
    pub fn record(&self, recording: bool) {
        self.state.recording.store(recording, Ordering::Relaxed);
    }

    /// What was asked so far, in the order of arrival. An answer reaches the client before its record is complete,
    /// so answers under way are waited for; one that a fault holds back is not waited for long.
    pub fn records(&self) -> Vec<Record> {
        let answering = lock(&self.state.answering);
        let _ = self.state.answered.wait_timeout_while(answering, Duration::from_secs(2), |answering| *answering > 0);
        let mut records = lock(&self.state.records).clone();
        records.sort_by_key(|record| record.at);
        records
    }

    /// How often paths that begin so were asked for.
    pub fn count(&self, prefix: &str) -> usize {
        lock(&self.state.records).iter().filter(|record| record.path.starts_with(prefix)).count()
    }

    /// Forgets what was asked so far.
    pub fn forget(&self) {
        lock(&self.state.records).clear();
    }

    /// The most requests that arrived within any span of so long.
    pub fn peak(&self, span: Duration) -> usize {
        let records = self.records();
        let mut first = 0;
        let mut most = 0;
        for (at, record) in records.iter().enumerate() {
            while record.at.duration_since(records[first].at) >= span {
                first += 1;
            }
            most = most.max(at + 1 - first);
        }
        most
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.ending.store(true, Ordering::Release);
        // Wakes the accepting thread.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_millis(200));
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
        for stream in lock(&self.state.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// An answer under way, until it is dropped.
struct Answering<'a>(&'a State);

impl<'a> Answering<'a> {
    fn begin(state: &'a State) -> Self {
        *lock(&state.answering) += 1;
        Self(state)
    }
}

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        *lock(&self.0.answering) -= 1;
        self.0.answered.notify_all();
    }
}

impl State {
    fn serve(&self, stream: TcpStream, connection: usize) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut answers = stream.try_clone()?;
        let mut requests = BufReader::new(stream);
        while let Some(request) = Request::read(&mut requests)? {
            let at = Instant::now();
            let _answering = Answering::begin(self);
            let caught = lock(&self.police).catches(at);
            let record = self.note(&request, at, connection);
            let fault = if caught { Some(Fault::Answer(403, "text/html", block_page())) } else { self.due(&request) };
            let content = self.site.find(&request);
            let sent = match &fault {
                Some(fault) => faulty(fault, &request, content, &mut answers),
                None => truly(&request, content, &mut answers),
            }?;
            if let Some(record) = record
                && let Some(record) = lock(&self.records).get_mut(record)
            {
                (record.status, record.sent) = (sent.status, sent.bytes);
            }
            if !sent.keep {
                let _ = answers.shutdown(Shutdown::Both);
                break;
            }
        }
        Ok(())
    }

    /// Notes a request before it is answered, so that a test that got its answer finds it noted.
    fn note(&self, request: &Request, at: Instant, connection: usize) -> Option<usize> {
        if !self.recording.load(Ordering::Relaxed) {
            return None;
        }
        let mut records = lock(&self.records);
        records.push(Record {
            at,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
            status: 0,
            sent: 0,
            connection,
        });
        Some(records.len() - 1)
    }

    fn due(&self, request: &Request) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let due = faults.iter_mut().find(|scripted| {
            let hit = match scripted.path.strip_suffix('*') {
                Some(prefix) => request.path.starts_with(prefix),
                None => request.path == scripted.path,
            };
            hit && scripted.left != Some(0)
        })?;
        if let Some(left) = &mut due.left {
            *left -= 1;
        }
        Some(due.fault.clone())
    }
}
