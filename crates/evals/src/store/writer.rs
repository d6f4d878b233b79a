//! The one thread that writes. Writes that arrive while it is busy are committed together.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::StoreError;
use super::codec::Packer;

/// The most writes of one commit; bounds how long the first of them waits.
const LARGEST_GROUP: usize = 256;

/// What a write does inside its transaction.
type Operation = Box<dyn FnOnce(&Transaction<'_>, &mut Packer) -> rusqlite::Result<()> + Send>;

struct Job {
    operation: Operation,
    reply: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

/// Handle of the writing thread. Dropping it finishes all writes that were asked for.
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(path: &Path, connection: Connection) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let owned = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || write_all(&owned, connection, &queue))
            .map_err(|error| StoreError::Unwritable { path: path.to_owned(), detail: error.to_string() })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Writes, and returns once it is committed. For use inside a runtime.
    pub(super) async fn write(
        &self,
        operation: impl FnOnce(&Transaction<'_>, &mut Packer) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<(), StoreError> {
        let (sender, receiver) = oneshot::channel();
        self.submit(Job { operation: Box::new(operation), reply: Box::new(move |result| drop(sender.send(result))) })?;
        receiver.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Writes, and returns once it is committed. Blocks the calling thread.
    pub(super) fn write_blocking(
        &self,
        operation: impl FnOnce(&Transaction<'_>, &mut Packer) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<(), StoreError> {
        let (sender, receiver) = channel();
        self.submit(Job { operation: Box::new(operation), reply: Box::new(move |result| drop(sender.send(result))) })?;
        receiver.recv().unwrap_or(Err(StoreError::Closed))
    }

    fn submit(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(job).map_err(|_| StoreError::Closed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the writer has already answered every waiting write with `Closed`.
            let _ = thread.join();
        }
    }
}

fn write_all(path: &Path, mut connection: Connection, queue: &Receiver<Job>) {
    let mut packer = Packer::new();
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(LARGEST_GROUP - 1));
        let (operations, replies): (Vec<_>, Vec<_>) = group.into_iter().map(|job| (job.operation, job.reply)).unzip();
        let result = commit(&mut connection, operations, &mut packer).map_err(|error| StoreError::of(path, error));
        for reply in replies {
            reply(result.clone());
        }
    }
}

/// All operations or none: a failed write stops the run, so what shares its fate is only told so.
fn commit(connection: &mut Connection, operations: Vec<Operation>, packer: &mut Packer) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for operation in operations {
        operation(&transaction, packer)?;
    }
    transaction.commit()
}
