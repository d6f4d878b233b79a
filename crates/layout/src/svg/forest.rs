//! Forest plot: differences with their intervals about a line that means none.

use super::{Frame, fitted, text_width};
use crate::chart::{Axis, Measured, Row};

/// Most rows that are drawn; the table beside the chart has all.
const ROWS: usize = 60;
/// Size of labels in pixels.
const SIZE: f64 = 13.0;

/// Draws the rows, about the value `zero` where there is one; `None` where nothing can be placed.
pub fn forest(frame: &Frame<'_>, rows: &[Row], zero: Option<f64>, measured: Measured<'_>) -> Option<String> {
    let rows = &rows[..rows.len().min(ROWS)];
    let placed: Vec<&Row> = rows.iter().filter(|row| row.span.is_finite()).collect();
    if placed.is_empty() {
        return None;
    }
    let axis = Axis::linear(placed.iter().flat_map(|row| row.span.ends()).chain(zero))?;
    let (width, narrow) = (frame.width(), frame.is_narrow());
    let widest = |of: fn(&Row) -> &str| rows.iter().map(|row| text_width(of(row), SIZE)).fold(0.0, f64::max);
    let pitch = if narrow { 46.0 } else { 28.0 };
    let (label, text) = if narrow {
        (0.0, 0.0)
    } else {
        (widest(|row| &row.label).min(width * 0.38), widest(|row| &row.text).min(width * 0.24))
    };
    let margin = if narrow { 14.0 } else { 22.0 };
    // Widths are estimates; the reader's font may be a little wider than them.
    let slack = if narrow { 0.0 } else { 8.0 };
    let (left, right) = (label + margin, width - text - margin - slack);
    let (top, bottom) = (8.0, 8.0 + pitch * rows.len() as f64);
    let place = |value: f64| left + axis.share(value) * (right - left);
    let mut out = frame.open(bottom + 48.0);
    let mut taken = f64::NEG_INFINITY;
    for tick in axis.ticks(((right - left) / 90.0).floor().max(2.0) as usize) {
        let (x, name) = (place(tick), (measured.format)(tick));
        out.line("grid", (x, top), (x, bottom));
        let half = text_width(&name, 12.0) / 2.0;
        let centre = x.clamp(half, width - half);
        if centre - half > taken + 6.0 {
            out.text("tick", (centre, bottom + 18.0), "middle", &name);
            taken = centre + half;
        }
    }
    if let Some(zero) = zero {
        out.line("zero", (place(zero), top), (place(zero), bottom + 4.0));
    }
    let title = fitted(measured.title, width - 8.0, SIZE);
    let half = text_width(&title, SIZE) / 2.0;
    let middle = f64::midpoint(left, right).clamp(half + 4.0, (width - half - 4.0).max(half + 4.0));
    out.text("title", (middle, bottom + 40.0), "middle", &title);
    for (at, row) in rows.iter().enumerate() {
        let head = top + pitch * at as f64;
        let y = if narrow { head + pitch * 0.72 } else { head + pitch / 2.0 };
        out.group("row", &format!("{}: {}", row.label, row.text));
        if narrow {
            let room = width - 2.0 * margin;
            let words = text_width(&row.text, SIZE).min(room * 0.55);
            out.text("name", (margin, head + 15.0), "start", &fitted(&row.label, room - words - 10.0, SIZE));
            out.text("value", (width - margin, head + 15.0), "end", &fitted(&row.text, words + 4.0, SIZE));
        } else {
            out.text("name", (label, y + 4.5), "end", &fitted(&row.label, label + 2.0, SIZE));
            out.text("value", (right + margin, y + 4.5), "start", &fitted(&row.text, text + 4.0, SIZE));
        }
        if row.span.is_finite() {
            if let Some((low, high)) = row.span.interval {
                let (from, to) = (place(low), place(high));
                out.line("whisker", (from, y), (to, y));
                out.line("whisker", (from, y - 5.0), (from, y + 5.0));
                out.line("whisker", (to, y - 5.0), (to, y + 5.0));
            }
            out.mark(row.mark, (place(row.span.point), y), 5.5);
        }
        out.end();
    }
    Some(out.close())
}
