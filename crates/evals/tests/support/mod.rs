//! What the tests of this crate share: contestants, plans, and a backend that charges.
#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of this")]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use evals::plan::{Plan, PlanRequest};
use evals::record::{AnalysisOptions, CallRecord, Contestant, Prompt, Scoring, Timing};
use evals::runner::{Job, NoObserver, RunOptions, RunResult, StopSignal, run};
use llm::call::{Attempt, Backend, Billing, Observer, RawResponse, Timeouts};
use llm::cost::{PriceSheet, PriceSource, Rate, Rates, Schedule, Terms};
use llm::error::{ApiError, ErrorKind};
use llm::event::{Event, Stop, StopReason, TimedEvent, Usage};
use llm::money::Usd;
use llm::outcome::Answer;
use llm::request::{ChatRequest, Params};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// A day on which no price in the tests changes.
pub const AT_UNIX: i64 = 1_790_000_000;

pub fn priced(input: f64, output: f64) -> PriceSheet {
    let rate = |dollars| Rate::from_usd_per_mtok(dollars).expect("a price");
    let rates = Rates {
        input: rate(input),
        cached_read: None,
        cache_write_5m: None,
        cache_write_1h: None,
        output: rate(output),
    };
    PriceSheet::new(Terms::Priced(Schedule::flat(rates)), PriceSource::Unchecked)
}

pub fn free() -> PriceSheet {
    PriceSheet::new(Terms::Free, PriceSource::FirstParty)
}

pub fn unpriced() -> PriceSheet {
    PriceSheet::new(Terms::Unpriced, PriceSource::Unpublished)
}

pub fn contestant(name: &str, provider: &str, price: PriceSheet) -> Contestant {
    Contestant {
        name: name.to_owned(),
        spec: name.to_owned(),
        provider: provider.to_owned(),
        model: name.to_owned(),
        family: None,
        params: Params::default(),
        sends_temperature: true,
        omitted: Vec::new(),
        price,
    }
}

/// A request for a plan of one prompt, with nothing else asked for.
pub fn plan_request(contestants: Vec<Contestant>, runs: u32) -> PlanRequest {
    PlanRequest {
        tool_version: "0.0.0".to_owned(),
        command: "compare".to_owned(),
        run_id: None,
        at_unix: AT_UNIX,
        seed: 1,
        prompts: vec![Prompt::new("prompt", "Explain quantum entanglement.")],
        systems: vec![None],
        temperatures: vec![None],
        runs,
        contestants,
        prompt_overheads: Vec::new(),
        max_cost: None,
        allow_unpriced: false,
        concurrency: 8,
        timeouts: Timeouts::default(),
        max_retries: 3,
        analysis: AnalysisOptions::default(),
        pricing_as_of: "2026-09-06".to_owned(),
        notes: Vec::new(),
        scoring: Scoring::default(),
        judge_overheads: Vec::new(),
    }
}

pub fn usd(dollars: f64) -> Usd {
    Usd::from_f64(dollars).expect("an amount")
}

/// A job without a store that nobody watches; every contestant has the same backend.
pub fn job(plan: Plan, backend: &Arc<impl Backend + 'static>) -> Job {
    let entrants = plan.header.contestants.len() + plan.header.judges().len();
    let backends = (0..entrants).map(|_| Arc::clone(backend) as Arc<dyn Backend>).collect();
    Job {
        plan,
        backends,
        store: None,
        earlier: None,
        observer: Arc::new(NoObserver),
        stop: StopSignal::new(),
        options: RunOptions::default(),
    }
}

pub async fn make(plan: Plan, backend: &Arc<impl Backend + 'static>) -> RunResult {
    run(job(plan, backend)).await
}

/// The records without what differs from run to run: times.
pub fn timeless(records: &[CallRecord]) -> Vec<CallRecord> {
    let mut records = records.to_vec();
    for record in &mut records {
        record.queued = Duration::ZERO;
        record.timing = Timing::default();
        timeless_answer(&mut record.answer);
        for attempt in &mut record.attempts {
            attempt.attempt.started_unix_ms = 0;
            attempt.attempt.total = Duration::ZERO;
            attempt.attempt.connect = Duration::ZERO;
            timeless_answer(&mut attempt.attempt.answer);
            attempt.attempt.raw = RawResponse::default();
            attempt.attempt.request_body = Vec::new();
        }
    }
    records
}

fn timeless_answer(answer: &mut Answer) {
    answer.response_id = None;
    answer.first_token_at = None;
    answer.first_text_at = None;
    answer.last_token_at = None;
    answer.token_arrivals = Vec::new();
}

/// What a scripted attempt does.
#[derive(Debug, Clone)]
pub enum Act {
    /// Answers with this text and reports what it used.
    Answer(&'static str),
    /// Declines, and is paid for it.
    Decline,
    /// Answers and reports nothing.
    AnswerWithoutUsage,
    /// Fails without having been billed.
    Refuse(ErrorKind),
    /// Fails after it was billed, and nobody says how much.
    FailBilled(ErrorKind),
    /// Says a word, then waits to be cancelled.
    Hang,
    /// Waits for ever, deaf to cancellation.
    Deaf,
    /// Reports more than the request allows.
    Overcharge,
}

type Script = Box<dyn Fn(&ChatRequest, usize) -> Act + Send + Sync>;

/// A backend that follows a script and remembers what it was asked.
pub struct Scripted {
    script: Script,
    pub delay: Duration,
    pub asked: Mutex<Vec<ChatRequest>>,
    in_flight: AtomicUsize,
    pub most_in_flight: AtomicUsize,
}

impl Scripted {
    pub fn new(script: impl Fn(&ChatRequest, usize) -> Act + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            script: Box::new(script),
            delay: Duration::from_millis(100),
            asked: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
        })
    }

    pub fn answering() -> Arc<Self> {
        Self::new(|_, _| Act::Answer("Paris."))
    }

    pub fn models_asked(&self) -> Vec<String> {
        self.asked.lock().expect("lock").iter().map(|request| request.model.clone()).collect()
    }
}

impl Backend for Scripted {
    fn attempt<'a>(
        &'a self,
        request: &'a ChatRequest,
        _timeouts: &'a Timeouts,
        cancel: Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
        observer: &'a mut Observer<'a>,
    ) -> Pin<Box<dyn Future<Output = Attempt> + Send + 'a>> {
        Box::pin(async move {
            let number = {
                let mut asked = self.asked.lock().expect("lock");
                asked.push(request.clone());
                asked.len() - 1
            };
            let flying = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_in_flight.fetch_max(flying, Ordering::SeqCst);
            let act = (self.script)(request, number);
            let attempt = self.act(act, request, cancel, observer).await;
            self.in_flight.fetch_sub(1, Ordering::SeqCst);
            attempt
        })
    }

    fn input_tokens_upper_bound(&self, request: &ChatRequest) -> u64 {
        llm::cost::input_tokens_upper_bound(request, llm::cost::DEFAULT_PROMPT_OVERHEAD)
    }
}

impl Scripted {
    async fn act(
        &self,
        act: Act,
        request: &ChatRequest,
        cancel: Pin<Box<dyn Future<Output = ()> + Send + '_>>,
        observer: &mut (dyn FnMut(&TimedEvent) + Send + '_),
    ) -> Attempt {
        let mut answer = Answer::default();
        let mut say = |answer: &mut Answer, event: Event| {
            let event = TimedEvent { at: 20_000_000, event };
            observer(&event);
            answer.push(&event);
        };
        let maximum = u64::from(request.params.max_output_tokens.unwrap_or(100));
        let usage =
            |input, output| Event::Usage(Usage { input: Some(input), output: Some(output), ..Usage::default() });
        let end = |answer: &mut Answer, say: &mut dyn FnMut(&mut Answer, Event)| {
            say(answer, Event::Stop(Stop { reason: StopReason::End, raw: None, category: None }));
        };
        if !matches!(act, Act::Hang | Act::Deaf) {
            tokio::time::sleep(self.delay).await;
        }
        let (error, billing, cancelled) = match act {
            Act::Answer(text) => {
                say(&mut answer, Event::Text { text: text.to_owned() });
                say(&mut answer, usage(20, 5.min(maximum)));
                end(&mut answer, &mut say);
                (None, Billing::Reported, false)
            }
            Act::Decline => {
                say(&mut answer, usage(20, 1));
                say(&mut answer, Event::Stop(Stop { reason: StopReason::Refusal, raw: None, category: None }));
                (None, Billing::Reported, false)
            }
            Act::AnswerWithoutUsage => {
                say(&mut answer, Event::Text { text: "Paris.".to_owned() });
                end(&mut answer, &mut say);
                (None, Billing::Unknown, false)
            }
            Act::Overcharge => {
                say(&mut answer, Event::Text { text: "Paris.".to_owned() });
                say(&mut answer, usage(20, maximum * 10));
                end(&mut answer, &mut say);
                (None, Billing::Reported, false)
            }
            Act::Refuse(kind) => {
                (Some(ApiError::local(kind, format!("{} says no", kind.as_str()))), Billing::NotBilled, false)
            }
            Act::FailBilled(kind) => (Some(ApiError::local(kind, "it broke")), Billing::Unknown, false),
            Act::Hang => {
                say(&mut answer, Event::Text { text: "Par".to_owned() });
                cancel.await;
                (None, Billing::Unknown, true)
            }
            Act::Deaf => std::future::pending().await,
        };
        Attempt {
            started_unix_ms: AT_UNIX * 1_000,
            connect: Duration::ZERO,
            total: self.delay,
            answer,
            error,
            billing,
            cancelled,
            raw: RawResponse { status: Some(200), body: b"data: raw bytes".to_vec(), ..RawResponse::default() },
            request_body: serde_json::to_vec(&request.messages).expect("JSON"),
        }
    }
}

/// A provider that charges every request in full, and then often fails to deliver.
pub struct Till {
    price: PriceSheet,
    seed: u64,
    fault_probability: f64,
    cap: Option<Usd>,
    pub charged: AtomicU64,
    pub requests: AtomicUsize,
    pub most_in_flight: AtomicUsize,
    in_flight: AtomicUsize,
}

impl Till {
    pub fn new(price: PriceSheet, seed: u64, fault_probability: f64, cap: Option<Usd>) -> Arc<Self> {
        Arc::new(Self {
            price,
            seed,
            fault_probability,
            cap,
            charged: AtomicU64::new(0),
            requests: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
        })
    }

    pub fn charged(&self) -> Usd {
        Usd::from_pico(self.charged.load(Ordering::SeqCst))
    }

    /// Charges the most that the request allows: a token for each byte and its whole output maximum.
    fn charge(&self, request: &ChatRequest) -> Usage {
        let system = request.system_text().map_or(0, str::len) as u64;
        let input = system + request.messages.iter().map(|message| message.text.len() as u64 + 10).sum::<u64>();
        let output = u64::from(request.params.max_output_tokens.expect("a run with a cap sends an output maximum"));
        let usage = Usage { input: Some(input), output: Some(output), ..Usage::default() };
        let bill = self.price.cost(&usage, AT_UNIX).amount().expect("priced");
        let total = self.charged.fetch_add(bill.pico(), Ordering::SeqCst) + bill.pico();
        if let Some(cap) = self.cap {
            assert!(total <= cap.pico(), "seed {}: charged {total} of a cap of {}", self.seed, cap.pico());
        }
        usage
    }
}

impl Backend for Till {
    fn attempt<'a>(
        &'a self,
        request: &'a ChatRequest,
        _timeouts: &'a Timeouts,
        cancel: Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
        observer: &'a mut Observer<'a>,
    ) -> Pin<Box<dyn Future<Output = Attempt> + Send + 'a>> {
        Box::pin(async move {
            let number = self.requests.fetch_add(1, Ordering::SeqCst) as u64;
            let flying = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_in_flight.fetch_max(flying, Ordering::SeqCst);
            let mut dice = ChaCha12Rng::seed_from_u64(self.seed);
            dice.set_stream(number);
            let fault = dice.random_bool(self.fault_probability).then(|| dice.random_range(0..8_u8));
            let delay = Duration::from_millis(dice.random_range(1..2_000));
            let mut attempt = Attempt {
                started_unix_ms: AT_UNIX * 1_000,
                connect: Duration::ZERO,
                total: delay,
                answer: Answer::default(),
                error: None,
                billing: Billing::NotBilled,
                cancelled: false,
                raw: RawResponse::default(),
                request_body: Vec::new(),
            };
            let fail = |kind| Some(ApiError::local(kind, "scripted fault"));
            match fault {
                Some(0) => attempt.error = fail(ErrorKind::RateLimit),
                Some(1) => attempt.error = fail(ErrorKind::Network),
                Some(fault) => {
                    self.charge(request);
                    attempt.billing = Billing::Unknown;
                    attempt.error = match fault {
                        2 => fail(ErrorKind::Timeout),
                        3 => fail(ErrorKind::ProviderFault),
                        // Tried again, although it may have been billed.
                        4 => fail(ErrorKind::Overloaded),
                        5 => fail(ErrorKind::Network),
                        6 => fail(ErrorKind::MalformedStream),
                        _ => None,
                    };
                }
                None => {
                    let usage = self.charge(request);
                    let said = [
                        Event::Text { text: "Paris.".to_owned() },
                        Event::Usage(usage),
                        Event::Stop(Stop { reason: StopReason::Length, raw: None, category: None }),
                    ];
                    for event in said {
                        let event = TimedEvent { at: 1, event };
                        observer(&event);
                        attempt.answer.push(&event);
                    }
                    attempt.billing = Billing::Reported;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = cancel => {
                    attempt.cancelled = true;
                    attempt.billing = Billing::Unknown;
                }
            }
            self.in_flight.fetch_sub(1, Ordering::SeqCst);
            attempt
        })
    }

    fn input_tokens_upper_bound(&self, request: &ChatRequest) -> u64 {
        llm::cost::input_tokens_upper_bound(request, llm::cost::DEFAULT_PROMPT_OVERHEAD)
    }
}
