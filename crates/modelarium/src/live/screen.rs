//! Layout of the live view as plain lines; no terminal in here, so it can be tested.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What one contestant's panel shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Panel {
    /// Its name, already escaped for the terminal.
    pub title: String,
    /// Calls that have ended.
    pub done: u32,
    /// Calls planned.
    pub planned: u32,
    /// Calls in flight.
    pub running: u32,
    /// The last thing worth knowing: `TTFT 212 ms`, `waiting 4 s after 429`.
    pub status: String,
    /// The newest call's text so far, already escaped for the terminal.
    pub text: String,
}

/// Narrowest panel that still reads.
const MIN_PANEL_WIDTH: usize = 24;
/// Text lines of a panel.
const PANEL_LINES: usize = 8;
/// Contestants listed in the compact layout before the rest becomes a count.
const MAX_COMPACT: usize = 12;

/// Lays the panels out in `width` columns and at most `height` lines. No line is wider than `width`.
pub(super) fn layout(panels: &[Panel], footer: &str, width: usize, height: usize) -> Vec<String> {
    let width = width.max(20);
    let columns = panels.len();
    let roomy = height >= PANEL_LINES + 4;
    let mut lines = if columns > 0 && columns <= 4 && roomy && width / columns >= MIN_PANEL_WIDTH {
        side_by_side(panels, width)
    } else {
        compact(panels, width, height.saturating_sub(2).clamp(1, MAX_COMPACT))
    };
    lines.push(clip(footer, width));
    lines
}

fn side_by_side(panels: &[Panel], width: usize) -> Vec<String> {
    let gap = 3;
    let each = (width - gap * (panels.len() - 1)) / panels.len();
    let mut lines = vec![String::new(); PANEL_LINES + 3];
    for (column, panel) in panels.iter().enumerate() {
        let mut rows = vec![clip(&panel.title, each), "─".repeat(each)];
        let mut wrapped = wrap(&panel.text, each);
        let start = wrapped.len().saturating_sub(PANEL_LINES);
        rows.extend(wrapped.drain(start..));
        rows.resize(PANEL_LINES + 2, String::new());
        rows.push(clip(&progress(panel), each));
        for (line, row) in lines.iter_mut().zip(rows) {
            if column > 0 {
                line.push_str(" │ ");
            }
            line.push_str(&pad(&row, each));
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

fn compact(panels: &[Panel], width: usize, most: usize) -> Vec<String> {
    let name_width = panels.iter().map(|panel| panel.title.width()).max().unwrap_or(0).clamp(8, (width / 3).max(8));
    let mut lines: Vec<String> = panels
        .iter()
        .take(most)
        .map(|panel| {
            let head = format!("{}  {}", pad(&clip(&panel.title, name_width), name_width), progress(panel));
            let room = width.saturating_sub(head.width() + 2);
            let tail = tail(&panel.text.replace('\n', " "), room);
            clip(&format!("{head}  {tail}"), width)
        })
        .collect();
    if panels.len() > most {
        let rest = &panels[most..];
        let done: u32 = rest.iter().map(|panel| panel.done).sum();
        let planned: u32 = rest.iter().map(|panel| panel.planned).sum();
        lines.push(clip(&format!("and {} more  {done}/{planned}", rest.len()), width));
    }
    lines
}

fn progress(panel: &Panel) -> String {
    let running = if panel.running > 0 { format!(" (+{})", panel.running) } else { String::new() };
    let status = if panel.status.is_empty() { String::new() } else { format!("  {}", panel.status) };
    format!("{}/{}{running}{status}", panel.done, panel.planned)
}

/// Cuts to `width` columns with an ellipsis.
pub(super) fn clip(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 0;
    let mut clipped = String::new();
    for character in text.chars() {
        let columns = character.width().unwrap_or(0);
        if used + columns + 1 > width {
            break;
        }
        used += columns;
        clipped.push(character);
    }
    if width > 0 {
        clipped.push('…');
    }
    clipped
}

/// The last `width` columns.
fn tail(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let mut characters = Vec::new();
    for character in text.chars().rev() {
        let columns = character.width().unwrap_or(0);
        if used + columns > width {
            break;
        }
        used += columns;
        characters.push(character);
    }
    if width == 0 {
        return String::new();
    }
    std::iter::once('…').chain(characters.into_iter().rev()).collect()
}

fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// Wraps at words where it can; only the last lines matter, so very long text is cut at the front first.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let budget = width * (PANEL_LINES + 2) * 4;
    let start = text.len().saturating_sub(budget);
    let start = (start..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let mut lines = Vec::new();
    for paragraph in text[start..].split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split_inclusive(' ') {
            let columns = word.width();
            if used + columns > width && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if columns > width {
                for character in word.chars() {
                    let columns = character.width().unwrap_or(0);
                    if used + columns > width {
                        lines.push(std::mem::take(&mut line));
                        used = 0;
                    }
                    line.push(character);
                    used += columns;
                }
            } else {
                line.push_str(word);
                used += columns;
            }
        }
        lines.push(line);
    }
    lines.iter().map(|line| clip(line.trim_end(), width)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(title: &str, text: &str) -> Panel {
        Panel { title: title.into(), done: 3, planned: 10, running: 2, status: "TTFT 212 ms".into(), text: text.into() }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_whatever_it_shows() {
        let hostile = "日本語のとても長い文章。🙂🙂🙂 ".repeat(40) + &"x".repeat(500);
        for count in 1..20 {
            let panels: Vec<Panel> = (0..count).map(|_| panel(&hostile, &hostile)).collect();
            for width in [20, 40, 80, 133] {
                for height in [5, 12, 40] {
                    let lines = layout(&panels, &hostile, width, height);
                    assert!(lines.len() <= height.max(14), "{count} panels make {} lines", lines.len());
                    for line in lines {
                        assert!(line.width() <= width, "{width}: {line}");
                    }
                }
            }
        }
    }

    #[test]
    fn two_contestants_stand_side_by_side() {
        let lines = layout(&[panel("alpha", "Paris is the capital."), panel("beta", "Paris.")], "5/20", 80, 30);
        assert!(lines[0].contains("alpha") && lines[0].contains("beta"), "{lines:#?}");
        assert!(lines[2].contains("Paris is the capital.") && lines[2].contains("│ Paris."), "{lines:#?}");
        assert_eq!(lines.last().unwrap(), "5/20");
    }

    #[test]
    fn many_contestants_are_listed_and_the_rest_counted_lesson_20() {
        let panels: Vec<Panel> = (0..30).map(|index| panel(&format!("model-{index}"), "text")).collect();
        let lines = layout(&panels, "", 80, 40);
        assert_eq!(lines.len(), MAX_COMPACT + 2);
        assert_eq!(lines[MAX_COMPACT], "and 18 more  54/180");
    }
}
