//! Writing answers, true and faulty.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::content::{Content, ending};
use crate::date::http_date;
use crate::fault::{Fault, block_page, missing_page, undeclared_page};
use crate::request::Request;

/// What was sent, and whether the connection goes on.
pub(crate) struct Sent {
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    pub(crate) keep: bool,
}

/// One answer with a body whose length is known.
struct Answer<'a> {
    status: u16,
    kind: &'a str,
    body: &'a [u8],
    headers: Vec<(&'a str, String)>,
}

impl<'a> Answer<'a> {
    fn new(status: u16, kind: &'a str, body: &'a [u8]) -> Self {
        Self { status, kind, body, headers: Vec::new() }
    }

    fn with(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn head(&self, length: Option<u64>, keep: bool) -> Vec<u8> {
        let mut head = format!(
            "HTTP/1.1 {} {}\r\nDate: {}\r\nServer: loopback-edgar\r\nContent-Type: {}\r\n\
             Strict-Transport-Security: max-age=31536000\r\n",
            self.status,
            reason(self.status),
            http_date(SystemTime::now()),
            self.kind
        );
        if let Some(length) = length {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(if keep { "Connection: keep-alive\r\n\r\n" } else { "Connection: close\r\n\r\n" });
        head.into_bytes()
    }

    fn send(&self, stream: &mut TcpStream, keep: bool) -> io::Result<Sent> {
        let mut whole = self.head(Some(self.body.len() as u64), keep);
        if whole.len() + self.body.len() <= 64 * 1024 {
            whole.extend_from_slice(self.body);
            stream.write_all(&whole)?;
        } else {
            stream.write_all(&whole)?;
            stream.write_all(self.body)?;
        }
        Ok(Sent { status: self.status, bytes: self.body.len() as u64, keep })
    }
}

/// Answers truly.
pub(crate) fn truly(request: &Request, content: Option<Content>, stream: &mut TcpStream) -> io::Result<Sent> {
    let keep = request.keep_alive;
    let Some(content) = content else {
        let body = missing_page("NoSuchKey", "The specified key does not exist.");
        return Answer::new(404, "application/xml", &body).send(stream, keep);
    };
    let matches = match (request.header("if-none-match"), request.header("if-modified-since")) {
        (Some(tags), _) => tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == content.etag()),
        (None, Some(since)) => since == content.changed(),
        (None, None) => false,
    };
    if matches {
        let head = Answer::new(304, content.kind(), &[])
            .with("ETag", content.etag())
            .with("Last-Modified", content.changed())
            .head(None, keep);
        stream.write_all(&head)?;
        return Ok(Sent { status: 304, bytes: 0, keep });
    }
    let gzip = takes_gzip(request) && ending(&request.path) != "zip";
    let body = if gzip { content.compressed() } else { content.bytes() };
    let mut answer = Answer::new(200, content.kind(), &body)
        .with("ETag", content.etag())
        .with("Last-Modified", content.changed())
        .with("Vary", "Accept-Encoding");
    if gzip {
        answer = answer.with("Content-Encoding", "gzip");
    }
    answer.send(stream, keep)
}

/// Answers as the fault says.
pub(crate) fn faulty(
    fault: &Fault,
    request: &Request,
    content: Option<Content>,
    stream: &mut TcpStream,
) -> io::Result<Sent> {
    let keep = request.keep_alive;
    match fault {
        Fault::Blocked => Answer::new(403, "text/html", &block_page()).send(stream, keep),
        Fault::Undeclared => Answer::new(403, "text/html", &undeclared_page()).send(stream, keep),
        Fault::UndeclaredWith200 => Answer::new(200, "text/html", &undeclared_page()).send(stream, keep),
        Fault::Missing403 => {
            Answer::new(403, "application/xml", &missing_page("AccessDenied", "Access Denied")).send(stream, keep)
        }
        Fault::Status(status) => Answer::new(*status, "text/html", &[]).send(stream, keep),
        Fault::TooMany(after) => {
            let answer = Answer::new(429, "text/html", b"<html><body>Too Many Requests</body></html>");
            match after {
                Some(after) => answer.with("Retry-After", after.as_str()),
                None => answer,
            }
            .send(stream, keep)
        }
        Fault::RetryAfter(status, after) => {
            Answer::new(*status, "text/html", &[]).with("Retry-After", after.as_str()).send(stream, keep)
        }
        Fault::Cut(bytes) => {
            let body = content.map_or_else(|| vec![b'x'; 4096].into(), |content| content.bytes());
            let sent = (*bytes).min(body.len().saturating_sub(1));
            stream.write_all(&Answer::new(200, "application/json", &[]).head(Some(body.len() as u64), keep))?;
            stream.write_all(&body[..sent])?;
            close(stream);
            Ok(Sent { status: 200, bytes: sent as u64, keep: false })
        }
        Fault::Silence => {
            close(stream);
            Ok(Sent { status: 0, bytes: 0, keep: false })
        }
        Fault::Html => {
            let body = b"<!DOCTYPE html>\n<html><head><title>Proxy login</title></head><body>Sign in.</body></html>";
            Answer::new(200, "text/html", body).send(stream, keep)
        }
        Fault::TruncatedGzip => {
            let body = content.map_or_else(|| gzip(&[b'a'; 4096]).into(), |content| content.compressed());
            Answer::new(200, "application/json", &body[..body.len() / 2])
                .with("Content-Encoding", "gzip")
                .send(stream, keep)
        }
        Fault::Bomb(bytes) => {
            let body = bomb(*bytes)?;
            Answer::new(200, "application/json", &body).with("Content-Encoding", "gzip").send(stream, keep)
        }
        Fault::Endless(bytes) => {
            stream.write_all(&Answer::new(200, "application/json", &[]).head(None, false))?;
            let block = vec![b'{'; 64 * 1024];
            let mut sent = 0;
            while sent < *bytes {
                stream.write_all(&block)?;
                sent += block.len() as u64;
            }
            close(stream);
            Ok(Sent { status: 200, bytes: sent, keep: false })
        }
        Fault::Redirect(to) => Answer::new(302, "text/html", &[]).with("Location", to.as_str()).send(stream, keep),
        Fault::Slow(wait) => {
            std::thread::sleep((*wait).min(Duration::from_mins(1)));
            truly(request, content, stream)
        }
        Fault::Answer(status, kind, body) => Answer::new(*status, kind, body).send(stream, keep),
    }
}

fn takes_gzip(request: &Request) -> bool {
    request.header("accept-encoding").is_some_and(|accepted| accepted.contains("gzip"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn bomb(bytes: u64) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(9));
    let block = vec![b'a'; 64 * 1024];
    let mut left = bytes;
    while left > 0 {
        let now = left.min(block.len() as u64);
        encoder.write_all(&block[..now as usize])?;
        left -= now;
    }
    encoder.finish()
}

fn close(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Both);
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
