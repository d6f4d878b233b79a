//! `generateContent` responses, streamed or whole, as events.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::decoder::Unreadable;
use super::super::errors;
use super::super::lenient::{Number, Text};
use super::super::sink::{Sink, ToolCalls};
use super::partial_args::{Arguments, PartialArg};
use crate::event::{StopReason, Usage};

/// Reads the responses of one stream.
#[derive(Debug, Default)]
pub(in super::super) struct Reader {
    calls: ToolCalls,
    /// The call whose arguments are still being streamed.
    open_call: Option<(u32, Arguments)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow)]
    candidates: Option<Vec<Candidate<'a>>>,
    #[serde(borrow)]
    prompt_feedback: Option<PromptFeedback<'a>>,
    usage_metadata: Option<WireUsage>,
    #[serde(borrow)]
    model_version: Text<'a>,
    #[serde(borrow)]
    response_id: Text<'a>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Candidate<'a> {
    index: Number,
    #[serde(borrow)]
    content: Option<WireContent<'a>>,
    #[serde(borrow)]
    finish_reason: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireContent<'a> {
    #[serde(borrow)]
    parts: Option<Vec<WirePart<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WirePart<'a> {
    #[serde(borrow)]
    text: Text<'a>,
    thought: Option<bool>,
    #[serde(borrow)]
    function_call: Option<FunctionCall<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct FunctionCall<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(borrow)]
    partial_args: Option<Vec<PartialArg<'a>>>,
    will_continue: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PromptFeedback<'a> {
    #[serde(borrow)]
    block_reason: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireUsage {
    prompt_token_count: Number,
    tool_use_prompt_token_count: Number,
    cached_content_token_count: Number,
    candidates_token_count: Number,
    thoughts_token_count: Number,
    total_token_count: Number,
}

impl Reader {
    /// Reads one response of the stream.
    pub(in super::super) fn read(&mut self, data: &str, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        let response: Response<'_> = serde_json::from_str(data)?;
        if let Some(error) = response.error {
            sink.error(errors::in_stream(error));
            return Ok(());
        }
        sink.started(&response.response_id, &response.model_version);
        let mut finish_reason = Text::default();
        for candidate in response.candidates.into_iter().flatten() {
            // Further candidates are not the answer.
            if candidate.index.count().unwrap_or(0) > 0 {
                continue;
            }
            for part in candidate.content.and_then(|content| content.parts).into_iter().flatten() {
                self.read_part(part, sink);
            }
            if candidate.finish_reason.some().is_some() {
                finish_reason = candidate.finish_reason;
            }
        }
        if let Some(usage) = response.usage_metadata {
            sink.usage(usage.normalised());
        }
        if let Some(raw) = finish_reason.some() {
            self.close_call(sink);
            self.stop(raw, sink);
        }
        if let Some(raw) = response.prompt_feedback.as_ref().and_then(|feedback| feedback.block_reason.some()) {
            sink.stop(StopReason::Filtered, Some(raw), Some(raw));
        }
        Ok(())
    }

    fn read_part(&mut self, part: WirePart<'_>, sink: &mut Sink<'_>) {
        if let Some(call) = part.function_call {
            self.read_call(call, sink);
        }
        if part.thought == Some(true) {
            sink.reasoning(part.text.into_string());
        } else {
            sink.text(part.text.into_string());
        }
    }

    /// A call comes whole, or as a name, values at paths, and an empty call that closes it.
    fn read_call(&mut self, call: FunctionCall<'_>, sink: &mut Sink<'_>) {
        let continues = call.will_continue == Some(true);
        if call.name.some().is_some() {
            self.close_call(sink);
            let (slot, _) = self.calls.slot(self.calls.len() as u64);
            let streamed = continues || call.partial_args.is_some();
            let whole = if streamed { String::new() } else { call.args.map_or("{}", RawValue::get).to_owned() };
            sink.tool_call(slot, call.id.owned(), call.name.owned(), whole);
            if streamed {
                self.open_call = Some((slot, Arguments::default()));
            }
        }
        if let Some((_, arguments)) = &mut self.open_call {
            for arg in call.partial_args.iter().flatten() {
                arguments.add(arg);
            }
            if !continues {
                self.close_call(sink);
            }
        }
    }

    fn close_call(&mut self, sink: &mut Sink<'_>) {
        if let Some((slot, arguments)) = self.open_call.take() {
            sink.tool_call(slot, None, None, arguments.into_json());
        }
    }

    fn stop(&self, raw: &str, sink: &mut Sink<'_>) {
        let reason = match raw {
            "FINISH_REASON_UNSPECIFIED" => return,
            // Gemini has no word of its own for an answer that is a call.
            "STOP" if self.calls.len() > 0 => StopReason::ToolUse,
            "STOP" => StopReason::End,
            "MAX_TOKENS" => StopReason::Length,
            "SAFETY"
            | "RECITATION"
            | "BLOCKLIST"
            | "PROHIBITED_CONTENT"
            | "SPII"
            | "IMAGE_SAFETY"
            | "IMAGE_PROHIBITED_CONTENT"
            | "IMAGE_RECITATION"
            | "MODEL_ARMOR" => StopReason::Filtered,
            _ => StopReason::Other,
        };
        sink.stop(reason, Some(raw), (reason == StopReason::Filtered).then_some(raw));
    }
}

impl WireUsage {
    /// In our terms. Thoughts are reported apart from candidates, and the total may hold tokens
    /// that no part names: they were produced and billed, so they are output.
    fn normalised(&self) -> Usage {
        let prompt = self.prompt_token_count.count();
        let tool_prompt = self.tool_use_prompt_token_count.count();
        let input = match (prompt, tool_prompt) {
            (None, None) => None,
            (prompt, tool_prompt) => Some(prompt.unwrap_or(0).saturating_add(tool_prompt.unwrap_or(0))),
        };
        let candidates = self.candidates_token_count.count();
        let thoughts = self.thoughts_token_count.count();
        let named = candidates.unwrap_or(0).saturating_add(thoughts.unwrap_or(0));
        // Without a prompt count the total says nothing about the output.
        let remainder = match (self.total_token_count.count(), input) {
            (Some(total), Some(input)) => total.saturating_sub(input.saturating_add(named)),
            _ => 0,
        };
        let any_output = candidates.is_some() || thoughts.is_some() || remainder > 0;
        Usage {
            input,
            cached_read: self.cached_content_token_count.count(),
            output: any_output.then(|| named.saturating_add(remainder)),
            reasoning: thoughts,
            ..Usage::default()
        }
    }
}
