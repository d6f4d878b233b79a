#![no_main]

use libfuzzer_sys::fuzz_target;
use llm::sse::{Frame, Parser};

fn parse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Option<(String, String)>> {
    // A small limit, so that the fuzzer reaches it.
    let mut parser = Parser::with_limit(256);
    let mut frames = Vec::new();
    let mut take = |frame: Frame<'_>| {
        frames.push(match frame {
            Frame::Event { name, data } => Some((name.to_owned(), data.to_owned())),
            Frame::KeepAlive => None,
            Frame::TooLong => Some(("too long".to_owned(), String::new())),
        });
    };
    for piece in pieces {
        parser.push(piece, &mut take);
    }
    parser.finish(&mut take);
    frames
}

fuzz_target!(|input: &[u8]| {
    let Some((&cut, body)) = input.split_first() else { return };
    assert_eq!(parse(body.chunks(usize::from(cut % 64) + 1)), parse([body]));
});
