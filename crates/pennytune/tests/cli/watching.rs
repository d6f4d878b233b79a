//! The watchlist, and what is new.

use crate::support::{Home, toy};

#[test]
fn a_watched_company_says_what_is_new_since_the_last_look() {
    let home = Home::new(toy());
    home.command(&["watch", "add", "TOYL", "--rate", "0"]).assert().success();
    let first = home.command(&["watch", "check", "--rate", "0"]).output().unwrap();
    assert!(String::from_utf8_lossy(&first.stdout).contains("the first look"));
    let second = home.command(&["watch", "check", "--rate", "0"]).output().unwrap();
    assert!(String::from_utf8_lossy(&second.stdout).contains("nothing new"));
    let (_, since) = home.json(&["diff", "TOYL", "--since", "2024-04-01", "--as-of", "2024-06-01"]);
    let changes = &since[0];
    assert_eq!(changes["before"], "2024-04-01");
    assert!(changes["events"].to_string().contains("0000000099-24-000002"), "{since:#}");
    assert!(changes["signals"].to_string().contains("delisting"), "{since:#}");
    let listed = home.command(&["watch", "list"]).output().unwrap();
    assert!(String::from_utf8_lossy(&listed.stdout).contains("TOYL"));
    home.command(&["watch", "rm", "TOYL", "--rate", "0"]).assert().success();
    let empty = home.command(&["scan", "--watchlist"]).output().unwrap();
    assert_eq!(empty.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&empty.stderr).contains("watchlist is empty"));
}
