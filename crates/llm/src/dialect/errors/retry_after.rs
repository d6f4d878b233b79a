//! How long a provider asks us to wait, from whichever place it says so.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Providers count the weekday for us; a wrong one does not spoil the date.
static DATES: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);

/// The wait in milliseconds: `retry-after-ms`, else `retry-after` as seconds or as an HTTP date
/// (RFC 9110, IMF-fixdate) relative to `now_unix` seconds. A date in the past is no wait.
pub(super) fn from_headers(headers: &[(String, String)], now_unix: i64) -> Option<u64> {
    let header =
        |name: &str| headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
    let milliseconds = header("retry-after-ms").and_then(|value| scaled(value, 1.0));
    milliseconds.or_else(|| {
        let value = header("retry-after")?;
        scaled(value, 1000.0).or_else(|| {
            let date: Timestamp = DATES.parse_timestamp(value).ok()?;
            let wait = date.as_second().saturating_sub(now_unix);
            Some(u64::try_from(wait).unwrap_or(0).saturating_mul(1000))
        })
    })
}

/// A protobuf duration in JSON form, such as `31s` or `1.5s`, in milliseconds.
pub(super) fn from_duration(text: &str) -> Option<u64> {
    scaled(text.strip_suffix('s')?, 1000.0)
}

fn scaled(number: &str, factor: f64) -> Option<u64> {
    let value: f64 = number.parse().ok()?;
    (value.is_finite() && value >= 0.0).then(|| (value * factor).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&str, &str)], expected: Option<u64>) {
        let headers: Vec<_> = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        // 1994-11-06 08:49:37 UTC, the example date of RFC 9110.
        assert_eq!(from_headers(&headers, 784_111_777), expected, "{headers:?}");
    }

    #[test]
    fn seconds_milliseconds_and_dates() {
        check(&[("retry-after", "20")], Some(20_000));
        check(&[("Retry-After", " 1.5 ")], Some(1_500));
        check(&[("retry-after", "20"), ("retry-after-ms", "1234")], Some(1_234));
        check(&[("retry-after-ms", "soon"), ("retry-after", "2")], Some(2_000));
        check(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], Some(30_000));
        check(&[("retry-after", "Sun, 06 Nov 1994 08:49:07 GMT")], Some(0));
        check(&[("retry-after", "Mon, 06 Nov 1994 08:49:38 GMT")], Some(1_000));
    }

    #[test]
    fn nonsense_is_no_wait() {
        for value in ["", "soon", "-1", "NaN", "inf", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            check(&[("retry-after", value)], None);
        }
        check(&[], None);
        check(&[("retry-after", "1e300")], Some(u64::MAX));
    }

    #[test]
    fn protobuf_durations() {
        assert_eq!(from_duration("31s"), Some(31_000));
        assert_eq!(from_duration("0.25s"), Some(250));
        assert_eq!(from_duration("31"), None);
    }
}
