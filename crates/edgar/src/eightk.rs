//! The items of a current report: where each stands in the body, against those that EDGAR tagged.

use std::ops::Range;

use crate::document::Document;

/// An item of a Form 8-K as its body has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `3.01`; before the renumbering of 23 August 2004 `4`.
    pub code: String,
    /// Where the heading stands.
    pub heading: Range<usize>,
    /// From the heading to the next item, the signatures or the end of the document.
    pub text: Range<usize>,
}

/// What body and tags say about the items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Items {
    /// Items found in the body, in their order.
    pub found: Vec<Item>,
    /// Tagged, but no heading was found in the body.
    pub only_tagged: Vec<String>,
    /// In the body, but not tagged.
    pub only_found: Vec<String>,
}

impl Items {
    /// The text of an item: its heading and body.
    pub fn get(&self, code: &str) -> Option<&Item> {
        self.found.iter().find(|item| item.code == code)
    }
}

/// The codes of the form since 23 August 2004.
pub const CODES: &[&str] = &[
    "1.01", "1.02", "1.03", "1.04", "1.05", "2.01", "2.02", "2.03", "2.04", "2.05", "2.06", "3.01", "3.02", "3.03",
    "4.01", "4.02", "5.01", "5.02", "5.03", "5.04", "5.05", "5.06", "5.07", "5.08", "6.01", "6.02", "6.03", "6.04",
    "6.05", "6.06", "7.01", "8.01", "9.01",
];

/// Longest heading, its title included; some titles are long.
const HEADING: usize = 400;

/// Finds the items of an 8-K in its primary document, and holds them against the tags of the index.
pub fn items(document: &Document, tagged: &[String]) -> Items {
    let within = document.primary().map_or(0..document.text().len(), |part| part.text.clone());
    let text = document.text();
    let mut headings: Vec<(String, Range<usize>)> = Vec::new();
    let mut end = within.end;
    for (index, line) in document.lines().iter().enumerate() {
        if line.start < within.start || line.end > within.end {
            continue;
        }
        let words = &text[line.start..line.end];
        let codes = heading_codes(words);
        if !codes.is_empty() {
            let heading = line.start..line.end.min(line.start + heading_length(words));
            headings.extend(codes.into_iter().map(|code| (code, heading.clone())));
        } else if !headings.is_empty() && is_signature(document, index) {
            end = line.start;
            break;
        }
    }
    // "Item 3.01" may stand in a list at the top and head its own text further down; repeated in a row it is one,
    // and items with a joint heading share their text.
    let mut ends = vec![end; headings.len()];
    for index in (0..headings.len().saturating_sub(1)).rev() {
        let ((code, heading), (next, after)) = (&headings[index], &headings[index + 1]);
        ends[index] = if code == next || heading == after { ends[index + 1] } else { after.start };
    }
    let mut found: Vec<Item> = Vec::new();
    for ((code, heading), end) in headings.iter().zip(ends) {
        let item = Item { code: code.clone(), heading: heading.clone(), text: heading.start..end.max(heading.end) };
        match found.iter_mut().find(|known| known.code == *code) {
            Some(known) if known.text.end >= item.text.end => {}
            Some(known) => {
                if item.text.len() >= known.text.len() {
                    *known = item;
                }
            }
            None => found.push(item),
        }
    }
    found.sort_by_key(|item| item.text.start);
    let only_tagged = tagged.iter().filter(|tag| !found.iter().any(|item| same(&item.code, tag))).cloned().collect();
    let only_found = found
        .iter()
        .filter(|item| !tagged.iter().any(|tag| same(&item.code, tag)))
        .map(|item| item.code.clone())
        .collect();
    Items { found, only_tagged, only_found }
}

fn same(code: &str, tag: &str) -> bool {
    code.trim() == tag.trim()
}

/// Whether the signatures begin at a line, rather than a list of contents naming them.
fn is_signature(document: &Document, index: usize) -> bool {
    let mut lines = document.lines().iter().skip(index).map(|line| &document.text()[line.start..line.end]);
    let words = lines.next().unwrap_or("").trim_matches(|character: char| !character.is_alphanumeric());
    (words.eq_ignore_ascii_case("signature") || words.eq_ignore_ascii_case("signatures"))
        && lines.take(12).any(|line| {
            let head = line.char_indices().nth(120).map_or(line, |(end, _)| &line[..end]).to_ascii_lowercase();
            head.contains("/s/") || head.contains("pursuant to the requirement")
        })
}

/// How much of the line is heading: up to the end of the title.
fn heading_length(line: &str) -> usize {
    let mut length = HEADING.min(line.len());
    while !line.is_char_boundary(length) {
        length -= 1;
    }
    length
}

/// The codes that a line heads: one, or several of a joint heading (`Items 1.01 and 2.03 Entry …`).
fn heading_codes(line: &str) -> Vec<String> {
    let Some(first) = heading_code(line) else { return Vec::new() };
    let mut codes = vec![first];
    let mut rest = codes.first().and_then(|code| line.split_once(code.as_str())).map_or("", |(_, rest)| rest);
    while let Some(next) = joint(rest) {
        let Some(code) = next.get(..4).filter(|code| CODES.contains(code)) else { break };
        if !codes.iter().any(|known| known == code) {
            codes.push(code.to_owned());
        }
        rest = next.get(4..).unwrap_or("");
    }
    codes
}

/// What follows a code, from the next code on, when the two are joined: `, 2.03`, ` and Item 3.02`, ` & 7.01`.
fn joint(after: &str) -> Option<&str> {
    let rest = after.trim_start();
    let plain = rest.trim_start_matches([',', '&', '/']).trim_start();
    let plain = plain.strip_prefix("and ").or_else(|| plain.strip_prefix("AND ")).unwrap_or(plain).trim_start();
    if plain.len() == rest.len() {
        return None;
    }
    let item = plain.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("item"));
    let plain = if item { plain[4..].trim_start_matches(['s', 'S']).trim_start() } else { plain };
    plain.starts_with(|first: char| first.is_ascii_digit()).then_some(plain)
}

/// The code at the start of a line: `Item 3.01`, `ITEM 4.`, `Items 1.01`, `Item3.01Notice`, `Section 5 - Item 5.02`.
fn heading_code(line: &str) -> Option<String> {
    let line = line.trim_start_matches(|character: char| !character.is_alphanumeric());
    let line = match line.get(..7) {
        // "Section 3 - Securities and Trading Markets, Item 3.01 …": the item counts.
        Some(head) if head.eq_ignore_ascii_case("section") => {
            let window = line.char_indices().nth(120).map_or(line, |(end, _)| &line[..end]);
            let at = window.to_ascii_lowercase().find("item ")?;
            &line[at..]
        }
        _ => line,
    };
    let head = line.get(..4)?;
    if !head.eq_ignore_ascii_case("item") {
        return None;
    }
    let rest = line[4..].trim_start_matches(['s', 'S']);
    let rest = rest.trim_start_matches(|character: char| {
        character.is_whitespace() || matches!(character, '.' | ':' | '#' | '-' | '–' | '—')
    });
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let (number, after) = rest.split_at(digits);
    // "3.01", and "3. 01" as it is sometimes set.
    if let Some(fraction) = after.strip_prefix('.') {
        let tight = fraction.trim_start_matches([' ', '\t']);
        let code = format!("{number}.{}", tight.get(..2).unwrap_or(""));
        let longer = tight.as_bytes().get(2).is_some_and(u8::is_ascii_digit);
        if !longer && CODES.contains(&code.as_str()) {
            return prose(tight.get(2..).unwrap_or("")).then_some(code);
        }
        if fraction.starts_with(|next: char| next.is_ascii_digit()) {
            return None;
        }
    }
    // The old numbering has twelve items.
    let value: u8 = number.parse().ok()?;
    let plain = (1..=12).contains(&value)
        && after.starts_with(|next: char| !next.is_alphanumeric() || next.is_uppercase()) | after.is_empty();
    (plain && prose(after)).then(|| value.to_string())
}

/// Whether what follows the code is a title rather than the middle of a sentence ("Item 3.01 of this report").
fn prose(after: &str) -> bool {
    if joint(after).is_some() {
        return true;
    }
    let title = after.trim_start_matches(|character: char| !character.is_alphanumeric());
    !title.starts_with(|first: char| first.is_lowercase()) || title.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Document {
        Document::read("a.htm", None, html.as_bytes()).unwrap()
    }

    #[test]
    fn headings_come_in_many_spellings() {
        for (line, code) in [
            ("Item 3.01 Notice of Delisting", Some("3.01")),
            ("ITEM 3.01. Notice", Some("3.01")),
            ("Item\u{2014}3.01", Some("3.01")),
            ("Item 9.01Financial Statements", Some("9.01")),
            ("Items 1.01 and 2.03 Entry", Some("1.01")),
            ("Item 3.01 and the letter of the exchange", None),
            ("Section 5 – Corporate Governance Item 5.02 Departure", Some("5.02")),
            ("ITEM 4. CHANGES IN REGISTRANT'S CERTIFYING ACCOUNTANT", Some("4")),
            ("Item 12", Some("12")),
            ("Item 3.01 of this Current Report is incorporated", None),
            ("Item 13. Exhibits", None),
            ("Item 1.99 Something", None),
            ("Itemised costs", None),
            ("Item", None),
        ] {
            assert_eq!(heading_code(line).as_deref(), code, "{line}");
        }
    }

    #[test]
    fn items_with_a_joint_heading_share_their_text() {
        assert_eq!(heading_codes("Items 1.01, 2.03 and Item 3.02. Entry"), ["1.01", "2.03", "3.02"]);
        assert_eq!(heading_codes("Item 1.01 Entry of 2.03 things"), ["1.01"]);
        let document = read("<html><p>Items 1.01 and 2.03 Entry<p>We borrowed.<p>Item 9.01 Exhibits<p>None.");
        let items = items(&document, &[]);
        let text = |code: &str| document.quote(items.get(code).unwrap().text.clone());
        assert_eq!(text("1.01"), "Items 1.01 and 2.03 Entry We borrowed.");
        assert_eq!(text("2.03"), text("1.01"));
        assert_eq!(text("9.01"), "Item 9.01 Exhibits None.");
    }

    #[test]
    fn a_list_of_items_at_the_top_is_not_their_text() {
        let document = read(
            "<html><p>Item 1.01 Entry<p>Item 3.01 Notice<p>Item 1.01 Entry<p>We signed a thing of some length.\
             <p>Item 3.01 Notice<p>The bid price fell below $1.00.<p>SIGNATURE<p>/s/ A. Person<p>Item 9.01 none",
        );
        let items = items(&document, &["3.01".to_owned(), "9.01".to_owned()]);
        let text = |code: &str| document.quote(items.get(code).unwrap().text.clone());
        assert_eq!(text("3.01"), "Item 3.01 Notice The bid price fell below $1.00.");
        assert_eq!(text("1.01"), "Item 1.01 Entry We signed a thing of some length.");
        assert_eq!(items.only_tagged, ["9.01"]);
        assert_eq!(items.only_found, ["1.01"]);
    }
}
