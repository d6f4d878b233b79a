//! A number with its trail.

use jiff::civil::Date;

use crate::ids::Accession;

/// A reported or derived number, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The number, in `unit`.
    pub value: f64,
    /// `USD`, `shares`, `USD/shares`, `pure`.
    pub unit: String,
    /// The tag with its taxonomy, or for a derived number its formula in tags (`us-gaap:A - us-gaap:B`).
    pub tag: String,
    /// First day of the period; none for an instant.
    pub start: Option<Date>,
    /// Last day of the period, or the instant.
    pub end: Date,
    /// The day it was public: for a derived number the day its last term was.
    pub filed: Date,
    /// The filing that reported it: for a derived number the one that reported its last term.
    pub accession: Option<Accession>,
    /// What it was derived from; empty for a reported number.
    pub terms: Vec<Term>,
}

/// One term of a derived number.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What the figure is multiplied by: 1 or -1.
    pub sign: f64,
    /// The figure.
    pub figure: Figure,
}

impl Figure {
    /// The signed sum of figures of one unit, over the period from `start` to `end`.
    ///
    /// None for no figures, or for figures of different units: a dollar and a share are not added.
    pub fn sum(terms: Vec<(f64, Figure)>, start: Option<Date>, end: Date) -> Option<Figure> {
        let (_, first) = terms.first()?;
        let unit = first.unit.clone();
        if terms.iter().any(|(_, figure)| figure.unit != unit) {
            return None;
        }
        let mut tag = String::new();
        for (at, (sign, figure)) in terms.iter().enumerate() {
            match (at, *sign < 0.0) {
                (0, false) => {}
                (0, true) => tag.push('-'),
                (_, false) => tag.push_str(" + "),
                (_, true) => tag.push_str(" - "),
            }
            if figure.terms.is_empty() {
                tag.push_str(&figure.tag);
            } else {
                tag.push('(');
                tag.push_str(&figure.tag);
                tag.push(')');
            }
        }
        let value = terms.iter().map(|(sign, figure)| sign * figure.value).sum();
        let last = terms.iter().map(|(_, figure)| figure).max_by_key(|figure| figure.filed)?;
        Some(Figure {
            value,
            unit,
            tag,
            start,
            end,
            filed: last.filed,
            accession: last.accession.clone(),
            terms: terms.into_iter().map(|(sign, figure)| Term { sign, figure }).collect(),
        })
    }

    /// Whether it was computed from others.
    pub fn is_derived(&self) -> bool {
        !self.terms.is_empty()
    }

    /// Days that the period covers; none for an instant.
    pub fn days(&self) -> Option<i32> {
        self.start.map(|start| super::span::days(start, self.end))
    }
}
