//! What every front end of the house draws with: [`text`] by its width, [`style`]s, [`table`]s and [`bars`]
//! and [`plot`]s for a terminal. What charts of both kinds are made
//! of is in [`chart`]. Nothing here knows what is drawn; untrusted text passes [`escape`] on its way in.

pub mod bars;
pub mod chart;
pub mod plot;
pub mod style;
pub mod table;
pub mod text;
