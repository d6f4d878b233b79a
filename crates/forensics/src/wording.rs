//! How figures and counts are written in the sentences that people read.

/// A number as a person reads it: thousands grouped, as many decimals as it needs.
pub fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 1_000.0 || size == size.trunc() => 0,
        size if size >= 10.0 => 1,
        size if size >= 0.1 => 2,
        _ => 4,
    };
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, rest) =
        plain.split_once('.').map_or((plain.as_str(), String::new()), |(whole, part)| (whole, format!(".{part}")));
    let grouped = grouped(whole);
    let zero = plain.chars().all(|character| matches!(character, '0' | '.'));
    format!("{}{grouped}{rest}", if value < 0.0 && !zero { "−" } else { "" })
}

/// Digits in groups of three: `1,234,567`.
pub(crate) fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count with the right form of its noun.
pub fn count(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count as f64), if count == 1 { one } else { many })
}

/// An input's value with its unit.
pub fn amount(value: f64, unit: &str) -> String {
    match unit {
        "" | "pure" | "ratio" => number(value),
        "USD" => format!("{}${}", if value < 0.0 { "−" } else { "" }, number(value.abs())),
        unit => format!("{} {unit}", number(value)),
    }
}

/// A large amount as a person reads it: `$1.2 billion`, `−$786 million`.
pub fn large(value: f64, unit: &str) -> String {
    let (scaled, word) = match value.abs() {
        size if size >= 1e9 => (value / 1e9, " billion"),
        size if size >= 1e6 => (value / 1e6, " million"),
        _ => (value, ""),
    };
    let figure = number(if scaled.abs() >= 100.0 { scaled.round() } else { scaled });
    match (unit, figure.strip_prefix('−')) {
        ("USD", Some(figure)) => format!("−${figure}{word}"),
        ("USD", None) => format!("${figure}{word}"),
        (unit, _) => format!("{figure}{word} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_people_write_them() {
        assert_eq!(number(-1_234_567.4), "−1,234,567");
        assert_eq!(number(-0.000_001), "0.0000");
        assert_eq!(
            (count(1, "letter", "letters"), count(1_200, "letter", "letters")),
            ("1 letter".to_owned(), "1,200 letters".to_owned())
        );
        assert_eq!(
            (large(-786e6, "USD"), large(1.234e9, "EUR"), large(12.5, "USD")),
            ("−$786 million".to_owned(), "1.23 billion EUR".to_owned(), "$12.5".to_owned())
        );
    }
}
