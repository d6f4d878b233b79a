//! Plans: the grid, the order, the bounds.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::collections::HashMap;

use evals::plan::{CacheKey, Plan, PlanError, PlanRequest, Pricing, printable_up};
use evals::record::Prompt;
use llm::money::Usd;
use llm::request::{Advisor, Thinking};
use proptest::prelude::*;
use support::*;

fn two() -> Vec<evals::record::Contestant> {
    vec![contestant("haiku", "anthropic", priced(1.0, 5.0)), contestant("mini", "openai", priced(0.15, 0.6))]
}

fn plan(change: impl FnOnce(&mut evals::plan::PlanRequest)) -> Result<Plan, PlanError> {
    let mut request = plan_request(two(), 10);
    change(&mut request);
    Plan::new(request)
}

#[test]
fn the_grid_is_in_the_order_of_the_output() {
    let plan = plan(|request| {
        request.runs = 2;
        request.temperatures = vec![Some(0.0), Some(1.0)];
        request.contestants[1].params.temperature = Some(0.5);
    })
    .expect("plan");
    let cells: Vec<_> = plan.calls.iter().map(|call| (call.contestant, call.temperature, call.run_index)).collect();
    assert_eq!(
        cells,
        [
            (0, Some(0.0), 0),
            (0, Some(0.0), 1),
            (0, Some(1.0), 0),
            (0, Some(1.0), 1),
            (1, Some(0.5), 0),
            (1, Some(0.5), 1),
        ]
    );
    assert!(plan.calls.iter().enumerate().all(|(index, call)| call.index as usize == index));
}

#[test]
fn a_swept_temperature_is_sent_only_where_the_model_takes_it() {
    let plan = plan(|request| {
        request.temperatures = vec![Some(0.7)];
        request.contestants[1].sends_temperature = false;
    })
    .expect("plan");
    let sent: Vec<_> = plan.calls.iter().map(|call| (call.contestant, plan.request(call).params.temperature)).collect();
    assert!(sent.contains(&(0, Some(0.7))) && sent.contains(&(1, None)) && !sent.contains(&(1, Some(0.7))));
}

#[test]
fn every_repetition_has_one_call_of_each_cell_in_an_order_of_its_own() {
    let plan = plan(|request| request.temperatures = vec![Some(0.0), Some(0.5), Some(1.0)]).expect("plan");
    let mut orders = Vec::new();
    for (round, block) in plan.blocks().enumerate() {
        let mut cells: Vec<_> = block
            .iter()
            .map(|&index| {
                let call = plan.calls[index as usize];
                assert_eq!(call.run_index as usize, round);
                (call.contestant, (call.temperature.unwrap_or(0.0) * 10.0) as u32)
            })
            .collect();
        orders.push(cells.clone());
        cells.sort_unstable();
        assert_eq!(cells, [(0, 0), (0, 5), (0, 10), (1, 0), (1, 5), (1, 10)]);
    }
    assert_eq!(orders.len(), 10);
    orders.dedup();
    assert!(orders.len() > 5, "the same order again and again is no random order");
}

#[test]
fn prompts_of_a_repetition_make_blocks_of_their_own() {
    let plan = plan(|request| {
        request.prompts =
            (0..5).map(|number| Prompt::new(format!("p{number}"), format!("What is {number}?"))).collect();
    })
    .expect("plan");
    let blocks: Vec<_> = plan.blocks().map(<[u32]>::len).collect();
    assert_eq!(blocks, vec![2; 50]);
}

#[test]
fn the_order_is_the_seeds() {
    let order = |seed| plan(|request| request.seed = seed).expect("plan").dispatch_order;
    assert_eq!(order(7), order(7));
    assert_ne!(order(7), order(8));
}

#[test]
fn without_a_cap_nothing_is_sent_that_was_not_asked_for() {
    let plan = plan(|_| ()).expect("plan");
    assert!(plan.header.contestants.iter().all(|entrant| entrant.params.max_output_tokens.is_none()));
    assert_eq!(plan.worst_case(), None);
    assert!(plan.header.notes.is_empty());
}

#[test]
fn under_a_cap_an_output_maximum_is_sent_and_said() {
    let maximum = |cap: f64| {
        let plan = plan(|request| request.max_cost = Some(usd(cap))).expect("plan");
        assert_eq!(plan.header.notes[0].code, "output_cap");
        let maxima: Vec<_> =
            plan.header.contestants.iter().map(|entrant| entrant.params.max_output_tokens.expect("sent")).collect();
        assert_eq!(maxima[0], maxima[1]);
        (maxima[0], plan.worst_case().expect("bounded"))
    };
    assert_eq!(maximum(100.0).0, 4_096);
    let (middle, worst) = maximum(0.10);
    assert!((513..4_096).contains(&middle) && middle % 64 == 0, "{middle}");
    assert!(worst <= usd(0.10), "the whole plan fits");
    let (least, worst) = maximum(0.005);
    assert_eq!(least, 512, "never so low that ordinary answers are cut");
    assert!(worst > usd(0.005), "then not all of it may be run");
}

#[test]
fn the_commands_printed_in_the_posts_run_whole_under_their_caps() {
    let registry = llm::registry::Registry::builtin();
    let commands: [(&[&str], u32, f64); 3] = [
        (&["qwen3.7-max", "glm-5.2", "gpt-5.4", "claude-opus-4-8"], 10, 0.50),
        (&["claude-haiku-4-5", "gpt-4o-mini"], 1, 0.10),
        (&["claude-haiku-4-5", "gpt-4o-mini", "gemini-2.0-flash"], 10, 1.00),
    ];
    for (ids, runs, cap) in commands {
        let entrants = ids.iter().map(|id| {
            let model = registry.models().iter().find(|model| model.id == *id).expect("a registered model");
            let provider = registry.provider(&model.provider).expect("its provider");
            (contestant(id, &model.provider, registry.price_sheet(model)), provider.prompt_overhead)
        });
        let (contestants, prompt_overheads): (Vec<_>, Vec<_>) = entrants.unzip();
        let mut request = plan_request(contestants, runs);
        request.prompt_overheads = prompt_overheads;
        request.max_cost = Some(usd(cap));
        let plan = Plan::new(request).expect("a plan");
        assert!(plan.worst_case() <= Some(usd(cap)), "{ids:?} could stop early");
        assert!(plan.header.contestants[0].params.max_output_tokens >= Some(512));
    }
}

#[test]
fn what_the_user_asked_for_is_not_changed_and_a_thinking_budget_is_added() {
    let plan = plan(|request| {
        request.max_cost = Some(usd(10.0));
        request.contestants[0].params.max_output_tokens = Some(77);
        request.contestants[1].params.thinking = Some(Thinking::Budget(2_000));
    })
    .expect("plan");
    let maxima: Vec<_> = plan.header.contestants.iter().map(|entrant| entrant.params.max_output_tokens).collect();
    assert_eq!(maxima, [Some(77), Some(6_096)]);
}

#[test]
fn an_advisor_under_a_cap_gets_a_limit_of_consultations() {
    let plan = plan(|request| {
        request.max_cost = Some(usd(10.0));
        let advisor = Advisor { model: "opus".to_owned(), max_uses: None };
        request.contestants[0].params.advisor = Some(advisor);
        request.contestants[0].price.advisor = Some(Box::new(priced(5.0, 25.0)));
    })
    .expect("plan");
    assert_eq!(plan.header.contestants[0].params.advisor.as_ref().and_then(|advisor| advisor.max_uses), Some(1));
    assert!(plan.header.notes.iter().any(|note| note.code == "advisor_uses"));
}

#[test]
fn a_cap_too_small_is_refused_and_the_least_that_is_named_would_do() {
    let refused = plan(|request| request.max_cost = Some(usd(0.000_1))).expect_err("too small");
    let PlanError::CapTooSmall { least, .. } = &refused else { panic!("{refused}") };
    let sentence = refused.to_string();
    let named: f64 = sentence
        .split("up to ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .and_then(|word| word.parse().ok())
        .expect("an amount");
    assert_eq!(Usd::from_f64(named), Some(*least), "{sentence}");
    for seed in 0..50 {
        let accepted = plan(|request| {
            request.max_cost = Usd::from_f64(named);
            request.seed = seed;
        });
        assert!(accepted.is_ok(), "{accepted:?}");
    }
    let below = Usd::from_f64(named * 0.9);
    assert!(plan(|request| request.max_cost = below).is_err(), "the least is not generous");
}

#[test]
fn lesson_53_a_cap_of_zero_lets_free_models_run() {
    let plan = Plan::new(evals::plan::PlanRequest {
        max_cost: Some(Usd::ZERO),
        ..plan_request(vec![contestant("local", "local", free())], 3)
    })
    .expect("plan");
    assert_eq!(plan.worst_case(), Some(Usd::ZERO));
    assert_eq!(plan.header.contestants[0].params.max_output_tokens, Some(4_096));
}

#[test]
fn what_has_no_price_is_refused_under_a_cap_unless_the_user_says_otherwise() {
    let with = |allow| {
        plan(|request| {
            request.contestants.push(contestant("secret", "nvidia", unpriced()));
            request.max_cost = Some(usd(1.0));
            request.allow_unpriced = allow;
        })
    };
    let refused = with(false).expect_err("unbounded").to_string();
    assert!(refused.contains("secret") && !refused.contains("haiku"), "{refused}");
    let plan = with(true).expect("allowed");
    assert!(plan.header.notes.iter().any(|note| note.code == "cap_not_covering" && note.text.contains("secret")));
    let forecast = plan.forecast(AT_UNIX, &|_| None);
    let pricing: Vec<_> = forecast.contestants.iter().map(|one| one.pricing).collect();
    assert_eq!(pricing, [Pricing::Priced, Pricing::Priced, Pricing::Unpriced]);
    assert_eq!((forecast.contestants[2].expected, forecast.contestants[2].worst), (None, None));
    assert_eq!(forecast.worst, None, "no bound is no bound, not zero");
}

#[test]
fn a_resumed_plan_takes_another_cap_but_never_one_that_bounds_nothing() {
    let mut capped = plan(|request| request.max_cost = Some(usd(0.5))).expect("plan");
    let sent = capped.header.contestants.clone();
    capped.reprice(AT_UNIX + 86_400, Some(usd(2.0))).expect("still bounded");
    assert_eq!((capped.header.max_cost, &capped.header.contestants), (Some(usd(2.0)), &sent));
    let mut uncapped = plan(|_| ()).expect("plan");
    uncapped.reprice(AT_UNIX, None).expect("no cap, no bound needed");
    assert!(matches!(uncapped.reprice(AT_UNIX, Some(usd(2.0))), Err(PlanError::Unbounded { .. })));
    capped.header.contestants[1].price = unpriced();
    assert!(matches!(capped.reprice(AT_UNIX, Some(usd(2.0))), Err(PlanError::Unbounded { .. })));
}

#[test]
fn a_dry_run_says_calls_expected_and_worst_cost() {
    let plan = plan(|request| request.max_cost = Some(usd(0.5))).expect("plan");
    let forecast = plan.forecast(AT_UNIX, &|contestant| (contestant == 1).then_some(100.0));
    assert_eq!(forecast.calls, 20);
    let [haiku, mini] = &forecast.contestants[..] else { panic!("two contestants") };
    assert_eq!((haiku.calls, haiku.expected_output_tokens, haiku.from_history), (10, 400.0, false));
    assert_eq!((mini.calls, mini.expected_output_tokens, mini.from_history), (10, 100.0, true));
    // 19 expected input tokens (29 bytes / 4 + 12) at 1 USD and 400 output tokens at 5 USD per million, ten times.
    assert_eq!(haiku.expected, Some(usd(10.0 * (19.0 * 1.0 + 400.0 * 5.0) / 1e6)));
    assert!(forecast.expected < forecast.worst.expect("bounded"));
    assert!(forecast.worst <= Some(usd(0.5)));
}

#[test]
fn impossible_plans_are_refused() {
    assert!(matches!(plan(|request| request.prompts.clear()), Err(PlanError::Empty("prompts"))));
    assert!(matches!(plan(|request| request.runs = 0), Err(PlanError::Empty("runs"))));
    assert!(matches!(plan(|request| request.runs = u32::MAX), Err(PlanError::TooManyCalls { .. })));
    assert!(matches!(plan(|request| request.temperatures = vec![Some(f64::NAN)]), Err(PlanError::Temperature)));
    let twice = plan(|request| request.contestants[1].name = "haiku".to_owned());
    assert!(matches!(twice, Err(PlanError::Duplicate { dimension: "contestant", .. })));
}

#[test]
fn the_experiment_is_the_same_wherever_and_whenever_it_runs() {
    let key = |change: &dyn Fn(&mut evals::plan::PlanRequest)| plan(change).expect("plan").header.experiment_key;
    let base = key(&|_| ());
    assert_eq!(base.len(), 16);
    assert_eq!(base, key(&|request| request.seed = 99));
    assert_eq!(base, key(&|request| request.at_unix += 86_400));
    assert_ne!(base, key(&|request| request.runs = 11));
    assert_ne!(base, key(&|request| request.contestants[0].params.top_p = Some(0.5)));
}

#[test]
fn cache_keys_tell_repetitions_and_cells_apart() {
    let plan = plan(|request| {
        request.temperatures = vec![Some(0.0), Some(1.0)];
        request.contestants[0].sends_temperature = false;
    })
    .expect("plan");
    let mut seen = HashMap::new();
    for call in &plan.calls {
        assert_eq!(seen.insert(CacheKey::of(&plan, call), call.index), None);
    }
}

proptest! {
    #[test]
    fn printable_amounts_are_no_less_and_read_back_exactly(pico in 0_u64..1_000_000_000_000_000) {
        let (amount, text) = printable_up(Usd::from_pico(pico));
        prop_assert!(amount.pico() >= pico);
        prop_assert!(amount.pico() as f64 <= pico as f64 * 1.1 + 1.0);
        prop_assert_eq!(Usd::from_f64(text.parse().expect("a number")), Some(amount));
    }

    #[test]
    fn plans_survive_the_store(seed: u64, temperature in prop::option::of(0.0_f64..2.0)) {
        let plan = plan(|request| {
            request.seed = seed;
            request.temperatures = vec![temperature];
            request.max_cost = Some(usd(1.0));
        }).expect("plan");
        let text = serde_json::to_string(&plan).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Plan>(&text).expect("plan"), plan);
    }
}

#[test]
fn items_with_system_prompts_of_their_own_are_not_counted_with_all_of_them() {
    let count = 1_500_u32;
    let prompts: Vec<Prompt> = (0..count)
        .map(|number| Prompt { systems: Some(vec![number]), ..Prompt::new(format!("p{number}"), "What is it?") })
        .collect();
    let systems = (0..count).map(|number| Some(format!("You are {number}."))).collect();
    let request = PlanRequest { prompts, systems, ..plan_request(vec![contestant("a", "one", free())], 1) };
    assert_eq!(Plan::new(request).expect("plan").calls.len(), count as usize);
}
