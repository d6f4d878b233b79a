//! What the labels say: of the answers, of each judge, and of the signs of fabrication.

use evals::analysis::model::{Analysis, IntervalResult};
use evals::store::Label;
use judges::{Calibration, Figure};
use report::escape::terminal::line;
use report::figures;

/// Fewer labels than this correct little; the words say so.
const FEW: usize = 30;

/// Sentences for a person.
pub(super) fn text(analysis: &Analysis, labels: &[Label]) -> String {
    let mut text = String::from("\n");
    let mut say = |sentence: String| {
        text.push_str(&sentence);
        text.push('\n');
    };
    if labels.is_empty() {
        say("No answer of this run is labelled yet.".to_owned());
        return text;
    }
    let good = labels.iter().filter(|label| label.is_good(&analysis.header)).count();
    say(format!(
        "{}: {good} good, {} bad.",
        figures::plural(labels.len() as u64, "label", "labels"),
        labels.len() - good
    ));
    if labels.len() < FEW {
        say(format!("With fewer than {FEW} labels every figure below is rough."));
    }
    let Some(judging) = &analysis.scores.judging else {
        fabrication(analysis, &mut say);
        return text;
    };
    for one in &judging.calibrations {
        let name = analysis.header.judges().get(one.judge as usize).map_or("", |judge| judge.name.as_str());
        let name = line(name);
        match &one.result {
            Ok(found) => judge(&name, found, &mut say),
            Err(why) => say(format!("{name}: {}", line(why))),
        }
    }
    fabrication(analysis, &mut say);
    text
}

fn judge(name: &str, found: &Calibration, say: &mut impl FnMut(String)) {
    if found.n == 0 {
        say(format!("{name}: it scored none of the labelled answers, so it cannot be held against them."));
        return;
    }
    say(format!(
        "{name}, on {} that it scored too:",
        figures::plural(found.n as u64, "labelled answer", "labelled answers")
    ));
    let per_cent = |value: f64| figures::rate(value);
    match &found.agreement.estimate {
        Some(_) => say(format!(
            "  agrees with you in {}; beyond chance (kappa) {}",
            figure(&found.agreement, per_cent),
            figure(&found.kappa, plain)
        )),
        None => say(format!("  agreement: {}", reason(&found.agreement))),
    }
    if found.bias.estimate.is_some() {
        say(format!("  scores higher than you by {} of its scale (below 0: lower)", figure(&found.bias, plain)));
    }
    say(format!(
        "  its own mean over all answers: {}; yours over the labelled ones: {}",
        figure(&found.judge, plain),
        figure(&found.human, plain)
    ));
    match (&found.ppi, &found.ppi_reason) {
        (Some(mean), _) => say(format!(
            "  what you would have given on average (PPI++): {} ({} to {}), trusting the judge with weight {}",
            plain(mean.estimate),
            plain(mean.interval.low),
            plain(mean.interval.high),
            plain(mean.lambda)
        )),
        (None, Some(why)) => say(format!("  no corrected mean (PPI++): {}", line(why))),
        (None, None) => {}
    }
    match (&found.rogan_gladen, &found.rogan_gladen_reason) {
        (Some(rate), _) => say(format!(
            "  pass rate corrected for its errors (Rogan-Gladen): {} ({} to {}); it passes {} of your good ones and fails {} of your bad ones",
            per_cent(rate.estimate),
            per_cent(rate.interval.low),
            per_cent(rate.interval.high),
            per_cent(rate.sensitivity),
            per_cent(rate.specificity)
        )),
        (None, Some(why)) => say(format!("  no corrected pass rate (Rogan-Gladen): {}", line(why))),
        (None, None) => {}
    }
}

fn fabrication(analysis: &Analysis, say: &mut impl FnMut(String)) {
    let Some(found) = &analysis.scores.hallucination else { return };
    for one in &found.auroc {
        let ends = match &one.ci {
            IntervalResult::Interval { low, high, .. } => format!(" ({} to {})", plain(*low), plain(*high)),
            _ => String::new(),
        };
        let area = one.auroc.map_or_else(
            || "no figure: it takes answers of both kinds".to_owned(),
            |area| format!("{}{ends}", plain(area)),
        );
        say(format!(
            "Evidence of fabrication by {} tells your bad answers from good ones with AUROC {area}, on {} (0.5 is chance).",
            line(&one.evidence),
            figures::plural(u64::from(one.n), "answer", "answers")
        ));
    }
}

fn plain(value: f64) -> String {
    figures::number(value)
}

fn figure(figure: &Figure, shown: impl Fn(f64) -> String) -> String {
    let Some(estimate) = figure.estimate else { return format!("unknown: {}", reason(figure)) };
    match &figure.interval {
        Some(interval) => format!("{} ({} to {})", shown(estimate), shown(interval.low), shown(interval.high)),
        None => shown(estimate),
    }
}

fn reason(figure: &Figure) -> String {
    figure.reason.as_deref().map_or_else(|| "not known".to_owned(), line)
}
