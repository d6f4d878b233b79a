//! Whole attempts on a tiny model: events, limits, cancelling, waiting and repeating.

use std::future::{pending, ready};
use std::sync::Mutex;
use std::time::Duration;

use llm::call::{Attempt, Backend, Billing, Timeouts};
use llm::error::ErrorKind;
use llm::event::{Event, StopReason, TimedEvent};
use llm::outcome::Outcome;
use llm::request::{ChatRequest, Effort, Thinking};

use crate::backend::{EmbeddedBackend, Options};
use crate::model::config::Architecture;
use crate::model::synthetic::{CONTEXT, Entry, Synthetic};

fn backend(architecture: Architecture) -> EmbeddedBackend {
    let mut file = Synthetic::new(architecture);
    let template = "{% for message in messages %}[{{ message.content }}]{% endfor %}";
    file.set("tokenizer.chat_template", Entry::Text(template.to_owned()));
    EmbeddedBackend::from_gguf(&file.gguf(), "tiny", Options { threads: Some(1), context: None }).unwrap()
}

fn request(most: u32) -> ChatRequest {
    let mut request = ChatRequest::prompt("tiny", "the cat");
    request.params.max_output_tokens = Some(most);
    request.params.temperature = Some(0.9);
    request.params.seed = Some(7);
    request
}

async fn attempt(backend: &EmbeddedBackend, request: &ChatRequest) -> Attempt {
    backend.attempt(request, &Timeouts::default(), Box::pin(pending()), &mut |_| {}).await
}

#[tokio::test]
async fn an_attempt_is_evidence() {
    let backend = backend(Architecture::Llama);
    let request = request(12);
    let seen = Mutex::new(Vec::new());
    let mut observer = |event: &TimedEvent| seen.lock().unwrap().push(event.clone());
    let attempt = backend.attempt(&request, &Timeouts::default(), Box::pin(pending()), &mut observer).await;
    let seen = seen.into_inner().unwrap();

    assert_eq!(attempt.error, None);
    assert_eq!(attempt.billing, Billing::Reported);
    assert_eq!(attempt.answer.served_model.as_deref(), Some("tiny"));
    let (_, prompt) = backend.prompt(&request).unwrap();
    assert_eq!(attempt.answer.usage.input, Some(prompt.len() as u64));
    assert_eq!(backend.input_tokens_upper_bound(&request), prompt.len() as u64);
    assert!(attempt.answer.usage.output.unwrap() <= 12);
    assert!(matches!(seen.first().unwrap().event, Event::Started { .. }));
    assert!(matches!(seen.last().unwrap().event, Event::Stop(_)));
    assert!(seen.is_sorted_by_key(|event| event.at), "time goes forward");

    let lines: Vec<serde_json::Value> = attempt
        .raw
        .body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(lines.len(), attempt.raw.reads.len());
    let tokens: Vec<u32> = lines.iter().filter_map(|line| Some(line.get("token")?.as_u64()? as u32)).collect();
    assert_eq!(tokens.len() as u64, attempt.answer.usage.output.unwrap());
    assert_eq!(backend.tokenizer().decode(&tokens), attempt.answer.text);
    let record: serde_json::Value = serde_json::from_slice(&attempt.request_body).unwrap();
    assert_eq!((&record["seed"], &record["prompt"]), (&7.into(), &"[the cat]".into()));
}

#[tokio::test]
async fn a_seed_repeats_an_answer_and_another_changes_it() {
    let backend = backend(Architecture::Qwen2);
    let first = attempt(&backend, &request(24)).await;
    assert_eq!(attempt(&backend, &request(24)).await.answer.text, first.answer.text);
    let mut other = request(24);
    other.params.seed = Some(8);
    assert_ne!(attempt(&backend, &other).await.answer.text, first.answer.text);
}

#[tokio::test]
async fn limits_end_an_answer() {
    let backend = backend(Architecture::Qwen3);
    let mut greedy = request(4);
    greedy.params.temperature = Some(0.0);
    let cut = attempt(&backend, &greedy).await;
    assert_eq!((cut.outcome(), cut.answer.usage.output), (Outcome::Truncated, Some(4)));
    let mut unlimited = greedy.clone();
    unlimited.params.max_output_tokens = Some(10_000);
    let full = attempt(&backend, &unlimited).await;
    let usage = full.answer.usage;
    assert!(usage.input.unwrap() + usage.output.unwrap() <= CONTEXT as u64 + 1);

    // Cutting the answer at a piece of its own text.
    let letter: String = full.answer.text.chars().nth(2).unwrap().to_string();
    let mut stopping = unlimited.clone();
    stopping.params.stop = vec![letter.clone(), String::new()];
    let stopped = attempt(&backend, &stopping).await;
    assert_eq!(stopped.answer.stop.unwrap().reason, StopReason::StopSequence);
    assert_eq!(stopped.answer.text, full.answer.text.split(&letter).next().unwrap());
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    let backend = backend(Architecture::Gemma3);
    let kind = |attempt: Attempt| {
        assert_eq!(attempt.billing, Billing::NotBilled);
        attempt.error.unwrap().kind
    };
    let mut long = request(1);
    long.messages[0].text = "x".repeat(200);
    assert_eq!(kind(attempt(&backend, &long).await), ErrorKind::ContextTooLong);
    let mut effort = request(1);
    effort.params.effort = Some(Effort::High);
    assert_eq!(kind(attempt(&backend, &effort).await), ErrorKind::InvalidRequest);
    let mut thinking = request(1);
    thinking.params.thinking = Some(Thinking::On);
    assert_eq!(kind(attempt(&backend, &thinking).await), ErrorKind::InvalidRequest);
    for (temperature, top_p) in [(-1.0, 1.0), (f64::NAN, 1.0), (1.0, 0.0), (1.0, 1.1)] {
        let mut wrong = request(1);
        wrong.params.temperature = Some(temperature);
        wrong.params.top_p = Some(top_p);
        assert_eq!(kind(attempt(&backend, &wrong).await), ErrorKind::InvalidRequest);
    }
    let timeouts = Timeouts { first_byte: Duration::ZERO, ..Timeouts::default() };
    let request = request(1);
    let late = backend.attempt(&request, &timeouts, Box::pin(pending()), &mut |_| {}).await;
    assert_eq!(kind(late), ErrorKind::Timeout);
}

#[tokio::test]
async fn cancelling_keeps_what_came_and_frees_the_model() {
    let backend = backend(Architecture::Llama);
    let request = request(80);
    let at_once = backend.attempt(&request, &Timeouts::default(), Box::pin(ready(())), &mut |_| {}).await;
    assert_eq!(at_once.outcome(), Outcome::Cancelled);

    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let mut sender = Some(sender);
    let mut observer = |event: &TimedEvent| {
        if matches!(event.event, Event::Text { .. })
            && let Some(sender) = sender.take()
        {
            sender.send(()).unwrap();
        }
    };
    let cancel = Box::pin(async move { receiver.await.unwrap() });
    let stopped = backend.attempt(&request, &Timeouts::default(), cancel, &mut observer).await;
    // A tiny model may be done before the word reaches it; then nothing was cancelled.
    assert!(stopped.cancelled != stopped.answer.stop.is_some());
    assert!(!stopped.answer.text.is_empty());

    // A dropped call ends its run as well.
    let dropped = attempt(&backend, &request);
    drop(tokio::time::timeout(Duration::from_millis(1), dropped).await);
    assert_eq!(attempt(&backend, &request).await.error, None);
}

#[tokio::test]
async fn calls_take_turns() {
    let backend = backend(Architecture::Llama);
    let request = request(8);
    let (one, two) = tokio::join!(attempt(&backend, &request), attempt(&backend, &request));
    assert_eq!(one.answer.text, two.answer.text);
    assert_eq!((one.error, two.error), (None, None));
}

#[tokio::test]
async fn thoughts_are_told_from_the_answer() {
    let mut file = Synthetic::new(Architecture::Qwen3);
    let Some((_, Entry::Texts(tokens))) = file.metadata.iter_mut().find(|(key, _)| key == "tokenizer.ggml.tokens")
    else {
        panic!("no tokens")
    };
    // Two ordinary tokens become the marks of a thought.
    tokens[usize::from(b'q')] = "<think>".to_owned();
    tokens[usize::from(b'z')] = "</think>".to_owned();
    file.set("tokenizer.chat_template", Entry::Text("{{ messages[0].content }}<think>\n".to_owned()));
    let backend = EmbeddedBackend::from_gguf(&file.gguf(), "thinker", Options::default()).unwrap();
    assert!(backend.info().can_think);
    let answered = attempt(&backend, &request(6)).await;
    assert!(answered.answer.usage.reasoning.is_some());
    assert!(!answered.answer.reasoning.is_empty() || !answered.answer.text.is_empty());
}
