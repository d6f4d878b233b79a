//! The events in their order, newest first.

use anstyle::Style;
use escape::terminal::line;
use layout::style::{self, paint};
use layout::text::{pad_left, pad_right, truncate};

use super::json::Payload;
use super::page::link;

/// The timeline in a terminal.
pub(crate) fn timeline(payload: &Payload, columns: usize, links: bool) -> String {
    let company = &payload.examination.company;
    let mut out = format!("{}  what was filed, newest first\n", paint(style::HEADING, line(&company.name)));
    let events = &payload.examination.events;
    if events.is_empty() {
        out.push_str("No event among the filings up to that day.\n");
        return out;
    }
    let mut year = None;
    for event in events {
        if year != Some(event.filed.year()) {
            year = Some(event.filed.year());
            out.push_str(&format!("\n{}\n", paint(style::HEADING, event.filed.year())));
        }
        let item = event.item.as_deref().unwrap_or("");
        let weight = "●".repeat(event.weight.round().clamp(0.0, 5.0) as usize);
        let shade = if event.weight >= 4.0 {
            style::FAILURE
        } else if event.weight >= 3.0 {
            style::WARNING
        } else {
            Style::new()
        };
        let head = format!(
            "{} {} {} ",
            event.filed,
            pad_right(&truncate(&line(&event.form), 12), 12),
            pad_left(&truncate(&line(item), 5), 5)
        );
        let room = columns.saturating_sub(head.chars().count() + 6).max(20);
        let title = truncate(&line(&event.title), room).into_owned();
        let title = if links { link(&title, &event.url, true) } else { title };
        out.push_str(&format!("{head}{} {}\n", paint(shade, pad_right(&weight, 5)), title));
        if !links {
            out.push_str(&format!("           {}\n", paint(style::QUIET, line(&event.url))));
        }
    }
    out
}
