//! A request as read from the socket, and the small reader that reads it.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

const MAX_HEAD: usize = 64 << 10;
const MAX_BODY: usize = 64 << 20;

/// A request as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// `POST`, `GET`, …
    pub method: String,
    /// The request target with its query, as sent.
    pub path: String,
    /// Header names in lower case and values, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body, transfer decoding removed.
    pub body: Vec<u8>,
    /// Which connection it came on, counted from 0 in order of acceptance.
    pub connection: usize,
    /// How many requests came before it on its connection.
    pub turn: usize,
    /// How many requests the server had read in full before it.
    pub index: usize,
}

impl Request {
    /// The value of the first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `Null` when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or(serde_json::Value::Null)
    }

    /// The path without its query.
    pub fn route(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }
}

/// Reads the next request. `buffer` holds bytes read but not used yet and keeps what follows the
/// request. `Ok(None)` when the client closed between requests.
pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let mut searched = 0;
    let head_end = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n", searched) {
            break end + 4;
        }
        searched = buffer.len().saturating_sub(3);
        if buffer.len() > MAX_HEAD {
            return Err(invalid("request head too long"));
        }
        if stream.read_buf(buffer).await? == 0 {
            return if buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
    buffer.drain(..head_end);
    let mut request = parse_head(&head)?;
    let length = match request.header("content-length") {
        Some(length) => Some(length.parse::<usize>().map_err(|_| invalid("content-length is no number"))?),
        None => None,
    };
    request.body = if request.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        read_chunked(stream, buffer).await?
    } else {
        take(stream, buffer, length.unwrap_or(0)).await?
    };
    Ok(Some(request))
}

fn parse_head(head: &str) -> io::Result<Request> {
    let mut lines = head.split("\r\n");
    let mut start = lines.next().unwrap_or_default().splitn(3, ' ');
    let (Some(method), Some(path), Some(version)) = (start.next(), start.next(), start.next()) else {
        return Err(invalid("malformed request line"));
    };
    if version != "HTTP/1.1" {
        return Err(invalid("only HTTP/1.1 is spoken here"));
    }
    let mut headers = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(|| invalid("malformed header"))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Ok(Request { method: method.to_owned(), path: path.to_owned(), headers, ..Request::default() })
}

async fn read_chunked<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = loop {
            if let Some(end) = find(buffer, b"\r\n", 0) {
                break end;
            }
            if stream.read_buf(buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let line = String::from_utf8_lossy(&buffer[..line_end]).into_owned();
        buffer.drain(..line_end + 2);
        let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16)
            .map_err(|_| invalid("malformed chunk size"))?;
        let chunk = take(stream, buffer, size).await?;
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return Err(invalid("request body too long"));
        }
        take(stream, buffer, 2).await?;
        if size == 0 {
            return Ok(body);
        }
    }
}

async fn take<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
    if length > MAX_BODY {
        return Err(invalid("request body too long"));
    }
    while buffer.len() < length {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let rest = buffer.split_off(length);
    Ok(std::mem::replace(buffer, rest))
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    haystack[from..].windows(needle.len()).position(|window| window == needle).map(|at| at + from)
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(bytes: &[u8]) -> Vec<io::Result<Option<Request>>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut stream = bytes;
            let mut buffer = Vec::new();
            let mut all = Vec::new();
            loop {
                let next = read(&mut stream, &mut buffer).await;
                let last = !matches!(next, Ok(Some(_)));
                all.push(next);
                if last {
                    return all;
                }
            }
        })
    }

    #[test]
    fn reads_pipelined_requests_of_both_framings() {
        let all = read_all(
            b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcPOST /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1;x=y\r\n!\r\n0\r\n\r\nGET /e HTTP/1.1\r\n\r\n",
        );
        let requests: Vec<_> = all.into_iter().map_while(|next| next.unwrap()).collect();
        assert_eq!(requests.len(), 3);
        assert_eq!((requests[0].route(), requests[0].body.as_slice()), ("/a", b"abc".as_slice()));
        assert_eq!(requests[0].header("host"), Some("x"));
        assert_eq!((requests[1].path.as_str(), requests[1].body.as_slice()), ("/d", b"hi!".as_slice()));
        assert_eq!((requests[2].method.as_str(), requests[2].body.len()), ("GET", 0));
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for bytes in [
            b"POST /\r\n\r\n".as_slice(),
            b"POST / HTTP/1.0\r\n\r\n",
            b"POST / HTTP/1.1\r\nnonsense\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"POST / HTT",
        ] {
            assert!(read_all(bytes)[0].is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
