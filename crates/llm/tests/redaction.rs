//! Keys never come through, and ordinary text always does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and say what they skip"
)]

use std::borrow::Cow;

use llm::redact::{REDACTED, Redactor};
use llm::registry::{KeyCharacters, KeyPattern, Provider, Registry};
use llm::secret::{ApiKey, InvalidKey};
use proptest::prelude::*;

fn key(text: &str) -> ApiKey {
    ApiKey::from_paste(text).unwrap()
}

/// A key of exactly the least accepted length, and a longer one.
fn canaries(pattern: &KeyPattern) -> Vec<String> {
    let alphabet: Vec<char> = (33u8..127).filter(|&byte| pattern.characters.holds(byte)).map(char::from).collect();
    [pattern.least, pattern.least + 37]
        .into_iter()
        .map(|length| {
            // Every character of the set takes part; the ends are letters, as in real keys.
            let mut body: String = (0..length).map(|index| alphabet[(index * 11 + 5) % alphabet.len()]).collect();
            body.replace_range(0..1, "Q");
            body.replace_range(length - 1..length, "z");
            format!("{}{body}", pattern.prefix)
        })
        .collect()
}

/// Where a key may turn up.
fn surroundings(key: &str) -> Vec<String> {
    let json = serde_json::to_string(&format!("line\n{key}\ttab")).unwrap();
    let twice = serde_json::to_string(&json).unwrap();
    vec![
        key.to_owned(),
        format!("Authorization: Bearer {key}"),
        format!("authorization:bearer {key}\r\n"),
        format!("x-api-key: {key}"),
        format!("X-Goog-Api-Key:{key}"),
        format!("api_key={key}"),
        format!("api_key='{key}', other"),
        format!("https://host/v1?key={key}&alt=sse"),
        format!("https://host/v1?alt=sse&key={key}"),
        format!("https://host/v1?alt=sse\\u0026key={key}\""),
        format!("https://user:{key}@host/v1"),
        format!("https://{key}@host/v1"),
        format!("Incorrect API key provided: {key}. You can find"),
        format!("({key})"),
        format!("`{key}`"),
        format!("\"{key}\""),
        format!("<b>{key}</b>"),
        format!("{key},{key};{key}"),
        format!("{key} {key}"),
        format!("ключ:{key}\u{2026}"),
        format!("a=%22%3D{key}"),
        format!("{{\"headers\":{{\"x-api-key\":\"{key}\"}}}}"),
        format!("{{\\\"authorization\\\":\\\"Bearer {key}\\\"}}"),
        json,
        twice,
    ]
}

fn every_canary() -> Vec<(Provider, String)> {
    let registry = Registry::builtin();
    let providers = registry.providers().iter();
    providers
        .flat_map(|provider| {
            let keys = provider.key_patterns.iter().flat_map(canaries);
            keys.map(|key| (provider.clone(), key)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn canary_every_accepted_key_of_every_provider_is_redacted_everywhere() {
    let canaries = every_canary();
    assert!(canaries.len() >= 2 * 12);
    for (provider, canary) in canaries {
        let loaded = key(&canary);
        loaded.check_format(&provider).unwrap_or_else(|error| panic!("{}: {error}", provider.name));
        let redactor = Redactor::new([&loaded]);
        for text in surroundings(&canary) {
            let clean = redactor.text(&text);
            assert!(!clean.contains(&canary), "{}: {clean}", provider.name);
            assert!(clean.contains(REDACTED), "{}: {clean}", provider.name);
            assert_eq!(redactor.bytes(text.as_bytes()), clean.as_bytes());
            assert_eq!(redactor.text(&clean), clean, "idempotent");
        }
    }
}

#[test]
fn lesson_1_every_prefixed_shape_is_redacted_without_being_known() {
    let redactor = Redactor::default();
    let registry = Registry::builtin();
    let patterns = registry.providers().iter().flat_map(|provider| &provider.key_patterns);
    let mut shapes: Vec<String> = patterns.filter(|pattern| !pattern.prefix.is_empty()).flat_map(canaries).collect();
    assert_eq!(shapes.len(), 2 * 11);
    // Google's two forms are narrower than what is accepted for it.
    shapes.push(format!("AIza{}", "Sy1_-".repeat(7)));
    shapes.push(format!("AQ.Ab{}", "8RN6.-x".repeat(6)));
    for shape in shapes {
        for text in surroundings(&shape) {
            let clean = redactor.text(&text);
            assert!(!clean.contains(&shape[5..]), "{clean}");
        }
    }
}

#[test]
fn lesson_2_labels_hide_their_values_and_keep_separators() {
    let redactor = Redactor::default();
    for (text, clean) in [
        ("Authorization: Bearer abcdefgh", "Authorization: Bearer [redacted]"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: Basic [redacted]"),
        ("x-api-key: 0123456789abcdef", "x-api-key: [redacted]"),
        ("x-goog-api-key:0123456789", "x-goog-api-key:[redacted]"),
        ("api_key=0123456789&x=1", "api_key=[redacted]&x=1"),
        ("https://h/p?key=0123456789&alt=sse", "https://h/p?key=[redacted]&alt=sse"),
        ("https://h/p?alt=sse&key=0123456789#top", "https://h/p?alt=sse&key=[redacted]#top"),
        ("https://me:secret@host:8080/p", "https://[redacted]@host:8080/p"),
        ("{\"api_key\": \"0123456789\"}", "{\"api_key\": \"[redacted]\"}"),
    ] {
        assert_eq!(redactor.text(text), clean);
        assert_eq!(redactor.text(clean), clean);
    }
}

#[test]
fn lesson_3_ordinary_text_is_untouched_and_borrowed() {
    let redactor = Redactor::new([&key("abcdefghijklmnopqrstuvwx")]);
    for text in [
        "",
        "The capital of France is Paris.",
        "risk-adjusted-returns-over-a-very-long-period-of-time",
        "task-management-of-twenty-or-more-projects",
        "sk-short and xai- and gsk_ and nvapi-",
        "Send your key in the x-api-key header; see https://docs.example.com/a@b?x=1#c.",
        "api_key=\"\" or api_key: none",
        "monkey=bananas&turkey=sandwich",
        "mail me@example.com about http://example.com:80/path",
        "a::b::c ://",
        "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\n",
        "日本語 \u{202E} \u{1F600}",
    ] {
        assert!(matches!(redactor.text(text), Cow::Borrowed(same) if same == text), "{text}");
    }
}

#[test]
fn lesson_3_the_most_specific_prefix_goes_as_one() {
    let redactor = Redactor::default();
    for prefix in ["sk-proj-", "sk-ant-api03-", "sk-ant-", "sk-or-", "sk-or-v1-", "sk-"] {
        let text = format!("<{prefix}{}>", "aB3_-".repeat(8));
        assert_eq!(redactor.text(&text), "<[redacted]>");
    }
}

#[test]
fn lesson_4_keys_without_a_prefix_are_scrubbed_by_value() {
    let mistral = key("aBcDeFgHiJkLmNoPqRsTuVwXyZ012345");
    let zai = key("0123456789abcdef0123456789abcdef.AbCdEfGhIjKlMnOp");
    let text = "said aBcDeFgHiJkLmNoPqRsTuVwXyZ012345 and 0123456789abcdef0123456789abcdef.AbCdEfGhIjKlMnOp";
    assert_eq!(Redactor::default().text(text), text, "no shape tells them");
    assert_eq!(Redactor::new([&mistral, &zai]).text(text), "said [redacted] and [redacted]");
}

#[test]
fn known_keys_are_found_in_json_and_urls_however_written() {
    let awkward = "pa\"ss\\wo/rd&<k>+=%";
    let redactor = Redactor::new([&key(awkward)]);
    for written in [
        awkward.to_owned(),
        serde_json::to_string(awkward).unwrap(),
        serde_json::to_string(awkward).unwrap().replace('/', "\\/"),
        "pa%22ss%5Cwo%2Frd%26%3Ck%3E%2B%3D%25".to_owned(),
        "pa%22ss%5cwo%2frd%26%3ck%3e%2b%3d%25".to_owned(),
    ] {
        let clean = redactor.text(&written).into_owned();
        assert!(clean.contains(REDACTED) && !clean.contains("wo"), "{written} -> {clean}");
    }
}

#[test]
fn a_rule_about_shapes_never_cuts_a_known_key() {
    let redactor = Redactor::new([&key("abcdefgh[tail-of-key")]);
    assert_eq!(redactor.text("x-api-key: abcdefgh[tail-of-key."), "x-api-key: [redacted].");
}

#[test]
fn a_key_that_begins_another_leaves_nothing_of_the_longer_one() {
    let redactor = Redactor::new([&key("abcdefgh"), &key("abcdefghijkl")]);
    assert_eq!(redactor.text("-abcdefghijkl-abcdefgh-"), "-[redacted]-[redacted]-");
}

#[test]
fn bytes_that_are_no_text_are_redacted_too() {
    let redactor = Redactor::new([&key("abcdefghijkl")]);
    let mut bytes = vec![0xFF, 0x00, 0xC3];
    bytes.extend_from_slice(b"abcdefghijkl");
    bytes.push(0xFE);
    let mut clean = vec![0xFF, 0x00, 0xC3];
    clean.extend_from_slice(REDACTED.as_bytes());
    clean.push(0xFE);
    assert_eq!(redactor.bytes(&bytes).into_owned(), clean);
}

#[test]
fn lesson_6_no_message_and_no_debug_form_holds_a_key() {
    let registry = Registry::builtin();
    let canary = "canary-0123456789";
    let loaded = key(canary);
    assert_eq!(format!("{loaded:?}"), "ApiKey([redacted])");
    assert!(!format!("{:?}", Redactor::new([&loaded])).contains("0123"));
    for provider in registry.providers().iter().filter(|provider| provider.name != "local") {
        if let Err(error) = loaded.check_format(provider) {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("canary") && !shown.contains("0123456789"), "{shown}");
            assert!(shown.contains(&provider.display_name), "{shown}");
        }
    }
    for text in ["two words", "caf\u{e9}-key-0123", "line\nbreak"] {
        let error = ApiKey::from_paste(text).unwrap_err();
        assert_eq!(error, InvalidKey::Characters);
        assert!(!error.to_string().contains(text));
    }
}

#[test]
fn lesson_7_formats_are_checked_by_provider() {
    let registry = Registry::builtin();
    let accepts = |name: &str, text: &str| key(text).check_format(registry.provider(name).unwrap()).is_ok();
    let twenty = "abcdefghij0123456789";
    assert!(accepts("openai", &format!("sk-{twenty}")));
    assert!(accepts("openai", &format!("sk-proj-{twenty}")));
    assert!(!accepts("openai", "sk-short"));
    assert!(!accepts("openai", twenty));
    assert!(!accepts("anthropic", &format!("sk-{twenty}")));
    assert!(accepts("anthropic", &format!("sk-ant-api03-{twenty}")));
    assert!(accepts("google", &format!("AIza{twenty}abcdefghij")));
    assert!(accepts("google", &format!("AQ.Ab8{twenty}abcdefghij")));
    assert!(!accepts("google", twenty));
    assert!(accepts("mistral", twenty));
    assert!(!accepts("mistral", "abcdefghij_123456789"));
    assert!(accepts("zai", "0123456789abcdef.secret_part-x"));
    // A provider of which nothing is known takes any key.
    let own = registry.with_overrides("[[providers]]\nname = \"own\"\nbase_url = \"https://own\"\n", "f").unwrap();
    assert!(key("x").check_format(own.provider("own").unwrap()).is_ok());
}

#[test]
fn pasted_keys_lose_white_space_and_quotes() {
    for pasted in [" sk-x1 ", "\"sk-x1\"", "'sk-x1'\n", "\u{201C}sk-x1\u{201D}", "\u{FEFF}sk-x1\u{200B}", "`sk-x1`\r\n"]
    {
        assert_eq!(key(pasted).expose_for_header(), "sk-x1");
    }
    for empty in ["", "  ", "\"\"", "' '"] {
        assert_eq!(ApiKey::from_paste(empty).unwrap_err(), InvalidKey::Empty);
    }
}

#[test]
fn key_patterns_describe_themselves() {
    let pattern = KeyPattern { prefix: "sk-".to_owned(), characters: KeyCharacters::Word, least: 20 };
    assert_eq!(pattern.describe(), "`sk-` and 20 or more of letters, digits, - and _");
}

proptest! {
    #[test]
    fn redaction_is_idempotent_and_never_panics(
        pieces in proptest::collection::vec(
            prop_oneof![
                "[ -~]{0,12}",
                Just("sk-".to_owned()),
                Just("Authorization: Bearer ".to_owned()),
                Just("x-api-key:".to_owned()),
                Just("api_key=".to_owned()),
                Just("?key=".to_owned()),
                Just("://".to_owned()),
                Just("@".to_owned()),
                Just("\\n".to_owned()),
                Just("%3D".to_owned()),
                Just(REDACTED.to_owned()),
                Just("known-key-0123".to_owned()),
                "[A-Za-z0-9_-]{20,40}",
                any::<String>(),
            ],
            0..12,
        )
    ) {
        let redactor = Redactor::new([&key("known-key-0123")]);
        let text = pieces.concat();
        let once = redactor.text(&text).into_owned();
        prop_assert!(!once.contains("known-key-0123"));
        prop_assert_eq!(redactor.text(&once).into_owned(), once.clone());
        prop_assert_eq!(redactor.bytes(text.as_bytes()).into_owned(), once.into_bytes());
    }

    #[test]
    fn any_bytes_may_come(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let redactor = Redactor::new([&key("known-key-0123")]);
        let once = redactor.bytes(&bytes).into_owned();
        prop_assert_eq!(redactor.bytes(&once).into_owned(), once.clone());
    }
}
