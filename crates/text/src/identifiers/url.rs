//! Web addresses (RFC 3986, host names by RFC 1123).

use std::sync::LazyLock;

use regex::Regex;

use super::{Fault, is_placeholder, token};
use crate::Span;

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static START: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\bhttps?:/{1,3}|\bwww\.[a-z0-9]").unwrap());

/// Whether `text` is a web address that can be opened: `http` or `https`, a host of valid labels with a
/// top-level domain of letters (or an address, `localhost`, or any host with a port), a port below 65536,
/// no white space. Whether the page exists is not known.
pub fn check_url(text: &str) -> Result<(), Fault> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Fault::form("A web address contains no white space."));
    }
    let lower = text.to_ascii_lowercase();
    let rest = if let Some(at) = lower.find("://") {
        if !matches!(&lower[..at], "http" | "https") {
            return Err(Fault::form("A web address begins with http:// or https://."));
        }
        &text[at + 3..]
    } else if lower.starts_with("www.") {
        text
    } else {
        return Err(Fault::form("A web address has `://` after its scheme."));
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    if let Some(after) = host.strip_prefix('[') {
        let valid = after.split_once(']').is_some_and(|(inside, _)| inside.parse::<std::net::Ipv6Addr>().is_ok());
        return if valid { Ok(()) } else { Err(Fault::form("The address in brackets is no IPv6 address.")) };
    }
    let (name, port) = match host.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    if let Some(port) = port
        && !port.is_empty()
        && port.parse::<u16>().is_err()
    {
        return Err(Fault::form(format!("`{port}` is no port: ports are numbers up to 65535.")));
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() {
        return Err(Fault::form("The web address has no host."));
    }
    if name.len() > 253 {
        return Err(Fault::form("A host name has at most 253 characters."));
    }
    let labels: Vec<&str> = name.split('.').collect();
    for label in &labels {
        if label.is_empty() {
            return Err(Fault::form(format!("The host `{name}` has an empty label between two points.")));
        }
        if label.len() > 63 || label.starts_with('-') || label.ends_with('-') {
            return Err(Fault::form(format!(
                "`{label}` is no label of a host: at most 63 characters, no hyphen at either end."
            )));
        }
        if !label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
            return Err(Fault::form(format!("`{label}` holds a character that no host name has.")));
        }
    }
    let numeric = labels.iter().all(|l| l.bytes().all(|b| b.is_ascii_digit()));
    if numeric {
        return if name.parse::<std::net::Ipv4Addr>().is_ok() {
            Ok(())
        } else {
            Err(Fault::form(format!("`{name}` is no IPv4 address.")))
        };
    }
    let top = labels.last().copied().unwrap_or("");
    if labels.len() == 1 {
        return if port.is_some() || name.eq_ignore_ascii_case("localhost") {
            Ok(())
        } else {
            Err(Fault::form(format!("The host `{name}` has no top-level domain.")))
        };
    }
    let shaped = top.starts_with("xn--") || (top.chars().count() >= 2 && top.chars().all(char::is_alphabetic));
    if shaped { Ok(()) } else { Err(Fault::form(format!("`.{top}` cannot be a top-level domain."))) }
}

pub(super) fn find(text: &str) -> Vec<(Span, Result<(), Fault>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = START.find_at(text, at) {
        at = found.end();
        let candidate = token(&text[found.start()..]);
        // What prose wraps around an address ends it.
        let candidate = candidate.split(['<', '>', '`', '|', '，', '；', '、']).next().unwrap_or("");
        let candidate = super::trim_end(candidate);
        let head = candidate.split_once("//").map_or(candidate, |(_, rest)| rest);
        let host = head.split(['/', '?', '#']).next().unwrap_or("");
        if host.is_empty() && text[found.end()..].starts_with(|c: char| !c.is_whitespace())
            || candidate.len() < found.len()
            || is_placeholder(host)
            || candidate.contains(['{', '}', '$', '…'])
            || host.contains(['%', '$', '*', '(', ')', '&', '='])
            || !host.chars().any(char::is_alphanumeric)
        {
            // What was read once is not read again, whatever it holds.
            at = at.max(found.start() + candidate.len());
            continue;
        }
        let span = Span::new(found.start(), found.start() + candidate.len());
        out.push((span, check_url(candidate)));
        at = span.end.max(at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{check_url, find};

    #[test]
    fn forms() {
        for good in [
            "https://www.rust-lang.org/learn?x=1#y",
            "http://127.0.0.1:8080/",
            "http://localhost:3000",
            "https://[::1]/a",
            "http://backend:9000/v1",
            "www.example.com",
            "https://münchen.de/",
            "https://xn--mnchen-3ya.de",
            "https://a.b.c.museum",
            "https://user:pw@example.com/x",
        ] {
            assert!(check_url(good).is_ok(), "{good}: {:?}", check_url(good));
        }
        for bad in [
            "https://",
            "https://exa mple.com",
            "https://example",
            "https://example..com/a",
            "https://-a.com",
            "https://a.c/x1",
            "http:/example.com",
            "https://example.com:99999/",
            "https://256.1.1.1/",
            "https://exam^ple.com",
            "ftp://example.com",
            "https://site.c0m/",
        ] {
            assert!(check_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn found_in_prose() {
        let ids = |text: &str| -> Vec<(String, bool)> {
            find(text).into_iter().map(|(s, r)| (s.of(text).to_owned(), r.is_ok())).collect()
        };
        assert_eq!(
            ids("(see https://en.wikipedia.org/wiki/Rust_(language))."),
            [("https://en.wikipedia.org/wiki/Rust_(language)".to_owned(), true)]
        );
        assert_eq!(ids("go to **https://www.who..int/news** now"), [("https://www.who..int/news".to_owned(), false)]);
        assert_eq!(ids("the http:// scheme, https://{host}/x, http://$HOST:80"), []);
        assert_eq!(
            ids("[a](https://a.org/x) [b](http://b.org)"),
            [("https://a.org/x".to_owned(), true), ("http://b.org".to_owned(), true)]
        );
    }
}
