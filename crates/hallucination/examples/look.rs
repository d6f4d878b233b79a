//! Shows the markers of a text from standard input: `cargo run -p hallucination --example look < answer.txt`.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::io::Read;

use hallucination::{Context, markers};

fn main() -> std::io::Result<()> {
    let mut answer = String::new();
    std::io::stdin().read_to_string(&mut answer)?;
    for marker in markers(&answer, &Context::new("", &[])) {
        println!("{}..{} {}: {:?} {}", marker.span.start, marker.span.end, marker.kind, marker.quote, marker.why);
    }
    Ok(())
}
