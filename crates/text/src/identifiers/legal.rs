//! Court decisions of the United States, cited by volume, reporter, page, court and year.
//!
//! The ranges are those of the reporters themselves (The Bluebook, table T1; the publishers' series
//! lists). Years of the long series are interpolated between volumes whose year is certain.

use std::sync::LazyLock;

use regex::Regex;

use super::{Fault, LATEST, Month};
use crate::Span;

/// A reporter: its name with all spaces taken out, first and last year of its decisions (`None` while it
/// still appears), highest volume, and volumes of known year.
struct Reporter {
    key: &'static str,
    name: &'static str,
    first: i32,
    last: Option<i32>,
    volumes: u32,
    anchors: &'static [(u32, i32)],
}

const fn reporter(
    key: &'static str,
    name: &'static str,
    first: i32,
    last: Option<i32>,
    volumes: u32,
    anchors: &'static [(u32, i32)],
) -> Reporter {
    Reporter { key, name, first, last, volumes, anchors }
}

/// Volumes leave room for what has appeared since the table was made.
const REPORTERS: &[Reporter] = &[
    reporter("U.S.", "United States Reports", 1754, None, 615, US),
    reporter("S.Ct.", "Supreme Court Reporter", 1882, None, 150, SCT),
    reporter("L.Ed.", "Lawyers' Edition", 1754, Some(1956), 100, &[]),
    reporter(
        "L.Ed.2d",
        "Lawyers' Edition, second series",
        1956,
        None,
        235,
        &[(1, 1956), (35, 1973), (100, 1988), (147, 2000), (200, 2018)],
    ),
    reporter("F.", "Federal Reporter", 1880, Some(1925), 300, &[(1, 1880), (300, 1924)]),
    reporter("F.2d", "Federal Reporter, second series", 1924, Some(1993), 999, F2D),
    reporter("F.3d", "Federal Reporter, third series", 1993, Some(2021), 999, F3D),
    reporter("F.4th", "Federal Reporter, fourth series", 2021, None, 220, &[(1, 2021), (50, 2022), (100, 2024)]),
    reporter(
        "F.Supp.",
        "Federal Supplement",
        1932,
        Some(1998),
        999,
        &[(1, 1932), (100, 1951), (300, 1969), (500, 1980), (999, 1998)],
    ),
    reporter(
        "F.Supp.2d",
        "Federal Supplement, second series",
        1997,
        Some(2014),
        999,
        &[(1, 1998), (100, 2000), (300, 2004), (500, 2007), (700, 2010), (999, 2014)],
    ),
    reporter(
        "F.Supp.3d",
        "Federal Supplement, third series",
        2013,
        None,
        850,
        &[(1, 2014), (200, 2016), (400, 2019), (600, 2022), (700, 2023)],
    ),
    reporter("F.R.D.", "Federal Rules Decisions", 1938, None, 360, &[]),
    reporter("B.R.", "Bankruptcy Reporter", 1979, None, 690, &[]),
    reporter("Fed.Cl.", "Federal Claims Reporter", 1992, None, 190, &[]),
    reporter("F.App'x", "Federal Appendix", 2001, Some(2021), 861, &[]),
    reporter("A.", "Atlantic Reporter", 1885, Some(1938), 200, &[]),
    reporter("A.2d", "Atlantic Reporter, second series", 1938, Some(2010), 999, &[]),
    reporter("A.3d", "Atlantic Reporter, third series", 2010, None, 360, &[]),
    reporter("N.E.", "North Eastern Reporter", 1885, Some(1936), 200, &[]),
    reporter("N.E.2d", "North Eastern Reporter, second series", 1936, Some(2014), 999, &[]),
    reporter("N.E.3d", "North Eastern Reporter, third series", 2013, None, 280, &[]),
    reporter("N.W.", "North Western Reporter", 1879, Some(1942), 300, &[]),
    reporter("N.W.2d", "North Western Reporter, second series", 1941, Some(2024), 999, &[]),
    reporter("P.", "Pacific Reporter", 1883, Some(1931), 300, &[]),
    reporter("P.2d", "Pacific Reporter, second series", 1931, Some(2000), 999, &[]),
    reporter("P.3d", "Pacific Reporter, third series", 2000, None, 620, &[]),
    reporter("S.E.", "South Eastern Reporter", 1887, Some(1939), 200, &[]),
    reporter("S.E.2d", "South Eastern Reporter, second series", 1939, None, 999, &[]),
    reporter("S.W.", "South Western Reporter", 1886, Some(1928), 300, &[]),
    reporter("S.W.2d", "South Western Reporter, second series", 1928, Some(1999), 999, &[]),
    reporter("S.W.3d", "South Western Reporter, third series", 1999, None, 760, &[]),
    reporter("So.", "Southern Reporter", 1886, Some(1941), 200, &[]),
    reporter("So.2d", "Southern Reporter, second series", 1940, Some(2009), 999, &[]),
    reporter("So.3d", "Southern Reporter, third series", 2008, None, 460, &[]),
    reporter("Cal.Rptr.", "California Reporter", 1959, Some(1992), 286, &[]),
    reporter("Cal.Rptr.2d", "California Reporter, second series", 1991, Some(2003), 135, &[]),
    reporter("Cal.Rptr.3d", "California Reporter, third series", 2003, None, 360, &[]),
    reporter("N.Y.S.2d", "New York Supplement, second series", 1937, Some(2014), 999, &[]),
    reporter("N.Y.S.3d", "New York Supplement, third series", 2014, None, 280, &[]),
];

const US: &[(u32, i32)] = &[
    (2, 1793),
    (5, 1803),
    (17, 1819),
    (22, 1824),
    (60, 1857),
    (83, 1872),
    (100, 1879),
    (163, 1896),
    (198, 1905),
    (249, 1919),
    (300, 1937),
    (323, 1944),
    (347, 1954),
    (367, 1961),
    (384, 1966),
    (410, 1973),
    (438, 1978),
    (467, 1984),
    (491, 1989),
    (505, 1992),
    (531, 2000),
    (539, 2003),
    (554, 2008),
    (558, 2010),
    (576, 2015),
    (597, 2022),
    (600, 2023),
    (603, 2024),
];
const SCT: &[(u32, i32)] = &[(1, 1882), (93, 1973), (135, 2015), (145, 2025)];
const F2D: &[(u32, i32)] = &[
    (1, 1924),
    (100, 1938),
    (200, 1952),
    (300, 1962),
    (400, 1968),
    (500, 1974),
    (600, 1979),
    (700, 1983),
    (800, 1986),
    (900, 1990),
    (999, 1993),
];
const F3D: &[(u32, i32)] = &[
    (1, 1993),
    (100, 1996),
    (200, 2000),
    (300, 2002),
    (400, 2005),
    (500, 2007),
    (600, 2010),
    (700, 2012),
    (800, 2015),
    (900, 2018),
    (999, 2021),
];

/// Years by which an interpolated year may be off; the early volumes came out irregularly.
fn slack(year: i32) -> i32 {
    if year < 1880 { 8 } else { 4 }
}

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static CITATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\b(\d{1,4})\s(U\.\s?S\.|S\.\s?Ct\.|L\.\s?Ed\.(?:\s?2d)?|F\.\s?Supp\.(?:\s?[23]d)?|F\.\s?App(?:'|’)x|F\.\s?R\.\s?D\.|F\.\s?(?:2d|3d|4th)|F\.|Fed\.\s?Cl\.|B\.\s?R\.|A\.\s?[23]d|N\.\s?E\.(?:\s?[23]d)?|N\.\s?W\.(?:\s?2d)?|P\.\s?[23]d|S\.\s?E\.(?:\s?2d)?|S\.\s?W\.(?:\s?[23]d)?|So\.(?:\s?[23]d)?|Cal\.\s?Rptr\.(?:\s?[23]d)?|N\.\s?Y\.\s?S\.\s?[23]d)\s(?:at\s)?(\d{1,5})\b",
    )
    .unwrap()
});

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static YEAR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[^()\n;]{0,160}?\(([^()\n]{0,60}?)\b(\d{4})\)").unwrap());

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static ONLINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(\d{4})\s(?:WL\s\d{3,9}|U\.S\.\s(?:Dist\.|App\.)\sLEXIS\s\d{2,6})[^()\n;]{0,60}?\([^()\n]{0,60}?\b(\d{4})\)").unwrap()
});

#[allow(clippy::unwrap_used, reason = "constant patterns, compiled by every test")]
static NEUTRAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[(\d{4})\]\s(UKSC|UKHL|UKPC|EWCA\s(?:Civ|Crim)|EWHC)\s(\d{1,6})\b").unwrap());

/// Decisions that an online service or a British court numbers within a year.
fn numbered(text: &str, today: Month) -> Vec<(Span, Result<(), Fault>)> {
    let year = |found: &regex::Captures<'_>, group: usize| {
        found.get(group).and_then(|m| m.as_str().parse::<i32>().ok()).unwrap_or(0)
    };
    let mut out = Vec::new();
    for found in ONLINE.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let (filed, decided) = (year(&found, 1), year(&found, 2));
        let result = if filed > today.year || decided > today.year {
            Err(Fault::contradiction(format!("The decision is dated {}, which has not come yet.", filed.max(decided))))
        } else if filed != decided {
            Err(Fault::contradiction(format!(
                "The number says {filed}, the bracket says that the court decided in {decided}."
            )))
        } else {
            Ok(())
        };
        out.push((Span::new(whole.start(), whole.end()), result));
    }
    for found in NEUTRAL.captures_iter(text) {
        let (Some(whole), Some(court)) = (found.get(0), found.get(2)) else { continue };
        let at = year(&found, 1);
        // The Supreme Court of the United Kingdom sits since October 2009 and took over from the House of Lords.
        let (first, last, most) = match court.as_str() {
            "UKSC" => (2009, today.year, 110),
            "UKHL" => (1996, 2009, 120),
            "UKPC" => (1996, today.year, 120),
            _ => (2000, today.year, 6_000),
        };
        let number = year(&found, 3);
        let result = if at < first || at > last {
            Err(Fault::contradiction(format!(
                "{} numbers its decisions so from {first} to {last}, not in {at}.",
                court.as_str()
            )))
        } else if number == 0 || number > most {
            Err(Fault::form(format!("{} does not reach decision number {number} in a year.", court.as_str())))
        } else {
            Ok(())
        };
        out.push((Span::new(whole.start(), whole.end()), result));
    }
    out
}

/// A case citation taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// All of it, with the year in brackets where there is one.
    pub span: Span,
    /// Volume, reporter and page alone.
    pub core: Span,
    /// The reporter, its spaces taken out.
    pub reporter: String,
    /// Volume of the reporter.
    pub volume: u32,
    /// First page.
    pub page: u32,
    /// What stands before the year in brackets: `2d Cir.`, `S.D.N.Y. Mar. 3,`; empty where nothing does.
    pub court: String,
    /// Year of the decision.
    pub year: Option<i32>,
}

/// Whether `text` is a case citation whose volume, court and year fit its reporter, by [`LATEST`].
pub fn check_legal_case(text: &str) -> Result<(), Fault> {
    match parse_legal_case(text) {
        Some(case) => check_at(&case, LATEST),
        None => Err(Fault::form("This is no citation by volume, reporter and page, such as `410 U.S. 113 (1973)`.")),
    }
}

/// The first case citation of a text, taken apart.
pub fn parse_legal_case(text: &str) -> Option<Case> {
    CITATION.captures(text).and_then(|c| case(text, &c))
}

fn case(text: &str, found: &regex::Captures<'_>) -> Option<Case> {
    let core = found.get(0)?;
    let rest = &text[core.end()..];
    let window = &rest[..rest.char_indices().nth(240).map_or(rest.len(), |(at, _)| at)];
    let mut span = Span::new(core.start(), core.end());
    let (mut court, mut year) = (String::new(), None);
    if let Some(tail) = YEAR.captures(window) {
        let whole = tail.get(0)?;
        let between = &whole.as_str()[..whole.as_str().find('(')?];
        // Pages and parallel citations may stand between; prose may not.
        let prose = between.split_whitespace().any(|w| {
            let w = w.trim_matches(|c: char| !c.is_alphanumeric());
            w.len() > 3 && w.chars().all(char::is_lowercase)
        });
        let far = between.contains(". ") && !CITATION.is_match(between) && between.len() > 30;
        if !prose && !far {
            court = tail.get(1)?.as_str().trim().trim_end_matches(',').to_owned();
            year = tail.get(2)?.as_str().parse().ok();
            span.end = core.end() + whole.end();
        }
    }
    Some(Case {
        span,
        core: Span::new(core.start(), core.end()),
        reporter: found.get(2)?.as_str().replace(char::is_whitespace, "").replace('’', "'"),
        volume: found.get(1)?.as_str().parse().ok()?,
        page: found.get(3)?.as_str().parse().ok()?,
        court,
        year,
    })
}

/// First and last year that a volume of a series can hold, by its neighbours of known year.
fn years_of_volume(reporter: &Reporter, volume: u32) -> Option<(i32, i32)> {
    let above = reporter.anchors.iter().position(|(v, _)| *v >= volume)?;
    let (high, high_year) = reporter.anchors[above];
    if high == volume || above == 0 {
        return (high == volume).then(|| (high_year - slack(high_year), high_year + slack(high_year)));
    }
    let (low, low_year) = reporter.anchors[above - 1];
    let year = low_year + ((volume - low) as i32 * (high_year - low_year)) / (high - low) as i32;
    Some((year - slack(year), year + slack(year)))
}

fn check_at(case: &Case, today: Month) -> Result<(), Fault> {
    let Some(reporter) = REPORTERS.iter().find(|r| r.key == case.reporter) else { return Ok(()) };
    let name = reporter.name;
    if case.volume == 0 || case.page == 0 {
        return Err(Fault::form("Volumes and pages of a reporter count from 1."));
    }
    if case.volume > reporter.volumes {
        return Err(Fault::form(format!(
            "{name} ({}) has no volume {}: it has about {} so far or in all.",
            reporter.key, case.volume, reporter.volumes
        )));
    }
    let pages = if matches!(reporter.key, "U.S.") { 1_600 } else { 4_500 };
    if case.page > pages {
        return Err(Fault::form(format!("No volume of {name} ({}) reaches page {}.", reporter.key, case.page)));
    }
    let court = case.court.as_str();
    if let Some(number) = circuit(court)
        && !(1..=11).contains(&number)
    {
        return Err(Fault::contradiction(format!(
            "There is no circuit number {number}: the numbered federal circuits are the first to the eleventh."
        )));
    }
    let Some(year) = case.year else { return Ok(()) };
    if year > today.year {
        return Err(Fault::contradiction(format!("The decision is dated {year}, which has not come yet.")));
    }
    if year < reporter.first || reporter.last.is_some_and(|last| year > last + 1) {
        let until = reporter.last.map_or("on".to_owned(), |last| format!("to {last}"));
        return Err(Fault::contradiction(format!(
            "{name} ({}) holds decisions from {} {until}, not of {year}.",
            reporter.key, reporter.first
        )));
    }
    if let Some((from, to)) = years_of_volume(reporter, case.volume)
        && !(from..=to).contains(&year)
    {
        return Err(Fault::contradiction(format!(
            "Volume {} of {name} holds decisions of about {} to {}, not of {year}.",
            case.volume,
            from + slack(from) - 1,
            to - slack(to) + 1
        )));
    }
    if circuit(court) == Some(11) && year < 1981 {
        return Err(Fault::contradiction(format!(
            "The Eleventh Circuit sits since October 1981, it decided nothing in {year}."
        )));
    }
    if court.starts_with("Fed. Cir") && year < 1982 {
        return Err(Fault::contradiction(format!(
            "The Federal Circuit sits since October 1982, it decided nothing in {year}."
        )));
    }
    Ok(())
}

/// The number of `9th Cir.`, `2d Cir.`
fn circuit(court: &str) -> Option<u32> {
    let (number, rest) = court.split_once(' ')?;
    if !rest.trim_start().starts_with("Cir") {
        return None;
    }
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    number[..digits].parse().ok()
}

pub(super) fn find(text: &str, today: Month) -> Vec<(Span, Result<(), Fault>)> {
    let reported = CITATION.captures_iter(text).filter_map(|found| {
        let case = case(text, &found)?;
        // Short citations and parallel ones end at their page, the last of them takes the year.
        let alone = !CITATION.is_match(&text[case.core.end..case.span.end]);
        let result = check_at(&case, today);
        Some((if alone { case.span } else { case.core }, result))
    });
    let mut out: Vec<_> = reported.collect();
    out.extend(numbered(text, today));
    out
}

#[cfg(test)]
mod tests {
    use super::{check_legal_case, find, parse_legal_case};
    use crate::identifiers::LATEST;

    #[test]
    fn landmark_decisions_pass() {
        for good in [
            "410 U.S. 113 (1973)",
            "347 U.S. 483 (1954)",
            "5 U.S. 137 (1803)",
            "60 U.S. 393 (1857)",
            "17 U.S. 316 (1819)",
            "163 U.S. 537 (1896)",
            "384 U.S. 436, 444 (1966)",
            "597 U.S. 215 (2022)",
            "558 U.S. 310 (2010)",
            "142 S. Ct. 2228 (2022)",
            "467 U.S. 837, 104 S. Ct. 2778, 81 L. Ed. 2d 694 (1984)",
            "159 F.2d 169 (2d Cir. 1947)",
            "514 F.2d 492 (D.C. Cir. 1975)",
            "248 N.Y. 339, 162 N.E. 99 (1928)",
            "239 F.3d 1004 (9th Cir. 2001)",
            "253 F.3d 34 (D.C. Cir. 2001)",
            "804 F.3d 202 (2d Cir. 2015)",
            "920 F. Supp. 2d 1 (D.D.C. 2013)",
            "3 F.4th 1 (1st Cir. 2021)",
            "531 U.S. 98 (2000)",
            "198 U.S. 45 (1905)",
        ] {
            assert!(check_legal_case(good).is_ok(), "{good}: {:?}", check_legal_case(good));
        }
    }

    #[test]
    fn what_no_reporter_holds() {
        for bad in [
            "910 U.S. 113 (2021)",
            "410 U.S. 113 (1995)",
            "123 F.4th 456 (9th Cir. 1998)",
            "1200 F.3d 15 (2d Cir. 2010)",
            "512 F.2d 88 (13th Cir. 1975)",
            "800 F.2d 99 (9th Cir. 2005)",
            "512 F.2d 88 (11th Cir. 1975)",
            "12 F.3d 800 (5th Cir. 1965)",
            "410 U.S. 0 (1973)",
            "600 U.S. 9999 (2023)",
            "55 F. Supp. 3d 100 (S.D.N.Y. 1999)",
        ] {
            assert!(check_legal_case(bad).is_err(), "{bad}");
        }
        assert!(check_legal_case("Roe v. Wade").is_err());
    }

    #[test]
    fn numbered_within_a_year() {
        let of = |text: &str| find(text, LATEST).first().map(|(_, r)| r.is_ok());
        assert_eq!(of("Gale v. Orr, 2019 WL 4639462 (S.D. Fla. Sept. 24, 2019)"), Some(true));
        assert_eq!(of("Gale v. Orr, 2019 WL 4639462 (S.D. Fla. 2014)"), Some(false));
        assert_eq!(of("R (Miller) v The Prime Minister [2019] UKSC 41"), Some(true));
        assert_eq!(of("Donoghue v Stevenson [1932] UKSC 12"), Some(false));
        assert_eq!(of("[2015] UKHL 4"), Some(false));
        assert_eq!(of("[2018] EWCA Civ 1234"), Some(true));
    }

    #[test]
    fn taken_apart() {
        let text = "See Miranda v. Arizona, 384 U.S. 436, 444 (1966). Later (in 1970) it";
        let case = parse_legal_case(text).unwrap();
        assert_eq!((case.volume, case.page, case.year), (384, 436, Some(1966)));
        assert_eq!(case.span.of(text), "384 U.S. 436, 444 (1966)");
        let later = "384 U.S. 436. The court said in that year (1999) nothing";
        assert_eq!(parse_legal_case(later).unwrap().year, None);
        let parallel = "467 U.S. 837, 104 S. Ct. 2778 (1984)";
        let spans: Vec<&str> = find(parallel, LATEST).iter().map(|(s, _)| s.of(parallel)).collect();
        assert_eq!(spans, ["467 U.S. 837", "104 S. Ct. 2778 (1984)"]);
    }
}
