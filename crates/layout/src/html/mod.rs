//! A page in one file: no network, nothing but its own style and its own script.
//!
//! The policy in the head lets a browser run the one script that the page was made with, by its SHA-256, and load
//! nothing at all. What others wrote goes into the page through [`escape::html`] or as JSON in a data block.

use std::fmt::Write as _;

use escape::html;
use sha2::{Digest as _, Sha256};

/// The house's style: type, tables, charts, dark and light, print.
pub const STYLE: &str = include_str!("style.css");

/// A page's head and foot. Style and script are the tool's own text, never anybody else's.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Title of the window; raw text.
    pub title: &'a str,
    /// Style beside [`STYLE`].
    pub style: &'a str,
    /// The script; runs when everything above it was read.
    pub script: &'a str,
}

impl Page<'_> {
    /// Everything before the content.
    pub fn head(&self) -> String {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n",
            self.policy(),
            html::text(self.title),
            self.style
        )
    }

    /// Everything after it.
    pub fn foot(&self) -> String {
        let script = if self.script.is_empty() { String::new() } else { format!("<script>{}</script>\n", self.script) };
        format!("{script}</body>\n</html>\n")
    }

    /// What a browser may do with the page: run this script, use these styles, nothing else.
    pub fn policy(&self) -> String {
        let script = if self.script.is_empty() {
            "'none'".to_owned()
        } else {
            format!("'sha256-{}'", base64(&Sha256::digest(self.script.as_bytes())))
        };
        format!(
            "default-src 'none'; style-src 'unsafe-inline'; script-src {script}; img-src data:; base-uri 'none'; form-action 'none'"
        )
    }
}

/// A block of data for the script. The identifier is ours; `json` is JSON already.
pub fn data(id: &str, json: &str) -> String {
    format!("<script type=\"application/json\" id=\"{id}\">{}</script>\n", html::json_in_script(json))
}

/// A chart with its caption and, folded away, the table of what it shows. `charts` is markup of [`crate::svg`], a wide
/// and a narrow drawing, of which the page shows the one that fits; `caption` and `table` are markup.
pub fn figure(wide: &str, narrow: &str, caption: &str, table: Option<&str>) -> String {
    let mut out = format!("<figure><div class=\"wide\">{wide}</div><div class=\"narrow\">{narrow}</div>");
    if !caption.is_empty() {
        let _ = write!(out, "<figcaption>{caption}</figcaption>");
    }
    if let Some(table) = table {
        let _ = write!(out, "<details><summary>The same as a table</summary>{table}</details>");
    }
    out.push_str("</figure>\n");
    out
}

/// A table. Cells are markup; columns named in `numbers` are set flush right. Scrolls by itself where it is too wide.
pub fn table(caption: &str, headings: &[&str], numbers: &[usize], rows: &[Vec<String>]) -> String {
    let mut out = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption><span>{0}</span></caption><thead><tr>",
        html::text(caption)
    );
    let class = |at: usize| if numbers.contains(&at) { " class=\"n\"" } else { "" };
    for (at, heading) in headings.iter().enumerate() {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(at), html::text(heading));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let _ = match at {
                0 => write!(out, "<th scope=\"row\">{cell}</th>"),
                _ => write!(out, "<td{}>{cell}</td>", class(at)),
            };
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>\n");
    out
}

/// Base 64 (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * at)) as usize & 63];
            out.push(if at <= chunk.len() { sign as char } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_the_rfc() {
        for (bytes, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), expected);
        }
    }

    #[test]
    fn the_policy_names_the_script_by_its_hash() {
        // The example of the specification (CSP Level 3, section 8.3).
        let page = Page { title: "", style: "", script: "alert('Hello, world.');" };
        assert!(page.policy().contains("'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"), "{}", page.policy());
        assert!(Page { script: "", ..page }.policy().contains("script-src 'none'"));
    }

    #[test]
    fn nobody_writes_markup() {
        let evil = "</title><script>alert(1)</script>";
        let page = Page { title: evil, style: "", script: "" };
        assert!(!page.head().contains(evil));
        assert!(!data("d", &format!("\"{}\"", "</script><img src=x onerror=alert(1)>")).contains("<img"));
        assert!(!table(evil, &[evil], &[], &[]).contains("<script"));
    }

    #[test]
    fn the_style_loads_nothing() {
        let lower = STYLE.to_lowercase();
        for word in ["url(", "@import", "http", "</style", "expression("] {
            assert!(!lower.contains(word), "{word}");
        }
    }
}
