//! Responses events, and whole responses, as events.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::decoder::Unreadable;
use super::super::errors;
use super::super::lenient::{Content, Number, Text};
use super::super::sink::{Sink, ToolCalls};
use crate::event::{StopReason, Usage};

/// Reads the events of one response.
#[derive(Debug, Default)]
pub(in super::super) struct Reader {
    calls: ToolCalls,
    /// Calls of which a piece of the arguments came.
    calls_with_arguments: HashSet<u64>,
    /// Output items of which a visible piece came: their final form is no news.
    spoken: HashSet<u64>,
    anything_said: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StreamEvent<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    /// `response` marks a whole response instead of an event.
    #[serde(borrow)]
    object: Text<'a>,
    output_index: Option<u64>,
    #[serde(borrow)]
    delta: Text<'a>,
    #[serde(borrow)]
    arguments: Text<'a>,
    #[serde(borrow)]
    item: Option<Item<'a>>,
    #[serde(borrow)]
    response: Option<Response<'a>>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    call_id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    arguments: Text<'a>,
    #[serde(borrow)]
    content: Content<'a>,
    #[serde(borrow)]
    summary: Content<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Response<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    model: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow)]
    output: Option<Vec<Item<'a>>>,
    usage: Option<WireUsage>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    incomplete_details: Option<IncompleteDetails<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct IncompleteDetails<'a> {
    #[serde(borrow)]
    reason: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireUsage {
    input_tokens: Number,
    input_tokens_details: Option<InputDetails>,
    output_tokens: Number,
    output_tokens_details: Option<OutputDetails>,
    /// xAI, in units of 1e-10 USD.
    cost_in_usd_ticks: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct InputDetails {
    cached_tokens: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OutputDetails {
    reasoning_tokens: Number,
}

impl Reader {
    /// Reads one event, or a whole response.
    pub(in super::super) fn read(&mut self, data: &str, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        let event: StreamEvent<'_> = serde_json::from_str(data)?;
        let key = event.output_index.unwrap_or(u64::MAX);
        match event.kind.str() {
            "response.output_text.delta" => {
                self.spoken.insert(key);
                self.anything_said = true;
                sink.text(event.delta.into_string());
            }
            "response.refusal.delta" => {
                self.spoken.insert(key);
                self.anything_said = true;
                sink.refusal(event.delta.into_string());
            }
            "response.reasoning_summary_text.delta"
            | "response.reasoning_text.delta"
            | "response.reasoning_summary.delta"
            | "response.reasoning.delta" => {
                self.spoken.insert(key);
                sink.reasoning(event.delta.into_string());
            }
            "response.function_call_arguments.delta" => {
                let (slot, _) = self.calls.slot(key);
                self.calls_with_arguments.insert(key);
                self.anything_said = true;
                sink.tool_call(slot, None, None, event.delta.into_string());
            }
            "response.function_call_arguments.done" => self.call_arguments_done(key, event.arguments, sink),
            "response.output_item.added" => {
                if let Some(item) = event.item.filter(|item| item.kind.str() == "function_call") {
                    self.call_added(key, &item, sink);
                }
            }
            "response.output_item.done" => {
                if let Some(item) = event.item {
                    self.item_done(key, item, sink);
                }
            }
            "response.created" | "response.queued" | "response.in_progress" => {
                let response = event.response.unwrap_or_default();
                sink.started(&response.id, &response.model);
            }
            "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled" => {
                self.response_ended(event.response.unwrap_or_default(), event.kind.str(), sink);
            }
            "error" => {
                // The details stand in the event itself or one level down.
                match event.error {
                    Some(error) => sink.error(errors::in_stream(error)),
                    None => sink.error(errors::in_stream_value(&serde_json::from_str(data)?)),
                }
                sink.done();
            }
            "ping" | "keepalive" => sink.keep_alive(),
            "" if event.object.str() == "response" || event.error.is_some() => {
                let response: Response<'_> = serde_json::from_str(data)?;
                self.response_ended(response, "", sink);
            }
            // Starts and ends of parts, annotations, built-in tools: nothing that is not said elsewhere.
            _ => {}
        }
        Ok(())
    }

    fn call_added(&mut self, key: u64, item: &Item<'_>, sink: &mut Sink<'_>) {
        let (slot, is_new) = self.calls.slot(key);
        if is_new {
            self.anything_said = true;
            let arguments = item.arguments.str().to_owned();
            if !arguments.is_empty() {
                self.calls_with_arguments.insert(key);
            }
            sink.tool_call(slot, item.call_id.owned().or(item.id.owned()), item.name.owned(), arguments);
        }
    }

    /// Whole arguments, for servers that do not stream them.
    fn call_arguments_done(&mut self, key: u64, arguments: Text<'_>, sink: &mut Sink<'_>) {
        if arguments.some().is_some() && self.calls.knows(key) && self.calls_with_arguments.insert(key) {
            let (slot, _) = self.calls.slot(key);
            sink.tool_call(slot, None, None, arguments.into_string());
        }
    }

    /// An output item in its final form: news only if it was not streamed in pieces.
    fn item_done(&mut self, key: u64, item: Item<'_>, sink: &mut Sink<'_>) {
        match item.kind.str() {
            "function_call" => {
                let unnumbered = key == u64::MAX && !self.calls.knows(key);
                let key = if unnumbered { key - 1 - self.calls.len() as u64 } else { key };
                if self.calls.knows(key) {
                    self.call_arguments_done(key, item.arguments, sink);
                } else {
                    self.call_added(key, &item, sink);
                }
            }
            // Items that the server does not number are told apart by nothing: each is its own.
            _ if key != u64::MAX && !self.spoken.insert(key) => {}
            "message" => {
                for part in parts(item.content) {
                    self.anything_said = true;
                    sink.text(part.text.into_string());
                    sink.refusal(part.refusal.into_string());
                }
            }
            "reasoning" => {
                let pieces = parts(item.summary).into_iter().chain(parts(item.content));
                let text: String = pieces.map(|part| part.text.into_string()).collect();
                if text.is_empty() {
                    sink.hidden_reasoning();
                } else {
                    sink.reasoning(text);
                }
            }
            _ => {}
        }
    }

    fn response_ended(&mut self, response: Response<'_>, event: &str, sink: &mut Sink<'_>) {
        if response.id.some().is_some() || response.model.some().is_some() {
            sink.started(&response.id, &response.model);
        }
        if !self.anything_said {
            // Not streamed: the answer stands here and nowhere else.
            for (position, item) in response.output.into_iter().flatten().enumerate() {
                self.item_done(position as u64, item, sink);
            }
        }
        if let Some(usage) = response.usage {
            sink.usage(usage.normalised());
        }
        let status = response.status.some().unwrap_or(event.strip_prefix("response.").unwrap_or(event));
        if let Some(error) = response.error {
            sink.error(errors::in_stream(error));
        } else {
            match status {
                "completed" if self.calls.len() > 0 => sink.stop(StopReason::ToolUse, Some(status), None),
                "completed" => sink.stop(StopReason::End, Some(status), None),
                "incomplete" => {
                    let details = response.incomplete_details.unwrap_or_default();
                    let raw = details.reason.some().unwrap_or(status);
                    match raw {
                        "max_output_tokens" | "max_tokens" => sink.stop(StopReason::Length, Some(raw), None),
                        "content_filter" => sink.stop(StopReason::Filtered, Some(raw), Some(raw)),
                        _ => sink.stop(StopReason::Other, Some(raw), None),
                    }
                }
                "failed" => sink.unexplained_failure("status \"failed\""),
                "" => {}
                _ => sink.stop(StopReason::Other, Some(status), None),
            }
        }
        sink.done();
    }
}

fn parts(content: Content<'_>) -> Vec<super::super::lenient::Part<'_>> {
    match content {
        Content::Parts(parts) => parts,
        _ => Vec::new(),
    }
}

impl WireUsage {
    /// In our terms; cached and reasoning tokens are subsets already.
    fn normalised(&self) -> Usage {
        const USD_PER_XAI_TICK: f64 = 1e-10;
        Usage {
            input: self.input_tokens.count(),
            cached_read: self.input_tokens_details.as_ref().and_then(|details| details.cached_tokens.count()),
            output: self.output_tokens.count(),
            reasoning: self.output_tokens_details.as_ref().and_then(|details| details.reasoning_tokens.count()),
            provider_cost_usd: self.cost_in_usd_ticks.0.map(|ticks| ticks * USD_PER_XAI_TICK),
            ..Usage::default()
        }
    }
}
