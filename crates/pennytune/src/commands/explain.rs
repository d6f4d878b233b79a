//! `explain`: a signal's formula, source, example and known failure modes, as its page in the documentation has them.

use crate::cli::{Explain, Global};
use crate::exit::{Exit, Failure, Outcome};
use crate::printer::Printer;
use crate::show::json;

use super::{deliver, present};

pub(super) fn run(global: &Global, printer: &Printer, arguments: &Explain) -> Outcome {
    let json = global.chosen_format() == crate::cli::Format::Json;
    if arguments.fields {
        if json {
            deliver(global, printer, &json::bytes(&crate::names::rows()))?;
        } else {
            present(global, printer, &crate::names::listed(printer.width()))?;
        }
        return Ok(Exit::Produced);
    }
    let Some(asked) = &arguments.signal else {
        if json {
            let rows: Vec<_> = forensics::examine::IDS
                .iter()
                .map(|id| serde_json::json!({"id": id, "factor": forensics::factors::of(id)}))
                .collect();
            deliver(global, printer, &json::bytes(&rows))?;
            return Ok(Exit::Produced);
        }
        let mut out = String::new();
        for factor in forensics::factors::NAMES {
            let ids: Vec<&str> = forensics::examine::IDS
                .iter()
                .copied()
                .filter(|id| forensics::factors::of(id) == Some(factor))
                .collect();
            out.push_str(&format!("{}\n", layout::style::paint(layout::style::HEADING, factor)));
            for row in layout::text::wrap(&ids.join(", "), printer.width().saturating_sub(2)) {
                out.push_str(&format!("  {row}\n"));
            }
        }
        out.push_str("\npennytune explain SIGNAL prints its formula, source and known failure modes.\n");
        present(global, printer, &out)?;
        return Ok(Exit::Produced);
    };
    let wanted = asked.trim().to_ascii_lowercase().replace('-', "_");
    match crate::pages::of(&wanted) {
        Some(page) => {
            if json {
                let factor = forensics::factors::of(&wanted);
                let row = serde_json::json!({"id": wanted, "factor": factor, "page": page});
                deliver(global, printer, &json::bytes(&row))?;
            } else {
                present(global, printer, page)?;
            }
            Ok(Exit::Produced)
        }
        None => {
            let near = crate::names::near(&wanted).filter(|near| forensics::examine::IDS.contains(&near.as_str()));
            let near = near.map_or_else(String::new, |near| format!("did you mean {near}? "));
            Err(Failure::usage(format!("there is no signal `{asked}`"))
                .hint(format!("{near}There are: {}", forensics::examine::IDS.join(", "))))
        }
    }
}
