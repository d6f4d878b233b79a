//! One generation: prompt in, events out, until the model, a limit or the caller ends it.

use std::time::{Duration, Instant};

use llm::error::{ApiError, ErrorKind};
use llm::event::{Event, Nanos, Stop, StopReason, TimedEvent, Usage};

use crate::error::Error;
use crate::model::{Cache, Model};
use crate::sampling::{Sampler, Sampling};
use crate::tokenizer::{TextStream, Tokenizer};

/// What a generation needs beside the model.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) prompt: Vec<u32>,
    pub(crate) sampling: Sampling,
    /// Most tokens of the answer.
    pub(crate) most: usize,
    pub(crate) stop: Vec<String>,
    /// Tokens the context may hold.
    pub(crate) context: usize,
    /// Limit of the whole run.
    pub(crate) total: Duration,
    /// Limit until the first token.
    pub(crate) first_token: Duration,
    /// Where thoughts are told from the answer, for models that think aloud.
    pub(crate) thoughts: Option<Thoughts>,
}

/// The tokens around a model's thoughts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thoughts {
    pub(crate) open: u32,
    pub(crate) close: u32,
    /// The prompt already opened a thought.
    pub(crate) opened: bool,
}

/// Something that happened, with the token that made it happen.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) at: Nanos,
    pub(crate) token: Option<u32>,
    pub(crate) events: Vec<TimedEvent>,
}

/// How a generation ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// With a stop event.
    Normally,
    /// The caller wanted no more.
    Cancelled,
    /// With an error.
    Failed(ApiError),
}

/// Runs a job. The clock starts now. `sink` sees every step and returns false to stop the run;
/// `stopped` is asked in between, during the prompt as well.
pub(crate) fn generate(
    model: &Model,
    tokenizer: &Tokenizer,
    job: &Job,
    served: &str,
    clock: Instant,
    stopped: &(dyn Fn() -> bool + Sync),
    sink: &mut dyn FnMut(Step) -> bool,
) -> Ended {
    let now = || -> Nanos { u64::try_from(clock.elapsed().as_nanos()).unwrap_or(u64::MAX) };
    let started = Event::Started { id: None, served_model: Some(served.to_owned()) };
    let at = now();
    if !sink(Step { at, token: None, events: vec![TimedEvent { at, event: started }] }) {
        return Ended::Cancelled;
    }
    let mut cache = Cache::default();
    let mut logits = Vec::new();
    let mut sampler = Sampler::new(job.sampling);
    let mut writer = Writer::new(job);
    let mut produced = 0;

    let timed_out = |limit: Duration, what: &str| {
        Ended::Failed(ApiError::local(ErrorKind::Timeout, format!("{what} took more than {} s", limit.as_secs_f64())))
    };
    let limit = job.total.min(job.first_token);
    let late = || clock.elapsed() > limit;
    match model.advance(&job.prompt, &mut cache, &mut logits, &|| stopped() || late()) {
        Ok(true) => {}
        Ok(false) if stopped() => return Ended::Cancelled,
        Ok(false) => return timed_out(limit, "the first token"),
        Err(error) => return Ended::Failed(api_error(&error)),
    }
    let reason = loop {
        if produced >= job.most || cache.tokens() >= job.context {
            break StopReason::Length;
        }
        let token = sampler.next(&logits);
        produced += 1;
        let ended = tokenizer.is_end(token);
        if !ended {
            writer.token(tokenizer, token);
        }
        let at = now();
        let events = writer.events(at);
        if !sink(Step { at, token: Some(token), events }) || stopped() {
            return Ended::Cancelled;
        }
        if ended {
            break StopReason::End;
        }
        if writer.met_stop {
            break StopReason::StopSequence;
        }
        if clock.elapsed() > job.total {
            return timed_out(job.total, "the answer");
        }
        if produced >= job.most {
            break StopReason::Length;
        }
        match model.advance(&[token], &mut cache, &mut logits, stopped) {
            Ok(true) => {}
            Ok(false) => return Ended::Cancelled,
            Err(Error::ContextTooLong { .. }) => break StopReason::Length,
            Err(error) => return Ended::Failed(api_error(&error)),
        }
    };
    writer.finish();
    let at = now();
    let mut events = writer.events(at);
    let usage = Usage {
        input: Some(job.prompt.len() as u64),
        output: Some(produced as u64),
        reasoning: job.thoughts.map(|_| writer.thought_tokens),
        ..Usage::default()
    };
    let raw = match reason {
        StopReason::End => "end_of_turn",
        StopReason::StopSequence => "stop_string",
        _ => "length",
    };
    events.push(TimedEvent { at, event: Event::Usage(usage) });
    events.push(TimedEvent { at, event: Event::Stop(Stop { reason, raw: Some(raw.to_owned()), category: None }) });
    if sink(Step { at, token: None, events }) { Ended::Normally } else { Ended::Cancelled }
}

/// What a caller can do about an error of this crate.
pub(crate) fn api_error(error: &Error) -> ApiError {
    let kind = match error {
        Error::ContextTooLong { .. } => ErrorKind::ContextTooLong,
        Error::Request(_) | Error::ChatTemplate(_) => ErrorKind::InvalidRequest,
        _ => ErrorKind::ProviderFault,
    };
    ApiError::local(kind, error.to_string())
}

/// Turns tokens into text events: whole characters, thoughts apart, stop strings never shown.
struct Writer<'a> {
    stop: &'a [String],
    thoughts: Option<Thoughts>,
    thinking: bool,
    thought_tokens: u64,
    /// The line ends between a thought and the answer belong to neither.
    trimming: bool,
    stream: TextStream,
    /// Text that may be the beginning of a stop string.
    held: String,
    ready: Vec<Event>,
    met_stop: bool,
}

impl<'a> Writer<'a> {
    fn new(job: &'a Job) -> Self {
        let thinking = job.thoughts.is_some_and(|thoughts| thoughts.opened);
        Self {
            stop: &job.stop,
            thoughts: job.thoughts,
            thinking,
            thought_tokens: 0,
            trimming: thinking,
            stream: TextStream::default(),
            held: String::new(),
            ready: Vec::new(),
            met_stop: false,
        }
    }

    fn token(&mut self, tokenizer: &Tokenizer, token: u32) {
        if let Some(thoughts) = self.thoughts {
            let opens = token == thoughts.open && !self.thinking;
            let closes = token == thoughts.close && self.thinking;
            if self.thinking || opens {
                self.thought_tokens += 1;
            }
            if opens || closes {
                self.finish();
                self.thinking = opens;
                self.trimming = true;
                return;
            }
        }
        let text = self.stream.push(tokenizer, token);
        self.text(&text);
    }

    fn text(&mut self, text: &str) {
        let text = if self.trimming { text.trim_start() } else { text };
        if text.is_empty() {
            return;
        }
        self.trimming = false;
        if self.thinking {
            self.ready.push(Event::Reasoning { text: text.to_owned() });
            return;
        }
        self.held.push_str(text);
        if let Some(at) = self.stop.iter().filter_map(|stop| self.held.find(stop.as_str())).min() {
            self.held.truncate(at);
            self.met_stop = true;
        }
        let keep =
            if self.met_stop { 0 } else { self.stop.iter().map(|stop| overlap(&self.held, stop)).max().unwrap_or(0) };
        let free = self.held.len() - keep;
        if free > 0 {
            let text = self.held.drain(..free).collect();
            self.ready.push(Event::Text { text });
        }
    }

    /// Lets go of everything held back.
    fn finish(&mut self) {
        let rest = self.stream.finish();
        self.text(&rest);
        if !self.met_stop && !self.held.is_empty() {
            self.ready.push(Event::Text { text: std::mem::take(&mut self.held) });
        }
    }

    fn events(&mut self, at: Nanos) -> Vec<TimedEvent> {
        self.ready.drain(..).map(|event| TimedEvent { at, event }).collect()
    }
}

/// Bytes at the end of `text` that `stop` begins with, short of all of it.
fn overlap(text: &str, stop: &str) -> usize {
    stop.char_indices().map(|(at, _)| at).skip(1).filter(|at| text.ends_with(&stop[..*at])).last().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn job(stop: &[&str], thoughts: Option<Thoughts>) -> Job {
        Job {
            prompt: vec![],
            sampling: Sampling { temperature: 0.0, top_p: 1.0, seed: 0 },
            most: 1,
            stop: stop.iter().map(|stop| (*stop).to_owned()).collect(),
            context: 1,
            total: Duration::MAX,
            first_token: Duration::MAX,
            thoughts,
        }
    }

    fn shown(writer: &mut Writer<'_>) -> String {
        writer
            .events(0)
            .into_iter()
            .map(|timed| match timed.event {
                Event::Text { text } => text,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    proptest! {
        #[test]
        fn stop_strings_cut_wherever_pieces_fall(text in "[ab\u{e9}]{0,20}", stop in "[ab\u{e9}]{1,3}", size in 1_usize..4) {
            let job = job(&[&stop], None);
            let mut writer = Writer::new(&job);
            let letters: Vec<char> = text.chars().collect();
            for piece in letters.chunks(size) {
                if writer.met_stop {
                    break;
                }
                writer.text(&piece.iter().collect::<String>());
            }
            writer.finish();
            prop_assert_eq!(shown(&mut writer), text.split(stop.as_str()).next().unwrap());
            prop_assert_eq!(writer.met_stop, text.contains(stop.as_str()));
        }
    }

    #[test]
    fn only_a_possible_stop_is_held_back() {
        let job = job(&["\n\nUser"], None);
        let mut writer = Writer::new(&job);
        writer.text("Hello\n");
        assert_eq!(shown(&mut writer), "Hello");
        writer.text("World");
        assert_eq!(shown(&mut writer), "\nWorld");
    }

    #[test]
    fn a_thought_opened_by_the_prompt_is_reasoning() {
        let job = job(&[], Some(Thoughts { open: 1, close: 2, opened: true }));
        let mut writer = Writer::new(&job);
        writer.text("\nhm");
        let events = writer.events(0);
        assert!(
            matches!(&events[..], [TimedEvent { event: Event::Reasoning { text }, .. }] if text == "hm"),
            "{events:?}"
        );
    }
}
