//! Adds up the deals.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use edgar::ownership::Table;

use super::filings::{Deal, Plan, Read};
use super::{CLUSTER_DAYS, SMALL_SALE};

/// Days after a transaction within which no calendar makes its report late: two business days, a weekend and a
/// holiday.
const IN_TIME: i32 = 5;

/// A sum.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) count: usize,
    pub(super) shares: f64,
    pub(super) amount: f64,
}

impl Sum {
    fn add(&mut self, deal: &Deal, part: f64) {
        self.count += 1;
        self.shares += deal.row.shares.unwrap_or(0.0) * part;
        self.amount += deal.row.amount().unwrap_or(0.0) * part;
    }
}

/// What one person sold on one day out of one holding: sales are reported lot by lot.
struct Day {
    sold: f64,
    amount: f64,
    /// Owned after the last lot.
    after: f64,
    /// Owned of the same class on other lines.
    elsewhere: f64,
}

/// What the window amounts to.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    pub(super) bought: Sum,
    pub(super) sold: Sum,
    pub(super) planned: Sum,
    pub(super) paired: Sum,
    pub(super) discretionary: Sum,
    pub(super) buyers: usize,
    pub(super) sellers: usize,
    pub(super) discretionary_sellers: usize,
    /// Most distinct buyers within [`CLUSTER_DAYS`].
    pub(super) cluster: usize,
    /// Largest part of a holding sold on one day outside plans and exercises, small sales apart.
    pub(super) largest_share: f64,
    pub(super) late: usize,
    pub(super) unpriced: usize,
    pub(super) derivative: usize,
}

pub(super) fn account(read: &Read) -> Account {
    let mut account = Account::default();
    let mut buyers = HashSet::new();
    let mut sellers = HashSet::new();
    let mut discretionary = HashSet::new();
    let mut purchases: Vec<(Date, usize)> = Vec::new();
    let mut days = HashMap::new();
    for deal in &read.deals {
        if !deal.is_trade() {
            account.derivative +=
                usize::from(deal.row.table == Table::Derivative && matches!(deal.row.code.as_str(), "P" | "S"));
            continue;
        }
        account.unpriced += usize::from(deal.row.amount().is_none());
        account.late += usize::from(
            deal.filing.form.starts_with('4')
                && !deal.filing.form.ends_with("/A")
                && deal.row.date.is_some_and(|date| super::super::days_between(date, deal.filing.filed) > IN_TIME),
        );
        if deal.row.code == "P" {
            account.bought.add(deal, 1.0);
            buyers.insert(deal.person);
            purchases.push((deal.row.date.unwrap_or(deal.filing.filed), deal.person));
            continue;
        }
        account.sold.add(deal, 1.0);
        sellers.insert(deal.person);
        if deal.plan != Plan::No {
            account.planned.add(deal, 1.0);
            continue;
        }
        if deal.paired > 0.0 {
            account.paired.add(deal, deal.paired);
        }
        let rest = 1.0 - deal.paired;
        if rest > 0.0 {
            account.discretionary.add(deal, rest);
            discretionary.insert(deal.person);
            if let (Some(shares), Some(after)) = (deal.row.shares, deal.row.owned_after) {
                let key = (deal.person, deal.row.date, deal.row.direct, &deal.row.nature, &deal.row.security);
                let day = days.entry(key).or_insert(Day { sold: 0.0, amount: 0.0, after, elsewhere: deal.elsewhere });
                day.sold += shares * rest;
                day.amount += deal.row.amount().unwrap_or(0.0) * rest;
                day.after = day.after.min(after);
            }
        }
    }
    account.largest_share = days
        .values()
        .filter(|day| day.amount >= SMALL_SALE && day.sold + day.after > 0.0)
        .map(|day| day.sold / (day.sold + day.after + day.elsewhere))
        .fold(0.0, f64::max);
    account.buyers = buyers.len();
    account.sellers = sellers.len();
    account.discretionary_sellers = discretionary.len();
    account.cluster = largest_cluster(&mut purchases);
    account
}

/// The most distinct buyers in any window of [`CLUSTER_DAYS`].
fn largest_cluster(purchases: &mut [(Date, usize)]) -> usize {
    purchases.sort_unstable();
    let mut inside: HashMap<usize, usize> = HashMap::new();
    let mut largest = 0;
    let mut start = 0;
    for &(day, person) in purchases.iter() {
        *inside.entry(person).or_default() += 1;
        while let Some(&(first, leaving)) = purchases.get(start)
            && super::super::days_between(first, day) > CLUSTER_DAYS
        {
            start += 1;
            if let Some(count) = inside.get_mut(&leaving) {
                *count -= 1;
                if *count == 0 {
                    inside.remove(&leaving);
                }
            }
        }
        largest = largest.max(inside.len());
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_cluster_is_of_distinct_people_within_thirty_days() {
        let day = |day: i8| date(2025, 1, day);
        assert_eq!(largest_cluster(&mut []), 0);
        assert_eq!(largest_cluster(&mut [(day(1), 1), (day(2), 1), (day(3), 1)]), 1);
        assert_eq!(largest_cluster(&mut [(day(1), 1), (day(31), 2), (date(2025, 2, 1), 3)]), 2);
        assert_eq!(largest_cluster(&mut [(day(9), 3), (day(1), 1), (day(5), 2)]), 3);
    }
}
