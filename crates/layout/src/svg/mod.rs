//! Accessible charts as SVG to be put into a page of [`crate::html`], whose style sheet colours them.
//!
//! Every chart is an image with a title and a description that says in words what is seen; what tells marks apart is
//! their shape, not their colour alone; colours are variables of the page, so that dark, light and print need no second
//! drawing. A chart is drawn for a width in pixels and never scaled by much: pages hold a wide and a narrow one and
//! show the one that fits. A table with the same figures belongs beside each chart; it is the caller's to write.

mod ecdf;
mod forest;
mod heat;
mod histogram;
mod scatter;
mod write;

pub use ecdf::ecdf;
pub use forest::forest;
pub use heat::{Heat, HeatRow, MOST_TILES, Tile, heat};
pub use histogram::{Bins, bins, histograms};
pub use scatter::{Plane, scatter};

use write::Writer;

/// What every chart needs beside its data.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Unique within the page: letters, digits and hyphens; anything else is left out.
    pub id: &'a str,
    /// What the chart is, in a few words.
    pub title: &'a str,
    /// What it shows, in a sentence or two, for those who do not see it.
    pub description: &'a str,
    /// Width in pixels; at least 240 is drawn.
    pub width: f64,
}

impl Frame<'_> {
    fn width(&self) -> f64 {
        if self.width.is_finite() { self.width.clamp(240.0, 4_000.0) } else { 240.0 }
    }

    /// Whether labels stand above what they name, for want of room beside it.
    fn is_narrow(&self) -> bool {
        self.width() < 560.0
    }

    fn open(&self, height: f64) -> Writer {
        Writer::open(self, height)
    }
}

/// Width of a character in its size, about: that of the wider fonts that browsers fall back to.
const EM: f64 = 0.62;

/// Width of a text in pixels, about: charts reserve room for labels and cannot ask a browser.
fn text_width(text: &str, size: f64) -> f64 {
    crate::text::width(text) as f64 * size * EM
}

/// A label that takes at most so many pixels.
fn fitted(label: &str, pixels: f64, size: f64) -> String {
    let columns = (pixels / (size * EM)).floor().max(1.0) as usize;
    let line = escape::hazard::disarm(label).replace(['\n', '\t'], " ");
    crate::text::truncate(&line, columns).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chart::{Mark, Measured, Point, Row, Series, Span};

    const HOSTILE: &str = "</title></svg><script>alert(1)</script>\" onload='x' \u{202e} & ]]>";

    fn frame(width: f64) -> Frame<'static> {
        Frame { id: "chart", title: HOSTILE, description: HOSTILE, width }
    }

    /// Only what we wrote is markup: well-formed, every tag and attribute one of ours.
    fn is_clean(svg: &str) -> bool {
        use quick_xml::events::Event;
        const TAGS: [&str; 13] =
            ["svg", "title", "desc", "g", "line", "rect", "text", "circle", "path", "use", "defs", "pattern", "a"];
        let mut reader = quick_xml::Reader::from_str(svg);
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    assert!(TAGS.contains(&name.as_str()), "<{name}>");
                    for attribute in tag.attributes() {
                        let attribute = attribute.unwrap();
                        assert!(!attribute.key.as_ref().starts_with("on"));
                        assert!(attribute.key.as_ref() != "href" || attribute.value.starts_with('#'));
                    }
                }
                _ => {}
            }
        }
        !svg.contains('\u{202e}') && !svg.contains("NaN") && !svg.contains("inf")
    }

    proptest! {
        #[test]
        fn whatever_is_drawn_is_clean(
            drawn in prop::collection::vec((-1e6..1e6f64, prop::option::of((0.0..1e5f64, 0.0..1e5f64)), 0..3usize, any::<String>()), 0..9),
            width in 0.0..2000.0f64,
        ) {
            let number = |value: f64| format!("<{value:.1}>");
            let measured = Measured { title: HOSTILE, format: &number };
            let span = |value: f64, room: Option<(f64, f64)>| Span { point: value, interval: room.map(|(a, b)| (value - a, value + b)) };
            let label = |text: &str| format!("{HOSTILE}{text}");
            let points: Vec<Point> = drawn.iter().map(|(value, room, mark, text)| Point {
                label: label(text), x: span(value.abs(), *room), y: span(*value, *room), mark: Mark::ALL[*mark], on_front: *mark > 0,
            }).collect();
            let rows: Vec<Row> = drawn.iter().map(|(value, room, mark, text)| Row {
                label: label(text), span: span(*value, *room), text: label(text), mark: Mark::ALL[*mark],
            }).collect();
            let series: Vec<Series> = drawn.iter().map(|(value, .., text)| Series {
                label: label(text), values: vec![*value, value * 2.0, f64::NAN],
            }).collect();
            let tiles: Vec<HeatRow> = drawn.iter().map(|(value, .., text)| HeatRow {
                label: label(text),
                tiles: vec![Tile { value: Some(*value / 1e6), text: label(text), link: Some("#a".to_owned()) },
                    Tile { value: None, text: label(text), link: None }],
            }).collect();
            let plane = Plane { x: measured, y: measured, bar: Some((0.5, HOSTILE)), share: false, front: true };
            for svg in [
                scatter(&frame(width), &points, &plane),
                forest(&frame(width), &rows, Some(0.0), measured),
                ecdf(&frame(width), &series, measured),
                heat(&frame(width), &Heat { rows: &tiles, across: HOSTILE, low: HOSTILE, high: HOSTILE }),
                histograms(&frame(width), &bins(&series, 12), measured),
            ].into_iter().flatten() {
                prop_assert!(is_clean(&svg), "{}", svg);
            }
        }
    }
}
