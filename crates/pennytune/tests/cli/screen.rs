//! What a person sees, at the widths that terminals have.

use loopback_edgar::Site;

use crate::support::{Home, shared};

/// A real company's home; none where the collection is not there.
fn real(test: &str) -> Option<Home> {
    Some(Home::new(Site::new().shared(shared(test)?)))
}

fn shown(home: &Home, columns: usize, arguments: &[&str]) -> String {
    let output = home.command(arguments).args(["--rate", "0"]).env("COLUMNS", columns.to_string()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Walt Disney (CIK 1744489, as of 2025-06-02): a company of five flags fits a terminal of 80 columns and 40 rows.
#[test]
fn a_page_fits_the_terminal() {
    let Some(home) = real("a_page_fits_the_terminal") else { return };
    let page = shown(&home, 80, &["inspect", "1744489", "--as-of", "2025-06-02"]);
    assert!(page.lines().count() <= 40, "{} rows:\n{page}", page.lines().count());
    for line in page.lines().filter(|line| !line.contains("https://")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    // An address stands alone in its line, whole.
    for line in page.lines().filter(|line| line.contains("https://")) {
        assert!(line.starts_with("https://www.sec.gov/Archives/edgar/data/") && !line.trim().contains(' '), "{line}");
    }
}

/// Every flag has a date and a link: Celadon Group (CIK 865941) as of 2017-04-15, whose current ratio of 0.92 comes
/// from its 10-Q of 2017-02-10 (accession 0001008886-17-000026).
#[test]
fn figures_link_to_the_filing_that_reported_them() {
    let Some(home) = real("figures_link_to_the_filing_that_reported_them") else { return };
    let page = shown(&home, 80, &["inspect", "865941", "--as-of", "2017-04-15"]);
    let lines: Vec<&str> = page.lines().collect();
    let at = lines.iter().position(|line| line.contains("current_ratio 0.92 (below one)")).unwrap();
    assert!(lines[at].ends_with("at 2016-12-31"), "{}", lines[at]);
    assert_eq!(lines[at + 1], "https://www.sec.gov/Archives/edgar/data/865941/0001008886-17-000026-index.htm");
}

/// Apple (320193), Walt Disney (1744489), Texas Instruments (97476) and NVIDIA (1045810).
#[test]
fn a_scan_is_a_table_at_every_width() {
    let Some(home) = real("a_scan_is_a_table_at_every_width") else { return };
    for columns in [80, 100, 120, 150] {
        let text = shown(&home, columns, &["scan", "320193", "1744489", "97476", "1045810", "--as-of", "2025-06-02"]);
        assert!(text.lines().all(|line| line.chars().count() <= columns), "{columns}:\n{text}");
        let head = text.lines().find(|line| line.starts_with('#')).unwrap();
        assert!(head.contains("ticker") && head.ends_with("weightiest flags"), "{columns}: {head}");
        assert_eq!(head.contains("company"), columns >= 100);
        for (rank, ticker) in ["AAPL", "NVDA", "DIS", "TXN"].iter().enumerate() {
            let row = text.lines().find(|line| line.contains(&format!("  {ticker}"))).unwrap();
            assert!(row.starts_with(char::is_numeric), "{columns}: row {rank} is `{row}`");
        }
    }
}

/// Links hide their address on terminals that can show them; without colours the address would be lost and is printed.
#[test]
fn links_are_printed_where_codes_are_taken_out() {
    let Some(home) = real("links_are_printed_where_codes_are_taken_out") else { return };
    let page = |more: &[&str]| {
        let arguments = [&["inspect", "1744489", "--as-of", "2025-06-02", "--rate", "0"][..], more].concat();
        let output = home.command(&arguments).env("FORCE_HYPERLINK", "1").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(page(&["--color", "always"]).contains("\u{1b}]8;;https://www.sec.gov/"));
    for plain in [page(&[]), page(&["--no-color"])] {
        assert!(plain.contains("\nhttps://www.sec.gov/") && !plain.contains('\u{1b}'), "{plain}");
    }
    home.command(&["inspect", "1744489", "--rate", "0", "--color", "always", "-o", "page.txt"])
        .env("FORCE_HYPERLINK", "1")
        .output()
        .unwrap();
    let file = std::fs::read_to_string(home.path("page.txt")).unwrap();
    assert!(file.contains("\nhttps://www.sec.gov/") && !file.contains('\u{1b}'), "no codes in a file");
}

/// Celadon Group (CIK 865941), bankrupt (8-K of 2019-12-19) and deregistered (Form 15-12G of 2019-12-23, accession
/// 0001008886-19-000208), beside CARBO Ceramics (1009672), in bankruptcy since its 8-K of 2020-03-30, and Apple.
#[test]
fn who_stopped_reporting_is_told_apart() {
    let Some(home) = real("who_stopped_reporting_is_told_apart") else { return };
    let page = shown(&home, 80, &["inspect", "865941", "--as-of", "2026-11-01"]);
    let under: Vec<&str> = page.lines().skip_while(|line| !line.starts_with("CELADON")).skip(1).take(3).collect();
    assert!(under[0].starts_with("Stopped reporting: Form 15-12G filed 2019-12-23"), "{page}");
    assert!(under[2].ends_with("/000100888619000208/form15.htm"), "{page}");
    assert!(page.contains("Not assessed: stopped reporting on 2019-12-23") && !page.contains("Score "), "{page}");

    let all = ["865941", "1009672", "320193", "--as-of", "2020-04-20"];
    for sort in ["score", "events"] {
        let text = shown(&home, 100, &[&["scan", "--sort", sort][..], &all].concat());
        let ranked: Vec<&str> = text.lines().filter(|line| line.starts_with(char::is_numeric)).collect();
        assert!(ranked.len() == 1 && ranked[0].contains("Apple"), "{text}");
        // Without its documents too little of CARBO can be computed; that it is in bankruptcy is said all the same.
        assert!(
            text.contains("too little could be computed: CIK 1009672 (") && text.contains("% computed, bankruptcy"),
            "{text}"
        );
        assert!(text.contains("Not assessed: CIK 865941, stopped reporting on 2019-12-23"), "{text}");
    }
    let of = |state: &str| {
        let filter = format!("standing = {state}");
        let (_, found) = home.json(&[&["scan", "--where", &filter][..], &all].concat());
        let ciks = found["results"].as_array().unwrap().iter().map(|one| one["company"]["cik"].as_u64().unwrap());
        ciks.collect::<Vec<_>>()
    };
    assert_eq!((of("stopped"), of("reporting")), (vec![865_941], vec![320_193]));
    assert_eq!(of("bankruptcy"), [1_009_672, 865_941], "who is not assessed comes last");
    let (_, celadon) = home.json(&["inspect", "865941", "--as-of", "2020-02-20"]);
    let standing = &celadon["company"]["standing"];
    assert_eq!(
        [&standing["state"], &standing["since"], &standing["form"], &standing["accession"]],
        ["stopped", "2019-12-23", "15-12G", "0001008886-19-000208"]
    );
    assert_eq!(standing["also"][0]["state"], "bankruptcy");
    let csv = shown(&home, 80, &["inspect", "865941", "--as-of", "2020-02-20", "--format", "csv"]);
    assert!(csv.lines().skip(1).all(|row| row.contains(",stopped,2019-12-23,https://www.sec.gov/")), "{csv}");
}

/// Herc Holdings (CIK 1364479) has facts in the collection and no index of filings.
#[test]
fn a_missing_index_is_no_index_of_nothing() {
    let Some(home) = real("a_missing_index_is_no_index_of_nothing") else { return };
    let page = shown(&home, 80, &["inspect", "1364479", "--as-of", "2024-01-01"]);
    assert!(page.contains("Whether it still reports is not known") && page.contains("no index of filings"), "{page}");
    assert!(!page.contains("0 filings"), "{page}");
}
