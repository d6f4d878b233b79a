//! Listing: what an exchange told the company, or the company the exchange.
//!
//! The same words stand in a notice of deficiency, in the letter that says it is cured, in a move from one
//! exchange to another and in a risk factor. A passage is read sentence by sentence, conditions and fears are
//! left out, and what was said last decides.

use std::ops::Range;

use jiff::civil::Date;

use edgar::document::Document;

use super::prose::{self, Pattern, has, patterns};

/// What a passage about listing says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The exchange decided to delist or suspend.
    Determination,
    /// The company does not meet a rule.
    Deficiency,
    /// It was given more time.
    Extension,
    /// It meets the rule again.
    Regained,
    /// It moves its listing to another exchange or tier.
    Transfer,
    /// It leaves the exchange by its own decision.
    Voluntary,
    /// Its shares go because it was acquired.
    Merger,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 7] = [
        Self::Determination,
        Self::Deficiency,
        Self::Extension,
        Self::Regained,
        Self::Transfer,
        Self::Voluntary,
        Self::Merger,
    ];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Determination => "determination",
            Self::Deficiency => "deficiency",
            Self::Extension => "extension",
            Self::Regained => "regained",
            Self::Transfer => "transfer",
            Self::Voluntary => "voluntary",
            Self::Merger => "merger",
        }
    }
}

/// A rule that a passage names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// As the passage names it, without the word "Rule": `5550(a)(2)`, `802.01C`.
    pub name: String,
    /// What the rule asks for; none where it is not one of the well-known ones.
    pub about: Option<&'static str>,
    /// Whether it lays down procedure (periods, hearings) rather than a standard.
    pub procedural: bool,
}

/// A passage about listing that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it says in the end.
    pub class: Class,
    /// The rules it names, standards first.
    pub rules: Vec<Rule>,
    /// What it is about, by its rules or its words: `minimum bid price`.
    pub about: Option<&'static str>,
    /// The day of the exchange's letter.
    pub received: Option<Date>,
    /// The day by which compliance is to be regained.
    pub deadline: Option<Date>,
    /// The day by which a plan is to be handed in.
    pub plan_due: Option<Date>,
    /// The sentences it rests on, in order, the deciding one first.
    pub sentences: Vec<Range<usize>>,
}

impl Notice {
    /// The standard that was tripped: the first rule that is no rule of procedure.
    pub fn rule(&self) -> Option<&Rule> {
        self.rules.iter().find(|rule| !rule.procedural)
    }
}

patterns! {
    /// An exchange is spoken of.
    EXCHANGE = r"\b(?:nasdaq|nyse|amex|stock exchange|the exchange|exchange's|hearings? panel|the panel|listing rules?|listed company manual|company guide|continued listing|listing qualifications|listing standards?|delist\w*|listing|staff|otcqb|otcqx|tsx|cboe bzx)\b";
    /// What makes a document worth reading for this.
    SUBJECT = r"(?i)\b(?:nasdaq|nyse|stock exchange|amex|listing rules?|delist\w*|hearings? panel)\b";

    CONDITION = r"\b(?:if|should|unless|in the event|there can be no assurance|no assurance|cannot assure|whether)\b[^;]*$";
    STARTS_WITH_CONDITION = r"^(?:\W*(?:further|furthermore|moreover|also|and|but|however|alternatively|in addition),? )?(?:if|should|were|in the event|there can be no|no assurance|we cannot|investors)\b";
    FEARED = r"\b(?:could|may|might|would|can|will not|cannot|must|shall)(?: \w+){0,4} $";
    FEARED_NOTICE = r"\b(?:could|may|might|would|will)(?: also)? (?:notif|provide|inform|issue|send)\w*\b";
    HISTORY = r"\b(?:previously|as) (?:disclosed|reported|announced)|\bpreviously\b[^;]{0,60}\b(?:disclosed|reported|announced)|\bin the past\b";

    COMPLIES_AGAIN = r"\b(?:ha(?:s|ve|d|ving)|it|company|we|staff|panel)(?: now| since| also| successfully| again)* (?:regained|re-?gained|achieved|re-?established|demonstrated|restored|evidenced|returned to)(?: full| its)? compliance\b|\bregained (?:full |its )?compliance\b|\b(?:is|are|was|were) (?:now |again |currently |once again |back )+in compliance\b|\bis in compliance with (?:the |all )?(?:nasdaq|nyse|minimum|continued|applicable|rule|listing|exchange)|\bnow (?:complies|meets|satisfies)\b|\b(?:determined|confirmed|informed|notified|advised)\b[^;]*\b(?:complies|complied) with\b|\b(?:deficienc\w+|matter|noncompliance|non-compliance)\b[^;]*\b(?:has been|have been|was|is|are)(?: now)? (?:cured|closed|resolved)\b|\bmatter(?: now)? closed\b";
    COMPLIES_NOT_SAID = r"\b(?:not|to|if|until|unless|once|when|whether|after|believes?|would|could|may|might|will|can|having not|without having|yet)(?: \w+){0,3} $";

    FALLS_SHORT = r"\b(?:not (?:currently |presently |then |been |now |be )*in compliance|no longer (?:in compliance|compl(?:y|ies|iant)|meets?|satisf\w+|suitable|eligible)|not (?:currently |yet |timely )*(?:compl(?:y|ied|iant)|meet|met|satisf(?:y|ied)|maintain(?:ed)?|regained|filed|held|paid)|fail(?:s|ed|ure|ing)?(?: to| by the company to)? (?:timely |continue to )?(?:compl(?:y|ied)|meet|maintain|satisfy|hold|file|pay|regain)|(?:closed|fallen|fell|been|was|were|is|are|being|remained|traded|bid)(?: \w+){0,3} (?:below|less than|lower than|under (?:us)?\$|under the (?:minimum|required))|below (?:the )?(?:\$|minimum|required|criteri\w+|standards?|continued|compliance)|deficien(?:cy|t|cies)|non-?compl(?:iance|iant)|out of compliance|delinquen(?:t|cy)|contrary to|has not maintained|fallen below|fell below)\b";
    TOLD = r"\b(?:notif\w+|notices?|letters?|inform\w+|advis\w+|receiv\w+|stat(?:ed|ing|es)|indicat\w+|disclos\w+|gave notice|determin\w+)\b";

    DECIDES = r"\bdetermin(?:ed|ation|es)\b[^;]*?\bto (?:delist|commence|initiate|remove|suspend|deny|begin)|\bdelist(?:ing)? determination|\b(?:decision|decided|moved|elected) to (?:delist|deny|remove|suspend)|\b(?:will be|was|were|has been|have been|been|are being|be|immediately) (?:suspended|delisted|removed from)\b|\b(?:has|have|had)(?: immediately)? suspended\b|\bsuspend(?:ed)? trading\b|\bcommenc\w+ (?:delisting )?proceedings\b|\bproceedings to (?:delist|remove|suspend)|\b(?:begun|began|started) (?:the process|proceedings|to delist)|\bdelisted (?:by|from)\b|\bremoved from listing\b|\bden(?:y|ied|ying) (?:our|the company's|its) (?:request|appeal)|\b(?:is|are|was|were) (?:now )?subject to delisting\b";
    DELISTS = r"\b(?:delist\w*|suspen\w+|remov\w+|continued listing)\b";

    MORE_TIME = r"\b(?:grant(?:ed|s)?|approv(?:ed|es)|afford(?:ed|s)?|provid(?:ed|es)|giv(?:en|es)|gave|agreed|accept(?:ed|s)|extended|decided|determined)\b[^;]*\b(?:extensions?|exception|additional (?:\d+|period|time|compliance|\w+-day)|second (?:\d+|period|compliance|\w+-day)|further (?:\d+|period|extension)|plan period|plan of compliance|company's plan|our plan|to continue (?:its|our|the company's)?\s?listing|continued? (?:the company's |our |its )?listing)\b|\baccepted (?:the company's|our|its) (?:compliance )?plan\b";
    GRANTED = r"\b(?:was|were|has been|have been|has|have) (?:also )?granted\b";
    MORE_TIME_FEARED = r"\b(?:may|might|could|would|can|eligible|request(?:ed|s|ing)?|seek|appl(?:y|ied)|if|should|intends?|discretion)\b";

    MOVES = r"\btransfer(?:red|ring|s)?\b[^;]*\b(?:listing|shares|stock|securities|trading)\b[^;]*\b(?:from|to|with) (?:the |trading on the )?(?:nasdaq|nyse|new york|cboe|otc|american|global|capital)|\b(?:mov(?:e|es|ed|ing)|switch(?:ed|ing|es)?|transfer(?:red|ring|s)?)\b(?: \w+){0,5} listing\b[^;]*\b(?:from|to)\b|\btransfer of (?:the |its |our )?(?:stock exchange )?listing\b[^;]*\b(?:from|to)\b|\bapprov\w+\b[^;]*\bapplication to (?:transfer|list)\b[^;]*\bcapital market";
    BY_ITS_WILL = r"\bvoluntar(?:y|ily)\b[^;]*\b(?:delist\w*|withdraw\w*|remov\w*|deregist\w*)|\b(?:delist\w*|withdraw\w*)\b[^;]*\bvoluntar(?:y|ily)\b|\binten(?:t|tion|ds) to delist\b|\b(?:company|board|we|directors)\b[^;]*\bits decision to (?:delist|withdraw)\b";
    ACQUIRED = r"\b(?:merger|acquisition|acquired|effective time|business combination|tender offer|amalgamation|scheme of arrangement|arrangement|wholly[ \-]owned subsidiary|consummation)\b";
    ASKS_TO_GO = r"\b(?:request(?:ed|s)?|ask(?:ed|s)?|notified|informed)\b[^;]*\b(?:suspend\w*|delist\w*|withdraw\w*|form 25|removal|halt\w*|notification of removal)\b";

    RULE = r"(?i)\b(?:rules?|sections?|and|paragraphs?|§)\s+((?:[45]\d{3}|10\d{2}|1[12]\d{2}|13[45]|30[1-9]A?|70[4-9]|80[1-9]|11[0-9])(?:\.\d{2})?[A-Z]?(?:\.\d{2})?(?:\s?\([A-Za-z0-9]{1,4}\))*)";

    LETTER_SAYS = r"(?i)\b(?:stating|indicating|notifying|informing|advising|confirming)\b";
    DUE = r"(?i)\b(?:until|by|through|on or before|no later than|not later than|ending(?: on)?|ends on|expir(?:es|ing)(?: on)?|prior to|before|extension to|period to)\s+(?:\w+day,?\s+)?(?:the close of business on\s+)?$";
    DUE_IN = r"(?i)\b(?:regain|return|complian|come back|cure|extension|until|period|given|meet|satisfy|evidence)\w*";
    DUE_PLAN_NEXT = r"(?i)\bplan(?: of compliance| to regain compliance)?(?: \w+){0,4} (?:by|on or before|no later than|until)\s+$";
    DUE_PLAN = r"(?i)\b(?:submit|plan|hearing|appeal|request)\w*\b[^.;]*$";
}

/// Whether a document speaks of exchanges at all.
pub fn concerns(document: &Document) -> bool {
    has(&SUBJECT, document.text())
}

/// What one sentence does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    class: Class,
    /// It tells again what was told before.
    history: bool,
    sentence: usize,
}

/// Reads a passage (an item of an 8-K, a paragraph) and says what it reports about listing. None: nothing.
pub fn read(document: &Document, within: Range<usize>) -> Option<Notice> {
    let text = document.text();
    let all = document.sentences();
    let first = all.partition_point(|sentence| sentence.end <= within.start);
    let last = all.partition_point(|sentence| sentence.start < within.end);
    let sentences = all.get(first..last)?;
    let plains: Vec<String> =
        sentences.iter().map(|sentence| without_title(prose::plain(&text[sentence.clone()]))).collect();
    if !plains.iter().any(|plain| has(&EXCHANGE, plain)) {
        return None;
    }
    let told = plains.iter().any(|plain| has(&TOLD, plain));
    let mut said: Vec<Said> = Vec::new();
    for (index, plain) in plains.iter().enumerate() {
        let context =
            has(&EXCHANGE, plain) || index > 0 && has(&EXCHANGE, &plains[index - 1]) && has(&TOLD, &plains[index - 1]);
        if !context {
            continue;
        }
        let history = has(&HISTORY, plain);
        for clause in plain.split(';') {
            said.extend(of_clause(clause, told).into_iter().map(|class| Said { class, history, sentence: index }));
        }
    }
    // A merger is told over several sentences: the merger in one, the request to the exchange in the next.
    if !said.iter().any(|said| said.class == Class::Merger)
        && plains.iter().any(|plain| has(&ACQUIRED, plain))
        && let Some(index) = plains.iter().position(|plain| asks_to_go(plain))
        && !said.iter().any(|said| matches!(said.class, Class::Deficiency) && !said.history)
    {
        said.push(Said { class: Class::Merger, history: false, sentence: index });
    }
    let decided = decide(&said)?;
    let mut order: Vec<usize> = vec![decided.sentence];
    let mut rest: Vec<usize> = said.iter().map(|said| said.sentence).collect();
    let deadline = due(&plains, sentences, text);
    rest.extend(deadline.compliance.map(|(_, sentence)| sentence));
    rest.extend(deadline.plan.map(|(_, sentence)| sentence));
    rest.sort_unstable();
    for sentence in rest {
        if !order.contains(&sentence) {
            order.push(sentence);
        }
    }
    order.truncate(5);
    let whole = sentences.first()?.start..sentences.last()?.end;
    let rules = rules(&text[whole]);
    let about = rules.iter().find_map(|rule| rule.about.filter(|_| !rule.procedural)).or_else(|| about(&plains));
    let received = plains
        .iter()
        .zip(sentences)
        .filter(|(plain, _)| has(&TOLD, plain) && has(&EXCHANGE, plain))
        .find_map(|(_, sentence)| told_on(&text[sentence.clone()]));
    Some(Notice {
        class: decided.class,
        rules,
        about,
        received,
        deadline: deadline.compliance.map(|(date, _)| date),
        plan_due: deadline.plan.map(|(date, _)| date),
        sentences: order.into_iter().filter_map(|index| sentences.get(index).cloned()).collect(),
    })
}

/// The title of Item 3.01 speaks of failures that the item may not report.
fn without_title(plain: String) -> String {
    const TITLE: &str = "notice of delisting or failure to satisfy a continued listing rule or standard";
    match plain.find(TITLE) {
        Some(at) => plain[at + TITLE.len()..].trim_start_matches("; transfer of listing").to_owned(),
        None => plain,
    }
}

/// The day of a letter: of several days in the sentence, the last before what the letter says.
fn told_on(sentence: &str) -> Option<Date> {
    let dates = prose::dates(sentence);
    let before =
        LETTER_SAYS.find(sentence).and_then(|says| dates.iter().rev().find(|(place, _)| place.start < says.start));
    before.or(dates.first()).map(|(_, date)| *date)
}

/// What a clause says, conditions and fears left out.
fn of_clause(clause: &str, told: bool) -> Vec<Class> {
    let mut said = Vec::new();
    if has(&STARTS_WITH_CONDITION, clause) {
        return said;
    }
    if has(&ACQUIRED, clause) && asks_to_go(clause) {
        return vec![Class::Merger];
    }
    if stands(&MOVES, clause, &FEARED) {
        return vec![Class::Transfer];
    }
    if stands(&BY_ITS_WILL, clause, &FEARED) {
        return vec![Class::Voluntary];
    }
    if stands(&FALLS_SHORT, clause, &FEARED) && told && !has(&FEARED_NOTICE, clause) {
        said.push(Class::Deficiency);
    }
    if stands(&DECIDES, clause, &FEARED) && has(&DELISTS, clause) && !has(&FEARED_NOTICE, clause) {
        said.push(Class::Determination);
    }
    if let Some(found) = MORE_TIME.find(clause)
        && (has(&GRANTED, prose::before(clause, found.end, found.len() + 12))
            || !has(&MORE_TIME_FEARED, prose::before(clause, found.start, 60)))
        && !has(&MORE_TIME_FEARED, &clause[found])
    {
        said.push(Class::Extension);
    }
    if stands(&COMPLIES_AGAIN, clause, &COMPLIES_NOT_SAID)
        && !has(&FEARED_NOTICE, clause)
        && !clause.contains("believe")
    {
        said.push(Class::Regained);
    }
    said
}

/// Whether a pattern stands in a clause unconditioned and not behind what takes it back.
fn stands(wanted: &Pattern, clause: &str, taken_back: &Pattern) -> bool {
    wanted.all(clause).any(|found| {
        let left = &clause[..found.start];
        !has(taken_back, prose::before(left, left.len(), 60)) && !has(&CONDITION, left)
    })
}

fn asks_to_go(clause: &str) -> bool {
    has(&ASKS_TO_GO, clause) && !has(&STARTS_WITH_CONDITION, clause)
}

/// What was said last decides; what is only told again does not, unless nothing else is said.
fn decide(said: &[Said]) -> Option<Said> {
    for class in [Class::Merger, Class::Transfer, Class::Voluntary] {
        // A company short of a rule that moves to another tier is short of the rule all the same.
        let short = said.iter().any(|said| {
            !said.history && matches!(said.class, Class::Deficiency | Class::Extension | Class::Determination)
        });
        if let Some(found) = said.iter().find(|said| said.class == class && (!short || class != Class::Transfer)) {
            return Some(*found);
        }
    }
    let news: Vec<Said> = said.iter().filter(|said| !said.history).copied().collect();
    let said = if news.is_empty() { said } else { &news };
    let last = said
        .iter()
        .filter(|said| matches!(said.class, Class::Determination | Class::Extension | Class::Regained))
        .max_by_key(|said| said.sentence);
    match last {
        None => said.iter().find(|said| said.class == Class::Deficiency).copied(),
        Some(found) if found.class == Class::Regained => {
            let after = said.iter().find(|said| said.class == Class::Deficiency && said.sentence > found.sentence);
            Some(*after.unwrap_or(found))
        }
        Some(found) => Some(*found),
    }
}

/// The days that are set, each with the sentence that sets it.
struct Due {
    compliance: Option<(Date, usize)>,
    plan: Option<(Date, usize)>,
}

fn due(plains: &[String], sentences: &[Range<usize>], text: &str) -> Due {
    let mut due = Due { compliance: None, plan: None };
    for (index, sentence) in sentences.iter().enumerate() {
        let words = &text[sentence.clone()];
        if has(&STARTS_WITH_CONDITION, &plains[index]) {
            continue;
        }
        for (place, date) in prose::dates(words) {
            let left = &words[..place.start];
            if !has(&DUE, prose::before(left, left.len(), 60)) || !has(&DUE_IN, words) {
                continue;
            }
            // The nearest verb on the left decides between the plan and the compliance; "until" alone speaks
            // of the compliance.
            let near = prose::before(left, left.len(), 90);
            let after = prose::after(words, place.end, 60);
            let plan = has(&DUE_PLAN_NEXT, near)
                || has(&DUE_PLAN, near) && !near.contains("complian") && !after.contains("complian")
                || after.trim_start().starts_with("to submit");
            let slot = if plan { &mut due.plan } else { &mut due.compliance };
            if slot.is_none() {
                *slot = Some((date, index));
            }
        }
    }
    due
}

/// The rules that a passage names, standards before rules of procedure, each once.
pub(crate) fn rules(text: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for (all, name) in RULE.groups(text) {
        let name: String = text[name].chars().filter(|character| !character.is_whitespace()).collect();
        // "Section 1003" needs its exchange near by, or sections of statutes would be rules of exchanges.
        if !name.starts_with(['4', '5']) {
            let around =
                prose::plain(prose::before(text, all.start, 400)) + &prose::plain(prose::after(text, all.end, 120));
            if !["nyse", "stock exchange", "amex", "company guide", "listed company manual"]
                .iter()
                .any(|exchange| around.contains(exchange))
            {
                continue;
            }
        }
        if !rules.iter().any(|rule| rule.name == name) {
            rules.push(Rule { about: meaning(&name), procedural: is_procedural(&name), name });
        }
    }
    rules.sort_by_key(|rule| rule.procedural);
    rules
}

/// Rules that lay down periods, hearings and powers.
fn is_procedural(rule: &str) -> bool {
    [
        "5800", "5805", "5810", "5815", "5820", "5825", "5830", "5840", "4800", "4810", "4815", "4820", "4001", "1009",
        "1010", "1201", "1202", "1203", "1204", "1205", "1206", "804", "805",
    ]
    .iter()
    .any(|procedural| rule.starts_with(procedural))
        || rule.starts_with("802.02")
        || rule.starts_with("802.03")
}

/// What well-known standards ask for. Nasdaq Listing Rules 5000 ff. and their predecessors (Marketplace Rules
/// 4310 to 4450), NYSE Listed Company Manual sections 303A and 802, NYSE American Company Guide part 10.
fn meaning(rule: &str) -> Option<&'static str> {
    const MEANINGS: &[(&str, &str)] = &[
        ("5550(a)(2)", "minimum bid price"),
        ("5450(a)(1)", "minimum bid price"),
        ("5550(a)(1)", "market makers"),
        ("5550(a)(3)", "number of holders"),
        ("5450(a)(2)", "number of holders"),
        ("5550(a)(4)", "publicly held shares"),
        ("5550(a)(5)", "market value of publicly held shares"),
        ("5550(b)(1)", "stockholders' equity"),
        ("5550(b)(2)", "market value of listed securities"),
        ("5550(b)(3)", "net income"),
        ("5550(b)", "stockholders' equity, market value or net income"),
        ("5450(b)(1)(A)", "stockholders' equity"),
        ("5450(b)(1)(B)", "publicly held shares"),
        ("5450(b)(1)(C)", "market value of publicly held shares"),
        ("5450(b)(2)(A)", "market value of listed securities"),
        ("5450(b)(2)(C)", "market value of publicly held shares"),
        ("5450(b)(3)", "total assets and revenue"),
        ("5250(c)", "timely filing of periodic reports"),
        ("5250(f)", "fees"),
        ("5210", "fees"),
        ("5605", "independence of board and committees"),
        ("5608", "recovery of compensation"),
        ("5620(a)", "annual meeting"),
        ("5620(c)", "quorum"),
        ("5635", "shareholder approval of issuances"),
        ("5110", "business combination of a shell"),
        ("5100", "public interest concern"),
        ("5101", "public interest concern"),
        ("IM-5101", "public interest concern"),
        ("4310(c)(4)", "minimum bid price"),
        ("4320(e)(2)(E)", "minimum bid price"),
        ("4450(a)(5)", "minimum bid price"),
        ("4450(b)(4)", "minimum bid price"),
        ("4450(a)(2)", "market value of publicly held shares"),
        ("4450(a)(3)", "stockholders' equity"),
        ("4310(c)(3)", "stockholders' equity"),
        ("4310(c)(2)", "stockholders' equity"),
        ("4310(c)(14)", "timely filing of periodic reports"),
        ("4350", "independence of board and committees"),
        ("802.01A", "number of holders or shares"),
        ("802.01B", "market capitalisation and equity"),
        ("802.01C", "average closing price"),
        ("802.01D", "abnormally low price or other criteria"),
        ("802.01E", "timely filing of periodic reports"),
        ("303A", "corporate governance"),
        ("1003(a)", "stockholders' equity"),
        ("1003(b)", "distribution of shares"),
        ("1003(c)", "disposal of assets, reduction of operations"),
        ("1003(d)", "timely filing and agreements"),
        ("1003(f)(v)", "low selling price"),
        ("1003(f)", "other events"),
        ("1001", "suitability for continued listing"),
        ("1002", "suitability for continued listing"),
        ("134", "timely filing of periodic reports"),
        ("1101", "timely filing of periodic reports"),
        ("704", "annual meeting"),
        ("802(a)", "independence of board and committees"),
        ("803", "independence of board and committees"),
    ];
    // 1003(a)(iv) is about the means to go on, not about equity.
    if rule.starts_with("1003(a)(iv)") {
        return Some("financial impairment");
    }
    MEANINGS
        .iter()
        .filter(|(prefix, _)| rule.starts_with(prefix))
        .max_by_key(|(prefix, _)| prefix.len())
        .map(|(_, about)| *about)
}

fn about(plains: &[String]) -> Option<&'static str> {
    const WORDS: &[(&str, &str)] = &[
        ("bid price", "minimum bid price"),
        ("minimum bid", "minimum bid price"),
        ("stockholders' equity", "stockholders' equity"),
        ("shareholders' equity", "stockholders' equity"),
        ("market value of listed securities", "market value of listed securities"),
        ("publicly held shares", "market value of publicly held shares"),
        ("audit committee", "independence of board and committees"),
        ("annual meeting", "annual meeting"),
        ("form 10-k", "timely filing of periodic reports"),
        ("form 10-q", "timely filing of periodic reports"),
        ("periodic report", "timely filing of periodic reports"),
        ("average closing price", "average closing price"),
        ("market capitalization", "market capitalisation and equity"),
    ];
    WORDS.iter().find(|(words, _)| plains.iter().any(|plain| plain.contains(words))).map(|(_, about)| *about)
}
