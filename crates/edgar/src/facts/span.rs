//! What lengths of period mean, and which forms report them.

use jiff::civil::Date;

/// Days from `start` to `end`, both counted.
pub(super) fn days(start: Date, end: Date) -> i32 {
    // Both dates lie within jiff's range of ±10,000 years, so the difference fits.
    (end.duration_since(start).as_hours() / 24) as i32 + 1
}

/// Days from one date to another, negative backwards.
pub(super) fn apart(from: Date, to: Date) -> i32 {
    (to.duration_since(from).as_hours() / 24) as i32
}

/// A full financial year: 52 or 53 weeks or twelve months, with the odd days that filers write.
pub fn is_full_year(days: i32) -> bool {
    (350..=380).contains(&days)
}

/// A quarter: twelve to fifteen weeks (Kroger's and Costco's are of twelve, sixteen or seventeen; those
/// are told by differences of year-to-date figures instead).
pub fn is_quarter(days: i32) -> bool {
    (80..=105).contains(&days)
}

/// Whether a form is an annual periodic report (or its amendment).
pub fn is_annual_form(form: &str) -> bool {
    let base = form.strip_suffix("/A").unwrap_or(form);
    matches!(base, "10-K" | "10-K405" | "10-KT" | "10-KSB" | "10-K405T" | "20-F" | "20-FT" | "40-F" | "40-FT")
}

/// Whether a form reports a part of a year.
pub fn is_interim_form(form: &str) -> bool {
    let base = form.strip_suffix("/A").unwrap_or(form);
    matches!(base, "10-Q" | "10-QT" | "10-QSB" | "6-K")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_period_count() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(days(day("2024-01-01"), day("2024-12-31")), 366);
        assert_eq!(days(day("2023-10-01"), day("2024-09-28")), 364);
        assert_eq!(apart(day("2024-01-01"), day("2023-12-31")), -1);
        assert!(is_full_year(364) && is_full_year(371) && !is_full_year(273) && !is_full_year(381));
        assert!(is_quarter(91) && is_quarter(98) && !is_quarter(182));
        assert!(
            is_annual_form("10-K/A") && is_annual_form("40-F") && !is_annual_form("10-Q") && !is_annual_form("8-K")
        );
    }
}
