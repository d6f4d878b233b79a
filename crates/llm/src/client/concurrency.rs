//! How many calls a provider is given at a time: as many as configured, fewer while it says 429.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// A limit that adapts: halved by a 429 (never below one), raised by one again after as many
/// successes in a row as it allows calls, up to where it began. Clones share the limit.
///
/// Calls that were under way when the limit was cut say nothing new when they come back with a
/// 429 too: one burst cuts once.
#[derive(Debug, Clone)]
pub struct ConcurrencyLimit {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    most: usize,
    allowed: usize,
    running: usize,
    successes: usize,
    cuts: u64,
    waiting: VecDeque<oneshot::Sender<Permit>>,
}

/// The right to make one call. Tell it how the call went; dropped, it says nothing.
#[derive(Debug)]
pub struct Permit {
    /// `None` once it counts no more.
    state: Option<Arc<Mutex<State>>>,
    /// How often the limit had been cut when the call began.
    cuts: u64,
}

impl ConcurrencyLimit {
    /// Allows this many calls at a time; at least one.
    pub fn new(most: usize) -> Self {
        let most = most.max(1);
        let state = State { most, allowed: most, running: 0, successes: 0, cuts: 0, waiting: VecDeque::new() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Waits for a turn, first come, first served. The caller measures how long that took.
    pub async fn acquire(&self) -> Permit {
        let turn = {
            let mut state = lock(&self.state);
            if state.running < state.allowed && state.waiting.is_empty() {
                return self.admit(&mut state);
            }
            let (sender, turn) = oneshot::channel();
            state.waiting.push_back(sender);
            turn
        };
        match turn.await {
            Ok(permit) => permit,
            // Senders are dropped only with the state, which this value holds.
            Err(_) => self.admit(&mut lock(&self.state)),
        }
    }

    /// How many calls are allowed at this moment.
    pub fn allowed(&self) -> usize {
        lock(&self.state).allowed
    }

    /// How many calls are under way.
    pub fn running(&self) -> usize {
        lock(&self.state).running
    }

    fn admit(&self, state: &mut State) -> Permit {
        state.running += 1;
        Permit { state: Some(Arc::clone(&self.state)), cuts: state.cuts }
    }
}

impl Permit {
    /// The call succeeded.
    pub fn succeeded(self) {
        let Some(state) = &self.state else { return };
        let mut state = lock(state);
        state.successes += 1;
        if state.successes >= state.allowed && state.allowed < state.most {
            state.allowed += 1;
            state.successes = 0;
        }
    }

    /// The provider answered 429.
    pub fn rate_limited(self) {
        let Some(state) = &self.state else { return };
        let mut state = lock(state);
        state.successes = 0;
        if self.cuts == state.cuts {
            state.allowed = (state.allowed / 2).max(1);
            state.cuts += 1;
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(shared) = self.state.take() else { return };
        let mut state = lock(&shared);
        state.running -= 1;
        while state.running < state.allowed {
            let Some(turn) = state.waiting.pop_front() else { break };
            let permit = Self { state: Some(Arc::clone(&shared)), cuts: state.cuts };
            match turn.send(permit) {
                Ok(()) => state.running += 1,
                // Whoever waited is gone. The permit was never counted, and its drop must not lock again.
                Err(mut permit) => permit.state = None,
            }
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn halves_once_a_burst_and_recovers_by_one() {
        run(async {
            let limit = ConcurrencyLimit::new(8);
            let mut burst = Vec::new();
            for _ in 0..8 {
                burst.push(limit.acquire().await);
            }
            burst.into_iter().for_each(Permit::rate_limited);
            assert_eq!((limit.allowed(), limit.running()), (4, 0));
            limit.acquire().await.rate_limited();
            limit.acquire().await.rate_limited();
            limit.acquire().await.rate_limited();
            assert_eq!(limit.allowed(), 1);
            limit.acquire().await.succeeded();
            assert_eq!(limit.allowed(), 2);
            limit.acquire().await.succeeded();
            assert_eq!(limit.allowed(), 2);
            limit.acquire().await.succeeded();
            assert_eq!(limit.allowed(), 3);
            for _ in 0..1000 {
                limit.acquire().await.succeeded();
            }
            assert_eq!(limit.allowed(), 8);
        });
    }

    #[test]
    fn serves_in_order_and_survives_those_who_leave() {
        run(async {
            let limit = ConcurrencyLimit::new(1);
            let first = limit.acquire().await;
            let order = Arc::new(Mutex::new(Vec::new()));
            let mut tasks = Vec::new();
            for number in 0..4 {
                let (limit, order) = (limit.clone(), Arc::clone(&order));
                tasks.push(tokio::spawn(async move {
                    let permit = limit.acquire().await;
                    order.lock().unwrap().push(number);
                    tokio::task::yield_now().await;
                    drop(permit);
                }));
                tokio::task::yield_now().await;
            }
            tasks.remove(1).abort();
            tokio::task::yield_now().await;
            assert_eq!(limit.running(), 1);
            drop(first);
            for task in tasks {
                task.await.unwrap();
            }
            assert_eq!(*order.lock().unwrap(), [0, 2, 3]);
            assert_eq!(limit.running(), 0);
        });
    }

    #[test]
    fn a_turn_granted_to_someone_who_leaves_is_not_lost() {
        run(async {
            let limit = ConcurrencyLimit::new(1);
            let first = limit.acquire().await;
            let mut leaving = Box::pin(limit.acquire());
            assert!(tokio::time::timeout(std::time::Duration::ZERO, &mut leaving).await.is_err());
            drop(first);
            assert_eq!(limit.running(), 1);
            drop(leaving);
            assert_eq!(limit.running(), 0);
            drop(limit.acquire().await);
        });
    }
}
