//! Charts in a terminal's cells: lines of text that are never wider than the columns asked for.
//!
//! Labels are raw text and pass the terminal's escaper here, as in [`crate::bars`]. Where there is no room or
//! nothing to place, the answer is no lines at all.

mod dots;
mod ecdf;
mod forest;
mod scatter;

pub use ecdf::ecdf;
pub use forest::forest;
pub use scatter::{Plane, scatter};

use crate::chart::Mark;
use crate::style::Charset;

/// The character of a mark: `●`, `◆`, `○`, for legends too.
pub fn sign(mark: Mark, charset: Charset) -> char {
    match (charset, mark) {
        (Charset::Unicode, Mark::Filled) => '●',
        (Charset::Unicode, Mark::Diamond) => '◆',
        (Charset::Unicode, Mark::Ring) => '○',
        (Charset::Ascii, Mark::Filled) => '*',
        (Charset::Ascii, Mark::Diamond) => '+',
        (Charset::Ascii, Mark::Ring) => 'o',
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chart::{Measured, Point, Row, Series, Span};
    use crate::style::strip;
    use crate::text::width;

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(
            drawn in prop::collection::vec(("[a-z日👍 -]{0,20}", -1e6..1e6f64, prop::option::of((0.0..1e5f64, 0.0..1e5f64)), 0..3usize), 0..9),
            columns in 0..130usize,
            unicode in any::<bool>(),
        ) {
            let charset = if unicode { Charset::Unicode } else { Charset::Ascii };
            let number = |value: f64| format!("{value:.1}");
            let measured = Measured { title: "cost", format: &number };
            let span = |at: &(String, f64, Option<(f64, f64)>, usize)| Span {
                point: at.1,
                interval: at.2.map(|(below, above)| (at.1 - below, at.1 + above)),
            };
            let points: Vec<Point> = drawn.iter().map(|at| Point {
                label: at.0.clone(), x: span(at), y: span(at), mark: Mark::ALL[at.3], on_front: false,
            }).collect();
            let rows: Vec<Row> = drawn.iter().map(|at| Row {
                label: at.0.clone(), span: span(at), text: number(at.1), mark: Mark::ALL[at.3],
            }).collect();
            let series: Vec<Series> = drawn.iter().map(|at| Series {
                label: at.0.clone(), values: vec![at.1, at.1 + 1.0, at.1 * 2.0],
            }).collect();
            let plane = Plane { x: measured, y: measured, bar: Some(3.0), rows: 12, share: false };
            let lines = scatter(&points, &plane, columns, charset).into_iter()
                .chain(forest(&rows, 0.0, measured, columns, charset))
                .chain(ecdf(&series, measured, columns, charset));
            for line in lines {
                prop_assert!(width(&strip(&line)) <= columns, "{} in {columns}: {line:?}", width(&strip(&line)));
                prop_assert!(!line.contains('\n'));
            }
        }
    }
}
