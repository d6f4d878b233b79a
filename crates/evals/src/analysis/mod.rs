//! From stored records to the numbers of a report. The only caller of `stats`.

pub mod model;
