//! Runs put together by hand: every figure is chosen, none computed by the code under test.

#![allow(dead_code, reason = "each test file uses its own part of the fixtures")]

pub(crate) mod decided;
pub(crate) mod scored;

use std::time::Duration;

use evals::analysis::model::{
    Analysis, Cell, Comparison, Consistency, IntervalResult, Machine, MetricSummary, QuantileSummary, TestStatus,
    Totals,
};
use evals::analysis::scored::Scores;
use evals::analysis::verdict::{Verdict, VerdictKind};
use evals::record::{
    AnalysisOptions, AttemptRecord, CallCost, CallRecord, Contestant, CorrectionKind, IntervalMethod, Metric, Note,
    Omission, PlannedCall, Prompt, RECORD_VERSION, RunEnd, RunHeader, Scoring, TestKind, Timing,
};
use llm::call::{Attempt, Billing, RawResponse, Timeouts};
use llm::cost::{PriceSheet, PriceSource, Terms};
use llm::error::{ApiError, ErrorKind};
use llm::event::{AdvisorUsage, Stop, StopReason, Usage};
use llm::money::Usd;
use llm::outcome::{AdvisorReply, Answer, Outcome, ToolCall};
use llm::request::{Effort, Params};

/// Everything that has ever broken a renderer, in one line.
pub(crate) const HOSTILE: &str = "=cmd|'/c calc'!A1 \u{1b}[31mred\u{1b}[0m \u{1b}]8;;http://evil.example\u{7}link\u{1b}]8;;\u{7} [/] :free: **bold** `tick` <script>alert(1)</script> \u{202e}txt.exe 日本語 👩\u{200d}💻 שלום\r\nsecond | line\twith ```` fence";

/// A run and its sentences.
pub(crate) struct Fixture {
    pub(crate) analysis: Analysis,
    pub(crate) verdicts: Vec<Verdict>,
}

impl Fixture {
    /// Two contestants, three plain runs each: what a newcomer sees first.
    pub(crate) fn plain() -> Self {
        let mut builder =
            Builder::new(vec![contestant("gpt-4o-mini", "openai"), contestant("claude-haiku-4-5", "anthropic")], 3);
        builder.header.prompts[0].text = "Name the capital of France.".to_owned();
        for (run, latency) in [810.25, 812.0, 814.5].into_iter().enumerate() {
            builder.answer(0, run, "Paris.", latency, CallCost::Known(Usd::from_pico(12_300_000)));
        }
        for (run, latency) in [1235.0, 1240.0, 1245.0].into_iter().enumerate() {
            let text = if run == 2 { "It is Paris." } else { "The capital of France is Paris." };
            builder.answer(1, run, text, latency, CallCost::Known(Usd::from_pico(456_000_000)));
        }
        let mut fixture = builder.finish();
        fixture.compare(0, 1, true);
        fixture
    }

    /// Four contestants in every outcome, with hostile text wherever somebody else writes it.
    pub(crate) fn hostile() -> Self {
        let mut advised = contestant("claude-opus-4-8@effort=xhigh", "anthropic");
        advised.model = "claude-opus-4-8".to_owned();
        advised.params = Params { effort: Some(Effort::Xhigh), ..Params::default() };
        advised.sends_temperature = false;
        advised.omitted = vec![Omission {
            parameter: "temperature".into(),
            requested: "0.7".into(),
            reason: "the model takes none".into(),
        }];
        let mut evil = contestant(&format!("local/{HOSTILE}"), "local");
        evil.model = HOSTILE.to_owned();
        evil.price = PriceSheet::new(Terms::Local, PriceSource::FirstParty);
        let contestants = vec![contestant("gpt-4o-mini", "openai"), advised, evil, contestant("nemotron-4", "nvidia")];
        let mut builder = Builder::new(contestants, 3);
        builder.header.prompts[0].text = HOSTILE.to_owned();
        builder.header.systems = vec![Some(HOSTILE.to_owned())];
        builder.header.temperatures = vec![Some(0.7)];
        builder.header.max_cost = Usd::from_f64(0.5);
        builder.answer(0, 0, "Paris.", 810.25, CallCost::Known(Usd::from_pico(12_300_000)));
        builder.answer(0, 1, "Paris.", 812.0, CallCost::Known(Usd::from_pico(12_300_000)));
        builder.fail(0, 2, HOSTILE, CallCost::Unknown(Usd::from_f64(0.02)));
        builder.refuse(1, 0, HOSTILE);
        builder.answer(1, 1, "cut", 12_400.0, CallCost::Known(Usd::from_pico(4_560_000_000))).outcome =
            Outcome::Truncated;
        let advice =
            builder.answer(1, 2, "Paris, as advised.", 15_000.0, CallCost::Known(Usd::from_pico(9_000_000_000)));
        advice.answer.usage.advisor =
            vec![AdvisorUsage { model: "claude-opus-4-6".into(), input: 900, output: 1500, ..AdvisorUsage::default() }];
        advice.answer.advisor = vec![
            AdvisorReply { text: Some(HOSTILE.to_owned()), error_code: None },
            AdvisorReply { text: None, error_code: Some("overloaded".to_owned()) },
        ];
        advice.answer.reasoning = HOSTILE.to_owned();
        for run in 0..3 {
            builder.answer(2, run, HOSTILE, 45.5, CallCost::Free);
        }
        let tool = builder.answer(3, 0, "", 300.0, CallCost::Unpriced);
        tool.answer.tool_calls =
            vec![ToolCall { id: Some("t1".into()), name: HOSTILE.to_owned(), arguments: "{\"a\":1}".into() }];
        builder.answer(3, 1, "", 310.0, CallCost::Unpriced).outcome = Outcome::Empty;
        let mut fixture = builder.finish();
        fixture.analysis.end = RunEnd::BudgetReached;
        fixture.analysis.notes = vec![
            Note {
                code: "temperature_omitted".into(),
                text: "claude-opus-4-8 takes no temperature: 0.7 was not sent.".into(),
            },
            Note { code: "hostile".into(), text: HOSTILE.to_owned() },
        ];
        fixture.compare(0, 1, true);
        fixture.compare(0, 2, false);
        fixture.untestable(2, 3);
        fixture.verdicts.push(Verdict {
            comparison: None,
            kind: VerdictKind::Outcomes,
            sentence: format!("{HOSTILE} refused 1 of 3 runs."),
        });
        fixture
    }

    /// Many cells: contestants crossed with temperatures.
    pub(crate) fn many() -> Self {
        let names = ["gpt-4o-mini", "claude-haiku-4-5", "gemini-3.8-flash", "embedded/smollm2-135m", "deepseek-v4"];
        let mut builder = Builder::new(names.iter().map(|name| contestant(name, "openai")).collect(), 10);
        builder.header.temperatures = vec![Some(0.0), Some(0.7), Some(1.2)];
        for at in 0..names.len() {
            for (position, temperature) in [0.0, 0.7, 1.2].into_iter().enumerate() {
                for run in 0..10 {
                    let latency = 400.0 * (at + 1) as f64 + 10.0 * run as f64 + position as f64;
                    let record = builder.answer(
                        at,
                        run,
                        if run < 7 { "Paris" } else { "Rome" },
                        latency,
                        CallCost::Known(Usd::from_pico(123_000_000)),
                    );
                    record.call.temperature = Some(temperature);
                }
            }
        }
        let mut fixture = builder.finish();
        for a in 0..4 {
            for b in a + 1..5 {
                fixture.compare(a * 3, b * 3, b > a + 1);
            }
        }
        fixture
    }

    fn compare(&mut self, a: u32, b: u32, significant: bool) {
        let comparison = comparison(a, b, significant);
        let (name_a, name_b) = (self.name(a), self.name(b));
        let (kind, sentence) = if significant {
            (
                VerdictKind::Difference,
                format!(
                    "{name_a} is faster than {name_b}: mean latency 812 ms against 1,240 ms, difference −428 ms (95 % interval −510 to −346), p = 0.0004 after Bonferroni over 3 pairs."
                ),
            )
        } else {
            (
                VerdictKind::NoDifference,
                format!(
                    "No difference in latency can be claimed between {name_a} and {name_b}: 95 % interval −12 to +40 ms; to detect 20 ms you would need about 60 runs of each."
                ),
            )
        };
        self.verdicts.push(Verdict { comparison: Some(self.analysis.comparisons.len() as u32), kind, sentence });
        self.analysis.comparisons.push(comparison);
    }

    fn untestable(&mut self, a: u32, b: u32) {
        let sentence = format!(
            "Latency cannot be tested between {} and {}: every run of both took the same.",
            self.name(a),
            self.name(b)
        );
        self.verdicts.push(Verdict {
            comparison: Some(self.analysis.comparisons.len() as u32),
            kind: VerdictKind::Untestable,
            sentence,
        });
        self.analysis.comparisons.push(Comparison {
            status: TestStatus::ZeroVariance,
            difference_ci: IntervalResult::Constant,
            effect_size_ci: IntervalResult::Constant,
            statistic: None,
            degrees_of_freedom: None,
            p_value: None,
            p_value_corrected: None,
            significant: false,
            effect_size: None,
            effect_size_interpretation: String::new(),
            // A library's mistake must not become invalid JSON.
            detectable_difference: Some(f64::NAN),
            ..comparison(a, b, false)
        });
    }

    fn name(&self, cell: u32) -> String {
        self.analysis.header.contestants[self.analysis.cells[cell as usize].contestant as usize].name.clone()
    }
}

fn comparison(a: u32, b: u32, significant: bool) -> Comparison {
    Comparison {
        a,
        b,
        metric: Metric::LatencyMs,
        n_a: 3,
        n_b: 3,
        mean_a: Some(812.25),
        mean_b: Some(1240.0),
        stdev_a: Some(2.125),
        stdev_b: Some(5.0),
        difference: Some(-427.75),
        difference_ci: IntervalResult::Interval { low: -436.5, high: -419.0, few: true },
        test: TestKind::Welch,
        status: TestStatus::Tested,
        statistic: Some(-136.25),
        degrees_of_freedom: Some(2.7),
        p_value: Some(if significant { 0.0001 } else { 0.4 }),
        p_value_corrected: Some(if significant { 0.0003 } else { 1.0 }),
        correction: CorrectionKind::Bonferroni,
        n_comparisons: 3,
        n_pairs_untestable: 1,
        significant,
        effect_size: Some(-111.3),
        effect_size_metric: "cohen_d".to_owned(),
        effect_size_interpretation: "large".to_owned(),
        effect_size_ci: IntervalResult::Unbounded,
        bootstrap_method: IntervalMethod::Percentile,
        detectable_difference: Some(12.5),
        runs_to_detect_observed: Some(3),
        runs_to_detect_tenth: Some((4, 81.225)),
        n_refused_a: 0,
        n_refused_b: 1,
    }
}

/// A contestant with nothing special about it.
pub(crate) fn contestant(name: &str, provider: &str) -> Contestant {
    Contestant {
        name: name.to_owned(),
        spec: name.to_owned(),
        provider: provider.to_owned(),
        model: name.to_owned(),
        family: Some("family".to_owned()),
        params: Params::default(),
        sends_temperature: true,
        omitted: vec![],
        price: PriceSheet::new(Terms::Unpriced, PriceSource::Unchecked),
    }
}

/// Gathers records and counts what is countable.
#[derive(Clone)]
pub(crate) struct Builder {
    pub(crate) header: RunHeader,
    records: Vec<CallRecord>,
}

impl Builder {
    pub(crate) fn new(contestants: Vec<Contestant>, runs: u32) -> Self {
        let header = RunHeader {
            record_version: RECORD_VERSION,
            tool_version: "0.3.0".to_owned(),
            run_id: "0a1b2c3d-1111-4222-8333-444455556666".to_owned(),
            experiment_key: "0123456789abcdef".to_owned(),
            command: "compare".to_owned(),
            started_at: "2026-11-22T14:00:00Z".to_owned(),
            seed: 7,
            prompts: vec![Prompt::new("p1", "Say something.")],
            systems: vec![None],
            temperatures: vec![Some(0.0)],
            runs,
            contestants,
            max_cost: None,
            concurrency: 5,
            timeouts: Timeouts::default(),
            max_retries: 3,
            analysis: AnalysisOptions::default(),
            pricing_as_of: "2026-09-06".to_owned(),
            notes: vec![],
            scoring: Scoring::default(),
        };
        Self { header, records: vec![] }
    }

    /// A run that was answered.
    pub(crate) fn answer(
        &mut self,
        contestant: usize,
        run: usize,
        text: &str,
        latency_ms: f64,
        cost: CallCost,
    ) -> &mut CallRecord {
        let usage = Usage { input: Some(36), output: Some(8), reasoning: Some(0), ..Usage::default() };
        let stop = Stop { reason: StopReason::End, raw: Some("end_turn".to_owned()), category: None };
        let answer = Answer {
            response_id: Some(format!("msg_{contestant}_{run}")),
            served_model: Some("served-2026-01-01".to_owned()),
            text: text.to_owned(),
            usage,
            stop: Some(stop),
            ..Answer::default()
        };
        let attempt = Self::attempt(answer.clone(), None, Billing::Reported, latency_ms);
        self.push(CallRecord {
            call: self.call(contestant, run),
            outcome: Outcome::Complete,
            error: None,
            answer,
            queued: Duration::from_micros(1500),
            attempts: vec![attempt],
            timing: Timing {
                latency_ms: Some(latency_ms),
                ttft_ms: Some(latency_ms / 4.0),
                ttfo_ms: Some(latency_ms / 2.0),
                output_tokens_per_second: Some(64.5),
                inter_token_mean_ms: Some(15.5),
                inter_token_p99_ms: Some(f64::INFINITY),
            },
            cost,
            from_cache: false,
        })
    }

    /// A run that failed after one retry.
    pub(crate) fn fail(&mut self, contestant: usize, run: usize, message: &str, cost: CallCost) -> &mut CallRecord {
        let error = ApiError {
            kind: ErrorKind::Overloaded,
            message: message.to_owned(),
            status: Some(529),
            code: Some("overloaded_error".to_owned()),
            retry_after_ms: None,
        };
        let first = Self::attempt(Answer::default(), Some(error.clone()), Billing::NotBilled, 20.0);
        let mut second = Self::attempt(Answer::default(), Some(error.clone()), Billing::Unknown, 30.0);
        second.waited = Duration::from_secs(1);
        self.push(CallRecord {
            call: self.call(contestant, run),
            outcome: Outcome::Error,
            error: Some(error),
            answer: Answer::default(),
            queued: Duration::ZERO,
            attempts: vec![first, second],
            timing: Timing::default(),
            cost,
            from_cache: false,
        })
    }

    /// A run that the model declined in words.
    pub(crate) fn refuse(&mut self, contestant: usize, run: usize, words: &str) -> &mut CallRecord {
        let record = self.answer(contestant, run, "", 900.0, CallCost::Known(Usd::from_pico(1_000_000)));
        record.outcome = Outcome::Refused;
        record.answer.refusal = words.to_owned();
        record.answer.stop = Some(Stop {
            reason: StopReason::Refusal,
            raw: Some("refusal".to_owned()),
            category: Some(words.to_owned()),
        });
        record
    }

    /// The run, with runs that were never made filled in as cancelled.
    pub(crate) fn finish(mut self) -> Fixture {
        let temperatures = self.header.temperatures.clone();
        let mut rows = vec![];
        let mut cells = vec![];
        for contestant in 0..self.header.contestants.len() {
            for &temperature in &temperatures {
                let mut mine = vec![];
                for run in 0..self.header.runs {
                    let made = self.records.iter().position(|record| {
                        record.call.contestant == contestant as u32
                            && record.call.temperature == temperature
                            && record.call.run_index == run
                    });
                    let mut record = match made {
                        Some(at) => self.records.remove(at),
                        None => CallRecord {
                            call: PlannedCall { temperature, ..self.call(contestant, run as usize) },
                            outcome: Outcome::Cancelled,
                            error: None,
                            answer: Answer::default(),
                            queued: Duration::ZERO,
                            attempts: vec![],
                            timing: Timing::default(),
                            cost: CallCost::Nothing,
                            from_cache: false,
                        },
                    };
                    record.call.index = rows.len() as u32 + mine.len() as u32;
                    mine.push(record);
                }
                cells.push(cell(&mine, contestant as u32, temperature));
                rows.extend(mine);
            }
        }
        let totals = totals(&rows);
        let machine = Machine { samples: 100, lag_p50_ms: 0.05, lag_p99_ms: 0.4, lag_max_ms: 1.25 };
        let notes = self.header.notes.clone();
        let analysis = Analysis {
            header: self.header,
            end: RunEnd::Finished,
            rows,
            cells,
            comparisons: vec![],
            totals,
            machine,
            notes,
            scores: Scores::default(),
            judge_calls: vec![],
            decision: None,
            stopping: None,
            migration: None,
        };
        Fixture { analysis, verdicts: vec![] }
    }

    fn push(&mut self, record: CallRecord) -> &mut CallRecord {
        self.records.push(record);
        self.records.last_mut().unwrap()
    }

    fn call(&self, contestant: usize, run: usize) -> PlannedCall {
        let temperature = self.header.temperatures[0];
        PlannedCall {
            index: 0,
            prompt: 0,
            system: 0,
            contestant: contestant as u32,
            temperature,
            run_index: run as u32,
        }
    }

    fn attempt(answer: Answer, error: Option<ApiError>, billing: Billing, total_ms: f64) -> AttemptRecord {
        let status = error.as_ref().map_or(Some(200), |error| error.status);
        AttemptRecord {
            waited: Duration::ZERO,
            attempt: Attempt {
                started_unix_ms: 1_795_356_000_123,
                connect: Duration::from_millis(12),
                total: Duration::from_secs_f64(total_ms / 1000.0),
                answer,
                error,
                billing,
                cancelled: false,
                raw: RawResponse { status, ..RawResponse::default() },
                request_body: vec![],
            },
        }
    }
}

fn cell(rows: &[CallRecord], contestant: u32, temperature: Option<f64>) -> Cell {
    let mut outcomes = [0; 7];
    for row in rows {
        outcomes[Outcome::ALL.iter().position(|outcome| *outcome == row.outcome).unwrap()] += 1;
    }
    let of = |value: &dyn Fn(&CallRecord) -> Option<f64>| rows.iter().filter_map(value).collect::<Vec<f64>>();
    let metrics = Metric::ALL
        .iter()
        .map(|metric| {
            let values = of(&|row| match metric {
                Metric::LatencyMs => row.timing.latency_ms,
                Metric::TtftMs => row.timing.ttft_ms,
                Metric::TtfoMs => row.timing.ttfo_ms,
                Metric::OutputTokens => row.answer.usage.output.map(|tokens| tokens as f64),
                Metric::TokensPerSecond => row.timing.output_tokens_per_second,
                Metric::CostUsd => match row.cost {
                    CallCost::Known(usd) => Some(usd.as_f64()),
                    _ => None,
                },
                Metric::Score | Metric::CheckScore => None,
            });
            summary(*metric, &values)
        })
        .collect();
    let answered: Vec<&str> =
        rows.iter().filter(|row| row.outcome == Outcome::Complete).map(|row| row.answer.text.as_str()).collect();
    let mut distinct = answered.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let made = rows.iter().filter(|row| row.outcome != Outcome::Cancelled).count();
    let mode = distinct.iter().copied().max_by_key(|text| answered.iter().filter(|other| *other == text).count());
    let mode_count = mode.map_or(0, |mode| answered.iter().filter(|text| **text == mode).count());
    Cell {
        prompt: 0,
        system: 0,
        contestant,
        temperature,
        n_runs: rows.len() as u32,
        outcomes,
        metrics,
        cost_total: rows.iter().filter_map(|row| row.cost.known_usd()).sum(),
        cost_unknown: rows.iter().filter(|row| matches!(row.cost, CallCost::Unknown(_) | CallCost::Unpriced)).count()
            as u32,
        consistency: Consistency {
            answered: answered.len() as u32,
            unique: distinct.len() as u32,
            agreement: (!answered.is_empty()).then(|| mode_count as f64 / made as f64),
            mode: mode.filter(|_| mode_count > 1).map(str::to_owned),
            mode_count: if mode_count > 1 { mode_count as u32 } else { 0 },
        },
    }
}

/// Means are real; spreads and intervals are invented, a tenth of the mean to each side.
fn summary(metric: Metric, values: &[f64]) -> MetricSummary {
    let mean = (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    let constant = values.windows(2).all(|pair| pair[0] == pair[1]);
    let mean_ci = match mean {
        None => IntervalResult::NoData,
        Some(_) if values.len() < 2 => IntervalResult::TooFew { need: 2 },
        Some(_) if constant => IntervalResult::Constant,
        Some(mean) => IntervalResult::Interval { low: mean * 0.9, high: mean * 1.1, few: values.len() < 10 },
    };
    let quantiles = [0.5, 0.9, 0.95, 0.99]
        .into_iter()
        .map(|probability| QuantileSummary { probability, value: mean, ci: IntervalResult::TooFew { need: 6 } })
        .collect();
    MetricSummary { metric, n: values.len() as u32, mean, stdev: (values.len() > 1).then_some(2.5), quantiles, mean_ci }
}

fn totals(rows: &[CallRecord]) -> Totals {
    let mut totals = Totals { planned: rows.len() as u32, ..Totals::default() };
    for row in rows {
        totals.outcomes[Outcome::ALL.iter().position(|outcome| *outcome == row.outcome).unwrap()] += 1;
        totals.cost += row.cost.known_usd().unwrap_or_default();
        match row.cost {
            CallCost::Unpriced => totals.unpriced += 1,
            CallCost::Unknown(at_most) => {
                totals.cost_unknown += 1;
                totals.cost_held += at_most.unwrap_or_default();
            }
            _ => {}
        }
        totals.retries += row.attempts.len().saturating_sub(1) as u32;
        totals.input_tokens += row.answer.usage.input.unwrap_or(0);
        totals.output_tokens += row.answer.usage.output.unwrap_or(0);
    }
    totals
}
