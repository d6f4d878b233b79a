//! The registry's tables against their source, and the way from a written id to a contestant.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and say what they skip"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use llm::contestant::{Contestant, Parameter, split_list, split_spec};
use llm::cost::{Cost, PriceSource, Terms};
use llm::dialect::{Dialect, StructuredOutput};
use llm::event::Usage;
use llm::registry::{DynamicGroup, Registry, ResolveError, Selection, family_of};
use llm::request::{Advisor, Effort, Params, Thinking};
use llm::secret::{InvalidKey, KeySource, find_key};
use proptest::prelude::*;

fn registry() -> Registry {
    Registry::try_builtin().unwrap()
}

fn resolve(spec: &str) -> Contestant {
    registry().resolve(spec).unwrap_or_else(|error| panic!("{spec}: {error}"))
}

fn shared(name: &str, file: &str) -> Option<String> {
    let root = std::env::var_os("MODELARIUM_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let text = std::fs::read_to_string(root.join(file)).ok();
    if text.is_none() {
        println!("skipped: {name}: shared material absent");
    }
    text
}

/// Rows of a CSV whose quoted cells hold commas but no line breaks.
fn csv(text: &str) -> Vec<BTreeMap<String, String>> {
    let cells = |line: &str| {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                other => cells.last_mut().unwrap().push(other),
            }
        }
        cells
    };
    let mut lines = text.lines();
    let header = cells(lines.next().unwrap());
    lines.map(|line| header.iter().cloned().zip(cells(line)).collect()).collect()
}

// ---- the tables ----

#[test]
fn every_model_of_the_price_table_is_registered_with_its_price() {
    let Some(text) = shared("price table", "reference/models.csv") else { return };
    let registry = registry();
    let mut seen = 0;
    for row in csv(&text) {
        let (provider, id) = (row["provider"].as_str(), row["model_id"].as_str());
        seen += 1;
        match provider {
            "(retired)" => {
                assert!(registry.retired().iter().any(|retired| retired.id == id), "{id}");
                continue;
            }
            "local" => {
                assert_eq!(registry.resolve("local/anything").unwrap().price.terms, Terms::Local);
                continue;
            }
            _ => {}
        }
        let model = registry.model(provider, id).unwrap_or_else(|| panic!("{provider}:{id} is missing"));
        let refuses_temperature = model.capabilities.temperature == Some(false);
        assert_eq!(refuses_temperature, row["supports_temperature"] == "no", "{id}");
        if !row["context"].is_empty() {
            assert_eq!(model.context, row["context"].parse().ok(), "{id}");
        }
        let source = match row["verified"].as_str() {
            "first-party 2026-09-06" => PriceSource::FirstParty,
            "third-party" => PriceSource::ThirdParty,
            "reseller" => PriceSource::Reseller,
            "unpublished" => PriceSource::Unpublished,
            other => {
                assert_eq!(other, "unchecked");
                PriceSource::Unchecked
            }
        };
        assert_eq!(model.price.source, source, "{id}");
        assert_eq!(model.price.as_of, Some("2026-09-06".parse().unwrap()), "{id}");
        let Terms::Priced(_) = &model.price.terms else {
            assert_eq!(row["output_per_mtok"], "0.0", "{id}");
            let free = row["notes"].contains("genuinely free");
            assert_eq!(model.price.terms, if free { Terms::Free } else { Terms::Unpublished }, "{id}");
            continue;
        };
        // 2026-09-07 08:00 UTC, a Monday: in force, and in everybody's peak hours.
        let rates = model.price.entry_rates(1_788_768_000).unwrap();
        assert_eq!(rates.input.usd_per_mtok(), row["input_per_mtok"].parse::<f64>().unwrap(), "{id}");
        assert_eq!(rates.output.usd_per_mtok(), row["output_per_mtok"].parse::<f64>().unwrap(), "{id}");
        let cached = rates.cached_read.map(|rate| rate.usd_per_mtok());
        assert_eq!(cached, row["cached_input_per_mtok"].parse().ok(), "{id}");
    }
    assert_eq!(seen, 97);
    assert_eq!(registry.models().len(), 93 + 2, "the table's models and two ids that published commands name");
}

#[test]
fn groups_are_those_of_the_reference() {
    let Some(text) = shared("groups", "reference/groups.csv") else { return };
    let registry = registry();
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in csv(&text).into_iter().filter(|row| row["kind"] != "dynamic") {
        groups.entry(row["group"].clone()).or_default().push(row["model_id"].clone());
    }
    assert_eq!(registry.groups(), groups.keys().map(String::as_str).collect::<Vec<_>>());
    for (name, members) in groups {
        assert_eq!(registry.group(&name).unwrap(), members, "{name}");
    }
}

#[test]
fn every_registered_model_resolves_by_its_id_and_by_its_route() {
    let registry = registry();
    for model in registry.models() {
        let short = registry.resolve(&model.id).unwrap();
        let long = registry.resolve(&format!("{}:{}", model.provider, model.id)).unwrap();
        assert_eq!(short, long, "{}", model.id);
        assert_eq!(
            (short.provider.as_str(), short.wire_id.as_str()),
            (model.provider.as_str(), model.wire_id.as_str())
        );
        assert_eq!(short.name, model.id);
    }
}

#[test]
fn families_in_the_table_are_those_told_from_ids() {
    for model in registry().models() {
        assert_eq!(model.family, family_of(&model.id), "{}", model.id);
    }
    assert_eq!(family_of("hf.co/bartowski/Qwen3-8B-GGUF:Q4_K_M"), "qwen");
    assert_eq!(family_of("my-own-model"), "my-own-model");
}

#[test]
fn lesson_48_prices_carry_date_source_tiers_and_promotional_ends() {
    let registry = registry();
    assert!(registry.models().iter().all(|model| model.price.as_of.is_some()));
    let priced = |id: &str, when: &str, input: u64| -> Result<(f64, f64), String> {
        let Terms::Priced(schedule) = resolve(id).price.terms else { panic!("{id}") };
        let at = when.parse::<jiff::Timestamp>().unwrap().as_second();
        schedule.rates_at(input, at).map(|rates| (rates.input.usd_per_mtok(), rates.output.usd_per_mtok()))
    };
    for id in ["gemini-3.6-flash", "gemini-3.7-flash", "gemini-3.8-flash"] {
        assert_eq!(priced(id, "2026-12-31T23:59:59Z", 1), Ok((0.75, 3.75)));
        assert_eq!(priced(id, "2027-01-01T00:00:00Z", 1), Ok((1.5, 7.5)));
    }
    assert_eq!(priced("gpt-5.6-sol", "2026-11-21T23:59:59Z", 1), Ok((4.0, 20.0)));
    let reason = priced("gpt-5.6-sol", "2026-11-22T00:00:00Z", 1).unwrap_err();
    assert!(reason.contains("2026-11-22") && reason.contains("not recorded"), "{reason}");
    assert_eq!(priced("qwen3.7-flash", "2026-10-01T00:00:00Z", 32_000), Ok((0.03, 0.13)));
    assert_eq!(priced("qwen3.7-flash", "2026-10-01T00:00:00Z", 32_001), Ok((0.1, 0.4)));
    assert_eq!(priced("qwen3.7-flash", "2026-10-01T00:00:00Z", 256_001), Ok((0.2, 0.8)));
    assert_eq!(priced("grok-4.6", "2026-10-01T00:00:00Z", 200_000), Ok((2.0, 6.0)));
    assert!(priced("grok-4.6", "2026-10-01T00:00:00Z", 200_001).unwrap_err().contains("200000"));
    // Monday 03:59:59 is peak, 04:00 is not; Saturday never is.
    assert_eq!(priced("deepseek-v4-pro", "2026-10-05T03:59:59Z", 1), Ok((1.32, 3.96)));
    assert_eq!(priced("deepseek-v4-pro", "2026-10-05T04:00:00Z", 1), Ok((0.66, 1.98)));
    assert_eq!(priced("deepseek-v4-pro", "2026-10-03T02:00:00Z", 1), Ok((0.66, 1.98)));
}

#[test]
fn anthropic_cache_writes_follow_the_providers_rule() {
    let rates = resolve("claude-opus-4-8").price.entry_rates(0).unwrap();
    assert_eq!(rates.cache_write_5m.unwrap().usd_per_mtok(), 6.25);
    assert_eq!(rates.cache_write_1h.unwrap().usd_per_mtok(), 10.0);
    assert_eq!(resolve("gpt-5.6-luna").price.entry_rates(0).unwrap().cache_write_5m.unwrap().usd_per_mtok(), 0.25);
    assert_eq!(resolve("gpt-4o").price.entry_rates(0).unwrap().cache_write_5m, None);
}

// ---- ids ----

#[test]
fn lesson_56_a_retired_model_is_refused_with_its_successor_and_never_substituted() {
    for (id, successor) in [
        ("deepseek-chat", "deepseek-v4-flash"),
        ("deepseek:deepseek-reasoner", "deepseek-v4-pro"),
        ("grok-4.1-fast", "grok-4.3"),
    ] {
        let error = registry().resolve(id).unwrap_err();
        assert!(matches!(&error, ResolveError::Retired { successor: named, .. } if named == successor), "{error}");
        assert!(error.to_string().contains(successor) && error.to_string().contains("2026-"));
    }
    // The same id on a route of somebody else's is none of that provider's business.
    assert_eq!(resolve("openrouter:deepseek-chat").wire_id, "deepseek-chat");
}

#[test]
fn an_unknown_id_names_the_nearest_ones() {
    let near = |id: &str| match registry().resolve(id).unwrap_err() {
        ResolveError::Unknown { nearest, .. } => nearest,
        other => panic!("{other}"),
    };
    assert_eq!(near("gpt-4o-mni")[0], "gpt-4o-mini");
    assert_eq!(near("claude-opus-48")[0], "claude-opus-4-8");
    assert_eq!(near("gpt-oss-120b")[0], "openai/gpt-oss-120b");
    assert_eq!(near("openai/gpt-4o")[0], "openai:gpt-4o");
    assert_eq!(near("all-budgets")[0], "all-budget");
    let hint = registry().resolve_list("gpt-4o,temperature=1").unwrap_err().hint().unwrap();
    assert!(hint.contains("MODEL@temperature=1"), "{hint}");
    assert!(near("zzzzzzzz").is_empty());
    assert!(registry().resolve("zzzzzzzz").unwrap_err().hint().unwrap().contains("provider:model"));
}

#[test]
fn an_unregistered_model_of_a_known_provider_is_allowed_and_unpriced() {
    let contestant = resolve("openrouter:some/new-model:free");
    assert_eq!((contestant.provider.as_str(), contestant.wire_id.as_str()), ("openrouter", "some/new-model:free"));
    assert_eq!(contestant.price.terms, Terms::Unpriced);
    let priced = resolve("openai:gpt-9@price=0.15/0.60");
    assert_eq!(priced.price.source, PriceSource::CommandLine);
    let rates = priced.price.entry_rates(0).unwrap();
    assert_eq!((rates.input.usd_per_mtok(), rates.output.usd_per_mtok()), (0.15, 0.6));
    assert_eq!(resolve("openai:gpt-9@price=free").price.terms, Terms::Free);
}

#[test]
fn lesson_75_the_local_prefix_is_stripped_once_and_ids_keep_slashes_and_colons() {
    for (spec, wire_id, name) in [
        ("local/qwen3", "qwen3", "local/qwen3"),
        ("local:llama3.1:8b", "llama3.1:8b", "local/llama3.1:8b"),
        ("local/hf.co/x/y:Q4", "hf.co/x/y:Q4", "local/hf.co/x/y:Q4"),
        ("local/local/x", "local/x", "local/local/x"),
        ("embedded/smollm2-135m", "smollm2-135m", "embedded/smollm2-135m"),
        ("embedded:./model.gguf", "./model.gguf", "embedded:./model.gguf"),
        ("embedded:C:\\models\\m.gguf", "C:\\models\\m.gguf", "embedded:C:\\models\\m.gguf"),
    ] {
        let contestant = resolve(spec);
        assert_eq!((contestant.wire_id.as_str(), contestant.name.as_str()), (wire_id, name));
        assert!(contestant.is_local());
    }
    assert!(registry().resolve("local/").is_err());
}

#[test]
fn lesson_76_local_models_are_free_and_say_local() {
    let local = resolve("local:llama-3.1-8b");
    assert_eq!(local.price.terms.as_str(), "local");
    assert_eq!(local.price.cost(&Usage::default(), 0), Cost::Free);
}

#[test]
fn lesson_51_free_unpublished_and_unpriced_are_three_words() {
    assert_eq!(resolve("glm-4.7-flash").price.terms.as_str(), "free");
    assert_eq!(resolve("meta/llama-3.1-8b-instruct").price.terms.as_str(), "unpublished");
    assert_eq!(resolve("nvidia:new/model").price.terms.as_str(), "unpriced");
    let usage = Usage { input: Some(10), output: Some(10), ..Usage::default() };
    assert_eq!(resolve("meta/llama-3.1-8b-instruct").price.cost(&usage, 0), Cost::Unpriced);
}

#[test]
fn commands_of_the_published_posts_resolve() {
    for list in [
        "claude-haiku-4-5,gpt-4o-mini,gemini-2.0-flash",
        "qwen3.7-max,glm-5.2,gpt-5.4,claude-opus-4-8",
        "claude-haiku-4-5,local:llama-3.1-8b",
        "claude-opus-4",
    ] {
        registry().resolve_list(list).unwrap();
    }
    assert_eq!(resolve("claude-opus-4").wire_id, "claude-opus-4-0");
    assert_eq!(resolve("gpt-4o-mini").dialect, Dialect::OpenAiChat, "a mock behind OPENAI_BASE_URL speaks chat");
    assert_eq!(resolve("gpt-5.5").dialect, Dialect::OpenAiChat);
    assert_eq!(resolve("o3-pro").dialect, Dialect::OpenAiResponses, "served nowhere else");
}

#[test]
fn lesson_87_aliased_groups_are_one_list() {
    let registry = registry();
    assert!(std::ptr::eq(registry.group("all-premium").unwrap(), registry.group("all-flagship").unwrap()));
    let names = |list: &str| -> Vec<String> {
        let selections = registry.resolve_list(list).unwrap();
        selections
            .into_iter()
            .map(|selection| match selection {
                Selection::One(contestant) => contestant.name,
                Selection::Group(group) => group.name().to_owned(),
            })
            .collect()
    };
    assert_eq!(names("all-premium"), names("all-flagship"));
    assert_eq!(names("gpt-4o,all,all-local,gpt-4o"), ["gpt-4o", "all", "all-local"]);
    assert!(matches!(registry.resolve("all"), Err(ResolveError::Group { .. })));
    assert!(matches!(registry.resolve("all-cheap@seed=1"), Err(ResolveError::GroupParameters { .. })));
    assert!(matches!(registry.resolve_list(" , "), Err(ResolveError::Empty)));
}

#[test]
fn all_leaves_out_what_has_no_key_and_routes_of_uncertain_price() {
    let registry = registry();
    let members = registry.members_of_all(|_| true);
    assert!(members.iter().all(|model| !["openrouter", "nvidia", "local"].contains(&model.provider.as_str())));
    let only = registry.members_of_all(|provider| provider.name == "mistral");
    assert_eq!(only.len(), 4);
    assert!(registry.members_of_all(|_| false).is_empty());
    assert_eq!(DynamicGroup::All.name(), "all");
}

// ---- lists and parameters ----

#[test]
fn a_list_is_cut_at_commas_that_do_not_continue_parameters() {
    let list = "gpt-5.5@effort=high,claude-opus-4-8@effort=xhigh,thinking=adaptive,gpt-4o";
    let specs = ["gpt-5.5@effort=high", "claude-opus-4-8@effort=xhigh,thinking=adaptive", "gpt-4o"];
    assert_eq!(split_list(list), specs);
    assert_eq!(split_list("a,b@effort=high,temperature=1.0,c"), ["a", "b@effort=high,temperature=1.0", "c"]);
    assert_eq!(split_list(r"a@stop=x\,y,stop=z,b"), [r"a@stop=x\,y,stop=z", "b"]);
    assert_eq!(split_list(" a , ,b "), ["a", "b"]);
}

#[test]
fn parameters_are_read() {
    let (model, explicit) = split_spec(
        r"m@temperature=0.5,top-p=0.9,seed=-3,max_output_tokens=100,effort=XHIGH,thinking=2048,stop=a\,b,stop=\n,advisor=x,advisor-max-uses=2,label=My\, name",
    )
    .unwrap();
    assert_eq!(model, "m");
    assert_eq!(explicit.label.as_deref(), Some("My, name"));
    assert_eq!(
        explicit.params,
        Params {
            temperature: Some(0.5),
            top_p: Some(0.9),
            seed: Some(-3),
            max_output_tokens: Some(100),
            effort: Some(Effort::Xhigh),
            thinking: Some(Thinking::Budget(2048)),
            stop: vec!["a,b".to_owned(), "\n".to_owned()],
            response_schema: None,
            advisor: Some(Advisor { model: "x".to_owned(), max_uses: Some(2) }),
        }
    );
    assert_eq!(split_spec("@cf/meta/llama@2024").unwrap().0, "@cf/meta/llama@2024");
}

#[test]
fn wrong_parameters_are_named_with_the_nearest() {
    for (spec, says) in [
        ("gpt-4o@temprature=1", "temprature"),
        ("gpt-4o@temperature=nan", "finite"),
        ("gpt-4o@temperature=inf", "finite"),
        ("gpt-4o@temperature=1e999", "finite"),
        ("gpt-4o@top_p=NaN", "finite"),
        ("gpt-4o@seed=1.5", "whole"),
        ("gpt-4o@max-output-tokens=0", "above 0"),
        ("gpt-4o@effort=hard", "xhigh"),
        ("gpt-4o@thinking=0", "adaptive"),
        ("gpt-4o@seed=1,seed=2", "twice"),
        ("gpt-4o@seed=1,oops", "name=value"),
        ("gpt-4o@price=1", "0.15/0.60"),
        ("gpt-4o@price=-1/2", "0.15/0.60"),
        ("claude-opus-4-8@dialect=chat", "Anthropic"),
        ("claude-opus-4-8@advisor-max-uses=1", "advisor=MODEL"),
        ("claude-sonnet-4-6@advisor=gpt-5.5", "openai"),
        ("claude-sonnet-4-6@advisor=claude-opus-4-66", "claude-opus-4-6"),
        ("gpt-4o@advisor=claude-opus-4-6", "Anthropic"),
    ] {
        let error = registry().resolve(spec).unwrap_err().to_string();
        assert!(error.contains(says), "{spec}: {error}");
    }
    let hint = registry().resolve("gpt-4o@temprature=1").unwrap_err().hint().unwrap();
    assert!(hint.contains("`temperature`"), "{hint}");
}

#[test]
fn a_contestants_name_is_canonical_and_duplicates_go() {
    let name = |spec: &str| resolve(spec).name;
    assert_eq!(name("gpt-5.5@temperature=1.0,effort=high"), "gpt-5.5@temperature=1,effort=high");
    assert_eq!(name("openai:gpt-5.5@effort=high"), "gpt-5.5@effort=high");
    assert_eq!(name("gpt-5.5@effort=high,label=ours"), "ours");
    let selections = registry().resolve_list("gpt-4o,openai:gpt-4o,gpt-4o@seed=1,gpt-4o@seed=1").unwrap();
    assert_eq!(selections.len(), 2);
    assert_eq!(resolve("gpt-4o@dialect=responses").dialect, Dialect::OpenAiResponses);
}

// ---- what is sent ----

fn temperature(value: f64) -> Params {
    Params { temperature: Some(value), ..Params::default() }
}

#[test]
fn lesson_69_a_refused_default_is_left_out_and_reported() {
    let flagged: Vec<String> = registry()
        .models()
        .iter()
        .filter(|model| model.capabilities.temperature == Some(false))
        .map(|model| model.id.clone())
        .collect();
    assert_eq!(flagged.len(), 19);
    for id in flagged {
        let applied = resolve(&id).apply(&temperature(0.7)).unwrap();
        assert_eq!(applied.params.temperature, None, "{id}");
        let omission = &applied.omitted[0];
        assert_eq!((omission.parameter, omission.requested.as_str()), (Parameter::Temperature, "0.7"));
        assert!(!omission.reason.is_empty());
    }
    let sent = resolve("gpt-4o").apply(&temperature(3.0)).unwrap();
    assert_eq!(sent.params.temperature, Some(3.0), "lesson 73: no range on our side");
    assert!(sent.omitted.is_empty());
}

#[test]
fn a_parameter_asked_for_by_name_and_refused_is_a_usage_error() {
    for (spec, says) in [
        ("claude-opus-4-7@temperature=0.2", "temperature"),
        ("claude-opus-4-7@thinking=8192", "adaptive"),
        ("claude-opus-4-7@seed=1", "seed"),
        ("claude-opus-4-6@effort=xhigh", "max"),
        ("claude-opus-5@thinking=off,effort=max", "effort max"),
        ("claude-sonnet-4-5@temperature=1,top_p=0.9", "not both"),
        ("claude-sonnet-4-5@thinking=2048,temperature=0", "while it thinks"),
        ("claude-sonnet-4-5@thinking=512", "1024"),
        ("claude-sonnet-4-5@thinking=4096,max-output-tokens=4096", "below"),
        ("gpt-5.4@effort=high,temperature=0", "effort none"),
        ("gpt-4o@effort=high", "no effort"),
        ("gpt-4o@thinking=on", "effort"),
        ("gpt-4o@dialect=responses,seed=1", "Responses"),
        ("gpt-4o@dialect=responses,stop=x", "Responses"),
        ("o3@stop=x", "stop"),
        ("qwen3.7-max@effort=high", "thinking"),
    ] {
        let error = resolve(spec).apply(&Params::default()).unwrap_err();
        assert!(error.to_string().contains(says), "{spec}: {error}");
        assert!(error.to_string().starts_with('`'), "{error}");
    }
}

#[test]
fn what_was_asked_by_name_wins_over_what_the_run_wants() {
    let contestant = resolve("gpt-5.4@temperature=0.3");
    let run = Params { effort: Some(Effort::High), ..temperature(1.0) };
    let applied = contestant.apply(&run).unwrap();
    assert_eq!((applied.params.temperature, applied.params.effort), (Some(0.3), None));
    assert_eq!(applied.omitted[0].parameter, Parameter::Effort);

    let applied = resolve("gpt-5.4@effort=high").apply(&temperature(0.0)).unwrap();
    assert_eq!((applied.params.temperature, applied.params.effort), (None, Some(Effort::High)));
    assert_eq!(applied.omitted[0].parameter, Parameter::Temperature);

    let both = Params { top_p: Some(0.5), ..temperature(1.0) };
    let applied = resolve("claude-haiku-4-5").apply(&both).unwrap();
    assert_eq!((applied.params.temperature, applied.params.top_p), (Some(1.0), None));
    let applied = resolve("claude-haiku-4-5@top_p=0.9").apply(&both).unwrap();
    assert_eq!((applied.params.temperature, applied.params.top_p), (None, Some(0.9)));
}

#[test]
fn the_providers_own_defaults_are_lowest_and_silent() {
    let applied = resolve("qwen3.7-plus").apply(&Params::default()).unwrap();
    assert_eq!(applied.params.thinking, Some(Thinking::Off));
    let applied = resolve("qwen3.7-plus@thinking=on").apply(&Params::default()).unwrap();
    assert_eq!(applied.params.thinking, Some(Thinking::On));
}

#[test]
fn lesson_70_the_route_decides_so_local_gpt_5_keeps_its_temperature() {
    let applied = resolve("local/gpt-5").apply(&temperature(0.4)).unwrap();
    assert_eq!(applied.params.temperature, Some(0.4));
    assert!(applied.omitted.is_empty());
    // An unregistered model is sent everything: a new restriction fails loudly.
    assert_eq!(resolve("openai:gpt-9").apply(&temperature(0.4)).unwrap().params.temperature, Some(0.4));
}

#[test]
fn an_advisor_is_taken_by_anthropic_and_limited_on_demand() {
    let mut contestant = resolve("claude-sonnet-4-6@advisor=claude-opus-4-6");
    assert_eq!(contestant.advisor_uses(), None);
    assert!(contestant.limit_advisor(2));
    assert!(!contestant.limit_advisor(9));
    assert_eq!(contestant.advisor_uses(), Some(2));
    assert_eq!(contestant.price.advisor.as_ref().unwrap().entry_rates(0).unwrap().output.usd_per_mtok(), 25.0);
    let applied = contestant.apply(&Params::default()).unwrap();
    assert_eq!(applied.params.advisor.unwrap().model, "claude-opus-4-6");
}

#[test]
fn structured_output_is_asked_of_the_providers_that_stream_it() {
    let kind = |spec: &str| resolve(spec).quirks.structured_output;
    for provider in ["openai", "google", "mistral", "xai"] {
        assert_eq!(kind(&format!("{provider}:some-model")), StructuredOutput::JsonSchema, "{provider}");
    }
    for provider in ["deepseek", "dashscope", "zai", "moonshot"] {
        assert_eq!(kind(&format!("{provider}:some-model")), StructuredOutput::JsonObject, "{provider}");
    }
    for provider in ["anthropic", "groq", "nvidia", "openrouter", "local"] {
        assert_eq!(kind(&format!("{provider}:some-model")), StructuredOutput::None, "{provider}");
    }
}

// ---- a user's own file ----

#[test]
fn a_users_file_adds_and_replaces() {
    let registry = registry()
        .with_overrides(
            r#"
[[providers]]
name = "my-gateway"
base_url = "https://llm.example.com/v1/"
key_env = "GATEWAY_KEY"
quirks = { max_tokens_field = "max_completion_tokens" }

[[providers]]
name = "openai"
base_url = "http://127.0.0.1:9000"

[[models]]
provider = "my-gateway"
id = "house-model"
price = { input = 1, output = 2.5 }

[[models]]
provider = "my-gateway"
id = "gpt-4o"
price = "free"

[[models]]
provider = "openai"
id = "gpt-5.6-sol"
price = { input = 5.0, output = 30.0, as_of = "2026-11-22" }

[groups]
ours = ["house-model", "claude-opus-4-8@effort=high"]

[somebody-elses-table]
x = 1
"#,
            "models.toml",
        )
        .unwrap();
    let gateway = registry.provider("my-gateway").unwrap();
    assert_eq!((gateway.base_url.as_str(), gateway.dialect), ("https://llm.example.com/v1", Dialect::OpenAiChat));
    assert_eq!(registry.provider("openai").unwrap().base_url, "http://127.0.0.1:9000", "taken as given");
    assert_eq!(registry.provider("openai").unwrap().key_env, ["OPENAI_API_KEY"]);
    assert_eq!(registry.resolve("house-model").unwrap().provider, "my-gateway");
    let ambiguous = registry.resolve("gpt-4o").unwrap_err();
    assert_eq!(ambiguous.hint().unwrap(), "write one of: openai:gpt-4o, my-gateway:gpt-4o");
    assert_eq!(registry.resolve("openai:gpt-4o").unwrap().name, "openai:gpt-4o");
    let sol = registry.resolve("gpt-5.6-sol").unwrap();
    assert_eq!(sol.price.source, PriceSource::User);
    assert_eq!(sol.price.entry_rates(4_000_000_000).unwrap().output.usd_per_mtok(), 30.0);
    assert_eq!(sol.capabilities.temperature, Some(false), "fields that a row does not name stay");
    assert_eq!(registry.resolve_list("ours").unwrap().len(), 2);
}

#[test]
fn mistakes_in_a_users_file_name_file_line_and_remedy() {
    for (text, line, says) in [
        ("\n[[models]]\nprovider = \"nobody\"\nid = \"x\"\n", 2, "[[providers]]"),
        ("[[providers]]\nname = \"x\"\n", 1, "base_url"),
        ("[[providers]]\nname = \"X y\"\nbase_url = \"https://x\"\n", 1, "small letters"),
        ("[[providers]]\nname = \"x\"\nbase_url = \"ftp://x\"\n", 1, "https://"),
        ("[[models]]\nprovider = \"openai\"\nid = \"x\"\nprice = { input = 1 }\n", 1, "output"),
        ("[[models]]\nprovider = \"openai\"\nid = \"x\"\nprice = { input = -1, output = 1 }\n", 4, "price"),
        ("[[models]]\nprovider = \"openai\"\nid = \"x\"\nprice = \"cheap\"\n", 4, "free"),
        ("[[models]]\nprovider = \"openai\"\nid = \"x\"\ntemprature = false\n", 4, "temprature"),
        ("\n\n[[model]]\nid = \"x\"\n", 3, "models"),
        ("[groups]\nall = [\"gpt-4o\"]\n", 2, "another name"),
        ("[groups]\nmine = [\"gpt-4o\", \"gpt-4oo\"]\n", 2, "gpt-4o"),
        ("[groups]\nmine = \"nothing\"\n", 2, "no list"),
        ("[groups]\nmine = []\n", 2, "empty"),
        ("x = \n", 1, ""),
    ] {
        let error = registry().with_overrides(text, "my.toml").unwrap_err();
        assert_eq!((error.origin.as_str(), error.line), ("my.toml", line), "{text}: {error}");
        assert!(error.message.contains(says), "{text}: {error}");
        assert!(error.to_string().starts_with(&format!("my.toml:{line}: ")));
    }
}

// ---- keys ----

fn from<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn lesson_12_environment_wins_over_keychain_and_aliases_stay_with_their_provider() {
    let registry = registry();
    let google = registry.provider("google").unwrap();
    let keychain = |account: &str| Some(format!("keychain-{account}"));
    let found = |pairs: &[(&str, &str)], provider| find_key(provider, from(pairs), keychain).unwrap().unwrap();

    let both = [("GEMINI_API_KEY", "second"), ("GOOGLE_API_KEY", " 'first' \n")];
    let key = found(&both, google);
    assert_eq!(key.source, KeySource::Environment("GOOGLE_API_KEY".to_owned()));
    assert_eq!(key.key.expose_for_header(), "first");
    assert_eq!(found(&both[..1], google).key.expose_for_header(), "second");
    assert_eq!(found(&[("GOOGLE_API_KEY", " ")], google).source, KeySource::Keychain);
    for provider in registry.providers().iter().filter(|provider| provider.name != "google") {
        assert_eq!(found(&both, provider).source, KeySource::Keychain, "{}", provider.name);
    }
    assert!(find_key(google, |_| None, |_| None).unwrap().is_none());
    let (source, error) = find_key(google, from(&[("GOOGLE_API_KEY", "two words")]), |_| None).unwrap_err();
    assert_eq!((source, error), (KeySource::Environment("GOOGLE_API_KEY".to_owned()), InvalidKey::Characters));
}

#[test]
fn base_urls_come_with_their_version_and_are_overridden_as_given() {
    let registry = registry();
    let openai = registry.provider("openai").unwrap();
    assert_eq!(openai.base_url_with(|_| None), "https://api.openai.com/v1");
    assert_eq!(openai.base_url_with(from(&[("OPENAI_BASE_URL", " http://127.0.0.1:1/ ")])), "http://127.0.0.1:1");
    assert_eq!(openai.base_url_with(from(&[("OPENAI_BASE_URL", " ")])), "https://api.openai.com/v1");
    for provider in registry.providers().iter().filter(|provider| provider.name != "embedded") {
        let upper = format!("{}_BASE_URL", provider.name.to_uppercase());
        assert!(provider.base_url_env.contains(&upper), "{}", provider.name);
        assert!(provider.base_url.contains("/v"), "{}", provider.base_url);
    }
}

proptest! {
    #[test]
    fn a_canonical_spelling_resolves_to_the_same_contestant(
        temperature in proptest::option::of(-2.0f64..3.0),
        seed in proptest::option::of(any::<i64>()),
        limit in proptest::option::of(1u32..),
        stop in proptest::collection::vec("[ -~\n\t]{1,8}", 0..3),
    ) {
        let registry = registry();
        let params = Params { temperature, seed, max_output_tokens: limit, stop, ..Params::default() };
        let mut spec = "gpt-4o@dialect=chat".to_owned();
        for parameter in [Parameter::Temperature, Parameter::Seed, Parameter::MaxOutputTokens] {
            if let Some(value) = parameter.value_in(&params) {
                spec.push_str(&format!(",{parameter}={value}"));
            }
        }
        for stop in &params.stop {
            let escaped = stop.replace('\\', "\\\\").replace(',', "\\,").replace('\n', "\\n").replace('\t', "\\t");
            spec.push_str(&format!(",stop={escaped}"));
        }
        // A list trims its pieces, so a stop sequence at the end keeps its own white space only in `resolve`.
        let (_, explicit) = split_spec(&format!("{spec},label=x")).unwrap();
        prop_assert_eq!(&explicit.params, &params);
        let once = registry.resolve(&format!("{spec},label=x")).unwrap();
        let again = registry.resolve(&format!("{},label=x", once.spec)).unwrap();
        prop_assert_eq!(once, again);
    }

    #[test]
    fn no_text_makes_parsing_panic(text in any::<String>()) {
        let _ = split_list(&text);
        let _ = split_spec(&text);
        let _ = registry().resolve_list(&text);
    }
}
