//! `config`: what is stored, and changing it.

use crate::cli::Config as Asked;
use crate::exit::{Exit, Failure, Outcome};

use super::{Session, deliver, present};
use crate::cli::Format;

pub(super) fn run(session: &mut Session<'_>, asked: &Asked) -> Outcome {
    match asked {
        Asked::Path => {
            session.printer.result(&format!("{}\n", escape::terminal::line(&session.stored.path.display().to_string())))
        }
        Asked::Get { key } => {
            let rows = session.stored.config.shown();
            let rows: Vec<_> = rows.iter().filter(|(name, _)| key.as_ref().is_none_or(|key| key == name)).collect();
            let Some(key) = key.as_ref().filter(|_| rows.is_empty()) else {
                if session.format() == Format::Json {
                    let map: serde_json::Map<String, serde_json::Value> =
                        rows.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
                    let mut text = serde_json::to_vec_pretty(&map).unwrap_or_default();
                    text.push(b'\n');
                    deliver(session.global, session.printer, &text)?;
                    return Ok(Exit::Produced);
                }
                let width = rows.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
                let lines: Vec<String> = rows
                    .iter()
                    .map(|(key, value)| {
                        format!("{}  {}\n", layout::text::pad_right(key, width), escape::terminal::line(value))
                    })
                    .collect();
                present(session.global, session.printer, &lines.concat())?;
                return Ok(Exit::Produced);
            };
            return Err(unknown(session, key));
        }
        Asked::Set { key, value } => {
            session.stored.config.set(key, value).map_err(Failure::usage)?;
            session.stored.write()?;
            session.printer.status(&format!("{} is set.", escape::terminal::line(key)));
        }
    }
    Ok(Exit::Produced)
}

fn unknown(session: &Session<'_>, key: &str) -> Failure {
    let keys: Vec<String> = session.stored.config.shown().into_iter().map(|(key, _)| key).collect();
    Failure::usage(format!("there is no key `{key}`")).hint(format!("there are: {}", keys.join(", ")))
}
