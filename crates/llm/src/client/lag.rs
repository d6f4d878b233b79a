//! How late this machine is: the time from "there is something to do" to "a task does it".
//!
//! When that is long, every time measured meanwhile is the machine's as much as the model's.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Buckets a doubling; a bucket is at most a quarter wider than its start.
const STEPS: u64 = 4;
const BUCKETS: usize = 40 * STEPS as usize;

/// A running probe. It stops when it is dropped.
///
/// A thread of its own taps a task on the runtime at each interval; the task notes how long it
/// took to be run. The runtime's timers are not involved: they only count whole milliseconds.
#[derive(Debug)]
pub struct LagProbe {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
    stop: mpsc::Sender<()>,
}

/// What a probe has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LagReport {
    /// How many times the task was tapped and ran.
    pub samples: u64,
    /// Half of the lags were no longer.
    pub median: Duration,
    /// 99 of 100 lags were no longer. Quantiles are rounded up, by at most a quarter.
    pub p99: Duration,
    /// The longest lag.
    pub longest: Duration,
}

#[derive(Debug)]
struct Shared {
    base: Instant,
    /// When the task was tapped, nanoseconds since `base`; meaningful while `pending`.
    tapped: AtomicU64,
    pending: AtomicBool,
    wake: Notify,
    counts: Box<[AtomicU64]>,
    longest: AtomicU64,
}

impl LagProbe {
    /// Starts a probe on the current runtime.
    ///
    /// # Errors
    /// When the thread cannot be started.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(interval: Duration) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            base: Instant::now(),
            tapped: AtomicU64::new(0),
            pending: AtomicBool::new(false),
            wake: Notify::new(),
            counts: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(),
            longest: AtomicU64::new(0),
        });
        let (stop, stopped) = mpsc::channel();
        let tapping = Arc::clone(&shared);
        std::thread::Builder::new().name("lag-probe".into()).spawn(move || {
            while stopped.recv_timeout(interval) == Err(mpsc::RecvTimeoutError::Timeout) {
                tapping.tap();
            }
        })?;
        let noting = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            loop {
                noting.wake.notified().await;
                noting.note();
            }
        });
        Ok(Self { shared, task, stop })
    }

    /// What was seen so far; a lag that still lasts counts in `longest`.
    pub fn report(&self) -> LagReport {
        let counts: Vec<u64> = self.shared.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let samples = counts.iter().sum();
        let longest = self.shared.longest.load(Ordering::Relaxed).max(self.shared.pending_for());
        let quantile = |share: f64| {
            let rank = (samples as f64 * share).ceil() as u64;
            let mut seen = 0;
            let bucket = counts.iter().position(|count| {
                seen += count;
                seen >= rank && seen > 0
            });
            Duration::from_nanos(bucket.map_or(0, |bucket| ceiling(bucket).min(longest)))
        };
        LagReport { samples, median: quantile(0.5), p99: quantile(0.99), longest: Duration::from_nanos(longest) }
    }
}

impl Drop for LagProbe {
    fn drop(&mut self) {
        self.task.abort();
        // The thread may be gone already.
        let _ = self.stop.send(());
    }
}

impl Shared {
    fn tap(&self) {
        // A tap not answered yet goes on counting from its own time.
        if !self.pending.load(Ordering::Acquire) {
            self.tapped.store(self.now(), Ordering::Relaxed);
            self.pending.store(true, Ordering::Release);
            self.wake.notify_one();
        }
    }

    fn note(&self) {
        let lag = self.pending_for();
        self.pending.store(false, Ordering::Release);
        self.longest.fetch_max(lag, Ordering::Relaxed);
        if let Some(count) = self.counts.get(bucket(lag)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn pending_for(&self) -> u64 {
        if self.pending.load(Ordering::Acquire) {
            self.now().saturating_sub(self.tapped.load(Ordering::Relaxed))
        } else {
            0
        }
    }

    fn now(&self) -> u64 {
        self.base.elapsed().as_nanos() as u64
    }
}

/// Buckets go up in quarters of a doubling: the exponent, then the two bits after the leading one.
fn bucket(nanos: u64) -> usize {
    let nanos = nanos.max(STEPS);
    let exponent = u64::from(nanos.ilog2());
    let quarter = (nanos >> (exponent - 2)) & (STEPS - 1);
    (((exponent - 2) * STEPS + quarter) as usize).min(BUCKETS - 1)
}

/// The largest value of a bucket.
fn ceiling(bucket: usize) -> u64 {
    let (exponent, quarter) = (bucket as u64 / STEPS + 2, bucket as u64 % STEPS);
    ((STEPS + quarter + 1) << (exponent - 2)) - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_bucket_holds_what_is_put_in_it(nanos in 4_u64..1 << 41) {
            let own = bucket(nanos);
            prop_assert!(ceiling(own) >= nanos);
            prop_assert!(own == 0 || ceiling(own - 1) < nanos);
            prop_assert!(ceiling(own) as f64 <= nanos as f64 * 1.25);
        }
    }

    #[test]
    fn sees_a_blocked_runtime() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let probe = LagProbe::start(Duration::from_millis(1)).unwrap();
            while probe.report().samples < 5 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let blocked = Duration::from_millis(60);
            // A tap comes within the block unless the tapping thread is late itself: again, then.
            while probe.report().longest < blocked / 4 {
                std::thread::sleep(blocked);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let report = probe.report();
            assert!(report.median <= report.p99 && report.p99 <= report.longest, "{report:?}");
        });
    }
}
