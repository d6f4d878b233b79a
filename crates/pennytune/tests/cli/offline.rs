//! The cache: what has an accession number is fetched once, and without a network the cache answers.

use serde_json::Value;

use crate::support::{Home, toy};

#[test]
fn documents_are_fetched_once_and_the_cache_answers_offline() {
    let home = Home::new(toy());
    let (_, first) = home.json(&["inspect", "TOYL", "--as-of", "2024-06-01"]);
    let documents = home.server.count("/Archives/");
    assert_eq!(documents, 2);
    let (_, second) = home.json(&["inspect", "TOYL", "--as-of", "2024-06-01"]);
    assert_eq!(home.server.count("/Archives/"), documents, "no document is fetched twice");
    let asked = home.server.records().len();
    let (code, offline) = home.json(&["inspect", "TOYL", "--as-of", "2024-06-01", "--offline"]);
    assert_eq!(home.server.records().len(), asked, "nothing is sent");
    let ran = |payload: &Value| -> Vec<Value> {
        payload["signals"].as_array().unwrap().iter().filter(|one| one["status"] == "ran").cloned().collect()
    };
    assert_eq!(ran(&second), ran(&first), "read again, nothing changed");
    assert_eq!(ran(&offline), ran(&first));
    assert_eq!((code, &offline["reading"]["offline"]), (0, &true.into()));
    // A company that was never read.
    assert_eq!(home.command(&["inspect", "320193", "--offline"]).output().unwrap().status.code(), Some(4));
    home.command(&["inspect", "TOYL", "--offline", "--no-cache"]).assert().code(3);
}
