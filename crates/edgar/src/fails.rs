//! Fails to deliver: half-monthly files of the SEC, one row a security and settlement day.

use std::fmt;
use std::io::{Cursor, Read};
use std::str::FromStr;

use jiff::civil::Date;

/// Half a month: `202401a` is its first half, `202401b` its second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i16,
    month: i8,
    second: bool,
}

/// What was given names no half month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no half month: write it like 202401a or 202401b")]
pub struct NoPeriod(String);

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}{}", self.year, self.month, if self.second { 'b' } else { 'a' })
    }
}

impl FromStr for Period {
    type Err = NoPeriod;

    fn from_str(given: &str) -> Result<Self, NoPeriod> {
        let wrong = || NoPeriod(crate::source::plain(given));
        let bytes = given.as_bytes();
        if bytes.len() != 7 || !bytes[..6].iter().all(u8::is_ascii_digit) {
            return Err(wrong());
        }
        let year = given[..4].parse().map_err(|_| wrong())?;
        let month = given[4..6].parse().map_err(|_| wrong())?;
        let second = match bytes[6] {
            b'a' => false,
            b'b' => true,
            _ => return Err(wrong()),
        };
        if !(1..=12).contains(&month) { Err(wrong()) } else { Ok(Self { year, month, second }) }
    }
}

impl Period {
    /// The half month that a day is in.
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), month: day.month(), second: day.day() > 15 }
    }

    /// The half month before.
    #[must_use]
    pub fn before(self) -> Self {
        match (self.second, self.month) {
            (true, _) => Self { second: false, ..self },
            (false, 1) => Self { year: self.year - 1, month: 12, second: true },
            (false, month) => Self { month: month - 1, second: true, ..self },
        }
    }

    /// The newest `count` half months whose file may be there on a day, newest first. The current half month is never
    /// among them: the first half of a month is published at its end, the second in the middle of the next.
    pub fn published(day: Date, count: usize) -> Vec<Self> {
        let mut period = Self::of(day).before();
        let mut periods = Vec::with_capacity(count);
        for _ in 0..count {
            periods.push(period);
            period = period.before();
        }
        periods
    }
}

/// Fails of one security on one settlement day.
#[derive(Clone, Debug, PartialEq)]
pub struct Fail {
    /// The settlement day.
    pub day: Date,
    /// CUSIP of the security.
    pub cusip: String,
    /// Its symbol; empty where the file gives none.
    pub symbol: String,
    /// Shares failed in all on that day, not those of that day alone.
    pub shares: u64,
    /// The issuer as the file names him.
    pub description: String,
    /// Closing price of the day before, in dollars; none where the file has a dot.
    pub price: Option<f64>,
}

/// What a file was asked for.
#[derive(Clone, Copy, Debug)]
pub enum Security<'a> {
    /// Rows with this symbol, in any case; the file has no punctuation in symbols (`BRKB`), so none is compared.
    Symbol(&'a str),
    /// Rows with this CUSIP.
    Cusip(&'a str),
}

/// The rows asked for, and what the file is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fails {
    /// Rows of the security, by day.
    pub rows: Vec<Fail>,
    /// Rows in the file.
    pub total: usize,
    /// Rows that could not be read, the two lines of the trailer apart.
    pub unreadable: usize,
}

/// The file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// It is no zip archive, or a damaged one.
    #[error("the file of fails to deliver is no zip archive that can be read: {0}")]
    Zip(String),
    /// There is nothing in it.
    #[error("the archive of fails to deliver has no file in it")]
    Empty,
    /// It is larger than such files are.
    #[error("the file of fails to deliver has more than {0} bytes; that is no such file")]
    TooLarge(u64),
    /// Its columns are not those known.
    #[error("the file of fails to deliver does not begin with its columns SETTLEMENT DATE, CUSIP, SYMBOL, …")]
    NoHeader,
}

/// The most that is decompressed; real files have about 6 MB.
const MOST: u64 = 200 * 1024 * 1024;

/// Reads the rows of one security out of a zipped file. For several securities, [`unzip`] once and take their
/// [`rows`].
pub fn read(zip: &[u8], security: Security<'_>) -> Result<Fails, BadFile> {
    rows(&unzip(zip)?, security)
}

/// The text in a zipped file.
pub fn unzip(zip: &[u8]) -> Result<Vec<u8>, BadFile> {
    unzip_capped(zip, MOST)
}

fn unzip_capped(zip: &[u8], most: u64) -> Result<Vec<u8>, BadFile> {
    let broken = |problem: &dyn fmt::Display| BadFile::Zip(problem.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).map_err(|problem| broken(&problem))?;
    if archive.is_empty() {
        return Err(BadFile::Empty);
    }
    let file = archive.by_index(0).map_err(|problem| broken(&problem))?;
    let mut bytes = Vec::new();
    // What the archive says of its size is not believed: the reading is stopped.
    file.take(most + 1).read_to_end(&mut bytes).map_err(|problem| broken(&problem))?;
    if bytes.len() as u64 > most {
        return Err(BadFile::TooLarge(most));
    }
    Ok(bytes)
}

/// Reads the rows of one security out of the text itself.
pub fn rows(bytes: &[u8], security: Security<'_>) -> Result<Fails, BadFile> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let header = lines.next().unwrap_or_default();
    if !header.trim_ascii().trim_ascii_start().to_ascii_uppercase().starts_with(b"SETTLEMENT DATE|CUSIP|SYMBOL") {
        return Err(BadFile::NoHeader);
    }
    let wanted = match security {
        Security::Symbol(symbol) => bare(symbol.as_bytes()),
        Security::Cusip(cusip) => bare(cusip.as_bytes()),
    };
    let mut fails = Fails::default();
    for line in lines {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"Trailer") {
            continue;
        }
        fails.total += 1;
        let mut fields = line.splitn(6, |byte| *byte == b'|');
        let (Some(day), Some(cusip), Some(symbol)) = (fields.next(), fields.next(), fields.next()) else {
            fails.unreadable += 1;
            continue;
        };
        let field = match security {
            Security::Symbol(_) => symbol,
            Security::Cusip(_) => cusip,
        };
        if wanted.is_empty() || bare(field) != wanted {
            continue;
        }
        match fail(day, cusip, symbol, fields) {
            Some(fail) => fails.rows.push(fail),
            None => fails.unreadable += 1,
        }
    }
    fails.rows.sort_by_key(|fail| fail.day);
    Ok(fails)
}

fn fail<'a>(day: &[u8], cusip: &[u8], symbol: &[u8], mut rest: impl Iterator<Item = &'a [u8]>) -> Option<Fail> {
    let day = std::str::from_utf8(day).ok()?;
    if day.len() != 8 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let day = Date::new(day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?).ok()?;
    let shares = std::str::from_utf8(rest.next()?).ok()?.trim().replace(',', "").parse().ok()?;
    // Issuers' names come in Windows' Latin letters now and then; they are for reading only.
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
    Some(Fail {
        day,
        cusip: text(cusip),
        symbol: text(symbol),
        shares,
        description: rest.next().map(text).unwrap_or_default(),
        price: rest
            .next()
            .and_then(|price| std::str::from_utf8(price).ok()?.trim().parse().ok())
            .filter(|price: &f64| price.is_finite() && *price >= 0.0),
    })
}

/// Letters and digits alone, in capitals.
fn bare(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const TEXT: &[u8] = b"SETTLEMENT DATE|CUSIP|SYMBOL|QUANTITY (FAILS)|DESCRIPTION|PRICE\r\n\
        20240116|000000001|TOYA|1200|TOY A CORP COM|1.23\r\n\
        20240103|000000001|TOYA|54321|TOY A CORP COM|.\r\n\
        20240103|000000002|TOYB|7|TOY B \xc9TAT|0.0001\r\n\
        20240104|000000001|TOYA|many|TOY A CORP COM|1.10\r\n\
        20240104\r\n\
        Trailer record count 4\r\nTrailer total quantity of shares 55528\r\n";

    fn zipped(text: &[u8]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("cnsfails202401a.txt", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn rows_of_a_symbol_are_found() {
        let fails = read(&zipped(TEXT), Security::Symbol("toy-a")).unwrap();
        let seen: Vec<_> = fails.rows.iter().map(|row| (row.day.to_string(), row.shares, row.price)).collect();
        assert_eq!(seen, [("2024-01-03".into(), 54321, None), ("2024-01-16".into(), 1200, Some(1.23))]);
        assert_eq!((fails.total, fails.unreadable), (5, 2));
        let other = rows(TEXT, Security::Cusip("000000002")).unwrap();
        assert_eq!(other.rows.len(), 1);
        assert_eq!(other.rows[0].symbol, "TOYB");
    }

    /// Lesson 38: clean is not degraded.
    #[test]
    fn a_security_without_fails_has_none() {
        let fails = read(&zipped(TEXT), Security::Symbol("TOYC")).unwrap();
        assert_eq!((fails.rows.len(), fails.total), (0, 5));
        assert_eq!(read(&zipped(TEXT), Security::Symbol("")).unwrap().rows.len(), 0);
    }

    /// Lesson 38: the current half month never exists; newest first.
    #[test]
    fn periods_begin_before_the_current_one() {
        let named = |day: &str| -> Vec<String> {
            Period::published(day.parse().unwrap(), 3).iter().map(Period::to_string).collect()
        };
        assert_eq!(named("2024-01-15"), ["202312b", "202312a", "202311b"]);
        assert_eq!(named("2024-01-16"), ["202401a", "202312b", "202312a"]);
        assert_eq!(named("2024-03-31"), ["202403a", "202402b", "202402a"]);
        for wrong in ["", "202413a", "202400a", "202401c", "2024-1a", "20240１a"] {
            assert!(wrong.parse::<Period>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_such_file_is_named() {
        assert!(matches!(read(b"<html>", Security::Symbol("A")), Err(BadFile::Zip(_))));
        assert!(matches!(read(&zipped(b"a,b,c"), Security::Symbol("A")), Err(BadFile::NoHeader)));
        let empty = zip::ZipWriter::new(Cursor::new(Vec::new())).finish().unwrap().into_inner();
        assert!(matches!(read(&empty, Security::Symbol("A")), Err(BadFile::Empty)));
        let mut cut = zipped(TEXT);
        cut.truncate(cut.len() / 2);
        assert!(matches!(read(&cut, Security::Symbol("A")), Err(BadFile::Zip(_))));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = zipped(&vec![b'a'; 3_000_000]);
        assert!(bomb.len() < 20_000);
        assert!(matches!(unzip_capped(&bomb, 1_000_000), Err(BadFile::TooLarge(1_000_000))));
    }
}
