//! Points in a plane with whiskers both ways, each named where there is room beside it, else by a number.

use escape::terminal;

use super::sign;
use crate::chart::{Axis, Measured, Point};
use crate::style::{self, Charset, paint};
use crate::text::{pad_left, truncate, width};

/// Narrowest plane that still tells positions apart.
const NARROWEST: usize = 24;
/// Most points: a terminal tells no more apart.
const POINTS: usize = 60;
/// Longest name beside a point.
const LONGEST_NAME: usize = 28;

/// What the plane is, beside its points.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// Across; amounts, by their logarithm where they are far apart.
    pub x: Measured<'a>,
    /// Up.
    pub y: Measured<'a>,
    /// A value of y to be drawn as a line across.
    pub bar: Option<f64>,
    /// Lines of the plane itself; at least 4.
    pub rows: usize,
    /// Whether y is a share, whose axis stays within 0 and 1.
    pub share: bool,
}

/// Draws the points. The first line is the name of y, the last that of x; after it come the names that found no
/// place in the plane.
pub fn scatter(points: &[Point], plane: &Plane<'_>, columns: usize, charset: Charset) -> Vec<String> {
    let points: Vec<&Point> =
        points.iter().filter(|point| point.x.is_finite() && point.y.is_finite()).take(POINTS).collect();
    let ends = |of: fn(&Point) -> crate::chart::Span| points.iter().flat_map(move |point| of(point).ends());
    let ups: Vec<f64> = ends(|point| point.y).chain(plane.bar).collect();
    let up = if plane.share { Axis::within(ups, 0.0, 1.0) } else { Axis::linear(ups) };
    let (Some(across), Some(up), false) = (Axis::of_amounts(ends(|point| point.x)), up, points.is_empty()) else {
        return Vec::new();
    };
    let rows = plane.rows.max(4);
    let y_names: Vec<(usize, String)> = up
        .ticks((rows / 3).max(2))
        .into_iter()
        .map(|tick| (rows - 1 - up.cell(tick, rows), terminal::line(&(plane.y.format)(tick))))
        .collect();
    let margin = y_names.iter().map(|(_, name)| width(name)).max().unwrap_or(0);
    let plot = columns.saturating_sub(margin + 2);
    if plot < NARROWEST {
        return Vec::new();
    }
    let mut grid = Grid::new(plot, rows);
    if let Some(bar) = plane.bar.filter(|bar| bar.is_finite()) {
        let line = if charset == Charset::Unicode { '╌' } else { '.' };
        grid.across(0, plot - 1, rows - 1 - up.cell(bar, rows), line);
    }
    let places: Vec<(usize, usize)> = points
        .iter()
        .map(|point| (across.cell(point.x.point, plot), rows - 1 - up.cell(point.y.point, rows)))
        .collect();
    for (point, (x, y)) in points.iter().zip(&places) {
        let (level, upright) = if charset == Charset::Unicode { ('─', '│') } else { ('-', '|') };
        if let Some((low, high)) = point.x.interval {
            grid.across(across.cell(low, plot), across.cell(high, plot), *y, level);
        }
        if let Some((low, high)) = point.y.interval {
            grid.upright(*x, rows - 1 - up.cell(high, rows), rows - 1 - up.cell(low, rows), upright);
        }
    }
    for (point, (x, y)) in points.iter().zip(&places) {
        grid.mark(*x, *y, sign(point.mark, charset));
    }
    let unnamed = name(&points, &places, &mut grid, charset);
    let corner = if charset == Charset::Unicode { ("┤", "│", "└", "─") } else { ("+", "|", "+", "-") };
    let mut lines = vec![paint(style::QUIET, truncate(&terminal::line(plane.y.title), columns))];
    for (at, row) in grid.lines().into_iter().enumerate() {
        let tick = y_names.iter().find(|(row, _)| *row == at);
        let left = pad_left(tick.map_or("", |(_, name)| name.as_str()), margin);
        let edge = if tick.is_some() { corner.0 } else { corner.1 };
        lines.push(format!("{} {edge}{row}", paint(style::QUIET, left)).trim_end().to_owned());
    }
    lines.push(format!("{} {}{}", " ".repeat(margin), corner.2, corner.3.repeat(plot)));
    let scale = scale(&across, plane.x, plot);
    lines.push(format!("{}  {}", " ".repeat(margin), paint(style::QUIET, scale)));
    let title = terminal::line(plane.x.title);
    lines.push(format!("{}  {}", " ".repeat(margin), paint(style::QUIET, truncate(&title, plot))));
    lines.extend(unnamed.into_iter().map(|line| truncate(&line, columns).into_owned()));
    lines
}

/// Names of round values under their places, as many as do not touch.
fn scale(axis: &Axis, measured: Measured<'_>, plot: usize) -> String {
    let mut line = String::new();
    for tick in axis.ticks((plot / 14).max(2)) {
        let name = terminal::line(&(measured.format)(tick));
        let at = (axis.cell(tick, plot).saturating_sub(width(&name) / 2)).min(plot.saturating_sub(width(&name)));
        let taken = width(&line);
        if (taken == 0 || at > taken) && at + width(&name) <= plot {
            line.push_str(&" ".repeat(at - taken.min(at)));
            line.push_str(&name);
        }
    }
    line
}

/// Writes each point's name beside it. Those without room get a number in their place, and a line below.
fn name(points: &[&Point], places: &[(usize, usize)], grid: &mut Grid, charset: Charset) -> Vec<String> {
    let mut below = Vec::new();
    for (point, (x, y)) in points.iter().zip(places) {
        let label = terminal::line(&point.label);
        let label = truncate(&label, LONGEST_NAME);
        let room = width(&label);
        let right = Some(x + 2);
        let left = x.checked_sub(room + 1);
        let centred = x.checked_sub(room / 2);
        let wanted = [
            (right, Some(*y)),
            (left, Some(*y)),
            (centred, y.checked_sub(1)),
            (centred, Some(y + 1)),
            (right, y.checked_sub(1)),
            (right, Some(y + 1)),
        ];
        let found = wanted.into_iter().find(|(x, y)| x.zip(*y).is_some_and(|(x, y)| grid.is_free(x, y, room)));
        if let Some((Some(x), Some(y))) = found {
            grid.write(x, y, &label);
            continue;
        }
        let number = below.len() + 1;
        let key = match number {
            1..=9 => char::from_digit(number as u32, 10),
            _ => char::from_u32('a' as u32 + number as u32 - 10).filter(char::is_ascii_lowercase),
        };
        let key = key.unwrap_or('?');
        grid.mark(*x, *y, key);
        below.push(format!("  {key} {} {label}", sign(point.mark, charset)));
    }
    below
}

/// Cells of one column each; a name's wide characters take their following cells.
struct Grid {
    columns: usize,
    cells: Vec<Option<String>>,
    /// Whether a cell may not be written over by a name.
    taken: Vec<bool>,
}

impl Grid {
    fn new(columns: usize, rows: usize) -> Self {
        Self { columns, cells: vec![Some(" ".to_owned()); columns * rows], taken: vec![false; columns * rows] }
    }

    fn rows(&self) -> usize {
        self.cells.len() / self.columns
    }

    fn put(&mut self, x: usize, y: usize, sign: char) {
        self.cells[y * self.columns + x] = Some(sign.to_string());
    }

    fn mark(&mut self, x: usize, y: usize, sign: char) {
        self.put(x, y, sign);
        self.taken[y * self.columns + x] = true;
    }

    fn across(&mut self, from: usize, to: usize, y: usize, sign: char) {
        for x in from..=to {
            self.put(x, y, sign);
            self.taken[y * self.columns + x] |= sign != '╌' && sign != '.';
        }
    }

    fn upright(&mut self, x: usize, from: usize, to: usize, sign: char) {
        for y in from..=to {
            self.mark(x, y, sign);
        }
    }

    /// Whether a name of this width fits here with a free cell on either side.
    fn is_free(&self, x: usize, y: usize, room: usize) -> bool {
        let beside = x.saturating_sub(1)..(x + room + 1).min(self.columns);
        y < self.rows() && x + room <= self.columns && beside.into_iter().all(|x| !self.taken[y * self.columns + x])
    }

    fn write(&mut self, x: usize, y: usize, name: &str) {
        use unicode_segmentation::UnicodeSegmentation as _;
        let mut at = x;
        for cluster in name.graphemes(true) {
            let columns = width(cluster);
            if columns == 0 {
                continue;
            }
            for extra in 0..columns {
                let cell = y * self.columns + at + extra;
                self.cells[cell] = (extra == 0).then(|| cluster.to_owned());
                self.taken[cell] = true;
            }
            at += columns;
        }
    }

    fn lines(&self) -> Vec<String> {
        self.cells.chunks(self.columns).map(|row| row.iter().flatten().map(String::as_str).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Mark, Span};

    fn point(label: &str, x: f64, y: f64, mark: Mark) -> Point {
        Point { label: label.to_owned(), x: Span::bare(x), y: Span::bare(y), mark, on_front: false }
    }

    #[test]
    fn points_are_named_where_they_stand() {
        let dollars = |value: f64| format!("${value}");
        let share = |value: f64| format!("{:.0}%", value * 100.0);
        let plane = Plane {
            x: Measured { title: "cost of an answer", format: &dollars },
            y: Measured { title: "pass rate", format: &share },
            bar: Some(0.9),
            rows: 6,
            share: true,
        };
        let points = [point("cheap", 1.0, 0.5, Mark::Ring), point("best", 9.0, 1.0, Mark::Filled)];
        let lines: Vec<String> =
            scatter(&points, &plane, 40, Charset::Unicode).iter().map(|line| style::strip(line)).collect();
        assert_eq!(
            lines,
            [
                "pass rate",
                "100% ┤                         best ●",
                "     │╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
                "     │",
                "     │",
                "     │",
                " 50% ┤   ○ cheap",
                "     └──────────────────────────────────",
                "      $0              $5             $10",
                "      cost of an answer",
            ]
        );
        assert!(scatter(&points, &plane, 20, Charset::Unicode).is_empty());
        assert!(scatter(&[], &plane, 80, Charset::Unicode).is_empty());
    }

    #[test]
    fn points_in_one_place_are_numbered() {
        let number = |value: f64| format!("{value:.0}");
        let measured = Measured { title: "t", format: &number };
        let plane = Plane { x: measured, y: measured, bar: None, rows: 4, share: false };
        let points: Vec<Point> =
            (0..12).map(|at| point(&format!("a rather long name {at}"), 1.0, 1.0, Mark::Ring)).collect();
        let lines = scatter(&points, &plane, 40, Charset::Ascii);
        let text = style::strip(&lines.join("\n"));
        for at in 0..12 {
            assert!(text.contains(&format!("name {at}")), "{text}");
        }
    }
}
