//! CSV by RFC 4180 with a header row, and TSV.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};

use super::Malformed;
use crate::node::At;

/// The header and an iterator over rows with the line each begins on.
pub(crate) struct Table<'t> {
    pub(crate) columns: Vec<String>,
    reader: csv::Reader<&'t [u8]>,
}

/// One row: as many fields as there are columns.
pub(crate) struct Row {
    pub(crate) at: At,
    pub(crate) fields: StringRecord,
}

impl<'t> Table<'t> {
    /// Reads the header.
    pub(crate) fn open(text: &'t str, separator: u8) -> Result<Self, Malformed> {
        let mut reader =
            ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(true).from_reader(text.as_bytes());
        let top = At::new(1, 0);
        let header =
            reader.headers().map_err(|error| Malformed::new(top, format!("this is not valid CSV: {error}")))?;
        let columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        if columns.iter().all(String::is_empty) {
            return Err(
                Malformed::new(top, "the file has no header row").hint("the first line names the columns: id,prompt")
            );
        }
        let mut seen = HashMap::new();
        for (index, name) in columns.iter().enumerate() {
            if name.is_empty() {
                return Err(Malformed::new(top, format!("column {} has no name", index + 1))
                    .hint("name it in the first line, or remove it"));
            }
            if let Some(first) = seen.insert(name.as_str(), index) {
                let name = crate::diagnostics::quote(name);
                return Err(Malformed::new(
                    top,
                    format!("columns {} and {} are both named {name}", first + 1, index + 1),
                )
                .hint("rename one of them"));
            }
        }
        Ok(Self { columns, reader })
    }

    /// The next row; a row with too many or too few fields is an error, and the one after it is read as usual.
    pub(crate) fn next(&mut self) -> Option<Result<Row, Malformed>> {
        loop {
            let mut fields = StringRecord::new();
            match self.reader.read_record(&mut fields) {
                Ok(false) => return None,
                Ok(true) => {}
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    let at = At::new(usize::try_from(line).unwrap_or(0), 0);
                    return Some(Err(Malformed::new(at, format!("this is not valid CSV: {error}"))));
                }
            }
            let line = fields.position().map_or(0, csv::Position::line);
            let at = At::new(usize::try_from(line).unwrap_or(0), 0);
            if fields.len() == 1 && fields.iter().all(|field| field.trim().is_empty()) {
                continue;
            }
            if fields.len() != self.columns.len() {
                return Some(Err(Malformed::new(
                    at,
                    format!("this row has {} fields, and the header has {}", fields.len(), self.columns.len()),
                )
                .hint("put a text that holds a comma in double quotes")));
            }
            return Some(Ok(Row { at, fields }));
        }
    }
}
