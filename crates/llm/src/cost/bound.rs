//! Upper bounds: of a request's input tokens, and of what a call can cost. A budget that holds is
//! built on them, so every step here errs upwards and says what it assumes.

use super::price::{PriceSheet, Rate, Rates, Schedule, Terms, unknown_rates};
use crate::money::Usd;
use crate::request::ChatRequest;

/// Tokens added to every request by a chat template at most: start and end marks, default system
/// prompts and dates that open-weight templates insert (gpt-oss's is about 70), a leading space.
pub const DEFAULT_PROMPT_OVERHEAD: u64 = 256;

/// Role marks and separators around one message.
const MESSAGE_OVERHEAD: u64 = 16;

/// The advisor tool's definition and the instructions that the provider adds with it. The provider
/// publishes no figure; ordinary tool definitions add some 350 tokens.
const ADVISOR_TOOL_OVERHEAD: u64 = 2_048;

/// An assumption, since the interface has no limit: most output tokens of one consultation of an
/// advisor. The provider names 1,400 to 1,800 as typical, thinking included; this is over four times that.
pub const ADVISOR_OUTPUT_BOUND: u64 = 8_192;

/// An assumption: text produced by one model of a vendor is at most this many times as many tokens
/// for another one of the same vendor (1.35 is the largest ratio that was announced).
const RETOKENISATION: u64 = 2;

/// How long after its reservation a call may still be billed. Price changes within it count.
pub const WORST_CASE_HORIZON_SECONDS: i64 = 86_400;

/// An upper bound of the input tokens of a request, for any tokenizer in use.
///
/// Byte-level BPE and SentencePiece with byte fallback cut text into pieces of at least one byte,
/// so a text of n bytes is at most n tokens. Two things can add to that: templates, covered by
/// `prompt_overhead` (see [`DEFAULT_PROMPT_OVERHEAD`]) and a fixed amount for each message, and a
/// tokenizer that normalises to NFC first, which makes the few characters in `grows_under_nfc`
/// up to three times as long.
pub fn input_tokens_upper_bound(request: &ChatRequest, prompt_overhead: u64) -> u64 {
    let system = request.system_text();
    let messages = request.messages.iter().map(|message| message.text.as_str());
    let text: u64 = system.into_iter().chain(messages).map(|text| text_bound(text) + MESSAGE_OVERHEAD).sum();
    let tool = if request.params.advisor.is_some() { ADVISOR_TOOL_OVERHEAD } else { 0 };
    prompt_overhead + text + tool
}

fn text_bound(text: &str) -> u64 {
    let bytes = text.len() as u64;
    if text.is_ascii() {
        return bytes;
    }
    let growth: u64 = text.chars().filter(|&c| grows_under_nfc(c)).map(|c| 2 * c.len_utf8() as u64).sum();
    bytes + growth
}

/// Characters whose NFC form can be longer than themselves: composition exclusions and
/// compatibility ideographs (Unicode Character Database, `CompositionExclusions.txt`), widened to
/// ranges. In UTF-8 the growth is at most threefold (Unicode FAQ on normalisation).
fn grows_under_nfc(c: char) -> bool {
    matches!(u32::from(c),
        0x0344 | 0x0958..=0x095F | 0x09DC..=0x09DF | 0x0A33..=0x0A5E | 0x0B5C..=0x0B5D | 0x0F43..=0x0FB9
        | 0x2ADC | 0xF900..=0xFAFF | 0xFB1D..=0xFB4F | 0x1D15E..=0x1D1C0 | 0x2F800..=0x2FA1F)
}

/// What a worst case is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorstCaseCall {
    /// Upper bound of the input tokens; see [`input_tokens_upper_bound`].
    pub input_tokens: u64,
    /// The output limit that is sent, reasoning included.
    pub max_output_tokens: u32,
    /// Most consultations of an advisor in the call; 0 without an advisor.
    pub advisor_uses: u32,
    /// Now, in seconds since the Unix epoch.
    pub at_unix: i64,
}

/// Why no upper bound can be put on a call's cost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBound {
    /// No price is recorded or published.
    #[error("no price is {}", if *published { "recorded" } else { "published" })]
    Unpriced {
        /// False when the provider itself publishes none.
        published: bool,
    },
    /// A price is recorded, but not for all that the call may become.
    #[error("{0}")]
    Unknown(String),
    /// The route may use more than one call's tokens.
    #[error("{0}")]
    Unbounded(String),
    /// An advisor without a known price.
    #[error("advisor: {0}")]
    Advisor(Box<NoBound>),
}

impl PriceSheet {
    /// The most that one attempt can cost.
    ///
    /// Taken over every size tier that the input bound reaches, every period in force within
    /// [`WORST_CASE_HORIZON_SECONDS`], and the peak rate at any hour. Reads from a cache are priced
    /// like fresh input, which is dearer. Writes are priced only where the provider bills them
    /// unasked ([`Schedule::implicit_cache_writes`]): we never ask for a cache.
    ///
    /// With an advisor the executor runs once more after each consultation, reading everything so
    /// far again, and the output limit is taken to bound each of these runs, not their sum.
    pub fn worst_case(&self, call: &WorstCaseCall) -> Result<Usd, NoBound> {
        if let Some(reason) = &self.unbounded {
            return Err(NoBound::Unbounded(reason.clone()));
        }
        let schedule = match &self.terms {
            Terms::Free | Terms::Local => return Ok(Usd::ZERO),
            Terms::Unpublished => return Err(NoBound::Unpriced { published: false }),
            Terms::Unpriced => return Err(NoBound::Unpriced { published: true }),
            Terms::Priced(schedule) => schedule,
        };
        let own = own_tokens(call);
        let cost = schedule.dearest(own.input, own.output, call.at_unix)?;
        if call.advisor_uses == 0 {
            return Ok(cost);
        }
        let advisor =
            self.advisor.as_deref().ok_or(NoBound::Advisor(Box::new(NoBound::Unpriced { published: true })))?;
        let mut total = cost;
        for consultation in 1..=u64::from(call.advisor_uses.min(MAX_COUNTED_USES)) {
            let tokens = consultation_tokens(call, consultation);
            let one = WorstCaseCall {
                input_tokens: tokens.input,
                max_output_tokens: tokens.output as u32,
                advisor_uses: 0,
                at_unix: call.at_unix,
            };
            total += advisor.worst_case(&one).map_err(|bound| NoBound::Advisor(Box::new(bound)))?;
        }
        Ok(if call.advisor_uses > MAX_COUNTED_USES { Usd::MAX } else { total })
    }
}

/// Past this many consultations a call is dearer than any cap.
const MAX_COUNTED_USES: u32 = 10_000;

struct Tokens {
    input: u64,
    output: u64,
}

/// The executor's tokens over all its runs within one call.
fn own_tokens(call: &WorstCaseCall) -> Tokens {
    let uses = u64::from(call.advisor_uses);
    let output = u64::from(call.max_output_tokens);
    let runs = uses + 1;
    // Run k reads the request, k earlier answers of its own and k pieces of advice.
    let rereads = (uses.saturating_mul(runs) / 2).saturating_mul(output + RETOKENISATION * ADVISOR_OUTPUT_BOUND);
    Tokens {
        input: runs.saturating_mul(call.input_tokens).saturating_add(rereads),
        output: runs.saturating_mul(output),
    }
}

/// The advisor's tokens in its nth consultation: it reads the whole transcript so far.
fn consultation_tokens(call: &WorstCaseCall, nth: u64) -> Tokens {
    let transcript = nth * u64::from(call.max_output_tokens) * RETOKENISATION + (nth - 1) * ADVISOR_OUTPUT_BOUND;
    let input = call.input_tokens.saturating_add(transcript).saturating_add(ADVISOR_TOOL_OVERHEAD);
    Tokens { input, output: ADVISOR_OUTPUT_BOUND }
}

impl Schedule {
    fn dearest(&self, input: u64, output: u64, at_unix: i64) -> Result<Usd, NoBound> {
        let unknown = |reason: String| NoBound::Unknown(reason);
        let day = |seconds: i64| {
            jiff::Timestamp::from_second(seconds)
                .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date())
                .map_err(|_| unknown("the time is out of range".to_owned()))
        };
        let (first, last) = (day(at_unix)?, day(at_unix.saturating_add(WORST_CASE_HORIZON_SECONDS))?);
        let mut dearest = None;
        for (index, period) in self.periods.iter().enumerate() {
            let begun = period.from.is_none_or(|from| from <= last);
            let over = self.periods.get(index + 1).and_then(|next| next.from).is_some_and(|until| until <= first);
            if !begun || over {
                continue;
            }
            for tier in
                period.tiers.iter().filter(|tier| tier.above_input_tokens == 0 || tier.above_input_tokens < input)
            {
                let rates = tier.rates.ok_or_else(|| unknown(unknown_rates(period, tier)))?;
                let cost = self.dearest_input(&rates).cost(input) + rates.output.cost(output);
                dearest = dearest.max(Some(cost));
            }
        }
        dearest.ok_or_else(|| unknown("no price is recorded for that day".to_owned()))
    }

    fn dearest_input(&self, rates: &Rates) -> Rate {
        let writes = [rates.cache_write_5m, rates.cache_write_1h].into_iter().flatten();
        let writes = writes.filter(|_| self.implicit_cache_writes);
        writes.chain(rates.cached_read).fold(rates.input, Rate::max)
    }
}
