//! `pricing`: prices with their dates and sources.

use llm::cost::{PriceSheet, Terms};
use llm::registry::{LOCAL, Model};
use report::escape;
use report::table::{Column, Table};
use serde_json::{Value, json};

use crate::cli::{ListFormat, PricingArgs};
use crate::clock;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;

/// Shows one model's price or all of them.
pub(crate) fn run(session: &Session, arguments: PricingArgs) -> Outcome {
    let models = match arguments.model.as_deref().filter(|_| !arguments.all) {
        None => session.registry.models().iter().collect(),
        Some(id) => {
            let contestant = session.registry.resolve(id).map_err(|error| {
                let failure = Failure::usage(escape::terminal::line(&error.to_string()));
                match error.hint() {
                    Some(hint) => failure.hint(escape::terminal::line(&hint)),
                    None => failure,
                }
            })?;
            if contestant.is_local() {
                session.printer.result("Free: it runs on this machine.\n");
                return Ok(Exit::Done);
            }
            let Some(model) = session
                .registry
                .model(&contestant.provider, contestant.registered.as_ref().map_or(id, |model| &model.id))
            else {
                session.printer.result("Unpriced: the model is not registered. Give a price with MODEL@price=IN/OUT, or in the configuration file.\n");
                return Ok(Exit::Done);
            };
            vec![model]
        }
    };
    if arguments.output_format == Some(ListFormat::Json) {
        let rows: Vec<Value> = models.iter().map(|model| as_json(session, model)).collect();
        session.printer.payload(format!("{:#}\n", Value::Array(rows)).as_bytes());
        return Ok(Exit::Done);
    }
    let mut table = Table::new(vec![
        Column::text("provider"),
        Column::text("model"),
        Column::number("input"),
        Column::number("cached"),
        Column::number("output"),
        Column::text("as of"),
        Column::text("source"),
    ])
    .stacking();
    for model in &models {
        let sheet = session.registry.price_sheet(model);
        let [input, cached, output] = figures(&sheet);
        let as_of = sheet.as_of.map_or_else(String::new, |date| date.to_string());
        table.push([
            model.provider.clone(),
            model.id.clone(),
            input,
            cached,
            output,
            as_of,
            sheet.source.as_str().to_owned(),
        ]);
    }
    session.printer.result(&table.render(session.printer.width()));
    session.printer.result("\nUSD per million tokens, at the entry tier, now.\n");
    if let [model] = models.as_slice() {
        let note = model.note.as_deref().map(escape::terminal::line);
        for remark in note.into_iter().chain(schedule(&session.registry.price_sheet(model))) {
            for line in report::text::wrap(&remark, session.printer.width()) {
                session.printer.result(&format!("{line}\n"));
            }
        }
    } else {
        session.printer.result(&format!("{LOCAL}/NAME and embedded/NAME are free.\n"));
    }
    Ok(Exit::Done)
}

/// Input, cached and output price for a table.
pub(crate) fn figures(sheet: &PriceSheet) -> [String; 3] {
    match (&sheet.terms, sheet.entry_rates(clock::unix_seconds())) {
        (Terms::Free | Terms::Local, _) => ["Free".to_owned(), String::new(), "Free".to_owned()],
        (_, Some(rates)) => [
            price(rates.input.usd_per_mtok()),
            rates.cached_read.map_or_else(String::new, |rate| price(rate.usd_per_mtok())),
            price(rates.output.usd_per_mtok()),
        ],
        (terms, None) => [terms.as_str().to_owned(), String::new(), String::new()],
    }
}

fn price(dollars: f64) -> String {
    // Prices have at most six decimals; two are shown at least.
    let text = format!("{dollars:.6}");
    let trimmed = text.trim_end_matches('0');
    let decimals = trimmed.len() - trimmed.find('.').map_or(trimmed.len(), |dot| dot + 1);
    format!("{dollars:.*}", decimals.max(2))
}

/// Tiers, promotions and hours, a sentence each.
fn schedule(sheet: &PriceSheet) -> Vec<String> {
    let Terms::Priced(schedule) = &sheet.terms else { return Vec::new() };
    let mut lines = Vec::new();
    for period in &schedule.periods {
        let from = period.from.map_or_else(String::new, |date| format!("From {date}: "));
        for tier in &period.tiers {
            let above = if tier.above_input_tokens > 0 {
                format!("above {} input tokens ", tier.above_input_tokens)
            } else {
                String::new()
            };
            let rates = tier.rates.as_ref().map_or_else(
                || "not known: calls there have an unknown cost".to_owned(),
                |rates| format!("{} in, {} out", price(rates.input.usd_per_mtok()), price(rates.output.usd_per_mtok())),
            );
            lines.push(format!("{from}{above}{rates}"));
        }
    }
    if let Some(hours) = &schedule.time_of_day {
        let windows: Vec<String> = hours
            .peak
            .iter()
            .map(|window| {
                format!("{}-{} UTC{}", window.from, window.to, if window.weekdays_only { " Mon-Fri" } else { "" })
            })
            .collect();
        lines.push(format!(
            "These are peak prices ({}); at other hours times {}.",
            windows.join(", "),
            hours.off_peak_factor
        ));
    }
    lines
}

fn as_json(session: &Session, model: &Model) -> Value {
    let sheet = session.registry.price_sheet(model);
    let rates = sheet.entry_rates(clock::unix_seconds());
    json!({
        "provider": model.provider,
        "model": model.id,
        "terms": sheet.terms.as_str(),
        "input_per_mtok": rates.as_ref().map(|rates| rates.input.usd_per_mtok()),
        "cached_input_per_mtok": rates.as_ref().and_then(|rates| rates.cached_read).map(llm::cost::Rate::usd_per_mtok),
        "output_per_mtok": rates.as_ref().map(|rates| rates.output.usd_per_mtok()),
        "as_of": sheet.as_of.map(|date| date.to_string()),
        "source": sheet.source.as_str(),
        "note": model.note,
    })
}

#[cfg(test)]
mod tests {
    use super::price;

    #[test]
    fn prices_show_two_decimals_at_least_and_what_they_have_at_most() {
        assert_eq!([price(5.0), price(0.075), price(0.014), price(1.25)], ["5.00", "0.075", "0.014", "1.25"]);
    }
}
