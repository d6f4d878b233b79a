//! The SEC's list of trading suspensions. It has names and no tickers, and a suspension lasts ten business days at
//! most: what is on the list is history for most of the time that it is there.

use html5gum::{StartTag, Token, Tokenizer};
use jiff::civil::Date;

use crate::source::Base;

/// One order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Whom it names, as the list has it; several companies may stand in one order.
    pub respondents: String,
    /// The day of the order.
    pub date: Date,
    /// Its release number, `34-105675`; none where the list has none.
    pub release: Option<String>,
    /// Where the order itself lies; none where the list has no link.
    pub url: Option<String>,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Its orders, in its order.
    pub orders: Vec<Suspension>,
    /// Rows that have a link but no day or no name.
    pub unreadable: usize,
    /// The next page, counted from 0, where the page leads to one.
    pub next: Option<u32>,
}

/// The list cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadList {
    /// It is far larger than such a page.
    #[error("the list of trading suspensions has more than {0} bytes; that is no such list")]
    TooLarge(usize),
    /// No order was found: the page has another shape than is known. That is not "nobody is suspended".
    #[error(
        "no order was found on the list of trading suspensions: its page has changed, and who is suspended is not known"
    )]
    NoOrders,
}

const MOST: usize = 16 << 20;

/// Texts of one row are kept as far as this.
const ROW: usize = 4 << 10;

/// Reads a page of the list that was fetched from the SEC's page number `page`. Rows are those of its table or, where
/// it has none, its list items and paragraphs; of a row the day, the respondents and the link are read.
pub fn read(html: &[u8], page: u32) -> Result<List, BadList> {
    if html.len() > MOST {
        return Err(BadList::TooLarge(MOST));
    }
    let mut reader = Reader { page, ..Reader::default() };
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => reader.open(&tag),
            Token::EndTag(tag) => reader.close(&tag.name),
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    reader.end_row();
    if reader.list.orders.is_empty() { Err(BadList::NoOrders) } else { Ok(reader.list) }
}

#[derive(Default)]
struct Reader {
    list: List,
    page: u32,
    in_table: bool,
    row: Row,
    /// What the text that comes belongs to.
    in_time: bool,
    in_link: bool,
    /// Depth of `div` and `span` below the one that holds the respondents; 0 outside.
    in_respondents: usize,
    in_release: usize,
    silent: bool,
}

#[derive(Default)]
struct Row {
    all: String,
    time: String,
    stamp: Option<Date>,
    respondents: String,
    link_text: String,
    release: String,
    href: Option<String>,
    respondents_href: Option<String>,
}

impl Reader {
    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        match name {
            b"script" | b"style" | b"head" | b"nav" | b"footer" => self.silent = true,
            b"body" => self.silent = false,
            b"table" => {
                self.end_row();
                self.in_table = true;
            }
            b"tr" => self.end_row(),
            b"li" | b"p" if !self.in_table => self.end_row(),
            b"time" => {
                self.in_time = true;
                if self.row.stamp.is_none() {
                    self.row.stamp = attribute(tag, b"datetime").and_then(|stamp| day(&stamp));
                }
            }
            b"a" => {
                let href = attribute(tag, b"href").unwrap_or_default();
                self.lead_on(&href);
                self.in_link = !href.is_empty();
                if self.in_respondents > 0 {
                    self.row.respondents_href.get_or_insert_with(|| href.clone());
                }
                if self.in_link && self.row.link_text.trim().is_empty() {
                    self.row.href = Some(href);
                    self.row.link_text.clear();
                } else {
                    self.in_link = false;
                }
            }
            b"div" | b"span" | b"td" if !tag.self_closing => {
                let class = attribute(tag, b"class").unwrap_or_default();
                if self.in_respondents > 0 || class.contains("respondents") && name != b"td" {
                    self.in_respondents += 1;
                }
                if self.in_release > 0 || class.contains("release_number") && name != b"td" {
                    self.in_release += 1;
                }
            }
            _ => {}
        }
        self.row.space();
    }

    fn close(&mut self, name: &[u8]) {
        match name {
            b"script" | b"style" | b"head" | b"nav" | b"footer" => self.silent = false,
            b"table" => {
                self.end_row();
                self.in_table = false;
            }
            b"tr" => self.end_row(),
            b"li" | b"p" if !self.in_table => self.end_row(),
            b"time" => self.in_time = false,
            b"a" => self.in_link = false,
            b"div" | b"span" => {
                self.in_respondents = self.in_respondents.saturating_sub(1);
                self.in_release = self.in_release.saturating_sub(1);
            }
            _ => {}
        }
        self.row.space();
    }

    fn text(&mut self, text: &str) {
        if self.silent {
            return;
        }
        let row = &mut self.row;
        push(&mut row.all, text);
        if self.in_time {
            push(&mut row.time, text);
        }
        if self.in_respondents > 0 {
            push(&mut row.respondents, text);
        }
        if self.in_link {
            push(&mut row.link_text, text);
        }
        if self.in_release > 0 {
            push(&mut row.release, text);
        }
    }

    /// Notes where the next page is.
    fn lead_on(&mut self, href: &str) {
        let Some(number) = href.split(['?', '&']).find_map(|part| part.strip_prefix("page=")) else { return };
        let number: String = number.chars().take_while(char::is_ascii_digit).collect();
        if number.parse() == Ok(self.page + 1) {
            self.list.next = Some(self.page + 1);
        }
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        (self.in_time, self.in_link, self.in_respondents, self.in_release) = (false, false, 0, 0);
        // The day that a person reads is the SEC's; the stamp beside it is in another time zone and may be a day off.
        let date = day(&row.time).or_else(|| dates(&row.all)).or(row.stamp);
        let named = if words(&row.respondents).is_empty() { &row.link_text } else { &row.respondents };
        let respondents = words(named.split("See Also").next().unwrap_or(named));
        let href = row.respondents_href.or(row.href).filter(|href| !href.is_empty());
        match (date, respondents.is_empty()) {
            (Some(date), false) => {
                let from = "https://www.sec.gov/litigation/suspensions";
                let url = href.and_then(|href| Base::follow(from, &href).ok());
                let release = release(&row.release).or_else(|| release(&row.all));
                // Only links to the SEC are given on.
                let url = url.filter(|url| Base::Sec.allows(url).is_ok());
                self.list.orders.push(Suspension { respondents, date, release, url });
            }
            // A row of the list that has one of the two; headings and navigation have neither or just a link.
            (Some(_), true) if self.in_table => self.list.unreadable += 1,
            _ => {}
        }
    }
}

impl Row {
    /// Words on two sides of a tag are two words.
    fn space(&mut self) {
        for text in [&mut self.all, &mut self.time, &mut self.respondents, &mut self.link_text, &mut self.release] {
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
        }
    }
}

fn push(to: &mut String, text: &str) {
    if to.len() < ROW {
        to.push_str(text.get(..text.floor_char_boundary(ROW)).unwrap_or_default());
    }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
}

fn words(text: &str) -> String {
    text.split(|character: char| character.is_whitespace() || character.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The first day that a text speaks of.
fn dates(text: &str) -> Option<Date> {
    let tokens: Vec<&str> = text.split_whitespace().collect();
    (0..tokens.len()).find_map(|at| day(&tokens[at..tokens.len().min(at + 3)].join(" ")))
}

/// A day at the beginning of a text: `June 11, 2026`, `Jun. 11, 2026`, `06/11/2026`, `2026-06-11…`.
fn day(text: &str) -> Option<Date> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.trim();
    if let Some(date) = text.get(..10).and_then(|start| start.parse().ok()) {
        return Some(date);
    }
    let mut parts = text.split([' ', ',', '/', '\u{a0}']).filter(|part| !part.is_empty());
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let month = match first.parse::<i8>() {
        Ok(month) => month,
        Err(_) => {
            let name = first.trim_end_matches('.').to_ascii_lowercase();
            let start = name.get(..3)?;
            let known = MONTHS.iter().position(|month| *month == start)?;
            known as i8 + 1
        }
    };
    let year = third.trim_end_matches(|character: char| !character.is_ascii_digit());
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month, second.parse().ok()?).ok()
}

/// A release number: `34-` and digits.
fn release(text: &str) -> Option<String> {
    text.split(|character: char| !(character.is_ascii_digit() || character == '-'))
        .find(|word| {
            word.split_once('-').is_some_and(|(act, number)| {
                act == "34" && number.len() >= 3 && number.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
        .map(str::to_owned)
}

impl Suspension {
    /// Whether it names a company: one of its respondents, or another name of one that it gives, is the same name.
    pub fn names(&self, company: &str) -> bool {
        let wanted = normal_name(company);
        !wanted.is_empty() && self.candidates().contains(&wanted)
    }

    /// The names in it, in normal form.
    fn candidates(&self) -> Vec<String> {
        let lower = self.respondents.to_ascii_lowercase();
        let mut cuts = vec![0];
        // `f/k/a`, `n/k/a`, `a/k/a`, `d/b/a` and brackets begin another name of the same company.
        for mark in ["f/k/a", "n/k/a", "a/k/a", "d/b/a", "formerly known as", "now known as", "also known as", " and "]
        {
            for (at, _) in lower.match_indices(mark) {
                cuts.extend([at, at + mark.len()]);
            }
        }
        for (at, _) in lower.match_indices(['(', ')', ';']) {
            cuts.extend([at, at + 1]);
        }
        cuts.push(lower.len());
        cuts.sort_unstable();
        cuts.dedup();
        let mut names = vec![normal_name(&self.respondents)];
        for pair in cuts.windows(2) {
            let part = self.respondents.get(pair[0]..pair[1]).unwrap_or_default();
            names.push(normal_name(part));
            // A comma parts companies only where no form of company follows it.
            let mut name = String::new();
            for piece in part.split(',') {
                if !name.is_empty() && is_form(piece) {
                    name.push(' ');
                } else {
                    names.push(normal_name(&name));
                    name.clear();
                }
                name.push_str(piece);
            }
            names.push(normal_name(&name));
        }
        names.retain(|name| !name.is_empty());
        names
    }
}

/// Forms of companies, as names end with them.
const FORMS: [&str; 24] = [
    "INC",
    "INCORPORATED",
    "CORP",
    "CORPORATION",
    "CO",
    "COMPANY",
    "LTD",
    "LIMITED",
    "LLC",
    "LP",
    "LLP",
    "PLC",
    "SA",
    "NV",
    "AG",
    "AB",
    "SE",
    "SPA",
    "BV",
    "PTE",
    "PTY",
    "BHD",
    "TRUST",
    "CL",
];

fn is_form(piece: &str) -> bool {
    let bare: String = piece.chars().filter(char::is_ascii_alphanumeric).collect();
    FORMS.contains(&bare.to_ascii_uppercase().as_str())
}

/// A company's name without what differs between lists: case, punctuation, the form of the company at its end, `The`
/// before it, and the state or mark that EDGAR adds (`/DE/`, `/NEW`). Empty where nothing is left: that equals nothing.
///
/// Equality of such names is the only match that the list of suspensions allows, for it has no tickers and no keys; it
/// is strong, but no proof: two companies may have had one name.
pub fn normal_name(name: &str) -> String {
    let name = name.split_once(" /").map_or(name, |(name, _)| name);
    let name = match name.trim_end_matches('/').rsplit_once('/') {
        Some((start, mark)) if mark.len() <= 3 && start.len() > 3 => start,
        _ => name,
    };
    let mut words: Vec<String> = Vec::new();
    for word in
        name.replace('&', " AND ").split(|character: char| character.is_whitespace() || "-/,".contains(character))
    {
        let bare: String = word.chars().filter(|character| character.is_alphanumeric()).collect();
        if !bare.is_empty() {
            words.push(bare.to_uppercase());
        }
    }
    if words.len() > 1 && words[0] == "THE" {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|word| FORMS.contains(&word.as_str())) {
        words.pop();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The markup of the SEC's page, its companies invented.
    const PAGE: &str = r#"<html><head><title>Trading Suspensions</title></head><body><nav><a href="/page=9">x</a></nav>
        <table class="views-table"><thead><tr><th>Date</th><th>Respondents</th></tr></thead><tbody>
        <tr class="pr-list-page-row"><td><time datetime="2026-06-12T01:09:01Z">June 11, 2026</time></td>
        <td><div class='release-view__respondents'><a href='/files/litigation/suspensions/2026/34-105675.pdf'>Toy Holdings
        Limited (n/k/a Plaything International, Inc.)</a></div>
        <div class="view-table_subfield_release_number"><span class="view-table_subfield_label">Release No.</span>
        <span class="view-table_subfield_value">34-105675</span></div>
        <div class="view-table_subfield_see_also">See Also <a href="/x-o.pdf">Order</a></div></td></tr>
        <tr class="pr-list-page-row"><td><time datetime="2026-05-01">May 1, 2026</time></td>
        <td><div class='release-view__respondents'><a href='https://evil.example/x.pdf'>Abacus &amp; Sons, Inc., Bead Corp.
        and The Cube Company</a></div></td></tr>
        <tr><td><time>May 2, 2026</time></td><td></td></tr>
        </tbody></table><ul><li><a href="?page=0">1</a></li><li><a href="?page=1">2</a></li></ul></body></html>"#;

    #[test]
    fn the_list_is_read() {
        let list = read(PAGE.as_bytes(), 0).unwrap();
        assert_eq!((list.orders.len(), list.unreadable, list.next), (2, 1, Some(1)));
        let first = &list.orders[0];
        assert_eq!(first.date, "2026-06-11".parse().unwrap(), "the day that is read, not the stamp");
        assert_eq!(first.respondents, "Toy Holdings Limited (n/k/a Plaything International, Inc.)");
        assert_eq!(first.release.as_deref(), Some("34-105675"));
        assert_eq!(first.url.as_deref(), Some("https://www.sec.gov/files/litigation/suspensions/2026/34-105675.pdf"));
        assert_eq!(list.orders[1].url, None, "links elsewhere are not given on");
    }

    #[test]
    fn plainer_lists_are_read_too() {
        for html in [
            "<table><tr><td>06/11/2026</td><td><a href='/l/34-1234.pdf'>Toy Corp</a></td></tr></table>",
            "<ul><li>2026-06-11 <a href='/l/34-1234.pdf'>Toy Corp</a></li></ul>",
            "<p>Jun. 11, 2026: <a href='/l/34-1234.pdf'>Toy Corp</a></p>",
            "<tr><td>34-1234</td><td>June 11, 2026</td><td><a href='/l/34-1234.pdf'>Toy Corp</a>",
        ] {
            let list = read(html.as_bytes(), 0).unwrap();
            assert_eq!(list.orders.len(), 1, "{html}");
            assert_eq!(list.orders[0].date, "2026-06-11".parse().unwrap(), "{html}");
            assert!(list.orders[0].names("TOY CORP"), "{html}");
        }
    }

    /// Lesson 37: the list has no ticker, only a name. Lesson 40: a page that cannot be read is not an empty list.
    #[test]
    fn names_are_compared_whole() {
        let list = read(PAGE.as_bytes(), 0).unwrap();
        let (first, second) = (&list.orders[0], &list.orders[1]);
        for name in
            ["TOY HOLDINGS LTD", "Toy Holdings Limited", "Plaything International Inc /NV/", "PLAYTHING INTERNATIONAL"]
        {
            assert!(first.names(name), "{name}");
        }
        for name in
            ["Toy", "Holdings", "Toy Holdings Group", "International Inc", "Inc.", "", "Great Toy Holdings Limited"]
        {
            assert!(!first.names(name), "{name}");
        }
        for name in ["ABACUS & SONS INC", "Abacus and Sons", "BEAD CORP", "CUBE CO"] {
            assert!(second.names(name), "{name}");
        }
        assert_eq!(read(b"<html><body><p>Down for maintenance</p></body></html>", 0), Err(BadList::NoOrders));
        assert_eq!(read(b"", 0), Err(BadList::NoOrders));
    }

    #[test]
    fn hostile_pages_end() {
        let rows = "<tr><td>June 11, 2026<a href=x>".repeat(20_000);
        assert_eq!(read(rows.as_bytes(), 0).err(), Some(BadList::NoOrders));
        let deep = "<div class=respondents>".repeat(100_000);
        assert!(read(deep.as_bytes(), u32::MAX - 1).is_err());
        let long = format!("<tr><td>June 11, 2026 <a href=/x>{}", "é".repeat(100_000));
        let list = read(long.as_bytes(), 0).unwrap();
        assert!(list.orders[0].respondents.len() <= 2 * ROW);
    }

    #[test]
    fn names_lose_what_differs_between_lists() {
        for (name, normal) in [
            ("Toy Co., Inc.", "TOY"),
            ("TOY CO INC /DE/", "TOY"),
            ("COSTCO WHOLESALE CORP /NEW", "COSTCO WHOLESALE"),
            ("The Toy Company", "TOY"),
            ("A-B Toy's", "A B TOYS"),
            ("Inc.", "INC"),
            ("  ", ""),
            ("Ünï Toy", "ÜNÏ TOY"),
        ] {
            assert_eq!(normal_name(name), normal, "{name}");
        }
    }
}
