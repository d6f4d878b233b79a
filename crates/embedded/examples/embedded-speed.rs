//! Prefill and decode speed of a GGUF file: `embedded-speed MODEL.gguf [PROMPT_TOKENS] [ANSWER_TOKENS] [RUNS] [THREADS]`.
#![expect(clippy::print_stdout, reason = "a program's output")]

use std::path::Path;
use std::time::Instant;

use embedded::model::Cache;
use embedded::{EmbeddedBackend, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path =
        arguments.first().ok_or("usage: embedded-speed MODEL.gguf [PROMPT_TOKENS] [ANSWER_TOKENS] [RUNS] [THREADS]")?;
    let number = |index: usize, default: usize| arguments.get(index).map_or(Ok(default), |word| word.parse());
    let (prompt_tokens, answer_tokens, runs, threads) =
        (number(1, 128)?, number(2, 128)?, number(3, 5)?, number(4, 0)?);

    let start = Instant::now();
    let backend = EmbeddedBackend::load(Path::new(path), path, Options { threads: Some(threads), context: None })?;
    let info = backend.info();
    println!(
        "load {:.2} s, {} MB of Q8_0 weights, {} threads, {}",
        start.elapsed().as_secs_f64(),
        info.weight_bytes / 1_000_000,
        info.threads,
        info.instructions
    );
    let model = backend.model();
    let text = "the quick brown fox jumps over the lazy dog and goes on ";
    let tokens: Vec<u32> = backend.tokenizer().encode(text, false)?.into_iter().cycle().take(prompt_tokens).collect();
    for run in 0..runs {
        let mut cache = Cache::default();
        let mut logits = Vec::new();
        let start = Instant::now();
        model.advance(&tokens, &mut cache, &mut logits, &|| false)?;
        let prefill = prompt_tokens as f64 / start.elapsed().as_secs_f64();
        let start = Instant::now();
        for token in tokens.iter().cycle().take(answer_tokens) {
            model.advance(&[*token], &mut cache, &mut logits, &|| false)?;
        }
        let decode = answer_tokens as f64 / start.elapsed().as_secs_f64();
        println!("run {run}: prefill {prefill:.1} tok/s, decode {decode:.1} tok/s");
    }
    Ok(())
}
