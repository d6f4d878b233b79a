//! The time of day and a seed, for those who were not given one.

use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in whole seconds since the Unix epoch.
pub(crate) fn unix_seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs() as i64)
}

/// Now in UTC, RFC 3339, whole seconds.
pub(crate) fn now_text() -> String {
    jiff::Timestamp::from_second(unix_seconds()).unwrap_or_default().to_string()
}

/// Today in UTC.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// A seed from the system's randomness, small enough to be typed back in.
pub(crate) fn seed() -> u64 {
    RandomState::new().hash_one(0_u8) & 0xffff_ffff
}
