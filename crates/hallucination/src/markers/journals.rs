//! When periodicals and conferences began, and which volume is of which year.

/// First year of periodicals and conferences whose start is well documented: none printed a paper before.
const FIRST: &[(&str, i32)] = &[
    ("plos one", 2006),
    ("plos biology", 2003),
    ("plos medicine", 2004),
    ("plos genetics", 2005),
    ("plos computational biology", 2005),
    ("nature communications", 2010),
    ("scientific reports", 2011),
    ("nature climate change", 2011),
    ("nature energy", 2016),
    ("nature human behaviour", 2017),
    ("nature machine intelligence", 2019),
    ("nature astronomy", 2017),
    ("nature medicine", 1995),
    ("nature genetics", 1992),
    ("nature biotechnology", 1996),
    ("nature neuroscience", 1998),
    ("nature methods", 2004),
    ("nature materials", 2002),
    ("nature physics", 2005),
    ("nature nanotechnology", 2006),
    ("nature geoscience", 2008),
    ("nature chemistry", 2009),
    ("nature sustainability", 2018),
    ("science advances", 2015),
    ("elife", 2012),
    ("peerj", 2013),
    ("cell reports", 2012),
    ("cell metabolism", 2005),
    ("cell stem cell", 2007),
    ("lancet oncology", 2000),
    ("lancet infectious diseases", 2001),
    ("lancet neurology", 2002),
    ("lancet global health", 2013),
    ("lancet psychiatry", 2014),
    ("lancet planetary health", 2017),
    ("lancet digital health", 2019),
    ("jama network open", 2018),
    ("jama oncology", 2015),
    ("jama internal medicine", 2013),
    ("jama psychiatry", 2013),
    ("bmj open", 2011),
    ("bmc medicine", 2003),
    ("bmc public health", 2001),
    ("genome biology", 2000),
    ("journal of machine learning research", 2000),
    ("transactions of the association for computational linguistics", 2013),
    ("frontiers in psychology", 2010),
    ("frontiers in immunology", 2010),
    ("frontiers in neuroscience", 2007),
    ("environmental research letters", 2006),
    ("nano letters", 2001),
    ("physical review x", 2011),
    ("iclr", 2013),
    ("neurips", 1987),
    ("nips", 1987),
    ("icml", 1980),
    ("cvpr", 1983),
    ("iccv", 1987),
    ("eccv", 1990),
    ("emnlp", 1996),
    ("naacl", 2000),
    ("aaai", 1980),
    ("kdd", 1995),
    ("usenix security", 1990),
    ("osdi", 1994),
    ("nsdi", 2004),
    ("icse", 1975),
    ("sosp", 1967),
    ("pldi", 1979),
    ("popl", 1973),
];

/// The year in which a periodical or conference began, by its name in any case.
pub(super) fn first_year(name: &str) -> Option<i32> {
    let name = name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    FIRST.iter().find(|(known, _)| *known == name).map(|(_, year)| *year)
}

/// Names of [`FIRST`] as alternatives of a pattern, longest first.
pub(super) fn names() -> String {
    let mut names: Vec<String> = FIRST.iter().map(|(name, _)| name.replace(' ', r"\s+")).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.join("|")
}

/// How volumes of a periodical follow the years: from a year on, the first volume of that year and volumes a year.
struct Pace {
    from: f64,
    first: f64,
    a_year: f64,
}

const fn pace(from: f64, first: f64, a_year: f64) -> Pace {
    Pace { from, first, a_year }
}

/// Paces of one periodical, latest first, with its name.
fn paces(journal: &str) -> Option<(&'static [Pace], &'static str)> {
    const NATURE: &[Pace] =
        &[pace(2014.0, 505.0, 12.0), pace(1971.0, 229.0, 6.0), pace(1960.0, 185.0, 4.0), pace(1923.0, 111.0, 2.0)];
    const SCIENCE: &[Pace] = &[pace(1970.0, 167.0, 4.0)];
    const CELL: &[Pace] = &[pace(1990.0, 60.0, 4.0)];
    const JAMA: &[Pace] = &[pace(1980.0, 243.0, 2.0)];
    const PNAS: &[Pace] = &[pace(1990.0, 87.0, 1.0)];
    const NEJM: &[Pace] = &[pace(1930.0, 202.0, 2.0)];
    const LANCET: &[Pace] = &[pace(1990.0, 335.0, 2.0)];
    const PRL: &[Pace] = &[pace(1959.0, 2.0, 2.0)];
    let lower = journal.to_lowercase().replace(['.', ' '], "");
    Some(match lower.as_str() {
        // The words stand for much else: only with their capitals.
        "nature" if journal == "Nature" => (NATURE, "Nature"),
        "cell" if journal == "Cell" => (CELL, "Cell"),
        "science" => (SCIENCE, "Science"),
        "jama" => (JAMA, "JAMA"),
        "pnas" => (PNAS, "PNAS"),
        "nejm" => (NEJM, "The New England Journal of Medicine"),
        l if l.ends_with("lancet") => (LANCET, "The Lancet"),
        l if l.ends_with("journalofmedicine") || l.contains("engljmed") => {
            (NEJM, "The New England Journal of Medicine")
        }
        l if l.starts_with("proceedingsofthenat") || l.starts_with("procnatl") => (PNAS, "PNAS"),
        l if l.starts_with("phys") => (PRL, "Physical Review Letters"),
        _ => return None,
    })
}

/// The year of a volume of a well-known journal, by its pace (to be taken with a year of slack), and the
/// journal's name; nothing for volumes before the table begins.
pub(super) fn year_of(journal: &str, volume: f64) -> Option<(f64, &'static str)> {
    let (paces, name) = paces(journal)?;
    let pace = paces.iter().find(|p| volume >= p.first)?;
    Some((pace.from + ((volume - pace.first) / pace.a_year).floor(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_of_known_papers() {
        // Watson and Crick 1953; Semmelweis has no volume here; AlphaFold 2021; LIGO 2016; CRISPR 2012; SPRINT 2015.
        for (journal, volume, year) in [
            ("Nature", 171.0, 1953.0),
            ("Nature", 596.0, 2021.0),
            ("Nature", 323.0, 1986.0),
            ("Nature", 409.0, 2001.0),
            ("Nature", 521.0, 2015.0),
            ("Science", 337.0, 2012.0),
            ("Science", 220.0, 1983.0),
            ("Physical Review Letters", 116.0, 2016.0),
            ("Phys. Rev. Lett.", 13.0, 1964.0),
            ("New England Journal of Medicine", 373.0, 2015.0),
            ("NEJM", 305.0, 1981.0),
            ("JAMA", 315.0, 2016.0),
            ("The Lancet", 351.0, 1998.0),
            ("Cell", 126.0, 2006.0),
            ("PNAS", 114.0, 2017.0),
        ] {
            let (found, _) = year_of(journal, volume).unwrap();
            assert!((found - year).abs() <= 1.0, "{journal} {volume}: {found}");
        }
        assert_eq!(year_of("Nature", 50.0), None);
        assert_eq!(year_of("nature", 171.0), None);
    }

    #[test]
    fn firsts() {
        assert_eq!(first_year("PLoS  ONE"), Some(2006));
        assert_eq!(first_year("Nature"), None);
    }
}
