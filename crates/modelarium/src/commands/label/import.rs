//! Labels made elsewhere: a CSV file of rows and values.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use report::escape::terminal::line as escaped;

use super::marks::Marks;

/// The largest file that is read.
const LARGEST_FILE: u64 = 64 << 20;

/// One label of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The answer.
    pub(super) call_index: u32,
    /// The value.
    pub(super) value: f64,
    /// The remark; empty without one.
    pub(super) remark: String,
}

/// Why a file gives no labels.
#[derive(Debug, PartialEq)]
pub(super) enum Problem {
    /// It cannot be read.
    File(String),
    /// Lines that cannot be used, each `NUMBER: why`.
    Lines(Vec<String>),
}

/// Reads a file. Every line must be usable: half a set of labels would be a biased one.
pub(super) fn read(path: &Path, marks: &Marks, answers: usize) -> Result<Vec<Line>, Problem> {
    let failed = |error: std::io::Error| Problem::File(error.to_string());
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(Problem::File(format!("it is larger than {} MiB", LARGEST_FILE >> 20)));
    }
    let text = String::from_utf8(bytes).map_err(|_| Problem::File("it is not UTF-8 text".to_owned()))?;
    parse(text.strip_prefix('\u{feff}').unwrap_or(&text), marks, answers)
}

fn parse(text: &str, marks: &Marks, answers: usize) -> Result<Vec<Line>, Problem> {
    let mut rows = records(text).map_err(|line| Problem::Lines(vec![format!("{line}: a quote is not closed")]))?;
    let columns = rows.first().and_then(|(_, cells)| Columns::named(cells));
    if columns.is_some() {
        rows.remove(0);
    }
    let Columns { row, value, remark } = columns.unwrap_or(Columns { row: 0, value: 1, remark: Some(2) });
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    let mut seen: HashMap<u32, u64> = HashMap::new();
    for (number, cells) in &rows {
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
        let mut refuse = |why: String| problems.push(format!("{number}: {why}"));
        let Some(call_index) = index(cell(row)) else {
            refuse(format!("`{}` is no row; rows are p1, p2, … as in the JSON output", short(cell(row))));
            continue;
        };
        if call_index as usize >= answers {
            refuse(format!("the run has no row p{}; its last is p{answers}", u64::from(call_index) + 1));
            continue;
        }
        let Some(value) = marks.parse(cell(value)) else {
            refuse(format!("`{}` is no label here; for example {}", short(cell(value)), marks.example()));
            continue;
        };
        if let Some(earlier) = seen.insert(call_index, *number) {
            refuse(format!("p{} has a label in line {earlier} already", u64::from(call_index) + 1));
            continue;
        }
        let remark = remark.map_or("", cell).to_owned();
        lines.push(Line { call_index, value, remark });
    }
    if !problems.is_empty() {
        return Err(Problem::Lines(problems));
    }
    if lines.is_empty() {
        return Err(Problem::File("it holds no labels".to_owned()));
    }
    Ok(lines)
}

/// Where the columns are.
struct Columns {
    row: usize,
    value: usize,
    remark: Option<usize>,
}

impl Columns {
    /// By the names in the first line; `None` where it is no heading.
    fn named(cells: &[String]) -> Option<Self> {
        let find = |names: &[&str]| cells.iter().position(|cell| names.contains(&cell.trim().to_lowercase().as_str()));
        Some(Self {
            row: find(&["row", "prompt_id", "call", "id"])?,
            value: find(&["value", "label"])?,
            remark: find(&["remark", "comment", "note"]),
        })
    }
}

/// The call index of a row id: `p12`, or its number alone.
fn index(word: &str) -> Option<u32> {
    word.strip_prefix(['p', 'P']).unwrap_or(word).parse::<u32>().ok()?.checked_sub(1)
}

fn short(text: &str) -> String {
    escaped(&text.chars().take(40).collect::<String>())
}

/// Records of RFC 4180 with the line that each begins in; empty lines are left out. The error is the line of a quote that
/// is never closed.
fn records(text: &str) -> Result<Vec<(u64, Vec<String>)>, u64> {
    let mut records = Vec::new();
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let (mut line, mut begun) = (1_u64, 1_u64);
    let mut quoted: Option<u64> = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\n' {
            line += 1;
        }
        match (quoted, character) {
            (Some(_), '"') if characters.next_if_eq(&'"').is_some() => cell.push('"'),
            (Some(_), '"') => quoted = None,
            (Some(_), other) => cell.push(other),
            (None, '"') if cell.trim().is_empty() => {
                cell.clear();
                quoted = Some(line);
            }
            (None, ',') => cells.push(std::mem::take(&mut cell)),
            (None, '\n') => {
                cells.push(std::mem::take(&mut cell));
                keep(&mut records, begun, std::mem::take(&mut cells));
                begun = line;
            }
            (None, other) => cell.push(other),
        }
    }
    if let Some(opened) = quoted {
        return Err(opened);
    }
    cells.push(cell);
    keep(&mut records, begun, cells);
    Ok(records)
}

fn keep(records: &mut Vec<(u64, Vec<String>)>, line: u64, cells: Vec<String>) {
    if cells.iter().any(|cell| !cell.trim().is_empty()) {
        records.push((line, cells));
    }
}

#[cfg(test)]
mod tests {
    use judges::Scale;

    use super::*;

    fn line(call_index: u32, value: f64, remark: &str) -> Line {
        Line { call_index, value, remark: remark.to_owned() }
    }

    #[test]
    fn rows_values_and_remarks_are_read_with_and_without_a_heading() {
        let plain = "p1,good\r\np3,bad,\"too long, and \"\"wrong\"\"\"\n\n2, g \n";
        let read = parse(plain, &Marks::GoodOrBad, 9).unwrap();
        assert_eq!(read, [line(0, 1.0, ""), line(2, 0.0, "too long, and \"wrong\""), line(1, 1.0, "")]);
        let headed = "note,label,prompt_id\n\"two\nlines\",7,p4\n";
        assert_eq!(parse(headed, &Marks::Scale(Scale::OneToTen), 9).unwrap(), [line(3, 7.0, "two\nlines")]);
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let text = "p1,good\nx,good\np99,good\np2,maybe\n\np1,bad\np0,good\n";
        let Err(Problem::Lines(lines)) = parse(text, &Marks::GoodOrBad, 9) else { panic!("mistakes") };
        let starts: Vec<&str> = lines.iter().map(|line| line.split(':').next().unwrap()).collect();
        assert_eq!(starts, ["2", "3", "4", "6", "7"]);
        assert!(lines[1].contains("its last is p9") && lines[3].contains("line 1"), "{lines:?}");
        assert_eq!(
            parse("p1,\"good", &Marks::GoodOrBad, 9),
            Err(Problem::Lines(vec!["1: a quote is not closed".into()]))
        );
        assert!(matches!(parse("", &Marks::GoodOrBad, 9), Err(Problem::File(_))));
        assert!(matches!(parse("row,value\n", &Marks::GoodOrBad, 9), Err(Problem::File(_))));
    }
}
