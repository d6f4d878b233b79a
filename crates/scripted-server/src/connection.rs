//! One connection: read a request, ask the script, write the response at its pace, again.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::request::{self, Request};
use crate::response::{Ending, Framing, Response, When};
use crate::server::Shared;

/// Serves a connection until either side ends it.
pub(crate) async fn serve(stream: TcpStream, number: usize, shared: Arc<Shared>) {
    // A client that leaves in the middle is part of many tests; its error says nothing.
    let _ = Connection { stream, number, shared, unread: Vec::new(), scratch: Vec::new() }.run().await;
}

struct Connection {
    stream: TcpStream,
    number: usize,
    shared: Arc<Shared>,
    /// Bytes of later requests that came early.
    unread: Vec<u8>,
    /// Reused for framing.
    scratch: Vec<u8>,
}

/// How far a response got.
enum Flow {
    KeepAlive,
    Close,
    Abandoned,
}

impl Connection {
    async fn run(mut self) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        let mut turn = 0;
        while let Some(mut request) = request::read(&mut self.stream, &mut self.unread).await? {
            let received_at = Instant::now();
            request.connection = self.number;
            request.turn = turn;
            turn += 1;
            let index = self.shared.log.file(request, received_at);
            let request = self.numbered(index);
            let response = (self.shared.script)(&request);
            let closing = request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
            match self.respond(index, received_at, &response).await {
                Ok(Flow::KeepAlive) if !closing => {}
                Ok(Flow::KeepAlive | Flow::Close) => return Ok(()),
                Ok(Flow::Abandoned) | Err(_) => {
                    self.shared.log.amend(index, |record| record.abandoned = true);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The filed request with its number in the server's order.
    fn numbered(&self, index: usize) -> Request {
        let mut request = Request::default();
        self.shared.log.amend(index, |record| {
            record.request.index = index;
            request = record.request.clone();
        });
        request
    }

    async fn respond(&mut self, index: usize, received_at: Instant, response: &Response) -> io::Result<Flow> {
        if !self.wait_until(received_at + response.head_after).await {
            return Ok(Flow::Abandoned);
        }
        match response.ending {
            Ending::CloseBeforeHead => return Ok(Flow::Close),
            Ending::StallBeforeHead => return Ok(self.stall().await),
            _ => {}
        }
        let shared = Arc::clone(&self.shared);
        self.write_head(response)?;
        let mut last = Instant::now();
        shared.log.amend(index, |record| record.head_at = Some(last));
        self.flush_scratch().await?;
        for (position, piece) in response.pieces.iter().enumerate() {
            let moment = match piece.when {
                When::After(gap) if gap == Duration::ZERO => last,
                When::After(gap) => last + gap,
                When::At(offset) => received_at + offset,
            };
            if moment > last && !self.wait_until(moment).await {
                return Ok(Flow::Abandoned);
            }
            self.frame(response.framing, &piece.bytes)?;
            last = Instant::now();
            shared.log.amend(index, |record| {
                if position == 0 {
                    record.first_piece_at = Some(last);
                }
                if piece.token {
                    record.token_writes.push(last);
                }
            });
            self.flush_scratch().await?;
        }
        match response.ending {
            Ending::Complete | Ending::CompleteThenClose => {
                if response.framing == Framing::Chunked {
                    self.stream.write_all(b"0\r\n\r\n").await?;
                }
            }
            Ending::Stall => return Ok(self.stall().await),
            Ending::Reset => self.stream.set_zero_linger()?,
            Ending::CloseMidway | Ending::CloseBeforeHead | Ending::StallBeforeHead => {}
        }
        shared.log.amend(index, |record| record.ended_at = Some(Instant::now()));
        let goes_on = response.ending == Ending::Complete && response.framing != Framing::UntilClose;
        Ok(if goes_on { Flow::KeepAlive } else { Flow::Close })
    }

    fn write_head(&mut self, response: &Response) -> io::Result<()> {
        self.scratch.clear();
        write!(self.scratch, "HTTP/1.1 {} Scripted\r\n", response.status)?;
        for (name, value) in &response.headers {
            write!(self.scratch, "{name}: {value}\r\n")?;
        }
        match response.framing {
            Framing::Chunked => self.scratch.extend_from_slice(b"transfer-encoding: chunked\r\n"),
            Framing::Length => {
                let mut length: usize = response.pieces.iter().map(|piece| piece.bytes.len()).sum();
                // The promise must be greater than what comes, or an early end would look like a whole body.
                if matches!(response.ending, Ending::CloseMidway | Ending::Stall | Ending::Reset) {
                    length += 1;
                }
                write!(self.scratch, "content-length: {length}\r\n")?;
            }
            Framing::UntilClose => self.scratch.extend_from_slice(b"connection: close\r\n"),
        }
        self.scratch.extend_from_slice(b"\r\n");
        Ok(())
    }

    fn frame(&mut self, framing: Framing, bytes: &[u8]) -> io::Result<()> {
        self.scratch.clear();
        if framing == Framing::Chunked {
            // An empty chunk would end the body.
            if !bytes.is_empty() {
                write!(self.scratch, "{:x}\r\n", bytes.len())?;
                self.scratch.extend_from_slice(bytes);
                self.scratch.extend_from_slice(b"\r\n");
            }
        } else {
            self.scratch.extend_from_slice(bytes);
        }
        Ok(())
    }

    async fn flush_scratch(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.scratch).await
    }

    async fn stall(&mut self) -> Flow {
        while self.client_stays().await {}
        Flow::Abandoned
    }

    /// Waits for a moment; false when the client left first.
    async fn wait_until(&mut self, moment: Instant) -> bool {
        if Instant::now() >= moment {
            return true;
        }
        let shared = Arc::clone(&self.shared);
        let mut due = std::pin::pin!(shared.timer.until(moment));
        loop {
            tokio::select! {
                biased;
                () = &mut due => return true,
                stays = self.client_stays() => if !stays { return false },
            }
        }
    }

    /// Completes when the client sends more (kept for the next request) or leaves (false).
    async fn client_stays(&mut self) -> bool {
        if self.stream.readable().await.is_err() {
            return false;
        }
        let mut bytes = [0; 1024];
        match self.stream.try_read(&mut bytes) {
            Ok(0) => false,
            Ok(length) => {
                self.unread.extend_from_slice(&bytes[..length]);
                true
            }
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        }
    }
}
