//! Long-term debt of filers whose balance sheet says `LongTermDebt`.
//!
//! The taxonomy means that tag for the whole, with the part due within a year. But a filer who uses no tag for the
//! rest alone has it on the balance sheet, below current liabilities, where the current part stands apart already:
//! to take the current part off once more would count too little.

use edgar::facts::Figure;

use super::Column;
use super::items::LONG_TERM_PARTS;

/// Debt due within a year under tags of its own.
const CURRENT: [&str; 5] = [
    "us-gaap:LongTermDebtCurrent",
    "us-gaap:ConvertibleDebtCurrent",
    "us-gaap:ConvertibleNotesPayableCurrent",
    "us-gaap:NotesPayableCurrent",
    "us-gaap:DebtCurrent",
];

fn agrees(one: f64, other: f64) -> bool {
    (one - other).abs() <= 0.005 * one.abs().max(other.abs())
}

/// The line of long-term debt where `us-gaap:LongTermDebt` is tagged and no tag for what is due later: the tags of the
/// kinds of it, where they make it up or all but the current part; nothing, where all of it is due within a year; else
/// the line as it stands.
pub(super) fn line(read: &dyn Fn(&str) -> Option<Figure>, column: &Column) -> Option<Figure> {
    let whole = read("us-gaap:LongTermDebt")?;
    let current: Vec<Figure> = CURRENT.iter().filter_map(|tag| read(tag)).filter(|part| part.value > 0.0).collect();
    let kinds: Vec<(f64, Figure)> = LONG_TERM_PARTS.iter().filter_map(|tag| Some((1.0, read(tag)?))).collect();
    let sum: f64 = kinds.iter().map(|(_, kind)| kind.value).sum();
    let told = agrees(sum, whole.value) || current.iter().any(|part| agrees(whole.value - part.value, sum));
    if told && !kinds.is_empty() {
        return match kinds.as_slice() {
            [(_, only)] => Some(only.clone()),
            _ => Figure::sum(kinds, None, column.end),
        };
    }
    match current.into_iter().find(|part| agrees(part.value, whole.value)) {
        // Nothing else is due later; the terms say why it is nothing.
        Some(part) => Figure::sum(vec![(1.0, whole), (-1.0, part)], None, column.end),
        None => Some(whole),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn half_a_per_cent_is_rounding() {
        assert!(super::agrees(0.0, 0.0) && super::agrees(1_384_342.0, 1_384_000.0));
        assert!(!super::agrees(4_211.0, 3_829.0) && !super::agrees(1.0, 0.0));
    }
}
