//! What calls cost, and that nothing costs more than its worst case.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and say what they skip"
)]

use llm::cost::{
    ADVISOR_OUTPUT_BOUND, Bill, Cost, NoBound, PriceSheet, PriceSource, Rate, Rates, Schedule, Terms, WorstCaseCall,
    input_tokens_upper_bound,
};
use llm::event::{AdvisorUsage, Usage};
use llm::money::Usd;
use llm::registry::Registry;
use llm::request::{Advisor, ChatRequest, Message, Role};
use proptest::prelude::*;

/// 2026-10-05 08:00 UTC, a Monday: peak hours, promotions in force.
const MONDAY: i64 = 1_791_187_200;

fn sheet(spec: &str) -> PriceSheet {
    Registry::builtin().resolve(spec).unwrap().price
}

fn usage(input: u64, output: u64) -> Usage {
    Usage { input: Some(input), output: Some(output), ..Usage::default() }
}

fn dollars(amount: f64) -> Usd {
    Usd::from_f64(amount).unwrap()
}

fn known(cost: Cost) -> Bill {
    match cost {
        Cost::Known(bill) => bill,
        other => panic!("{other:?}"),
    }
}

fn rate(dollars: f64) -> Rate {
    Rate::from_usd_per_mtok(dollars).unwrap()
}

#[test]
fn prices_times_tokens_are_exact() {
    // 1,000 x 0.15 + 500 x 0.60, per million.
    assert_eq!(known(sheet("gpt-4o-mini").cost(&usage(1_000, 500), MONDAY)).total(), dollars(0.00045));
    // A million tokens cost their price to the picodollar, for every recorded rate.
    for model in Registry::builtin().models() {
        if let Some(rates) = model.price.entry_rates(MONDAY) {
            assert_eq!(rates.input.cost(1_000_000), dollars(rates.input.usd_per_mtok()), "{}", model.id);
            assert_eq!(rates.output.cost(1_000_000), dollars(rates.output.usd_per_mtok()), "{}", model.id);
        }
    }
}

#[test]
fn lesson_49_output_bills_in_full_with_its_reasoning() {
    let with_thoughts = Usage { reasoning: Some(900), ..usage(100, 1_000) };
    let bill = known(sheet("gemini-2.5-flash").cost(&with_thoughts, MONDAY));
    assert_eq!(bill.output, dollars(1_000.0 * 2.5e-6));
}

#[test]
fn lesson_50_cached_tokens_bill_at_their_rate_or_in_full_without_one() {
    let cached = Usage { cached_read: Some(800), ..usage(1_000, 0) };
    let bill = known(sheet("mistral-large-latest").cost(&cached, MONDAY));
    assert_eq!((bill.input, bill.cached_read), (dollars(200.0 * 0.5e-6), dollars(800.0 * 0.05e-6)));
    let bill = known(sheet("llama-3.3-70b-versatile").cost(&cached, MONDAY));
    assert_eq!(bill.cached_read, dollars(800.0 * 0.59e-6));
}

#[test]
fn cache_writes_bill_by_lifetime() {
    let written =
        Usage { cached_read: Some(100), cached_write_5m: Some(200), cached_write_1h: Some(300), ..usage(1_000, 10) };
    let bill = known(sheet("claude-opus-4-8").cost(&written, MONDAY));
    assert_eq!(bill.input, dollars(400.0 * 5e-6));
    assert_eq!(bill.cached_read, dollars(100.0 * 0.5e-6));
    assert_eq!(bill.cache_write, dollars(200.0 * 6.25e-6 + 300.0 * 10e-6));
    assert_eq!(bill.output, dollars(10.0 * 25e-6));
}

#[test]
fn parts_that_exceed_the_whole_are_cut_to_it() {
    let odd = Usage { cached_read: Some(5_000), cached_write_5m: Some(5_000), ..usage(1_000, 0) };
    let bill = known(sheet("claude-opus-4-8").cost(&odd, MONDAY));
    assert_eq!((bill.input, bill.cache_write), (Usd::ZERO, Usd::ZERO));
    assert_eq!(bill.cached_read, dollars(1_000.0 * 0.5e-6));
}

#[test]
fn usage_that_was_not_reported_is_unknown_and_never_zero() {
    for unreported in
        [Usage::default(), Usage { output: Some(5), ..Usage::default() }, Usage { input: Some(5), ..Usage::default() }]
    {
        let cost = sheet("gpt-4o").cost(&unreported, MONDAY);
        assert!(matches!(&cost, Cost::Unknown { reason } if reason.contains("did not report")), "{cost:?}");
        assert_eq!(cost.amount(), None);
    }
    assert_eq!(sheet("gpt-4o").cost(&usage(0, 0), MONDAY).amount(), Some(Usd::ZERO), "reported 0 is 0");
}

#[test]
fn lesson_51_free_local_unpublished_and_unpriced_costs() {
    assert_eq!(sheet("glm-4.7-flash").cost(&usage(9, 9), MONDAY), Cost::Free);
    assert_eq!(sheet("local/x").cost(&Usage::default(), MONDAY), Cost::Free);
    assert_eq!(sheet("minimaxai/minimax-m3").cost(&usage(9, 9), MONDAY), Cost::Unpriced);
    assert_eq!(sheet("openai:new").cost(&usage(9, 9), MONDAY), Cost::Unpriced);
    assert_eq!(sheet("openai:new").cost(&usage(9, 9), MONDAY).amount(), None);
}

#[test]
fn a_tier_bills_every_token_and_an_unrecorded_one_is_unknown() {
    let flash = sheet("qwen3.7-flash");
    assert_eq!(known(flash.cost(&usage(32_000, 0), MONDAY)).total(), dollars(32_000.0 * 0.03e-6));
    assert_eq!(known(flash.cost(&usage(32_001, 0), MONDAY)).total(), dollars(32_001.0 * 0.1e-6));
    let cost = sheet("grok-4.6").cost(&usage(200_001, 1), MONDAY);
    assert!(matches!(&cost, Cost::Unknown { reason } if reason.contains("200000")), "{cost:?}");
}

#[test]
fn a_price_without_thinking_does_not_hold_for_a_call_that_thought() {
    let sheet = sheet("qwen3.7-max");
    let thought = Usage { reasoning: Some(10), ..usage(10, 20) };
    assert!(matches!(sheet.cost(&thought, MONDAY), Cost::Unknown { .. }));
    let silent = Usage { reasoning: Some(0), ..usage(10, 20) };
    assert!(matches!(sheet.cost(&silent, MONDAY), Cost::Known(_)));
    let call = WorstCaseCall { input_tokens: 10, max_output_tokens: 10, advisor_uses: 0, at_unix: MONDAY };
    assert!(sheet.worst_case(&call).is_ok());
    let asked = Registry::builtin().resolve("qwen3.7-max@thinking=on").unwrap().price;
    assert!(matches!(asked.worst_case(&call), Err(NoBound::Unbounded(_))));
}

#[test]
fn an_advisor_bills_at_its_own_rate_and_apart() {
    let consultation =
        AdvisorUsage { model: "claude-opus-4-6".to_owned(), input: 1_000, output: 2_000, ..AdvisorUsage::default() };
    let used = Usage { advisor: vec![consultation.clone(), consultation], ..usage(100, 50) };
    let bill = known(sheet("claude-sonnet-4-6@advisor=claude-opus-4-6").cost(&used, MONDAY));
    assert_eq!(bill.own(), dollars(100.0 * 3e-6 + 50.0 * 15e-6));
    assert_eq!(bill.advisor, dollars(2.0 * (1_000.0 * 5e-6 + 2_000.0 * 25e-6)));
    assert_eq!(bill.total(), bill.own() + bill.advisor);
    let unpriced = sheet("claude-sonnet-4-6").cost(&used, MONDAY);
    assert!(matches!(&unpriced, Cost::Unknown { reason } if reason.contains("claude-opus-4-6")), "{unpriced:?}");
}

#[test]
fn worst_cases_take_the_dearest_of_all_that_may_apply() {
    let call =
        |input_tokens, at_unix| WorstCaseCall { input_tokens, max_output_tokens: 1_000, advisor_uses: 0, at_unix };
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    let saturday = at("2026-10-03T12:00:00Z");
    // Off-peak now, but the call may still be billed at the peak.
    assert_eq!(sheet("deepseek-v4-flash").worst_case(&call(1_000, saturday)), Ok(dollars(0.00044 + 0.00132)));
    // The doubling comes within a day.
    let gemini = sheet("gemini-3.7-flash");
    assert_eq!(gemini.worst_case(&call(1_000, at("2026-12-30T12:00:00Z"))), Ok(dollars(0.00075 + 0.00375)));
    assert_eq!(gemini.worst_case(&call(1_000, at("2026-12-31T12:00:00Z"))), Ok(dollars(0.0015 + 0.0075)));
    // The tier that the input bound reaches.
    let qwen = sheet("qwen3.7-flash");
    assert_eq!(qwen.worst_case(&call(40_000, MONDAY)), Ok(dollars(0.004 + 0.0004)));
    // Unrecorded figures count only when they can apply.
    assert!(sheet("grok-4.6").worst_case(&call(200_000, MONDAY)).is_ok());
    assert!(matches!(sheet("grok-4.6").worst_case(&call(200_001, MONDAY)), Err(NoBound::Unknown(_))));
    let sol = sheet("gpt-5.6-sol");
    // Cache writes that nobody asked for: 1.25 x 4.
    assert_eq!(sol.worst_case(&call(1_000, at("2026-11-20T00:00:00Z"))), Ok(dollars(0.005 + 0.02)));
    assert!(matches!(sol.worst_case(&call(1_000, at("2026-11-21T12:00:00Z"))), Err(NoBound::Unknown(_))));
    // Claude's cache is never asked for, so its writes do not count.
    assert_eq!(sheet("claude-opus-4-8").worst_case(&call(1_000, MONDAY)), Ok(dollars(0.005 + 0.025)));
    assert_eq!(sheet("local/x").worst_case(&call(1_000, MONDAY)), Ok(Usd::ZERO));
    let unpublished = sheet("minimaxai/minimax-m3").worst_case(&call(1, MONDAY)).unwrap_err();
    assert_eq!(unpublished.to_string(), "no price is published");
    assert_eq!(sheet("openai:new").worst_case(&call(1, MONDAY)).unwrap_err().to_string(), "no price is recorded");
    assert!(matches!(sheet("grok-4.20-multi-agent-0309").worst_case(&call(1, MONDAY)), Err(NoBound::Unbounded(_))));
}

#[test]
fn an_advisors_worst_case_covers_every_consultation_and_every_rereading() {
    let sheet = sheet("claude-sonnet-4-6@advisor=claude-opus-4-6,advisor-max-uses=2");
    let call = WorstCaseCall { input_tokens: 1_000, max_output_tokens: 500, advisor_uses: 2, at_unix: MONDAY };
    let bound = sheet.worst_case(&call).unwrap();
    // Two consultations of the assumed size, an executor that runs three times and reads all again.
    let advice = |input| AdvisorUsage {
        model: "claude-opus-4-6".to_owned(),
        input,
        output: ADVISOR_OUTPUT_BOUND,
        ..AdvisorUsage::default()
    };
    let reread = 1_000 + (1_000 + 500 + ADVISOR_OUTPUT_BOUND) + (1_000 + 2 * (500 + ADVISOR_OUTPUT_BOUND));
    let used =
        Usage { advisor: vec![advice(1_500), advice(1_500 + 500 + ADVISOR_OUTPUT_BOUND)], ..usage(reread, 3 * 500) };
    assert!(known(sheet.cost(&used, MONDAY)).total() <= bound);
    let without = WorstCaseCall { advisor_uses: 0, ..call };
    assert!(sheet.worst_case(&without).unwrap() < bound);
    let endless = WorstCaseCall { advisor_uses: u32::MAX, ..call };
    assert_eq!(sheet.worst_case(&endless), Ok(Usd::MAX));
}

#[test]
fn input_bounds_hold_for_any_tokenizer() {
    let bound = |text: &str| input_tokens_upper_bound(&ChatRequest::prompt("m", text), 0);
    assert_eq!(bound("abc") - bound(""), 3);
    assert_eq!(bound("é") - bound(""), 2);
    assert_eq!(bound("\u{1F600}") - bound(""), 4);
    // U+1D160 is three characters of four bytes in NFC, U+0958 two of three.
    assert!(bound("\u{1D160}") - bound("") >= 12);
    assert!(bound("\u{0958}") - bound("") >= 6);
    let mut request = ChatRequest::prompt("m", "abc");
    let plain = input_tokens_upper_bound(&request, 0);
    request.system = Some(String::new());
    assert_eq!(input_tokens_upper_bound(&request, 0), plain, "an empty system prompt is none");
    request.system = Some("xy".to_owned());
    request.messages.push(Message { role: Role::Assistant, text: "z".to_owned() });
    assert_eq!(input_tokens_upper_bound(&request, 0), plain + 2 + 16 + 1 + 16);
    request.params.advisor = Some(Advisor { model: "a".to_owned(), max_uses: None });
    assert!(input_tokens_upper_bound(&request, 0) > plain + 2_000);
    assert_eq!(input_tokens_upper_bound(&request, 7), input_tokens_upper_bound(&request, 0) + 7);
}

#[test]
fn rates_refuse_what_is_no_price() {
    for wrong in [f64::NAN, f64::INFINITY, -0.01, 1e7] {
        assert_eq!(Rate::from_usd_per_mtok(wrong), None);
    }
    assert_eq!(rate(0.2).scaled(1.25), rate(0.25));
    assert_eq!(rate(1.1).scaled(0.5), rate(0.55));
    assert_eq!(rate(0.000_001).scaled(0.5), rate(0.000_001), "rounded up: never undercharged");
    assert!(serde_json::from_str::<Rate>("-1").is_err());
}

#[test]
fn a_sheet_survives_storage_with_every_figure() {
    let registry = Registry::builtin();
    for model in registry.models() {
        let sheet = registry.price_sheet(model);
        let stored = serde_json::to_string(&sheet).unwrap();
        assert_eq!(serde_json::from_str::<PriceSheet>(&stored).unwrap(), sheet, "{}", model.id);
    }
    let advised = sheet("claude-sonnet-4-6@advisor=claude-opus-4-6");
    let stored = serde_json::to_string(&advised).unwrap();
    assert_eq!(serde_json::from_str::<PriceSheet>(&stored).unwrap(), advised);
}

fn any_rates() -> impl Strategy<Value = Rates> {
    let cents = 0u32..20_000;
    (cents.clone(), proptest::option::of(cents.clone()), proptest::option::of(cents.clone()), cents).prop_map(
        |(input, cached_read, write, output)| {
            let rate = |cents: u32| Rate::from_usd_per_mtok(f64::from(cents) / 100.0).unwrap();
            let cached_read = cached_read.map(rate);
            Rates {
                input: rate(input),
                cached_read,
                cache_write_5m: write.map(rate),
                cache_write_1h: None,
                output: rate(output),
            }
        },
    )
}

proptest! {
    #[test]
    fn no_cost_exceeds_the_worst_case(
        rates in any_rates(),
        input in 0u64..100_000,
        cached in 0u64..100_000,
        written in 0u64..100_000,
        output in 0u32..50_000,
        spare in 0u64..1_000,
        implicit: bool,
    ) {
        let schedule = Schedule { implicit_cache_writes: implicit, ..Schedule::flat(rates) };
        let sheet = PriceSheet::new(Terms::Priced(schedule), PriceSource::User);
        let call = WorstCaseCall {
            input_tokens: input + spare,
            max_output_tokens: output,
            advisor_uses: 0,
            at_unix: MONDAY,
        };
        let used = Usage {
            cached_read: Some(cached),
            // Where the provider does not write unasked, nothing is written: nobody asks.
            cached_write_5m: implicit.then_some(written),
            ..usage(input, u64::from(output))
        };
        let cost = sheet.cost(&used, MONDAY).amount().unwrap();
        prop_assert!(cost <= sheet.worst_case(&call).unwrap());
    }

    #[test]
    fn a_cost_is_additive_in_output_and_monotone_in_input(rates in any_rates(), input in 0u64..1_000_000, output in 0u64..1_000_000) {
        let sheet = PriceSheet::new(Terms::Priced(Schedule::flat(rates)), PriceSource::User);
        let cost = |input, output| sheet.cost(&usage(input, output), MONDAY).amount().unwrap();
        prop_assert_eq!(cost(input, output), cost(input, 0) + cost(0, output));
        prop_assert!(cost(input, output) <= cost(input + 1, output));
    }

    #[test]
    fn hostile_counts_saturate(input: u64, cached: u64, output: u64) {
        let used = Usage { cached_read: Some(cached), ..usage(input, output) };
        let _ = sheet("gpt-4o").cost(&used, i64::MAX);
        let cost = sheet("gpt-4o").cost(&used, MONDAY);
        prop_assert!(cost.amount().is_some());
    }

    #[test]
    fn the_bound_is_never_below_the_bytes(text in any::<String>()) {
        prop_assert!(input_tokens_upper_bound(&ChatRequest::prompt("m", text.clone()), 0) >= text.len() as u64);
    }
}
