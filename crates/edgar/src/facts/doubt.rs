//! Values that a wrong unit of thousands or millions spoils.
//!
//! A filer that tags "in thousands" without the scale, or with it twice, reports 4,376 or 4,376,000,000,000 for
//! 4,376,000. It shows where another filing gives the same concept for the same period, or where total assets and
//! total liabilities and equity of one filing differ by the same factor. What the concept's other periods look
//! like then says which of the two is wrong.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::{Fact, Facts};
use crate::ids::Accession;

/// A value left out, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// Its tag.
    pub tag: String,
    /// The instant, or the last day of the period.
    pub end: Date,
    /// The value as reported.
    pub value: f64,
    /// How many times too large it is: 1000, 0.001, 1e6.
    pub factor: f64,
    /// The filing that reported it.
    pub accession: Accession,
    /// What shows it.
    pub why: String,
}

/// This many wrong comparatives make the whole filing doubtful.
const WRONG_IN_A_FILING: usize = 3;

/// More values in doubt than this are not looked for: real filers have some dozens, and each costs a look at its concept.
const MOST_DOUBTS: usize = 2_000;

/// The power of a thousand by which two values differ, within three per cent: 3 or 6; none when they do not.
fn thousands(small: f64, large: f64) -> Option<i32> {
    if small <= 0.0 {
        return None;
    }
    let ratio = large / small;
    [3, 6].into_iter().find(|power| (ratio / 10_f64.powi(*power) - 1.0).abs() < 0.03)
}

type Excluded = HashSet<(u32, u32)>;

/// Finds the values in doubt among those filed until a day.
pub(super) fn find(facts: &Facts, as_of: Date) -> (Vec<Doubt>, Excluded) {
    let mut doubts = Vec::new();
    let mut excluded = Excluded::new();
    // Of each filing and unit: how many values that another filing repeats are wrong, and by which factor.
    let mut wrong: HashMap<(u32, u16), (usize, f64)> = HashMap::new();
    for (concept, known) in facts.concepts.iter().enumerate() {
        let mut from = 0;
        while let Some(first) = known.facts.get(from) {
            let group = known.facts.get(from..).unwrap_or_default();
            let same = |fact: &&Fact| fact.end == first.end && fact.start == first.start && fact.unit == first.unit;
            let length = group.iter().take_while(same).count();
            let group = group.get(..length).unwrap_or_default();
            let start = from;
            from += length;
            // Nearly always one value or one repeated: that is told before anything is built.
            if group.iter().all(|fact| fact.value == first.value) || facts.unit(first) == "pure" {
                continue;
            }
            let visible: Vec<(usize, &Fact)> = group
                .iter()
                .enumerate()
                .filter(|(_, fact)| fact.filed <= as_of)
                .map(|(at, fact)| (start + at, fact))
                .collect();
            if doubts.len() >= MOST_DOUBTS {
                break;
            }
            let small = visible.iter().map(|(_, fact)| fact.value.abs()).fold(f64::INFINITY, f64::min);
            let large = visible.iter().map(|(_, fact)| fact.value.abs()).fold(0.0, f64::max);
            let Some(power) = thousands(small, large) else { continue };
            let middle = (small * large).sqrt();
            let larger = visible.iter().filter(|(_, fact)| fact.value.abs() > middle).count();
            let majority = match (2 * larger).cmp(&visible.len()) {
                std::cmp::Ordering::Greater => Some(true),
                std::cmp::Ordering::Less => Some(false),
                std::cmp::Ordering::Equal => None,
            };
            let Some(large_is_right) = neighbours(&known.facts, first, as_of, middle).or(majority) else { continue };
            let factor = 10_f64.powi(if large_is_right { -power } else { power });
            for (at, fact) in visible {
                if (fact.value.abs() > middle) == large_is_right || fact.value == 0.0 {
                    continue;
                }
                let entry = wrong.entry((fact.filing, fact.unit)).or_insert((0, factor));
                entry.0 += 1;
                let why = "other filings give the same tag and period a thousand-fold different value";
                exclude(facts, (concept, at), fact, factor, why, &mut doubts, &mut excluded);
            }
        }
    }
    whole_filings(facts, as_of, &wrong, &mut doubts, &mut excluded);
    identity(facts, as_of, &mut doubts, &mut excluded);
    exact(facts, as_of, &mut doubts, &mut excluded);
    (doubts, excluded)
}

fn exclude(
    facts: &Facts,
    (concept, at): (usize, usize),
    fact: &Fact,
    factor: f64,
    why: &str,
    doubts: &mut Vec<Doubt>,
    excluded: &mut Excluded,
) {
    let (Some(filing), Some(known)) = (facts.filing(fact), facts.concepts.get(concept)) else { return };
    if excluded.insert((concept as u32, at as u32)) && doubts.len() < MOST_DOUBTS {
        doubts.push(Doubt {
            tag: known.tag.to_string(),
            end: fact.end,
            value: fact.value,
            factor,
            accession: filing.accession.clone(),
            why: why.to_owned(),
        });
    }
}

/// Whether the concept's other periods lie on the side of the larger value; none where there are fewer than two.
fn neighbours(known: &[Fact], first: &Fact, as_of: Date, middle: f64) -> Option<bool> {
    let alike = |fact: &&Fact| {
        fact.unit == first.unit
            && fact.filed <= as_of
            && fact.end != first.end
            && fact.value != 0.0
            && match (fact.days(), first.days()) {
                (None, None) => true,
                (Some(one), Some(other)) => (one - other).abs() <= 20,
                _ => false,
            }
    };
    let (above, below) = known
        .iter()
        .filter(alike)
        .map(|fact| fact.value.abs() > middle)
        .fold((0_usize, 0_usize), |(above, below), is_above| {
            (above + usize::from(is_above), below + usize::from(!is_above))
        });
    if above + below < 2 || above == below { None } else { Some(above > below) }
}

/// A filing whose comparatives are wrong by one factor is wrong in what only it reports too.
fn whole_filings(
    facts: &Facts,
    as_of: Date,
    wrong: &HashMap<(u32, u16), (usize, f64)>,
    doubts: &mut Vec<Doubt>,
    excluded: &mut Excluded,
) {
    let mut spoilt: HashMap<(u32, u16), f64> = wrong
        .iter()
        .filter(|(_, (count, _))| *count >= WRONG_IN_A_FILING)
        .map(|(key, (_, factor))| (*key, *factor))
        .collect();
    if spoilt.is_empty() {
        return;
    }
    // How many of the values of such a filing another filing repeats.
    let mut compared: HashMap<(u32, u16), usize> = HashMap::new();
    for known in &facts.concepts {
        for fact in known.facts.iter().filter(|fact| spoilt.contains_key(&(fact.filing, fact.unit))) {
            let repeated =
                versions(&known.facts, fact).any(|other| other.filing != fact.filing && other.filed <= as_of);
            *compared.entry((fact.filing, fact.unit)).or_default() += usize::from(repeated);
        }
    }
    spoilt.retain(|key, _| {
        let count = wrong.get(key).map_or(0, |(count, _)| *count);
        2 * count > compared.get(key).copied().unwrap_or(0)
    });
    for (concept, known) in facts.concepts.iter().enumerate() {
        if !known.facts.iter().any(|fact| spoilt.contains_key(&(fact.filing, fact.unit))) {
            continue;
        }
        let middles = middles(&known.facts, &spoilt, as_of);
        for (at, fact) in known.facts.iter().enumerate() {
            if let Some(factor) = spoilt.get(&(fact.filing, fact.unit))
                && fact.filed <= as_of
                && !is_borne_out(&known.facts, fact, as_of)
                && lies_off(middles.get(&fact.unit).copied(), fact, *factor)
            {
                let why = "most comparatives of its filing are wrong by this factor";
                exclude(facts, (concept, at), fact, *factor, why, doubts, excluded);
            }
        }
    }
}

/// The versions of a fact's period and unit; real filings have a dozen, and more than that are not looked at.
fn versions<'f>(known: &'f [Fact], fact: &Fact) -> impl Iterator<Item = &'f Fact> {
    let key = (fact.end, fact.start, fact.unit);
    let from = known.partition_point(|other| (other.end, other.start, other.unit) < key);
    known.iter().skip(from).take_while(move |other| (other.end, other.start, other.unit) == key).take(64)
}

/// Whether another filing gives the same value for the same period.
fn is_borne_out(known: &[Fact], fact: &Fact, as_of: Date) -> bool {
    versions(known, fact).any(|other| other.filing != fact.filing && other.filed <= as_of && other.value == fact.value)
}

/// The median size of what filings that are not spoilt say of a concept, by unit.
fn middles(known: &[Fact], spoilt: &HashMap<(u32, u16), f64>, as_of: Date) -> HashMap<u16, f64> {
    let mut sizes: HashMap<u16, Vec<f64>> = HashMap::new();
    for fact in known {
        if fact.filed <= as_of && fact.value != 0.0 && !spoilt.contains_key(&(fact.filing, fact.unit)) {
            sizes.entry(fact.unit).or_default().push(fact.value.abs());
        }
    }
    sizes
        .into_iter()
        .filter_map(|(unit, mut sizes)| {
            sizes.sort_by(f64::total_cmp);
            sizes.get(sizes.len() / 2).map(|middle| (unit, *middle))
        })
        .collect()
}

/// Whether a value lies nearer to the factor than to one, seen from the middle of what other filings say of the concept;
/// where no other filing says anything, it is taken to.
fn lies_off(middle: Option<f64>, fact: &Fact, factor: f64) -> bool {
    let Some(middle) = middle else { return true };
    fact.value != 0.0 && {
        let off = (fact.value.abs() / middle).ln();
        (off - factor.ln()).abs() < off.abs()
    }
}

/// Counts of shares that are exactly a thousand or a million times a count that most other reports of the concept give:
/// 40,000 among forty-one times 40,000,000 authorised shares.
fn exact(facts: &Facts, as_of: Date, doubts: &mut Vec<Doubt>, excluded: &mut Excluded) {
    for (concept, known) in facts.concepts.iter().enumerate() {
        if !known.tag.contains("Shares") {
            continue;
        }
        let sizes = known.facts.iter().map(|fact| fact.value).filter(|value| *value > 0.0);
        let (least, most) =
            sizes.fold((f64::INFINITY, 0.0_f64), |(least, most), size| (least.min(size), most.max(size)));
        if most < 900.0 * least {
            continue;
        }
        let counted: Vec<(usize, &Fact)> = known
            .facts
            .iter()
            .enumerate()
            .filter(|(at, fact)| {
                facts.unit(fact) == "shares"
                    && fact.filed <= as_of
                    && fact.value > 0.0
                    && !excluded.contains(&(concept as u32, *at as u32))
            })
            .collect();
        let mut counts: HashMap<u64, usize> = HashMap::new();
        for (_, fact) in &counted {
            *counts.entry(fact.value.to_bits()).or_default() += 1;
        }
        for (at, fact) in counted {
            let mine = counts.get(&fact.value.to_bits()).copied().unwrap_or(0);
            for factor in [1e-3, 1e-6, 1e3, 1e6] {
                let other = counts.get(&(fact.value / factor).round().to_bits()).copied().unwrap_or(0);
                if other >= 3 && other > 2 * mine {
                    let why = "most reports of the tag give exactly this many times the value";
                    exclude(facts, (concept, at), fact, factor, why, doubts, excluded);
                }
            }
        }
    }
}

/// Total assets equal total liabilities and equity: where one filing has them a thousand-fold apart, one is wrong.
fn identity(facts: &Facts, as_of: Date, doubts: &mut Vec<Doubt>, excluded: &mut Excluded) {
    let pairs = [
        ("us-gaap:Assets", "us-gaap:LiabilitiesAndStockholdersEquity"),
        ("ifrs-full:Assets", "ifrs-full:EquityAndLiabilities"),
    ];
    for (left, right) in pairs {
        let (Some(left), Some(right)) = (facts.index.get(left).copied(), facts.index.get(right).copied()) else {
            continue;
        };
        let (Some(assets), Some(claims)) = (facts.concepts.get(left as usize), facts.concepts.get(right as usize))
        else {
            continue;
        };
        let mut by_filing: HashMap<(u32, Date, u16), (usize, &Fact)> = HashMap::new();
        for (at, fact) in claims.facts.iter().enumerate() {
            by_filing.insert((fact.filing, fact.end, fact.unit), (at, fact));
        }
        for (at, fact) in assets.facts.iter().enumerate() {
            if fact.filed > as_of {
                continue;
            }
            let Some((other_at, other)) = by_filing.get(&(fact.filing, fact.end, fact.unit)) else { continue };
            let (small, large) = (fact.value.abs().min(other.value.abs()), fact.value.abs().max(other.value.abs()));
            let Some(power) = thousands(small, large) else { continue };
            let middle = (small * large).sqrt();
            let side = neighbours(&assets.facts, fact, as_of, middle);
            let Some(large_is_right) = side.or_else(|| neighbours(&claims.facts, other, as_of, middle)) else {
                continue;
            };
            let factor = 10_f64.powi(if large_is_right { -power } else { power });
            let why = "total assets and total liabilities and equity of its filing differ by this factor";
            if (fact.value.abs() > middle) == large_is_right {
                exclude(facts, (right as usize, *other_at), other, factor, why, doubts, excluded);
            } else {
                exclude(facts, (left as usize, at), fact, factor, why, doubts, excluded);
            }
        }
    }
}
