//! How far judges can be trusted, in the words a person needs.

use judges::trust::{Agreement, JudgeReport, LeaveOneOut, TrustReport};
use judges::{Calibration, Figure, Scale};

use crate::document::Document;
use crate::figures;

/// Kappas of single pairs of judges that are worth a sentence.
const KAPPAS: usize = 3;

/// Krippendorff (2004) asks so much of data to rely on.
const RELIABLE: f64 = 0.8;
/// And so much for tentative conclusions.
const TENTATIVE: f64 = 0.667;

/// What the trust report says; empty in a run without judges.
pub(crate) fn trust(document: &Document<'_>) -> Vec<String> {
    let Some(judging) = &document.analysis.scores.judging else { return vec![] };
    let Some(report) = &judging.trust else { return super::judges_set_aside(document) };
    let mut sentences = vec![];
    for judge in &report.judges {
        sentences.extend(swapped(judge));
        sentences.extend(unread(judge));
    }
    sentences.extend(position(report));
    sentences.extend(ties(report));
    sentences.extend(verbosity(report));
    sentences.extend(own_family(report));
    sentences.extend(agreement(&report.agreement));
    let kappas = report
        .kappas
        .iter()
        .filter_map(|one| Some(format!("{} and {}: Cohen's kappa {}.", one.a, one.b, figure(&one.kappa)?)));
    if report.judges.len() > 2 {
        sentences.extend(kappas.take(KAPPAS));
    }
    sentences.extend(leave_one_out(&report.leave_one_out));
    sentences.extend(super::judges_set_aside(document));
    sentences
}

/// How often a judge's verdict on a pair hung on the order.
fn swapped(judge: &JudgeReport) -> Option<String> {
    let counts = &judge.pairs.counts;
    let changed = counts.first_both + counts.second_both + counts.half_tied;
    let pairs = changed + counts.decided + counts.tied;
    if pairs == 0 {
        return None;
    }
    let ends = judge.pairs.consistency.interval.filter(|ends| ends.low.is_finite() && ends.high.is_finite());
    let agreed = judge.pairs.consistency.estimate.map_or_else(String::new, |share| {
        let ends = ends
            .map_or_else(String::new, |ends| format!(" [{}–{}]", figures::rate(ends.low), figures::rate(ends.high)));
        format!("; both orders agree on {}{ends}", figures::rate(share))
    });
    Some(format!(
        "{} changed its mind on {changed} of {} when the order was swapped{agreed}. Such pairs count as ties.",
        super::shortened(&judge.judge),
        figures::plural(pairs, "pair", "pairs")
    ))
}

fn unread(judge: &JudgeReport) -> Option<String> {
    let replies = &judge.replies;
    let lost = replies.unreadable + replies.refused + replies.failed;
    let mut parts = vec![];
    for (count, words) in
        [(replies.unreadable, "unreadable"), (replies.refused, "declined"), (replies.failed, "failed")]
    {
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    }
    (lost > 0).then(|| {
        format!(
            "{} gave no verdict on {lost} of {} ({}).",
            judge.judge,
            figures::plural(replies.asked, "question", "questions"),
            parts.join(", ")
        )
    })
}

fn position(report: &TrustReport) -> Option<String> {
    let bias = report.position_bias.estimate.filter(|bias| bias.is_finite())?;
    let points = |share: f64| format!("{:+.1}", share * 100.0).replace('-', "−");
    // A share cannot be further than half from a half: an interval beyond that says that there are too few items.
    let possible = -0.5..=0.5;
    let ends =
        report.position_bias.interval.filter(|ends| possible.contains(&ends.low) && possible.contains(&ends.high));
    let shown = ends.map_or_else(String::new, |ends| format!(" [{} to {}]", points(ends.low), points(ends.high)));
    let place = if bias > 0.0 { "first" } else { "second" };
    let meaning = match ends {
        Some(ends) if ends.low > 0.0 || ends.high < 0.0 => {
            format!("the answer shown {place} wins more often than it should")
        }
        Some(_) => "no leaning to either place can be claimed".to_owned(),
        None => "too few items to claim a leaning to either place".to_owned(),
    };
    Some(format!("Position bias {}{shown} percentage points: {meaning}.", points(bias)))
}

fn ties(report: &TrustReport) -> Option<String> {
    let ties = report.ties.estimate.filter(|share| share.is_finite())?;
    Some(format!("{} of the verdicts on pairs are ties.", figures::rate(ties)))
}

fn verbosity(report: &TrustReport) -> Option<String> {
    let (of, unit) = if report.verbosity_within_contestant.estimate.is_some() {
        (&report.verbosity_within_contestant, "points of score")
    } else {
        (&report.verbosity_log_odds, "in log-odds of winning")
    };
    let ends = of.interval.filter(|ends| ends.low.is_finite() && ends.high.is_finite())?;
    let meaning = if ends.low > 0.0 {
        "longer answers are liked better"
    } else if ends.high < 0.0 {
        "shorter answers are liked better"
    } else {
        "no liking for long or short answers can be claimed"
    };
    Some(format!("Length: {} {unit} per standard deviation of length: {meaning}.", figure(of)?))
}

fn own_family(report: &TrustReport) -> Vec<String> {
    report
        .self_preference
        .iter()
        .filter_map(|one| {
            let of = if one.scores.estimate.is_some() { &one.scores } else { &one.pairs };
            Some(format!(
                "{} judged its own family ({}): next to the other judges it gives it {} more than it gives others.",
                super::shortened(&one.judge),
                super::shortened(&one.own.join(", ")),
                figure(of)?
            ))
        })
        .collect()
}

fn agreement(agreement: &Agreement) -> Option<String> {
    let alpha = agreement.alpha.estimate.filter(|alpha| alpha.is_finite())?;
    let low = agreement.alpha.interval.map_or(f64::NEG_INFINITY, |ends| ends.low);
    let meaning = if alpha >= TENTATIVE && low < TENTATIVE {
        "good, on too few items to be sure of it"
    } else if alpha >= RELIABLE {
        "they agree well"
    } else if alpha >= TENTATIVE {
        "enough for tentative conclusions"
    } else {
        "too little to rely on their scores"
    };
    Some(format!(
        "Agreement of {} judges: Krippendorff's alpha {}: {meaning} (1 is perfect, 0 is chance).",
        agreement.judges,
        figure(&agreement.alpha)?
    ))
}

fn leave_one_out(report: &LeaveOneOut) -> Option<String> {
    let ranked = report.without.iter().filter(|without| without.reason.is_none()).count();
    if ranked == 0 {
        return None;
    }
    let names = |changed: &dyn Fn(&judges::trust::Without) -> bool| {
        report.without.iter().filter(|one| changed(one)).map(|one| one.judge.as_str()).collect::<Vec<_>>().join(", ")
    };
    Some(if report.winner_changes > 0 {
        format!("The winner hangs on one judge: without {} another contestant leads.", names(&|one| one.winner_changed))
    } else if report.order_changes > 0 {
        format!(
            "The winner stays whichever judge is left out; the order below changes without {}.",
            names(&|one| { one.order_changed })
        )
    } else {
        "The order stays the same whichever judge is left out.".to_owned()
    })
}

/// How the judges compare with a person; empty without labels.
pub(crate) fn calibration(document: &Document<'_>) -> Vec<String> {
    let Some(judging) = &document.analysis.scores.judging else { return vec![] };
    let scale = document.analysis.header.scoring.judging.as_ref().map(|judging| &judging.rubric.scale);
    let sentences = judging.calibrations.iter().flat_map(|one| {
        let judge = document.judge_name(one.judge);
        match &one.result {
            Ok(found) => calibrated(judge, found, scale == Some(&Scale::Binary)),
            Err(reason) => {
                vec![format!("{judge} cannot be held against the labels: {}.", reason.trim_end_matches('.'))]
            }
        }
    });
    sentences.collect()
}

fn calibrated(judge: &str, found: &Calibration, binary: bool) -> Vec<String> {
    let mut sentences = vec![];
    let labels = figures::plural(found.n as u64, "label", "labels");
    let kappa = figure(&found.kappa).map_or_else(String::new, |kappa| format!(", Cohen's kappa {kappa}"));
    if let Some(share) = found.agreement.estimate.filter(|share| share.is_finite()) {
        let ends = found.agreement.interval.filter(|ends| ends.low.is_finite() && ends.high.is_finite());
        let ends = ends
            .map_or_else(String::new, |ends| format!(" [{}–{}]", figures::rate(ends.low), figures::rate(ends.high)));
        sentences.push(format!("{judge} and the person agree on {}{ends} of {labels}{kappa}.", figures::rate(share)));
    }
    let value = |value: f64| if binary { figures::rate(value) } else { figures::score(value) };
    if let Some(ppi) = &found.ppi {
        let alone =
            found.judge.estimate.map_or_else(String::new, |mean| format!(" ({judge} alone says {})", value(mean)));
        sentences.push(format!(
            "Corrected by the labels (PPI++), the mean a person would give is {} [{}–{}]{alone}.",
            value(ppi.estimate),
            value(ppi.interval.low),
            value(ppi.interval.high)
        ));
    } else if let Some(reason) = &found.ppi_reason {
        sentences.push(format!(
            "The scores of {judge} cannot be corrected by the labels: {}.",
            reason.trim_end_matches('.')
        ));
    }
    if let Some(rate) = &found.rogan_gladen {
        sentences.push(format!(
            "By the error rates of {judge} (Rogan and Gladen) the pass rate is {} [{}–{}]: it passes {} of what a person passes and fails {} of what a person fails.",
            figures::rate(rate.estimate),
            figures::rate(rate.interval.low),
            figures::rate(rate.interval.high),
            figures::rate(rate.sensitivity),
            figures::rate(rate.specificity)
        ));
    }
    sentences
}

/// An estimate with its interval: `0.71 [0.6–0.8]`.
fn figure(figure: &Figure) -> Option<String> {
    let estimate = figure.estimate.filter(|estimate| estimate.is_finite())?;
    let ends = figure.interval.filter(|ends| ends.low.is_finite() && ends.high.is_finite());
    let ends = ends.map_or_else(String::new, |ends| format!(" [{} to {}]", signed(ends.low), signed(ends.high)));
    Some(format!("{}{ends}", signed(estimate)))
}

fn signed(value: f64) -> String {
    figures::score(value).replace('-', "−")
}
