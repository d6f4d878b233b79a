//! What the tool is not, in the words that the user agrees to.

/// One line for files; never inside a data row.
pub(crate) const LINE: &str =
    "Evidence from public filings for your own due diligence. Not investment advice; verify against the filings.";

/// A few lines at the head of every page for a person.
pub(crate) const SHORT: &str = "\
Evidence from SEC filings for your own due diligence, not investment advice. No buy or sell signal, no price data. \
Readings can be wrong: verify in the filing.";

/// The whole text, shown by `disclaimer` and at the first run, at a terminal's width.
pub(crate) fn whole(columns: usize) -> String {
    const INDENT: &str = "    ";
    let mut paragraphs: Vec<String> = Vec::new();
    for line in WHOLE.lines() {
        match (line.strip_prefix(INDENT), paragraphs.last_mut()) {
            (Some(more), Some(before)) => before.push_str(&format!(" {more}")),
            _ => paragraphs.push(line.to_owned()),
        }
    }
    let mut out = String::new();
    for paragraph in paragraphs {
        // The numbers stand before the text, in as many columns as the indentation.
        let (number, text) = match paragraph.split_at_checked(INDENT.len()) {
            Some((number, text)) if number.ends_with(". ") => (number, text),
            _ => ("", paragraph.as_str()),
        };
        for (at, row) in layout::text::wrap(text, columns.saturating_sub(number.len()).max(20)).iter().enumerate() {
            let before = if at == 0 { number } else { &INDENT[..number.len()] };
            out.push_str(&format!("{before}{row}\n"));
        }
    }
    out
}

const WHOLE: &str = "\
PennyTune: what it is and what it is not

 1. It reads public filings of the SEC's EDGAR system and lays out what they say, with figure, formula, quote and
    link. It gives evidence, not verdicts.
 2. It is not investment, legal, tax or accounting advice, and nobody here is your adviser.
 3. It says neither buy nor sell, gives no price target and no rating. A score is a sum of findings on a published
    scale, not a probability of gain, loss, fraud or bankruptcy.
 4. A flag is not an accusation. Companies disclose these things because they must; many recover.
 5. No flag is not a clean bill of health. Filings can be late, wrong, incomplete or false, and fraud hides.
 6. It has no prices, no volumes and no short interest, and cannot say whether a security can be traded.
 7. Figures come from XBRL as filers tagged it. Tags are wrong at times; every figure names its tag and filing.
 8. Sentences are read by rules. Rules misread at times; every reading quotes its sentence.
 9. Models such as Altman's, Beneish's, Ohlson's and Piotroski's were fitted on other companies in other decades.
    `pennytune explain SIGNAL` prints their known failure modes.
10. Securities of very small companies can lose all their value, quickly and without warning.
11. Verify against the filing itself before you act on anything: each flag links to it.
12. It is not affiliated with, or endorsed by, the SEC or any company named in a filing.
13. Your name and e-mail go to the SEC in the request header, as the SEC asks of programs, and to nobody else.
14. It comes without warranty of any kind, under the Apache License 2.0.
";

#[cfg(test)]
mod tests {
    #[test]
    fn the_whole_text_fits_every_width_and_loses_no_word() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for columns in [40, 80, 120] {
            let text = super::whole(columns);
            assert!(text.lines().all(|line| layout::text::width(line) <= columns), "{text}");
            assert_eq!(words(&text), words(super::WHOLE));
        }
        assert!(super::whole(80).contains("\n    "));
    }
}
