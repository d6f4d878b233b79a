//! Forms 25 and 15: which class left which exchange, and whether the shares did.
//!
//! Most Forms 25 are about notes that matured, warrants that were redeemed, or a move to another exchange. Which it is
//! stands in the form, where that can be read, and shows in what was filed around it: Item 3.01 of Form 8-K is owed for
//! common equity only, a class that moves is registered anew on Form 8-A12B, and a company whose shares are listed says
//! so on the cover of its reports. Nothing filed after the day of the reading is used.

use jiff::civil::{Date, date};

use edgar::document::Document;
use edgar::form25::{self, Provision};
use edgar::index::Filing;

use super::listing::Class;
use super::prose::{self, Pattern, has, patterns};
use super::reader::{self, Reader, carries, days};

/// Item 3.01 is there since that day.
const ITEM_SINCE: Date = date(2004, 8, 23);
/// The item comes before the form: ten days at least, and a hearing may lie between.
const ITEM_BEFORE: i32 = 200;
/// It may come late.
const ITEM_AFTER: i32 = 15;
/// A class that moves is registered at the new exchange within these days of leaving the old one.
const MOVE_BEFORE: i32 = 30;
const MOVE_AFTER: i32 = 15;
/// A notice of a transfer or a merger belongs to a form that follows within these days.
const TOLD_BEFORE: i32 = 90;
/// A notice of an exchange so many days after a removal shows that something is listed.
const LATER: i32 = 90;

/// What became of the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fate {
    /// The shares left the exchange.
    Removed,
    /// They moved to another exchange.
    Moved,
    /// They went in a merger or an exchange for other securities.
    Merged,
    /// It was another class, or a second exchange.
    Other,
    /// Something filed later shows the shares listed.
    Listed,
    /// The form was not read, and nothing around it tells.
    Unread,
}

/// A Form 25 and what it means.
#[derive(Clone, Debug)]
pub(super) struct Removal<'a> {
    pub(super) filing: &'a Filing,
    /// The class, as the form describes it.
    pub(super) class: Option<String>,
    pub(super) fate: Fate,
    /// By the company's own decision rather than the exchange's.
    pub(super) by_will: bool,
    /// What the judgement rests on.
    pub(super) because: String,
}

pub(super) fn is_removal(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "25" | "25-NSE" | "25/A" | "25-NSE/A")
}

pub(super) fn is_end(filing: &Filing) -> bool {
    filing.form.starts_with("15-12") || filing.form.starts_with("15-15") || filing.form.starts_with("15F-")
}

/// The forms that are worth fetching, newest first: those that may be about the shares, else the newest.
pub(super) fn wanted<'a>(known: &[&'a Filing]) -> Vec<&'a Filing> {
    let removals: Vec<&Filing> = known.iter().copied().filter(|filing| is_removal(filing)).collect();
    let mut chosen: Vec<&Filing> =
        removals.iter().copied().filter(|filing| item_around(known, filing) != Some(false)).take(2).collect();
    if chosen.is_empty() {
        chosen.extend(removals.first());
    }
    // A Form 15 that was followed by a report ended nothing, whatever its class.
    if let Some(at) = known.iter().position(|filing| is_end(filing))
        && !known.iter().take(at).any(|filing| is_report(filing))
    {
        chosen.extend(known.get(at));
    }
    chosen
}

/// What became of every class that a Form 25 removed, newest first; `told` are the notices that were read.
pub(super) fn judge<'a>(reader: Reader<'a>, told: &[(Date, Class)]) -> Vec<Removal<'a>> {
    let known: Vec<&Filing> = reader.filings().collect();
    known
        .iter()
        .copied()
        .filter(|filing| is_removal(filing))
        .map(|filing| {
            let form = read(reader, filing);
            let (fate, because) = fate(reader, &known, filing, &form, told);
            let near = |class: Class| told.iter().any(|(day, said)| *said == class && belongs(*day, filing));
            let by_will = form.provision == Some(Provision::Withdrawn)
                || form.provision.is_none() && (filing.form.starts_with("25/") || filing.form == "25")
                || near(Class::Voluntary);
            Removal { filing, class: form.class, fate, by_will, because: because.to_owned() }
        })
        .collect()
}

/// What stands in a Form 25; nothing where it was not read.
#[derive(Default)]
struct Form {
    class: Option<String>,
    provision: Option<Provision>,
}

fn read(reader: Reader<'_>, filing: &Filing) -> Form {
    let bytes = reader.case.documents.bytes(&filing.accession, &crate::wanted::primary_name(filing));
    if let Some(notice) = bytes.ok().and_then(form25::read) {
        let class = prose::quote(&notice.class, 200);
        return Form { class: (!class.is_empty()).then_some(class), provision: notice.provision };
    }
    let Ok(document) = reader.open(filing) else { return Form::default() };
    Form {
        class: described(document, &["description of class of securities", "class of securities"]),
        provision: ticked(document),
    }
}

/// The line above a caption of a form.
fn described(document: &Document, captions: &[&str]) -> Option<String> {
    let text = document.text();
    let lower = text.to_ascii_lowercase();
    let at = captions.iter().find_map(|caption| lower.find(caption))?;
    let before = text.get(..at)?.lines().rev().map(str::trim).find(|line| line.len() > 3 && !line.starts_with('('))?;
    Some(prose::quote(before, 200))
}

/// The paragraph of the rule whose box is ticked.
fn ticked(document: &Document) -> Option<Provision> {
    let text = document.text();
    text.match_indices("12d2-2(").find_map(|(at, _)| {
        let before = prose::before(text, at, 40);
        let plain = before.trim_end().trim_end_matches("240.").trim_end().trim_end_matches("CFR").trim_end();
        let plain = plain.trim_end_matches("17").trim_end();
        let plain = plain.strip_suffix("Pursuant to").unwrap_or(plain).trim_end();
        let box_ = plain.trim_end_matches([']', ')', '|']).trim_end();
        let marked = ['☒', '☑', 'þ', '×'].iter().any(|mark| box_.ends_with(*mark))
            || ["[x", "[X", "(x", "(X", " x", " X", "\nx", "\nX"].iter().any(|mark| box_.ends_with(mark));
        marked.then(|| Provision::named(text.get(at..)?)).flatten()
    })
}

/// What a class is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Shares,
    Other,
    Unknown,
}

patterns! {
    /// Words for shares, and for everything else; in a description the first of them decides.
    SHARES = r"\b(?:common|ordinary shares?|capital stock|american deposit[ao]ry|shares of beneficial interest|class [a-c] shares?)\b";
    OTHERS = r"\b(?:units?|warrants?|rights?|notes?|preferred|preference|debentures?|bonds?|debt|deposit[ao]ry (?:shares?|receipts?)|obligations?|guarantees?|participations?|interests in|plans?|securities due)\b";
    /// What a cover calls shares beside that.
    ON_COVER = r"\b(?:shares|stock|units)\b";
}

/// How a piece goes on with what the piece before it began.
const GOES_ON: &[&str] = &[
    "each",
    "par",
    "no par",
    "consisting",
    "comprised",
    "exercisable",
    "to purchase",
    "at an",
    "at a",
    "with",
    "representing",
    "$",
    "one",
    "and one",
    "convertible",
    "evidenc",
    "which",
    "including",
    "together",
];

/// What a description is of. A list of several classes is of shares where one of its pieces is: "Units, each
/// consisting of one share of common stock and one warrant" is of units, "Units, Common Stock, Warrants" of shares.
fn kind(class: &str) -> Kind {
    let lower = class
        .to_ascii_lowercase()
        .replace("common stock purchase right", "right")
        .replace("common share purchase right", "right");
    let mut kind = Kind::Unknown;
    for piece in lower.split([';', ',', '\n']).map(str::trim) {
        if GOES_ON.iter().any(|word| piece.starts_with(word)) && kind != Kind::Unknown {
            continue;
        }
        let first = |words: &Pattern| words.find(piece).map(|found| found.start);
        match (first(&SHARES), first(&OTHERS)) {
            // "American Depositary Shares" and "depositary shares" begin at the same word.
            (Some(shares), Some(other)) if shares <= other => return Kind::Shares,
            (Some(_), None) => return Kind::Shares,
            (_, Some(_)) => kind = Kind::Other,
            (None, None) => {}
        }
    }
    kind
}

fn fate(
    reader: Reader<'_>,
    known: &[&Filing],
    filing: &Filing,
    form: &Form,
    told: &[(Date, Class)],
) -> (Fate, &'static str) {
    let kind = form.class.as_deref().map_or(Kind::Unknown, kind);
    let near = |class: Class| told.iter().any(|(day, said)| *said == class && belongs(*day, filing));
    let struck = form.provision == Some(Provision::Struck);
    if kind == Kind::Other {
        return (Fate::Other, "the form is about another class than the shares");
    }
    if form.provision == Some(Provision::Redeemed) {
        return (Fate::Other, "the form says that the class was redeemed, retired or has matured");
    }
    if !struck && near(Class::Transfer) {
        return (Fate::Moved, "the company told of a transfer of its listing");
    }
    // Notes move too, and owe no Item 3.01.
    let of_shares = kind == Kind::Shares || item_around(known, filing) != Some(false);
    if !struck && of_shares && registered_anew(known, filing) {
        return (Fate::Moved, "a Form 8-A12B registers a class on an exchange at the same time");
    }
    if let Some(listed) = listed_later(reader, known, filing)
        && listed
    {
        return (Fate::Listed, "what was filed later shows the shares listed");
    }
    if form.provision == Some(Provision::Substituted) {
        return (Fate::Merged, "the form says that the class was exchanged for cash or other securities");
    }
    if !struck && (near(Class::Merger) || acquired(known, filing)) {
        return (Fate::Merged, "an 8-K reports the end of the listing with an acquisition or a change of control");
    }
    match (kind, item_around(known, filing)) {
        (_, Some(false)) if !struck && kind == Kind::Unknown => {
            (Fate::Other, "no Item 3.01 of Form 8-K stands around it, as it would for the shares")
        }
        (Kind::Shares, Some(false)) if !struck => {
            (Fate::Other, "no Item 3.01 of Form 8-K stands around it, as it would for the exchange of first listing")
        }
        (Kind::Unknown, _) if !struck && listed_today(reader) => {
            (Fate::Listed, "the form was not read, and EDGAR names an exchange for the company")
        }
        (Kind::Unknown, None) if !struck => {
            (Fate::Unread, "the form was not read, and nothing around it tells the class")
        }
        (Kind::Unknown, _) => (Fate::Removed, "an Item 3.01 of Form 8-K stands around it"),
        _ => (Fate::Removed, "the form is about the shares"),
    }
}

/// Whether a notice of that day belongs to the form.
fn belongs(day: Date, filing: &Filing) -> bool {
    (-ITEM_AFTER..=TOLD_BEFORE).contains(&days(day, filing.filed))
}

/// Whether an Item 3.01 stands around a Form 25; none where the company owed none: before the item was there, and
/// where it files no current reports.
fn item_around(known: &[&Filing], filing: &Filing) -> Option<bool> {
    let before = |other: &Filing| days(other.filed, filing.filed);
    let owed = days(ITEM_SINCE, filing.filed) > ITEM_BEFORE
        && known.iter().any(|other| reader::is_current(other) && (0..=400).contains(&before(other)));
    let there =
        known.iter().any(|other| carries(other, "3.01") && (-ITEM_AFTER..=ITEM_BEFORE).contains(&before(other)));
    (owed || there).then_some(there)
}

/// Whether a Form 8-A12B goes with the form: filed about then, and with no other Form 25 nearer to it.
fn registered_anew(known: &[&Filing], filing: &Filing) -> bool {
    let distance = |one: &Filing, other: &Filing| days(one.filed, other.filed).abs();
    known.iter().filter(|other| other.form.starts_with("8-A12B")).any(|other| {
        (-MOVE_AFTER..=MOVE_BEFORE).contains(&days(other.filed, filing.filed))
            && known.iter().filter(|one| is_removal(one)).all(|one| distance(one, other) >= distance(filing, other))
    })
}

/// Whether one 8-K about then tells of the listing and of an acquisition or a change of control.
fn acquired(known: &[&Filing], filing: &Filing) -> bool {
    known.iter().any(|other| {
        (-ITEM_AFTER..=20).contains(&days(other.filed, filing.filed))
            && carries(other, "3.01")
            && carries(other, "5.01")
    })
}

/// Whether what was filed later shows the shares listed: the cover of a report first, for it says yes or no; else a new
/// registration on an exchange, or another notice of one.
fn listed_later(reader: Reader<'_>, known: &[&Filing], filing: &Filing) -> Option<bool> {
    let later = || known.iter().copied().filter(|other| other.filed > filing.filed);
    let cover = later().filter(|other| is_report(other)).find_map(|other| listed_on_cover(reader.open(other).ok()?));
    if cover.is_some() {
        return cover;
    }
    let anew = later().any(|other| {
        other.form.starts_with("8-A12B") && days(filing.filed, other.filed) > MOVE_AFTER
            || carries(other, "3.01") && days(filing.filed, other.filed) > LATER
    });
    anew.then_some(true)
}

/// Whether the cover of a report names an exchange for its shares; none where it has no such table.
fn listed_on_cover(document: &Document) -> Option<bool> {
    const EXCHANGES: &[&str] = &["new york stock exchange", "nyse", "nasdaq", "american stock exchange", "cboe"];
    let text = document.text();
    let cover = prose::after(text, 0, 15_000).to_ascii_lowercase();
    let at = cover.find("section 12(b)").or_else(|| cover.find("12(b) of the"))?;
    let rest = cover.get(at + "section 12(b)".len()..)?;
    let table = prose::after(rest, 0, rest.find("12(g)").unwrap_or(rest.len()).min(2_500));
    if EXCHANGES.iter().any(|exchange| table.contains(exchange)) {
        // "Stock" and "securities" stand in the names of exchanges too.
        let named = EXCHANGES.iter().fold(table.replace("stock market", ""), |table, name| table.replace(name, ""));
        return (has(&SHARES, &named) || has(&ON_COVER, &named)).then_some(true);
    }
    (table.contains("none") || table.contains("not applicable") || table.contains("n/a")).then_some(false)
}

/// Whether EDGAR names a national exchange for the company: as of today, so the last thing to go by.
fn listed_today(reader: Reader<'_>) -> bool {
    reader.case.company.exchanges.iter().any(|exchange| !exchange.is_empty() && !exchange.eq_ignore_ascii_case("OTC"))
}

pub(super) fn is_report(filing: &Filing) -> bool {
    reader::is_annual(filing) || reader::is_quarterly(filing)
}

/// The newest Form 15 that no report and no new registration followed, the class it names, and whether it ends the
/// duty to report about the shares; none where that is not known.
pub(super) fn ended<'a>(reader: Reader<'a>) -> Option<(&'a Filing, Option<String>, Option<bool>)> {
    let newest = reader.filings().find(|filing| is_end(filing))?;
    in_force(reader, newest)
}

/// The same of every Form 15 that is in force, newest first: on one day a company may end a plan's and the shares'.
pub(super) fn ends<'a>(reader: Reader<'a>) -> Vec<(&'a Filing, Option<String>, Option<bool>)> {
    reader.filings().filter(|filing| is_end(filing)).filter_map(|end| in_force(reader, end)).collect()
}

fn in_force<'a>(reader: Reader<'a>, end: &'a Filing) -> Option<(&'a Filing, Option<String>, Option<bool>)> {
    let goes_on = reader.filings().any(|other| {
        is_report(other) && other.filed > end.filed || other.form.starts_with("8-A12") && other.filed >= end.filed
    });
    if goes_on {
        return None;
    }
    let class =
        reader.open(end).ok().and_then(|document| described(document, &["title of each class of securities covered"]));
    let of_shares = match class.as_deref().map_or(Kind::Unknown, kind) {
        Kind::Shares => Some(true),
        Kind::Other => Some(false),
        // A plan's interests: the shares are registered under Section 12, whatever duty a prospectus made.
        Kind::Unknown if end.form.starts_with("15-15") && registered(reader, end) => Some(false),
        Kind::Unknown if listed_today(reader) => Some(false),
        // A company that has just reported, and of whose shares nothing else is told, may have ended a plan's interests.
        Kind::Unknown => {
            let reports = reader.filings().any(|other| is_report(other) && days(other.filed, end.filed) <= 200);
            (!reports).then_some(true)
        }
    };
    Some((end, class, of_shares))
}

/// Whether the newest report before a filing stands under the number of a class registered under Section 12.
fn registered(reader: Reader<'_>, end: &Filing) -> bool {
    reader
        .filings()
        .find(|other| is_report(other) && other.filed <= end.filed)
        .is_some_and(|report| report.file_number.starts_with("001-") || report.file_number.starts_with("000-"))
}

/// Whether a notice of that day that was not read is explained by a Form 25 that followed it.
pub(super) fn explains(removals: &[Removal<'_>], day: Date) -> bool {
    removals.iter().any(|removal| {
        matches!(removal.fate, Fate::Moved | Fate::Merged | Fate::Removed) && belongs(day, removal.filing)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_told_by_its_first_words() {
        for (class, expected) in [
            ("Common Stock, par value $0.033", Kind::Shares),
            ("Common Stock, $.01 par value, and Preferred Stock Purchase Rights", Kind::Shares),
            ("American Depositary Shares, each representing ten ordinary shares", Kind::Shares),
            ("Common Units representing limited partner interests", Kind::Shares),
            ("Units, Class A ordinary shares, Warrants", Kind::Shares),
            ("Common Shares of Beneficial Interest", Kind::Shares),
            ("Units, each consisting of one share of Class A Common Stock and one-half of one Warrant", Kind::Other),
            ("Warrants, each whole warrant exercisable for one share of Common Stock", Kind::Other),
            ("Redeemable Warrants", Kind::Other),
            ("Preferred Stock Purchase Rights", Kind::Other),
            ("Common Stock Purchase Rights", Kind::Other),
            ("Depositary Shares, each representing 1/1,000th of a share of 5.85% Preferred Stock", Kind::Other),
            ("0.875% Senior Notes due 2025", Kind::Other),
            ("Interests in the Legacy Savings Plan", Kind::Other),
            ("", Kind::Unknown),
            ("(see above)", Kind::Unknown),
        ] {
            assert_eq!(kind(class), expected, "{class}");
        }
    }

    #[test]
    fn the_cover_of_a_report_says_whether_the_shares_are_listed() {
        let cover = |table: &str| {
            let html = format!(
                "<p>FORM 10-K</p><p>Securities registered pursuant to Section 12(b) of the Act:</p>{table}\
                 <p>Securities registered pursuant to Section 12(g) of the Act: Common stock. Nasdaq is spoken of here.</p>"
            );
            listed_on_cover(&Document::read("k.htm", None, html.as_bytes()).unwrap())
        };
        assert_eq!(cover("<p>Common Stock</p><p>New York Stock Exchange</p>"), Some(true));
        assert_eq!(cover("<p>None</p>"), Some(false));
        assert_eq!(cover("<p>0.5% Notes due 2030</p><p>New York Stock Exchange</p>"), None);
        assert_eq!(cover(""), None);
    }

    #[test]
    fn the_ticked_box_names_the_paragraph() {
        let of = |html: &str| ticked(&Document::read("25.htm", None, html.as_bytes()).unwrap());
        assert_eq!(
            of("<p>☐ 17 CFR 240.12d2-2(a)(1)</p><p>☒ 17 CFR 240.12d2-2(a)(3)</p>"),
            Some(Provision::Substituted)
        );
        assert_eq!(
            of(
                "<p>[ ] Pursuant to 17 CFR 240.12d2-2(b), the Exchange</p><p>[X] Pursuant to 17 CFR 240.12d2-2(c), the Issuer</p>"
            ),
            Some(Provision::Withdrawn)
        );
        assert_eq!(of("<p>17 CFR 240.12d2-2(a)(1)</p>"), None);
    }
}
