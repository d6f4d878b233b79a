//! A plane with two-way whiskers, a front and a bar.

use super::{Frame, fitted, text_width};
use crate::chart::{Axis, Measured, Point};

/// Most points that are drawn.
const POINTS: usize = 200;
/// Size of labels in pixels.
const SIZE: f64 = 13.0;

/// What the plane is, beside its points.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// Across; amounts, by their logarithm where they are far apart.
    pub x: Measured<'a>,
    /// Up.
    pub y: Measured<'a>,
    /// A value of y to be drawn as a line across, with its name.
    pub bar: Option<(f64, &'a str)>,
    /// Whether y is a share, whose axis stays within 0 and 1.
    pub share: bool,
    /// Whether the points on the front are joined.
    pub front: bool,
}

/// Draws the points; `None` where nothing can be placed.
pub fn scatter(frame: &Frame<'_>, points: &[Point], plane: &Plane<'_>) -> Option<String> {
    let points: Vec<&Point> =
        points.iter().filter(|point| point.x.is_finite() && point.y.is_finite()).take(POINTS).collect();
    let ends = |of: fn(&Point) -> crate::chart::Span| points.iter().flat_map(move |point| of(point).ends());
    let bar = plane.bar.filter(|bar| bar.0.is_finite());
    let ups: Vec<f64> = ends(|point| point.y).chain(bar.map(|bar| bar.0)).collect();
    let up = if plane.share { Axis::within(ups, 0.0, 1.0) } else { Axis::linear(ups) };
    let (Some(across), Some(up), false) = (Axis::of_amounts(ends(|point| point.x)), up, points.is_empty()) else {
        return None;
    };
    let width = frame.width();
    let height = if frame.is_narrow() { 320.0 } else { (width * 0.46).clamp(340.0, 460.0) };
    let y_ticks: Vec<(f64, String)> = up.ticks(6).into_iter().map(|tick| (tick, (plane.y.format)(tick))).collect();
    let names = y_ticks.iter().map(|(_, name)| text_width(name, 12.0)).fold(0.0, f64::max).min(width / 4.0);
    let (left, right, top, bottom) = (names + 34.0, width - 18.0, 18.0, height - 48.0);
    let place = |x: f64, y: f64| (left + across.share(x) * (right - left), bottom - up.share(y) * (bottom - top));

    let mut out = frame.open(height);
    for (tick, name) in &y_ticks {
        let y = place(across.low(), *tick).1;
        out.line("grid", (left, y), (right, y));
        out.text("tick", (left - 8.0, y + 4.0), "end", name);
    }
    let x_ticks = across.ticks(((right - left) / 110.0).floor().max(2.0) as usize);
    let mut taken = f64::NEG_INFINITY;
    for tick in x_ticks {
        let (x, name) = (place(tick, up.low()).0, (plane.x.format)(tick));
        out.line("grid", (x, top), (x, bottom));
        let half = text_width(&name, 12.0) / 2.0;
        let centre = x.clamp(left + half - 30.0, right - half + 14.0);
        if centre - half > taken + 6.0 {
            out.text("tick", (centre, bottom + 18.0), "middle", &name);
            taken = centre + half;
        }
    }
    out.line("axis", (left, bottom), (right, bottom));
    out.line("axis", (left, top), (left, bottom));
    out.text("title", (f64::midpoint(left, right), height - 8.0), "middle", &fitted(plane.x.title, right - left, SIZE));
    out.upwards("title", (14.0, f64::midpoint(top, bottom)), &fitted(plane.y.title, bottom - top, SIZE));
    if let Some((value, name)) = bar {
        let y = place(across.low(), value).1;
        out.line("bar", (left, y), (right, y));
        out.text("bar-name", (right - 2.0, y - 5.0), "end", &fitted(name, right - left, 12.0));
    }
    if plane.front {
        let mut front: Vec<(f64, f64)> =
            points.iter().filter(|point| point.on_front).map(|point| place(point.x.point, point.y.point)).collect();
        front.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        if front.len() > 1 {
            out.path("front", &front, true);
        }
    }
    for point in &points {
        let (x, y) = place(point.x.point, point.y.point);
        if let Some((low, high)) = point.x.interval {
            let (from, to) = (place(low, point.y.point).0, place(high, point.y.point).0);
            out.line("whisker", (from, y), (to, y));
            out.line("whisker", (from, y - 4.0), (from, y + 4.0));
            out.line("whisker", (to, y - 4.0), (to, y + 4.0));
        }
        if let Some((low, high)) = point.y.interval {
            let (from, to) = (place(point.x.point, low).1, place(point.x.point, high).1);
            out.line("whisker", (x, from), (x, to));
            out.line("whisker", (x - 4.0, from), (x + 4.0, from));
            out.line("whisker", (x - 4.0, to), (x + 4.0, to));
        }
    }
    let mut placed = Labels::new((left, right, top, bottom));
    for point in &points {
        let (x, y) = place(point.x.point, point.y.point);
        placed.avoid(x, y);
    }
    for point in &points {
        let at = place(point.x.point, point.y.point);
        let words = format!(
            "{}: {} {}, {} {}",
            point.label,
            plane.y.title,
            (plane.y.format)(point.y.point),
            plane.x.title,
            (plane.x.format)(point.x.point)
        );
        out.group("point", &words);
        out.mark(point.mark, at, 6.0);
        out.end();
    }
    for point in &points {
        let at = place(point.x.point, point.y.point);
        let label = fitted(&point.label, (right - left) * 0.6, SIZE);
        let (at, led) = placed.find(at, text_width(&label, SIZE));
        if let Some((from, to)) = led {
            out.line("lead", from, to);
        }
        out.text("name", at, "start", &label);
    }
    Some(out.close())
}

/// Boxes that are taken, so that names do not lie on each other.
struct Labels {
    field: (f64, f64, f64, f64),
    taken: Vec<(f64, f64, f64, f64)>,
}

type Led = Option<((f64, f64), (f64, f64))>;

impl Labels {
    fn new(field: (f64, f64, f64, f64)) -> Self {
        Self { field, taken: Vec::new() }
    }

    fn avoid(&mut self, x: f64, y: f64) {
        self.taken.push((x - 7.0, y - 7.0, x + 7.0, y + 7.0));
    }

    /// Where a name of this width goes, and the line that leads to it where it is not beside its point.
    fn find(&mut self, (x, y): (f64, f64), width: f64) -> ((f64, f64), Led) {
        let (left, right, top, bottom) = self.field;
        let beside = [
            (x + 11.0, y - 6.0),
            (x - 11.0 - width, y - 6.0),
            (x + 11.0, y + 15.0),
            (x - 11.0 - width, y + 15.0),
            (x - width / 2.0, y - 13.0),
            (x - width / 2.0, y + 22.0),
        ];
        let far = (1..14).flat_map(|step| {
            let far = f64::from(step) * 17.0;
            [(x + 16.0, y - far), (x + 16.0, y + far), (x - 16.0 - width, y - far), (x - 16.0 - width, y + far)]
        });
        let candidates = beside.into_iter().map(|at| (at, false)).chain(far.map(|at| (at, true)));
        let mut fallback = ((x + 11.0).clamp(left, (right - width).max(left)), y);
        for ((from, base), is_far) in candidates {
            let area = (from, base - 11.0, from + width, base + 3.0);
            let inside = area.0 >= left + 2.0 && area.2 <= right + 14.0 && area.1 >= top - 12.0 && area.3 <= bottom;
            let free =
                self.taken.iter().all(|one| area.2 < one.0 || area.0 > one.2 || area.3 < one.1 || area.1 > one.3);
            if inside && free {
                self.taken.push(area);
                let near = if from > x { from - 2.0 } else { from + width + 2.0 };
                return ((from, base), is_far.then_some(((x, y), (near, base - 4.0))));
            }
        }
        fallback.1 = fallback.1.clamp(top, bottom);
        (fallback, None)
    }
}
