//! From the scoring flags to what a run is scored by. Everything here is settled before anything is sent.

use checks::{Check, CheckSpec, ExternalTask};
use evals::record::{GateRule, Gates, JudgeMode, Judging, Note, Prompt, Scoring, SuiteInfo};
use judges::{FactsRubric, Rubric, Scale};
use llm::client::HttpClient;
use llm::contestant::Contestant;
use llm::request::Params;
use report::escape;

use crate::cli::{ConsistencyKind, GateArgs, ScoringArgs};
use crate::exit::{Exit, Failure};
use crate::facts;
use crate::input;
use crate::lineup::{self, LocalServer};
use crate::session::Session;

/// What the flags and the suite's own settings ask for, with the judges not yet resolved.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The judges, as a list to resolve.
    judges: Option<String>,
    /// True when the user said that no judge is to be asked.
    no_judge: bool,
    rubric: Rubric,
    pairwise: bool,
    /// True when every answer is scored or compared, and not only where a check asks a judge.
    all_answers: bool,
    entailment: bool,
    relatives: bool,
    hallucination: bool,
    gates: Gates,
    /// Whether a line about terms is printed before judging.
    pub terms_note: bool,
}

/// What a suite says about judges.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OfSuite<'a> {
    /// Its judges.
    pub judges: Option<&'a str>,
    /// Its criteria.
    pub criteria: &'a [String],
}

/// Resolved judges with what they need.
#[derive(Debug, Clone, Default)]
pub(crate) struct Panel {
    /// In order.
    pub contestants: Vec<Contestant>,
    /// Tokens that each one's template may add.
    pub overheads: Vec<u64>,
    /// What became known on the way.
    pub notes: Vec<Note>,
}

/// Reads the flags; the command line wins over the suite.
///
/// `by_items` is true where gates over items decide: every check having to pass is then asked for only by name.
pub(crate) fn asked(
    flags: &ScoringArgs,
    gates: &GateArgs,
    by_items: bool,
    suite: OfSuite<'_>,
) -> Result<Asked, Failure> {
    let named = flags.judge.as_deref().or(flags.judges.as_deref());
    let judges = if flags.no_judge { None } else { named.or(suite.judges).map(str::to_owned) };
    refuse_without_judge(flags, judges.is_some())?;
    let facts_flags = flags.expected_facts.is_some() || flags.expected_facts_file.is_some();
    if (facts_flags || flags.hallucination_template.is_some()) && !flags.check_hallucination {
        return Err(Failure::usage(
            "expected facts and a template about fabrication are for --check-hallucination, which was not given",
        )
        .hint("add --check-hallucination, or leave them out"));
    }
    if flags.pairwise && (facts_flags || flags.hallucination_template.is_some()) {
        return Err(Failure::usage("judges that compare answers in pairs are not asked about facts")
            .hint("leave out --pairwise, or the facts; --check-hallucination alone works with --pairwise and goes by the offline evidence"));
    }
    if flags.consistency == ConsistencyKind::Judge && !flags.check_hallucination {
        return Err(Failure::usage("--consistency is for --check-hallucination, which was not given")
            .hint("add --check-hallucination"));
    }
    let criteria_named = !flags.judge_criteria.is_empty();
    let template = flags.judge_template.as_deref().map(|path| input::text_file(path, "judge template")).transpose()?;
    let criteria = if criteria_named {
        flags.judge_criteria.iter().flat_map(|text| facts::pieces(text)).collect()
    } else if template.is_some() {
        Vec::new()
    } else {
        suite.criteria.to_vec()
    };
    if criteria_named && criteria.is_empty() {
        return Err(
            Failure::usage("the criteria for the judges are empty").hint("write one a line, or `;` between them")
        );
    }
    let facts = if flags.check_hallucination && judges.is_some() && !flags.pairwise {
        let path = flags.hallucination_template.as_deref();
        let template = path.map(|path| input::text_file(path, "hallucination template")).transpose()?;
        Some(FactsRubric { expected: facts::expected(flags)?, template })
    } else {
        None
    };
    let scale = Scale::parse(&flags.judge_scale).map_err(|fault| refuse(&fault))?;
    let all_answers =
        named.is_some() || !criteria.is_empty() || template.is_some() || flags.pairwise || flags.check_hallucination;
    // Fabrication alone is scored from 1 to 10: on another scale the answers are scored beside it, by the usual criteria.
    let own_scale = facts.is_some() && criteria.is_empty() && template.is_none() && scale != Scale::OneToTen;
    let criteria = if own_scale { Rubric::DEFAULT_CRITERIA.map(str::to_owned).to_vec() } else { criteria };
    let rubric = Rubric { scale, criteria, template, facts };
    if judges.is_some() && flags.pairwise {
        rubric.check_pairwise().map_err(|fault| refuse(&fault))?;
    } else if judges.is_some() {
        rubric.check().map_err(|fault| refuse(&fault))?;
    }
    Ok(Asked {
        judges,
        no_judge: flags.no_judge,
        rubric,
        pairwise: flags.pairwise,
        all_answers,
        entailment: flags.consistency == ConsistencyKind::Judge,
        relatives: flags.judge_relatives,
        hallucination: flags.check_hallucination,
        gates: self::gates(gates, by_items),
        terms_note: !flags.no_judge_tos,
    })
}

/// The gate that the flags ask for.
pub(crate) fn gates(flags: &GateArgs, by_items: bool) -> Gates {
    let rule = match flags.min_pass_rate {
        Some(rate) => GateRule::MinPassRate(rate),
        None if flags.no_assertions || (by_items && !flags.strict_assertions) => GateRule::Off,
        None => GateRule::Strict,
    };
    Gates { rule, asked: flags.strict_assertions || flags.min_pass_rate.is_some() }
}

fn refuse_without_judge(flags: &ScoringArgs, has_judge: bool) -> Result<(), Failure> {
    if has_judge {
        return Ok(());
    }
    let needs = [
        (!flags.judge_criteria.is_empty(), "--judge-criteria says what a judge goes by"),
        (flags.judge_template.is_some(), "--judge-template is what a judge is sent"),
        (flags.pairwise, "--pairwise lets a judge compare answers"),
        (flags.judge_relatives, "--judge-relatives is about judges"),
        (
            flags.expected_facts.is_some() || flags.expected_facts_file.is_some(),
            "expected facts are compared by a judge",
        ),
        (flags.hallucination_template.is_some(), "--hallucination-template is what a judge is sent"),
        (flags.consistency == ConsistencyKind::Judge, "--consistency judge asks a judge"),
    ];
    match needs.into_iter().find(|(given, _)| *given) {
        Some((_, why)) => Err(Failure::usage(format!("{why}, and there is no judge; nothing was sent"))
            .hint("name one with --judge MODEL; the offline search for signs of fabrication (--check-hallucination) needs none")),
        None => Ok(()),
    }
}

fn refuse(fault: &judges::Fault) -> Failure {
    let failure = Failure::usage(escape::terminal::line(&fault.message));
    match &fault.hint {
        Some(hint) => failure.hint(escape::terminal::line(hint)),
        None => failure,
    }
}

impl Asked {
    /// True when answers get scores by a judge, so that scores are what is compared first.
    pub(crate) fn scores_answers(&self) -> bool {
        self.judges.is_some() && self.all_answers && !self.pairwise
    }

    /// Finds what cannot work with these prompts and contestants.
    pub(crate) fn refuse_for(&self, prompts: &[Prompt], contestants: usize) -> Result<(), Failure> {
        if self.gates.asked && prompts.iter().all(|prompt| prompt.checks.is_empty()) {
            return Err(Failure {
                exit: Exit::GateFailed,
                message: "a gate was asked for and there is no check, so nothing would be verified; nothing was sent"
                    .to_owned(),
                hint: Some("write checks into the suite or give --check 'contains: …'".to_owned()),
            });
        }
        if self.pairwise && contestants < 2 {
            return Err(Failure::usage("--pairwise compares the answers of two contestants, and there is one")
                .hint("name another with --models, or leave out --pairwise"));
        }
        if self.judges.is_some() || self.no_judge {
            return Ok(());
        }
        match prompts.iter().find(|prompt| asks_judge(&prompt.checks)) {
            Some(prompt) => Err(Failure::usage(format!(
                "item `{}` has a check of type judge, and there is no judge; nothing was sent",
                escape::terminal::line(&prompt.id)
            ))
            .hint("name one with --judge MODEL or `judges:` in the suite; --no-judge leaves such checks unevaluated")),
            None => Ok(()),
        }
    }

    /// Resolves the judges and applies their parameters: temperature 0 where a model takes one and none was given.
    pub(crate) async fn resolve(
        self,
        session: &Session,
        local: &LocalServer,
        client: &HttpClient,
        capped: bool,
        prompts: &[Prompt],
        suite: Option<SuiteInfo>,
    ) -> Result<(Scoring, Panel), Failure> {
        let mut scoring = Scoring { suite, gates: self.gates, judging: None, hallucination: self.hallucination };
        let mut panel = Panel::default();
        let Some(list) = &self.judges else {
            if self.hallucination && prompts.iter().any(|prompt| !prompt.expected_facts.is_empty()) {
                panel.notes.push(Note {
                    code: "facts_unused".to_owned(),
                    text: "Expected facts are compared by a judge; without --judge they were not used.".to_owned(),
                });
            }
            return Ok((scoring, panel));
        };
        panel.contestants = lineup::resolve(session, list, local, client).await.map_err(|failure| Failure {
            message: format!("a judge cannot be used: {}", failure.message),
            ..failure
        })?;
        if panel.contestants.is_empty() {
            return Err(Failure::usage("the list of judges is empty").hint("name one: --judge claude-haiku-4-5"));
        }
        let applied = lineup::apply(session, &mut panel.contestants, &Params::default(), &[0.0], capped)?;
        panel.notes.extend(applied.notes);
        panel.overheads = applied.prompt_overheads;
        let mut judges = applied.contestants;
        for judge in &mut judges {
            if judge.sends_temperature && judge.params.temperature.is_none() {
                judge.params.temperature = Some(0.0);
            }
        }
        let mode = match (self.pairwise, self.all_answers || !prompts.iter().any(|prompt| asks_judge(&prompt.checks))) {
            (true, _) => JudgeMode::Pairwise,
            (false, true) => JudgeMode::Score,
            (false, false) => JudgeMode::ChecksOnly,
        };
        scoring.judging = Some(Judging {
            judges,
            rubric: self.rubric,
            mode,
            entailment: self.entailment,
            allow_relatives: self.relatives,
        });
        Ok((scoring, panel))
    }
}

/// True when some check asks a judge.
pub(crate) fn asks_judge(checks: &[CheckSpec]) -> bool {
    let compiled = checks.iter().enumerate().filter_map(|(top, spec)| Some((top, Check::compile(spec).ok()?)));
    compiled
        .into_iter()
        .any(|(top, check)| check.externals(top).iter().any(|external| matches!(external.task, ExternalTask::Judge(_))))
}

/// The checks of the command line, compiled once to find what is wrong with them.
pub(crate) fn checks(flags: &[String]) -> Result<Vec<CheckSpec>, Failure> {
    flags
        .iter()
        .map(|text| {
            let spec = CheckSpec::from_flag(text).and_then(|spec| Check::compile(&spec).map(|_| spec));
            spec.map_err(|fault| {
                let failure = Failure::usage(format!(
                    "the check `{}` cannot be used: {}",
                    escape::terminal::line(text),
                    escape::terminal::line(&fault.message)
                ));
                failure.hint(fault.hint.map_or_else(
                    || "nothing was sent; docs/checks.md has every type with an example".to_owned(),
                    |hint| escape::terminal::line(&hint),
                ))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> GateArgs {
        GateArgs::default()
    }

    #[test]
    fn what_only_a_judge_can_do_needs_one() {
        let text = || Some("Paris".to_owned());
        for flags in [
            ScoringArgs { judge_criteria: vec!["Be right.".to_owned()], ..base() },
            ScoringArgs { pairwise: true, ..base() },
            ScoringArgs { judge_relatives: true, ..base() },
            ScoringArgs { check_hallucination: true, expected_facts: text(), ..base() },
            ScoringArgs { check_hallucination: true, consistency: ConsistencyKind::Judge, ..base() },
        ] {
            let failure = asked(&flags, &none(), false, OfSuite::default()).unwrap_err();
            assert!(failure.message.contains("there is no judge"), "{}", failure.message);
        }
        let offline = ScoringArgs { check_hallucination: true, ..base() };
        assert!(asked(&offline, &none(), false, OfSuite::default()).is_ok(), "offline evidence needs none");
        let facts = ScoringArgs { judge: text(), expected_facts: text(), ..base() };
        assert!(
            asked(&facts, &none(), false, OfSuite::default()).unwrap_err().message.contains("--check-hallucination")
        );
    }

    #[test]
    fn the_command_line_wins_over_the_suite() {
        let criteria = vec!["Of the suite.".to_owned()];
        let suite = OfSuite { judges: Some("a,b"), criteria: &criteria };
        let own = asked(&base(), &none(), false, suite).unwrap();
        assert_eq!((own.judges.as_deref(), own.rubric.criteria.as_slice()), (Some("a,b"), criteria.as_slice()));
        let flags =
            ScoringArgs { judge: Some("c".to_owned()), judge_criteria: vec!["One; two\nthree".to_owned()], ..base() };
        let mine = asked(&flags, &none(), false, suite).unwrap();
        assert_eq!(mine.judges.as_deref(), Some("c"));
        assert_eq!(mine.rubric.criteria, ["One", "two", "three"]);
        let without = asked(&ScoringArgs { no_judge: true, ..base() }, &none(), false, suite).unwrap();
        assert_eq!(without.judges, None);
    }

    #[test]
    fn fabrication_beside_another_scale_is_asked_beside_the_usual_criteria() {
        let judged = ScoringArgs { judge: Some("c".to_owned()), check_hallucination: true, ..base() };
        assert!(asked(&judged, &none(), false, OfSuite::default()).unwrap().rubric.facts_alone());
        let binary = ScoringArgs { judge_scale: "binary".to_owned(), ..judged };
        let rubric = asked(&binary, &none(), false, OfSuite::default()).unwrap().rubric;
        assert_eq!((rubric.criteria.len(), rubric.facts.is_some()), (3, true));
    }

    #[test]
    fn gates_are_strict_unless_told_otherwise() {
        assert_eq!(gates(&none(), false), Gates::default());
        let rate = gates(&GateArgs { min_pass_rate: Some(0.9), ..none() }, true);
        assert_eq!((rate.rule, rate.asked), (GateRule::MinPassRate(0.9), true));
        assert_eq!(gates(&GateArgs { no_assertions: true, ..none() }, false).rule, GateRule::Off);
        assert_eq!(gates(&none(), true).rule, GateRule::Off, "gates over items decide in its place");
        let strict = gates(&GateArgs { strict_assertions: true, ..none() }, true);
        assert_eq!((strict.asked, strict.rule), (true, GateRule::Strict));
    }

    #[test]
    fn a_gate_without_a_check_fails_before_anything_is_sent_lesson_78() {
        let gate = GateArgs { min_pass_rate: Some(0.5), ..none() };
        let failure = asked(&base(), &gate, false, OfSuite::default())
            .unwrap()
            .refuse_for(&[Prompt::new("p1", "x")], 1)
            .unwrap_err();
        assert_eq!(failure.exit, Exit::GateFailed);
    }

    fn base() -> ScoringArgs {
        ScoringArgs { judge_scale: "1-10".to_owned(), ..ScoringArgs::default() }
    }
}
