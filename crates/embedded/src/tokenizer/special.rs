//! Special tokens inside text: found before anything else is cut, the longest names first.

use crate::tokenizer::{Token, TokenKind};

/// Names of tokens that are never made by merging.
pub(crate) struct Specials {
    /// Longest first; ids ascend among equals.
    names: Vec<(String, u32, TokenKind)>,
}

/// A stretch of text, or a special token that stood in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Special(u32),
}

impl Specials {
    pub(crate) fn new(vocabulary: &[Token]) -> Self {
        let mut names: Vec<(String, u32, TokenKind)> = vocabulary
            .iter()
            .enumerate()
            .filter(|(_, token)| {
                matches!(token.kind, TokenKind::Control | TokenKind::UserDefined | TokenKind::Unknown)
                    && !token.text.is_empty()
            })
            .map(|(id, token)| (token.text.clone(), id as u32, token.kind))
            .collect();
        names.sort_by_key(|(name, id, _)| (std::cmp::Reverse(name.len()), *id));
        Self { names }
    }

    /// Cuts text at special tokens. Without `control`, only user-defined tokens count.
    pub(crate) fn split<'a>(&self, text: &'a str, control: bool) -> Vec<Piece<'a>> {
        let mut pieces = if text.is_empty() { Vec::new() } else { vec![Piece::Text(text)] };
        for (name, id, kind) in &self.names {
            if !control && *kind != TokenKind::UserDefined || !text.contains(name.as_str()) {
                continue;
            }
            pieces = pieces.into_iter().flat_map(|piece| cut(piece, name, *id)).collect();
        }
        pieces
    }
}

fn cut<'a>(piece: Piece<'a>, name: &str, id: u32) -> Vec<Piece<'a>> {
    let Piece::Text(text) = piece else { return vec![piece] };
    let mut pieces = Vec::new();
    for (index, between) in text.split(name).enumerate() {
        if index > 0 {
            pieces.push(Piece::Special(id));
        }
        if !between.is_empty() {
            pieces.push(Piece::Text(between));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_names_win_and_control_needs_leave() {
        let token = |text: &str, kind| Token { text: text.to_owned(), kind };
        let specials = Specials::new(&[
            token("<a>", TokenKind::Control),
            token("<a><a>", TokenKind::Control),
            token("\n\n", TokenKind::UserDefined),
            token("plain", TokenKind::Normal),
        ]);
        use Piece::{Special, Text};
        assert_eq!(
            specials.split("x<a><a><a>\n\nplain", true),
            [Text("x"), Special(1), Special(0), Special(2), Text("plain")]
        );
        assert_eq!(specials.split("<a>\n\n", false), [Text("<a>"), Special(2)]);
        assert_eq!(specials.split("", true), []);
    }
}
