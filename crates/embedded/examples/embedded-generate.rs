//! One answer from a GGUF file or a named model: `embedded-generate MODEL PROMPT [TEMPERATURE] [CACHE_DIRECTORY]`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program's output")]

use std::io::Write;
use std::path::{Path, PathBuf};

use embedded::fetch::Progress;
use embedded::{EmbeddedBackend, Options, Store};
use llm::call::{Backend, Timeouts};
use llm::event::Event;
use llm::request::ChatRequest;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, prompt, ..] = &arguments[..] else {
        return Err("usage: embedded-generate MODEL PROMPT [TEMPERATURE] [CACHE_DIRECTORY]".into());
    };
    let mut request = ChatRequest::prompt(model.as_str(), prompt.as_str());
    request.params.temperature = Some(arguments.get(2).map_or(Ok(0.0), |word| word.parse())?);
    let path = if Path::new(model).exists() {
        PathBuf::from(model)
    } else {
        let directory = arguments.get(3).map_or("target/model-cache", String::as_str);
        Store::new(directory)?.pull(model, &mut |progress| match progress {
            Progress::Advanced(_) => {}
            other => eprintln!("{other:?}"),
        })?
    };
    let backend = EmbeddedBackend::load(&path, model, Options::default())?;
    eprintln!("{:?}", backend.info());
    let mut observer = |timed: &llm::event::TimedEvent| {
        if let Event::Text { text } = &timed.event {
            print!("{text}");
            // Nothing can be done about a closed output here.
            let _ = std::io::stdout().flush();
        }
    };
    let attempt =
        backend.attempt(&request, &Timeouts::default(), Box::pin(std::future::pending()), &mut observer).await;
    println!();
    eprintln!("{:?} {:?} {:?} {:?}", attempt.outcome(), attempt.total, attempt.answer.usage, attempt.error);
    Ok(())
}
