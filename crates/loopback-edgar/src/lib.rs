//! An EDGAR on loopback for tests and benchmarks.
