//! No bytes break a decoder, and no cut changes what it says.

use llm::dialect::{Dialect, decode_error};
use llm::event::Event;
use proptest::prelude::*;

use super::{decode, decode_pieces};

const SEEDS: &[&[u8]] = &[
    include_bytes!("../fixtures/anthropic_advisor.sse"),
    include_bytes!("../fixtures/chat_everything.sse"),
    include_bytes!("../fixtures/responses_everything.sse"),
    include_bytes!("../fixtures/responses_whole.json"),
    include_bytes!("../fixtures/gemini_array.json"),
    include_bytes!("../fixtures/gemini_blocked_prompt.sse"),
];

fn events(dialect: Dialect, pieces: &[&[u8]]) -> Vec<Event> {
    decode_pieces(dialect, pieces.iter().copied()).into_iter().map(|timed| timed.event).collect()
}

/// A stream that ends has said why, one way or the other.
fn check(dialect: Dialect, body: &[u8], cut: usize) {
    let whole = events(dialect, &[body]);
    let pieces: Vec<&[u8]> = body.chunks(cut).collect();
    assert_eq!(events(dialect, &pieces), whole, "{dialect:?} cut at {cut}");
    assert!(whole.iter().any(|event| matches!(event, Event::Stop(_) | Event::Error(_))), "{dialect:?}");
}

proptest! {
    #[test]
    fn arbitrary_bytes(body in proptest::collection::vec(any::<u8>(), 0..300), cut in 1usize..40) {
        for dialect in Dialect::ALL {
            check(dialect, &body, cut);
        }
        decode_error(400, &[], &body, 0);
    }

    #[test]
    fn damaged_streams(
        seed in 0..SEEDS.len(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..8),
        cut in 1usize..80,
    ) {
        let mut body = SEEDS[seed].to_vec();
        for (place, byte) in damage {
            let place = place.index(body.len());
            body[place] = byte;
        }
        for dialect in Dialect::ALL {
            check(dialect, &body, cut);
        }
    }
}

#[test]
fn surprising_types_do_not_cost_the_event() {
    let body = br#"data: {"id":12,"model":null,"choices":[{"index":0,"delta":{"content":"Hi","refusal":false,"reasoning":{}},"finish_reason":"stop"}],"usage":{"prompt_tokens":"9","completion_tokens":2.0,"total_tokens":-1}}"#;
    let events = decode(Dialect::OpenAiChat, body);
    assert!(events.contains(&Event::Text { text: "Hi".to_owned() }), "{events:?}");
    assert!(events.iter().any(|event| matches!(event, Event::Usage(usage) if usage.input == Some(9))), "{events:?}");
}

#[test]
fn deep_nesting_and_huge_numbers_are_only_errors() {
    for dialect in Dialect::ALL {
        for body in ["[".repeat(100_000), format!("data: {}\n\n", "{\"a\":".repeat(100_000))] {
            check(dialect, body.as_bytes(), 4096);
        }
        let huge = r#"data: {"type":"content_block_start","index":1e300,"choices":[{"index":0,"delta":{"tool_calls":[{"index":18446744073709551615}]}}]}"#;
        check(dialect, huge.as_bytes(), 7);
    }
}
