//! Histograms as small multiples over common bins.

use super::{Frame, fitted, text_width};
use crate::chart::{Axis, Measured, Series};

/// Most panels.
const PANELS: usize = 24;

/// Samples counted over common bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Bins {
    /// The axis that the bins cut into equal parts.
    pub axis: Axis,
    /// A name and its counts, each panel.
    pub counts: Vec<(String, Vec<u32>)>,
}

/// Counts samples over so many common bins; `None` without a value. The last bin holds its upper end.
pub fn bins(series: &[Series], wanted: usize) -> Option<Bins> {
    let wanted = wanted.clamp(2, 60);
    let axis = Axis::linear(series.iter().flat_map(|series| series.values.iter().copied()))?;
    let counts = series
        .iter()
        .take(PANELS)
        .map(|series| {
            let mut counts = vec![0; wanted];
            for value in series.values.iter().filter(|value| value.is_finite()) {
                let bin = (axis.share(*value) * wanted as f64).floor() as usize;
                counts[bin.min(wanted - 1)] += 1;
            }
            (series.label.clone(), counts)
        })
        .collect();
    Some(Bins { axis, counts })
}

/// Draws the bins, a panel a sample, all to one height; `None` without a panel.
pub fn histograms(frame: &Frame<'_>, bins: &Option<Bins>, measured: Measured<'_>) -> Option<String> {
    let bins = bins.as_ref().filter(|bins| !bins.counts.is_empty())?;
    let width = frame.width();
    let beside = ((width / 230.0).floor().max(1.0) as usize).min(bins.counts.len());
    let panel = width / beside as f64;
    let (head, plot, foot) = (26.0, 74.0, 30.0);
    let pitch = head + plot + foot;
    let rows = bins.counts.len().div_ceil(beside);
    let share = |counts: &[u32], count: u32| f64::from(count) / f64::from(counts.iter().sum::<u32>().max(1));
    let most = bins
        .counts
        .iter()
        .flat_map(|(_, counts)| counts.iter().map(|count| share(counts, *count)))
        .fold(1e-9, f64::max);
    let mut out = frame.open(pitch * rows as f64 + 22.0);
    let (left, right) = (10.0, panel - 16.0);
    for (at, (label, counts)) in bins.counts.iter().enumerate() {
        let (x, y) = ((at % beside) as f64 * panel, (at / beside) as f64 * pitch);
        let base = y + head + plot;
        out.text("name strong", (x + left, y + 17.0), "start", &fitted(label, right - left, 13.0));
        let step = (right - left) / counts.len() as f64;
        for (bin, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let height = share(counts, *count) / most * plot;
            let ends = [bin, bin + 1].map(|end| (measured.format)(bins.axis.value(end as f64 / counts.len() as f64)));
            out.group("bin", &format!("{label}, {} to {}: {count}", ends[0], ends[1]));
            out.rect("column", (x + left + step * bin as f64, base - height), (step - 1.0, height));
            out.end();
        }
        out.line("axis", (x + left, base), (x + right, base));
        let mut taken = f64::NEG_INFINITY;
        for tick in bins.axis.ticks(4) {
            let (centre, name) = (left + bins.axis.share(tick) * (right - left), (measured.format)(tick));
            let half = text_width(&name, 12.0) / 2.0;
            let centre = centre.clamp(half, (panel - half).max(half));
            if centre - half > taken + 6.0 {
                out.text("tick", (x + centre, base + 17.0), "middle", &name);
                taken = centre + half;
            }
        }
    }
    out.text("title", (width / 2.0, pitch * rows as f64 + 14.0), "middle", &fitted(measured.title, width - 8.0, 13.0));
    Some(out.close())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_one_bin() {
        let series = [Series { label: "a".to_owned(), values: vec![0.0, 0.1, 0.5, 0.99, 1.0, f64::NAN] }];
        let bins = bins(&series, 10).unwrap();
        assert_eq!(bins.counts[0].1, [1, 1, 0, 0, 0, 1, 0, 0, 0, 2]);
    }
}
