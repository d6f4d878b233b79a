//! What every front end of the house draws with: [`text`] by its width, [`style`]s, [`table`]s and [`bars`]
//! for a terminal. Nothing here knows what is drawn; untrusted text passes [`escape`] on its way in.

pub mod bars;
pub mod style;
pub mod table;
pub mod text;
