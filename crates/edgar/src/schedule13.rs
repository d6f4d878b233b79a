//! Schedules 13D and 13G: who holds more than five per cent of a class.
//!
//! Filings since December 2024 are XML; before that the cover pages of an HTML or text document are read: one
//! cover page for each reporting person, with numbered rows.

use jiff::civil::Date;

use crate::document::{Document, DocumentProblem, fold};
use crate::ids::Cik;
use crate::xml::{self, Element};

/// Which schedule it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 13D: may want to influence the company.
    D,
    /// 13G: passive, institutional or exempt.
    G,
}

/// A schedule. Texts are the filer's own and untrusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule13 {
    /// Which one; none where the document does not say.
    pub kind: Option<Kind>,
    /// An amendment.
    pub amendment: bool,
    /// Central index key of the issuer, where the form states it.
    pub issuer: Option<Cik>,
    /// Name of the issuer.
    pub issuer_name: String,
    /// Title of the class.
    pub class: String,
    /// Day of the event that required the filing.
    pub event: Option<Date>,
    /// Everyone who reports, in their order.
    pub persons: Vec<Person>,
    /// What could not be read though the rest was.
    pub problems: Vec<String>,
}

/// A reporting person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Central index key, where stated.
    pub cik: Option<Cik>,
    /// Aggregate amount beneficially owned, in shares.
    pub shares: Option<f64>,
    /// Per cent of the class.
    pub percent: Option<f64>,
    /// Type of reporting person: `IA`, `IN`, `PN`.
    pub kind: String,
}

impl Schedule13 {
    /// The largest stake that any of the persons reports, in per cent. Persons of a group report the same shares
    /// again, so stakes are never added up.
    pub fn percent(&self) -> Option<f64> {
        self.persons.iter().filter_map(|person| person.percent).reduce(f64::max)
    }

    /// The largest number of shares that any of the persons reports.
    pub fn shares(&self) -> Option<f64> {
        self.persons.iter().filter_map(|person| person.shares).reduce(f64::max)
    }
}

/// Why a filing gives no stake.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Schedule13Problem {
    /// The document is no text.
    #[error(transparent)]
    Document(#[from] DocumentProblem),
    /// No cover page was recognised.
    #[error("no cover page with a reporting person was recognised")]
    NoCoverPage,
    /// XML without the form in it.
    #[error("the schedule's XML cannot be read: {0}")]
    Malformed(String),
}

/// Persons of one filing that are read; groups have had more than a hundred.
const MOST_PERSONS: usize = 400;

/// Reads a schedule in any of its forms.
///
/// # Errors
/// A named problem when there is no cover page in it.
pub fn read(name: &str, bytes: &[u8]) -> Result<Schedule13, Schedule13Problem> {
    if let Some(text) = xml::body(bytes)
        && memchr::memmem::find(&text.as_bytes()[..text.len().min(4_096)], b"edgarSubmission").is_some()
    {
        return from_xml(&text);
    }
    from_document(&Document::read(name, None, bytes)?)
}

fn from_xml(text: &str) -> Result<Schedule13, Schedule13Problem> {
    let tree = xml::read(text);
    let Some(root) = tree.root else {
        return Err(Schedule13Problem::Malformed(tree.problem.unwrap_or_else(|| "it has no elements".to_owned())));
    };
    let form = root.text_at(&["headerData", "submissionType"]).to_owned();
    let Some(data) = root.get("formData") else {
        return Err(match tree.problem {
            Some(problem) => Schedule13Problem::Malformed(problem),
            None => Schedule13Problem::NoCoverPage,
        });
    };
    let cover = data.get("coverPageHeader");
    let text = |path: &[&str]| cover.map_or("", |cover| cover.text_at(path)).to_owned();
    let either = |first: &[&str], second: &[&str]| {
        let found = text(first);
        if found.is_empty() { text(second) } else { found }
    };
    let mut rows = Vec::new();
    data.descendants("reportingPersonInfo", &mut rows);
    data.descendants("coverPageHeaderReportingPersonDetails", &mut rows);
    let persons: Vec<Person> = rows.into_iter().filter(|row| row.complete).take(MOST_PERSONS).map(person).collect();
    if persons.is_empty() {
        return Err(tree.problem.map_or(Schedule13Problem::NoCoverPage, Schedule13Problem::Malformed));
    }
    Ok(Schedule13 {
        kind: kind_of(&form),
        amendment: form.ends_with("/A"),
        issuer: either(&["issuerInfo", "issuerCIK"], &["issuerInfo", "issuerCik"]).parse().ok().map(Cik),
        issuer_name: text(&["issuerInfo", "issuerName"]),
        class: text(&["securitiesClassTitle"]),
        event: xml::day(&either(&["dateOfEvent"], &["eventDateRequiresFilingThisStatement"])),
        persons,
        problems: tree.problem.into_iter().collect(),
    })
}

fn person(row: &Element) -> Person {
    let first = |names: &[&str]| {
        names.iter().map(|name| row.text_at(&[name])).find(|text| !text.is_empty()).unwrap_or("").to_owned()
    };
    Person {
        name: first(&["reportingPersonName"]),
        cik: first(&["reportingPersonCIK", "reportingPersonCik"]).parse().ok().map(Cik),
        shares: xml::number(&first(&[
            "aggregateAmountOwned",
            "reportingPersonBeneficiallyOwnedAggregateNumberOfShares",
        ])),
        percent: xml::number(&first(&["percentOfClass", "classPercent"])).filter(is_percent),
        kind: row.all("typeOfReportingPerson").map(|kind| kind.text.as_str()).collect::<Vec<_>>().join(", "),
    }
}

fn is_percent(percent: &f64) -> bool {
    (0.0..=100.0).contains(percent)
}

/// The schedule that a form's name means: `SC 13D/A`, `SCHEDULE 13G`.
pub fn kind_of(form: &str) -> Option<Kind> {
    let upper = form.to_ascii_uppercase();
    if upper.contains("13D") {
        Some(Kind::D)
    } else if upper.contains("13G") {
        Some(Kind::G)
    } else {
        None
    }
}

/// Rows of a cover page whose answer is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Name,
    Shares,
    Percent,
    Type,
    Other,
}

fn row(line: &str) -> Option<Row> {
    if line.len() > 200 {
        return None;
    }
    let lower = line.to_ascii_lowercase();
    Some(if lower.contains("name of reporting person") || lower.contains("names of reporting person") {
        Row::Name
    } else if lower.contains("aggregate amount beneficially owned") {
        Row::Shares
    } else if lower.contains("percent of class represented") || lower.contains("percent of series represented") {
        Row::Percent
    } else if lower.contains("type of reporting person") {
        Row::Type
    } else if [
        "aggregate amount in row",
        "check the appropriate box",
        "sec use only",
        "citizenship or place",
        "voting power",
        "dispositive power",
        "source of funds",
        "check box if",
        "check if",
    ]
    .iter()
    .any(|words| lower.contains(words))
    {
        Row::Other
    } else {
        return None;
    })
}

fn from_document(document: &Document) -> Result<Schedule13, Schedule13Problem> {
    let within = document.primary().map_or(0..document.text().len(), |part| part.text.clone());
    let lines: Vec<&str> = document
        .lines()
        .iter()
        .filter(|line| within.start <= line.start && line.end <= within.end)
        .map(|line| &document.text()[line.start..line.end])
        .collect();
    let mut schedule = Schedule13 {
        kind: None,
        amendment: false,
        issuer: None,
        issuer_name: String::new(),
        class: String::new(),
        event: None,
        persons: Vec::new(),
        problems: Vec::new(),
    };
    for (index, line) in lines.iter().enumerate().take(80) {
        let lower = line.to_ascii_lowercase();
        let above = || index.checked_sub(1).and_then(|above| lines.get(above)).map_or(String::new(), |line| fold(line));
        if schedule.kind.is_none() && lower.contains("schedule 13") {
            schedule.kind = kind_of(line);
        }
        if lower.contains("amendment no") {
            schedule.amendment = true;
        }
        if schedule.issuer_name.is_empty() && lower.contains("name of issuer") {
            schedule.issuer_name = above();
        }
        if schedule.class.is_empty() && lower.contains("title of class of securities") {
            schedule.class = above();
        }
        if schedule.event.is_none() && lower.contains("date of event") {
            schedule.event = written_day(&above());
        }
    }
    let mut open: Option<Person> = None;
    let mut asked: Option<Row> = None;
    for line in &lines {
        if let Some(found) = row(line) {
            if found == Row::Name {
                schedule.persons.extend(open.take().filter(is_answered));
                if schedule.persons.len() >= MOST_PERSONS {
                    break;
                }
                open = Some(Person::default());
            }
            asked = Some(found);
            // The answer may stand on the same line, behind the question.
            let answer = behind(line, found);
            if let Some(person) = &mut open
                && !answer.is_empty()
                && take(person, found, answer)
            {
                asked = None;
            }
            continue;
        }
        let (Some(person), Some(question)) = (&mut open, asked) else { continue };
        if take(person, question, line) {
            asked = None;
        }
    }
    schedule.persons.extend(open.take().filter(is_answered));
    if schedule.persons.is_empty() {
        return Err(Schedule13Problem::NoCoverPage);
    }
    Ok(schedule)
}

fn is_answered(person: &Person) -> bool {
    !person.name.is_empty() && (person.shares.is_some() || person.percent.is_some())
}

/// What stands behind the question on its own line.
fn behind(line: &str, row: Row) -> &str {
    let lower = line.to_ascii_lowercase();
    let ends: &[&str] = match row {
        Row::Name => &["reporting persons.", "reporting person.", "reporting persons", "reporting person"],
        Row::Shares => &["each reporting person", "by reporting person", "beneficially owned"],
        Row::Percent => &["in row (11)", "in row (9)", "in row 11", "in row 9", "in row (13)"],
        Row::Type => &["reporting person"],
        Row::Other => return "",
    };
    for end in ends {
        if let Some(at) = lower.find(end) {
            let rest = line.get(at + end.len()..).unwrap_or("");
            let rest = rest.strip_prefix("(s)").or_else(|| rest.strip_prefix('S')).unwrap_or(rest);
            return rest.trim_matches(|character: char| character.is_whitespace() || matches!(character, ':' | '*'));
        }
    }
    ""
}

/// Gives a person the answer to a question; false when the line is no answer.
fn take(person: &mut Person, row: Row, line: &str) -> bool {
    let words = fold(line);
    match row {
        Row::Name => {
            let lower = words.to_ascii_lowercase();
            // "I.R.S. Identification Nos. of above persons (entities only)" belongs to the question.
            if lower.contains("identification no") || lower.contains("above person") || lower.contains("entities only")
            {
                return false;
            }
            let letters = words.chars().filter(|character| character.is_alphabetic()).count();
            if letters < 3 || words.len() > 200 {
                return false;
            }
            person.name = words;
            true
        }
        Row::Shares => {
            person.shares = leading_number(&words);
            person.shares.is_some()
        }
        Row::Percent => {
            person.percent = leading_number(&words).filter(is_percent);
            person.percent.is_some()
        }
        Row::Type => {
            person.kind = words.chars().take(40).collect();
            true
        }
        Row::Other => true,
    }
}

/// The number that a line begins with: `3,394,114 (1)`, `5.31%`, `-0-`, `None`, `Less than 5%`.
fn leading_number(words: &str) -> Option<f64> {
    let lower = words.to_ascii_lowercase();
    let bare = words.trim_start_matches(['(', '~', '*', '-', '–', '$', ' ']);
    if lower.starts_with("none") || lower.starts_with("zero") {
        return Some(0.0);
    }
    let length = bare.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.')).count();
    let digits = bare.get(..length)?.trim_end_matches(['.', ',']);
    xml::number(digits)
}

/// `December 29, 2023`, `12/31/2023`, `31 December 2023`.
fn written_day(words: &str) -> Option<Date> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if let Some(day) = xml::day(words) {
        return Some(day);
    }
    let lower = words.to_ascii_lowercase();
    let month = MONTHS.iter().position(|month| lower.contains(month))? + 1;
    let mut numbers = lower
        .split(|character: char| !character.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.parse::<i16>().unwrap_or(0));
    let (first, second) = (numbers.next()?, numbers.next()?);
    let (day, year) = if first > 31 { (second, first) } else { (first, second) };
    Date::new(year, month as i8, i8::try_from(day).ok()?).ok()
}
