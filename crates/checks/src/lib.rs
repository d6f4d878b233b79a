//! Assertions on one answer: compiled before a run, evaluated without I/O, and the one script runner.
