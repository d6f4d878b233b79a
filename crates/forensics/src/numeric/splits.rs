//! Share splits: the exact ratio a filer tags, reconciled with what happened to the counts.
//!
//! Three things tell a split, in this order. The ratio tag gives it exactly, but filers write 0.02 and 50 for one and
//! the same reverse split, and repeat it in later reports under later dates. Restatement gives it exactly too: after a
//! split, the same average number of shares of the same period comes out multiplied, and no issue of shares can do
//! that. A step in the count on the covers gives it roughly, since shares are issued between two covers. A thousand-fold
//! step is an error of units and not a split.

use jiff::civil::Date;

use edgar::facts::{Fact, Figure, View};

use super::sheet::{Frame, part};
use crate::figures::{Figures, days_between, inputs};
use crate::signal::{Severity, Signal};

const FRAME: Frame<'static> = Frame {
    id: "splits",
    formula: "number of reverse splits in the five years before the day of reading; parts: every split with its ratio in new \
              shares for one old (0.02 is 1-for-50 reverse, 4 is 4-for-1), from the ratio tag \
              (us-gaap:StockholdersEquityNoteStockSplitConversionRatio1) turned the way the counts moved, else from the \
              restatement of counts for the same period, else from a step in the cover counts; each with its confidence",
    source: "The filer's own tag and counts. Nasdaq rule 5810(c)(3)(A)(iv) takes companies with reverse splits of 250-to-1 \
             together in two years off its list without a grace period.",
};

/// How a split is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SplitBasis {
    /// By a step in the counts on the covers.
    Step,
    /// By the restatement of counts of the same period.
    Restated,
    /// By the ratio that the filer tags.
    Tagged,
}

/// One split.
#[derive(Clone, Debug)]
pub struct Split {
    /// The day, as the tag has it; else the filing that first shows it.
    pub date: Date,
    /// New shares for one old.
    pub ratio: f64,
    /// How it is known.
    pub basis: SplitBasis,
    /// Between 0 and 1.
    pub confidence: f64,
    /// Whether the counts bear it out: an unconfirmed ratio may be a plan, or a conversion of other securities.
    pub confirmed: bool,
    /// The numbers behind it.
    pub figures: Vec<Figure>,
    /// What was seen.
    pub note: String,
    /// The last filing on the old basis and the first on the new, where the counts tell.
    window: Option<(Date, Date)>,
}

impl Split {
    /// Fewer shares after it.
    pub fn is_reverse(&self) -> bool {
        self.ratio < 1.0
    }

    /// `1-for-50 reverse`, `4-for-1`.
    pub fn words(&self) -> String {
        let clean = |value: f64| {
            let rounded = value.round();
            if (value - rounded).abs() < 0.01 * rounded { format!("{rounded}") } else { format!("{value:.2}") }
        };
        if self.is_reverse() {
            format!("1-for-{} reverse", clean(1.0 / self.ratio))
        } else if (self.ratio - 1.5).abs() < 0.01 {
            "3-for-2".to_owned()
        } else {
            format!("{}-for-1", clean(self.ratio))
        }
    }
}

const RATIO_TAGS: [&str; 2] = [
    "us-gaap:StockholdersEquityNoteStockSplitConversionRatio1",
    "us-gaap:StockholdersEquityNoteStockSplitConversionRatio",
];

const COUNT_TAGS: [&str; 6] = [
    "us-gaap:WeightedAverageNumberOfSharesOutstandingBasic",
    "us-gaap:WeightedAverageNumberOfDilutedSharesOutstanding",
    "us-gaap:WeightedAverageNumberOfShareOutstandingBasicAndDiluted",
    "us-gaap:CommonStockSharesOutstanding",
    "us-gaap:CommonStockSharesIssued",
    "ifrs-full:WeightedAverageShares",
];

pub(super) const COVER: &str = "dei:EntityCommonStockSharesOutstanding";

/// Bounds on what is looked at, far above what any filer has.
const MOST_CHANGES: usize = 2_000;
const MOST_GROUPS: usize = 100;
const MOST_RATIOS: usize = 1_000;
const MOST_COUNTS: usize = 1_000;

/// Two ratios that are one: within a per cent and a half.
fn same(one: f64, other: f64) -> bool {
    (one / other).ln().abs() < 0.015
}

/// Whether a factor is one that splits have: a whole number or a simple fraction, or the reverse of one. A thousand and
/// a million are errors of units.
fn is_clean(factor: f64) -> bool {
    let size = if factor < 1.0 { 1.0 / factor } else { factor };
    if (size / 1000.0 - 1.0).abs() < 0.03 || (size / 1e6 - 1.0).abs() < 0.03 {
        return false;
    }
    let whole = size.round();
    let simple = [1.1, 1.2, 1.25, 4.0 / 3.0, 1.5, 2.5];
    ((2.0..=5000.0).contains(&whole) && (size / whole - 1.0).abs() < 0.01)
        || simple.iter().any(|ratio| (size / ratio - 1.0).abs() < 0.003)
}

/// A change of what filings say about one period.
struct Restatement {
    after: Date,
    until: Date,
    factor: f64,
    support: Vec<Figure>,
}

/// Every split that the facts tell of, oldest first.
pub fn find(view: &View<'_>) -> Vec<Split> {
    let restatements = restatements(view);
    let cover = cover(view);
    let mut used = vec![false; restatements.len()];
    let mut splits = tagged(view, &restatements, &mut used, &cover);
    for (restatement, used) in restatements.iter().zip(used) {
        if !used && !is_told(restatement, &splits) {
            splits.push(restated(restatement));
        }
    }
    for step in steps(&cover) {
        let known = splits.iter().any(|split| {
            split.confirmed
                && days_between(split.date, step.date).abs() <= 400
                && split.is_reverse() == step.is_reverse()
        });
        if !known {
            splits.push(step);
        }
    }
    splits.sort_by_key(|split| split.date);
    splits
}

/// Whether known splits explain a restatement: one of its ratio about its time, or several in a row whose product it is, for
/// a period last stated before them all and next after.
fn is_told(restatement: &Restatement, splits: &[Split]) -> bool {
    let mut within: Vec<&Split> = splits
        .iter()
        .filter(|split| {
            days_between(restatement.after, split.date) >= -200 && days_between(split.date, restatement.until) >= -30
        })
        .collect();
    within.sort_by_key(|split| split.date);
    (0..within.len()).any(|from| {
        let mut product = 1.0;
        within.iter().skip(from).any(|split| {
            product *= split.ratio;
            same(product, restatement.factor)
        })
    })
}

/// The counts on the covers, as first stated for each day, without thousand-fold errors.
pub(super) fn cover(view: &View<'_>) -> Vec<Figure> {
    let mut points: Vec<Figure> = Vec::new();
    for fact in view.of(COVER) {
        if view.facts().unit(fact) != "shares" || fact.value <= 0.0 {
            continue;
        }
        let figure = view.figure(COVER, fact);
        match points.last_mut() {
            Some(last) if last.end == figure.end => {
                if figure.filed < last.filed {
                    *last = figure;
                }
            }
            _ => points.push(figure),
        }
    }
    without_unit_errors(newest(points))
}

/// The newest counts, of more than any filer states.
pub(super) fn newest(points: Vec<Figure>) -> Vec<Figure> {
    let skip = points.len().saturating_sub(MOST_COUNTS);
    points.into_iter().skip(skip).collect()
}

/// Leaves out points that are a thousand or a million times off both what precedes and what follows.
pub(super) fn without_unit_errors(points: Vec<Figure>) -> Vec<Figure> {
    let off = |one: f64, other: f64| {
        let size = (one / other).ln().abs();
        // Shares are issued meanwhile, so a wide margin: 500 to 2,000 times, or a million within as much.
        (size - 1000_f64.ln()).abs() < 2_f64.ln() || (size - 1e6_f64.ln()).abs() < 2_f64.ln()
    };
    let mut kept: Vec<Figure> = Vec::new();
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(1.0);
    for (at, point) in points.into_iter().enumerate() {
        let before = kept.last().map(|last: &Figure| last.value);
        let after = values.get(at + 1).copied();
        let wrong = match (before, after) {
            (Some(before), Some(after)) => {
                off(point.value, before) && (off(point.value, after) || off(point.value, middle))
            }
            (Some(before), None) => off(point.value, before),
            (None, Some(after)) => off(point.value, after) && off(point.value, middle),
            (None, None) => false,
        };
        if !wrong {
            kept.push(point);
        }
    }
    kept
}

fn restatements(view: &View<'_>) -> Vec<Restatement> {
    // Every change between two consecutive versions of one period's count.
    let mut changes: Vec<(Date, Date, f64, Figure, Figure)> = Vec::new();
    for tag in COUNT_TAGS {
        let mut last: Option<&Fact> = None;
        for fact in view.of(tag) {
            if view.facts().unit(fact) != "shares" || fact.value <= 0.0 {
                continue;
            }
            if let Some(before) = last
                && before.end == fact.end
                && before.start == fact.start
                && before.filed < fact.filed
            {
                let factor = fact.value / before.value;
                if !(0.93..=1.07).contains(&factor) && is_clean(factor) {
                    let (one, other) = (view.figure(tag, before), view.figure(tag, fact));
                    changes.push((before.filed, fact.filed, factor, one, other));
                }
            }
            last = Some(fact);
        }
    }
    // A filer restates some hundred counts in a split; the rest of more would cost time and tell nothing.
    changes.truncate(MOST_CHANGES);
    changes.sort_by_key(|(after, until, ..)| (*until, std::cmp::Reverse(*after)));
    let mut groups: Vec<Restatement> = Vec::new();
    for (after, until, factor, one, other) in changes {
        let full = groups.len() >= MOST_GROUPS;
        let group =
            groups.iter_mut().find(|group| same(group.factor, factor) && group.after < until && after < group.until);
        match group {
            Some(group) => {
                group.after = group.after.max(after);
                group.until = group.until.min(until);
                group.support.extend([one, other]);
            }
            None if full => {}
            None => groups.push(Restatement { after, until, factor, support: vec![one, other] }),
        }
    }
    // A period that was last stated before two splits and next after both shows their product.
    let factors: Vec<(Date, Date, f64)> = groups.iter().map(|group| (group.after, group.until, group.factor)).collect();
    let is_product = |group: &Restatement| {
        factors.iter().enumerate().any(|(at, one)| {
            factors.iter().skip(at + 1).any(|other| {
                same(one.2 * other.2, group.factor)
                    && [one, other].iter().all(|part| part.0 >= group.after && part.1 <= group.until)
            })
        })
    };
    let products: Vec<bool> = groups.iter().map(is_product).collect();
    groups
        .into_iter()
        .zip(products)
        // One restated number may be a correction of an error: two, or one by a whole number of at least two.
        .filter(|(group, product)| {
            !product && (group.support.len() >= 4 || group.factor >= 1.9 || group.factor <= 1.0 / 1.9)
        })
        .map(|(group, _)| group)
        .collect()
}

fn restated(restatement: &Restatement) -> Split {
    let tags: std::collections::HashSet<&str> = restatement.support.iter().map(|figure| figure.tag.as_str()).collect();
    let confidence = match (restatement.support.len() / 2, tags.len()) {
        (3.., 2..) => 0.95,
        (2.., _) => 0.85,
        _ => 0.6,
    };
    Split {
        date: restatement.until,
        ratio: tidy(restatement.factor),
        basis: SplitBasis::Restated,
        confidence,
        confirmed: true,
        figures: restatement.support.iter().take(4).cloned().collect(),
        note: format!(
            "{} counts of unchanged periods were restated by this factor in filings after {} and until {}",
            restatement.support.len() / 2,
            restatement.after,
            restatement.until
        ),
        window: Some((restatement.after, restatement.until)),
    }
}

/// The exact ratio next to a measured one.
fn tidy(factor: f64) -> f64 {
    let reverse = factor < 1.0;
    let size = if reverse { 1.0 / factor } else { factor };
    let whole = size.round();
    let exact = [1.1, 1.2, 1.25, 4.0 / 3.0, 1.5, 2.5]
        .into_iter()
        .find(|ratio| (size / ratio - 1.0).abs() < 0.003)
        .unwrap_or(if (size / whole - 1.0).abs() < 0.01 { whole } else { size });
    if reverse { 1.0 / exact } else { exact }
}

/// One ratio as tagged, in all the filings that repeat it.
struct Cluster {
    value: f64,
    dates: Vec<Date>,
    figure: Figure,
    first_filed: Date,
}

fn tagged(view: &View<'_>, restatements: &[Restatement], used: &mut [bool], cover: &[Figure]) -> Vec<Split> {
    let mut facts: Vec<(&str, &Fact)> =
        RATIO_TAGS.iter().flat_map(|tag| view.of(tag).map(move |fact| (*tag, fact))).collect();
    facts.retain(|(_, fact)| fact.value > 0.0 && (fact.value - 1.0).abs() > 0.01);
    facts.truncate(MOST_RATIOS);
    facts.sort_by_key(|(_, fact)| (fact.filed, fact.end));
    let mut clusters: Vec<Cluster> = Vec::new();
    for (tag, fact) in facts {
        let alike = |value: f64| {
            // 0.0667 and 15 are one ratio, given with three digits.
            (value / fact.value).ln().abs() < 0.02 || (value * fact.value).ln().abs() < 0.02
        };
        let full = clusters.len() >= MOST_GROUPS;
        let near = clusters.iter_mut().rev().find(|cluster| {
            alike(cluster.value) && cluster.dates.iter().any(|date| days_between(*date, fact.end).abs() <= 200)
        });
        match near {
            Some(cluster) => {
                cluster.dates.push(fact.end);
                // More digits are nearer to the ratio that was meant.
                if digits(fact.value) > digits(cluster.value) && (cluster.value < 1.0) == (fact.value < 1.0) {
                    cluster.value = fact.value;
                    cluster.figure = view.figure(tag, fact);
                }
            }
            None if full => {}
            None => clusters.push(Cluster {
                value: fact.value,
                dates: vec![fact.end],
                figure: view.figure(tag, fact),
                first_filed: fact.filed,
            }),
        }
    }
    let mut splits: Vec<Split> = Vec::new();
    for cluster in clusters {
        let split = reconcile(&cluster, restatements, used, cover);
        // Later reports repeat a ratio under the dates of their own periods: without a second move of the counts it
        // is the same split.
        let repeats = splits.iter().any(|known| {
            (same(known.ratio, split.ratio) || same(known.ratio * split.ratio, 1.0))
                && (0..=1500).contains(&days_between(known.date, split.date))
                && !split.confirmed
        });
        if !repeats {
            splits.push(split);
        }
    }
    splits
}

fn digits(value: f64) -> usize {
    format!("{value}").len()
}

fn reconcile(cluster: &Cluster, restatements: &[Restatement], used: &mut [bool], cover: &[Figure]) -> Split {
    let first = cluster.dates.iter().min().copied().unwrap_or(cluster.figure.end);
    let mut split = Split {
        date: first,
        ratio: exact(cluster.value),
        basis: SplitBasis::Tagged,
        confidence: 0.7,
        confirmed: false,
        figures: vec![cluster.figure.clone()],
        note: String::new(),
        window: None,
    };
    // Restated counts decide, where the ratio turns up in them about the tag's time.
    for (restatement, used) in restatements.iter().zip(used.iter_mut()) {
        let straight = (restatement.factor / cluster.value).ln().abs() < 0.02;
        let turned = (restatement.factor * cluster.value).ln().abs() < 0.02;
        let in_time = cluster.dates.iter().any(|date| {
            days_between(restatement.after, *date) >= -200 && days_between(*date, restatement.until) >= -200
        }) && days_between(restatement.after, cluster.first_filed) >= -30;
        if *used || !in_time || !(straight || turned) {
            continue;
        }
        *used = true;
        if turned && !straight {
            split.ratio = 1.0 / split.ratio;
        }
        let inside = cluster.dates.iter().find(|date| **date > restatement.after && **date <= restatement.until);
        if let Some(inside) = inside {
            split.date = *inside;
        }
        split.confidence = 0.99;
        split.confirmed = true;
        split.window = Some((restatement.after, restatement.until));
        split.figures.extend(restatement.support.iter().take(2).cloned());
        split.note = format!(
            "tagged {}; {} counts of unchanged periods were restated by it",
            cluster.value,
            restatement.support.len() / 2
        );
        return split;
    }
    // The covers: the last count before and the first after.
    let before = cover.iter().rev().find(|point| point.end < first);
    let after = cover.iter().find(|point| days_between(first, point.end) >= 1);
    match (before, after) {
        (Some(before), Some(after)) if days_between(before.end, after.end) <= 400 => {
            let moved = (after.value / before.value).ln();
            let size = split.ratio.ln().abs();
            split.figures.extend([before.clone(), after.clone()]);
            // Nothing but a reverse split makes three shares in ten vanish, however many were issued besides; a forward
            // split must show in full.
            let reverse = moved <= 0.7_f64.ln();
            let forward = (moved - size).abs() <= 0.35 + 0.1 * size;
            if reverse || forward {
                let other = exact(1.0 / cluster.value);
                split.ratio = if reverse { split.ratio.min(other) } else { split.ratio.max(other) };
                split.confidence = 0.9;
                split.confirmed = true;
                split.note = format!(
                    "tagged {}; the cover counts went from {:.0} ({}) to {:.0} ({})",
                    cluster.value, before.value, before.end, after.value, after.end
                );
            } else {
                split.confidence = 0.3;
                split.note = format!(
                    "tagged {}, but the cover counts of {} and {} do not move by it: a plan, an older split or another security",
                    cluster.value, before.end, after.end
                );
            }
        }
        _ => {
            split.note = format!("tagged {}; no counts on both sides of it: its direction is as tagged", cluster.value);
        }
    }
    split
}

/// 0.0667 stands for one fifteenth.
fn exact(value: f64) -> f64 {
    if value < 1.0 {
        let whole = (1.0 / value).round();
        if whole >= 2.0 && (1.0 / value / whole - 1.0).abs() < 0.006 { 1.0 / whole } else { value }
    } else {
        value
    }
}

/// Falls in the cover counts that nothing but a reverse split explains, and that stay.
fn steps(cover: &[Figure]) -> Vec<Split> {
    let mut found = Vec::new();
    for (at, pair) in cover.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let fall = before.value / after.value;
        if !(1.8..=500.0).contains(&fall) || days_between(before.end, after.end) > 400 {
            continue;
        }
        // The level must stay: a single low count is an error.
        let stays = cover.get(at + 2).is_none_or(|next| next.value < before.value / 1.5);
        let later = cover.get(at + 2).is_some();
        if !stays {
            continue;
        }
        let whole = fall.round();
        found.push(Split {
            date: after.end,
            ratio: 1.0 / if (fall / whole - 1.0).abs() < 0.02 { whole } else { fall },
            basis: SplitBasis::Step,
            confidence: if later { 0.5 } else { 0.35 },
            confirmed: true,
            figures: vec![before.clone(), after.clone()],
            note: format!(
                "the cover counts fell from {:.0} ({}) to {:.0} ({}); shares issued between them blur the ratio",
                before.value, before.end, after.value, after.end
            ),
            window: None,
        });
    }
    found
}

/// What a count stated on a day must be multiplied by to be on today's basis, given a later count already on it.
///
/// `stated` is the day whose basis the count has. Near a split the tag's day may be off (announced, approved, effective),
/// so there the count goes to the side on which it lies nearer to the later one; the newest count, to the side on which
/// it lies nearer to the last one of `earlier`, as stated, that is from before the split.
pub(super) fn adjust(splits: &[Split], stated: Date, value: f64, later: Option<f64>, earlier: &[(Date, f64)]) -> f64 {
    let mut factor = 1.0;
    for split in splits.iter().filter(|split| split.confirmed) {
        let (surely_before, surely_after) = match split.window {
            Some((after, until)) => (stated <= after, stated >= until),
            None => {
                let away = days_between(split.date, stated);
                (away <= -150, away >= 150)
            }
        };
        let before = if surely_before {
            true
        } else if surely_after {
            false
        } else {
            let old = earlier.iter().rev().find(|(day, _)| *day < split.date).map(|(_, count)| *count);
            match (later, old) {
                (Some(later), _) => {
                    let kept = (value * factor / later).ln().abs();
                    let split = (value * factor * split.ratio / later).ln().abs();
                    split < kept
                }
                (None, Some(old)) if old > 0.0 => (value / old).ln().abs() < (value / (old * split.ratio)).ln().abs(),
                (None, _) => stated < split.date,
            }
        };
        if before {
            factor *= split.ratio;
        }
    }
    factor
}

/// The signal.
pub(super) fn run(figures: &Figures<'_>, splits: &[Split]) -> Signal {
    let has_counts = COUNT_TAGS.iter().chain([&COVER]).any(|tag| figures.view().of(tag).next().is_some());
    if splits.is_empty() && !has_counts {
        return FRAME.not_run("no counts of shares and no split ratios are in the facts");
    }
    let as_of = figures.as_of();
    let recent = |split: &&Split, days: i32| {
        split.is_reverse() && split.confidence >= 0.35 && days_between(split.date, as_of) <= days
    };
    let five: Vec<&Split> = splits.iter().filter(|split| recent(split, 1826)).collect();
    let two: Vec<&Split> = splits.iter().filter(|split| recent(split, 730)).collect();
    let together: f64 = two.iter().map(|split| 1.0 / split.ratio).product();
    let (zone, severity) = match (five.len(), two.len()) {
        (_, 2..) => ("serial_reverse", Severity::High),
        (2.., _) => ("serial_reverse", Severity::Caution),
        (1, 1) => ("recent_reverse", Severity::Caution),
        (1, _) => ("reverse", Severity::Info),
        _ if splits.is_empty() => ("none", Severity::None),
        _ => ("no_recent_reverse", Severity::None),
    };
    let list: Vec<String> = splits.iter().rev().map(|split| format!("{} on {}", split.words(), split.date)).collect();
    let why = if splits.is_empty() {
        "no split in the facts".to_owned()
    } else {
        let sum = if two.len() > 1 { format!("; {together:.0}-to-1 together in two years") } else { String::new() };
        format!("{}{sum}", list.join(", "))
    };
    let mut signal = FRAME.ran(five.len() as f64, zone, severity, why);
    signal.parts = splits
        .iter()
        .rev()
        .map(|split| {
            let mut part = part(
                &format!("splits.{}", split.date),
                "new shares for one old",
                Some(split.ratio),
                format!("{}: {} (confidence {:.2})", split.words(), split.note, split.confidence),
            );
            part.zone = Some(
                match (split.confirmed, split.is_reverse()) {
                    (false, true) => "reverse_unconfirmed",
                    (false, false) => "forward_unconfirmed",
                    (true, true) => "reverse",
                    (true, false) => "forward",
                }
                .to_owned(),
            );
            for (at, figure) in split.figures.iter().enumerate() {
                let name = if at == 0 && split.basis == SplitBasis::Tagged {
                    "split ratio as tagged"
                } else {
                    "count of shares"
                };
                inputs(name, figure, &mut part.inputs);
            }
            part
        })
        .collect();
    signal
}
