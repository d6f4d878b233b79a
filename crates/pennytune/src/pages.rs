//! The documentation's page of each signal, built in.

/// The page that explains a signal.
pub(crate) fn of(_signal: &str) -> Option<&'static str> {
    None
}
