//! One document out of a full submission text.

/// The text of the document that a full submission (`<SEC-DOCUMENT>` … `<DOCUMENT>` … `<TEXT>`) holds under a name;
/// without a name, of its first document.
pub(crate) fn document<'a>(submission: &'a [u8], name: Option<&str>) -> Option<&'a [u8]> {
    let mut rest = submission;
    while let Some(start) = find(rest, b"<DOCUMENT>") {
        let body = &rest[start + 10..];
        let end = find(body, b"</DOCUMENT>").unwrap_or(body.len());
        let document = &body[..end];
        rest = &body[end..];
        let Some(text) = find(document, b"<TEXT>") else { continue };
        let head = String::from_utf8_lossy(&document[..text]);
        let called = head.lines().find_map(|line| line.strip_prefix("<FILENAME>")).map(str::trim);
        if name.is_none() || called == name {
            let text = &document[text + 6..];
            let text = &text[..find(text, b"</TEXT>").unwrap_or(text.len())];
            return Some(unwrapped(text));
        }
    }
    None
}

/// Without the line `<XML>` or `<XBRL>` that full submissions put round some documents.
fn unwrapped(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    for mark in ["XML", "XBRL"] {
        let open = format!("<{mark}>");
        if let Some(inner) = text.strip_prefix(open.as_bytes()) {
            let close = format!("</{mark}>");
            let inner = inner.trim_ascii();
            return inner.strip_suffix(close.as_bytes()).unwrap_or(inner).trim_ascii();
        }
    }
    text
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_found_by_its_name() {
        let submission =
            b"<SEC-DOCUMENT>x\n<DOCUMENT>\n<TYPE>4\n<FILENAME>form4.xml\n<TEXT>\n<XML>\n<a/>\n</XML>\n</TEXT>\n\
            </DOCUMENT>\n<DOCUMENT>\n<TYPE>EX-24\n<FILENAME>ex.htm\n<TEXT>\n<p>hi</p>\n</TEXT>\n</DOCUMENT>";
        assert_eq!(document(submission, Some("form4.xml")), Some(&b"<a/>"[..]));
        assert_eq!(document(submission, None), Some(&b"<a/>"[..]));
        assert_eq!(document(submission, Some("ex.htm")), Some(&b"<p>hi</p>\n"[..]));
        assert_eq!(document(submission, Some("none")), None);
    }
}
