//! What the server was sent.

use std::time::Instant;

/// One request as it came in, and what it was answered.
#[derive(Clone, Debug)]
pub struct Record {
    /// When its head had been read.
    pub at: Instant,
    /// Its method.
    pub method: String,
    /// Its path, without the query, as it was sent.
    pub path: String,
    /// Its query; empty where there is none.
    pub query: String,
    /// Its headers, names in lower case, in their order.
    pub headers: Vec<(String, String)>,
    /// The status that it was answered with; 0 where the connection was cut first.
    pub status: u16,
    /// Bytes of the body that were sent, as they went over the wire.
    pub sent: u64,
    /// Which connection brought it, counted from 0.
    pub connection: usize,
}

impl Record {
    /// One header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
