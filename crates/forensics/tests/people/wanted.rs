//! Which documents are asked for.

use edgar::ids::Cik;
use jiff::civil::date;

use crate::support::{case, file};

#[test]
fn wishes_are_bounded_newest_first_and_never_from_the_future() {
    let mut case = case(7, "Sample Corp", date(2025, 6, 1));
    for number in 0..200_u32 {
        let day = date(2025, 1, 1).checked_add(jiff::Span::new().days(i64::from(number))).unwrap();
        file(&mut case, number * 3, "4", day, "xslF345X05/form4.xml");
        file(&mut case, number * 3 + 1, "144", day, "xsl144X01/primary_doc.xml");
        file(&mut case, number * 3 + 2, "SC 13G/A", day, "d.htm");
    }
    file(&mut case, 900, "10-K", date(2025, 3, 1), "k.htm");
    let wanted = forensics::people::wanted(Cik(7), &case.filings, case.as_of);
    let count = |why: &str| wanted.iter().filter(|wish| wish.why == why).count();
    assert_eq!((count("insiders"), count("form_144"), count("ownership_13")), (24, 12, 10));
    assert!(wanted.iter().all(|wish| wish.cik == Cik(7) && !wish.name.contains('/')));
    // 2025-06-01 is day 151.
    assert_eq!(wanted[0].accession.as_str(), "0000000001-25-000453");
    assert!(forensics::people::wanted(Cik(7), &case.filings, date(2024, 12, 31)).is_empty());
}
