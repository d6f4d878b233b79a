//! Whether a run passes in CI.

use crate::analysis::scored::{CheckTotals, GateVerdict};
use crate::analysis::wording::count;
use crate::record::{GateRule, RunHeader};

/// The verdict of a run's gate. It reads kinds of results, never their text.
pub(in crate::analysis) fn verdict(header: &RunHeader, checks: Option<&CheckTotals>) -> GateVerdict {
    let gates = header.scoring.gates;
    if gates.rule == GateRule::Off {
        return GateVerdict::NotAsked;
    }
    let totals = match checks {
        Some(totals) if totals.configured > 0 => totals,
        _ if gates.asked => {
            let reason = "A gate was asked for and there is no check that could pass it.".to_owned();
            return GateVerdict::Failed { reasons: vec![reason] };
        }
        _ => return GateVerdict::NotAsked,
    };
    let checks = |number: u32| count(number, "check", "checks");
    let mut reasons = Vec::new();
    match totals.pass_rate {
        None => reasons.push(format!("Nothing was verified: none of {} checks gave a verdict.", totals.configured)),
        Some(rate) => match gates.rule {
            GateRule::MinPassRate(least) if rate < least => reasons.push(format!(
                "{} of {} checks passed, {:.1} %, and {:.1} % were asked for.",
                totals.passed,
                totals.definitive,
                // Rounded down, so that 94.96 does not read as the 95 it missed.
                (rate * 1000.0).floor() / 10.0,
                least * 100.0
            )),
            GateRule::Strict if totals.passed < totals.definitive => {
                let failed = totals.definitive - totals.passed;
                reasons.push(format!("{failed} of {} failed.", checks(totals.definitive)));
            }
            GateRule::MinPassRate(_) | GateRule::Strict | GateRule::Off => {}
        },
    }
    if totals.refused > 0 {
        reasons.push(format!("{} could not be made because the model declined.", checks(totals.refused)));
    }
    if totals.withheld > 0 {
        let withheld = checks(totals.withheld);
        reasons.push(format!("{withheld} could not be made because the answer was cut or withheld."));
    }
    if reasons.is_empty() { GateVerdict::Passed } else { GateVerdict::Failed { reasons } }
}
