//! Errors as providers send them, and seeded choice of what goes wrong.

use serde_json::{Value, json};

use crate::response::{Ending, Response};
use crate::wire::Wire;

/// An HTTP error with a body in this dialect's form.
pub fn error(wire: Wire, status: u16, kind: &str, message: &str) -> Response {
    let body = match wire {
        Wire::OpenAiChat | Wire::OpenAiResponses => {
            json!({"error": {"message": message, "type": kind, "param": null, "code": kind}})
        }
        Wire::Anthropic => {
            json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"})
        }
        Wire::Gemini => json!({"error": {"code": status, "message": message, "status": kind}}),
    };
    Response::json(status, &body).header("x-request-id", "req_scripted")
}

/// 429 with a `Retry-After` of this form: seconds, or an HTTP date.
pub fn rate_limited(wire: Wire, retry_after: &str) -> Response {
    let kind = if wire == Wire::Gemini { "RESOURCE_EXHAUSTED" } else { "rate_limit_error" };
    error(wire, 429, kind, "Rate limit reached. Please slow down.").header("retry-after", retry_after)
}

/// 500.
pub fn broken(wire: Wire) -> Response {
    error(wire, 500, if wire == Wire::Gemini { "INTERNAL" } else { "server_error" }, "The server had an error.")
}

/// 529 for Anthropic, 503 elsewhere.
pub fn overloaded(wire: Wire) -> Response {
    match wire {
        Wire::Anthropic => error(wire, 529, "overloaded_error", "Overloaded"),
        Wire::Gemini => error(wire, 503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        _ => error(wire, 503, "server_overloaded", "The engine is currently overloaded."),
    }
}

/// 401.
pub fn unauthorized(wire: Wire, message: &str) -> Response {
    let kind = match wire {
        Wire::Anthropic => "authentication_error",
        Wire::Gemini => "UNAUTHENTICATED",
        _ => "invalid_api_key",
    };
    error(wire, 401, kind, message)
}

/// 404 without any dialect.
pub fn not_found() -> Response {
    Response::json(
        404,
        &json!({"error": {"message": "No such route.", "type": "invalid_request_error", "code": "not_found"}}),
    )
}

/// A listing of models in the dialect's form.
pub fn models(wire: Wire, ids: &[&str]) -> Response {
    let list: Vec<Value> = ids
        .iter()
        .map(|id| match wire {
            Wire::Gemini => json!({"name": format!("models/{id}"), "displayName": id}),
            Wire::Anthropic => json!({"type": "model", "id": id, "display_name": id}),
            _ => json!({"id": id, "object": "model", "created": 1_700_000_000, "owned_by": "scripted"}),
        })
        .collect();
    let body = match wire {
        Wire::Gemini => json!({"models": list}),
        Wire::Anthropic => json!({"data": list, "has_more": false}),
        _ => json!({"object": "list", "data": list}),
    };
    Response::json(200, &body)
}

/// Seeded, order-free choice: what happens to request number `index` depends on the seed and the
/// number only, so that a run can be repeated.
#[derive(Debug, Clone, Copy)]
pub struct Dice {
    seed: u64,
}

impl Dice {
    /// Dice that always fall the same way for this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A number in [0, 1) for this request and this question.
    pub fn unit(&self, index: usize, question: u64) -> f64 {
        // SplitMix64 (Steele, Lea, Flood 2014) over a mix of the three.
        let mut state = self.seed ^ (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ question.rotate_left(32);
        for _ in 0..2 {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            state ^= state >> 31;
        }
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// With this probability, one of the ways in which an answer that was billed fails to arrive:
    /// the connection closes before or within the answer, is reset, stalls, or a 500 comes instead.
    pub fn fault_after_billing(&self, index: usize, probability: f64, wire: Wire, good: Response) -> Response {
        if self.unit(index, 1) >= probability {
            return good;
        }
        let half = good.pieces.len() / 2;
        match (self.unit(index, 2) * 6.0) as u32 {
            0 => good.ending(Ending::CloseBeforeHead),
            1 => good.first_pieces(half).ending(Ending::CloseMidway),
            2 => good.first_pieces(half).ending(Ending::Reset),
            3 => good.first_pieces(half).ending(Ending::Stall),
            4 => good.ending(Ending::StallBeforeHead),
            _ => broken(wire),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_are_repeatable_and_even() {
        let dice = Dice::new(7);
        let mean = (0..10_000).map(|index| dice.unit(index, 3)).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert_eq!(dice.unit(5, 1), Dice::new(7).unit(5, 1));
        assert_ne!(dice.unit(5, 1), Dice::new(8).unit(5, 1));
    }
}
