//! The few accents of terminal output. Every text reads the same without them; the front end strips
//! them where colours are not wanted.

use std::fmt::Display;

use anstyle::{AnsiColor, Effects, Style};

/// Headings.
pub const HEADING: Style = Style::new().effects(Effects::BOLD);
/// What explains rather than tells.
pub const QUIET: Style = Style::new().effects(Effects::DIMMED);
/// A difference that was found.
pub const FOUND: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);
/// What deserves a second look.
pub const WARNING: Style = AnsiColor::Yellow.on_default();
/// What failed.
pub const FAILURE: Style = AnsiColor::Red.on_default();

/// Wraps text in a style's codes.
pub fn paint(style: Style, text: impl Display) -> String {
    if style == Style::new() { text.to_string() } else { format!("{style}{text}{style:#}") }
}

/// Removes what [`paint`] added. Sufficient for this crate's own output only.
pub fn strip(painted: &str) -> String {
    let mut plain = String::with_capacity(painted.len());
    let mut rest = painted;
    while let Some(start) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..start]);
        let code = &rest[start..];
        rest = code.find('m').map_or("", |end| &code[end + 1..]);
    }
    plain.push_str(rest);
    plain
}

/// Which characters drawings are made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Charset {
    /// Box-drawing characters.
    #[default]
    Unicode,
    /// For terminals and fonts without them.
    Ascii,
}
