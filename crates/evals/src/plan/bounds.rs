//! The most that calls can cost, the default output maximum under a cap, and the least cap that would do.

use llm::cost::{NoBound, WorstCaseCall, input_tokens_upper_bound};
use llm::money::Usd;
use llm::request::{Params, Thinking};

use super::{Plan, PlanError};
use crate::record::{Contestant, Note, PlannedCall};

/// The largest output maximum that is sent by default under a cap.
pub const LARGEST_DEFAULT_OUTPUT: u32 = 4_096;
/// The smallest one: less would cut ordinary answers short.
pub const SMALLEST_DEFAULT_OUTPUT: u32 = 512;
const DEFAULT_OUTPUT_STEP: u32 = 64;

/// The largest output maximum that is sent to a judge by default under a cap: a sentence, a score,
/// and room for a model that thinks first.
pub const LARGEST_JUDGE_OUTPUT: u32 = 2_048;
const SMALLEST_JUDGE_OUTPUT: u32 = 256;
const JUDGE_OUTPUT_STEP: u32 = 32;

const PICO_PER_USD: u64 = 1_000_000_000_000;
const PICO_PER_CENT: u64 = PICO_PER_USD / 100;

/// Consultations of an advisor that are sent as its limit under a cap when the user gave none.
const DEFAULT_ADVISOR_USES: u32 = 1;

/// Fills in the worst cases. Under a cap also sends an output maximum where none was asked for,
/// refuses what cannot be bounded, and refuses a cap that cannot pay for one block.
pub(super) fn settle_limits(plan: &mut Plan, at_unix: i64, allow_unpriced: bool) -> Result<(), PlanError> {
    let Some(cap) = plan.header.max_cost else {
        plan.worst_cases = worst_cases(plan, at_unix);
        return Ok(());
    };
    limit_advisors(plan);
    limit_outputs(plan, cap, at_unix);
    plan.worst_cases = worst_cases(plan, at_unix);
    accept_unbounded(plan, at_unix, allow_unpriced)?;
    let least = printable_up(dearest_block(plan)).0;
    if dearest_block(plan) > cap { Err(PlanError::CapTooSmall { cap, least }) } else { Ok(()) }
}

/// The most that one attempt at each call can cost; for judges' calls, what is held until their answers are known.
pub(super) fn worst_cases(plan: &Plan, at_unix: i64) -> Vec<Option<Usd>> {
    worst_cases_with(plan, &plan.judge_frames(), at_unix)
}

fn worst_cases_with(plan: &Plan, frames: &[Result<u64, NoBound>], at_unix: i64) -> Vec<Option<Usd>> {
    let judges = frames.iter().enumerate().map(|(at, frame)| plan.judge_reservation(at, frame, at_unix).ok());
    let mut worst = answers_worst_cases(plan, at_unix);
    worst.extend(judges);
    worst
}

fn answers_worst_cases(plan: &Plan, at_unix: i64) -> Vec<Option<Usd>> {
    // Repetitions of a cell follow each other and cost the same.
    let mut last: Option<(PlannedCall, Option<Usd>)> = None;
    plan.calls
        .iter()
        .map(|call| match last {
            Some((previous, bound)) if same_cell(&previous, call) => bound,
            _ => {
                let bound = worst_case(plan, call, at_unix).ok();
                last = Some((*call, bound));
                bound
            }
        })
        .collect()
}

/// Rounds an amount up to two significant digits, or to a whole cent above ten cents, and prints
/// it so that the text read back is exactly the amount returned.
pub fn printable_up(amount: Usd) -> (Usd, String) {
    let pico = amount.pico();
    let digits = if pico == 0 { 0 } else { pico.ilog10() };
    let unit = 10_u64.pow(digits.saturating_sub(1)).min(PICO_PER_CENT);
    let rounded = Usd::from_pico(pico.div_ceil(unit).saturating_mul(unit));
    (rounded, exact(rounded))
}

/// An amount in dollars with all its decimals, at least two.
pub(super) fn exact(amount: Usd) -> String {
    const DECIMALS: usize = 12;
    let (whole, fraction) = (amount.pico() / PICO_PER_USD, amount.pico() % PICO_PER_USD);
    let fraction = format!("{fraction:0DECIMALS$}");
    format!("{whole}.{:0<2}", fraction.trim_end_matches('0'))
}

fn same_cell(left: &PlannedCall, right: &PlannedCall) -> bool {
    (left.prompt, left.system, left.contestant) == (right.prompt, right.system, right.contestant)
}

fn worst_case(plan: &Plan, call: &PlannedCall, at_unix: i64) -> Result<Usd, NoBound> {
    let contestant = plan.contestant(call);
    if contestant.price.is_free() {
        return Ok(Usd::ZERO);
    }
    let request = plan.request(call);
    let Some(max_output_tokens) = request.params.max_output_tokens else {
        return Err(NoBound::Unbounded("no output maximum is sent".to_owned()));
    };
    let advisor_uses = match &request.params.advisor {
        None => 0,
        Some(advisor) => {
            advisor.max_uses.ok_or_else(|| NoBound::Unbounded("the advisor's uses are not limited".to_owned()))?
        }
    };
    let overhead = plan.prompt_overheads[call.contestant as usize];
    let input_tokens = input_tokens_upper_bound(&request, overhead);
    contestant.price.worst_case(&WorstCaseCall { input_tokens, max_output_tokens, advisor_uses, at_unix })
}

fn limit_advisors(plan: &mut Plan) {
    let judges = plan.header.scoring.judging.iter_mut().flat_map(|judging| &mut judging.judges);
    for contestant in plan.header.contestants.iter_mut().chain(judges) {
        if let Some(advisor) = contestant.params.advisor.as_mut().filter(|advisor| advisor.max_uses.is_none()) {
            advisor.max_uses = Some(DEFAULT_ADVISOR_USES);
            let text = format!(
                "{} may consult its advisor {DEFAULT_ADVISOR_USES} time a call, because a cap on cost needs a limit; set another one with advisor-max-uses.",
                contestant.name
            );
            plan.header.notes.push(Note { code: "advisor_uses".to_owned(), text });
        }
    }
}

/// Sends the same output maximum for every contestant without its own, and a smaller one for every
/// judge without its own: the largest with which the whole plan fits the cap even if every answer
/// uses all of it.
fn limit_outputs(plan: &mut Plan, cap: Usd, at_unix: i64) {
    let unlimited = |entrants: &[Contestant]| -> Vec<usize> {
        let mine = entrants.iter().enumerate();
        mine.filter(|(_, one)| one.params.max_output_tokens.is_none()).map(|(index, _)| index).collect()
    };
    let limited = unlimited(&plan.header.contestants);
    let judges = unlimited(plan.header.judges());
    if limited.is_empty() && judges.is_empty() {
        return;
    }
    let frames = plan.judge_frames();
    let steps = (LARGEST_DEFAULT_OUTPUT - SMALLEST_DEFAULT_OUTPUT) / DEFAULT_OUTPUT_STEP;
    let maximum = |step: u32| SMALLEST_DEFAULT_OUTPUT + step * DEFAULT_OUTPUT_STEP;
    let judge_maximum = |step: u32| SMALLEST_JUDGE_OUTPUT + step * JUDGE_OUTPUT_STEP;
    let set = |plan: &mut Plan, step: u32| {
        set_outputs(&mut plan.header.contestants, &limited, maximum(step));
        if let Some(judging) = plan.header.scoring.judging.as_mut() {
            set_outputs(&mut judging.judges, &judges, judge_maximum(step));
        }
    };
    // Cost grows with the maximum: bisect for the last step that fits.
    let (mut low, mut high) = (0, steps + 1);
    while high - low > 1 {
        let middle = low.midpoint(high);
        set(plan, middle);
        let fits = worst_cases_with(plan, &frames, at_unix).into_iter().flatten().sum::<Usd>() <= cap;
        if fits { low = middle } else { high = middle }
    }
    set(plan, low);
    let mut text = String::new();
    if !limited.is_empty() {
        text = format!(
            "Answers are limited to {} output tokens, reasoning included, because a cap on cost was set; set another limit with max-output-tokens.",
            maximum(low)
        );
    }
    if !judges.is_empty() {
        let space = if text.is_empty() { "" } else { " " };
        text.push_str(&format!(
            "{space}Judges are limited to {} output tokens; another limit: --judge MODEL@max-output-tokens=N.",
            judge_maximum(low)
        ));
    }
    plan.header.notes.push(Note { code: "output_cap".to_owned(), text });
}

fn set_outputs(entrants: &mut [Contestant], limited: &[usize], maximum: u32) {
    for &index in limited {
        let params = &mut entrants[index].params;
        params.max_output_tokens = Some(maximum.saturating_add(thinking_budget(params)));
    }
}

/// A provider that takes a thinking budget wants the output maximum to be above it.
fn thinking_budget(params: &Params) -> u32 {
    match params.thinking {
        Some(Thinking::Budget(tokens)) => tokens,
        _ => 0,
    }
}

/// Refuses contestants that nothing bounds, or counts them as outside the cap and says so.
fn accept_unbounded(plan: &mut Plan, at_unix: i64, allow: bool) -> Result<(), PlanError> {
    match refuse_unbounded(plan, at_unix) {
        Err(PlanError::Unbounded { contestants, reason }) if allow => {
            let text =
                format!("The cap does not cover {}: nothing bounds the cost ({reason}).", contestants.join(", "));
            plan.header.notes.push(Note { code: "cap_not_covering".to_owned(), text });
            Ok(())
        }
        result => result,
    }
}

/// Refuses contestants and judges that nothing bounds.
pub(super) fn refuse_unbounded(plan: &Plan, at_unix: i64) -> Result<(), PlanError> {
    let mut unbounded: Vec<u32> = Vec::new();
    let mut reason = None;
    let answers = plan.calls.iter().map(|call| (call.contestant, Err(call)));
    let judges = (0..plan.judgements.len()).map(|at| (plan.judge_call(at).contestant, Ok(at)));
    for ((entrant, which), bound) in answers.chain(judges).zip(&plan.worst_cases) {
        if bound.is_none() && !unbounded.contains(&entrant) {
            unbounded.push(entrant);
            reason = reason.or_else(|| match which {
                Err(call) => worst_case(plan, call, at_unix).err(),
                Ok(at) => {
                    plan.judge_frames().get(at).and_then(|frame| plan.judge_reservation(at, frame, at_unix).err())
                }
            });
        }
    }
    let Some(reason) = reason else { return Ok(()) };
    let name = |index: &u32| plan.header.entrant(*index).map_or_else(String::new, |entrant| entrant.name.clone());
    Err(PlanError::Unbounded { contestants: unbounded.iter().map(name).collect(), reason: reason.to_string() })
}

/// The worst case of the dearest block, its judgements included. Blocks run in an order that depends on
/// the seed, so a cap must be able to pay for any of them first.
fn dearest_block(plan: &Plan) -> Usd {
    let judgements = plan.judgements_by_block();
    let cost = |block: &[u32]| {
        let answers = block.iter().filter_map(|&index| plan.worst_cases[index as usize]).sum::<Usd>();
        let key = block.first().map(|&index| &plan.calls[index as usize]).map(|call| (call.run_index, call.prompt));
        let judged = key.and_then(|key| judgements.get(&key)).into_iter().flatten();
        answers + judged.filter_map(|at| plan.worst_cases[plan.calls.len() + at]).sum::<Usd>()
    };
    plan.blocks().map(cost).max().unwrap_or_default()
}
