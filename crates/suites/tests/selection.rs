//! Which items run.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use suites::{Filter, Item, Selection, SelectionError, Shard, select};

fn items(count: usize) -> Vec<Item> {
    (0..count).map(|index| Item::new(format!("item-{index}"), format!("Prompt {index}?"))).collect()
}

fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.id.as_str()).collect()
}

fn filtered(filter: &str) -> Vec<String> {
    let selection = Selection { filter: Some(Filter::parse(filter).unwrap()), ..Selection::default() };
    select(items(12), &selection).unwrap().into_iter().map(|item| item.id).collect()
}

#[test]
fn filters_are_substrings_globs_or_regexes() {
    assert_eq!(filtered("item-1"), ["item-1", "item-10", "item-11"]);
    assert_eq!(filtered("item-?"), (0..10).map(|index| format!("item-{index}")).collect::<Vec<_>>());
    assert_eq!(filtered("*-11"), ["item-11"]);
    assert_eq!(filtered("/-[23]$/"), ["item-2", "item-3"]);
    assert_eq!(filtered("/^PROMPT 4/i"), ["item-4"]);
    assert_eq!(filtered("Prompt 7?"), ["item-7"], "a question mark is a wildcard for one character");
    assert!(matches!(Filter::parse("/(/"), Err(SelectionError::Regex { .. })));
    assert!(matches!(Filter::parse("/(a{1000}){1000}/"), Err(SelectionError::Regex { .. })));
    let none = Selection { filter: Some(Filter::parse("zzz").unwrap()), ..Selection::default() };
    let error = select(items(2), &none).unwrap_err();
    assert_eq!(error.to_string(), "the filter `zzz` leaves none of the 2 items");
    assert_eq!(error.hint().as_deref(), Some("ids look like `item-0`, `item-1`"));
}

#[test]
fn tags_include_and_exclude() {
    let mut all = items(4);
    all[0].tags = vec!["a".into()];
    all[1].tags = vec!["a".into(), "slow".into()];
    all[2].tags = vec!["b".into()];
    let with = |tags: &[&str]| {
        let selection = Selection { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..Selection::default() };
        select(all.clone(), &selection).map(|items| ids(&items).join(" "))
    };
    assert_eq!(with(&["a", "b"]).unwrap(), "item-0 item-1 item-2");
    assert_eq!(with(&["a", "!slow"]).unwrap(), "item-0");
    assert_eq!(with(&["!slow"]).unwrap(), "item-0 item-2 item-3");
    let error = with(&["c"]).unwrap_err();
    assert_eq!(error.hint().as_deref(), Some("the tags here are a, b, slow"));
}

#[test]
fn a_sample_is_the_same_on_every_machine() {
    let with = |seed| {
        let selection = Selection { sample: Some(5), seed, ..Selection::default() };
        ids(&select(items(20), &selection).unwrap()).join(" ")
    };
    // Golden: a stored run must draw the same items again.
    assert_eq!(with(7), GOLDEN_SAMPLE);
    assert_ne!(with(7), with(8));
    let all = Selection { sample: Some(100), ..Selection::default() };
    assert_eq!(select(items(3), &all).unwrap().len(), 3);
    let none = Selection { sample: Some(0), ..Selection::default() };
    assert_eq!(select(items(3), &none).unwrap_err(), SelectionError::NoSample);
}

const GOLDEN_SAMPLE: &str = "item-0 item-2 item-6 item-8 item-11";

#[test]
fn shards_are_read_and_stay_put() {
    assert_eq!(Shard::parse("2/3").unwrap(), Shard::new(2, 3).unwrap());
    for wrong in ["0/3", "4/3", "1", "a/b", "1/0", "-1/3", ""] {
        assert!(Shard::parse(wrong).is_err(), "{wrong}");
    }
    // Golden: the first eight bytes of SHA-256, big-endian, modulo 3, from Python's hashlib. Shards of one
    // suite run on different machines and versions.
    let held: Vec<_> = items(8).into_iter().filter(|item| Shard::new(2, 3).unwrap().holds(&item.id)).collect();
    assert_eq!(ids(&held), GOLDEN_SHARD);
    let one = Selection { shard: Shard::new(1, 1000), ..Selection::default() };
    assert!(select(items(1), &one).unwrap_err().to_string().contains("shard 1/1000"));
}

const GOLDEN_SHARD: [&str; 2] = ["item-0", "item-1"];

proptest! {
    #[test]
    fn every_item_is_in_exactly_one_shard(ids in proptest::collection::hash_set("\\PC{1,12}", 1..60), of in 1_u32..9) {
        for id in &ids {
            let holding = (1..=of).filter(|index| Shard::new(*index, of).unwrap().holds(id)).count();
            prop_assert_eq!(holding, 1);
        }
    }

    #[test]
    fn samples_have_their_size_and_keep_the_order(count in 1_usize..60, size in 1_usize..60, seed: u64) {
        let selection = Selection { sample: Some(size), seed, ..Selection::default() };
        let drawn = select(items(count), &selection).unwrap();
        prop_assert_eq!(drawn.len(), size.min(count));
        let numbers: Vec<usize> = drawn.iter().map(|item| item.id["item-".len()..].parse().unwrap()).collect();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
