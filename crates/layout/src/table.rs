//! Tables for a terminal of any width. Cells pass the terminal's escaper here, so callers hand in
//! raw text; no line is ever wider than asked, whatever the content.

use anstyle::Style;

use crate::style::{self, paint};
use crate::text::{pad_left, pad_right, truncate, width, wrap};
use escape::terminal;

/// Holds words together where a cell is broken into lines; printed as an ordinary space.
pub const NO_BREAK_SPACE: &str = "\u{a0}";

/// Spaces between columns.
const GAP: usize = 2;
/// Narrowest column of words.
const WORDS_AT_LEAST: usize = 6;
/// Indentation of the figures under a name that has a line of its own.
const STACK_INDENT: usize = 2;

/// Where a column's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// What happens to a column's text where the table does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// Numbers: the last to be cut.
    Keep,
    /// Cut with `…`.
    Truncate,
    /// Broken into lines.
    Wrap,
}

/// A column: its heading and how its cells behave.
#[derive(Debug, Clone)]
pub struct Column {
    heading: String,
    align: Align,
    overflow: Overflow,
}

impl Column {
    /// A column of words, cut where it must be.
    pub fn text(heading: &str) -> Self {
        Self { heading: terminal::line(heading), align: Align::Left, overflow: Overflow::Truncate }
    }

    /// A column of words, broken into lines where it must be.
    pub fn wrapped(heading: &str) -> Self {
        Self { overflow: Overflow::Wrap, ..Self::text(heading) }
    }

    /// A column of numbers.
    pub fn number(heading: &str) -> Self {
        Self { align: Align::Right, overflow: Overflow::Keep, ..Self::text(heading) }
    }
}

/// One cell: raw text and the style it is painted in.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A cell in the ordinary style.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self::styled(text, Style::new())
    }

    /// A cell with an accent.
    pub fn styled(text: impl AsRef<str>, style: Style) -> Self {
        Self { text: terminal::line(text.as_ref()), style }
    }
}

/// Rows under headings, laid out when the width is known.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    stacks: bool,
}

impl Table {
    /// A table with these columns and no rows.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: vec![], stacks: false }
    }

    /// Gives the first column a line of its own where the table is too wide, so that names stay whole and figures aligned.
    pub fn stacking(mut self) -> Self {
        self.stacks = true;
        self
    }

    /// Adds a row of plain texts; missing cells are empty and surplus ones left out.
    pub fn push<I>(&mut self, cells: I)
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.push_cells(cells.into_iter().map(Cell::new).collect());
    }

    /// Adds a row of cells with accents; missing cells are empty and surplus ones left out.
    pub fn push_cells(&mut self, mut row: Vec<Cell>) {
        row.resize_with(self.columns.len(), || Cell::new(""));
        self.rows.push(row);
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// True when no number would be cut at this width.
    pub fn keeps_numbers(&self, columns: usize) -> bool {
        let natural = self.natural_widths();
        let skip = usize::from(self.stacks && natural.len() > 1);
        let needed: usize = self.columns[skip..]
            .iter()
            .zip(&natural[skip..])
            .map(|(column, &width)| if column.overflow == Overflow::Keep { width } else { width.min(WORDS_AT_LEAST) })
            .sum();
        needed + GAP * natural.len().saturating_sub(skip + 1) + STACK_INDENT * skip <= columns
    }

    /// The table as styled lines of at most `columns`, each ended by a line feed.
    pub fn render(&self, columns: usize) -> String {
        let natural = self.natural_widths();
        if natural.is_empty() || columns == 0 {
            return String::new();
        }
        let total = natural.iter().sum::<usize>() + GAP * (natural.len() - 1);
        if total > columns && self.stacks && natural.len() > 1 {
            self.render_stacked(&natural, columns)
        } else {
            self.render_flat(natural, columns)
        }
    }

    fn render_flat(&self, natural: Vec<usize>, columns: usize) -> String {
        let overflows: Vec<Overflow> = self.columns.iter().map(|column| column.overflow).collect();
        let widths = fit(natural, &overflows, columns);
        let mut out = String::new();
        self.heading_lines(0, &widths, 0, columns, &mut out);
        for row in &self.rows {
            self.row_lines(row, 0, &widths, 0, columns, &mut out);
        }
        out
    }

    fn render_stacked(&self, natural: &[usize], columns: usize) -> String {
        let overflows: Vec<Overflow> = self.columns[1..].iter().map(|column| column.overflow).collect();
        let widths = fit(natural[1..].to_vec(), &overflows, columns.saturating_sub(STACK_INDENT));
        let mut out = String::new();
        if !self.columns[0].heading.is_empty() {
            push_line(&mut out, &paint(style::HEADING, truncate(&self.columns[0].heading, columns)));
        }
        self.heading_lines(1, &widths, STACK_INDENT, columns, &mut out);
        for row in &self.rows {
            push_line(&mut out, &paint(row[0].style, truncate(&row[0].text, columns)));
            self.row_lines(row, 1, &widths, STACK_INDENT, columns, &mut out);
        }
        out
    }

    fn natural_widths(&self) -> Vec<usize> {
        self.columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                self.rows.iter().map(|row| width(&row[at].text)).max().unwrap_or(0).max(width(&column.heading)).max(1)
            })
            .collect()
    }

    fn heading_lines(&self, skip: usize, widths: &[usize], indent: usize, columns: usize, out: &mut String) {
        if self.columns.iter().all(|column| column.heading.is_empty()) {
            return;
        }
        let headings: Vec<Cell> =
            self.columns.iter().map(|column| Cell { text: column.heading.clone(), style: style::HEADING }).collect();
        self.row_lines(&headings, skip, widths, indent, columns, out);
    }

    fn row_lines(&self, row: &[Cell], skip: usize, widths: &[usize], indent: usize, columns: usize, out: &mut String) {
        let cells: Vec<Vec<String>> = row[skip..]
            .iter()
            .zip(&self.columns[skip..])
            .zip(widths)
            .map(|((cell, column), &width)| match column.overflow {
                _ if width == 0 => vec![String::new()],
                Overflow::Wrap => wrap(&cell.text, width),
                Overflow::Keep | Overflow::Truncate => vec![truncate(&cell.text, width).into_owned()],
            })
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        for line in 0..height {
            let mut painted = " ".repeat(indent.min(columns));
            // Spaces owed before the next text, so that lines end without any.
            let mut owed = 0;
            for (((lines, cell), column), &column_width) in
                cells.iter().zip(&row[skip..]).zip(&self.columns[skip..]).zip(widths)
            {
                if column_width == 0 {
                    continue;
                }
                let text = lines.get(line).map_or(String::new(), |text| text.replace(NO_BREAK_SPACE, " "));
                let padded = match column.align {
                    Align::Left => pad_right(&text, column_width),
                    Align::Right => pad_left(&text, column_width),
                };
                let body = padded.trim_matches(' ');
                if body.is_empty() {
                    owed += column_width + GAP;
                    continue;
                }
                let before = width(&padded) - width(padded.trim_start_matches(' '));
                painted.push_str(&" ".repeat(owed + before));
                painted.push_str(&paint(cell.style, body));
                owed = column_width.saturating_sub(before + width(body)) + GAP;
            }
            push_line(out, painted.trim_end_matches(' '));
        }
    }
}

/// Narrows columns until their sum and gaps fit: words first, the widest first, then numbers, and
/// in the end columns vanish from the right.
fn fit(mut widths: Vec<usize>, overflows: &[Overflow], columns: usize) -> Vec<usize> {
    const NUMBERS_AT_LEAST: usize = 4;
    let taken = |widths: &[usize]| {
        let shown = widths.iter().filter(|width| **width > 0).count();
        widths.iter().sum::<usize>() + GAP * shown.saturating_sub(1)
    };
    for (numbers, at_least) in [(false, WORDS_AT_LEAST), (true, NUMBERS_AT_LEAST)] {
        while taken(&widths) > columns {
            let widest = (0..widths.len())
                .filter(|&at| (overflows[at] == Overflow::Keep) == numbers && widths[at] > at_least)
                .max_by_key(|&at| (widths[at], at));
            match widest {
                Some(at) => widths[at] -= 1,
                None => break,
            }
        }
    }
    while taken(&widths) > columns {
        match widths.iter().rposition(|width| *width > 0) {
            Some(0) | None => {
                if let Some(first) = widths.first_mut() {
                    *first = columns;
                }
                break;
            }
            Some(last) => widths[last] = 0,
        }
    }
    widths
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(table: &Table, columns: usize) -> String {
        style::strip(&table.render(columns))
    }

    fn sample() -> Table {
        let mut table =
            Table::new(vec![Column::text("model"), Column::number("ms"), Column::wrapped("note")]).stacking();
        table.push(["gpt-4o-mini", "812", "fast"]);
        table.push(["claude", "1,240", ""]);
        table
    }

    #[test]
    fn columns_align_and_lines_have_no_trailing_spaces() {
        assert_eq!(plain(&sample(), 40), "model           ms  note\ngpt-4o-mini    812  fast\nclaude       1,240\n");
    }

    #[test]
    fn names_get_their_own_line_where_the_table_is_too_wide() {
        assert_eq!(plain(&sample(), 18), "model\n     ms  note\ngpt-4o-mini\n    812  fast\nclaude\n  1,240\n");
    }

    #[test]
    fn lesson_15_hostile_cells_and_headings_are_escaped_once() {
        let mut table = Table::new(vec![Column::text("he\u{1b}[31mad")]);
        table.push(["a\u{202e}b\nc"]);
        assert_eq!(plain(&table, 40), "head\na\\u{202e}b↵c\n");
    }

    #[test]
    fn text_wraps_within_its_column() {
        let mut table = Table::new(vec![Column::text("k"), Column::wrapped("text")]);
        table.push(["a", "one two three four"]);
        assert_eq!(plain(&table, 12), "k  text\na  one two\n   three\n   four\n");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(
            cells in prop::collection::vec(prop::collection::vec("[a-z 日本👍é\u{301}ש\u{1b}\\[\u{202e}\n\t]{0,30}", 4), 0..5),
            columns in 1..100usize,
            stacks in any::<bool>(),
        ) {
            let mut table = Table::new(vec![Column::text("name"), Column::wrapped("words"), Column::number("number"), Column::number("値")]);
            table.stacks = stacks;
            for row in &cells {
                table.push(row);
            }
            for line in plain(&table, columns).lines() {
                prop_assert!(width(line) <= columns, "{line:?} is wider than {columns}");
                prop_assert!(!line.chars().any(char::is_control));
            }
        }
    }
}
