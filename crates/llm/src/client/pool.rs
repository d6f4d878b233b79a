//! Connections that wait for their next call.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::connection::Connection;
use super::url::Origin;

/// Idle connections by origin, the one used last at the end.
pub(super) struct Pool {
    idle: Mutex<HashMap<Origin, Vec<Connection>>>,
    most_idle: usize,
}

impl Pool {
    pub(super) fn new(most_idle: usize) -> Self {
        Self { idle: Mutex::default(), most_idle }
    }

    /// The connection used last that can still carry a call.
    pub(super) fn take(&self, origin: &Origin) -> Option<Connection> {
        loop {
            let mut connection = self.lock().get_mut(origin)?.pop()?;
            if Instant::now() < connection.idle_until && connection.is_usable() {
                connection.reused = true;
                return Some(connection);
            }
        }
    }

    /// Takes a connection back, unless it has ended; drops those that waited too long.
    pub(super) fn put(&self, origin: &Origin, mut connection: Connection, idle_until: Instant) {
        if !connection.is_usable() {
            return;
        }
        connection.idle_until = idle_until;
        let mut idle = self.lock();
        let waiting = idle.entry(origin.clone()).or_default();
        let now = Instant::now();
        let expired = waiting.iter().take_while(|connection| connection.idle_until <= now).count();
        let surplus = (waiting.len() + 1).saturating_sub(self.most_idle);
        waiting.drain(..expired.max(surplus).min(waiting.len()));
        if self.most_idle > 0 {
            waiting.push(connection);
        }
    }

    /// How many connections wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Origin, Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
