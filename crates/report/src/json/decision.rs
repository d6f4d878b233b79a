//! What is decided over the items of a run: the contract that scripts read.

use schemars::JsonSchema;
use serde::Serialize;

use super::run::OmittedParameter;
use super::words;

/// How one arm does over all items. Everything is null, or empty, where it was not measured; never 0 for "nothing".
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct DecisionFigures {
    /// The measure of `mean`: the one that decides.
    #[schemars(extend("enum" = words::measures_or_null()))]
    pub metric: Option<&'static str>,
    /// Items with a value.
    pub n_items: Option<u32>,
    /// Runs of an item.
    pub n_runs: Option<u32>,
    /// Answers that were asked for and have no value.
    pub n_missing: Option<u32>,
    /// Mean over items, runs of an item averaged first, items weighted.
    pub mean: Option<f64>,
    /// Its standard error, clustered where items are.
    pub standard_error: Option<f64>,
    /// Lower bound of the mean at `ci_level`.
    pub ci_low: Option<f64>,
    /// Upper bound of the mean at `ci_level`.
    pub ci_high: Option<f64>,
    /// Level of all intervals of this object.
    pub ci_level: Option<f64>,
    /// How the interval was made: `wilson`, `wilson_effective`, `t` or `clustered_t`; empty without one.
    pub method: Option<String>,
    /// Whether there is an interval, and why not.
    #[schemars(extend("enum" = words::figure_statuses_or_null()))]
    pub ci_status: Option<&'static str>,
    /// What missing answers could change; null where none is missing or nothing bounds the measure.
    pub bounds: Option<BoundsRow>,
    /// Chance that at least one of k answers passes, for k = 1, 2, …; null where too few answers were evaluated.
    pub pass_at_k: Vec<Option<f64>>,
    /// Chance that all of k answers pass, for k = 1, 2, ….
    pub pass_hat_k: Vec<Option<f64>>,
    /// Mean cost of an answer, dollars.
    pub cost_per_item: Option<f64>,
    /// Lower bound.
    pub cost_per_item_ci_low: Option<f64>,
    /// Upper bound.
    pub cost_per_item_ci_high: Option<f64>,
    /// Mean cost over pass rate, dollars; its interval is Fieller's.
    pub cost_per_passed_item: Option<f64>,
    /// Lower bound.
    pub cost_per_passed_item_ci_low: Option<f64>,
    /// Upper bound; null too where the pass rate may be 0 and nothing bounds it.
    pub cost_per_passed_item_ci_high: Option<f64>,
    /// Mean latency, milliseconds.
    pub latency_mean_ms: Option<f64>,
    /// Lower bound.
    pub latency_mean_ms_ci_low: Option<f64>,
    /// Upper bound.
    pub latency_mean_ms_ci_high: Option<f64>,
    /// Median latency over all answers, milliseconds.
    pub latency_p50_ms: Option<f64>,
    /// Lower bound.
    pub latency_p50_ms_ci_low: Option<f64>,
    /// Upper bound.
    pub latency_p50_ms_ci_high: Option<f64>,
    /// 95th percentile of latency over all answers, milliseconds.
    pub latency_p95_ms: Option<f64>,
    /// Lower bound.
    pub latency_p95_ms_ci_low: Option<f64>,
    /// Upper bound.
    pub latency_p95_ms_ci_high: Option<f64>,
    /// Share of resamples of items in which it is the best.
    pub p_best: Option<f64>,
    /// Lowest and highest rank in the middle `ci_level` of resamples.
    pub rank_interval: Option<[f64; 2]>,
    /// Every measure that has a value.
    pub metrics: Vec<EstimateRow>,
}

/// One arm: a contestant under one system prompt at one temperature. `name` is what `comparisons`, `tied_best` and all
/// other lists call it; it is the contestant's own name where the contestant has a single arm.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ArmRow {
    /// Its name.
    pub name: String,
    /// The contestant's name.
    pub contestant: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: DecisionFigures,
}

/// The mean of one measure over an arm's items.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EstimateRow {
    /// The measure.
    #[schemars(extend("enum" = words::measures()))]
    pub metric: &'static str,
    /// Items with a value.
    pub n_items: u32,
    /// Answers that were asked for and have no value.
    pub n_missing: u32,
    /// Mean over items.
    pub mean: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Lower bound.
    pub ci_low: Option<f64>,
    /// Upper bound.
    pub ci_high: Option<f64>,
    /// How the interval was made; empty without one.
    pub method: String,
    /// Whether there is an interval, and why not.
    #[schemars(extend("enum" = words::FIGURE_STATUSES))]
    pub ci_status: &'static str,
    /// What missing answers could change.
    pub bounds: Option<BoundsRow>,
}

/// What an estimate would be if all missing answers had been as bad, and as good, as can be.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BoundsRow {
    /// With missing answers at the low end of the scale.
    pub low: Option<f64>,
    /// With missing answers at the high end.
    pub high: Option<f64>,
    /// Lower bound of the interval at `low`.
    pub ci_low: Option<f64>,
    /// Upper bound of the interval at `high`.
    pub ci_high: Option<f64>,
}

/// Two arms on one measure, over the items that both have values for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ComparisonRow {
    /// An arm.
    pub a: String,
    /// Another one.
    pub b: String,
    /// What is compared.
    #[schemars(extend("enum" = words::measures()))]
    pub metric: &'static str,
    /// Items with values of both.
    pub n_items: u32,
    /// Runs of an item, of the arm that has more.
    pub n_runs: u32,
    /// Mean of `a` over these items.
    pub mean_a: Option<f64>,
    /// Mean of `b` over these items.
    pub mean_b: Option<f64>,
    /// `mean_a` − `mean_b`.
    pub difference: Option<f64>,
    /// Lower bound of the difference.
    pub ci_low: Option<f64>,
    /// Upper bound of the difference.
    pub ci_high: Option<f64>,
    /// Level of the interval.
    pub ci_level: f64,
    /// How the interval was made: `tango`, `tango_repeated`, `t`, `clustered_t` or `item_bootstrap`; empty without one.
    pub method: String,
    /// How p was made: `mcnemar_exact`, `sign_flip_exact` or `sign_flip_monte_carlo`; empty without one.
    pub test: String,
    /// Two-sided p, paired by item.
    pub p_value: Option<f64>,
    /// After correction over all pairs of this measure.
    pub p_value_corrected: Option<f64>,
    /// The correction.
    #[schemars(extend("enum" = words::DECISION_CORRECTIONS))]
    pub correction: &'static str,
    /// Mean difference over the standard deviation of the items' differences.
    pub effect_size: Option<f64>,
    /// `cohen_dz`.
    pub effect_size_metric: String,
    /// What came of it.
    #[schemars(extend("enum" = words::PAIR_STATUSES))]
    pub status: &'static str,
    /// Whether the corrected p is below 1 − `ci_level`.
    pub significant: bool,
    /// What missing answers could change about the difference.
    pub bounds: Option<BoundsRow>,
}

/// A number with its interval.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FigureRow {
    /// The number; null without data.
    pub value: Option<f64>,
    /// Lower bound.
    pub ci_low: Option<f64>,
    /// Upper bound.
    pub ci_high: Option<f64>,
    /// Whether there is an interval, and why not.
    #[schemars(extend("enum" = words::FIGURE_STATUSES))]
    pub ci_status: &'static str,
}

/// One arm among quality, cost and latency; the intervals of all arms hold together.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ParetoRow {
    /// The arm.
    pub name: String,
    /// The measure that decides.
    pub quality: FigureRow,
    /// Mean cost of an answer, dollars.
    pub cost_per_item: FigureRow,
    /// 95th percentile of latency, milliseconds.
    pub latency_p95_ms: FigureRow,
    /// Whether no other arm is at least as good in everything and better in something.
    pub on_front: bool,
    /// The arms that are.
    pub dominated_by: Vec<DominatorRow>,
}

/// An arm that is at least as good in everything and better in something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DominatorRow {
    /// The arm.
    pub name: String,
    /// True where the intervals of all three differences lie on its side.
    pub certain: bool,
}

/// What came of the bar.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BarRow {
    /// The bar as it was written.
    pub bar: String,
    /// The confidence asked for; null where estimates decide.
    pub level: Option<f64>,
    /// The cheapest arm that clears it.
    pub cheapest: Option<String>,
    /// The cheapest arm that is shown to clear it.
    pub cheapest_shown: Option<String>,
    /// Each arm.
    pub contestants: Vec<BarStandingRow>,
}

/// One arm under the bar.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BarStandingRow {
    /// The arm.
    pub name: String,
    /// The quantity.
    pub estimate: Option<f64>,
    /// Whether it clears the bar: by its estimate or, where the bar names a confidence, shown at it.
    pub clears: bool,
    /// What the data show at the bar's confidence (95 % where it names none).
    #[schemars(extend("enum" = words::ANSWERS))]
    pub answer: &'static str,
    /// Mean cost of an answer, dollars.
    pub cost_per_item: Option<f64>,
}

/// What came of a gate.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StatisticalGateRow {
    /// The gate as it was written.
    pub gate: String,
    /// Fails if any arm does, inconclusive if any is, else passes.
    #[schemars(extend("enum" = words::ANSWERS))]
    pub answer: &'static str,
    /// More answers that each arm would need until all are decided; null where decided or out of reach.
    pub needed_runs: Option<u64>,
    /// The confidence.
    pub level: f64,
    /// Why it could not be put to the data at all; empty where it was.
    pub reason: String,
    /// Each arm; the one that others are held against is left out.
    pub contestants: Vec<GateArmRow>,
}

/// One arm under a gate.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GateArmRow {
    /// The arm.
    pub name: String,
    /// What the data say.
    #[schemars(extend("enum" = words::ANSWERS))]
    pub answer: &'static str,
    /// The quantity itself; of a comparison the difference, positive where the arm is better.
    pub estimate: Option<f64>,
    /// One-sided lower bound of the level.
    pub ci_low: Option<f64>,
    /// One-sided upper bound of the level.
    pub ci_high: Option<f64>,
    /// How many more items like these would decide.
    pub needed_items: Option<u64>,
    /// The same in answers.
    pub needed_runs: Option<u64>,
    /// Why it is inconclusive; empty where it is not.
    pub reason: String,
}

/// How a run was stopped.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StoppingRow {
    /// Why; null where the plan was carried out without a decision.
    #[schemars(extend("enum" = words::stop_reasons_or_null()))]
    pub decision: Option<&'static str>,
    /// The arm that is better than, or as good as, all others.
    pub leader: Option<String>,
    /// Chance of any false verdict over all pairs, all looks and all reasons to stop.
    pub alpha: Option<f64>,
    /// Differences up to this do not matter; null where equivalence was not looked for.
    pub margin: Option<f64>,
    /// The evidence on every pair.
    pub evidence: Vec<EvidenceRow>,
    /// Items looked at.
    pub items_used: u32,
    /// Items planned.
    pub items_planned: u32,
    /// Calls made.
    pub calls_made: u32,
    /// Calls planned.
    pub calls_planned: u32,
    /// Planned calls that were not needed; null where nothing was decided or the money ended.
    pub calls_saved: Option<u32>,
}

/// The evidence on a pair; it may be looked at after every item.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EvidenceRow {
    /// An arm.
    pub a: String,
    /// Another one.
    pub b: String,
    /// Items that both answered.
    pub n_items: u32,
    /// Items left out because one of them has no value.
    pub n_missing: u32,
    /// Mean difference a − b.
    pub difference: Option<f64>,
    /// Lower bound of the confidence sequence.
    pub ci_low: Option<f64>,
    /// Upper bound of the confidence sequence.
    pub ci_high: Option<f64>,
    /// Natural logarithm of the e-value against equality.
    pub ln_e_value: Option<f64>,
    /// The verdict, once there is one.
    #[schemars(extend("enum" = words::pair_verdicts_or_null()))]
    pub verdict: Option<&'static str>,
    /// After how many items it came.
    pub verdict_after: Option<u32>,
}

/// Whether one model may take the place of another.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MigrationRow {
    /// Parameters that the new model refuses and that were left out, those it shares with the old one last.
    pub refused_parameters: Vec<OmittedParameter>,
    /// The model in use.
    pub from: String,
    /// The model to come.
    pub to: String,
    /// Whether the new model is shown to be good enough; inconclusive without a measure of quality.
    #[schemars(extend("enum" = words::ANSWERS))]
    pub answer: &'static str,
    /// The measure that quality is read from; null where nothing was checked or judged.
    #[schemars(extend("enum" = words::measures_or_null()))]
    pub quality_metric: Option<&'static str>,
    /// How much worse the new model may be, in the unit of the measure.
    pub margin: f64,
    /// The confidence of the test, one-sided.
    pub level: f64,
    /// Mean quality of the model in use.
    pub quality_from: Option<f64>,
    /// Mean quality of the model to come.
    pub quality_to: Option<f64>,
    /// The test of quality; null without a measure of it. Its estimate is to − from.
    pub quality: Option<GateArmRow>,
    /// What else changes.
    pub changes: Vec<ChangeRow>,
    /// What the reader must know.
    pub notes: Vec<CodedNote>,
}

/// One thing that a change of models changes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ChangeRow {
    /// What.
    #[schemars(extend("enum" = words::measures()))]
    pub metric: &'static str,
    /// Items that both have values for.
    pub n_items: u32,
    /// Mean of the model in use.
    pub mean_from: Option<f64>,
    /// Mean of the model to come.
    pub mean_to: Option<f64>,
    /// to − from.
    pub difference: FigureRow,
    /// to / from; null for what is a rate.
    pub ratio: Option<FigureRow>,
    /// Two-sided p of the difference.
    pub p_value: Option<f64>,
    /// Corrected over all changes.
    pub p_value_corrected: Option<f64>,
    /// Whether the change is beyond chance, after correction.
    pub changed: bool,
}

/// What the reader must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CodedNote {
    /// A stable word.
    pub code: String,
    /// A sentence.
    pub text: String,
}

/// A plain sentence on what is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SaidRow {
    /// What it is about.
    #[schemars(extend("enum" = words::SAID_KINDS))]
    pub kind: &'static str,
    /// The sentence.
    pub sentence: String,
}
