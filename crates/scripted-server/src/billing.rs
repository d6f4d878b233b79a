//! A provider's till: what each request was charged, whether or not the answer arrived.

use std::sync::Mutex;

use serde_json::Value;

use crate::lock;
use crate::request::Request;
use crate::wire::{Tokens, Wire};

/// What one request was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// The request's number.
    pub request: usize,
    /// Input tokens charged.
    pub input_tokens: u64,
    /// Output tokens charged.
    pub output_tokens: u64,
    /// The money, in picodollars (1e-12 USD).
    pub pico: u64,
    /// The request named no output maximum, so [`Till::unbounded_output`] was charged.
    pub unbounded: bool,
}

/// Charges every request the most that it allows: one input token for each byte of its text and
/// ten a message, and its whole output maximum.
#[derive(Debug)]
pub struct Till {
    /// Price of an input token in picodollars; a price of 3 USD per million tokens is 3,000,000.
    pub input_price: u64,
    /// Price of an output token in picodollars.
    pub output_price: u64,
    /// Output tokens charged to a request without a maximum.
    pub unbounded_output: u64,
    charges: Mutex<Vec<Charge>>,
}

impl Till {
    /// A till with these prices in picodollars a token.
    pub fn new(input_price: u64, output_price: u64) -> Self {
        Self { input_price, output_price, unbounded_output: 128_000, charges: Mutex::default() }
    }

    /// Charges a request; to be called once for each, before its answer is sent.
    pub fn charge(&self, request: &Request) -> Charge {
        let body = request.json();
        let input_tokens = text_bytes(&body, None) + 10 * messages(&body);
        let maximum = output_maximum(&body);
        let output_tokens = maximum.unwrap_or(self.unbounded_output);
        let pico = input_tokens * self.input_price + output_tokens * self.output_price;
        let charge = Charge { request: request.index, input_tokens, output_tokens, pico, unbounded: maximum.is_none() };
        lock(&self.charges).push(charge);
        charge
    }

    /// All charges, in order of arrival.
    pub fn charges(&self) -> Vec<Charge> {
        lock(&self.charges).clone()
    }

    /// All money taken, in picodollars.
    pub fn total_pico(&self) -> u64 {
        lock(&self.charges).iter().map(|charge| charge.pico).sum()
    }
}

impl Charge {
    /// The usage that an honest answer reports for this charge.
    pub fn tokens(&self) -> Tokens {
        Tokens { input: self.input_tokens, output: self.output_tokens, ..Tokens::default() }
    }
}

/// The output maximum a request of any dialect states.
pub fn output_maximum(body: &Value) -> Option<u64> {
    ["max_completion_tokens", "max_tokens", "max_output_tokens"]
        .iter()
        .find_map(|name| body[name].as_u64())
        .or_else(|| body["generationConfig"]["maxOutputTokens"].as_u64())
}

/// The dialect's word for an end by the output maximum.
pub fn length_stop(wire: Wire) -> &'static str {
    match wire {
        Wire::OpenAiChat => "length",
        Wire::OpenAiResponses => "max_output_tokens",
        Wire::Anthropic => "max_tokens",
        Wire::Gemini => "MAX_TOKENS",
    }
}

/// Bytes of the strings that a model would read: contents, texts, instructions and system prompts.
fn text_bytes(value: &Value, name: Option<&str>) -> u64 {
    match value {
        Value::String(text) if matches!(name, Some("content" | "text" | "instructions" | "input" | "system")) => {
            text.len() as u64
        }
        Value::Array(items) => items.iter().map(|item| text_bytes(item, name)).sum(),
        Value::Object(fields) => fields.iter().map(|(name, field)| text_bytes(field, Some(name))).sum(),
        _ => 0,
    }
}

fn messages(body: &Value) -> u64 {
    let lists = ["messages", "input", "contents"].iter().filter_map(|name| body[name].as_array());
    let single = ["system", "instructions", "system_instruction", "systemInstruction"]
        .iter()
        .filter(|name| !body[**name].is_null());
    lists.map(|list| list.len() as u64).sum::<u64>() + single.count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn charges_every_dialect_in_full() {
        for body in [
            json!({"model": "m", "messages": [{"role": "system", "content": "abc"}, {"role": "user", "content": "défg"}], "max_tokens": 50}),
            json!({"model": "m", "instructions": "abc", "input": [{"role": "user", "content": "défg"}], "max_output_tokens": 50}),
            json!({"model": "m", "system": "abc", "messages": [{"role": "user", "content": [{"type": "text", "text": "défg"}]}], "max_tokens": 50}),
            json!({"system_instruction": {"parts": [{"text": "abc"}]}, "contents": [{"role": "user", "parts": [{"text": "défg"}]}], "generationConfig": {"maxOutputTokens": 50}}),
        ] {
            let till = Till::new(2, 3);
            let request = Request { body: body.to_string().into_bytes(), ..Request::default() };
            let charge = till.charge(&request);
            assert_eq!((charge.input_tokens, charge.output_tokens), (3 + 5 + 20, 50), "{body}");
            assert_eq!(till.total_pico(), 28 * 2 + 150);
            assert!(!charge.unbounded);
        }
    }
}
