//! Messages events, and whole messages, as events.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::decoder::Unreadable;
use super::super::errors;
use super::super::lenient::{Number, Text};
use super::super::sink::{Sink, ToolCalls};
use super::usage::{Account, WireUsage};
use crate::event::StopReason;

/// Reads the events of one message.
#[derive(Debug, Default)]
pub(in super::super) struct Reader {
    account: Account,
    calls: ToolCalls,
    /// Open blocks by their index.
    blocks: HashMap<u64, Block>,
}

/// What an open block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Thinking of which no word was visible yet.
    SilentThinking,
    /// A call of one of our tools.
    ToolUse,
    /// Anything whose deltas speak for themselves.
    Other,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StreamEvent<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    index: Number,
    #[serde(borrow)]
    message: Option<WireMessage<'a>>,
    #[serde(borrow)]
    content_block: Option<WireBlock<'a>>,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    usage: Option<WireUsage<'a>>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireMessage<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    model: Text<'a>,
    #[serde(borrow)]
    content: Option<Vec<WireBlock<'a>>>,
    #[serde(borrow)]
    stop_reason: Text<'a>,
    #[serde(borrow)]
    stop_details: Option<StopDetails<'a>>,
    #[serde(borrow)]
    usage: Option<WireUsage<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireBlock<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    thinking: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    /// What a server tool gave back.
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    /// The model that takes over after a refusal.
    #[serde(borrow)]
    to: Option<NamedModel<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamedModel<'a> {
    #[serde(borrow)]
    model: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Delta<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    thinking: Text<'a>,
    #[serde(borrow)]
    partial_json: Text<'a>,
    #[serde(borrow)]
    stop_reason: Text<'a>,
    #[serde(borrow)]
    stop_details: Option<StopDetails<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StopDetails<'a> {
    #[serde(borrow)]
    category: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AdvisorResult<'a> {
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    error_code: Text<'a>,
}

impl Reader {
    /// Reads one event, or a whole message. The event's own name matters only where the data has no type.
    pub(in super::super) fn read(&mut self, name: &str, data: &str, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
        let event: StreamEvent<'_> = serde_json::from_str(data)?;
        let index = event.index.count().unwrap_or(0);
        match event.kind.some().unwrap_or(name) {
            "content_block_delta" => self.delta(index, event.delta.unwrap_or_default(), sink),
            "content_block_start" => self.block_started(index, event.content_block.unwrap_or_default(), sink),
            "content_block_stop" => {
                self.blocks.remove(&index);
            }
            "message_start" => {
                let message = event.message.unwrap_or_default();
                sink.started(&message.id, &message.model);
                self.report(message.usage.as_ref(), sink);
            }
            "message_delta" => {
                self.report(event.usage.as_ref(), sink);
                let delta = event.delta.unwrap_or_default();
                stop(&delta.stop_reason, delta.stop_details.as_ref(), sink);
            }
            "message_stop" => sink.done(),
            "message" => {
                let message: WireMessage<'_> = serde_json::from_str(data)?;
                sink.started(&message.id, &message.model);
                for (index, block) in message.content.into_iter().flatten().enumerate() {
                    self.whole_block(index as u64, block, sink);
                }
                self.report(message.usage.as_ref(), sink);
                stop(&message.stop_reason, message.stop_details.as_ref(), sink);
                sink.done();
            }
            "ping" => sink.keep_alive(),
            _ if event.error.is_some() => {
                if let Some(error) = event.error {
                    sink.error(errors::in_stream(error));
                }
                sink.done();
            }
            "error" => {
                sink.error(errors::in_stream_value(&serde_json::from_str(data)?));
                sink.done();
            }
            _ => {}
        }
        Ok(())
    }

    fn report(&mut self, usage: Option<&WireUsage<'_>>, sink: &mut Sink<'_>) {
        if let Some(usage) = usage {
            sink.usage(self.account.add(usage));
        }
    }

    fn block_started(&mut self, index: u64, block: WireBlock<'_>, sink: &mut Sink<'_>) {
        let open = match block.kind.str() {
            "thinking" if block.thinking.some().is_none() => Block::SilentThinking,
            "tool_use" => {
                let (slot, _) = self.calls.slot(index);
                // The input of a streamed call starts as an empty object and is then streamed from nothing.
                let input = block.input.map(RawValue::get).filter(|input| *input != "{}").unwrap_or_default();
                sink.tool_call(slot, block.id.owned(), block.name.owned(), input.to_owned());
                Block::ToolUse
            }
            _ => {
                self.whole_block(index, block, sink);
                Block::Other
            }
        };
        self.blocks.insert(index, open);
    }

    /// A block that says all it has at once.
    fn whole_block(&mut self, index: u64, block: WireBlock<'_>, sink: &mut Sink<'_>) {
        match block.kind.str() {
            "text" => sink.text(block.text.into_string()),
            "thinking" => match block.thinking.into_string() {
                text if text.is_empty() => sink.hidden_reasoning(),
                text => sink.reasoning(text),
            },
            "redacted_thinking" => sink.hidden_reasoning(),
            "tool_use" => {
                let (slot, _) = self.calls.slot(index);
                let input = block.input.map(RawValue::get).unwrap_or_default();
                sink.tool_call(slot, block.id.owned(), block.name.owned(), input.to_owned());
            }
            "advisor_tool_result" => {
                let result: AdvisorResult<'_> =
                    block.content.and_then(|content| serde_json::from_str(content.get()).ok()).unwrap_or_default();
                sink.advisor(result.text.owned(), result.error_code.owned());
            }
            "fallback" => {
                if let Some(model) = block.to.as_ref().and_then(|to| to.model.some()) {
                    sink.handed_to(model);
                }
            }
            // Tools that the server runs itself, and their results: nothing is asked of us, but it lives.
            _ => sink.keep_alive(),
        }
    }

    fn delta(&mut self, index: u64, delta: Delta<'_>, sink: &mut Sink<'_>) {
        match delta.kind.str() {
            "text_delta" => sink.text(delta.text.into_string()),
            "thinking_delta" if delta.thinking.some().is_some() => {
                self.blocks.insert(index, Block::Other);
                sink.reasoning(delta.thinking.into_string());
            }
            // The seal of a thought: where nothing of it was shown, all the evidence there is.
            "signature_delta" if self.blocks.get(&index) == Some(&Block::SilentThinking) => {
                self.blocks.insert(index, Block::Other);
                sink.hidden_reasoning();
            }
            "input_json_delta"
                if self.blocks.get(&index) == Some(&Block::ToolUse) && delta.partial_json.some().is_some() =>
            {
                let (slot, _) = self.calls.slot(index);
                sink.tool_call(slot, None, None, delta.partial_json.into_string());
            }
            _ => {}
        }
    }
}

fn stop(raw: &Text<'_>, details: Option<&StopDetails<'_>>, sink: &mut Sink<'_>) {
    let Some(raw) = raw.some() else { return };
    let reason = match raw {
        "end_turn" => StopReason::End,
        "stop_sequence" => StopReason::StopSequence,
        "max_tokens" | "model_context_window_exceeded" => StopReason::Length,
        "tool_use" => StopReason::ToolUse,
        "refusal" => StopReason::Refusal,
        "pause_turn" => StopReason::Paused,
        _ => StopReason::Other,
    };
    sink.stop(reason, Some(raw), details.and_then(|details| details.category.some()));
}
