//! Response bytes on their way into an answer and into the record.

use crate::call::{Observer, RawResponse};
use crate::dialect::Decoder;
use crate::error::ApiError;
use crate::event::{Event, Nanos, TimedEvent};
use crate::outcome::Answer;
use crate::redact::Redactor;

/// Gathers one response.
pub(super) struct Reading<'r, 'o> {
    decoder: Decoder,
    events: Vec<TimedEvent>,
    redactor: &'r Redactor,
    observer: &'r mut Observer<'o>,
    pub(super) answer: Answer,
    /// When the stop event arrived.
    pub(super) stopped_at: Option<Nanos>,
}

impl<'r, 'o> Reading<'r, 'o> {
    pub(super) fn new(decoder: Decoder, redactor: &'r Redactor, observer: &'r mut Observer<'o>) -> Self {
        Self { decoder, events: Vec::new(), redactor, observer, answer: Answer::default(), stopped_at: None }
    }

    /// Takes a piece of the body.
    pub(super) fn push(&mut self, bytes: &[u8], at: Nanos) {
        self.decoder.push(bytes, at, &mut self.events);
        self.take_events();
    }

    /// Takes the end of the body.
    pub(super) fn finish(&mut self, at: Nanos) {
        self.decoder.finish(at, &mut self.events);
        self.take_events();
    }

    /// Whether nothing that follows can matter: the dialect's last event was seen, or an error.
    pub(super) fn is_over(&self) -> bool {
        self.decoder.is_done() || self.answer.error.is_some()
    }

    fn take_events(&mut self) {
        for mut timed in self.events.drain(..) {
            match &mut timed.event {
                Event::Error(error) => redact_error(self.redactor, error),
                Event::Stop(_) => self.stopped_at = Some(timed.at),
                _ => {}
            }
            self.answer.push(&timed);
            (self.observer)(&timed);
        }
    }
}

/// Notes that the body has reached this length.
pub(super) fn note_read(raw: &mut RawResponse, at: Nanos) {
    let length = raw.body.len() as u64;
    match raw.reads.last_mut() {
        Some(last) if last.0 == at => last.1 = length,
        _ => raw.reads.push((at, length)),
    }
}

/// Takes keys out of an error.
pub(super) fn redact_error(redactor: &Redactor, error: &mut ApiError) {
    redact_string(redactor, &mut error.message);
    if let Some(code) = &mut error.code {
        redact_string(redactor, code);
    }
}

/// Takes keys out of everything that a server may have echoed: a proxy or a local server can put
/// the request's headers into its answer, in pieces that only make a key together.
pub(super) fn redact_answer(redactor: &Redactor, answer: &mut Answer) {
    let texts = [&mut answer.text, &mut answer.reasoning, &mut answer.refusal];
    let options = [&mut answer.response_id, &mut answer.served_model];
    let tools = answer.tool_calls.iter_mut().flat_map(|call| {
        let id = call.id.as_mut();
        [&mut call.name, &mut call.arguments].into_iter().chain(id)
    });
    let advice =
        answer.advisor.iter_mut().flat_map(|reply| reply.text.as_mut().into_iter().chain(reply.error_code.as_mut()));
    let advisors = answer.usage.advisor.iter_mut().map(|usage| &mut usage.model);
    let stop = answer.stop.iter_mut().flat_map(|stop| stop.raw.as_mut().into_iter().chain(stop.category.as_mut()));
    let options = options.into_iter().flatten();
    for text in texts.into_iter().chain(options).chain(tools).chain(advice).chain(advisors).chain(stop) {
        redact_string(redactor, text);
    }
}

/// Takes keys out of the bytes. Where that changes the body's length, the lengths noted with the
/// reads are scaled along, so that they stay within the body; their times are untouched.
pub(super) fn redact_raw(redactor: &Redactor, raw: &mut RawResponse) {
    for (_, value) in &mut raw.headers {
        redact_string(redactor, value);
    }
    if let std::borrow::Cow::Owned(redacted) = redactor.bytes(&raw.body) {
        let (old, new) = (raw.body.len() as u128, redacted.len() as u128);
        for (_, length) in &mut raw.reads {
            *length = (u128::from(*length) * new / old.max(1)) as u64;
        }
        raw.body = redacted;
    }
}

fn redact_string(redactor: &Redactor, text: &mut String) {
    if let std::borrow::Cow::Owned(redacted) = redactor.text(text) {
        *text = redacted;
    }
}
