//! Signs of fabrication in answers: markers in the text, consistency across runs, and how evidence becomes a risk.
