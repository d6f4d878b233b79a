//! The signal `toxic_financing`: terms under which more shares come the lower the price falls.
//!
//! A phrase alone is no term: a beneficial ownership limitation stands in every pre-funded warrant, and full
//! ratchets stand in lists of what protects nobody. Each sentence must put the parts of the term together.

use std::ops::Range;

use edgar::document::Document;
use edgar::index::Filing;

use crate::signal::{Evidence, Severity, Signal};

use super::prose::{self, has, patterns};
use super::reader::{self, Reader};
use super::{search, second, shelves};

const ID: &str = "toxic_financing";
/// Documents of this many days are read.
pub(super) const WINDOW: i32 = 3 * 365;

/// A kind of term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// A conversion price that follows the market price down.
    VariableConversion,
    /// A share for a warrant without payment.
    AlternateCashless,
    /// An exercise or conversion price that falls on a day or after a split.
    PriceReset,
    /// The price falls to that of any later issue.
    FullRatchet,
    /// Shares sold to one buyer below the market price.
    EquityLine,
}

impl Term {
    /// Every kind, gravest first.
    pub const ALL: [Self; 5] =
        [Self::VariableConversion, Self::AlternateCashless, Self::PriceReset, Self::FullRatchet, Self::EquityLine];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::VariableConversion => "variable_conversion",
            Self::AlternateCashless => "alternate_cashless_exercise",
            Self::PriceReset => "price_reset",
            Self::FullRatchet => "full_ratchet",
            Self::EquityLine => "equity_line",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::VariableConversion => "a conversion price that follows the market price down",
            Self::AlternateCashless => {
                "an alternative or zero-price exercise that gives a share for a warrant without payment"
            }
            Self::PriceReset => "a price that resets after a split or on a day, down to a floor",
            Self::FullRatchet => "a full ratchet: the price falls to that of any later issue",
            Self::EquityLine => "an equity line: shares sold to one buyer below the market price",
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::VariableConversion | Self::AlternateCashless | Self::PriceReset => Severity::High,
            Self::FullRatchet | Self::EquityLine => Severity::Caution,
        }
    }
}

patterns! {
    /// What makes a sentence worth a judgement: a market price, or a word that only such terms have. Conversions as such are
    /// everywhere.
    TRIGGER = r"(?i)vwap|volume[\s\-]weighted|trad(?:ing|ed)\s+prices?|lowest\s+(?:closing|daily|bid|sales?|trad)|closing\s+(?:bid|sales?|trade)?\s?prices?|market\s+price|bid\s+prices?|cashless\s+exercise|zero[\s\-](?:exercise|price|cash)|floor|ratchet|re-?set|equity\s+line|equity\s+purchase|purchase\s+agreement|sepa\b|eloc\b|committed\s+equity|(?:put|purchase|advance|draw-?down)\s+notice|agreed\s+to\s+(?:purchase|buy)\s+up\s+to|beneficial\s+ownership\s+limitation|variable\s+(?:conversion|rate|price)|price\s+(?:is|will\s+be|shall\s+be|that\s+is)\s+variable|event\s+market|(?:below|less\s+than|lower\s+than|under)\s+(?:the|its|their|our|such)\s+(?:[\w\-]+\s+){0,3}(?:conversion|exercise|reset)\s+price";
    CONVERTS = r"\b(?:conversion (?:price|rate)|convert(?:s|ed|ible|ing)?|conversions?)\b";
    /// Debt that is paid in shares is converted, whatever it is called.
    PAID_IN_SHARES = r"\b(?:pay|paid|payable|repay|repaid|settle|settled|satisf\w+|redeem\w*)\b[^;]{0,80}\bin (?:\w+ ){0,2}(?:shares|common stock|ordinary shares)\b";
    FOLLOWS = r"\b(?:lowest|lower of|lesser of|low of|\d{1,2}(?:\.\d+)? ?(?:%|percent)\)? discount|discount (?:of \d|to (?:the )?(?:\w+ ){0,4}(?:market|vwap|trading|closing|bid|average|lowest))|at a discount|[1-9]\d(?:\.\d+)? ?(?:%|percent)\)?(?: \([^)]*\))? (?:of|multiplied|times))";
    CONTINGENT = r"\bpremium (?:to|over)\b|\brepresent\w* (?:an? )?(?:[\w.%]+ )?premium\b|\b1\d{2}(?:\.\d+)? ?(?:%|percent)|\bproduct of\b|\bmultiplied by the (?:\w+ ){0,3}conversion rate|\btrading price (?:for|per|of) (?:each )?\$1,000|\b(?:only )?(?:under|upon|in) (?:the following|certain|any of the following|specified)\b[^;]*circumstances|\binitial conversion (?:rate|price)\b|\b(?:closing|last reported) sales? price of (?:our|the) common stock (?:is|was|for|exceeds)|\bbeneficial conversion feature\b|\bdebt discount\b|\bfair value\b|\bmake-whole\b";
    MARKET = r"\b(?:(?:daily )?vwaps?|volume[ \-]weighted|trading prices?|(?:closing|daily|lowest) (?:bid |sales? |trade |traded )?prices?|market prices?|bid prices?|traded prices?)\b";
    VARIABLE = r"\b(?:variable conversion|market price conversion|conversion price (?:is|will be|shall be|that is) variable|variable rate transaction|(?:floating|variable) (?:rate|price) (?:below|at|of|based)|(?:shares|number)\b[^;]*\bas (?:our|the) (?:share|stock|market) price (?:declines|falls|decreases))\b";
    PERMITS_NOT = r"\b(?:prohibit\w*|agreed (?:not to|to not)|(?:shall|may|will|can)(?:not| not)(?: \w+)? (?:issue|enter|effect|sell)|not (?:be )?permitted to|restrict(?:s|ed|ing|ions)?|refrain\w*)\b";
    RATCHET_DENIED = r"\b(?:no|not|without|nor|neither|unlike|rather than|instead of)\b(?: [\w\-]+){0,4} full[ \-]ratchet";
    ALTERNATE = r#"\b(?:alternat(?:e|ive) cashless exercise|zero[ \-](?:exercise[ \-])?price"? (?:exercise|option|warrant)|zero cash exercise)"#;
    FLOOR = r"\bfloor\b";
    /// The price of an instrument for shares, which interest rates and rents are not.
    ITS_PRICE = r"\b(?:exercise|conversion|reset|strike|warrant|redemption|purchase) prices?\b";
    RESETS = r"\b(?:re-?set(?:s|ting)?|adjust(?:s|ed|ment)? (?:downward|to (?:the |a |such )?(?:lower|lesser|lowest|event market|market|vwap))|(?:shall|will|would|to) be (?:reduced|lowered|decreased) to|lowered to)\b";
    RESET_BY = r"\b(?:reverse (?:stock |share )?split|share combination|stock combination|combination event|market price)\b";
    RATCHET = r"\bfull[ \-]ratchet\b";
    /// A later issue at less than the price in force ...
    DILUTIVE = r"\b(?:issu\w+|sell\w*|sales?|offering)\b[^;]*\b(?:below|less than|lower than|under) (?:the|its|their|our|such) (?:then[ \-][\w\-]+ )?(?:applicable )?(?:conversion|exercise|reset) price";
    /// ... lowers it to that price.
    LOWERED = r"\bre-?set(?:s|ting)? (?:the|of the) (?:conversion|exercise)|\b(?:reduc|lower)\w*\b[^;]{0,60}\bto (?:the|such|that)\b[^;]{0,40}\bprice\b|\bimmediately reset to\b";
    LINE = r"\b(?:equity line(?: of credit)?|standby equity (?:purchase|distribution) agreement|committed equity (?:financing|facility)|equity purchase agreement|sepa|eloc|put notices?|(?:regular |accelerated )?purchase notices?|draw-?down notices?|agreed to (?:purchase|buy) up to \$[^;]*\b(?:over|during|from time to time|months))\b";
    LINE_TERMS = r"\b(?:direct|require|right|obligat|sell|sales?|purchase|put|committed|advance|draw|up to \$)";
    /// A purchase agreement of another name under which the company decides that the other buys.
    DIRECTS = r"\b(?:we|company|issuer)\b[^;]{0,40}\b(?:may|right|option|discretion)\b[^;]{0,60}\b(?:direct|require|cause|obligate)\b[^;]{0,40}\bto (?:buy|purchase)\b";
    OVER = r"\b(?:expired|termination of|(?:was|were|been|has) (?:\w+ )?terminated|became effective|ceased? to exist|no longer (?:outstanding|in effect)|at the time of the termination|were no outstanding)\b";
    NOT_OVER = r"\b(?:unless|until|if|may be|not|upon|prior to|earlier)\b(?: [\w\-]+){0,4} (?:expired|terminat(?:ed|ion))";
    GENERAL = r"\b(?:we may (?:in the future )?(?:issue|offer|enter|seek|sell)|could include|may include|such as|prospectus supplement will describe|if we (?:raise|enter)|if we issue (?:\w+ ){0,3}(?:debt|convertible|preferred|notes))\b";
    DEFINED_CHANGE = r"\b(?:stock split|stock dividend|recapitali[sz]ation|customary)\b";
    /// What somebody holds or lends is not what the company sells.
    HOME = r"\b(?:home equity|lines of credit|credit portfolio|past due)\b";
}

/// Judges one sentence in plain form. What a term needs is asked for by its rarest word first: most sentences that are
/// looked at hold none, and there are thousands.
fn judge(plain: &str) -> Option<Term> {
    let any = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    let allowed = || !has(&PERMITS_NOT, plain) && !has(&GENERAL, plain);
    let over = || has(&OVER, plain) && !has(&NOT_OVER, plain);
    if any(&["cashless", "zero"]) && has(&ALTERNATE, plain) && allowed() {
        return Some(Term::AlternateCashless);
    }
    let market = any(&["price", "vwap", "volume"]) && has(&MARKET, plain);
    let follows = market && has(&FOLLOWS, plain);
    let variable =
        any(&["variable", "floating", "as our ", "as the ", "market price conversion"]) && has(&VARIABLE, plain);
    if (follows && !has(&CONTINGENT, plain) || variable)
        && (has(&CONVERTS, plain) || has(&PAID_IN_SHARES, plain))
        && allowed()
        && !over()
    {
        return Some(Term::VariableConversion);
    }
    // "The Reset Price" is a name: something must reset.
    if any(&["reset", "re-set", "adjust", "be reduced to", "be lowered to", "be decreased to", "lowered to"])
        && has(&ITS_PRICE, plain)
        && has(&RESETS, &plain.replace("reset price", "price"))
        && (market || has(&FLOOR, plain) || has(&RESET_BY, plain))
        && allowed()
    {
        return Some(Term::PriceReset);
    }
    let ratchets = plain.contains("ratchet") && has(&RATCHET, plain) && !has(&RATCHET_DENIED, plain)
        || any(&["conversion price", "exercise price", "reset price"]) && has(&DILUTIVE, plain) && has(&LOWERED, plain);
    if ratchets && allowed() && !over() {
        return Some(Term::FullRatchet);
    }
    let line = any(&["equity", "sepa", "eloc", "notice", "agreed to"]) && has(&LINE, plain) && has(&LINE_TERMS, plain)
        || plain.contains("purchase agreement") && has(&DIRECTS, plain) && (market || has(&FOLLOWS, plain));
    if line
        && any(&["shares", "common stock"])
        && !has(&DEFINED_CHANGE, plain)
        && !has(&HOME, plain)
        && !has(&GENERAL, plain)
        && !over()
    {
        return Some(Term::EquityLine);
    }
    None
}

/// The terms in a document, in order.
pub fn terms(document: &Document) -> Vec<(Term, Range<usize>)> {
    read(document).0
}

/// The terms in a document, in order, and whether it limits a holder's ownership.
fn read(document: &Document) -> (Vec<(Term, Range<usize>)>, Option<Range<usize>>) {
    let text = document.text();
    let mut found = Vec::new();
    let mut limited = None;
    let mut done = 0;
    for hit in TRIGGER.all(text) {
        if hit.start < done {
            continue;
        }
        let Some(sentence) = document.sentence_at(hit.start) else { continue };
        done = sentence.end;
        if sentence.len() > 4_000 {
            continue;
        }
        let plain = prose::plain(&text[sentence.clone()]);
        if limited.is_none() && plain.contains("beneficial ownership limitation") {
            limited = Some(sentence.clone());
        }
        if let Some(term) = judge(&plain)
            && found.iter().filter(|(known, _)| *known == term).count() < 3
        {
            found.push((term, sentence));
        }
    }
    (found, limited)
}

/// Whether a filing is one that such terms stand in.
pub(super) fn may_tell(filing: &Filing) -> bool {
    shelves::is_takedown(filing)
        || shelves::is_registration(filing)
        || reader::is_annual(filing)
        || reader::is_quarterly(filing)
        || reader::carries(filing, "3.02")
        || reader::carries(filing, "2.03")
        || reader::carries(filing, "1.01")
}

pub(super) fn signal(reader: Reader<'_>) -> Signal {
    if reader.filings().next().is_none() {
        return Signal::not_run(ID, "no filings were public on that day");
    }
    let candidates: Vec<&Filing> =
        reader.filings().filter(|filing| reader.age(filing) <= WINDOW && may_tell(filing)).collect();
    if candidates.is_empty() {
        return Signal::not_applicable(ID, "no report, prospectus or financing of three years");
    }
    let mut read_count = 0;
    let mut problems = Vec::new();
    let mut parts: Vec<Signal> = Vec::new();
    let mut papers: Vec<(&Filing, &Document, Option<&str>)> = Vec::new();
    for filing in candidates {
        // The whole submission holds the body too, and the agreements that its exhibits are.
        match reader.whole(filing).or_else(|_| reader.open(filing)) {
            Ok(document) => papers.push((filing, document, None)),
            Err(why) => problems.push(why),
        }
    }
    for (hit, document) in search::read_of(reader, ID) {
        let Some(filing) = reader.filings().find(|filing| filing.accession == hit.accession) else { continue };
        if reader.whole(filing).is_err() && (hit.document != filing.primary_document || !may_tell(filing)) {
            papers.push((filing, document, Some(&hit.document)));
        }
    }
    papers.sort_by_key(|(filing, ..)| std::cmp::Reverse(filing.filed));
    for (filing, document, name) in papers {
        read_count += 1;
        let (terms, limited) = read(document);
        for (term, sentence) in &terms {
            let id = format!("{ID}.{}", term.name());
            let mut quote =
                reader.quote(filing, reader::section_name(document, sentence.start), document, sentence.clone());
            if let Some(name) = name {
                quote.url = filing.accession.document_url(reader.case.company.cik, name);
            }
            let exhibit = document.parts().iter().skip(1).find(|part| part.text.contains(&sentence.start));
            if let Some(exhibit) = exhibit {
                quote.item = Some(exhibit.kind.clone());
            }
            match parts.iter_mut().find(|part| part.id == id) {
                Some(part) if part.evidence.len() < 6 => part.evidence.push(quote),
                Some(_) => {}
                None => {
                    let mut part = Signal::ran(&id, term.severity(), term.title());
                    part.evidence.push(quote);
                    parts.push(part);
                }
            }
        }
        // The limitation says something beside a price that moves: shares will be many.
        if let Some(sentence) = limited
            && terms.iter().any(|(term, _)| *term == Term::VariableConversion)
            && !parts.iter().any(|part| part.id.ends_with("ownership_limit"))
        {
            let mut part = Signal::ran(
                "toxic_financing.ownership_limit",
                Severity::Info,
                "a limit of beneficial ownership beside a variable conversion price",
            );
            part.evidence.push(reader.quote(filing, None, document, sentence));
            parts.push(part);
        }
    }
    if read_count == 0 {
        return Signal::not_run(
            ID,
            format!(
                "none of the documents that tell of financings was read: {}",
                problems.first().cloned().unwrap_or_default()
            ),
        );
    }
    parts.sort_by_key(|part| Term::ALL.iter().position(|term| part.id.ends_with(term.name())));
    for part in &mut parts {
        part.value = Some(part.evidence.len() as f64);
    }
    let kinds = parts.iter().filter(|part| part.severity >= Severity::Caution).count();
    let severity = parts.iter().map(|part| part.severity).max().unwrap_or(Severity::None);
    let why = if kinds == 0 {
        format!("no such term in {read_count} document(s) read")
    } else {
        format!(
            "{}; {read_count} document(s) read",
            parts
                .iter()
                .filter(|part| part.severity >= Severity::Caution)
                .map(|part| part.why.as_str())
                .collect::<Vec<_>>()
                .join("; ")
        )
    };
    let mut signal = Signal::ran(ID, severity, why);
    for clause in [search::said(reader, ID), second::left_out(reader, ID)].into_iter().flatten() {
        signal.why.push_str("; ");
        signal.why.push_str(&clause);
    }
    signal.value = Some(kinds as f64);
    signal.zone = Some(
        if severity >= Severity::High {
            "toxic_terms"
        } else if kinds > 0 {
            "terms"
        } else {
            "none"
        }
        .to_owned(),
    );
    signal.formula = "kinds of terms found, each in one sentence that holds all its parts: conversion or payment in shares + lowest \
                      or discount + market price; a price that resets + floor, market price or split; full ratchet or a price \
                      lowered to that of a later issue; alternative cashless exercise; equity line with a right to sell. \
                      Prohibitions, general descriptions and what is said to have ended are left out"
        .to_owned();
    signal.source = "SEC, Convertible Securities (investor bulletin); terms as the filings word them".to_owned();
    signal.evidence = parts.iter().flat_map(|part| part.evidence.iter().take(3).cloned()).collect::<Vec<Evidence>>();
    signal.parts = parts;
    signal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_told_from_their_words() {
        let judged = |text: &str| judge(&prose::plain(text));
        assert_eq!(
            judged(
                "We may pay in shares at a conversion price equal to the lesser of (i) the conversion price and (ii) 92% of the \
                 average of the three lowest VWAPs, but in no event below $2.006."
            ),
            Some(Term::VariableConversion)
        );
        assert_eq!(
            judged(
                "The notes are convertible at a conversion price equal to 65% of the lowest trading price in the twenty trading days before."
            ),
            Some(Term::VariableConversion)
        );
        assert_eq!(
            judged("The holder may effect an “alternative cashless exercise” and receive one share for each warrant."),
            Some(Term::AlternateCashless)
        );
        assert_eq!(
            judged(
                "On the reset date the exercise price will be reset to the lower VWAP, but not below the floor price."
            ),
            Some(Term::PriceReset)
        );
        assert_eq!(judged("The preferred stock has full ratchet anti-dilution protection."), Some(Term::FullRatchet));
        for none in [
            "The holder may not exercise beyond 4.99% (the “Beneficial Ownership Limitation”).",
            "We have agreed not to effect any Variable Rate Transaction in which the conversion price varies with the market price.",
            "We may issue convertible notes whose conversion price is at a discount to the market price.",
            "The conversion price is $5.00 and is adjusted for stock splits.",
            "The initial conversion price represents a premium of 25% to the $41.90 per share closing price on August 19.",
            "Holders may convert if the trading price of the notes was less than 98% of the product of the closing sale price and the conversion rate.",
            "The agreement has weighted average and not full ratchet protection.",
        ] {
            assert_eq!(judged(none), None, "{none}");
        }
    }
}
