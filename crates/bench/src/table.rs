//! The table that is printed at the end.

use std::fmt;
use std::io::Write;

/// Rows of (work, measured, reference, ratio, aim).
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<[String; 5]>);

impl Table {
    /// Adds a row: what was done, what was measured, what it is held against, their ratio, the aim.
    pub(crate) fn row(&mut self, work: &str, measured: &str, reference: &str, ratio: f64, aim: &str) {
        let ratio = if ratio.is_finite() { format!("{ratio:.2}") } else { "-".to_owned() };
        self.0.push([work.to_owned(), measured.to_owned(), reference.to_owned(), ratio, aim.to_owned()]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n| work | measured | against | ratio | aim |\n|---|---|---|---|---|")?;
        for row in &self.0 {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

/// A line for the person who runs this.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The middle value.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5)
}

/// A quantile of sorted values (type 7); NaN of nothing.
pub(crate) fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = probability * last as f64;
    let low = sorted[at.floor() as usize];
    let high = sorted[at.ceil() as usize];
    low + (high - low) * at.fract()
}
