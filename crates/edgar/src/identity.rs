//! Who asks. The SEC wants a name and an address of every programmatic user, in the `User-Agent`.

use std::fmt;
use std::str::FromStr;

/// A name and an e-mail address, as the SEC asks for them: `Jane Doe jane@example.com`. It is sent to the SEC as it is
/// and to nobody else; displayed and debugged it is redacted, so that no log gets it by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity(String);

/// What was given does not say who asks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoIdentity {
    /// Nothing was given.
    #[error("the identity is empty; the SEC asks for a name and an e-mail address, as in `Jane Doe jane@example.com`")]
    Empty,
    /// There is no address in it.
    #[error("the identity has no e-mail address; the SEC asks for one, as in `Jane Doe jane@example.com`")]
    NoAddress,
    /// There is no name beside the address.
    #[error(
        "the identity has no name beside the e-mail address; the SEC asks for both, as in `Jane Doe jane@example.com`"
    )]
    NoName,
    /// It cannot stand in a header.
    #[error("the identity has characters that cannot stand in a header; write it in plain Latin letters")]
    Characters,
    /// It is longer than a header should be.
    #[error("the identity is longer than 200 characters")]
    Long,
}

impl FromStr for Identity {
    type Err = NoIdentity;

    /// Reads it; runs of white space become one space.
    fn from_str(given: &str) -> Result<Self, NoIdentity> {
        let words: Vec<&str> = given.split_whitespace().collect();
        let whole = words.join(" ");
        if whole.is_empty() {
            return Err(NoIdentity::Empty);
        }
        if whole.len() > 200 {
            return Err(NoIdentity::Long);
        }
        if !whole.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(NoIdentity::Characters);
        }
        let address = words.iter().position(|word| is_address(word)).ok_or(NoIdentity::NoAddress)?;
        if words.len() < 2 || !words.iter().enumerate().any(|(at, word)| at != address && !word.contains('@')) {
            return Err(NoIdentity::NoName);
        }
        Ok(Self(whole))
    }
}

impl Identity {
    /// What is sent.
    pub fn header(&self) -> &str {
        &self.0
    }

    /// What may be shown: the first letter and the domain of the address, `J***@example.com`.
    pub fn redacted(&self) -> String {
        let first = self.0.chars().next().unwrap_or('*');
        let address = self.0.split_whitespace().find(|word| is_address(word)).unwrap_or("");
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).trim_end_matches(['>', ')']);
        format!("{first}***@{domain}")
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.redacted())
    }
}

/// Something, an at sign, and a domain with a dot inside; brackets round it are let pass.
fn is_address(word: &str) -> bool {
    let word = word.trim_matches(['<', '>', '(', ')', ',', ';']);
    word.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.contains('@')
            && domain.split('.').count() >= 2
            && domain.split('.').all(|label| !label.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_a_name_and_an_address() {
        let identity: Identity = "  Jane   Doe\tjane@example.com ".parse().unwrap();
        assert_eq!(identity.header(), "Jane Doe jane@example.com");
        assert!("Example Research <desk@research.example.com>".parse::<Identity>().is_ok());
        for (given, why) in [
            ("", NoIdentity::Empty),
            ("   ", NoIdentity::Empty),
            ("Jane Doe", NoIdentity::NoAddress),
            ("Jane jane@localhost", NoIdentity::NoAddress),
            ("Jane @example.com", NoIdentity::NoAddress),
            ("Jane jane@example.", NoIdentity::NoAddress),
            ("jane@example.com", NoIdentity::NoName),
            ("Jané jane@example.com", NoIdentity::Characters),
            ("Jane\u{0}Doe jane@example.com", NoIdentity::Characters),
        ] {
            assert_eq!(given.parse::<Identity>(), Err(why), "{given:?}");
        }
    }

    #[test]
    fn it_is_never_shown_whole() {
        let identity: Identity = "Jane Doe <jane@example.com>".parse().unwrap();
        assert_eq!(identity.to_string(), "J***@example.com");
        assert_eq!(format!("{identity:?}"), "Identity(J***@example.com)");
    }
}
