//! How far judges can be trusted, told from what they said in a run.
//!
//! Every number answers one question and has an interval in which items, not verdicts, are the
//! units: verdicts on one item depend on each other. `docs/judges.md` says of each what it assumes
//! and how it fails.

mod agreement;
mod block;
mod leave_out;
mod pairs;
mod preference;
mod scores;

use serde::{Deserialize, Serialize};

pub use agreement::{Agreement, Kappa, Unit};
pub use leave_out::{LeaveOneOut, Place, Without};
pub use pairs::{PairCounts, PairTrust};
pub use preference::SelfPreference;
pub use scores::ScoreTrust;

use crate::evidence::{PairRecord, Party, Reply, ScoreRecord};
use crate::fault::Fault;
use crate::figure::{Figure, Uncertainty};
use crate::pair::Choice;
use crate::scale::Scale;

/// All that judges said in a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrustInput {
    /// The scale of the scores.
    pub scale: Scale,
    /// The judges, by index.
    pub judges: Vec<Party>,
    /// The contestants, by index.
    pub contestants: Vec<Party>,
    /// Score by score; empty in a pairwise run.
    pub scores: Vec<ScoreRecord>,
    /// Pair by pair; empty without pairwise judging.
    pub pairs: Vec<PairRecord>,
    /// How intervals are formed.
    pub uncertainty: Uncertainty,
}

/// How far the judges of a run can be trusted. Scores and pairs each give what they can; what cannot
/// be had says why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrustReport {
    /// Share of the pairs with a verdict in both orders on which the orders agree (a tie in both
    /// orders agrees). 1 is perfect; tossing coins gives 0.5.
    pub consistency: Figure,
    /// P(the first place wins) - 1/2 over both orders, a tie counting half: 0 without bias, above 0
    /// when the judges favour the answer they read first.
    pub position_bias: Figure,
    /// The same as log-odds (Bradley-Terry with an order effect): what standing first adds, of two
    /// answers of any quality.
    pub position_log_odds: Figure,
    /// Share of the verdicts that are ties.
    pub ties: Figure,
    /// Change of the score, in the unit of the scale, per standard deviation of log length, among
    /// answers to one item. Longer answers may be better; see `verbosity_within_contestant`.
    pub verbosity: Figure,
    /// The same with each contestant's own level taken out: does a contestant score more where it
    /// writes more than it usually does?
    pub verbosity_within_contestant: Figure,
    /// In pairs: log-odds of winning per standard deviation of the log ratio of lengths
    /// (Bradley-Terry with a covariate).
    pub verbosity_log_odds: Figure,
    /// How much better a judge treats its own family than the other judges do, for each judge that
    /// judged its own.
    pub self_preference: Vec<SelfPreference>,
    /// Why there is none.
    pub self_preference_reason: Option<String>,
    /// Krippendorff's alpha of the scores, or of the pairs where there are no scores.
    pub agreement: Agreement,
    /// Alpha of the pairs' outcomes, when there are scores too.
    pub pair_agreement: Option<Agreement>,
    /// Cohen's kappa of every two judges.
    pub kappas: Vec<Kappa>,
    /// Each judge by itself.
    pub judges: Vec<JudgeReport>,
    /// The ranking by all judges, and without each of them.
    pub leave_one_out: LeaveOneOut,
}

/// One judge by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgeReport {
    /// Its name.
    pub judge: String,
    /// What became of its questions; a pair counts as two.
    pub replies: Replies,
    /// Of its scores.
    pub scores: ScoreTrust,
    /// Of its pairs.
    pub pairs: PairTrust,
}

/// What became of the questions to a judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replies {
    /// Questions asked.
    pub asked: u64,
    /// Verdicts read.
    pub verdicts: u64,
    /// Replies without a readable verdict.
    pub unreadable: u64,
    /// Questions declined.
    pub refused: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Questions not asked, because the judge is a relative or the run ended.
    pub skipped: u64,
}

impl Replies {
    fn add<T: Copy>(&mut self, reply: &Reply<T>) {
        let count = match reply {
            Reply::Verdict(_) => &mut self.verdicts,
            Reply::Unreadable => &mut self.unreadable,
            Reply::Refused => &mut self.refused,
            Reply::Failed => &mut self.failed,
            Reply::Skipped => {
                self.skipped += 1;
                return;
            }
        };
        *count += 1;
        self.asked += 1;
    }
}

/// Draws up the report. Fails on a record that names a judge or a contestant that is not there, on
/// a score that is not on the scale, and on a pair of a contestant with itself.
pub fn report(input: &TrustInput) -> Result<TrustReport, Fault> {
    check(input)?;
    let every: Vec<&PairRecord> = input.pairs.iter().collect();
    let scored = scores::scored(input);
    let all = PairTrust::of(&every, input.contestants.len(), &input.uncertainty);
    let (self_preference, self_preference_reason) = preference::all(input, &scored);
    let of_scores = agreement::of_scores(input, &scored);
    let of_pairs = agreement::of_pairs(input);
    let (main, pair_agreement, kappas) = if scored.is_empty() && !input.pairs.is_empty() {
        let kappas = of_pairs.kappas(input);
        (of_pairs.alpha(input), None, kappas)
    } else {
        let pairs = (!input.pairs.is_empty()).then(|| of_pairs.alpha(input));
        (of_scores.alpha(input), pairs, of_scores.kappas(input))
    };
    Ok(TrustReport {
        consistency: all.consistency,
        position_bias: all.position_bias,
        position_log_odds: all.position_log_odds,
        ties: all.ties,
        verbosity: scores::verbosity(&scored, false, input.uncertainty.level),
        verbosity_within_contestant: scores::verbosity(&scored, true, input.uncertainty.level),
        verbosity_log_odds: all.verbosity_log_odds,
        self_preference,
        self_preference_reason,
        agreement: main,
        pair_agreement,
        kappas,
        judges: (0..input.judges.len()).map(|judge| JudgeReport::of(input, judge, &scored)).collect(),
        leave_one_out: LeaveOneOut::of(input, &scored),
    })
}

impl JudgeReport {
    fn of(input: &TrustInput, judge: usize, scored: &[scores::Scored]) -> Self {
        let mut replies = Replies::default();
        for record in input.scores.iter().filter(|record| record.judge == judge) {
            replies.add(&record.reply);
        }
        let pairs: Vec<&PairRecord> = input.pairs.iter().filter(|pair| pair.judge == judge).collect();
        for pair in &pairs {
            replies.add(&pair.forward);
            replies.add(&pair.backward);
        }
        Self {
            judge: input.judges[judge].name.clone(),
            replies,
            scores: ScoreTrust::of(judge, scored, input.uncertainty.level),
            pairs: PairTrust::of(&pairs, input.contestants.len(), &input.uncertainty),
        }
    }
}

fn check(input: &TrustInput) -> Result<(), Fault> {
    let fault = |message: String| Fault::new(message, "this is a fault of the caller, not of the data");
    if !(input.uncertainty.level > 0.0 && input.uncertainty.level < 1.0) {
        return Err(Fault::new(
            format!("{} is not a confidence level", input.uncertainty.level),
            "give one between 0 and 1, such as 0.95",
        ));
    }
    let (judges, contestants) = (input.judges.len(), input.contestants.len());
    let (low, high) = input.scale.range();
    for (index, record) in input.scores.iter().enumerate() {
        if record.judge >= judges || record.contestant >= contestants {
            return Err(fault(format!("score {index} names a judge or a contestant that is not in the list")));
        }
        if record.reply.verdict().is_some_and(|value| !(low..=high).contains(&value)) {
            return Err(fault(format!("score {index} is not on the scale {}", input.scale)));
        }
    }
    for (index, pair) in input.pairs.iter().enumerate() {
        if pair.judge >= judges || pair.a >= contestants || pair.b >= contestants || pair.a == pair.b {
            return Err(fault(format!("pair {index} is not of two contestants in the list, by a judge in the list")));
        }
    }
    Ok(())
}

/// The verdicts of pairs as games of a first against a second place: (place of a, choice).
fn verdicts<'a>(pairs: &'a [&'a PairRecord]) -> impl Iterator<Item = (&'a PairRecord, bool, Choice)> {
    pairs.iter().flat_map(|pair| {
        let forward = pair.forward.verdict().map(|choice| (*pair, true, choice));
        let backward = pair.backward.verdict().map(|choice| (*pair, false, choice));
        forward.into_iter().chain(backward)
    })
}
