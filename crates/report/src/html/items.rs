//! The map and the table of items: the first of them as markup, all of them as data that the script sorts and filters.

use std::io;

use layout::html;
use serde::Serialize;

use crate::escape::hazard::disarm;
use crate::escape::html::text;
use crate::figures;

use super::charts;
use super::view::{View, axis_name, is_share, shown};

/// Items that stand in the file as markup; a page of the table.
const STATIC: usize = 100;
/// Characters of a prompt's beginning.
const START: usize = 110;
/// Most arms that have a column of their own.
const ARMS: usize = 24;

/// What the script knows of all items.
#[derive(Serialize)]
struct Index<'a> {
    /// Names of arms.
    arms: Vec<String>,
    /// Names of judges.
    judges: Vec<String>,
    /// How values are written: `share`, `ms`, `usd` or `number`.
    kind: &'a str,
    ids: Vec<String>,
    starts: Vec<String>,
    tags: Vec<String>,
    /// Index of the first call of each item.
    first: Vec<u32>,
    /// By item and arm, rounded.
    values: Vec<Vec<Option<f64>>>,
    /// 1: a check failed, 2: a sign of fabrication, 4: an answer without a value.
    flags: Vec<u8>,
    /// Items from the highest to the lowest.
    ranked: &'a [usize],
    run: String,
    page: usize,
}

pub(super) fn section(view: &View<'_>) -> String {
    let items = view.values.len();
    if items < 2 {
        return String::new();
    }
    let mut out = charts::map(view);
    let measure = view.measure;
    let name = measure.map_or("value", axis_name);
    out.push_str(
        "<div class=\"tools\" id=\"item-tools\" hidden><label>Filter <input id=\"item-filter\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" placeholder=\"id, prompt or tag\"></label> \
         <label>Show <select id=\"item-kind\"><option value=\"all\">all items</option><option value=\"differ\">where contestants differ</option><option value=\"1\">with a failed check</option><option value=\"2\">with signs of fabrication</option><option value=\"4\">with a missing value</option></select></label> \
         <span class=\"pages\"><button type=\"button\" id=\"item-prev\">‹ Previous</button> <span id=\"item-page\" role=\"status\"></span> <button type=\"button\" id=\"item-next\">Next ›</button></span></div>\n"
    );
    let arms = view.arms().min(ARMS);
    let caption = format!(
        "{} of each item{}",
        super::tables::capital(name),
        if items > STATIC {
            format!(": the {STATIC} of {} on which contestants differ most", figures::count(items as u64))
        } else {
            String::new()
        }
    );
    out.push_str(&format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Items\"><table id=\"item-table\"><caption><span id=\"item-caption\">{}</span></caption><thead><tr>",
        text(&caption)
    ));
    out.push_str("<th scope=\"col\" data-sort=\"id\">Item</th><th scope=\"col\">Prompt</th>");
    for arm in 0..arms {
        out.push_str(&format!("<th scope=\"col\" class=\"n\" data-sort=\"{arm}\">{}</th>", text(view.arm_name(arm))));
    }
    out.push_str("<th scope=\"col\" class=\"n\" data-sort=\"spread\">Apart</th></tr></thead><tbody>");
    let mut order: Vec<usize> = (0..items).collect();
    order.sort_by(|a, b| view.spread(*b).total_cmp(&view.spread(*a)));
    for item in order.into_iter().take(STATIC) {
        out.push_str(&row(view, item, arms));
    }
    out.push_str("</tbody></table></div>\n");
    if items > STATIC {
        out.push_str(&format!(
            "<noscript><p class=\"note\">Without script this table shows {STATIC} items; the CSV and JSON outputs have all {}.</p></noscript>\n",
            figures::count(items as u64)
        ));
    }
    if view.arms() > arms {
        out.push_str(&format!(
            "<p class=\"note\">The table has columns for the first {arms} of {} contestants.</p>\n",
            view.arms()
        ));
    }
    out
}

fn row(view: &View<'_>, item: usize, arms: usize) -> String {
    let document = view.document;
    let prompt = document.item(item as u32);
    let mut out = format!(
        "<tr><th scope=\"row\"><a href=\"#item-{item}\">{}</a></th><td class=\"start\">{}</td>",
        text(&id(view, item)),
        text(&prompt.map_or_else(String::new, |prompt| start(&prompt.text)))
    );
    for arm in 0..arms {
        let value =
            view.measure.map_or_else(|| figures::NONE.to_owned(), |measure| shown(measure, view.values[item][arm]));
        out.push_str(&format!("<td class=\"n\">{}</td>", text(&value)));
    }
    let spread = view.measure.map_or_else(String::new, |measure| shown(measure, Some(view.spread(item))));
    out.push_str(&format!("<td class=\"n\">{}</td></tr>", text(&spread)));
    out
}

fn id(view: &View<'_>, item: usize) -> String {
    crate::wording::item_name(view.document, item as u32)
}

/// The beginning of a text on one line.
fn start(full: &str) -> String {
    let mut out: String =
        full.chars().take(START * 2).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = out.chars().count() > START || full.chars().nth(START * 2).is_some();
    if let Some((at, _)) = out.char_indices().nth(START) {
        out.truncate(at);
    }
    if cut { out + "…" } else { out }
}

/// The index, as a block of data.
pub(super) fn data(view: &View<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let document = view.document;
    let header = &document.analysis.header;
    let kind = match view.measure {
        Some(measure) if is_share(measure) => "share",
        Some(measure) if measure.is_time() => "ms",
        Some(evals::decision::Measure::CostUsd) => "usd",
        _ => "number",
    };
    let index = Index {
        arms: (0..view.arms()).map(|arm| disarm(view.arm_name(arm)).into_owned()).collect(),
        judges: header.judges().iter().map(|judge| disarm(&judge.name).into_owned()).collect(),
        kind,
        ids: (0..view.values.len()).map(|item| disarm(&id(view, item)).into_owned()).collect(),
        starts: header.prompts.iter().map(|prompt| disarm(&start(&prompt.text)).into_owned()).collect(),
        tags: header
            .prompts
            .iter()
            .map(|prompt| disarm(&crate::wording::shortened(&prompt.tags.join(" "))).into_owned())
            .collect(),
        first: first_calls(view),
        values: view.values.iter().map(|arms| arms.iter().map(|value| value.map(rounded)).collect()).collect(),
        flags: (0..view.values.len()).map(|item| flags(view, item)).collect(),
        ranked: &view.ranked,
        run: disarm(&header.run_id).into_owned(),
        page: STATIC,
    };
    let json = serde_json::to_string(&index).map_err(io::Error::other)?;
    out.write_all(html::data("index", &json).as_bytes())
}

/// The index of each item's first call, never falling; an item without a call has that of the next item that has one.
fn first_calls(view: &View<'_>) -> Vec<u32> {
    let mut next = u32::MAX;
    let mut first: Vec<u32> = view
        .rows
        .iter()
        .rev()
        .map(|rows| {
            next = rows.first().map_or(next, |at| view.document.analysis.rows[*at].call.index);
            next
        })
        .collect();
    first.reverse();
    first
}

fn flags(view: &View<'_>, item: usize) -> u8 {
    let document = view.document;
    let mut flags = if view.values[item].iter().any(Option::is_none) { 4 } else { 0 };
    for scored in view.rows[item].iter().filter_map(|at| document.scores(*at)) {
        if scored.passed < scored.definitive {
            flags |= 1;
        }
        if scored.hallucination.as_ref().is_some_and(|found| !found.markers.is_empty()) {
            flags |= 2;
        }
    }
    flags
}

/// Seven significant digits: what the page shows, and a little to sort by.
fn rounded(value: f64) -> f64 {
    format!("{value:.6e}").parse().unwrap_or(value)
}
