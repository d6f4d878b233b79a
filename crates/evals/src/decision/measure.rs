//! What an answer is measured by when contestants are decided between.

use serde::{Deserialize, Serialize};

macro_rules! measures {
    ($($(#[$meta:meta])* $variant:ident => $word:literal, $noun:literal, [$($alias:literal),*]);+ $(;)?) => {
        /// One number of an answer. Rates are 1 or 0 for an answer and shares for an item.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Measure { $($(#[$meta])* #[serde(rename = $word)] $variant),+ }
        impl Measure {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();
            /// The word in expressions and machine output.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// What it is called in a sentence.
            pub fn noun(self) -> &'static str { match self { $(Self::$variant => $noun),+ } }
            /// The measure of that word or of one of its short forms; `-` may stand for `_`.
            pub fn parse(word: &str) -> Option<Self> {
                match word.to_ascii_lowercase().replace('-', "_").as_str() {
                    $($word $(| $alias)* => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

measures! {
    /// 1 where every check of the answer passed, 0 where one failed and all were evaluated.
    Pass => "pass_rate", "pass rate", ["pass", "passes"];
    /// Weighted share of the answer's definite checks that passed.
    CheckShare => "check_score", "share of checks passed", ["check_share", "checks"];
    /// The panel's score on the judges' scale, or the score of a table.
    Score => "score", "score", ["judge_score", "scores"];
    /// Milliseconds to the end of the answer.
    LatencyMs => "latency_ms", "latency", ["latency"];
    /// Milliseconds to the first token.
    TtftMs => "ttft_ms", "time to the first token", ["ttft"];
    /// Dollars for the answer, retries included.
    CostUsd => "cost_usd", "cost", ["cost", "price"];
    /// Input tokens as billed.
    InputTokens => "input_tokens", "input tokens", ["input"];
    /// Output tokens as billed, of complete answers.
    OutputTokens => "output_tokens", "output tokens", ["output", "tokens"];
    /// Characters of the visible text, of complete answers.
    LengthChars => "length_chars", "length", ["length", "chars"];
    /// 1 where the model declined.
    Refused => "refusal_rate", "refusal rate", ["refused", "refusals"];
    /// 1 where a check of the answer's form failed (JSON, schema, pattern, length, tool call).
    FormatFailed => "format_failure_rate", "format failure rate", ["format_failed", "format_failures"];
}

impl Measure {
    /// Whether more of it is better.
    pub fn higher_is_better(self) -> bool {
        matches!(self, Self::Pass | Self::CheckShare | Self::Score)
    }

    /// 1 where more is better, else -1.
    pub fn sign(self) -> f64 {
        if self.higher_is_better() { 1.0 } else { -1.0 }
    }

    /// Whether single answers are 1 or 0.
    pub fn is_rate(self) -> bool {
        matches!(self, Self::Pass | Self::Refused | Self::FormatFailed)
    }

    /// Whether it says how good answers are, as opposed to what they took.
    pub fn is_quality(self) -> bool {
        self.higher_is_better()
    }

    /// Milliseconds.
    pub fn is_time(self) -> bool {
        matches!(self, Self::LatencyMs | Self::TtftMs)
    }

    /// The values that it can have at all, where that is known without looking at the data.
    pub(super) fn natural_range(self) -> Option<(f64, f64)> {
        match self {
            Self::Pass | Self::CheckShare | Self::Refused | Self::FormatFailed => Some((0.0, 1.0)),
            _ => None,
        }
    }
}
