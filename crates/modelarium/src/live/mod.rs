//! What a person sees while calls run: streaming panels in a terminal, calm lines elsewhere.

mod lines;
mod pace;
mod panels;
mod screen;

pub(crate) use lines::CalmLines;
pub(crate) use panels::Panels;
