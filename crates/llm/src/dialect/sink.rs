//! Where a dialect puts its events: keeps the rules that hold for every dialect (one start, no
//! repeated stop or usage, subsets that are subsets) in one place.

use std::collections::HashMap;

use super::errors;
use super::lenient::Text;
use crate::error::{ApiError, ErrorKind};
use crate::event::{Event, Nanos, Stop, StopReason, TimedEvent, Usage};

/// What is known about a response so far.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// A `Started` event went out.
    pub(super) started: bool,
    /// The last stop that went out.
    pub(super) stop: Option<Stop>,
    /// An error went out.
    pub(super) failed: bool,
    /// The provider said that nothing more comes.
    pub(super) done: bool,
    usage: Option<Usage>,
}

/// Takes the events that one piece of the response means.
#[derive(Debug)]
pub(super) struct Sink<'s> {
    pub(super) progress: &'s mut Progress,
    pub(super) at: Nanos,
    pub(super) out: &'s mut Vec<TimedEvent>,
}

impl Sink<'_> {
    /// The response has begun; only the first call counts.
    pub(super) fn started(&mut self, id: &Text<'_>, served_model: &Text<'_>) {
        if !self.progress.started {
            self.progress.started = true;
            self.emit(Event::Started { id: id.owned(), served_model: served_model.owned() });
        }
    }

    /// Another model took over within the response: the one that answers has changed.
    pub(super) fn handed_to(&mut self, model: &str) {
        self.progress.started = true;
        self.emit(Event::Started { id: None, served_model: Some(model.to_owned()) });
    }

    /// A piece of the answer; an empty one says nothing.
    pub(super) fn text(&mut self, text: String) {
        if !text.is_empty() {
            self.emit(Event::Text { text });
        }
    }

    /// A piece of visible reasoning; an empty one says nothing.
    pub(super) fn reasoning(&mut self, text: String) {
        if !text.is_empty() {
            self.emit(Event::Reasoning { text });
        }
    }

    /// Evidence of reasoning whose text the provider withholds.
    pub(super) fn hidden_reasoning(&mut self) {
        self.emit(Event::Reasoning { text: String::new() });
    }

    /// A piece of a refusal; an empty one says nothing.
    pub(super) fn refusal(&mut self, text: String) {
        if !text.is_empty() {
            self.emit(Event::Refusal { text });
        }
    }

    /// A piece of a tool call.
    pub(super) fn tool_call(&mut self, index: u32, id: Option<String>, name: Option<String>, arguments: String) {
        self.emit(Event::ToolCall { index, id, name, arguments });
    }

    /// An advisor answered or failed to.
    pub(super) fn advisor(&mut self, text: Option<String>, error_code: Option<String>) {
        self.emit(Event::Advisor { text, error_code });
    }

    /// The whole usage reported so far, or the part of it that this piece reports.
    pub(super) fn usage(&mut self, mut usage: Usage) {
        // Some providers report more reasoning than output (OpenRouter) by a token or two.
        if let (Some(part), Some(whole)) = (usage.reasoning, usage.output) {
            usage.reasoning = Some(part.min(whole));
        }
        if let (Some(part), Some(whole)) = (usage.cached_read, usage.input) {
            usage.cached_read = Some(part.min(whole));
        }
        if usage != Usage::default() && self.progress.usage.as_ref() != Some(&usage) {
            self.progress.usage = Some(usage.clone());
            self.emit(Event::Usage(usage));
        }
    }

    /// The answer ended; the same reason again is not news.
    pub(super) fn stop(&mut self, reason: StopReason, raw: Option<&str>, category: Option<&str>) {
        let stop = Stop { reason, raw: raw.map(str::to_owned), category: category.map(str::to_owned) };
        if self.progress.stop.as_ref() != Some(&stop) {
            self.progress.stop = Some(stop.clone());
            self.emit(Event::Stop(stop));
        }
    }

    /// The provider reported an error.
    pub(super) fn error(&mut self, error: ApiError) {
        self.progress.failed = true;
        self.emit(Event::Error(error));
    }

    /// The provider says that it failed and not why; a reason already given stands.
    pub(super) fn unexplained_failure(&mut self, what: &str) {
        if !self.progress.failed {
            self.error(errors::unexplained(what));
        }
    }

    /// The bytes are not what the protocol promises; said once.
    pub(super) fn malformed(&mut self, message: impl Into<String>) {
        if !self.progress.failed {
            self.error(ApiError::local(ErrorKind::MalformedStream, message));
        }
    }

    /// A sign of life.
    pub(super) fn keep_alive(&mut self) {
        self.emit(Event::KeepAlive);
    }

    /// Nothing more comes.
    pub(super) fn done(&mut self) {
        self.progress.done = true;
    }

    fn emit(&mut self, event: Event) {
        self.out.push(TimedEvent { at: self.at, event });
    }
}

/// Numbers tool calls 0, 1, 2… in order of appearance, whatever numbers the provider gives them.
#[derive(Debug, Default)]
pub(super) struct ToolCalls {
    slots: HashMap<u64, u32>,
}

impl ToolCalls {
    /// The call's number and whether it is new.
    pub(super) fn slot(&mut self, provider_number: u64) -> (u32, bool) {
        let next = self.slots.len() as u32;
        let slot = *self.slots.entry(provider_number).or_insert(next);
        (slot, slot == next)
    }

    /// True when the provider's number was seen before.
    pub(super) fn knows(&self, provider_number: u64) -> bool {
        self.slots.contains_key(&provider_number)
    }

    /// How many calls there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }
}
