//! Where a provider is: a base URL in its parts, and whether it is this machine.

use std::fmt;
use std::net::IpAddr;

use hyper::Uri;

/// The base URL of a provider, parsed. Only `http` and `https`, never with a user name or password in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    pub(super) origin: Origin,
    /// The path without a slash at its end; may be empty.
    path: String,
}

/// Scheme, host and port: what connections can be shared within.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    pub(super) tls: bool,
    /// Lower case; an IPv6 address without its brackets.
    pub(super) host: String,
    pub(super) port: u16,
}

/// Why a text is no usable base URL. No variant holds the text: it may contain a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It cannot be parsed at all.
    #[error("the base URL is not a URL; it should look like https://host/v1")]
    Malformed,
    /// The scheme is missing or another one.
    #[error("the base URL must begin with http:// or https://")]
    Scheme,
    /// It holds a user name or password.
    #[error("the base URL must not contain a user name or password")]
    UserInfo,
    /// It holds a query or a fragment.
    #[error("the base URL must end with its path, without ? or #")]
    Query,
    /// Plain HTTP to another machine.
    #[error("{host} is not this machine: a key would travel unencrypted over http://; use https://")]
    PlainHttp {
        /// The host.
        host: String,
    },
}

impl BaseUrl {
    /// Parses a base URL, version path included: `https://api.openai.com/v1`. Slashes at its end do not matter.
    pub fn parse(text: &str) -> Result<Self, InvalidUrl> {
        let text = text.trim();
        if text.contains('#') {
            return Err(InvalidUrl::Query);
        }
        // Browsers take a backslash for a slash; we are not to agree with either reading.
        if text.contains(['\\', '\t', '\n', '\r']) {
            return Err(InvalidUrl::Malformed);
        }
        let uri: Uri = text.parse().map_err(|_| InvalidUrl::Malformed)?;
        let tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(InvalidUrl::Scheme),
        };
        let authority = uri.authority().ok_or(InvalidUrl::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(InvalidUrl::UserInfo);
        }
        if uri.query().is_some() {
            return Err(InvalidUrl::Query);
        }
        let host = authority.host();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = match (authority.port(), authority.port_u16()) {
            (None, _) => {
                if tls {
                    443
                } else {
                    80
                }
            }
            (Some(_), Some(port)) if port != 0 => port,
            _ => return Err(InvalidUrl::Malformed),
        };
        // An authority that ends in a bare colon, or hides another host, does not survive this.
        let bracketed = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let spelled = match authority.port() {
            Some(port) => format!("{bracketed}:{}", port.as_str()),
            None => bracketed,
        };
        if host.is_empty() || spelled != authority.as_str() {
            return Err(InvalidUrl::Malformed);
        }
        let origin = Origin { tls, host: host.to_ascii_lowercase(), port };
        Ok(Self { origin, path: uri.path().trim_end_matches('/').to_owned() })
    }

    /// As [`BaseUrl::parse`], but refuses plain HTTP to another machine.
    pub fn parse_private(text: &str) -> Result<Self, InvalidUrl> {
        let url = Self::parse(text)?;
        if url.origin.tls || url.is_loopback() { Ok(url) } else { Err(InvalidUrl::PlainHttp { host: url.origin.host }) }
    }

    /// True when the host is this machine: `localhost`, a loopback address, or the unspecified
    /// address, which connects to this machine too.
    pub fn is_loopback(&self) -> bool {
        self.origin.is_loopback()
    }

    /// The request target for a path relative to this base.
    pub(super) fn target(&self, path: &str) -> String {
        format!("{}/{}", self.path, path.trim_start_matches('/'))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.origin.tls { "https" } else { "http" };
        write!(formatter, "{scheme}://{}{}", self.origin.authority(), self.path)
    }
}

impl Origin {
    pub(super) fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.parse::<IpAddr>().is_ok_and(|address| {
                let address = address.to_canonical();
                address.is_loopback() || address.is_unspecified()
            })
    }

    /// Host and port as the `host` header wants them: the port only where it is not the scheme's own.
    pub(super) fn authority(&self) -> String {
        let host = self.bracketed();
        if self.port == if self.tls { 443 } else { 80 } { host } else { format!("{host}:{}", self.port) }
    }

    /// Host and port, both always.
    pub(super) fn host_and_port(&self) -> String {
        format!("{}:{}", self.bracketed(), self.port)
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

/// True when the text is an `http` or `https` URL of this machine. Decided from the text alone,
/// before any input or output.
pub fn is_loopback_url(text: &str) -> bool {
    BaseUrl::parse(text).is_ok_and(|url| url.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_no_other() {
        for url in [
            "http://localhost:11434/v1",
            "http://LOCALHOST/v1/",
            "https://localhost",
            "http://127.0.0.1:8000/v1",
            "http://127.8.9.1",
            "http://[::1]:8080/v1",
            "http://0.0.0.0:8000",
            "http://[::ffff:127.0.0.1]/",
        ] {
            assert!(is_loopback_url(url), "{url}");
        }
        for url in [
            "http://localhost.evil.com",
            "http://localhost@evil",
            "http://localhost:80@evil/",
            "http://evil/@localhost",
            "http://127.0.0.1.evil.com/v1",
            "http://evil.com#localhost",
            "http://evil.com\\@localhost",
            "http://localhost\\@evil.com",
            "http://192.168.1.5:11434/v1",
            "http://[fe80::1]/",
            "http://[::2]/",
            "ftp://localhost/",
            "file:///etc/passwd",
            "localhost:11434",
            "//localhost/",
            "http://",
            "http://localhost:/v1",
            "http://localhost:99999/v1",
            "http://2130706433/",
            "http://127.1/",
            "",
        ] {
            assert!(!is_loopback_url(url), "{url}");
        }
    }

    #[test]
    fn keeps_the_path_as_given() {
        let url = BaseUrl::parse("https://dashscope-intl.aliyuncs.com/compatible-mode/v1/").unwrap();
        assert_eq!(url.target("chat/completions"), "/compatible-mode/v1/chat/completions");
        assert_eq!(url.to_string(), "https://dashscope-intl.aliyuncs.com/compatible-mode/v1");
        assert_eq!(url.origin.authority(), "dashscope-intl.aliyuncs.com");
        assert_eq!(BaseUrl::parse("http://[::1]:8080").unwrap().origin.host_and_port(), "[::1]:8080");
        assert_eq!(BaseUrl::parse("http://h").unwrap().target("/models"), "/models");
    }

    #[test]
    fn refuses_what_would_leak() {
        assert_eq!(BaseUrl::parse("https://me:secret@host/v1"), Err(InvalidUrl::UserInfo));
        assert_eq!(BaseUrl::parse("https://host/v1?key=secret"), Err(InvalidUrl::Query));
        assert!(matches!(BaseUrl::parse_private("http://api.example.com/v1"), Err(InvalidUrl::PlainHttp { .. })));
        assert!(BaseUrl::parse_private("https://api.example.com/v1").is_ok());
        assert!(BaseUrl::parse_private("http://localhost:1234/v1").is_ok());
    }
}
