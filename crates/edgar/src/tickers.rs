//! Tickers to companies.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::ids::Cik;
use crate::loose::{Loose, Values};

/// A company as the SEC's list of tickers names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The ticker, in capitals, as the SEC writes it: share classes with a dash, `BRK-B`.
    pub ticker: String,
    /// Whose it is.
    pub cik: Cik,
    /// The company's name in the list.
    pub name: String,
    /// Its exchange: `Nasdaq`, `NYSE`, `OTC`, `CBOE`; none where the list has none.
    pub exchange: Option<String>,
}

/// What a user typed, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A company by its key: digits, or `CIK` and digits.
    Cik(Cik),
    /// A ticker, trimmed, in capitals, its share class after a dash.
    Ticker(String),
}

/// What was typed can be neither.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a ticker nor a CIK: give letters as in AAPL or BRK.B, or digits as in 320193")]
pub struct NotAsked(String);

/// Reads what a user typed.
pub fn asked(given: &str) -> Result<Asked, NotAsked> {
    let wrong = || NotAsked(crate::source::plain(given));
    let trimmed = given.trim().trim_start_matches('$').to_ascii_uppercase();
    let digits = trimmed.strip_prefix("CIK").unwrap_or(&trimmed).trim_start_matches([' ', ':', '#', '=']);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let cik: u64 = digits.parse().map_err(|_| wrong())?;
        return if cik == 0 || cik > 9_999_999_999 { Err(wrong()) } else { Ok(Asked::Cik(Cik(cik))) };
    }
    let ticker = normal(&trimmed);
    let right = !ticker.is_empty()
        && ticker.len() <= 12
        && ticker.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !ticker.starts_with('-')
        && !ticker.ends_with('-')
        && !ticker.contains("--");
    if right { Ok(Asked::Ticker(ticker)) } else { Err(wrong()) }
}

/// A ticker as the SEC writes it: capitals, classes after a dash. `brk.b`, `BRK/B` and `BRK B` are `BRK-B`.
fn normal(ticker: &str) -> String {
    let mut normal = ticker.trim().to_ascii_uppercase();
    if normal.contains(['.', '/', ' ', '_']) {
        normal = normal.replace(['.', '/', ' ', '_'], "-");
    }
    normal
}

/// The list of tickers.
#[derive(Clone, Debug, Default)]
pub struct Tickers {
    listed: Vec<Listed>,
    by_ticker: HashMap<String, usize>,
    /// Entries that could not be read.
    pub unreadable: usize,
}

/// The list cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the list of tickers cannot be read: {0}")]
pub struct BadList(String);

/// The company of a ticker, found in the bytes of either list without reading the rest of it: a tenth of the time.
/// None where it is not found so; [`Tickers::read`] then has the last word.
pub fn quick(bytes: &[u8], ticker: &str) -> Option<Listed> {
    let wanted = normal(ticker);
    if wanted.is_empty() || !wanted.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return None;
    }
    let columns = Columns::of(bytes);
    let quoted = format!("\"{wanted}\"");
    for at in memchr::memmem::find_iter(bytes, quoted.as_bytes()) {
        // A bracket within a name leads to a piece that is no row. That row may be the one: the whole list is read.
        let start = memchr::memrchr2(b'[', b'{', &bytes[..at])?;
        let close = if bytes[start] == b'[' { b']' } else { b'}' };
        let end = at + memchr::memchr(close, &bytes[at..])?;
        let row = &bytes[start..=end];
        let (ticker, cik, name, exchange) = if close == b']' {
            columns.as_ref()?.row(&serde_json::from_slice::<Values<Loose<'_>>>(row).ok()?.0)
        } else {
            serde_json::from_slice::<Row<'_>>(row).ok()?.parts()
        };
        // Else a company of that name, or an entry that names nobody.
        if let Some(cik) = cik.filter(|_| ticker == wanted) {
            return Some(listed(ticker, cik, name, exchange));
        }
    }
    None
}

/// Whether bytes begin as one of the lists does; the rest is not looked at.
#[cfg(feature = "client")]
pub(crate) fn plausible(bytes: &[u8]) -> bool {
    memchr::memmem::find(&bytes[..bytes.len().min(400)], b"\"ticker\"").is_some()
}

type Parts = (String, Option<Cik>, String, String);

/// A row of the list that has rows with names.
#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow, alias = "cik", default)]
    cik_str: Loose<'a>,
    #[serde(borrow, default)]
    ticker: Loose<'a>,
    #[serde(borrow, alias = "name", default)]
    title: Loose<'a>,
    #[serde(borrow, default)]
    exchange: Loose<'a>,
}

impl Row<'_> {
    fn parts(&self) -> Parts {
        let text = |value: &Loose<'_>| value.text().to_owned();
        (normal(self.ticker.text()), cik(&self.cik_str), text(&self.title), text(&self.exchange))
    }
}

/// Where the list that has columns has which.
struct Columns {
    cik: usize,
    ticker: usize,
    name: Option<usize>,
    exchange: Option<usize>,
}

impl Columns {
    fn new(fields: &[Loose<'_>]) -> Option<Self> {
        let column = |name: &str| fields.iter().position(|field| field.text().eq_ignore_ascii_case(name));
        Some(Self {
            cik: column("cik")?,
            ticker: column("ticker")?,
            name: column("name"),
            exchange: column("exchange"),
        })
    }

    /// Those of a list that names them at its beginning.
    fn of(bytes: &[u8]) -> Option<Self> {
        let head = &bytes[..bytes.len().min(400)];
        let fields = memchr::memmem::find(head, b"\"fields\"")?;
        let start = fields + memchr::memchr(b'[', &head[fields..])?;
        let end = start + memchr::memchr(b']', &head[start..])?;
        Self::new(&serde_json::from_slice::<Values<Loose<'_>>>(&head[start..=end]).ok()?.0)
    }

    fn row(&self, row: &[Loose<'_>]) -> Parts {
        let text = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", Loose::text).to_owned();
        (normal(&text(Some(self.ticker))), row.get(self.cik).and_then(cik), text(self.name), text(self.exchange))
    }
}

fn listed(ticker: String, cik: Cik, name: String, exchange: String) -> Listed {
    Listed { ticker, cik, name, exchange: Some(exchange).filter(|exchange| !exchange.is_empty()) }
}

impl Tickers {
    /// Reads `company_tickers.json` (rows with names) or `company_tickers_exchange.json` (columns, which may come in
    /// any order).
    pub fn read(bytes: &[u8]) -> Result<Self, BadList> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let broken = |problem: serde_json::Error| BadList(problem.to_string());
        // Told apart by their first key, so that a megabyte is not parsed in vain.
        let start = &bytes[..bytes.len().min(200)];
        let has = |key: &[u8]| start.windows(key.len()).any(|window| window == key);
        let columns = has(b"\"fields\"") || has(b"\"data\"");
        if columns { Self::columns(bytes).map_err(broken)? } else { Self::rows(bytes).map_err(broken)? }
            .filter(|tickers| !tickers.listed.is_empty())
            .ok_or_else(|| BadList("it has no tickers in it".into()))
    }

    fn rows(bytes: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        let rows: Values<Row<'_>> = serde_json::from_slice(bytes)?;
        let mut tickers = Self::with_capacity(rows.0.len());
        rows.0.iter().for_each(|row| tickers.add(row.parts()));
        Ok(Some(tickers))
    }

    fn columns(bytes: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        #[derive(Deserialize)]
        struct Table<'a> {
            #[serde(borrow)]
            fields: Values<Loose<'a>>,
            #[serde(borrow)]
            data: Values<Values<Loose<'a>>>,
        }
        let table: Table<'_> = serde_json::from_slice(bytes)?;
        let Some(columns) = Columns::new(&table.fields.0) else { return Ok(None) };
        let mut tickers = Self::with_capacity(table.data.0.len());
        table.data.0.iter().for_each(|row| tickers.add(columns.row(&row.0)));
        Ok(Some(tickers))
    }

    fn with_capacity(count: usize) -> Self {
        Self { listed: Vec::with_capacity(count), by_ticker: HashMap::with_capacity(count), unreadable: 0 }
    }

    fn add(&mut self, (ticker, cik, name, exchange): Parts) {
        let Some(cik) = cik.filter(|_| !ticker.is_empty()) else {
            self.unreadable += 1;
            return;
        };
        // Of two entries for one ticker the first is that of the larger company: the list is so ordered.
        if !self.by_ticker.contains_key(&ticker) {
            self.by_ticker.insert(ticker.clone(), self.listed.len());
            self.listed.push(listed(ticker, cik, name, exchange));
        }
    }

    /// The company of a ticker, in any case and with any mark before the share class.
    pub fn find(&self, ticker: &str) -> Option<&Listed> {
        self.by_ticker.get(&normal(ticker)).map(|at| &self.listed[*at])
    }

    /// The tickers of a company, in the list's order.
    pub fn of(&self, cik: Cik) -> impl Iterator<Item = &Listed> {
        self.listed.iter().filter(move |listed| listed.cik == cik)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Tickers that somebody may have meant: one slip away, then companies whose name begins with what was typed.
    pub fn near(&self, ticker: &str, most: usize) -> Vec<&Listed> {
        let wanted = normal(ticker);
        let mut near: Vec<&Listed> = Vec::new();
        let mut classes: Vec<&Listed> =
            self.listed.iter().filter(|listed| listed.ticker.split('-').next() == Some(&wanted)).collect();
        near.append(&mut classes);
        near.extend(self.listed.iter().filter(|listed| one_slip(&wanted, &listed.ticker)));
        if wanted.len() >= 3 {
            near.extend(self.listed.iter().filter(|listed| {
                let name = listed.name.as_bytes();
                name.len() >= wanted.len() && name[..wanted.len()].eq_ignore_ascii_case(wanted.as_bytes())
            }));
        }
        let mut seen = HashSet::new();
        near.retain(|listed| seen.insert(&listed.ticker));
        near.truncate(most);
        near
    }
}

/// Whether two tickers differ by one letter more, fewer, other, or by two neighbours exchanged.
fn one_slip(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let (short, long) = (short.as_bytes(), long.as_bytes());
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    match long.len() - short.len() {
        0 if same == long.len() => false,
        0 => {
            let rest = same + 1;
            let exchanged = long.len() > rest
                && short[same] == long[rest]
                && short[rest] == long[same]
                && short[rest + 1..] == long[rest + 1..];
            short[rest..] == long[rest..] || exchanged
        }
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

fn cik(value: &Loose<'_>) -> Option<Cik> {
    value.number().filter(|number| (1..=9_999_999_999).contains(number)).map(Cik)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &[u8] = br#"{"0":{"cik_str":1067983,"ticker":"BRK-B","title":"BERKSHIRE HATHAWAY INC"},
        "1":{"cik_str":320193,"ticker":"AAPL","title":"Apple Inc."},
        "2":{"cik_str":1067983,"ticker":"BRK-A","title":"BERKSHIRE HATHAWAY INC"}}"#;
    const COLUMNS: &[u8] = br#"{"fields":["cik","name","ticker","exchange"],"data":[
        [320193,"Apple Inc.","AAPL","Nasdaq"],["1067983","BERKSHIRE","BRK-B","NYSE"],[1,"Odd",null,null],
        [5,"Quote \"d\" \u00e9","QQ",null],[]]}"#;

    #[test]
    fn both_lists_are_read() {
        let rows = Tickers::read(ROWS).unwrap();
        let columns = Tickers::read(COLUMNS).unwrap();
        assert_eq!((rows.len(), rows.unreadable), (3, 0));
        assert_eq!((columns.len(), columns.unreadable), (3, 2));
        assert_eq!(rows.find(" aapl ").unwrap().cik, Cik(320_193));
        assert_eq!(columns.find("AAPL").unwrap().exchange.as_deref(), Some("Nasdaq"));
        assert_eq!(columns.find("qq").unwrap().name, "Quote \"d\" é");
        for written in ["brk.b", "BRK/B", "Brk-B", "brk b"] {
            assert_eq!(rows.find(written).unwrap().cik, Cik(1_067_983), "{written}");
        }
        assert_eq!(
            rows.of(Cik(1_067_983)).map(|listed| listed.ticker.as_str()).collect::<Vec<_>>(),
            ["BRK-B", "BRK-A"]
        );
    }

    #[test]
    fn the_quick_way_finds_what_reading_finds() {
        for list in [ROWS, COLUMNS] {
            let tickers = Tickers::read(list).unwrap();
            for typed in ["aapl", "BRK.B", "brk-a", "QQ", "Apple Inc.", "Odd", "NYSE", "", "ZZ", "\"", "cik"] {
                assert_eq!(quick(list, typed).as_ref(), tickers.find(typed), "{typed}");
            }
        }
        for odd in [&b"\"AAPL\""[..], b"[\"AAPL\"", b"{\"AAPL\"]", b"[\"AAPL\"]", b"{\"ticker\":\"AAPL\"}", b""] {
            assert_eq!(quick(odd, "AAPL"), None);
        }
        let bracket = br#"{"fields":["cik","name","ticker","exchange"],"data":[[5,"Toy [A] {B} Co","TOY",null]]}"#;
        assert_eq!(quick(bracket, "TOY"), None, "left to the reading of the whole");
        assert_eq!(Tickers::read(bracket).unwrap().find("TOY").unwrap().cik, Cik(5));
        let twice = br#"{"fields":["cik","name","ticker"],"data":[[1,"{","TOY"],[2,"","TOY"]]}"#;
        assert_eq!(quick(twice, "TOY"), None, "not the second of two");
    }

    /// Lesson 48: pasted tickers are trimmed.
    #[test]
    fn what_is_typed_is_a_ticker_or_a_cik() {
        for (given, read) in [
            (" aapl\n", Asked::Ticker("AAPL".into())),
            ("$brk.b", Asked::Ticker("BRK-B".into())),
            ("320193", Asked::Cik(Cik(320_193))),
            ("CIK0000320193", Asked::Cik(Cik(320_193))),
            ("cik: 320193", Asked::Cik(Cik(320_193))),
            ("CIK", Asked::Ticker("CIK".into())),
        ] {
            assert_eq!(asked(given), Ok(read), "{given:?}");
        }
        for wrong in ["", "  ", "0", "99999999999", "AAPL;rm", "-A", "ÄPFEL", "waytoolongforone", "../x", "no/../such"]
        {
            assert!(asked(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_slip_is_met_with_what_was_meant() {
        let tickers = Tickers::read(ROWS).unwrap();
        let near = |typed| tickers.near(typed, 5).iter().map(|listed| listed.ticker.as_str()).collect::<Vec<_>>();
        assert_eq!(near("APPL"), ["AAPL"]);
        assert_eq!(near("APAL"), ["AAPL"]);
        assert_eq!(near("AAP"), ["AAPL"]);
        assert_eq!(near("BRK"), ["BRK-B", "BRK-A"]);
        assert_eq!(near("apple"), ["AAPL"]);
        assert!(near("ZZZZ").is_empty());
        assert!(!one_slip("AB", "AB") && one_slip("AB", "BA") && !one_slip("AB", "CD"));
    }

    #[test]
    fn what_is_no_such_list_is_named() {
        for bytes in [&b""[..], b"[]", b"{}", b"<html>", b"{\"fields\":[],\"data\":[]}", b"[[[[", b"7"] {
            assert!(Tickers::read(bytes).is_err(), "{bytes:?}");
        }
        let odd = Tickers::read(
            br#"{"1":{"cik_str":"5","ticker":"A","title":null},"2":{"ticker":"B"},"3":{"cik_str":-1,"ticker":"C"}}"#,
        )
        .unwrap();
        assert_eq!((odd.len(), odd.unreadable), (1, 2));
    }
}
