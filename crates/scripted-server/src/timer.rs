//! Waiting until a moment, to a fraction of a millisecond.
//!
//! The runtime's own timer counts whole milliseconds, too coarse to pace a stream that a client
//! is to time to one. Here a thread sleeps until the next moment that anybody waits for.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::lock;

/// The thread that wakes whoever waits. It ends when this value is dropped.
pub(crate) struct Timer {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    wakers: BTreeMap<(Instant, u64), Waker>,
    registered: u64,
    stopped: bool,
}

impl Timer {
    pub(crate) fn start() -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let thread = {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new().name("scripted-timer".into()).spawn(move || wake_in_time(&queue))?
        };
        Ok(Self { queue, thread: Some(thread) })
    }

    /// Completes at this moment, or at once when it has passed.
    pub(crate) fn until(&self, moment: Instant) -> Until<'_> {
        Until { queue: &self.queue, moment, key: None }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        lock(&self.queue.waiting).stopped = true;
        self.queue.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// See [`Timer::until`].
pub(crate) struct Until<'a> {
    queue: &'a Queue,
    moment: Instant,
    key: Option<(Instant, u64)>,
}

impl Future for Until<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.moment {
            return Poll::Ready(());
        }
        let mut waiting = lock(&self.queue.waiting);
        let key = match self.key {
            Some(key) => key,
            None => {
                waiting.registered += 1;
                (self.moment, waiting.registered)
            }
        };
        waiting.wakers.insert(key, context.waker().clone());
        let is_next = waiting.wakers.first_key_value().is_some_and(|(first, _)| *first == key);
        drop(waiting);
        if is_next && self.key.is_none() {
            self.queue.changed.notify_one();
        }
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Until<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            lock(&self.queue.waiting).wakers.remove(&key);
        }
    }
}

fn wake_in_time(queue: &Queue) {
    let mut waiting = lock(&queue.waiting);
    while !waiting.stopped {
        let now = Instant::now();
        let later = waiting.wakers.split_off(&(now, u64::MAX));
        let due = std::mem::replace(&mut waiting.wakers, later);
        if !due.is_empty() {
            drop(waiting);
            due.into_values().for_each(Waker::wake);
            waiting = lock(&queue.waiting);
            continue;
        }
        waiting = match waiting.wakers.first_key_value() {
            Some((&(moment, _), _)) => {
                let wait = moment.saturating_duration_since(now);
                queue.changed.wait_timeout(waiting, wait).unwrap_or_else(PoisonError::into_inner).0
            }
            None => queue.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
        };
    }
}
