//! Small trees of the XML forms that EDGAR takes from filers: ownership, Form 144, Schedules 13D and 13G.
//!
//! Names are without their namespace, entities beyond XML's own five are left as they stand, and everything is
//! bounded. What was read before a fault stays, with the fault named.

use std::borrow::Cow;

use jiff::civil::Date;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::document::sgml;

/// Longest form in bytes. The largest real ones, with attachments inside, have a few hundred kilobytes.
const LONGEST: usize = 32 * 1024 * 1024;
/// Elements of one form; Form 4 allows thirty rows in each of its tables.
const MOST_ELEMENTS: usize = 200_000;
/// Nesting.
const DEEPEST: usize = 48;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// Its own text, folded at the ends.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
    /// Its end was there.
    pub(crate) complete: bool,
}

/// What could be read.
pub(crate) struct Tree {
    pub(crate) root: Option<Element>,
    /// Why the rest could not.
    pub(crate) problem: Option<String>,
}

impl Element {
    /// Children of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first child of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// A descendant by a path of names.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.get(name))
    }

    /// Text of a descendant, empty where it is absent.
    pub(crate) fn text_at(&self, path: &[&str]) -> &str {
        self.at(path).map_or("", |element| element.text.as_str())
    }

    /// The first descendant of a name, in document order.
    pub(crate) fn find(&self, name: &str) -> Option<&Element> {
        self.children.iter().find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }

    /// All descendants of a name, in document order.
    pub(crate) fn descendants<'a>(&'a self, name: &str, found: &mut Vec<&'a Element>) {
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            child.descendants(name, found);
        }
    }

    /// An attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The XML within what EDGAR serves: the bytes themselves, or the document of a full submission that has one.
pub(crate) fn body(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = if sgml::is_submission(bytes) {
        let submission = sgml::split(bytes);
        let document = submission.documents.into_iter().find(|document| {
            let inside = bytes.get(document.body.clone()).unwrap_or_default().trim_ascii_start();
            inside.starts_with(b"<?xml")
                || inside.starts_with(b"<ownershipDocument")
                || inside.starts_with(b"<edgarSub")
        })?;
        bytes.get(document.body)?
    } else {
        bytes
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
    bytes.starts_with(b"<").then(|| crate::document::decode(bytes))
}

/// Reads a tree.
pub(crate) fn read(text: &str) -> Tree {
    if text.len() > LONGEST {
        return Tree { root: None, problem: Some(format!("it has more than {LONGEST} bytes")) };
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().allow_dangling_amp = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut count = 0;
    let problem = loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => break Some(format!("the XML breaks at byte {}: {error}", reader.error_position())),
        };
        match event {
            Event::Start(start) => {
                count += 1;
                if open.len() >= DEEPEST || count > MOST_ELEMENTS {
                    break Some(format!("it has more than {DEEPEST} levels or {MOST_ELEMENTS} elements"));
                }
                open.push(element(&start));
            }
            Event::Empty(start) => {
                count += 1;
                let mut element = element(&start);
                element.complete = true;
                match open.last_mut() {
                    Some(parent) if count <= MOST_ELEMENTS => parent.children.push(element),
                    Some(_) => break Some(format!("it has more than {MOST_ELEMENTS} elements")),
                    None => root = root.or(Some(element)),
                }
            }
            Event::End(end) => {
                let name = local(end.name().into_inner());
                // An end that fits nothing open is passed over; one that fits an outer element closes the inner.
                let Some(depth) = open.iter().rposition(|element| element.name == name) else { continue };
                while open.len() > depth {
                    let complete = open.len() == depth + 1;
                    close(&mut open, &mut root, complete);
                }
                if open.is_empty() && root.is_some() {
                    break None;
                }
            }
            Event::Text(words) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&words.xml10_content());
                }
            }
            Event::CData(words) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&words.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(element) = open.last_mut() {
                    match reference.resolve_char_ref() {
                        Ok(Some(character)) => element.text.push(character),
                        _ => {
                            let name = reference.into_inner();
                            match quick_xml::escape::resolve_predefined_entity(&name) {
                                Some(words) => element.text.push_str(words),
                                None => {
                                    element.text.push('&');
                                    element.text.push_str(&name);
                                    element.text.push(';');
                                }
                            }
                        }
                    }
                }
            }
            Event::Eof => break if open.is_empty() { None } else { Some("the XML ends early".to_owned()) },
            _ => {}
        }
    };
    while !open.is_empty() {
        close(&mut open, &mut root, false);
    }
    Tree { root, problem }
}

fn element(start: &BytesStart<'_>) -> Element {
    let attributes = start
        .attributes()
        .with_checks(false)
        .flatten()
        .take(32)
        .map(|attribute| (local(attribute.key.into_inner()).to_owned(), attribute.value.into_owned()))
        .collect();
    Element { name: local(start.name().into_inner()).to_owned(), attributes, ..Element::default() }
}

fn close(open: &mut Vec<Element>, root: &mut Option<Element>, complete: bool) {
    let Some(mut element) = open.pop() else { return };
    element.complete = complete;
    let trimmed = element.text.trim();
    if trimmed.len() != element.text.len() {
        element.text = trimmed.to_owned();
    }
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => {
            if root.is_none() {
                *root = Some(element);
            }
        }
    }
}

/// A name without its namespace prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// A number as filers type it: `1,220,376`, `$0.2588`, `5.1%`. None for everything that is not one number.
pub(crate) fn number(text: &str) -> Option<f64> {
    let bare: String = text
        .trim()
        .trim_start_matches("US")
        .trim_start_matches('$')
        .trim_end_matches('%')
        .chars()
        .filter(|character| !matches!(character, ',' | ' ' | '\u{a0}'))
        .collect();
    let plain = !bare.is_empty()
        && bare.len() <= 40
        && bare.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    plain.then(|| bare.parse::<f64>().ok()).flatten().filter(|number| number.is_finite())
}

/// A day: `2025-04-24`, also with a zone (`2025-04-24-05:00`) or a time behind it, `04/24/2025`, `04-24-2025`.
pub(crate) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let head = text.get(..10)?;
    let part =
        |range: std::ops::Range<usize>| head.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let (year, month, day) = if head.as_bytes().get(4) == Some(&b'-') && head.as_bytes().get(7) == Some(&b'-') {
        (part(0..4)?, part(5..7)?, part(8..10)?)
    } else {
        let parted = |at: usize| matches!(head.as_bytes().get(at), Some(b'/' | b'-'));
        if !parted(2) || !parted(5) || text.len() != 10 {
            return None;
        }
        (part(6..10)?, part(0..2)?, part(3..5)?)
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A yes or no, in every spelling that the forms have been seen with.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text.trim() {
        "1" | "true" | "TRUE" | "True" | "Y" | "y" | "Yes" | "YES" | "X" | "x" => Some(true),
        "0" | "false" | "FALSE" | "False" | "N" | "n" | "No" | "NO" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_days_and_flags_as_filers_type_them() {
        assert_eq!(number("1,220,376"), Some(1_220_376.0));
        assert_eq!(number("$0.2588"), Some(0.2588));
        assert_eq!(number("22.2%"), Some(22.2));
        assert_eq!(number("see footnote 1"), None);
        assert_eq!(number(""), None);
        assert_eq!(number("1e999"), None);
        assert_eq!(number("NaN"), None);
        let april = jiff::civil::date(2025, 4, 24);
        for text in ["2025-04-24", "2025-04-24-05:00", "2025-04-24Z", "04/24/2025", "04-24-2025", " 2025-04-24 "] {
            assert_eq!(day(text), Some(april), "{text}");
        }
        for text in ["", "2025-02-30", "24.04.2025", "April 24, 2025", "٠٤/٢٤/٢٠٢٥", "04/24/25"] {
            assert_eq!(day(text), None, "{text}");
        }
        assert_eq!(
            (flag("1"), flag("true"), flag("0"), flag("false"), flag("")),
            (Some(true), Some(true), Some(false), Some(false), None)
        );
    }

    #[test]
    fn what_was_read_before_a_fault_stays() {
        let tree = read("<a><b>1 &amp; 2&#13;</b><c><d>3</d>");
        let root = tree.root.unwrap();
        assert_eq!(root.text_at(&["b"]), "1 & 2");
        assert!(root.get("b").unwrap().complete && !root.get("c").unwrap().complete);
        assert!(tree.problem.is_some());
    }

    #[test]
    fn hostile_depth_is_refused_in_bounded_memory() {
        let tree = read(&"<a>".repeat(1_000_000));
        assert!(tree.problem.unwrap().contains("levels"));
        let tree = read(&format!("<r>{}</r>", "<a/>".repeat(300_000)));
        assert!(tree.problem.unwrap().contains("elements"));
        assert!(read("no xml at all").root.is_none());
        // Entities of the document's own are never expanded.
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;\">]><a>&y;</a>";
        assert_eq!(read(bomb).root.unwrap().text, "&y;");
    }
}
