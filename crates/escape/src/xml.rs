//! XML 1.0 text and attributes.

use crate::hazard::disarm;

/// Escapes text for a place between tags. Characters that XML 1.0 does not know are left out.
pub fn text(value: &str) -> String {
    escape(value, false)
}

/// Escapes text for a place within quotes. Line breaks and tabs are kept, as references.
pub fn attribute(value: &str) -> String {
    escape(value, true)
}

fn escape(value: &str, quoted: bool) -> String {
    let value = disarm(value);
    let mut out = String::with_capacity(value.len() + 16);
    for character in value.chars().filter(|character| is_xml(*character)) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            // `]]>` may not stand in text.
            '>' => out.push_str("&gt;"),
            '"' if quoted => out.push_str("&quot;"),
            '\n' if quoted => out.push_str("&#10;"),
            '\t' if quoted => out.push_str("&#9;"),
            _ => out.push(character),
        }
    }
    out
}

/// The production `Char` of XML 1.0 (fifth edition), 2.2.
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quick_xml::events::Event;

    /// What a strict reader finds in `<a b="…">…</a>`.
    fn read(document: &str) -> (String, String) {
        let mut reader = quick_xml::Reader::from_str(document);
        reader.config_mut().check_end_names = true;
        let (mut attribute, mut text) = (String::new(), String::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    let found: Vec<_> = start.attributes().map(|one| one.unwrap()).collect();
                    assert_eq!(found.len(), 1);
                    attribute = quick_xml::escape::unescape(&found[0].value).unwrap().into_owned();
                }
                Event::Text(part) => text.push_str(&part),
                Event::GeneralRef(reference) => {
                    text.push_str(&quick_xml::escape::unescape(&format!("&{};", &*reference)).unwrap());
                }
                Event::End(_) => {}
                Event::Eof => return (attribute, text),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn markup_comes_out_literally_and_illegal_characters_vanish() {
        let hostile = "a<b>&\"c' ]]> <!-- x --> \u{0}\u{b}\u{1b}[31m\u{fffe}\u{ffff}é日\u{1f600}\n\tend";
        let expected = "a<b>&\"c' ]]> <!-- x --> é日\u{1f600}\n\tend";
        let document = format!("<a b=\"{}\">{}</a>", attribute(hostile), text(hostile));
        assert_eq!(read(&document), (expected.to_owned(), expected.to_owned()));
    }

    proptest! {
        #[test]
        fn any_text_reads_back(value in "(?s).{0,40}|[<>&\"'\\]\u{0}\u{fffe} a\n\t\r]{0,24}") {
            let document = format!("<a b=\"{}\">{}</a>", attribute(&value), text(&value));
            let (in_attribute, in_text) = read(&document);
            let expected: String = disarm(&value).chars().filter(|character| is_xml(*character)).collect();
            prop_assert_eq!(&in_attribute, &expected);
            prop_assert_eq!(&in_text, &expected);
        }
    }
}
