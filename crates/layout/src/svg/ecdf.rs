//! Empirical distributions as small multiples: each panel shows its own curve against all the others.

use std::fmt::Write as _;

use super::write::{path_of, px};
use super::{Frame, fitted, text_width};
use crate::chart::{Axis, Measured, Series, distribution};

/// Most panels.
const PANELS: usize = 24;
/// Steps of a curve.
const STEPS: usize = 160;

/// Draws the share of values at or below each value, a panel a sample; `None` without a value.
pub fn ecdf(frame: &Frame<'_>, series: &[Series], measured: Measured<'_>) -> Option<String> {
    let samples: Vec<(&str, Vec<f64>)> = series
        .iter()
        .map(|series| (series.label.as_str(), series.sorted()))
        .filter(|(_, values)| !values.is_empty())
        .take(PANELS)
        .collect();
    let axis = Axis::of_amounts(samples.iter().flat_map(|(_, values)| [values[0], values[values.len() - 1]]))?;
    let width = frame.width();
    let beside = ((width / 270.0).floor().max(1.0) as usize).min(samples.len());
    let panel = width / beside as f64;
    let (head, plot, foot) = (26.0, 118.0, 30.0);
    let pitch = head + plot + foot;
    let rows = samples.len().div_ceil(beside);
    let mut out = frame.open(pitch * rows as f64 + 22.0);
    let (left, right) = (36.0, panel - 16.0);
    let (top, bottom) = (head, head + plot);
    let place = |value: f64, share: f64| (left + axis.share(value) * (right - left), bottom - share * plot);

    // The curves once; every panel shows them all.
    let mut defs = String::from("<defs>");
    let id: String = frame.id.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-').collect();
    for (at, (_, values)) in samples.iter().enumerate() {
        let mut points = vec![place(values[0], 0.0)];
        points.extend(distribution(values, STEPS).into_iter().map(|(value, share)| place(value, share)));
        points.push((right, bottom - plot));
        let _ = write!(defs, "<path id=\"{id}-c{at}\" d=\"{}\"/>", path_of(&points, true));
    }
    defs.push_str("</defs>");
    out.raw(&defs);

    for (at, (label, values)) in samples.iter().enumerate() {
        let (x, y) = ((at % beside) as f64 * panel, (at / beside) as f64 * pitch);
        out.raw(&format!("<g transform=\"translate({} {})\">", px(x), px(y)));
        out.text("name strong", (left, 17.0), "start", &fitted(label, right - left, 13.0));
        for share in [0.0, 0.5, 1.0] {
            let y = place(axis.low(), share).1;
            out.line("grid", (left, y), (right, y));
            out.text("tick", (left - 6.0, y + 4.0), "end", &format!("{:.0}", share * 100.0));
        }
        let mut taken = f64::NEG_INFINITY;
        for tick in axis.ticks(((right - left) / 75.0).floor().max(2.0) as usize) {
            let (x, name) = (place(tick, 0.0).0, (measured.format)(tick));
            out.line("grid", (x, top), (x, bottom));
            let half = text_width(&name, 12.0) / 2.0;
            let centre = x.clamp(half, panel - half - 2.0);
            if centre - half > taken + 6.0 {
                out.text("tick", (centre, bottom + 17.0), "middle", &name);
                taken = centre + half;
            }
        }
        for other in (0..samples.len()).filter(|other| *other != at) {
            out.raw(&format!("<use class=\"ghost\" href=\"#{id}-c{other}\"/>"));
        }
        let median = values[(values.len() - 1) / 2];
        let tail = values[((values.len() as f64 * 0.95).ceil() as usize).clamp(1, values.len()) - 1];
        out.group(
            "curve",
            &format!("{label}: half within {}, 95 % within {}", (measured.format)(median), (measured.format)(tail)),
        );
        out.raw(&format!("<use class=\"own\" href=\"#{id}-c{at}\"/>"));
        out.mark(crate::chart::Mark::Filled, place(median, 0.5), 3.5);
        out.mark(crate::chart::Mark::Diamond, place(tail, 0.95), 3.5);
        out.end();
        out.raw("</g>");
    }
    let title = fitted(measured.title, width - 8.0, 13.0);
    out.text("title", (width / 2.0, pitch * rows as f64 + 14.0), "middle", &title);
    Some(out.close())
}
