//! The price-level index of Ohlson's size term.

/// Annual means of the quarterly implicit price deflator of US gross domestic product (Bureau of Economic Analysis, account
/// A191RD, 2017 = 100; as FRED's GDPDEF has it), from 2000. Ohlson used that of gross national product; the two differ
/// by less than half a per cent over the whole time, and by the size term's logarithm by less than 0.002.
const SINCE_2000: [f64; 26] = [
    72.718, 74.359, 75.514, 77.000, 79.070, 81.551, 84.069, 86.346, 88.016, 88.555, 89.629, 91.478, 93.184, 94.767,
    96.416, 97.315, 98.238, 99.995, 102.288, 103.975, 105.362, 110.156, 118.012, 122.382, 125.422, 128.964,
];

/// The mean of 1968 in the same series: the base of 100.
const BASE_1968: f64 = 18.277;

/// The index of a year, 1968 = 100, and the year it is of: beyond the table's ends the nearest.
pub(super) fn index(year: i16) -> (f64, i16) {
    let last = 2000 + SINCE_2000.len() as i16 - 1;
    let year = year.clamp(2000, last);
    let value = SINCE_2000.get((year - 2000) as usize).copied().unwrap_or(BASE_1968);
    (100.0 * value / BASE_1968, year)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2017 is the base of the source: 100 there, and 5.47 times the level of 1968.
    #[test]
    fn the_base_is_1968() {
        let (level, year) = index(2017);
        assert_eq!(year, 2017);
        assert!((level - 100.0 * 99.995 / BASE_1968).abs() < 1e-9, "{level}");
        assert_eq!(index(1990).1, 2000);
        assert_eq!(index(2030).1, 2025);
        assert!((2001..=2025).all(|year| index(year).0 > index(year - 1).0));
    }
}
