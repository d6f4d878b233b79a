//! Quarters and trailing twelve months, from durations that were reported.
//!
//! A 10-Q gives the quarter and the year to date of the income statement, but only the year to date of the cash-flow
//! statement; no report gives the fourth quarter. So a quarter is a reported one, or a difference of two durations
//! with one first day; twelve months are reported ones, the last year plus this year to date less last year's to the
//! same day, or four quarters.

use jiff::ToSpan;
use jiff::civil::Date;

use super::span::{apart, days, is_full_year};
use super::view::pick;
use super::{Basis, Fact, Figure, View};

/// Lengths of a quarter: thirteen weeks, and the twelve, sixteen and seventeen of some retailers.
const QUARTER: std::ops::RangeInclusive<i32> = 80..=122;

/// A quarter of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Quarter {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
    /// The flow in it, reported or derived.
    pub figure: Figure,
}

impl View<'_> {
    /// The flow of the quarter that ends on a day: as reported, or the year to date less the year to the day before
    /// the quarter (for the fourth: the year less nine months).
    pub fn quarter(&self, tag: &str, unit: &str, end: Date, basis: Basis) -> Option<Quarter> {
        let unit_id = self.unit_id(unit)?;
        let ending: Vec<&Fact> = self.ending(tag, end).filter(|fact| fact.unit == unit_id).collect();
        let reported = ending.iter().copied().filter(|fact| fact.days().is_some_and(|days| QUARTER.contains(&days)));
        if let Some(fact) = pick(reported, basis) {
            return Some(Quarter { start: fact.start?, end, figure: self.figure(tag, fact) });
        }
        let mut longer: Vec<&Fact> = ending
            .into_iter()
            .filter(|fact| fact.days().is_some_and(|days| days > *QUARTER.end() && days <= 380))
            .collect();
        longer.sort_by_key(|fact| (fact.days(), fact.filed));
        for fact in longer {
            let Some(start) = fact.start else { continue };
            let whole =
                pick(self.ending(tag, end).filter(|other| other.unit == unit_id && other.start == Some(start)), basis)?;
            let earlier = self
                .of(tag)
                .filter(|other| {
                    other.unit == unit_id && other.start == Some(start) && QUARTER.contains(&apart(other.end, end))
                })
                .map(|other| other.end)
                .max();
            let Some(earlier) = earlier else { continue };
            let Some(before) = pick(
                self.ending(tag, earlier).filter(|other| other.unit == unit_id && other.start == Some(start)),
                basis,
            ) else {
                continue;
            };
            let from = earlier.checked_add(1.day()).ok()?;
            let terms = vec![(1.0, self.figure(tag, whole)), (-1.0, self.figure(tag, before))];
            return Some(Quarter { start: from, end, figure: Figure::sum(terms, Some(from), end)? });
        }
        None
    }

    /// The last quarters up to a day, newest first, each beginning the day after the next one ends; as many as there
    /// are without a gap, at most `count`.
    pub fn quarters(&self, tag: &str, unit: &str, end: Date, count: usize, basis: Basis) -> Vec<Quarter> {
        let mut found: Vec<Quarter> = Vec::new();
        let mut end = end;
        while found.len() < count {
            let Some(quarter) = self.quarter(tag, unit, end, basis) else { break };
            let Ok(before) = quarter.start.checked_sub(1.day()) else { break };
            found.push(quarter);
            end = before;
        }
        found
    }

    /// The flow of the twelve months that end on a day.
    pub fn trailing(&self, tag: &str, unit: &str, end: Date, basis: Basis) -> Option<Figure> {
        if let Some(reported) = self.over(tag, unit, end, 350..=380, basis) {
            return Some(reported);
        }
        let unit_id = self.unit_id(unit)?;
        let mut to_date: Vec<&Fact> = self
            .ending(tag, end)
            .filter(|fact| fact.unit == unit_id && fact.days().is_some_and(|days| days < 350))
            .collect();
        to_date.sort_by_key(|fact| std::cmp::Reverse((fact.days(), fact.filed)));
        let mut starts: Vec<Date> = to_date.iter().filter_map(|fact| fact.start).collect();
        starts.dedup();
        for start in starts {
            if let Some(figure) = self.year_and_difference(tag, unit_id, start, end, basis) {
                return Some(figure);
            }
        }
        let quarters = self.quarters(tag, unit, end, 4, basis);
        let first = quarters.last().map(|quarter| quarter.start)?;
        if quarters.len() < 4 || !is_full_year(days(first, end)) {
            return None;
        }
        Figure::sum(quarters.into_iter().map(|quarter| (1.0, quarter.figure)).collect(), Some(first), end)
    }

    /// Last year, plus this year to date, less last year to the same day.
    fn year_and_difference(&self, tag: &str, unit: u16, start: Date, end: Date, basis: Basis) -> Option<Figure> {
        let exact = |from: Date, to: Date| {
            pick(self.ending(tag, to).filter(|fact| fact.unit == unit && fact.start == Some(from)), basis)
        };
        let length = days(start, end);
        let year = self
            .of(tag)
            .filter(|fact| {
                fact.unit == unit && fact.days().is_some_and(is_full_year) && (-6..=8).contains(&apart(fact.end, start))
            })
            .max_by_key(|fact| (fact.end, fact.filed))?;
        let (year_start, year_end) = (year.start?, year.end);
        let before = self
            .of(tag)
            .filter(|fact| {
                fact.unit == unit
                    && fact.end < year_end
                    && fact.start.is_some_and(|from| apart(year_start, from).abs() <= 7)
                    && fact.days().is_some_and(|days| (days - length).abs() <= 8)
            })
            .min_by_key(|fact| (fact.days().map_or(i32::MAX, |days| (days - length).abs()), fact.end))?;
        let terms = vec![
            (1.0, self.figure(tag, exact(year_start, year_end)?)),
            (1.0, self.figure(tag, exact(start, end)?)),
            (-1.0, self.figure(tag, exact(before.start?, before.end)?)),
        ];
        let from = before.end.checked_add(1.day()).ok()?;
        Figure::sum(terms, Some(from), end)
    }
}
