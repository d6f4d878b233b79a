//! Lesson 53: a reorganisation moves the ticker to a new CIK and leaves the history behind; the reader is told.

use loopback_edgar::Site;
use serde_json::Value;

use crate::support::{Home, shared};

/// Walt Disney (CIK 1744489) succeeded the Disney of CIK 1001039 with the form 8-K12B of 2019-03-20, accession number
/// 0000950157-19-000301. Before that day nobody knew. Cisco (CIK 858877) filed the same form in 2021 and kept its key.
#[test]
fn a_successor_is_said_on_the_page_and_in_json() {
    let Some(shared) = shared("a successor") else { return };
    let home = Home::new(Site::new().shared(&shared));
    let (_, disney) = home.json(&["inspect", "1744489", "--as-of", "2020-06-01"]);
    let marks = |payload: &Value| {
        let standing = &payload["company"]["standing"];
        let also = standing["also"].as_array().unwrap().iter().cloned();
        std::iter::once(standing.clone()).chain(also).filter(|mark| mark["state"] == "successor").collect::<Vec<_>>()
    };
    let mark = &marks(&disney)[0];
    assert_eq!((&mark["since"], &mark["form"]), (&"2019-03-20".into(), &"8-K12B".into()));
    assert!(mark["url"].as_str().unwrap().contains("/1744489/000095015719000301/"), "{mark}");
    let page = home.command(&["inspect", "1744489", "--as-of", "2020-06-01", "--rate", "0"]).output().unwrap();
    let page = String::from_utf8_lossy(&page.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "Succeeded another registrant (other CIK, not read) on 2019-03-20: form 8-K12B.",
        "/1744489/000095015719000301/",
    ] {
        assert!(page.contains(words), "{page}");
    }

    for (cik, day) in [("1744489", "2019-01-02"), ("858877", "2022-01-03")] {
        let (_, other) = home.json(&["inspect", cik, "--as-of", day]);
        assert!(marks(&other).is_empty(), "{cik} on {day}");
    }
}
