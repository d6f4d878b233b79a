//! One request for one address at a time.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, PoisonError};

/// The addresses that are being asked for.
#[derive(Debug, Default)]
pub(super) struct Flights {
    under_way: Mutex<HashSet<String>>,
    landed: Condvar,
}

/// The right to ask for an address; it ends when it is dropped.
pub(super) struct Flight<'a> {
    flights: &'a Flights,
    url: String,
}

impl Flights {
    /// Waits until nobody asks for an address, and then asks for it oneself.
    pub(super) fn board(&self, url: &str) -> Flight<'_> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        while under_way.contains(url) {
            under_way = self.landed.wait(under_way).unwrap_or_else(PoisonError::into_inner);
        }
        under_way.insert(url.to_owned());
        Flight { flights: self, url: url.to_owned() }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.flights.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.url);
        self.flights.landed.notify_all();
    }
}
