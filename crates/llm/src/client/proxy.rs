//! A forward proxy, through which every connection to another machine is tunnelled (CONNECT).

use std::fmt;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::url::Origin;

/// Longest answer to CONNECT that is read.
const MAX_ANSWER: usize = 16 << 10;

/// A forward proxy and the hosts that are reached without it. This library does not look into the
/// environment: the caller passes `HTTPS_PROXY` and `NO_PROXY` in.
#[derive(Clone)]
pub struct Proxy {
    pub(super) host: String,
    pub(super) port: u16,
    /// `user:password`, as written in the URL, percent-decoded.
    credentials: Option<Vec<u8>>,
    direct: Vec<String>,
}

/// Why a text is no usable proxy. No variant holds the text: it may contain a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProxy {
    /// It cannot be parsed.
    #[error("the proxy must look like http://host:port or http://user:password@host:port")]
    Malformed,
    /// Another scheme.
    #[error("only http:// proxies are supported (the tunnel through them is encrypted end to end)")]
    Scheme,
}

impl Proxy {
    /// Parses a proxy URL and a comma-separated list of hosts to be reached without it: names,
    /// which cover their subdomains, or `*` for all.
    pub fn parse(url: &str, no_proxy: &str) -> Result<Self, InvalidProxy> {
        let url = url.trim();
        let rest = match url.split_once("://") {
            Some(("http", rest)) => rest,
            Some(_) => return Err(InvalidProxy::Scheme),
            None => url,
        };
        let rest = rest.trim_end_matches('/');
        let (credentials, authority) = match rest.rsplit_once('@') {
            Some((credentials, authority)) => (Some(percent_decode(credentials)), authority),
            None => (None, rest),
        };
        let (host, port) = authority.rsplit_once(':').ok_or(InvalidProxy::Malformed)?;
        let port = port.parse().map_err(|_| InvalidProxy::Malformed)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host.contains(['/', '?', '#', ' ', '\\']) {
            return Err(InvalidProxy::Malformed);
        }
        let direct = no_proxy.split(',').map(|host| host.trim().trim_start_matches('.').to_ascii_lowercase());
        let direct = direct.filter(|host| !host.is_empty()).collect();
        Ok(Self { host: host.to_owned(), port, credentials, direct })
    }

    /// Whether this host is reached through the proxy.
    pub(super) fn covers(&self, host: &str) -> bool {
        !self.direct.iter().any(|direct| {
            direct == "*"
                || host == direct
                || host.strip_suffix(direct.as_str()).is_some_and(|rest| rest.ends_with('.'))
        })
    }

    /// Asks the proxy for a tunnel; the stream then speaks with the origin.
    pub(super) async fn tunnel(&self, stream: &mut TcpStream, origin: &Origin) -> io::Result<()> {
        let target = origin.host_and_port();
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n");
        if let Some(credentials) = &self.credentials {
            request.push_str(&format!("proxy-authorization: Basic {}\r\n", base64(credentials)));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::with_capacity(256);
        while !answer.ends_with(b"\r\n\r\n") {
            if answer.len() > MAX_ANSWER {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the proxy's answer is too long"));
            }
            // One byte at a time: what follows the answer belongs to the origin.
            answer.push(stream.read_u8().await?);
        }
        let status = answer.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
        match status {
            [b'2', _, _] => Ok(()),
            b"407" => {
                Err(io::Error::new(io::ErrorKind::PermissionDenied, "the proxy wants a user name and password (407)"))
            }
            other => {
                let status =
                    String::from_utf8_lossy(other).chars().filter(char::is_ascii_digit).take(3).collect::<String>();
                Err(io::Error::other(format!("the proxy refused the tunnel (status {status})")))
            }
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Proxy").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

fn percent_decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&byte, rest)) = bytes.split_first() {
        let escape = rest.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (byte, escape) {
            (b'%', Some(value)) => {
                decoded.push(value);
                bytes = rest.get(2..).unwrap_or_default();
            }
            _ => {
                decoded.push(byte);
                bytes = rest;
            }
        }
    }
    decoded
}

/// Base64 of RFC 4648, section 4, with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, &byte| group << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let index = (group >> (18 - 6 * position)) as usize & 63;
            text.push(if position <= chunk.len() { char::from(ALPHABET[index]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_matches_the_rfc() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn parses_and_bypasses() {
        let proxy = Proxy::parse("http://me:p%40ss@proxy.corp:3128/", "example.com, .corp ,10.0.0.1").unwrap();
        assert_eq!((proxy.host.as_str(), proxy.port), ("proxy.corp", 3128));
        assert_eq!(proxy.credentials.as_deref(), Some(b"me:p@ss".as_slice()));
        assert!(!format!("{proxy:?}").contains("ss"));
        for direct in ["example.com", "api.example.com", "host.corp", "10.0.0.1"] {
            assert!(!proxy.covers(direct), "{direct}");
        }
        for through in ["notexample.com", "example.com.evil", "10.0.0.11"] {
            assert!(proxy.covers(through), "{through}");
        }
        assert!(!Proxy::parse("proxy:1", "*").unwrap().covers("anything"));
        assert_eq!(Proxy::parse("socks5://h:1", "").unwrap_err(), InvalidProxy::Scheme);
        for bad in ["http://host", "http://:80", "", "http://h:port"] {
            assert_eq!(Proxy::parse(bad, "").unwrap_err(), InvalidProxy::Malformed, "{bad}");
        }
    }
}
