//! What each recording says, written down from the recordings themselves (by a script that shares
//! no code with the decoders, most of them then read beside the recording), not from what the decoders make of them.

use llm::dialect::Dialect::{AnthropicMessages, GeminiGenerate, OpenAiChat, OpenAiResponses};
use llm::outcome::Outcome::{Complete, Error, Refused, Truncated};

use crate::row::Row;

const NOTHING: Row = Row {
    file: "",
    dialect: OpenAiChat,
    outcome: Complete,
    stop: "",
    served_model: "",
    text: (0, ""),
    reasoning: (0, ""),
    refusal: "",
    tool_calls: &[],
    usage: "",
    keep_alives: 0,
    error: "",
};

/// One row a recording.
pub(crate) const ROWS: &[Row] = &[
    Row {
        file: "raw/anthropic__pyd__test_anthropic__test_anthropic_model_thinking_part_redacted_stream.0.200.sse",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-sonnet-4-5-20250929",
        text: (359, "I notice that yo"),
        usage: "inp=92 read=0 w5=0 w1=0 out=189",
        keep_alives: 3,
        ..NOTHING
    },
    Row {
        file: "raw/anthropic__pyd__test_anthropic__test_anthropic_model_thinking_part_stream.0.200.sse",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-sonnet-4-20250514",
        text: (1021, "Here are the bas"),
        reasoning: (202, "This is a st"),
        usage: "inp=43 read=0 w5=0 w1=0 out=282",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "raw/anthropic__rig__anthropic__turn_termination_matrix__blocking_truncated_turn_reports_length_and_cap.0.200.json",
        dialect: AnthropicMessages,
        outcome: Truncated,
        stop: "max_tokens",
        served_model: "claude-haiku-4-5-20251001",
        text: (8, "alpha\nbr"),
        usage: "inp=40 read=0 w5=0 w1=0 out=3",
        ..NOTHING
    },
    Row {
        file: "raw/deepseek__pyd__test_deepseek__test_deepseek_model_thinking_stream.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "deepseek-reasoner",
        text: (40, "Hello there! 😊 H"),
        reasoning: (882, "Hmm, the use"),
        usage: "inp=6 read=0 out=212 reasoning=198",
        ..NOTHING
    },
    Row {
        file: "raw/deepseek__rig__deepseek__followup_hunt_matrix__streaming_stop_sequence_reaches_the_wire_and_stops_generation.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "deepseek-v4-flash",
        text: (6, "alpha "),
        usage: "inp=19 read=0 out=4",
        ..NOTHING
    },
    Row {
        file: "raw/deepseek__rig__deepseek__raw_stream_capture_matrix__stream_reasoning_raw_round_trips_terminal_type.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "deepseek-v4-flash",
        text: (3, "391"),
        reasoning: (38, "We need answ"),
        usage: "inp=98 read=0 out=15 reasoning=13",
        ..NOTHING
    },
    Row {
        file: "raw/deepseek__rig__deepseek__truncation_matrix__streaming_budget_24_truncated_arguments_keep_the_turn.0.200.sse",
        dialect: OpenAiChat,
        outcome: Truncated,
        stop: "length",
        served_model: "deepseek-v4-flash",
        tool_calls: &[("file_report", "{\"summary\": ")],
        usage: "inp=372 read=256 out=24",
        ..NOTHING
    },
    Row {
        file: "raw/google-gemini__pyd__test_google__test_google_model_stream.0.200.sse",
        dialect: GeminiGenerate,
        outcome: Complete,
        stop: "STOP",
        served_model: "gemini-2.0-flash-exp",
        text: (32, "The capital of F"),
        usage: "inp=13 out=8",
        ..NOTHING
    },
    Row {
        file: "raw/google-gemini__rig__gemini__generate_sessions__thinking_session_reports_thought_tokens_in_usage.0.200.json",
        dialect: GeminiGenerate,
        outcome: Complete,
        stop: "STOP",
        served_model: "gemini-2.5-flash",
        text: (20, "Nine sheep are l"),
        reasoning: (676, "**Sheep Situ"),
        usage: "inp=33 out=132 reasoning=127",
        ..NOTHING
    },
    Row {
        file: "raw/google-gemini__rig__gemini__stream_terminal_matrix__max_tokens_truncated_stream_still_reports_length.0.200.sse",
        dialect: GeminiGenerate,
        outcome: Truncated,
        stop: "MAX_TOKENS",
        served_model: "gemini-2.5-flash",
        text: (170, "Standing sentine"),
        usage: "inp=12 out=33",
        ..NOTHING
    },
    Row {
        file: "raw/groq__pyd__test_groq__test_tool_use_failed_error_streaming.0.200.sse",
        dialect: OpenAiChat,
        outcome: Error,
        stop: "",
        served_model: "openai/gpt-oss-120b",
        reasoning: (412, "We need to c"),
        usage: "",
        error: "Tool call validation fai",
        ..NOTHING
    },
    Row {
        file: "raw/groq__pyd__test_groq__test_tool_use_failed_error_streaming.1.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "openai/gpt-oss-120b",
        reasoning: (92, "We need to c"),
        tool_calls: &[("get_something_by_name", "{\"name\":\"example\"}")],
        usage: "inp=304 out=49 reasoning=23",
        ..NOTHING
    },
    Row {
        file: "raw/groq__pyd__test_groq__test_tool_use_failed_error_streaming.2.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "openai/gpt-oss-120b",
        text: (57, "The tool returne"),
        reasoning: (176, "The user wan"),
        usage: "inp=339 out=58 reasoning=38",
        ..NOTHING
    },
    Row {
        file: "raw/groq__rig__groq__raw_stream_capture_matrix__stream_raw_exposes_terminal_queue_time.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "allam-2-7b",
        text: (5, "pong "),
        usage: "inp=15 out=4",
        ..NOTHING
    },
    Row {
        file: "raw/llama.cpp__rig__llamacpp__error_matrix__unknown_model_is_ignored.0.200.json",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "/REDACTED_PATH/Qwen3-1.7B-Q4_K_M.gguf",
        text: (2, "ok"),
        reasoning: (364, "Okay, the us"),
        usage: "inp=15 read=14 out=87",
        ..NOTHING
    },
    Row {
        file: "raw/llama.cpp__rig__llamacpp__response_shape_matrix__two_candidates_streaming.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "/REDACTED_PATH/Qwen3-1.7B-Q4_K_M.gguf",
        text: (9, "Tidehaven"),
        usage: "inp=28 read=27 out=8",
        ..NOTHING
    },
    Row {
        file: "raw/llama.cpp__rig__llamacpp__streaming_smoke.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "/REDACTED_PATH/Qwen3-1.7B-Q4_K_M.gguf",
        text: (284, "A solar eclipse "),
        usage: "inp=37 read=36 out=63",
        ..NOTHING
    },
    Row {
        file: "raw/mistral__rig__mistral__raw_stream_capture_matrix__stream_raw_exposes_terminal_service_tier.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "mistral-small-latest",
        text: (4, "Pong"),
        usage: "inp=23 read=0 out=3",
        ..NOTHING
    },
    Row {
        file: "raw/mistral__rig__mistral__terminal_metadata_matrix__streaming_mistral_small_tiny_plain_one.0.200.sse",
        dialect: OpenAiChat,
        outcome: Truncated,
        stop: "length",
        served_model: "mistral-small-latest",
        text: (1, "c"),
        usage: "inp=30 read=0 out=1",
        ..NOTHING
    },
    Row {
        file: "raw/openai-chat__pyd__test_openai__test_run_stream_sync_streams_real_model.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "gpt-4o-mini-2024-07-18",
        tool_calls: &[("get_capital", "{\"country\":\"UK\"}")],
        usage: "inp=53 read=0 out=15 reasoning=0",
        ..NOTHING
    },
    Row {
        file: "raw/openai-chat__pyd__test_openai__test_run_stream_sync_streams_real_model.1.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "gpt-4o-mini-2024-07-18",
        text: (32, "The capital of t"),
        usage: "inp=78 read=0 out=9 reasoning=0",
        ..NOTHING
    },
    Row {
        file: "raw/openai-compatible__llm__test_tools_streaming__test_tools_streaming_variant_a.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "",
        served_model: "moonshotai/kimi-k2",
        tool_calls: &[("llm_version", "{}")],
        usage: "inp=57 read=0 out=17 reasoning=0 cost=0.0000715900",
        ..NOTHING
    },
    Row {
        file: "raw/openai-compatible__llm__test_tools_streaming__test_tools_streaming_variant_a.1.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "moonshotai/kimi-k2",
        text: (52, "The current vers"),
        usage: "inp=107 read=0 out=15 reasoning=0 cost=0.0001017000",
        ..NOTHING
    },
    Row {
        file: "raw/openai-compatible__llm__test_tools_streaming__test_tools_streaming_variant_b.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "",
        served_model: "moonshotai/kimi-k2",
        tool_calls: &[("llm_version", "{}")],
        usage: "inp=57 read=0 out=17 reasoning=0 cost=0.0000715900",
        ..NOTHING
    },
    Row {
        file: "raw/openai-compatible__llm__test_tools_streaming__test_tools_streaming_variant_b.1.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "moonshotai/kimi-k2",
        text: (52, "The current vers"),
        usage: "inp=107 read=0 out=15 reasoning=0 cost=0.0001017000",
        ..NOTHING
    },
    Row {
        file: "raw/openai-compatible__llm__test_tools_streaming__test_tools_streaming_variant_c.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "moonshotai/kimi-k2",
        tool_calls: &[("llm_version", "{}")],
        usage: "inp=56 read=0 out=12 reasoning=0 cost=0.0000595200",
        ..NOTHING
    },
    Row {
        file: "raw/openai-compatible__llm__test_tools_streaming__test_tools_streaming_variant_c.1.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "moonshotai/kimi-k2",
        text: (63, "The installed ve"),
        usage: "inp=105 read=0 out=16 reasoning=0 cost=0.0001030000",
        ..NOTHING
    },
    Row {
        file: "raw/openai-responses__llm__test_openai_responses__test_responses_basic_streaming.0.200.sse",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "gpt-5.5-2026-04-23",
        text: (4, "pong"),
        usage: "inp=11 read=0 out=5 reasoning=0",
        ..NOTHING
    },
    Row {
        file: "raw/openai-responses__llm__test_openai_responses__test_responses_tool_use_streaming.0.200.sse",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "gpt-5.5-2026-04-23",
        tool_calls: &[("multiply", "{\"a\":1231,\"b\":2331}")],
        usage: "inp=58 read=0 out=23 reasoning=0",
        ..NOTHING
    },
    Row {
        file: "raw/openai-responses__llm__test_openai_responses__test_responses_tool_use_streaming.1.200.sse",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "gpt-5.5-2026-04-23",
        text: (27, "1231 × 2331 = **"),
        usage: "inp=94 read=0 out=18 reasoning=0",
        ..NOTHING
    },
    Row {
        file: "raw/openai__rig__openai__truncated_turn_matrix__chat_blocking_partial_text_truncation.0.200.json",
        dialect: OpenAiChat,
        outcome: Truncated,
        stop: "length",
        served_model: "gpt-4o-mini-2024-07-18",
        text: (75, "Maple trees, bel"),
        usage: "inp=17 read=0 out=16 reasoning=0",
        ..NOTHING
    },
    Row {
        file: "raw/openrouter__pyd__test_openrouter__test_openrouter_stream_error.0.200.sse",
        dialect: OpenAiChat,
        outcome: Error,
        stop: "length",
        served_model: "minimax/minimax-m2:free",
        reasoning: (42, "We need to r"),
        usage: "inp=43 read=0 out=10 reasoning=10 cost=0.0000000000",
        keep_alives: 17,
        error: "Token limit reached",
        ..NOTHING
    },
    Row {
        file: "raw/openrouter__rig__openrouter__prompt_caching__streaming_probe.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "openai/gpt-4o-mini",
        text: (17, "cache probe read"),
        usage: "inp=4597 read=0 w5=0 out=4 reasoning=0 cost=0.0006919500",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "raw/openrouter__rig__openrouter__prompt_caching__streaming_probe.1.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "openai/gpt-4o-mini",
        text: (17, "cache probe read"),
        usage: "inp=4597 read=4480 w5=0 out=4 reasoning=0 cost=0.0003559500",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "raw/openrouter__rig__openrouter__prompt_caching__streaming_probe.2.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "openai/gpt-4o-mini",
        text: (17, "probe still read"),
        usage: "inp=4624 read=4480 w5=0 out=4 reasoning=0 cost=0.0003600000",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "raw/openrouter__rig__openrouter__refusal_matrix__blocking_refusal_under_a_tight_cap.0.200.json",
        dialect: OpenAiChat,
        outcome: Refused,
        stop: "stop",
        served_model: "openai/gpt-4o",
        refusal: "I'm very sorry, but I can't assist with that.",
        usage: "inp=49 read=0 w5=0 out=12 reasoning=0 cost=0.0002425000",
        ..NOTHING
    },
    Row {
        file: "raw/xai__rig__xai__raw_stream_capture_matrix__stream_raw_exposes_terminal_status.0.200.sse",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "grok-4.3",
        text: (4, "pong"),
        reasoning: (50, "The user sai"),
        usage: "inp=199 read=192 out=97 reasoning=96 cost=0.0002896500",
        ..NOTHING
    },
    Row {
        file: "raw/zai-glm__pyd__test_zai__test_zai_model_simple.0.200.json",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "glm-4.7",
        text: (11, "2 + 2 is 4."),
        reasoning: (1463, "\n1.  **Analy"),
        usage: "inp=13 read=0 out=437 reasoning=427",
        ..NOTHING
    },
    Row {
        file: "raw/zai-glm__pyd__test_zai__test_zai_thinking_stream.0.200.sse",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "glm-4.7",
        text: (1, "4"),
        reasoning: (2173, "\n1.  **Analy"),
        usage: "inp=13 read=0 out=564 reasoning=561",
        ..NOTHING
    },
    Row {
        file: "alibaba-dashscope/ver__alibaba__alibaba-text.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "qwen3-max",
        text: (3771, "## The Festival "),
        usage: "inp=18 read=0 out=779",
        ..NOTHING
    },
    Row {
        file: "alibaba-dashscope/ver__alibaba__alibaba-tool-call.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "qwen3-max",
        tool_calls: &[("weather", "{\"location\": \"San Francisco\"}")],
        usage: "inp=295 read=0 out=22",
        ..NOTHING
    },
    Row {
        file: "anthropic/ant__basic_response.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-3-opus-latest",
        text: (12, "Hello there!"),
        usage: "inp=11 out=6",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "anthropic/ant__fable-fallback__stream-a-refusal.sse",
        dialect: AnthropicMessages,
        outcome: Refused,
        stop: "refusal",
        served_model: "claude-fable-5",
        text: (2, "Hi"),
        reasoning: (212, "Simple educa"),
        usage: "inp=28 read=0 w5=0 w1=0 out=106 reasoning=67",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "anthropic/ant__fable-fallback__stream-a-toolrefusal.sse",
        dialect: AnthropicMessages,
        outcome: Refused,
        stop: "refusal",
        served_model: "claude-fable-5",
        text: (54, "Here's a summary"),
        usage: "inp=28 read=0 w5=0 w1=0 out=106 reasoning=67",
        keep_alives: 2,
        ..NOTHING
    },
    Row {
        file: "anthropic/ant__fallback_response.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-sonnet-4-5",
        text: (12, "Hello there!"),
        usage: "inp=25 out=8",
        ..NOTHING
    },
    Row {
        file: "anthropic/ant__refusal_response.txt",
        dialect: AnthropicMessages,
        outcome: Refused,
        stop: "refusal",
        served_model: "claude-opus-4-7",
        usage: "inp=20 out=0",
        ..NOTHING
    },
    Row {
        file: "anthropic/gen__anthropic__ping_stream__response_000.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-haiku-4-5-20251001",
        text: (6, "Hello!"),
        usage: "inp=25 read=0 w5=0 out=15",
        keep_alives: 2,
        ..NOTHING
    },
    Row {
        file: "anthropic/gen__anthropic__tool_stream__response_000.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "tool_use",
        served_model: "claude-haiku-4-5-20251001",
        tool_calls: &[("get_weather", "{\"city\": \"Paris\", \"country\": \"France\", \"unit\": \"C\"}")],
        usage: "inp=85 read=0 w5=0 out=42",
        ..NOTHING
    },
    Row {
        file: "anthropic/gen__anthropic__usage_cache_creation_stream__response_000.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-haiku-4-5-20251001",
        text: (3, "OK."),
        usage: "inp=4211 read=0 w5=4202 w1=0 out=5",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "anthropic/gen__anthropic__usage_cache_stream__response_000.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-haiku-4-5-20251001",
        text: (3, "OK."),
        usage: "inp=4211 read=4202 w5=0 w1=0 out=5",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "anthropic/gen__anthropic__usage_stream__response_000.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-haiku-4-5-20251001",
        text: (154, "The sky is blue "),
        usage: "inp=19 read=0 w5=0 w1=0 out=34",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "anthropic/ver__anthropic__anthropic-fallback.chunks.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-opus-4-8",
        text: (66, "The printing pre"),
        usage: "inp=412 read=0 w5=0 out=264",
        ..NOTHING
    },
    Row {
        file: "anthropic/ver__anthropic__anthropic-message-delta-input-tokens.chunks.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-opus-4-5-20251101",
        text: (4, "pong"),
        usage: "inp=61 out=2",
        keep_alives: 1,
        ..NOTHING
    },
    Row {
        file: "anthropic/ver__anthropic__anthropic-tool-no-args.chunks.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "tool_use",
        served_model: "claude-sonnet-4-5-20250929",
        text: (35, "I'll update the "),
        tool_calls: &[("updateIssueList", "")],
        usage: "inp=565 read=0 w5=0 w1=0 out=48",
        keep_alives: 3,
        ..NOTHING
    },
    Row {
        file: "anthropic/ver__anthropic__duplicate-message-start.chunks.txt",
        dialect: AnthropicMessages,
        outcome: Complete,
        stop: "end_turn",
        served_model: "claude-3-haiku-20240307",
        text: (13, "Hello, World!"),
        usage: "inp=17 out=227",
        ..NOTHING
    },
    Row {
        file: "azure-openai/ver__openai__chat__azure-model-router.1.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "gpt-5-nano-2025-08-07",
        text: (19, "Capital of Denma"),
        usage: "inp=15 read=0 out=78 reasoning=64",
        ..NOTHING
    },
    Row {
        file: "deepseek/ver__deepseek__chat__deepseek-reasoning.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "deepseek-reasoner",
        text: (42, "The word \"strawb"),
        reasoning: (606, "We need to c"),
        usage: "inp=18 read=0 out=219 reasoning=205",
        ..NOTHING
    },
    Row {
        file: "deepseek/ver__deepseek__chat__deepseek-tool-call.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "deepseek-reasoner",
        reasoning: (191, "The user is "),
        tool_calls: &[("weather", "{\"location\": \"San Francisco\"}")],
        usage: "inp=339 read=320 out=83 reasoning=39",
        ..NOTHING
    },
    Row {
        file: "google-gemini/gen__gemini__thinking_stream__response_000.txt",
        dialect: GeminiGenerate,
        outcome: Complete,
        stop: "STOP",
        served_model: "gemini-2.5-flash",
        text: (216, "The sky is blue "),
        reasoning: (1604, "**Defining A"),
        usage: "inp=12 out=732 reasoning=697",
        ..NOTHING
    },
    Row {
        file: "google-gemini/gen__gemini__tool_stream__response_000.txt",
        dialect: GeminiGenerate,
        outcome: Complete,
        stop: "STOP",
        served_model: "gemini-3.1-pro-preview",
        text: (440, "To determine whi"),
        reasoning: (322, "**Defining t"),
        tool_calls: &[("get_weather", "{\"country\":\"Egypt\",\"unit\":\"C\",\"city\":\"Cairo\"}")],
        usage: "inp=135 out=362 reasoning=226",
        ..NOTHING
    },
    Row {
        file: "google-gemini/gen__gemini__url_context_stream__response_000.txt",
        dialect: GeminiGenerate,
        outcome: Complete,
        stop: "STOP",
        served_model: "gemini-3.7-flash",
        text: (117, "The title of the"),
        usage: "inp=5914 out=209 reasoning=158",
        ..NOTHING
    },
    Row {
        file: "google-gemini/ver__google__google-reasoning-gemini3.chunks.txt",
        dialect: GeminiGenerate,
        outcome: Complete,
        stop: "STOP",
        served_model: "gemini-3-pro-preview",
        text: (55, "There are **3** "),
        usage: "inp=9 out=325 reasoning=302",
        ..NOTHING
    },
    Row {
        file: "google-gemini/ver__google__google-reasoning.chunks.txt",
        dialect: GeminiGenerate,
        outcome: Complete,
        stop: "STOP",
        served_model: "gemini-3-pro-preview",
        text: (79, "There are **3** "),
        usage: "inp=9 out=285 reasoning=256",
        ..NOTHING
    },
    Row {
        file: "google-gemini/ver__google__google-stream-tool-call-arguments.chunks.txt",
        dialect: GeminiGenerate,
        outcome: Complete,
        stop: "STOP",
        served_model: "gemini-3.1-pro-preview",
        tool_calls: &[("getWeather", "{\"location\":\"Boston\"}"), ("getWeather", "{\"location\":\"San Francisco\"}")],
        usage: "inp=26 out=155 reasoning=132",
        ..NOTHING
    },
    Row {
        file: "google-gemini/ver__google__google-tool-call.chunks.txt",
        dialect: GeminiGenerate,
        outcome: Complete,
        stop: "STOP",
        served_model: "gemini-3-pro-preview",
        tool_calls: &[("weather", "{\"location\":\"San Francisco\"}")],
        usage: "inp=29 out=60 reasoning=45",
        ..NOTHING
    },
    Row {
        file: "groq/ver__groq__groq-tool-call.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "llama-3.3-70b-versatile",
        tool_calls: &[("weather", "{}")],
        usage: "inp=210 out=15",
        ..NOTHING
    },
    Row {
        file: "mistral/ver__mistral__mistral-incremental-tool-call.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "zai-glm-5-2",
        tool_calls: &[("webSearchTool", "{\"query\": \"current Berlin weather\"}")],
        usage: "inp=171 read=128 out=14",
        ..NOTHING
    },
    Row {
        file: "mistral/ver__mistral__mistral-reasoning.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "magistral-medium-2507",
        text: (9, "2 + 2 = 4"),
        reasoning: (60, "The user is "),
        usage: "inp=10 out=46",
        ..NOTHING
    },
    Row {
        file: "mistral/ver__mistral__mistral-tool-call.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "mistral-small-latest",
        tool_calls: &[("weather", "{\"location\": \"San Francisco\"}")],
        usage: "inp=124 out=22",
        ..NOTHING
    },
    Row {
        file: "moonshot/ver__moonshotai__moonshotai-stream.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "kimi-k3",
        text: (6, "Hello!"),
        reasoning: (16, "Thinking alo"),
        usage: "inp=9 out=12 reasoning=7",
        ..NOTHING
    },
    Row {
        file: "ollama/gen__ollama_cloud__simple_stream__response_000.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "gemma3:4b",
        text: (214, "The sky appears "),
        usage: "inp=21 out=40",
        ..NOTHING
    },
    Row {
        file: "openai-chat/gen__openai__stream_tool_call_with_finish_reason__response_000.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "yakbak-openai-compat-model",
        tool_calls: &[("get_weather", "{\"city\": \"Paris\", \"country\": \"France\", \"unit\": \"C\"}")],
        usage: "inp=163 out=11",
        ..NOTHING
    },
    Row {
        file: "openai-chat/ver__openai__chat__openai-text.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "gpt-4.1-nano-2025-04-14",
        text: (1724, "**Holiday Name:*"),
        usage: "inp=16 read=0 out=300 reasoning=0",
        ..NOTHING
    },
    Row {
        file: "openai-responses/codex__cli_responses_fixture.sse",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "",
        text: (13, "fixture hello"),
        usage: "",
        ..NOTHING
    },
    Row {
        file: "openai-responses/gen__openai_resp__multi_tool_ordering__response_000.txt",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "gpt-5.4-mini-2026-03-17",
        tool_calls: &[
            ("get_weather", "{\"city\":\"Paris\",\"country\":\"France\",\"unit\":\"C\"}"),
            ("get_time", "{\"timezone\":\"Europe/Paris\"}"),
            ("get_currency", "{\"from\":\"USD\",\"to\":\"EUR\",\"amount\":100}"),
        ],
        usage: "inp=150 read=0 out=80 reasoning=10",
        ..NOTHING
    },
    Row {
        file: "openai-responses/gen__openai_resp__reasoning_stream__response_000.txt",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "gpt-5.4-mini-2026-03-17",
        text: (183, "The sky looks bl"),
        usage: "inp=21 read=0 out=45 reasoning=8",
        ..NOTHING
    },
    Row {
        file: "openai-responses/gen__openai_resp__reasoning_stream_completed_empty__response_000.txt",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "gpt-5.4-mini-2026-03-17",
        text: (183, "The sky looks bl"),
        usage: "inp=21 read=0 out=45 reasoning=8",
        ..NOTHING
    },
    Row {
        file: "openai-responses/gen__openai_resp__tools_completed_no_output_field__response_000.txt",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "gpt-5.4",
        tool_calls: &[("get_weather", "{\"city\":\"Paris\",\"country\":\"France\",\"unit\":\"C\"}")],
        usage: "inp=82 read=0 out=26 reasoning=0",
        ..NOTHING
    },
    Row {
        file: "openai-responses/gen__openai_resp__utf8_chunking_bug__response_000.txt",
        dialect: OpenAiResponses,
        outcome: Complete,
        stop: "completed",
        served_model: "o3-mini",
        text: (7552, "AAAAAAAAAAAAAAAA"),
        usage: "inp=10 out=50 reasoning=0",
        ..NOTHING
    },
    Row {
        file: "xai/ver__xai__xai-text.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "stop",
        served_model: "grok-3-mini",
        text: (5, "Hello"),
        reasoning: (20, "First, the u"),
        usage: "inp=12 read=11 out=291 reasoning=290 cost=0.0001466250",
        ..NOTHING
    },
    Row {
        file: "xai/ver__xai__xai-tool-call.chunks.txt",
        dialect: OpenAiChat,
        outcome: Complete,
        stop: "tool_calls",
        served_model: "grok-3-mini",
        reasoning: (18, "First, the u"),
        tool_calls: &[("weather", "{\"location\":\"San Francisco\"}")],
        usage: "inp=291 read=290 out=222 reasoning=196 cost=0.0001330500",
        ..NOTHING
    },
];
