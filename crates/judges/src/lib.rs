//! Judging by models: prompts that answers cannot inject into, tolerant parsing, pairwise choices, trust report, calibration to people.
