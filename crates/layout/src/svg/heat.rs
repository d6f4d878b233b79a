//! Heat map: rows of tiles, whose shade is a share. Never more than [`MOST_TILES`] of them: the caller joins
//! neighbours, so that a page of many items stays light.

use std::fmt::Write as _;

use escape::html;

use super::write::px;
use super::{Frame, fitted, text_width};

/// Most tiles of a map.
pub const MOST_TILES: usize = 1_000;
/// Shades that are told apart.
const SHADES: f64 = 6.0;

/// One tile.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Its shade, 0 to 1; hatched without one.
    pub value: Option<f64>,
    /// What it stands for, in words.
    pub text: String,
    /// Where it leads: a fragment of this page such as `#item-4`. Anything else leads nowhere.
    pub link: Option<String>,
}

/// One row of tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatRow {
    /// Its name.
    pub label: String,
    /// Its tiles, from left to right; rows are as long as the first.
    pub tiles: Vec<Tile>,
}

/// A heat map.
#[derive(Debug, Clone, Copy)]
pub struct Heat<'a> {
    /// The rows.
    pub rows: &'a [HeatRow],
    /// What runs across.
    pub across: &'a str,
    /// What the lightest shade means.
    pub low: &'a str,
    /// What the darkest shade means.
    pub high: &'a str,
}

/// Draws the map; `None` without a tile. Rows beyond [`MOST_TILES`] are left out.
pub fn heat(frame: &Frame<'_>, map: &Heat<'_>) -> Option<String> {
    let columns = map.rows.first().map_or(0, |row| row.tiles.len()).min(MOST_TILES);
    if columns == 0 {
        return None;
    }
    let rows = &map.rows[..map.rows.len().min((MOST_TILES / columns).max(1))];
    let (width, narrow) = (frame.width(), frame.is_narrow());
    let label = if narrow {
        0.0
    } else {
        rows.iter().map(|row| text_width(&row.label, 13.0)).fold(0.0, f64::max).min(width * 0.3)
    };
    let left = if narrow { 0.0 } else { label + 12.0 };
    let tile = (width - left) / columns as f64;
    let tall = if narrow { 22.0 } else { 26.0 };
    let pitch = if narrow { 44.0 } else { tall + 4.0 };
    let foot = pitch * rows.len() as f64;
    let mut out = frame.open(foot + 62.0);
    // A hatch for what is missing: no shade may look like it.
    let id: String = frame.id.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-').collect();
    out.raw(&format!(
        "<defs><pattern id=\"{id}-h\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect class=\"hatch-ground\" width=\"5\" height=\"5\"/><rect class=\"hatch\" width=\"1.6\" height=\"5\"/></pattern></defs>"
    ));
    let mut first = true;
    for (at, row) in rows.iter().enumerate() {
        let head = pitch * at as f64;
        let top = if narrow { head + 18.0 } else { head };
        if narrow {
            out.text("name", (0.0, head + 13.0), "start", &fitted(&row.label, width, 13.0));
        } else {
            out.text("name", (label, top + tall / 2.0 + 4.5), "end", &fitted(&row.label, label + 2.0, 13.0));
        }
        let mut tiles = String::from("<g class=\"tiles\">");
        for (position, one) in row.tiles.iter().take(columns).enumerate() {
            let fill = match one.value.filter(|value| value.is_finite()) {
                Some(value) => format!("class=\"s{}\"", (value.clamp(0.0, 1.0) * SHADES).round()),
                None => format!("class=\"missing\" fill=\"url(#{id}-h)\""),
            };
            let link = one.link.as_deref().filter(|link| link.starts_with('#'));
            if let Some(link) = link {
                // One stop for the tab key; arrow keys go on from there.
                let stop = if std::mem::take(&mut first) { "0" } else { "-1" };
                let _ = write!(
                    tiles,
                    "<a href=\"{}\" tabindex=\"{stop}\" aria-label=\"{}\">",
                    html::text(link),
                    html::text(&one.text)
                );
            }
            let gap = if tile > 6.0 { 1.0 } else { 0.0 };
            let _ = write!(
                tiles,
                "<rect {fill} x=\"{:.2}\" y=\"{}\" width=\"{:.2}\" height=\"{}\"><title>{}</title></rect>",
                left + tile * position as f64,
                px(top),
                // Without gaps a sliver more, or the ground shines through between neighbours.
                if gap > 0.0 { tile - gap } else { tile + 0.15 },
                px(tall),
                html::text(&one.text)
            );
            if link.is_some() {
                tiles.push_str("</a>");
            }
        }
        tiles.push_str("</g>");
        out.raw(&tiles);
    }
    let mut y = foot + 16.0;
    out.text("title", (f64::midpoint(left, width), y), "middle", &fitted(map.across, width - left, 13.0));
    y += 16.0;
    legend(&mut out, map, &id, left, y, width);
    Some(out.close())
}

fn legend(out: &mut super::write::Writer, map: &Heat<'_>, id: &str, left: f64, y: f64, width: f64) {
    let low = fitted(map.low, width * 0.25, 12.0);
    let high = fitted(map.high, width * 0.25, 12.0);
    let mut x = left;
    out.text("tick", (x, y + 12.0), "start", &low);
    x += text_width(&low, 12.0) + 8.0;
    for shade in 0..=SHADES as usize {
        out.rect(&format!("s{shade}"), (x, y), (16.0, 14.0));
        x += 16.0;
    }
    out.text("tick", (x + 8.0, y + 12.0), "start", &high);
    x += text_width(&high, 12.0) + 26.0;
    out.raw(&format!(
        "<rect class=\"missing\" fill=\"url(#{id}-h)\" x=\"{}\" y=\"{}\" width=\"16\" height=\"14\"/>",
        px(x),
        px(y)
    ));
    out.text("tick", (x + 22.0, y + 12.0), "start", "no value");
}
