//! Numbers as people read them. Machine formats write numbers in full and do not come here.

use llm::money::Usd;

/// The word for a model that costs nothing.
pub const FREE: &str = "Free";
/// The word for a model whose price is not published.
pub const UNPRICED: &str = "unpriced";
/// The word for calls that may have been billed without saying how much.
pub const UNKNOWN: &str = "unknown";
/// What stands where there is no figure.
pub const NONE: &str = "–";

/// An amount of dollars: cents from a dollar up, three significant digits below.
pub fn dollars(amount: Usd) -> String {
    dollars_f64(amount.as_f64())
}

/// As [`dollars`], for means.
pub fn dollars_f64(amount: f64) -> String {
    if !amount.is_finite() {
        NONE.to_owned()
    } else if amount == 0.0 {
        "$0".to_owned()
    } else if amount.abs() >= 0.9995 {
        format!("${}", grouped(&format!("{amount:.2}")))
    } else {
        format!("${}", significant(amount, 3))
    }
}

/// A duration with its unit: `3.42 ms`, `812 ms`, `12.4 s`.
pub fn milliseconds(ms: f64) -> String {
    if !ms.is_finite() {
        NONE.to_owned()
    } else if ms.abs() < 9.995 {
        format!("{ms:.2} ms")
    } else if ms.abs() < 99.95 {
        format!("{ms:.1} ms")
    } else if ms.abs() < 9_999.5 {
        format!("{} ms", grouped(&format!("{ms:.0}")))
    } else {
        format!("{} s", grouped(&format!("{:.1}", ms / 1000.0)))
    }
}

/// A number with at least three significant digits and no more decimals than that takes: `0.0123`, `4.56`, `1,234`.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        NONE.to_owned()
    } else if value == value.trunc() || value.abs() >= 99.95 {
        grouped(&format!("{value:.0}"))
    } else {
        significant(value, 3)
    }
}

/// A count with thousands separators.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// A p-value: four decimals, or `<0.0001`.
pub fn p_value(p: f64) -> String {
    if !p.is_finite() {
        NONE.to_owned()
    } else if p < 0.0001 {
        "<0.0001".to_owned()
    } else {
        format!("{p:.4}")
    }
}

/// A share as a percentage without needless decimals: `95 %`, `99.9 %`.
pub fn percent(share: f64) -> String {
    let text = format!("{:.4}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A measured share as a percentage with at most one decimal. Only all of it reads 100 % and only none of it 0 %.
pub fn rate(share: f64) -> String {
    if !share.is_finite() {
        return NONE.to_owned();
    }
    let text = format!("{:.1}", share * 100.0);
    match text.as_str() {
        "100.0" if share < 1.0 => ">99.9 %".to_owned(),
        "0.0" | "-0.0" if share > 0.0 => "<0.1 %".to_owned(),
        _ => format!("{} %", text.strip_suffix(".0").unwrap_or(&text)),
    }
}

/// A score on a judge's scale: two decimals, fewer where they are zeros.
pub fn score(value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// `1 run`, `2 runs`.
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", self::count(count), if count == 1 { one } else { many })
}

/// A temperature or another number exactly as it was asked for.
pub fn exact(value: f64) -> String {
    format!("{value}")
}

fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (digits - 1 - magnitude).clamp(0, 12) as usize;
    format!("{value:.decimals$}")
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::from(sign);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_keeps_enough_digits_to_tell_amounts_apart() {
        for (amount, expected) in [
            (0.0, "$0"),
            (0.000123, "$0.000123"),
            (0.0000004567, "$0.000000457"),
            (0.012, "$0.0120"),
            (0.5, "$0.500"),
            (0.9999, "$1.00"),
            (1.0, "$1.00"),
            (12.345, "$12.35"),
            (1234.5, "$1,234.50"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(dollars_f64(amount), expected);
        }
    }

    #[test]
    fn durations_change_unit_where_people_do() {
        for (ms, expected) in [
            (0.5, "0.50 ms"),
            (9.999, "10.0 ms"),
            (42.25, "42.2 ms"),
            (812.4, "812 ms"),
            (1240.0, "1,240 ms"),
            (9_999.6, "10.0 s"),
            (75_300.0, "75.3 s"),
        ] {
            assert_eq!(milliseconds(ms), expected);
        }
    }

    #[test]
    fn numbers_and_shares() {
        assert_eq!(number(42.0), "42");
        assert_eq!(number(42.5), "42.5");
        assert_eq!(number(1234.56), "1,235");
        assert_eq!(number(0.01234), "0.0123");
        assert_eq!(number(-1500.0), "-1,500");
        assert_eq!(percent(0.95), "95 %");
        assert_eq!(percent(0.999), "99.9 %");
        for (share, expected) in
            [(0.0, "0 %"), (0.0001, "<0.1 %"), (0.8667, "86.7 %"), (0.9999, ">99.9 %"), (1.0, "100 %"), (f64::NAN, "–")]
        {
            assert_eq!(rate(share), expected);
        }
        assert_eq!([score(7.0), score(7.25), score(7.666), score(-0.001)], ["7", "7.25", "7.67", "0"]);
        assert_eq!(p_value(0.00004), "<0.0001");
        assert_eq!(p_value(0.0123), "0.0123");
        assert_eq!(plural(1, "call", "calls"), "1 call");
    }
}
