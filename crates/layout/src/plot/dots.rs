//! A canvas of dots: two across and four up in each character, by the Braille patterns; one a character in ASCII.

use crate::style::Charset;

pub(super) struct Dots {
    columns: usize,
    rows: usize,
    cells: Vec<u8>,
}

/// Bit of each dot by its column and row within a character (Unicode, Braille Patterns U+2800).
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

impl Dots {
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows, cells: vec![0; columns * rows] }
    }

    /// Dots across.
    pub(super) fn width(&self) -> usize {
        self.columns * 2
    }

    /// Dots up.
    pub(super) fn height(&self) -> usize {
        self.rows * 4
    }

    /// Sets a dot, counted from the top left; out of range sets nothing.
    pub(super) fn set(&mut self, x: usize, y: usize) {
        if x < self.width() && y < self.height() {
            self.cells[(y / 4) * self.columns + x / 2] |= BITS[x % 2][y % 4];
        }
    }

    /// The rows as text.
    pub(super) fn lines(&self, charset: Charset) -> Vec<String> {
        if self.columns == 0 {
            return vec![String::new(); self.rows];
        }
        let sign = |cell: &u8| match (charset, cell) {
            (_, 0) => ' ',
            (Charset::Unicode, bits) => char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' '),
            (Charset::Ascii, _) => '*',
        };
        self.cells.chunks(self.columns).map(|row| row.iter().map(sign).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_have_their_places() {
        let mut dots = Dots::new(2, 1);
        dots.set(0, 0);
        dots.set(1, 3);
        dots.set(3, 1);
        dots.set(9, 9);
        assert_eq!(dots.lines(Charset::Unicode), ["⢁⠐"]);
        assert_eq!(dots.lines(Charset::Ascii), ["**"]);
    }
}
