//! Tables of results from elsewhere: wide (a column a contestant) or long (a row an answer).
//!
//! | form | columns |
//! |---|---|
//! | wide | an item column (`item_id`, `id`, `task_id`, … or a first column that is not numbers; rows are numbered without one), then one column for each contestant; optionally `cluster` and `weight` |
//! | long | `item_id`, `model`, `run_index`, `score`, under these or the usual other names; `model` and `run_index` may be absent; optionally `cluster`, `weight` and measured columns such as `latency_ms` or `cost_usd` |
//!
//! Cells are numbers, `true`/`false`, `pass`/`fail` or `yes`/`no`. An empty cell, `NA` or `null` is a missing answer and
//! stays one. Everything else is an error with its line.

use std::collections::HashMap;

use csv::{ByteRecord, ReaderBuilder, Trim};

use super::measure::Measure;
use super::scores::{Answer, Arm, Item, Scores};

/// The largest file that is read.
pub const MOST_BYTES: usize = 512 << 20;
/// The most contestants and the most values.
pub const MOST_CONTESTANTS: usize = 1_000;
/// The most values of a table.
pub const MOST_VALUES: usize = 20_000_000;
/// The longest cell that is kept of an error message.
const SHOWN: usize = 40;

const ITEM: &[&str] = &[
    "item_id",
    "item",
    "id",
    "task_id",
    "task",
    "prompt_id",
    "prompt",
    "question_id",
    "question",
    "example_id",
    "example",
    "sample_id",
    "sample",
    "instance_id",
    "instance",
    "case_id",
    "case",
    "idx",
    "index",
    "row",
    "problem_id",
    "problem",
];
const MODEL: &[&str] = &["model", "contestant", "model_name", "model_id", "generator", "arm", "candidate", "agent"];
const RUN: &[&str] = &["run_index", "run", "trial", "repeat", "epoch", "attempt", "sample_index", "replicate", "seed"];
const SCORE: &[&str] =
    &["score", "value", "reward", "pass", "passed", "correct", "result", "success", "accuracy", "preference", "grade"];
const CLUSTER: &[&str] = &["cluster", "cluster_id", "group", "group_id"];
const WEIGHT: &[&str] = &["weight", "item_weight"];
const MISSING: &[&str] = &["", "na", "n/a", "nan", "null", "none", "-", "missing"];

/// Which of the two forms a table had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A column a contestant.
    Wide,
    /// A row an answer.
    Long,
}

/// One item of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableItem {
    /// Its id, or its row number where the table has none.
    pub id: String,
    /// Its cluster.
    pub cluster: Option<String>,
    /// Its weight; 1 where the table has none.
    pub weight: f64,
}

/// One answer of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableAnswer {
    /// Index of the item.
    pub item: usize,
    /// Index of the contestant.
    pub contestant: usize,
    /// Which repetition, from 0.
    pub run_index: u32,
    /// The score; `None` where it is missing.
    pub score: Option<f64>,
    /// What else was measured.
    pub measured: Vec<(Measure, f64)>,
}

/// A table of results.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultTable {
    /// Its form.
    pub form: Form,
    /// The items in order of appearance.
    pub items: Vec<TableItem>,
    /// The contestants in the order of the columns, or of appearance.
    pub contestants: Vec<String>,
    /// The answers, missing ones included; a contestant without any row for an item of a long table has one
    /// missing answer there.
    pub answers: Vec<TableAnswer>,
    /// True where every score is 0 or 1, so that scores are passes.
    pub is_binary: bool,
}

/// Why a table cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Something is wrong with the file as a whole.
    #[error("{message}. {hint}")]
    File {
        /// What.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Something is wrong with a line.
    #[error("line {line}: {message}. {hint}")]
    Line {
        /// Which line, from 1.
        line: u64,
        /// What.
        message: String,
        /// What to do.
        hint: String,
    },
}

fn file(message: impl Into<String>, hint: impl Into<String>) -> TableError {
    TableError::File { message: message.into(), hint: hint.into() }
}

fn at(line: u64, message: impl Into<String>, hint: impl Into<String>) -> TableError {
    TableError::Line { line, message: message.into(), hint: hint.into() }
}

const FORMS: &str = "A wide table has an item column and one column for each contestant; a long one has the columns \
                     item_id, model, run_index and score.";

/// Reads a table of comma-, semicolon- or tab-separated values.
pub fn read(bytes: &[u8]) -> Result<ResultTable, TableError> {
    if bytes.len() > MOST_BYTES {
        return Err(file(
            format!("the table has {} bytes, at most {MOST_BYTES} are read", bytes.len()),
            "Split it, or keep the columns that matter.",
        ));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(delimiter(bytes))
        .from_reader(bytes);
    let mut record = ByteRecord::new();
    if !next(&mut reader, &mut record)? {
        return Err(file("the table is empty", FORMS));
    }
    let header = header(&record)?;
    let columns = Columns::of(&header);
    let mut body = Body { header: &header, rows: Vec::new() };
    while next(&mut reader, &mut record)? {
        let line = line_of(bytes, record.position());
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        if record.len() != header.len() {
            return Err(at(
                line,
                format!("{} cells under {} columns", record.len(), header.len()),
                "Every row needs as many cells as the header; leave a missing value empty.",
            ));
        }
        if (body.rows.len() + 1).saturating_mul(header.len()) > MOST_VALUES {
            return Err(at(line, format!("more than {MOST_VALUES} values"), "Split the table."));
        }
        let cells = record
            .iter()
            .map(|cell| std::str::from_utf8(cell).map(Box::from))
            .collect::<Result<Vec<Box<str>>, _>>()
            .map_err(|_| at(line, "a cell is not UTF-8", "Save the table as UTF-8."))?;
        body.rows.push((line, cells));
    }
    if body.rows.is_empty() {
        return Err(file("the table has a header and no rows", FORMS));
    }
    match columns.score {
        Some(score) if columns.model.is_some() || columns.run.is_some() || columns.item.is_some() => {
            body.long(&columns, score)
        }
        _ => body.wide(&columns),
    }
}

fn next(reader: &mut csv::Reader<&[u8]>, record: &mut ByteRecord) -> Result<bool, TableError> {
    reader.read_byte_record(record).map_err(|error| {
        let line = error.position().map_or(0, csv::Position::line);
        at(line, format!("the row cannot be read: {error}"), "Check the quotes of this row.")
    })
}

/// The line where a record begins. The reader's own position is before the blank lines that it passed over.
fn line_of(bytes: &[u8], position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let rest = bytes.get(position.byte() as usize..).unwrap_or(&[]);
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    position.line() + blank.filter(|byte| **byte == b'\n').count() as u64
}

/// The separator that the header line has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or(&[]);
    let count = |separator: u8| line.split(|byte| *byte == separator).count();
    let best = [b',', b'\t', b';'].into_iter().max_by_key(|separator| (count(*separator), *separator == b','));
    best.unwrap_or(b',')
}

fn header(record: &ByteRecord) -> Result<Vec<String>, TableError> {
    let names: Vec<String> = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(at(1, format!("column {} has no name", place + 1), "Name every column in the first line."));
        }
        if names[..place].contains(name) {
            return Err(at(
                1,
                format!("two columns are called `{}`", cut(name)),
                "Give every column a name of its own.",
            ));
        }
    }
    if names.len() > MOST_CONTESTANTS + 8 {
        return Err(at(
            1,
            format!("{} columns", names.len()),
            format!("At most {MOST_CONTESTANTS} contestants are read."),
        ));
    }
    if names.iter().all(|name| number(name).is_ok()) {
        return Err(at(1, "the first line holds values, not names", FORMS));
    }
    Ok(names)
}

/// Which columns are not contestants.
#[derive(Default)]
struct Columns {
    item: Option<usize>,
    model: Option<usize>,
    run: Option<usize>,
    score: Option<usize>,
    cluster: Option<usize>,
    weight: Option<usize>,
}

impl Columns {
    fn of(header: &[String]) -> Self {
        let named: Vec<String> = header.iter().map(|name| name.to_ascii_lowercase().replace([' ', '-'], "_")).collect();
        let find = |known: &[&str]| known.iter().find_map(|word| named.iter().position(|name| name == word));
        Self {
            item: find(ITEM),
            model: find(MODEL),
            run: find(RUN),
            score: find(SCORE),
            cluster: find(CLUSTER),
            weight: find(WEIGHT),
        }
    }
}

struct Body<'a> {
    header: &'a [String],
    rows: Vec<(u64, Vec<Box<str>>)>,
}

impl Body<'_> {
    fn wide(&self, columns: &Columns) -> Result<ResultTable, TableError> {
        // A first column of words is the items' ids, whatever it is called.
        let item = columns.item.or_else(|| {
            let words = self.rows.iter().any(|(_, cells)| number(&cells[0]).is_err());
            words.then_some(0)
        });
        let apart = [item, columns.cluster, columns.weight];
        let scored: Vec<usize> = (0..self.header.len()).filter(|place| !apart.contains(&Some(*place))).collect();
        if scored.is_empty() {
            return Err(file("the table has no column of a contestant", FORMS));
        }
        let mut table = ResultTable {
            form: Form::Wide,
            items: Vec::new(),
            contestants: scored.iter().map(|place| self.header[*place].clone()).collect(),
            answers: Vec::new(),
            is_binary: false,
        };
        let mut seen: HashMap<&str, u64> = HashMap::new();
        for (row, (line, cells)) in self.rows.iter().enumerate() {
            let id = match item.map(|place| &cells[place]) {
                None => (row + 1).to_string(),
                Some(id) if id.is_empty() => {
                    return Err(at(*line, "the item has no id", "Give every row an id, or leave the column out."));
                }
                Some(id) => {
                    if let Some(first) = seen.insert(id, *line) {
                        return Err(at(
                            *line,
                            format!("item `{}` stands in line {first} already", cut(id)),
                            "Repeated runs need the long form: item_id, model, run_index, score.",
                        ));
                    }
                    id.to_string()
                }
            };
            table.items.push(Self::item(id, columns, *line, cells)?);
            for (contestant, place) in scored.iter().enumerate() {
                let score = self.score(*line, *place, cells)?;
                table.answers.push(TableAnswer { item: row, contestant, run_index: 0, score, measured: Vec::new() });
            }
        }
        finish(table)
    }

    fn long(&self, columns: &Columns, score: usize) -> Result<ResultTable, TableError> {
        let Some(item) = columns.item else {
            return Err(at(1, "a table with scores needs a column of items", FORMS));
        };
        let special = [Some(item), columns.model, columns.run, Some(score), columns.cluster, columns.weight];
        let measured: Vec<(usize, Measure)> = (0..self.header.len())
            .filter(|place| !special.contains(&Some(*place)))
            .filter_map(|place| Some((place, Measure::parse(&self.header[place])?)))
            .filter(|(_, measure)| !measure.is_quality() && !measure.is_rate())
            .collect();
        let mut table = ResultTable {
            form: Form::Long,
            items: Vec::new(),
            contestants: Vec::new(),
            answers: Vec::new(),
            is_binary: false,
        };
        let mut items: HashMap<&str, usize> = HashMap::new();
        let mut contestants: HashMap<&str, usize> = HashMap::new();
        let mut runs: HashMap<(usize, usize), u32> = HashMap::new();
        let mut seen: HashMap<(usize, usize, &str), u64> = HashMap::new();
        for (line, cells) in &self.rows {
            let (line, id) = (*line, &*cells[item]);
            if id.is_empty() {
                return Err(at(line, "the item has no id", "Give every row the id of its item."));
            }
            let own = Self::item(id.to_owned(), columns, line, cells)?;
            let place = *items.entry(id).or_insert(table.items.len());
            match table.items.get(place) {
                None => table.items.push(own),
                Some(first) if *first != own => {
                    return Err(at(
                        line,
                        format!("item `{}` had another cluster or weight before", cut(id)),
                        "All rows of an item need the same cluster and weight.",
                    ));
                }
                Some(_) => {}
            }
            let name = columns.model.map_or("contestant", |place| &*cells[place]);
            if name.is_empty() {
                return Err(at(line, "the row names no model", "Give every row its model."));
            }
            let contestant = *contestants.entry(name).or_insert_with(|| {
                table.contestants.push(name.to_owned());
                table.contestants.len() - 1
            });
            if table.contestants.len() > MOST_CONTESTANTS {
                return Err(at(line, format!("more than {MOST_CONTESTANTS} models"), "Check the model column."));
            }
            if let Some(run) = columns.run
                && let Some(first) = seen.insert((place, contestant, &cells[run]), line)
            {
                return Err(at(
                    line,
                    format!("the same item, model and {} stand in line {first} already", self.header[run]),
                    "Number the runs of an item, or leave the column out.",
                ));
            }
            let run = runs.entry((place, contestant)).or_default();
            let mut values = Vec::new();
            for (column, measure) in &measured {
                values.extend(self.score(line, *column, cells)?.map(|value| (*measure, value)));
            }
            table.answers.push(TableAnswer {
                item: place,
                contestant,
                run_index: *run,
                score: self.score(line, score, cells)?,
                measured: values,
            });
            *run += 1;
        }
        // What a contestant has no row for was not answered; it is missing, not absent.
        for item in 0..table.items.len() {
            for contestant in 0..table.contestants.len() {
                if !runs.contains_key(&(item, contestant)) {
                    let nothing = TableAnswer { item, contestant, run_index: 0, score: None, measured: Vec::new() };
                    table.answers.push(nothing);
                }
            }
        }
        finish(table)
    }

    fn item(id: String, columns: &Columns, line: u64, cells: &[Box<str>]) -> Result<TableItem, TableError> {
        let cluster = columns.cluster.map(|place| cells[place].to_string()).filter(|key| !key.is_empty());
        let weight = match columns.weight {
            None => 1.0,
            Some(place) => match number(&cells[place]) {
                Ok(Some(weight)) if weight >= 0.0 => weight,
                _ => {
                    return Err(at(
                        line,
                        format!("`{}` is no weight", cut(&cells[place])),
                        "A weight is a number, 0 or more.",
                    ));
                }
            },
        };
        Ok(TableItem { id, cluster, weight })
    }

    fn score(&self, line: u64, place: usize, cells: &[Box<str>]) -> Result<Option<f64>, TableError> {
        number(&cells[place]).map_err(|()| {
            at(
                line,
                format!("`{}` in column `{}` is no score", cut(&cells[place]), cut(&self.header[place])),
                "Scores are numbers, true/false, pass/fail or yes/no; leave missing ones empty.",
            )
        })
    }
}

fn finish(table: ResultTable) -> Result<ResultTable, TableError> {
    let mut scores = table.answers.iter().filter_map(|answer| answer.score).peekable();
    if scores.peek().is_none() {
        return Err(file("no cell holds a score", FORMS));
    }
    let is_binary = scores.all(|score| score == 0.0 || score == 1.0);
    Ok(ResultTable { is_binary, ..table })
}

/// The value of a cell: `None` where it is missing, an error where it is anything but a value.
fn number(cell: &str) -> Result<Option<f64>, ()> {
    if let Ok(value) = cell.parse::<f64>()
        && value.is_finite()
    {
        return Ok(Some(value));
    }
    let word = cell.to_ascii_lowercase();
    match word.as_str() {
        "true" | "pass" | "passed" | "yes" => Ok(Some(1.0)),
        "false" | "fail" | "failed" | "no" => Ok(Some(0.0)),
        word if MISSING.contains(&word) => Ok(None),
        _ => Err(()),
    }
}

/// The beginning of a cell, for a message.
fn cut(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    if text.chars().count() > SHOWN {
        short.push('…');
    }
    short
}

impl ResultTable {
    /// The table as items by arms: passes where every score is 0 or 1, scores otherwise. The range of
    /// scores is 0 to 1 where all lie in it; otherwise nobody knows it, and missing scores are not
    /// bounded unless [`Scores::set_range`] says.
    pub fn scores(&self) -> Scores {
        let mut clusters: HashMap<&str, u32> = HashMap::new();
        let mut next = 0_u32;
        let items = self
            .items
            .iter()
            .map(|item| {
                let mut fresh = || {
                    next += 1;
                    next - 1
                };
                let cluster = match item.cluster.as_deref() {
                    Some(key) => *clusters.entry(key).or_insert_with(&mut fresh),
                    None => fresh(),
                };
                Item { id: item.id.clone(), cluster, weight: item.weight }
            })
            .collect();
        let arms = self.contestants.iter().map(Arm::named).collect();
        let mut scores = Scores::new(items, arms);
        let measure = if self.is_binary { Measure::Pass } else { Measure::Score };
        let within = self.answers.iter().filter_map(|answer| answer.score).all(|score| (0.0..=1.0).contains(&score));
        if within {
            scores.set_range(Measure::Score, 0.0, 1.0);
        }
        for answer in &self.answers {
            let mut values = Answer::default().with(measure, answer.score);
            for (measure, value) in &answer.measured {
                values.set(*measure, Some(*value));
            }
            scores.push(answer.contestant, answer.item, values);
        }
        scores
    }
}
