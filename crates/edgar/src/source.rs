//! What can be fetched, and the addresses it has: at the SEC and at a mirror.

use std::fmt;
use std::str::FromStr;

use crate::fails::Period;
use crate::fulltext::Query;
use crate::ids::{Accession, Cik};

/// One thing that EDGAR, or a mirror of it, has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Tickers to companies, by size.
    Tickers,
    /// Tickers to companies with their exchanges.
    TickersExchange,
    /// Who a company is and its newest filings.
    Submissions(Cik),
    /// An older page of a company's filings, by the name that the submissions give:
    /// `CIK0000749647-submissions-001.json`.
    SubmissionsPage(String),
    /// Every XBRL fact of a company.
    CompanyFacts(Cik),
    /// One document of a filing.
    Document {
        /// Who filed.
        cik: Cik,
        /// The filing.
        accession: Accession,
        /// The document's name in the filing's folder, perhaps below a directory.
        name: String,
    },
    /// The page that lists the documents of a filing.
    FilingIndex {
        /// Who filed.
        cik: Cik,
        /// The filing.
        accession: Accession,
    },
    /// Filings that hold given words.
    FullText(Query),
    /// A page of the SEC's list of trading suspensions, counted from 0.
    Suspensions {
        /// Which page.
        page: u32,
    },
    /// Fails to deliver of half a month, zipped.
    FailsToDeliver(Period),
}

/// What the bytes of a resource must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A JSON object or array.
    Json,
    /// A page of HTML.
    Html,
    /// A zip archive.
    Zip,
    /// Anything: filings are what filers made of them.
    Any,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Html => "HTML",
            Self::Zip => "a zip archive",
            Self::Any => "a document",
        })
    }
}

/// How long a kind of index may be used before the SEC is asked whether it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Never: it has an accession number.
    Never,
    /// At any moment: a company's filings and facts.
    AnyMoment,
    /// Daily at most: tickers, lists.
    Daily,
}

impl Resource {
    /// Its address at the SEC.
    pub fn url(&self) -> String {
        format!("https://{}{}", self.host(), self.path())
    }

    /// The host that has it. `data.sec.gov` and `www.sec.gov` are different: what one has the other has not.
    pub fn host(&self) -> &'static str {
        match self {
            Self::Submissions(_) | Self::SubmissionsPage(_) | Self::CompanyFacts(_) => "data.sec.gov",
            Self::FullText(_) => "efts.sec.gov",
            _ => "www.sec.gov",
        }
    }

    /// Its path and query, the same at the SEC and at a mirror.
    pub fn path(&self) -> String {
        match self {
            Self::Tickers => "/files/company_tickers.json".into(),
            Self::TickersExchange => "/files/company_tickers_exchange.json".into(),
            Self::Submissions(cik) => format!("/submissions/{}.json", cik.padded()),
            Self::SubmissionsPage(name) => format!("/submissions/{}", escaped(name)),
            Self::CompanyFacts(cik) => format!("/api/xbrl/companyfacts/{}.json", cik.padded()),
            Self::Document { cik, accession, name } => {
                let name: Vec<String> = name.split('/').map(escaped).collect();
                format!("/Archives/edgar/data/{cik}/{}/{}", accession.folder(), name.join("/"))
            }
            Self::FilingIndex { cik, accession } => {
                format!("/Archives/edgar/data/{cik}/{}/{accession}-index.htm", accession.folder())
            }
            Self::FullText(query) => format!("/LATEST/search-index?{}", query.encoded()),
            Self::Suspensions { page: 0 } => "/litigation/suspensions".into(),
            Self::Suspensions { page } => format!("/litigation/suspensions?page={page}"),
            Self::FailsToDeliver(period) => format!("/files/data/fails-deliver-data/cnsfails{period}.zip"),
        }
    }

    /// When it changes.
    pub fn changes(&self) -> Changes {
        match self {
            Self::Document { .. } | Self::FilingIndex { .. } => Changes::Never,
            Self::Submissions(_) | Self::SubmissionsPage(_) | Self::CompanyFacts(_) | Self::FullText(_) => {
                Changes::AnyMoment
            }
            Self::Tickers | Self::TickersExchange | Self::Suspensions { .. } | Self::FailsToDeliver(_) => {
                Changes::Daily
            }
        }
    }

    /// What its bytes must look like.
    pub fn expected(&self) -> Expected {
        match self {
            Self::Tickers
            | Self::TickersExchange
            | Self::Submissions(_)
            | Self::SubmissionsPage(_)
            | Self::CompanyFacts(_)
            | Self::FullText(_) => Expected::Json,
            Self::FilingIndex { .. } | Self::Suspensions { .. } => Expected::Html,
            Self::FailsToDeliver(_) => Expected::Zip,
            Self::Document { .. } => Expected::Any,
        }
    }

    /// Why a name that came from outside cannot stand in an address; none where it can.
    pub fn unnameable(&self) -> Option<String> {
        let (name, directories) = match self {
            Self::SubmissionsPage(name) => (name, 0),
            Self::Document { name, .. } => (name, 3),
            _ => return None,
        };
        let odd = name.len() > 300
            || name.chars().any(char::is_control)
            || name.contains('\\')
            || name.split('/').any(|part| part.is_empty() || part == "." || part == "..")
            || name.matches('/').count() > directories;
        odd.then(|| name.chars().filter(|character| !character.is_control()).take(60).collect())
    }
}

impl fmt::Display for Resource {
    /// What it is, to stand in a sentence: `the filings of CIK0000320193`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tickers => f.write_str("the list of tickers"),
            Self::TickersExchange => f.write_str("the list of tickers and exchanges"),
            Self::Submissions(cik) => write!(f, "the filings of {}", cik.padded()),
            Self::SubmissionsPage(name) => write!(f, "the page of older filings {}", plain(name)),
            Self::CompanyFacts(cik) => write!(f, "the XBRL facts of {}", cik.padded()),
            Self::Document { accession, name, .. } => write!(f, "the document {} of {accession}", plain(name)),
            Self::FilingIndex { accession, .. } => write!(f, "the index of {accession}"),
            Self::FullText(query) => write!(f, "the full-text search for {}", plain(&query.words)),
            Self::Suspensions { .. } => f.write_str("the list of trading suspensions"),
            Self::FailsToDeliver(period) => write!(f, "the fails to deliver of {period}"),
        }
    }
}

/// The name of the XML behind the rendering that EDGAR gives as an ownership form's primary document:
/// `xslF345X05/form4.xml` is the page that a person reads, `form4.xml` the data.
pub fn behind_rendering(name: &str) -> &str {
    match name.split_once('/') {
        Some((directory, rest)) if directory.starts_with("xsl") => rest,
        _ => name,
    }
}

/// A mirror: all hosts of the SEC under one base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    secure: bool,
    host: String,
    port: Option<u16>,
    prefix: String,
}

/// What was given names no mirror.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no address of a mirror: {why}; write it like http://127.0.0.1:8080 or https://cache.example.com/edgar"
)]
pub struct NoMirror {
    given: String,
    why: &'static str,
}

impl FromStr for Mirror {
    type Err = NoMirror;

    fn from_str(given: &str) -> Result<Self, NoMirror> {
        let wrong = |why| NoMirror { given: plain(given), why };
        let trimmed = given.trim();
        let address = Address::parse(trimmed).map_err(wrong)?;
        if address.target.contains(['?', '#']) {
            return Err(wrong("it has a query"));
        }
        let prefix = address.target.trim_end_matches('/').to_owned();
        Ok(Self { secure: address.secure, host: address.host, port: address.port, prefix })
    }
}

impl fmt::Display for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.prefix)
    }
}

impl Mirror {
    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Its host.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// Why an address may not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// It is no HTTP address.
    #[error("it is no address: {0}")]
    NoAddress(&'static str),
    /// It is not encrypted.
    #[error("it is not encrypted")]
    NotEncrypted,
    /// It is neither the SEC's host nor one below it.
    #[error("{0} is not a host of the SEC")]
    OtherHost(String),
    /// It is not the mirror's host.
    #[error("{0} is not the mirror")]
    NotTheMirror(String),
}

/// Where everything is asked for: the SEC or a mirror. It knows which addresses may be asked.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Base {
    /// The SEC's own hosts.
    #[default]
    Sec,
    /// One mirror in their stead.
    Mirror(Mirror),
}

impl Base {
    /// The address of a resource here.
    pub fn url(&self, resource: &Resource) -> String {
        match self {
            Self::Sec => resource.url(),
            Self::Mirror(mirror) => format!("{mirror}{}", resource.path()),
        }
    }

    /// Whether an address may be asked; asked again after each redirect.
    pub fn allows(&self, url: &str) -> Result<(), NotAllowed> {
        let address = Address::parse(url).map_err(NotAllowed::NoAddress)?;
        match self {
            Self::Sec => {
                if !address.secure {
                    return Err(NotAllowed::NotEncrypted);
                }
                let own = address.host == "sec.gov" || address.host.ends_with(".sec.gov");
                if !own || address.port.is_some_and(|port| port != 443) {
                    return Err(NotAllowed::OtherHost(plain(&address.host)));
                }
            }
            Self::Mirror(mirror) => {
                if mirror.secure && !address.secure {
                    return Err(NotAllowed::NotEncrypted);
                }
                let port = |secure: bool, port: Option<u16>| port.unwrap_or(if secure { 443 } else { 80 });
                // A mirror may lead from HTTP up to HTTPS, which has another port.
                let upgraded = address.secure && !mirror.secure;
                let same = port(address.secure, address.port) == port(mirror.secure, mirror.port);
                if address.host != mirror.host || !(same || upgraded) {
                    return Err(NotAllowed::NotTheMirror(plain(&address.host)));
                }
            }
        }
        Ok(())
    }

    /// The address that a `Location` at an address leads to.
    pub fn follow(from: &str, location: &str) -> Result<String, NotAllowed> {
        let location = location.split('#').next().unwrap_or_default().trim();
        if location.bytes().any(|byte| byte.is_ascii_control() || byte == b' ' || byte == b'\\') {
            return Err(NotAllowed::NoAddress("it has characters that addresses have not"));
        }
        if location.contains("://") && !location.starts_with('/') {
            return Ok(location.to_owned());
        }
        let (scheme, rest) = from.split_once("://").ok_or(NotAllowed::NoAddress("it has no scheme"))?;
        if location.starts_with("//") {
            return Ok(format!("{scheme}:{location}"));
        }
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        if location.starts_with('/') {
            return Ok(format!("{scheme}://{authority}{location}"));
        }
        let path = path.split('?').next().unwrap_or("/");
        let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
        Ok(format!("{scheme}://{authority}{folder}{location}"))
    }
}

/// An HTTP address, taken apart as far as its host is in question.
struct Address {
    secure: bool,
    host: String,
    port: Option<u16>,
    /// Path, query and fragment.
    target: String,
}

impl Address {
    fn parse(url: &str) -> Result<Self, &'static str> {
        if url.bytes().any(|byte| byte.is_ascii_control() || byte == b' ' || byte == b'\\') {
            return Err("it has characters that addresses have not");
        }
        let (scheme, rest) = url.split_once("://").ok_or("it has no scheme")?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err("its scheme is neither https nor http"),
        };
        let (authority, target) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
        // `https://sec.gov@elsewhere` has the host `elsewhere`: such addresses only serve to deceive.
        if authority.contains('@') {
            return Err("it has a user's name in it");
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, Some(port.parse().map_err(|_| "its port is no number")?))
            }
            _ => (authority, None),
        };
        let host = host.to_ascii_lowercase();
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_[]:".contains(&byte);
        if host.is_empty() || !host.bytes().all(known) || (host.contains(':') && !host.starts_with('[')) {
            return Err("it has no host");
        }
        Ok(Self { secure, host, port, target: target.to_owned() })
    }
}

/// One segment of a path, everything escaped that is not plain.
fn escaped(segment: &str) -> String {
    let mut escaped = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(byte as char);
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// A text from outside for use in a sentence of ours: short, and without control characters.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(name: &str) -> Resource {
        Resource::Document {
            cik: Cik(320_193),
            accession: "0000320193-24-000123".parse().unwrap(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn addresses_are_those_of_the_sec() {
        for (resource, url) in [
            (Resource::Tickers, "https://www.sec.gov/files/company_tickers.json"),
            (Resource::TickersExchange, "https://www.sec.gov/files/company_tickers_exchange.json"),
            (Resource::Submissions(Cik(749_647)), "https://data.sec.gov/submissions/CIK0000749647.json"),
            (
                Resource::SubmissionsPage("CIK0000749647-submissions-001.json".into()),
                "https://data.sec.gov/submissions/CIK0000749647-submissions-001.json",
            ),
            (Resource::CompanyFacts(Cik(749_647)), "https://data.sec.gov/api/xbrl/companyfacts/CIK0000749647.json"),
            (
                document("xslF345X05/form 4.xml"),
                "https://www.sec.gov/Archives/edgar/data/320193/000032019324000123/xslF345X05/form%204.xml",
            ),
            (Resource::Suspensions { page: 0 }, "https://www.sec.gov/litigation/suspensions"),
            (Resource::Suspensions { page: 2 }, "https://www.sec.gov/litigation/suspensions?page=2"),
            (
                Resource::FailsToDeliver("202401b".parse().unwrap()),
                "https://www.sec.gov/files/data/fails-deliver-data/cnsfails202401b.zip",
            ),
        ] {
            assert_eq!(resource.url(), url);
        }
    }

    #[test]
    fn a_mirror_has_all_hosts_under_one_base() {
        for (given, base) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("https://Cache.Example.com/edgar/", "https://cache.example.com/edgar"),
            ("http://[::1]:99", "http://[::1]:99"),
        ] {
            let mirror: Mirror = given.parse().unwrap();
            assert_eq!(
                Base::Mirror(mirror).url(&Resource::Submissions(Cik(1))),
                format!("{base}/submissions/CIK0000000001.json")
            );
        }
        for wrong in ["", "example.com", "ftp://example.com", "http://", "http://a b", "http://u@h", "http://h?x=1"] {
            assert!(wrong.parse::<Mirror>().is_err(), "{wrong}");
        }
        for (given, loopback) in [
            ("http://localhost:1", true),
            ("http://[::1]:1", true),
            ("http://127.8.8.8", true),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(given.parse::<Mirror>().unwrap().is_loopback(), loopback, "{given}");
        }
    }

    /// The host rules of the reference: HTTPS, sec.gov or below it, asked again after each redirect.
    #[test]
    fn only_the_secs_hosts_are_asked_and_only_encrypted() {
        let sec = Base::Sec;
        for right in ["https://sec.gov/x", "https://www.sec.gov", "https://WWW.SEC.GOV:443/x", "https://a.b.sec.gov/?q"]
        {
            assert_eq!(sec.allows(right), Ok(()), "{right}");
        }
        for wrong in [
            "http://www.sec.gov/x",
            "https://sec.gov.example.com/",
            "https://notsec.gov/",
            "https://www.sec.gov@example.com/",
            "https://example.com/www.sec.gov",
            "https://www.sec.gov:8443/",
            "https://www.sec.gov\\@example.com/",
            "file:///etc/passwd",
            "//www.sec.gov/",
            "",
        ] {
            assert!(sec.allows(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn with_a_mirror_only_the_mirror_is_asked() {
        let plain = Base::Mirror("http://cache.example.com:8080/edgar".parse().unwrap());
        let secure = Base::Mirror("https://cache.example.com".parse().unwrap());
        assert_eq!(plain.allows("http://cache.example.com:8080/other"), Ok(()));
        assert_eq!(plain.allows("https://cache.example.com/x"), Ok(()), "up to HTTPS");
        assert!(plain.allows("http://cache.example.com:9090/x").is_err());
        assert!(plain.allows("https://www.sec.gov/x").is_err());
        assert!(secure.allows("http://cache.example.com/x").is_err(), "never down");
        assert!(secure.allows("https://sub.cache.example.com/x").is_err());
    }

    #[test]
    fn a_redirect_is_followed_from_where_it_was_given() {
        let from = "https://www.sec.gov/a/b?c=1";
        for (location, to) in [
            ("https://data.sec.gov/x", "https://data.sec.gov/x"),
            ("//data.sec.gov/x", "https://data.sec.gov/x"),
            ("/x?y", "https://www.sec.gov/x?y"),
            ("x#part", "https://www.sec.gov/a/x"),
            ("?page=1", "https://www.sec.gov/a/?page=1"),
            ("/x?next=https://elsewhere", "https://www.sec.gov/x?next=https://elsewhere"),
        ] {
            assert_eq!(Base::follow(from, location).as_deref(), Ok(to));
        }
        assert!(Base::follow(from, "/x\r\nHost: evil").is_err());
    }

    #[test]
    fn names_from_outside_cannot_leave_their_folder() {
        for name in ["../../x", "a//b", "/x", "a\\b", "a\nb", ".", "", "a/b/c/d/e", &"x".repeat(400)] {
            assert!(document(name).unnameable().is_some(), "{name:?}");
        }
        for name in ["form4.xml", "xslF345X05/form4.xml", "d10k (1).htm", "ünï.htm"] {
            assert_eq!(document(name).unnameable(), None, "{name}");
        }
        assert!(Resource::SubmissionsPage("../api/x.json".into()).unnameable().is_some());
    }

    /// Lesson 29: the primary document of an ownership form is its rendering.
    #[test]
    fn behind_a_rendering_is_the_xml() {
        for (given, xml) in [
            ("xslF345X05/form4.xml", "form4.xml"),
            ("xsl144X01/primary_doc.xml", "primary_doc.xml"),
            ("form4.xml", "form4.xml"),
            ("exhibits/form4.xml", "exhibits/form4.xml"),
        ] {
            assert_eq!(behind_rendering(given), xml);
        }
    }
}
