//! Chat completion chunks as events.

use serde_json::value::RawValue;

use super::super::decoder::Unreadable;
use super::super::errors;
use super::super::lenient::{Content, Part, Text};
use super::super::sink::{Sink, ToolCalls};
use super::wire::{Choice, Chunk, Function, Message, ToolCallPiece, WireUsage};
use crate::event::{StopReason, Usage};

/// Reads the chunks of one response.
#[derive(Debug, Default)]
pub(in super::super) struct Reader {
    calls: ToolCalls,
    /// Provider's id of the latest call, for servers that do not number them.
    latest_call_id: Option<String>,
    /// Calls whose name has not come yet.
    unnamed: Vec<u32>,
}

impl Reader {
    /// Reads one chunk, or a whole completion.
    pub(in super::super) fn read(&mut self, data: &str, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        let chunk: Chunk<'_> = serde_json::from_str(data)?;
        if chunk.object.str() == "error" && chunk.error.is_none() {
            sink.error(errors::in_stream_value(&serde_json::from_str(data)?));
            return Ok(());
        }
        // Azure's first chunk names nothing and has no choices: not yet a start.
        let choices = chunk.choices.unwrap_or_default();
        if chunk.id.some().is_some() || chunk.model.some().is_some() || !choices.is_empty() {
            sink.started(&chunk.id, &chunk.model);
        }
        let mut usage = chunk.usage;
        for choice in choices {
            // Further candidates (n > 1) are not the answer.
            if choice.index.is_some_and(|index| index > 0) {
                continue;
            }
            usage = usage.or(self.read_choice(choice, chunk.error.is_some(), sink));
        }
        if let Some(error) = chunk.error {
            sink.error(errors::in_stream(error));
        }
        if let Some(message) = chunk.message {
            sink.reasoning(message.thinking.into_string());
            sink.text(message.content.into_string());
            self.read_tool_calls(message.tool_calls, sink);
        }
        if let Some(usage) = usage.or(chunk.x_groq.and_then(|extras| extras.usage)) {
            sink.usage(usage.normalised());
        }
        if chunk.done == Some(true) {
            let (input, output) = (chunk.prompt_eval_count.count(), chunk.eval_count.count());
            sink.usage(Usage { input, output, ..Usage::default() });
            sink.stop(stop_reason(chunk.done_reason.str()), chunk.done_reason.some(), None);
            sink.done();
        }
        Ok(())
    }

    /// Reads the answer's choice and gives back the usage that some report in it.
    fn read_choice(&mut self, choice: Choice<'_>, error_beside: bool, sink: &mut Sink<'_>) -> Option<WireUsage> {
        if let Some(message) = choice.delta.or(choice.message) {
            self.read_message(message, sink);
        }
        if let Some(error) = choice.error {
            sink.error(errors::in_stream(error));
        }
        match choice.finish_reason.some() {
            None => {}
            // OpenRouter, with the error itself beside it.
            Some("error") if error_beside => {}
            Some("error") => sink.unexplained_failure("finish_reason \"error\""),
            Some(raw) => {
                let reason = stop_reason(raw);
                let category = (reason == StopReason::Filtered).then_some(raw);
                sink.stop(reason, Some(raw), category);
            }
        }
        choice.usage
    }

    fn read_message(&mut self, message: Message<'_>, sink: &mut Sink<'_>) {
        let reasoning = message.reasoning_content.0.filter(|text| !text.is_empty()).or(message.reasoning.0);
        match reasoning.filter(|text| !text.is_empty()) {
            Some(text) => sink.reasoning(text.into_owned()),
            None => {
                // The same reasoning once more, or reasoning of which only the fact is told.
                let details = message.reasoning_details.unwrap_or_default();
                let hidden = !details.is_empty();
                let text: String = details.iter().map(|d| d.text.some().unwrap_or(d.summary.str())).collect();
                if !text.is_empty() {
                    sink.reasoning(text);
                } else if hidden {
                    sink.hidden_reasoning();
                }
            }
        }
        read_content(message.content, sink);
        sink.refusal(message.refusal.into_string());
        self.read_tool_calls(message.tool_calls, sink);
        if let Some(function) = message.function_call {
            let piece = ToolCallPiece { index: Some(0), id: Text(None), function: Some(function) };
            self.read_tool_calls(Some(vec![piece]), sink);
        }
    }

    fn read_tool_calls(&mut self, pieces: Option<Vec<ToolCallPiece<'_>>>, sink: &mut Sink<'_>) {
        for (position, piece) in pieces.into_iter().flatten().enumerate() {
            let id = piece.id.owned();
            let number = piece.index.unwrap_or_else(|| self.number_of(id.as_deref(), position));
            let (slot, is_new) = self.calls.slot(number);
            let Function { name, arguments } = piece.function.unwrap_or_default();
            let arguments = arguments.map(argument_text).unwrap_or_default();
            if is_new {
                self.latest_call_id.clone_from(&id);
                if name.some().is_none() {
                    self.unnamed.push(slot);
                }
                sink.tool_call(slot, id, name.owned(), arguments);
                continue;
            }
            // Some repeat id and name with every piece, or send them empty: only a missing name is news.
            let awaited = self.unnamed.iter().position(|unnamed| *unnamed == slot);
            let name = match (awaited, name.owned()) {
                (Some(at), Some(name)) => {
                    self.unnamed.swap_remove(at);
                    Some(name)
                }
                _ => None,
            };
            if name.is_some() || !arguments.is_empty() {
                sink.tool_call(slot, None, name, arguments);
            }
        }
    }

    /// The number of a call that the server left unnumbered: a new id, or a further place in the list, is a new call.
    fn number_of(&self, id: Option<&str>, position: usize) -> u64 {
        let count = self.calls.len() as u64;
        let is_latest = if id.is_none() { position == 0 } else { id == self.latest_call_id.as_deref() };
        if count > 0 && is_latest { count - 1 } else { count }
    }
}

fn read_content(content: Content<'_>, sink: &mut Sink<'_>) {
    match content {
        Content::Nothing => {}
        Content::Text(text) => sink.text(text.into_owned()),
        Content::Parts(parts) => {
            for part in parts {
                read_part(part, sink);
            }
        }
    }
}

fn read_part(part: Part<'_>, sink: &mut Sink<'_>) {
    match part.kind.str() {
        "thinking" | "reasoning" => match part.thinking {
            Content::Nothing => sink.reasoning(part.text.into_string()),
            Content::Text(text) => sink.reasoning(text.into_owned()),
            Content::Parts(parts) => parts.into_iter().for_each(|part| sink.reasoning(part.text.into_string())),
        },
        "refusal" => sink.refusal(part.refusal.into_string()),
        _ => sink.text(part.text.into_string()),
    }
}

fn argument_text(arguments: &RawValue) -> String {
    serde_json::from_str(arguments.get()).unwrap_or_else(|_| arguments.get().to_owned())
}

fn stop_reason(raw: &str) -> StopReason {
    match raw {
        "stop" | "eos" | "end_turn" => StopReason::End,
        "stop_sequence" => StopReason::StopSequence,
        "length" | "model_length" | "max_tokens" => StopReason::Length,
        "tool_calls" | "function_call" => StopReason::ToolUse,
        "content_filter" | "sensitive" => StopReason::Filtered,
        "refusal" => StopReason::Refusal,
        _ => StopReason::Other,
    }
}
