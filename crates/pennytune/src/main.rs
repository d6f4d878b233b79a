//! `pennytune`: what a small company's own SEC filings say.

fn main() {}
