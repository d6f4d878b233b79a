//! What the server was sent and when it answered.

use std::sync::Mutex;
use std::time::Instant;

use crate::request::Request;

/// One request and the times of its answer, on the clock of [`Instant`].
#[derive(Debug, Clone)]
pub struct Record {
    /// The request as it was read.
    pub request: Request,
    /// When the last byte of the request had been read.
    pub received_at: Instant,
    /// Just before the response head was written.
    pub head_at: Option<Instant>,
    /// Just before the first piece of the response body was written.
    pub first_piece_at: Option<Instant>,
    /// Just before each piece that carries a token was written.
    pub token_writes: Vec<Instant>,
    /// Just after the response ended as scripted, its last byte written.
    pub ended_at: Option<Instant>,
    /// The client went away before the response ended as scripted.
    pub abandoned: bool,
}

impl Record {
    /// Just before the first piece that carries a token was written: the truth behind a TTFT.
    pub fn first_token_at(&self) -> Option<Instant> {
        self.token_writes.first().copied()
    }
}

/// What a server remembers.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) records: Mutex<Vec<Record>>,
    pub(crate) connections: Mutex<usize>,
}

impl Log {
    /// Files a request and says where.
    pub(crate) fn file(&self, request: Request, received_at: Instant) -> usize {
        let mut records = crate::lock(&self.records);
        records.push(Record {
            request,
            received_at,
            head_at: None,
            first_piece_at: None,
            token_writes: Vec::new(),
            ended_at: None,
            abandoned: false,
        });
        records.len() - 1
    }

    /// Changes a record, unless it was forgotten.
    pub(crate) fn amend(&self, index: usize, change: impl FnOnce(&mut Record)) {
        if let Some(record) = crate::lock(&self.records).get_mut(index) {
            change(record);
        }
    }
}
