//! How HTTP errors are sorted.

use llm::dialect::decode_error;
use llm::error::ErrorKind::{
    self, Authentication, ContentBlocked, ContextTooLong, InvalidRequest, Overloaded, ProviderFault, QuotaExhausted,
    RateLimit, Timeout,
};

#[test]
fn bodies_of_every_provider() {
    let cases: &[(u16, &str, ErrorKind, Option<&str>)] = &[
        (
            401,
            r#"{"error":{"message":"Incorrect API key","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            Authentication,
            Some("invalid_api_key"),
        ),
        (
            403,
            r#"{"error":{"message":"Country, region, or territory not supported","code":"unsupported_country_region_territory"}}"#,
            Authentication,
            Some("unsupported_country_region_territory"),
        ),
        (
            403,
            r#"{"error":{"code":403,"message":"openai/x requires moderation and your input was flagged"}}"#,
            ContentBlocked,
            Some("403"),
        ),
        (
            403,
            r#"{"code":"forbidden","error":"Content violates usage guidelines."}"#,
            ContentBlocked,
            Some("forbidden"),
        ),
        (
            403,
            r#"{"error":{"code":403,"message":"Permission denied","status":"PERMISSION_DENIED"}}"#,
            Authentication,
            Some("PERMISSION_DENIED"),
        ),
        (
            400,
            r#"[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]"#,
            Authentication,
            Some("INVALID_ARGUMENT"),
        ),
        (
            402,
            r#"{"error":{"message":"Insufficient Balance","type":"unknown_error"}}"#,
            QuotaExhausted,
            Some("unknown_error"),
        ),
        (
            429,
            r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            QuotaExhausted,
            Some("insufficient_quota"),
        ),
        (
            429,
            r#"{"error":{"message":"suspended","type":"exceeded_current_quota_error"}}"#,
            QuotaExhausted,
            Some("exceeded_current_quota_error"),
        ),
        (
            429,
            r#"{"error":{"code":"1113","message":"Insufficient balance or no resource package"}}"#,
            QuotaExhausted,
            Some("1113"),
        ),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}"#,
            QuotaExhausted,
            Some("invalid_request_error"),
        ),
        (
            429,
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#,
            RateLimit,
            Some("rate_limit_error"),
        ),
        (
            429,
            r#"{"error":{"message":"Request too large: maximum context length aside, tokens per min","code":"rate_limit_exceeded"}}"#,
            RateLimit,
            Some("rate_limit_exceeded"),
        ),
        (
            429,
            r#"{"error":{"message":"The engine is currently overloaded","type":"engine_overloaded_error"}}"#,
            Overloaded,
            Some("engine_overloaded_error"),
        ),
        (
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            Overloaded,
            Some("overloaded_error"),
        ),
        (502, "", Overloaded, None),
        (
            503,
            r#"{"error":{"code":503,"message":"try later","status":"UNAVAILABLE"}}"#,
            Overloaded,
            Some("UNAVAILABLE"),
        ),
        (504, "upstream timeout", Overloaded, None),
        (408, "", Timeout, None),
        (
            500,
            r#"{"type":"error","error":{"type":"api_error","message":"Internal"}}"#,
            ProviderFault,
            Some("api_error"),
        ),
        (520, "<html><head><title>Web server returns an unknown error</title></head></html>", ProviderFault, None),
        (
            400,
            r#"{"error":{"message":"This model's maximum context length is 8192 tokens","code":"context_length_exceeded"}}"#,
            ContextTooLong,
            Some("context_length_exceeded"),
        ),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
            ContextTooLong,
            Some("invalid_request_error"),
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"The input token count (2000000) exceeds the maximum","status":"INVALID_ARGUMENT"}}"#,
            ContextTooLong,
            Some("INVALID_ARGUMENT"),
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
            ContextTooLong,
            Some("exceed_context_size_error"),
        ),
        (
            413,
            r#"{"type":"error","error":{"type":"request_too_large","message":"big"}}"#,
            ContextTooLong,
            Some("request_too_large"),
        ),
        (
            400,
            r#"{"error":{"code":"content_filter","message":"filtered by the content management policy"}}"#,
            ContentBlocked,
            Some("content_filter"),
        ),
        (
            400,
            r#"{"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}}"#,
            ContentBlocked,
            Some("data_inspection_failed"),
        ),
        (
            404,
            r#"{"error":{"message":"no such model","code":"model_not_found"}}"#,
            InvalidRequest,
            Some("model_not_found"),
        ),
        (
            422,
            r#"{"detail":[{"loc":["body","temperature"],"msg":"must be at most 1.5","type":"less_than_equal"}]}"#,
            InvalidRequest,
            None,
        ),
        (
            400,
            r#"{"object":"error","message":"bad","type":"BadRequestError","param":null,"code":400}"#,
            InvalidRequest,
            Some("BadRequestError"),
        ),
    ];
    for (status, body, kind, code) in cases {
        let error = decode_error(*status, &[], body.as_bytes(), 0);
        assert_eq!((error.kind, error.code.as_deref()), (*kind, *code), "{status} {body}");
        assert_eq!(error.status, Some(*status));
        assert!(!error.message.is_empty() && !error.message.contains(['\n', '<']), "{:?}", error.message);
    }
}

#[test]
fn waits_come_from_headers_and_from_geminis_details() {
    let gemini = |quota: &str| {
        format!(
            r#"{{"error":{{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":[
            {{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{{"quotaId":"{quota}"}}]}},
            {{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"31s"}}]}}}}"#
        )
    };
    let minute = decode_error(429, &[], gemini("GenerateRequestsPerMinutePerProject").as_bytes(), 0);
    assert_eq!((minute.kind, minute.retry_after_ms), (RateLimit, Some(31_000)));
    let day = decode_error(429, &[], gemini("GenerateRequestsPerDayPerProject").as_bytes(), 0);
    assert_eq!(day.kind, QuotaExhausted);
    let headers = [("Retry-After".to_owned(), "7".to_owned())];
    assert_eq!(decode_error(429, &headers, b"", 0).retry_after_ms, Some(7_000));
}

#[test]
fn messages_are_one_short_printable_line() {
    let message = |body: &str| decode_error(400, &[], body.as_bytes(), 0).message;
    assert_eq!(message("two\nlines\u{1b}[31m  here"), "two lines [31m here");
    assert_eq!(message("<html><title>Nope</title><body>x</body></html>"), "Nope");
    assert_eq!(message("<p>a</p> <p>b</p>"), "a b");
    assert_eq!(message(r#"{"detail":[{"loc":["body","top_p"],"msg":"too big"}]}"#), "body.top_p: too big");
    assert!(message("").contains("400"));
    assert!(message(&"long ".repeat(10_000)).chars().count() <= 601);
    let upstream = r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"model crashed"}}}"#;
    assert_eq!(message(upstream), "Provider returned error: model crashed");
}
