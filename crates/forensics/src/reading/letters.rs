//! The signal `comment_letters`: correspondence with the SEC's staff, which is public only after a review has closed.

use std::ops::Range;

use edgar::document::Document;
use edgar::ids::Cik;
use edgar::index::Filing;

use crate::signal::{Evidence, Severity, Signal};
use crate::wanted::Wanted;

use super::prose::{Pattern, has, patterns};
use super::reader::{self, Reader, days};
use super::second;

const ID: &str = "comment_letters";
/// Letters of this many days count.
const WINDOW: i32 = 730;
/// Letters are released no earlier than 20 business days after a review is completed: what is younger was not public.
const RELEASE: i32 = 28;
/// Letters within this many days of each other are one review.
const ONE_REVIEW: i32 = 150;
/// Letters of the staff whose text is read, and of the company where the staff's are not to be had.
const READ: usize = 3;
/// Comments quoted of one letter.
const COMMENTS: usize = 4;

patterns! {
    /// How the staff asks.
    ASKS = r"(?i)^\W*(?:\d{1,2}[.)]\s*)?(?:please|tell us|explain|revise|clarify|describe|provide|disclose|address|we note|we reissue|it appears|it is (?:not clear|unclear)|your response|refer(?:ring)? to your)\b|\bplease\b|\btell us\b";
    /// Courtesy and duties that stand in every letter.
    COURTESY = r"(?i)please (?:contact|call|direct|feel free|do not hesitate|be advised|refer to rules?|respond to (?:this|these) (?:letter|comments?)|promptly inform)|we (?:will|may) have additional comments|ten business days|remind you that|questions (?:regarding|about) (?:this|these|our)|acknowledg|accuracy and adequacy|respectfully|the company (?:advises|acknowledges|has)";
    CLOSES = r"(?i)\b(?:we have |have )?completed our review\b|\bno further comments?\b|\bterminated our review\b|\bwill not (?:be )?review(?:ing|ed)?\b";

    DOUBT = r"(?i)\bgoing concern\b|\bsubstantial doubt\b";
    ERRORS = r"(?i)\brestat(?:e|ed|ement)\b|\bcorrection of (?:an )?errors?\b|\bmaterial(?:ly)? misstate|\bSAB (?:No\. ?)?(?:99|108)\b";
    CONTROLS = r"(?i)\binternal controls?\b|\bdisclosure controls\b|\bmaterial weakness";
    REVENUE = r"(?i)\brevenue recognition\b|\brecogni[sz]\w+ (?:of )?revenue|\bASC (?:Topic )?606\b|\bperformance obligations?\b";
    MEASURES = r"(?i)\bnon-?GAAP\b|\bAdjusted EBITDA\b|\bItem 10\(e\)|\bRegulation G\b";
    IMPAIRMENT = r"(?i)\bimpairments?\b|\bgoodwill\b";
    RELATED = r"(?i)\brelated part(?:y|ies)\b";
    LIQUIDITY = r"(?i)\bliquidity\b|\bcash flows?\b|\bcapital resources\b";
    SHELL = r"(?i)\bshell company\b|\bInvestment Company Act\b";
    CHINA = r"(?i)\bChina\b|\bPRC\b|\bvariable interest entit|\bHFCA";
}

/// What the staff asks about, gravest first; the first three are told from the rest.
fn topics(text: &str) -> Vec<&'static str> {
    let topics: [(&Pattern, &'static str); 10] = [
        (&DOUBT, "going concern"),
        (&ERRORS, "errors or restatement"),
        (&CONTROLS, "controls"),
        (&REVENUE, "revenue"),
        (&MEASURES, "non-GAAP measures"),
        (&IMPAIRMENT, "impairment"),
        (&RELATED, "related parties"),
        (&LIQUIDITY, "liquidity"),
        (&SHELL, "status as a shell or investment company"),
        (&CHINA, "operations in China"),
    ];
    topics.into_iter().filter(|(pattern, _)| has(pattern, text)).map(|(_, topic)| topic).collect()
}

const GRAVE: [&str; 3] = ["going concern", "errors or restatement", "controls"];

/// What a letter asks.
struct Letter {
    comments: Vec<Range<usize>>,
    topics: Vec<&'static str>,
    closes: Option<Range<usize>>,
}

/// Reads a letter of the staff, or a company's letter that repeats it.
fn read(document: &Document) -> Letter {
    let text = document.text();
    let mut letter = Letter { comments: Vec::new(), topics: Vec::new(), closes: None };
    let mut asked = String::new();
    for sentence in document.sentences() {
        let words = &text[sentence.clone()];
        if words.len() < 25 || words.len() > 3_000 {
            continue;
        }
        if letter.closes.is_none() && has(&CLOSES, words) {
            letter.closes = Some(sentence.clone());
        } else if has(&ASKS, words) && !has(&COURTESY, words) {
            asked.push_str(words);
            asked.push('\n');
            if letter.comments.len() < COMMENTS {
                letter.comments.push(sentence.clone());
            }
        }
    }
    letter.topics = topics(&asked);
    letter
}

/// The letters whose text is read, newest first.
pub(super) fn to_read<'a>(reader: Reader<'a>) -> impl Iterator<Item = &'a Filing> {
    let seen = move |form: &'static str| {
        reader
            .filings()
            .filter(move |filing| filing.form == form && reader.age(filing) <= WINDOW && reader.age(filing) >= RELEASE)
    };
    let staff = seen("UPLOAD").count();
    // One reply beside them, for old letters that are pictures only.
    seen("UPLOAD").take(READ).chain(seen("CORRESP").take(if staff == 0 { READ } else { 1 }))
}

/// The document of a letter: the staff's is mostly a picture, and its text stands only in the whole submission.
pub(super) fn wanted(cik: Cik, filing: &Filing) -> Wanted {
    let name = filing.primary_document.to_ascii_lowercase();
    let is_text = [".htm", ".html", ".txt"].iter().any(|ending| name.ends_with(ending));
    if filing.form == "UPLOAD" && !is_text { Wanted::whole(cik, filing, ID) } else { Wanted::primary(cik, filing, ID) }
}

/// The quotes of a letter, and what it asks about.
fn quoted(reader: Reader<'_>, filing: &Filing) -> Option<(Letter, Vec<Evidence>)> {
    let document = reader.whole(filing).or_else(|_| reader.open(filing)).ok()?;
    let letter = read(document);
    let quotes = letter
        .comments
        .iter()
        .chain(&letter.closes)
        .map(|range| reader.quote(filing, None, document, range.clone()))
        .collect();
    Some((letter, quotes))
}

pub(super) fn signal(reader: Reader<'_>) -> Signal {
    if reader.filings().next().is_none() {
        return Signal::not_run(ID, "no filings were public on that day");
    }
    let reports = |filing: &Filing| {
        reader::is_current(filing) || reader::is_annual(filing) || reader::is_quarterly(filing) || is_letter(filing)
    };
    if !reader.filings().any(reports) {
        return Signal::not_applicable(ID, "files no reports that the staff reviews");
    }
    let letters: Vec<&Filing> = reader
        .filings()
        .filter(|filing| is_letter(filing) && reader.age(filing) <= WINDOW && reader.age(filing) >= RELEASE)
        .collect();
    let from_staff: Vec<&&Filing> = letters.iter().filter(|filing| filing.form == "UPLOAD").collect();
    // Oldest first: one review is a run of letters.
    let mut reviews: Vec<Vec<&Filing>> = Vec::new();
    for letter in letters.iter().rev() {
        match reviews.last_mut() {
            Some(review) if review.last().is_some_and(|last| days(last.filed, letter.filed) <= ONE_REVIEW) => {
                review.push(letter)
            }
            _ => reviews.push(vec![letter]),
        }
    }
    let longest =
        reviews.iter().map(|review| review.iter().filter(|letter| letter.form == "UPLOAD").count()).max().unwrap_or(0);
    // One round of comments on a registration statement, or the letter that closes a review, is routine.
    let severity = match (from_staff.len(), longest) {
        (0, _) => Severity::None,
        (_, 4..) => Severity::Caution,
        _ => Severity::Info,
    };
    let why = match (from_staff.first(), letters.first()) {
        (Some(newest), _) => format!(
            "{} letter(s) of the SEC's staff in two years in {} review(s), the newest of {}; the longest review had {longest}",
            from_staff.len(),
            reviews.len(),
            newest.filed
        ),
        (None, Some(newest)) => format!(
            "{} letter(s) to the SEC's staff in two years, the newest of {}, and none from it",
            letters.len(),
            newest.filed
        ),
        (None, None) => "no released correspondence with the SEC's staff in two years".to_owned(),
    };
    let mut signal = Signal::ran(ID, severity, why);
    let mut asked: Vec<&'static str> = Vec::new();
    let mut quotes: Vec<(&Filing, Letter, Vec<Evidence>)> = Vec::new();
    for filing in to_read(reader) {
        // A reply repeats what the letters ask.
        if filing.form == "CORRESP" && quotes.iter().any(|(read, ..)| read.form == "UPLOAD") {
            continue;
        }
        if let Some((letter, quoted)) = quoted(reader, filing) {
            let new: Vec<&str> = letter.topics.iter().filter(|topic| !asked.contains(*topic)).copied().collect();
            asked.extend(new);
            quotes.push((filing, letter, quoted));
        }
    }
    if quotes.is_empty() && to_read(reader).next().is_some() {
        signal.why.push_str("; the text of none of them was to be had");
    }
    if !quotes.is_empty() {
        signal.why.push_str(&format!(
            "; {} letter(s) read{}",
            quotes.len(),
            if asked.is_empty() { String::new() } else { format!(", which ask about {}", asked.join(", ")) }
        ));
        if quotes.first().is_some_and(|(filing, letter, _)| filing.form == "UPLOAD" && letter.closes.is_some()) {
            signal.why.push_str("; the newest says that the review is completed");
        }
        if asked.iter().any(|topic| GRAVE.contains(topic)) && !from_staff.is_empty() {
            signal.severity = signal.severity.max(Severity::Caution);
        }
    }
    if let Some(left) = second::left_out(reader, ID) {
        signal.why.push_str("; ");
        signal.why.push_str(&left);
    }
    signal.value = Some(from_staff.len() as f64);
    signal.zone = Some(
        if from_staff.is_empty() {
            "none"
        } else if longest >= 4 {
            "long_review"
        } else {
            "reviewed"
        }
        .to_owned(),
    );
    signal.formula = format!(
        "letters of the staff (form UPLOAD) dated between {RELEASE} and {WINDOW} days before; letters within {ONE_REVIEW} days of \
         the one before are one review; letters are released no earlier than 20 business days after its completion, so that a \
         review under way is never seen; of the newest {READ} letters the comments are quoted and sorted by topic"
    );
    signal.source = "SEC, Filing Review Process; forms UPLOAD and CORRESP".to_owned();
    signal.evidence = quotes.iter().flat_map(|(_, _, quotes)| quotes.iter().cloned()).collect();
    let bare = letters.iter().filter(|filing| !signal.evidence.iter().any(|one| one.accession == filing.accession));
    let bare: Vec<Evidence> = bare.take(20).map(|filing| reader.filing(filing, None)).collect();
    signal.evidence.extend(bare);
    signal.evidence.sort_by_key(|evidence| std::cmp::Reverse(evidence.filed));
    for (index, review) in reviews.iter().rev().take(8).enumerate() {
        let (Some(first), Some(last)) = (review.first(), review.last()) else { continue };
        let staff = review.iter().filter(|letter| letter.form == "UPLOAD").count();
        let mut part = Signal::ran(
            &format!("{ID}.review.{}", index + 1),
            if staff >= 4 { Severity::Caution } else { Severity::Info },
            format!(
                "{staff} letter(s) of the staff and {} repl(ies), {} to {}",
                review.len() - staff,
                first.filed,
                last.filed
            ),
        );
        part.value = Some(staff as f64);
        for letter in review {
            let mut evidence = reader.filing(letter, None);
            if !letter.file_number.is_empty() {
                evidence.item = Some(letter.file_number.clone());
            }
            part.evidence.push(evidence);
        }
        signal.parts.push(part);
    }
    for (filing, letter, quotes) in quotes {
        let about =
            if letter.topics.is_empty() { "nothing that is sorted here".to_owned() } else { letter.topics.join(", ") };
        let grave = letter.topics.iter().any(|topic| GRAVE.contains(topic));
        let mut part = Signal::ran(
            &format!("{ID}.letter"),
            if grave { Severity::Caution } else { Severity::Info },
            match (letter.closes.is_some(), letter.comments.is_empty()) {
                (true, true) => format!("{} filed {} closes the review", filing.form, filing.filed),
                (_, true) => format!("{} filed {} has no comment that was recognised", filing.form, filing.filed),
                _ => format!("{} filed {} asks about {about}", filing.form, filing.filed),
            },
        );
        part.value = Some(letter.comments.len() as f64);
        part.evidence = quotes;
        signal.parts.push(part);
    }
    signal
}

fn is_letter(filing: &Filing) -> bool {
    matches!(filing.form.as_str(), "UPLOAD" | "CORRESP")
}
