//! A model in process as an [`llm::call::Backend`]: one generation at a time, timed like any call.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use llm::call::{Attempt, Backend, Billing, Observer, Timeouts};
use llm::error::{ApiError, ErrorKind};
use llm::event::{Event, Nanos};
use llm::request::{ChatRequest, Thinking};
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::chat::ChatTemplate;
use crate::error::{Error, Result};
use crate::generate::{Ended, Job, Step, Thoughts, api_error, generate};
use crate::gguf::Gguf;
use crate::model::Model;
use crate::sampling::Sampling;
use crate::tokenizer::Tokenizer;

/// Tokens of an answer when the request does not say.
pub const DEFAULT_OUTPUT_TOKENS: u32 = 512;
/// Temperature when the request does not say: the distribution the model was trained to give.
pub const DEFAULT_TEMPERATURE: f64 = 1.0;

/// How a model is run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Computing threads; `None` means one a core.
    pub threads: Option<usize>,
    /// Most tokens of prompt and answer together; `None` means what the model was made for.
    pub context: Option<usize>,
}

/// What a loaded model is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelInfo {
    /// The name it was loaded under.
    pub name: String,
    /// `general.name` of the file.
    pub title: Option<String>,
    /// `general.license` of the file.
    pub license: Option<String>,
    /// The family: `llama`, `qwen2`, `qwen3` or `gemma3`.
    pub architecture: &'static str,
    /// Tokens of prompt and answer that fit.
    pub context: usize,
    /// Whether the file says how conversations are written. A model without is a base model: it
    /// continues the plain prompt.
    pub has_chat_template: bool,
    /// Whether it can think aloud before it answers.
    pub can_think: bool,
    /// Bytes of weights in memory, Q8_0.
    pub weight_bytes: usize,
    /// Computing threads.
    pub threads: usize,
    /// The instruction set of the inner loops.
    pub instructions: &'static str,
}

/// A loaded model that answers calls.
pub struct EmbeddedBackend {
    loaded: Arc<Loaded>,
    info: ModelInfo,
    /// Held by the run in progress; waiting for it is outside every clock.
    turn: Arc<Mutex<()>>,
}

struct Loaded {
    model: Model,
    tokenizer: Tokenizer,
    template: ChatTemplate,
    think: Option<(u32, u32)>,
}

impl EmbeddedBackend {
    /// Loads a GGUF file. Blocks while it reads: up to some seconds for a large file.
    ///
    /// # Errors
    /// When the file is damaged, or of an architecture or tokenizer that is not supported.
    pub fn load(path: &Path, name: &str, options: Options) -> Result<Self> {
        Self::from_gguf(&Gguf::open(path)?, name, options)
    }

    /// Loads from an open file.
    pub fn from_gguf(gguf: &Gguf, name: &str, options: Options) -> Result<Self> {
        let tokenizer = Tokenizer::read(gguf)?;
        let template = ChatTemplate::read(gguf, &tokenizer)?;
        let model = Model::read(gguf, options.threads.unwrap_or(0))?;
        if tokenizer.len() > model.vocabulary() {
            return Err(Error::Gguf("the tokenizer has more tokens than the model".to_owned()));
        }
        let think = tokenizer
            .id("<think>")
            .zip(tokenizer.id("</think>"))
            .filter(|_| gguf.text("tokenizer.chat_template").is_some_and(|template| template.contains("think")));
        let info = ModelInfo {
            name: name.to_owned(),
            title: gguf.text("general.name").map(str::to_owned),
            license: gguf.text("general.license").map(str::to_owned),
            architecture: model.config().architecture.as_str(),
            context: options.context.unwrap_or(usize::MAX).min(model.config().context),
            has_chat_template: template.is_present(),
            can_think: think.is_some(),
            weight_bytes: model.weight_bytes(),
            threads: model.threads(),
            instructions: model.instructions(),
        };
        Ok(Self { loaded: Arc::new(Loaded { model, tokenizer, template, think }), info, turn: Arc::default() })
    }

    /// What was loaded.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// The prompt text of a request and its token ids.
    pub fn prompt(&self, request: &ChatRequest) -> Result<(String, Vec<u32>)> {
        let text = self.loaded.template.render(request)?;
        let ids = self.loaded.tokenizer.encode_prompt(&text)?;
        Ok((text, ids))
    }

    /// The model itself, for measuring it without a conversation around it.
    pub fn model(&self) -> &Model {
        &self.loaded.model
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.loaded.tokenizer
    }

    /// Everything a run needs, and the record of it.
    fn prepare(&self, request: &ChatRequest, timeouts: &Timeouts) -> Result<(Job, Vec<u8>)> {
        let params = &request.params;
        self.refuse_foreign(request)?;
        let temperature = params.temperature.unwrap_or(DEFAULT_TEMPERATURE);
        let top_p = params.top_p.unwrap_or(1.0);
        if !(temperature.is_finite() && temperature >= 0.0) {
            return Err(Error::Request(format!("temperature {temperature} is not a number from 0 up")));
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return Err(Error::Request(format!("top_p {top_p} is not above 0 and at most 1")));
        }
        let seed = params.seed.map_or_else(|| RandomState::new().hash_one(0_u8), |seed| seed as u64);
        let (text, prompt) = self.prompt(request)?;
        if prompt.is_empty() {
            return Err(Error::Request("the prompt is empty".to_owned()));
        }
        if prompt.len() >= self.info.context {
            return Err(Error::ContextTooLong { tokens: prompt.len(), context: self.info.context });
        }
        let most = params.max_output_tokens.unwrap_or(DEFAULT_OUTPUT_TOKENS);
        let opened = text.trim_end().ends_with("<think>");
        let record = Record {
            model: &self.info.name,
            prompt: &text,
            prompt_tokens: &prompt,
            temperature,
            top_p,
            seed,
            max_output_tokens: most,
            stop: &params.stop,
        };
        let record = serde_json::to_vec(&record).map_err(|error| Error::Request(error.to_string()))?;
        let job = Job {
            prompt,
            sampling: Sampling { temperature, top_p, seed },
            most: most as usize,
            stop: params.stop.iter().filter(|stop| !stop.is_empty()).cloned().collect(),
            context: self.info.context,
            total: timeouts.total,
            first_token: timeouts.first_byte,
            thoughts: self.loaded.think.map(|(open, close)| Thoughts { open, close, opened }),
        };
        Ok((job, record))
    }

    /// Refuses parameters that would otherwise be ignored in silence.
    fn refuse_foreign(&self, request: &ChatRequest) -> Result<()> {
        let refused = |what: &str| Err(Error::Request(format!("{} does not take {what}", self.info.name)));
        if request.params.effort.is_some() {
            return refused("an effort");
        }
        if request.params.advisor.is_some() {
            return refused("an advisor");
        }
        match request.params.thinking {
            Some(Thinking::On) if !self.info.can_think => refused("thinking"),
            Some(Thinking::Budget(1..)) => refused("a thinking budget"),
            _ => Ok(()),
        }
    }

    /// Starts a run on a thread of its own; it holds the turn until it has really ended.
    fn start(
        &self,
        job: Job,
        turn: OwnedMutexGuard<()>,
        stop: Arc<AtomicBool>,
    ) -> std::io::Result<(Instant, UnboundedReceiver<Message>)> {
        let (sender, receiver) = unbounded_channel();
        let loaded = Arc::clone(&self.loaded);
        let served = self.info.name.clone();
        let clock = Instant::now();
        std::thread::Builder::new().name("embedded-run".to_owned()).spawn(move || {
            let _turn = turn;
            run(&loaded, &job, &served, clock, &stop, &sender);
        })?;
        Ok((clock, receiver))
    }
}

fn run(loaded: &Loaded, job: &Job, served: &str, clock: Instant, stop: &AtomicBool, sender: &UnboundedSender<Message>) {
    // A dropped receiver is a dropped call: nobody waits for the answer any more.
    let stopped = || stop.load(Ordering::Relaxed) || sender.is_closed();
    let mut sink = |step: Step| sender.send(Message::Step(step)).is_ok();
    let ended = generate(&loaded.model, &loaded.tokenizer, job, served, clock, &stopped, &mut sink);
    // When nobody listens there is nobody to tell.
    let _ = sender.send(Message::Ended(ended));
}

enum Message {
    Step(Step),
    Ended(Ended),
}

/// The request as it was run, for the record.
#[derive(Serialize)]
struct Record<'a> {
    model: &'a str,
    prompt: &'a str,
    prompt_tokens: &'a [u32],
    temperature: f64,
    top_p: f64,
    seed: u64,
    max_output_tokens: u32,
    stop: &'a [String],
}

/// One line of the raw body.
#[derive(Serialize)]
struct Line<'a> {
    at: Nanos,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<u32>,
    events: Vec<&'a Event>,
}

impl Backend for EmbeddedBackend {
    fn attempt<'a>(
        &'a self,
        request: &'a ChatRequest,
        timeouts: &'a Timeouts,
        mut cancel: Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
        observer: &'a mut Observer<'a>,
    ) -> Pin<Box<dyn Future<Output = Attempt> + Send + 'a>> {
        Box::pin(async move {
            let mut attempt = Attempt::begun(unix_ms());
            let job = match self.prepare(request, timeouts) {
                Ok((job, record)) => {
                    attempt.request_body = record;
                    job
                }
                Err(error) => {
                    attempt.error = Some(api_error(&error));
                    return attempt;
                }
            };
            let turn = tokio::select! {
                biased;
                () = &mut cancel => {
                    attempt.cancelled = true;
                    return attempt;
                }
                turn = Arc::clone(&self.turn).lock_owned() => turn,
            };
            attempt.started_unix_ms = unix_ms();
            let stop = Arc::new(AtomicBool::new(false));
            let (clock, mut steps) = match self.start(job, turn, Arc::clone(&stop)) {
                Ok(started) => started,
                Err(error) => {
                    attempt.error = Some(fault(format!("no thread to run on: {error}")));
                    return attempt;
                }
            };
            loop {
                tokio::select! {
                    biased;
                    () = &mut cancel, if !attempt.cancelled => {
                        attempt.cancelled = true;
                        stop.store(true, Ordering::Relaxed);
                    }
                    message = steps.recv() => match message {
                        Some(Message::Step(step)) => record(&mut attempt, &step, observer),
                        Some(Message::Ended(ended)) => {
                            finish(&mut attempt, ended);
                            break;
                        }
                        None => {
                            attempt.error = Some(fault("the run ended without a word".to_owned()));
                            break;
                        }
                    },
                }
            }
            attempt.total = match attempt.raw.reads.last() {
                Some((at, _)) if attempt.answer.stop.is_some() => Duration::from_nanos(*at),
                _ => clock.elapsed(),
            };
            attempt
        })
    }

    /// Exact: the prompt is rendered and counted. A prompt that cannot be rendered will not run.
    fn input_tokens_upper_bound(&self, request: &ChatRequest) -> u64 {
        self.prompt(request).map_or(0, |(_, ids)| ids.len() as u64)
    }
}

fn record(attempt: &mut Attempt, step: &Step, observer: &mut Observer<'_>) {
    for event in &step.events {
        attempt.answer.push(event);
        observer(event);
    }
    let line = Line { at: step.at, token: step.token, events: step.events.iter().map(|timed| &timed.event).collect() };
    if serde_json::to_writer(&mut attempt.raw.body, &line).is_ok() {
        attempt.raw.body.push(b'\n');
        attempt.raw.reads.push((step.at, attempt.raw.body.len() as u64));
    }
}

fn finish(attempt: &mut Attempt, ended: Ended) {
    match ended {
        // A cancel that came after the last token changes nothing.
        Ended::Normally => {
            attempt.billing = Billing::Reported;
            attempt.cancelled = false;
        }
        Ended::Cancelled => {}
        Ended::Failed(error) => attempt.error = Some(error),
    }
}

fn unix_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn fault(message: String) -> ApiError {
    ApiError::local(ErrorKind::ProviderFault, message)
}
