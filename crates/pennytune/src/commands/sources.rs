//! `sources`: where everything comes from.

use serde_json::json;

use crate::cli::{Format, Global};
use crate::exit::{Exit, Outcome};
use crate::printer::Printer;

use super::{deliver, present};

const SOURCES: &[(&str, &str, &str)] = &[
    ("tickers", "https://www.sec.gov/files/company_tickers_exchange.json", "once a day"),
    (
        "index of filings",
        "https://data.sec.gov/submissions/CIK##########.json, with all its history pages",
        "revalidated",
    ),
    ("XBRL facts", "https://data.sec.gov/api/xbrl/companyfacts/CIK##########.json", "revalidated"),
    ("filing documents", "https://www.sec.gov/Archives/edgar/data/CIK/ACCESSION/DOCUMENT", "once for ever"),
    ("ownership forms 3, 4, 5 and 144", "the XML behind the rendering, same folder", "once for ever"),
    ("full-text search", "https://efts.sec.gov/LATEST/search-index", "revalidated"),
    ("trading suspensions", "https://www.sec.gov/litigation/suspensions", "once a day"),
    ("fails to deliver", "https://www.sec.gov/files/data/fails-deliver-data/cnsfailsYYYYMM{a,b}.zip", "once a day"),
];

pub(super) fn run(global: &Global, printer: &Printer) -> Outcome {
    if global.chosen_format() == Format::Json {
        let rows: Vec<_> =
            SOURCES.iter().map(|(what, url, fetched)| json!({"what": what, "url": url, "fetched": fetched})).collect();
        let mut text = serde_json::to_vec_pretty(&rows).unwrap_or_default();
        text.push(b'\n');
        deliver(global, printer, &text)?;
        return Ok(Exit::Produced);
    }
    let mut text = String::from("Everything comes from the SEC's EDGAR; no other host is asked.\n\n");
    for (what, url, fetched) in SOURCES {
        text.push_str(&format!("{what} ({fetched})\n  {url}\n"));
    }
    let fair = "At most 10 requests a second over all processes of this machine, with your name and e-mail address as \
                the User-Agent, as the SEC asks. --edgar-url names a mirror that has the same paths under one base.";
    text.push_str(&format!("\n{}\n", layout::text::wrap(fair, printer.width()).join("\n")));
    present(global, printer, &text)?;
    Ok(Exit::Produced)
}
