//! What every front end of the house draws with: [`text`] by its width, [`style`]s, [`table`]s, [`bars`] and [`plot`]s
//! for a terminal; [`svg`] charts and self-contained [`html`] pages for a browser. What the charts of both are made of
//! is in [`chart`]. Nothing here knows what is drawn; untrusted text passes [`escape`] on its way in.

pub mod bars;
pub mod chart;
pub mod html;
pub mod plot;
pub mod style;
pub mod svg;
pub mod table;
pub mod text;
