//! Token ids, next-token probabilities and a greedy answer, held against llama.cpp's.
//!
//! The golden files are made by `tools/tokenizer-golden/make.py`. The weights come through the
//! ordinary store into `target/model-cache`; without a network and without them the tests are
//! skipped with a word.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests")]

use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, PoisonError};

use embedded::model::Cache;
use embedded::{EmbeddedBackend, Error, Options, Store};
use llm::call::{Attempt, Backend, Timeouts};
use llm::outcome::Outcome;
use llm::request::ChatRequest;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    texts: Vec<Text>,
    prompts: Vec<Prompt>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    plain: Vec<u32>,
    special: Vec<u32>,
}

#[derive(Deserialize)]
struct Prompt {
    text: String,
    tokens: Vec<u32>,
    /// The likeliest next tokens, each with the natural logarithm of its probability without any
    /// rounding of activations, and with llama.cpp's Q8_0 arithmetic.
    likeliest: Vec<(u32, f64, f64)>,
}

static SMOLLM: LazyLock<Option<EmbeddedBackend>> = LazyLock::new(|| load("smollm2-135m"));
static GEMMA: LazyLock<Option<EmbeddedBackend>> = LazyLock::new(|| load("gemma3-270m"));

fn load(name: &str) -> Option<EmbeddedBackend> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/model-cache");
    let path = match Store::new(directory).unwrap().pull(name, &mut |_| {}) {
        Ok(path) => path,
        Err(error @ Error::NoSource { .. }) => {
            println!("skipped: {name}: {error}");
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    Some(EmbeddedBackend::load(&path, name, Options::default()).unwrap())
}

fn golden(name: &str) -> Golden {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// One engine at a time: they share two cores in CI.
static ENGINE: Mutex<()> = Mutex::new(());

fn token_ids_agree(backend: &EmbeddedBackend, golden: &Golden) {
    let tokenizer = backend.tokenizer();
    let mut wrong = Vec::new();
    for case in &golden.texts {
        for (parse_special, expected) in [(false, &case.plain), (true, &case.special)] {
            let found = tokenizer.encode(&case.text, parse_special).unwrap();
            if found != *expected {
                wrong.push(format!(
                    "{:?} special={parse_special}\n  llama.cpp {expected:?}\n  ours      {found:?}",
                    case.text
                ));
            }
        }
        // SentencePiece writes blanks as U+2581 and cannot tell one that was there before.
        if !case.text.contains('\u{2581}') {
            assert_eq!(tokenizer.decode(&case.plain), case.text, "decoding gives the text back");
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), 2 * golden.texts.len(), wrong.join("\n"));
    for prompt in &golden.prompts {
        assert_eq!(tokenizer.encode_prompt(&prompt.text).unwrap(), prompt.tokens);
    }
}

/// Both sides round activations to eight bits, each in its own way: neither is the other's
/// measure. Ours may be no farther from the exact values than a little more than llama.cpp's is.
fn probabilities_agree(backend: &EmbeddedBackend, golden: &Golden) {
    let _turn = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut ours, mut theirs, mut count) = (0.0, 0.0, 0.0);
    for prompt in &golden.prompts {
        let mut logits = Vec::new();
        backend.model().advance(&prompt.tokens, &mut Cache::default(), &mut logits, &|| false).unwrap();
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total = f64::from(logits.iter().map(|logit| (logit - most).exp()).sum::<f32>().ln() + most);
        for (id, exact, rounded) in &prompt.likeliest {
            let found = f64::from(logits[*id as usize]) - total;
            assert!((found - exact).abs() < 0.8, "{:?}: token {id} has {found}, not {exact}", prompt.text);
            ours += (found - exact).powi(2);
            theirs += (rounded - exact).powi(2);
            count += 1.0;
        }
    }
    let (ours, theirs) = (f64::sqrt(ours / count), f64::sqrt(theirs / count));
    println!("root mean square distance from exact: ours {ours:.3}, llama.cpp {theirs:.3}");
    assert!(ours < 1.25 * theirs, "ours {ours}, llama.cpp {theirs}");
}

#[test]
fn smollm_token_ids_equal_llama_cpps() {
    if let Some(backend) = &*SMOLLM {
        token_ids_agree(backend, &golden("smollm2-135m"));
    }
}

#[test]
fn gemma_token_ids_equal_llama_cpps() {
    if let Some(backend) = &*GEMMA {
        token_ids_agree(backend, &golden("gemma3-270m"));
    }
}

#[test]
fn smollm_probabilities_are_llama_cpps() {
    if let Some(backend) = &*SMOLLM {
        probabilities_agree(backend, &golden("smollm2-135m"));
    }
}

#[test]
fn gemma_probabilities_are_llama_cpps() {
    if let Some(backend) = &*GEMMA {
        assert!(!backend.info().has_chat_template, "a base model");
        probabilities_agree(backend, &golden("gemma3-270m"));
    }
}

async fn ask(backend: &EmbeddedBackend, request: &ChatRequest) -> Attempt {
    backend.attempt(request, &Timeouts::default(), Box::pin(std::future::pending()), &mut |_| {}).await
}

#[tokio::test]
async fn the_capital_of_france_is_paris() {
    let Some(backend) = &*SMOLLM else { return };
    let mut request = ChatRequest::prompt("smollm2-135m", "Name the capital of France.");
    request.params.temperature = Some(0.0);
    let (text, ids) = backend.prompt(&request).unwrap();
    assert!(text.starts_with("<|im_start|>system\nYou are a helpful AI assistant named SmolLM"), "{text}");
    assert_eq!(ids.len(), 36);
    let answered = ask(backend, &request).await;
    assert_eq!(answered.answer.text, "The capital of France is Paris.");
    assert_eq!(answered.outcome(), Outcome::Complete);
    assert_eq!((answered.answer.usage.input, answered.answer.usage.output), (Some(36), Some(8)));
    assert!(answered.answer.first_text_at < answered.answer.last_token_at);
}
