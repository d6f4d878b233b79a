//! The signals `shelf` and `atm`: what may be sold off a shelf, and how often it is.

use edgar::document::Document;
use edgar::index::Filing;

use crate::signal::{Evidence, Input, Severity, Signal};
use crate::wording::{count, large};

use super::baby;
use super::prose::{self, has, patterns};
use super::reader::{self, Reader, days};
use super::shelves::{
    GRACE_DAYS, LIFE_YEARS, MOST_SHELVES, MOST_TAKEDOWNS, State, WINDOW, all, is_automatic, is_registration, is_shelf,
    is_takedown, takes_down,
};

/// The cover of a registration or prospectus, in bytes of its text.
const COVER: usize = 45_000;

patterns! {
    /// What is registered, in words.
    REGISTERED = r"(?i)(?:up to(?: an?)?(?: maximum)?(?: aggregate| total)?(?: initial)?(?: public)?(?: offering)?(?: amount| price| value)?(?: of)?|not(?: to)? exceed(?:ing)?|maximum aggregate offering price of(?: up to)?|aggregate (?:initial )?(?:public )?offering price of(?: up to)?|aggregate amount of(?: up to)?|total of up to)\s*(?:U\.?S\.?)?\s?\$";
    RESALE = r"(?i)\bselling (?:stock|share|security|unit)?\s?holders?\b";
    PRIMARY = r"(?i)\bwe may(?: from time to time)?,?(?: offer| issue| sell)|\bwe may, from time to time, (?:offer|sell|issue)";
    UNLIMITED = r"(?i)\bindeterminate (?:aggregate |number|amount|initial)|\bunspecified (?:aggregate|amount)";
    OFFERING_PRICE = r"(?i)^\W*(?:(?:assumed )?(?:combined )?(?:initial |public |aggregate )*(?:public )?offering price|price to (?:the )?public|gross proceeds|public price)\b";
    DEREGISTERS = r"(?i)\b(?:deregister\w*|removes? from registration|remov\w+ from registration|withdraw\w* from registration)\b";
    ATM = r"(?i)\b(?:sales agreement|at[\s\-]+the[\s\-]+market|equity distribution agreement|open market sale|ATM (?:agreement|program)|controlled equity offering|market offering agreement)\b";
    ATM_OWN = r"\b(?:entered into|pursuant to|under|in accordance with|party to)\b[^;]*\b(?:sales agreement|equity distribution agreement|open market sale|atm agreement|atm program|at[ \-]the[ \-]market (?:issuance|offering|equity|sales)[^;]{0,40}agreement|market offering agreement|controlled equity offering)|\b(?:commenc|establish|has an|have an|suspend|terminat)\w*[^;]*\bat[ \-]the[ \-]market (?:offering|equity|program|facility)";
    ATM_CONTEXT = r"\b(?:shares|common stock|ordinary shares|adss?|common units)\b";
    ATM_AGENT = r"\b(?:sales agents?|agents?|managers?|from time to time|up to|aggregate offering price|placement)\b";
}

/// A sum that a filing states, with its sentence.
struct Stated {
    amount: f64,
    evidence: Evidence,
}

/// What a registration says it registers.
fn registered(reader: Reader<'_>, filing: &Filing, document: &Document) -> Option<Stated> {
    let text = document.text();
    let cover = prose::after(text, 0, COVER);
    let found = REGISTERED.all(cover).find_map(|found| {
        // The dollar sign ends the match; the sum begins there.
        let at = found.end - 1;
        let (range, amount) = prose::amounts(prose::after(cover, at, 60)).into_iter().next()?;
        (range.start == 0 && amount >= 100_000.0).then_some((at, amount))
    });
    let (at, amount) = found?;
    let sentence = document.sentence_at(at)?;
    Some(Stated { amount, evidence: reader.quote(filing, Some("cover"), document, sentence) })
}

/// What a prospectus supplement offers: the total of its price table, or "up to" a sum.
fn offered(reader: Reader<'_>, filing: &Filing, document: &Document) -> Option<Stated> {
    let text = document.text();
    for line in document.lines().iter().take_while(|line| line.start < COVER) {
        let words = &text[line.start..line.end];
        if words.len() < 400 && has(&OFFERING_PRICE, words) {
            let most = prose::amounts(words).into_iter().map(|(_, amount)| amount).fold(0.0, f64::max);
            // A row with prices a share only has no total.
            if most >= 50_000.0 {
                return Some(Stated {
                    amount: most,
                    evidence: reader.quote(filing, Some("cover"), document, line.start..line.end),
                });
            }
        }
    }
    let cover = prose::after(text, 0, 6_000);
    let at = cover.to_ascii_lowercase().find("up to $").map(|at| at + "up to ".len())?;
    let (range, amount) = prose::amounts(prose::after(cover, at, 60)).into_iter().next()?;
    if range.start != 0 || amount < 50_000.0 {
        return None;
    }
    Some(Stated { amount, evidence: reader.quote(filing, Some("cover"), document, document.sentence_at(at)?) })
}

/// That an amendment after effectiveness takes what was not sold off the shelf, in its own words.
fn deregistration(reader: Reader<'_>, filing: &Filing) -> Option<Evidence> {
    let document = reader.open(filing).ok()?;
    let at = DEREGISTERS.find(document.text())?.start;
    Some(reader.quote(filing, None, document, document.sentence_at(at)?))
}

pub(super) fn signal(reader: Reader<'_>) -> Signal {
    const ID: &str = "shelf";
    if reader.filings().next().is_none() {
        return Signal::not_run(ID, "no filings were public on that day");
    }
    let reports = |filing: &Filing| {
        reader::is_annual(filing)
            || reader::is_quarterly(filing)
            || is_registration(filing)
            || is_takedown(filing)
            || reader::is_current(filing)
    };
    if !reader.filings().any(reports) {
        return Signal::not_applicable(ID, "files no reports and registers nothing");
    }
    let as_of = reader.case.as_of;
    let filings: Vec<&Filing> = reader.filings().collect();
    let shelves = all(&filings, as_of);
    let mut parts = Vec::new();
    let mut inputs: Vec<Input> = Vec::new();
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut remaining: Option<f64> = None;
    let mut live = 0;
    let mut upper = false;
    let mut open_ended = false;
    // Takedowns of twelve months, and whether there is a shelf that General Instruction I.B.6 may limit.
    let mut year: Vec<Input> = Vec::new();
    let mut primary = false;
    for (index, shelf) in shelves.iter().enumerate() {
        let state = shelf.state(as_of);
        let mut why = format!("{} filed {}", shelf.filing.form, shelf.filing.filed);
        if !shelf.filing.file_number.is_empty() {
            why.push_str(&format!(" (file {})", shelf.filing.file_number));
        } else {
            why.push_str(" (no file number: nothing ties effectiveness and prospectuses to it)");
        }
        match (shelf.effective_on, shelf.withdrawn) {
            (_, Some(withdrawn)) => why.push_str(&format!(", withdrawn {}", withdrawn.filed)),
            (Some(day), None) => why.push_str(&format!(", effective {day}")),
            (None, None) => why.push_str(", no notice of effectiveness found"),
        }
        if let Some(expires) = shelf.expires().filter(|_| is_shelf(shelf.filing)) {
            why.push_str(&format!(", three years end {expires}"));
        }
        if state == State::Grace
            && let Some(successor) = shelf.successor
        {
            why.push_str(&format!(
                "; usable {GRACE_DAYS} days more while the {} filed {} is not effective",
                successor.form, successor.filed
            ));
        }
        let deregistered = shelf.amended_after.and_then(|amended| deregistration(reader, amended));
        if let (Some(amended), None) = (shelf.amended_after, &deregistered) {
            why.push_str(&format!(
                "; amended after effectiveness on {} ({}), which {}",
                amended.filed,
                amended.form,
                if reader.open(amended).is_ok() {
                    "does not say that it deregisters"
                } else {
                    "may deregister what is left"
                }
            ));
        }
        if let Some(evidence) = &deregistered {
            why.push_str(&format!("; what was left was deregistered by the amendment filed {}", evidence.filed));
        }
        let mut part = Signal::ran(
            &format!("{ID}.{}", index + 1),
            if state.is_live() && deregistered.is_none() { Severity::Info } else { Severity::None },
            String::new(),
        );
        part.zone = Some(if deregistered.is_some() { "deregistered" } else { state.name() }.to_owned());
        part.evidence.extend(deregistered.clone());
        part.evidence.push(reader.filing(shelf.filing, None));
        part.evidence.extend(shelf.effective.map(|effect| reader.filing(effect, None)));
        part.evidence.extend(shelf.withdrawn.map(|withdrawn| reader.filing(withdrawn, None)));
        let counts = state.is_live() && is_shelf(shelf.filing) && deregistered.is_none();
        live += usize::from(counts);
        let mut capacity = None;
        if let Ok(document) = reader.open(shelf.filing) {
            let cover = prose::after(document.text(), 0, COVER);
            let resale = has(&RESALE, cover) && !has(&PRIMARY, cover);
            if resale {
                why.push_str("; for resale by holders");
                part.zone = Some(format!("{}_resale", state.name()));
                live -= usize::from(counts);
            } else if let Some(stated) = registered(reader, shelf.filing, document) {
                part.inputs.push(reader::input(
                    "registered",
                    stated.amount,
                    "USD",
                    "cover of the registration statement",
                    shelf.filing,
                ));
                part.evidence.push(stated.evidence);
                capacity = Some(stated.amount);
            } else if is_automatic(shelf.filing) || has(&UNLIMITED, cover) {
                why.push_str("; an indeterminate amount");
                open_ended |= counts;
            }
        }
        let mut unread = 0;
        let mut seen: Vec<f64> = Vec::new();
        for takedown in &shelf.takedowns {
            if !takes_down(takedown) {
                continue;
            }
            match reader.open(takedown).ok().and_then(|document| offered(reader, takedown, document)) {
                Some(stated) => {
                    part.inputs.push(reader::input(
                        "taken down",
                        stated.amount,
                        "USD",
                        "cover of the prospectus",
                        takedown,
                    ));
                    part.evidence.push(stated.evidence);
                    seen.push(stated.amount);
                    if days(takedown.filed, as_of) <= 365 && is_shelf(shelf.filing) {
                        year.push(reader::input(
                            "taken down in twelve months",
                            stated.amount,
                            "USD",
                            "cover of the prospectus",
                            takedown,
                        ));
                    }
                }
                None => unread += 1,
            }
        }
        if !shelf.takedowns.is_empty() {
            why.push_str(&format!(
                "; {} prospectus(es) under it, {unread} without a sum that was read",
                shelf.takedowns.len()
            ));
        }
        if let Some(amount) = capacity {
            let left = (amount - seen.iter().sum::<f64>()).max(0.0);
            part.value = Some(left);
            why.push_str(&format!(
                "; ${amount:.0} registered, {} ${left:.0} left",
                if unread > 0 { "at most" } else { "about" }
            ));
            if counts {
                remaining = Some(remaining.unwrap_or(0.0) + left);
                upper |= unread > 0;
                inputs.extend(part.inputs.iter().cloned());
            }
        }
        let open = state.is_live() || state == State::NotEffective;
        primary |= open
            && is_shelf(shelf.filing)
            && !is_automatic(shelf.filing)
            && !part.zone.as_deref().is_some_and(|zone| zone.ends_with("resale"));
        part.why = why;
        if state.is_live() || state == State::NotEffective {
            evidence.extend(part.evidence.iter().take(3).cloned());
        }
        parts.push(part);
    }
    let baby = reader
        .filings()
        .filter(|filing| (is_takedown(filing) || is_shelf(filing)) && reader.age(filing) <= 540)
        .find_map(|filing| {
            reader
                .open(filing)
                .ok()
                .and_then(|document| baby::stated(reader, filing, document))
                .map(|baby| (filing, baby))
        });
    if let Some((filing, baby)) = &baby {
        let mut part = Signal::ran(
            "shelf.baby_shelf",
            Severity::Caution,
            format!(
                "General Instruction I.B.6 limits sales to a third of the public float in twelve months ({} filed {})",
                filing.form, filing.filed
            ),
        );
        part.formula = "one third of the public float as the filing states it, less what it says was sold under I.B.6 in twelve months".to_owned();
        if let Some(float) = baby.float {
            part.inputs.push(reader::input("public float", float, "USD", "stated in the filing", filing));
            let left = (float / 3.0 - baby.sold.unwrap_or(0.0)).max(0.0);
            part.value = Some(left);
            part.why.push_str(&format!("; float {}, a third is {}", large(float, "USD"), large(float / 3.0, "USD")));
            if let Some(sold) = baby.sold {
                part.inputs.push(reader::input(
                    "sold under I.B.6 in twelve months",
                    sold,
                    "USD",
                    "stated in the filing",
                    filing,
                ));
                part.why.push_str(&format!(", {} of it sold with this offering or before", large(sold, "USD")));
            }
        }
        part.evidence.clone_from(&baby.evidence);
        evidence.extend(baby.evidence.iter().cloned());
        parts.push(part);
    }
    let limit = primary.then(|| baby::limit(reader, year));
    let unread = shelves
        .iter()
        .filter(|shelf| is_shelf(shelf.filing) && shelf.state(as_of).is_live() && reader.open(shelf.filing).is_err())
        .count();
    let recent = reader
        .filings()
        .filter(|filing| matches!(filing.form.as_str(), "424B5" | "424B4") && reader.age(filing) <= 365)
        .count();
    let (zone, severity, why) = if live > 0 {
        let amount = match (remaining, open_ended) {
            (_, true) => "an indeterminate amount may be sold".to_owned(),
            (Some(left), false) => {
                format!(
                    "{} {} of the registered amount is left",
                    if upper { "at most" } else { "about" },
                    large(left, "USD")
                )
            }
            (None, false) => "the registered amount was not read".to_owned(),
        };
        let limited = baby.is_some() || limit.as_ref().is_some_and(|limit| limit.severity >= Severity::Caution);
        let severity = if limited || recent >= 2 { Severity::Caution } else { Severity::Info };
        let mut why = format!("{} live on {as_of}; {amount}", count(live, "shelf registration", "shelf registrations"));
        if let Some(limit) = limit.as_ref().filter(|limit| limit.value.is_some()) {
            why.push_str("; ");
            why.push_str(&limit.why);
        }
        if unread > 0 {
            why.push_str(&format!("; {unread} of them not read"));
            if live > MOST_SHELVES {
                why.push_str(&format!(
                    " (the newest {MOST_SHELVES} are fetched, and the newest {MOST_TAKEDOWNS} prospectuses)"
                ));
            }
        }
        ("live", severity, why)
    } else if let Some(part) = parts.iter().find(|part| part.zone.as_deref() == Some("not_effective")) {
        ("not_effective", Severity::Info, format!("no shelf is live; {}", part.why))
    } else if shelves.is_empty() {
        ("none", Severity::None, "no registration of the last four years".to_owned())
    } else {
        (
            "none",
            Severity::None,
            format!("{} of the last four years, no shelf live", count(shelves.len(), "registration", "registrations")),
        )
    };
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = if open_ended { None } else { remaining };
    signal.zone = Some(zone.to_owned());
    parts.extend(limit);
    signal.formula = format!(
        "registered amount of shelf registrations (S-3, F-3, F-10) that are effective (EFFECT; automatic ones at filing), not \
         withdrawn (RW), not deregistered (POS AM) and not older than {LIFE_YEARS} years ({GRACE_DAYS} days more while a successor \
         filed in time is not effective), less the totals of prospectuses under the same file number, in USD; an at-the-market \
         prospectus counts whole, whatever was sold of it"
    );
    signal.source = "Securities Act Rules 415(a)(5), 424(b), 462, 477; Form S-3 General Instruction I.B.6".to_owned();
    signal.inputs = inputs;
    signal.evidence = evidence;
    signal.evidence.truncate(24);
    signal.parts = parts;
    signal
}

/// The signal `atm`.
pub(super) fn atm(reader: Reader<'_>) -> Signal {
    const ID: &str = "atm";
    if reader.filings().next().is_none() {
        return Signal::not_run(ID, "no filings were public on that day");
    }
    let candidates: Vec<&Filing> =
        reader.filings().filter(|filing| is_takedown(filing) && reader.age(filing) <= WINDOW).collect();
    let reports = |filing: &Filing| reader::is_annual(filing) || reader::is_quarterly(filing);
    if candidates.is_empty() && !reader.filings().any(reports) {
        return Signal::not_applicable(ID, "files no prospectuses and no periodic reports");
    }
    let year: Vec<&&Filing> =
        candidates.iter().filter(|filing| filing.form == "424B5" && reader.age(filing) <= 365).collect();
    let supplements = candidates.iter().filter(|filing| filing.form == "424B3" && reader.age(filing) <= 365).count();
    let mut quotes: Vec<Evidence> = Vec::new();
    let (mut read, mut unread) = (0, None);
    let financing = reader.filings().filter(|filing| {
        reader.age(filing) <= 3 * 365
            && (is_takedown(filing)
                || reader::is_annual(filing)
                || reader::is_quarterly(filing)
                || reader::carries(filing, "1.01"))
    });
    for filing in financing {
        let document = match reader.open(filing) {
            Ok(document) => document,
            Err(why) => {
                unread.get_or_insert(why);
                continue;
            }
        };
        read += 1;
        quotes.extend(sales_agreement(reader, filing, document).into_iter().take(2));
        if quotes.len() >= 8 {
            break;
        }
    }
    let gaps: Vec<i32> = year.windows(2).map(|pair| days(pair[1].filed, pair[0].filed)).collect();
    let cadence = if gaps.is_empty() { None } else { Some(gaps.iter().sum::<i32>() / gaps.len() as i32) };
    let (zone, severity) = match (quotes.is_empty(), year.len()) {
        (false, 2..) => ("active", Severity::Caution),
        (false, _) => ("agreement", Severity::Info),
        (true, 3..) => ("frequent_prospectuses", Severity::Caution),
        (true, _) => ("none", Severity::None),
    };
    // The prospectuses are counted by the index, but an agreement is only found by reading.
    if let (0, Some(unread), Severity::None) = (read, &unread, severity) {
        return Signal::not_run(
            ID,
            format!("no report or prospectus of three years could be searched for a sales agreement: {unread}"),
        );
    }
    let mut why = format!(
        "prospectus supplements in a year: {} of form 424B5, {supplements} of form 424B3; {}",
        year.len(),
        if quotes.is_empty() {
            format!("no words about a sales agreement in {} read", count(read, "document", "documents"))
        } else {
            "a sales agreement is spoken of".to_owned()
        }
    );
    if let Some(cadence) = cadence {
        why.push_str(&format!("; one in {cadence} days on average"));
    }
    let mut signal = Signal::ran(ID, severity, why);
    signal.value = Some(year.len() as f64);
    signal.zone = Some(zone.to_owned());
    signal.formula = "prospectus supplements 424B5 filed in 365 days (takedowns of a shelf; 424B3 is mostly for resales and counted \
                      apart), and whether documents of three years speak of the company's own at-the-market or sales agreement"
        .to_owned();
    signal.source = "Securities Act Rules 415(a)(4) and 424(b)".to_owned();
    signal.evidence = quotes;
    for filing in year.iter().take(12) {
        if !signal.evidence.iter().any(|evidence| evidence.accession == filing.accession) {
            signal.evidence.push(reader.filing(filing, None));
        }
    }
    signal
}

/// Sentences about the company's own sales agreement; a plan of distribution that names such offerings among
/// others is none.
fn sales_agreement(reader: Reader<'_>, filing: &Filing, document: &Document) -> Vec<Evidence> {
    let text = document.text();
    let mut found = Vec::new();
    let mut done = 0;
    for hit in ATM.all(text) {
        if hit.start < done || found.len() >= 3 {
            continue;
        }
        let Some(sentence) = document.sentence_at(hit.start) else { continue };
        done = sentence.end;
        let plain = prose::plain(&text[sentence.clone()]);
        let own = has(&ATM_OWN, &plain) && has(&ATM_CONTEXT, &plain) && has(&ATM_AGENT, &plain);
        if own && !plain.contains("we may engage") && !plain.contains("may include") && !plain.contains("no longer") {
            found.push(reader.quote(filing, reader::section_name(document, sentence.start), document, sentence));
        }
    }
    found
}
