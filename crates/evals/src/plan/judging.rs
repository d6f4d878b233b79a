//! Which calls the judges will make, what each is asked once the answers are known, and what is held for them.

use std::collections::{BTreeMap, HashMap};
use std::mem::Discriminant;

use checks::{Check, ExternalTask, Fault};
use judges::{JudgePrompt, Question, Rubric};
use llm::cost::{NoBound, WorstCaseCall, input_tokens_upper_bound};
use llm::money::Usd;
use llm::outcome::Outcome;
use llm::request::{ChatRequest, Message, Role};

use super::{Plan, PlanError, sent_params};
use crate::record::{CallRecord, Contestant, JudgeMode, JudgeTask, Judgement, PlannedCall, RunHeader};

/// Bytes that a token of an answer has, roughly. Only for what is held before the answer is there:
/// once it is, the bound is exact, and what was held too little is held in addition.
const ANSWER_BYTES_PER_TOKEN: u64 = 4;

/// Answer tokens assumed where no output maximum is sent, and so no cap either.
const UNLIMITED_ANSWER_TOKENS: u32 = 4_096;

/// Why a planned judgement is not asked for. None of these is a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAsked {
    /// An answer has no text that could be judged: it was refused, filtered, empty, failed or never made.
    NoAnswer(Outcome),
    /// Both answers are the same, byte for byte.
    Identical,
    /// Both answers mean the same by the offline rule already.
    SameCluster,
    /// The question cannot be put (a template that fails on these values).
    Unaskable(String),
}

/// True when an answer can be judged: a complete one, or one that was cut and is judged as it is.
pub fn judgeable(record: &CallRecord) -> bool {
    matches!(record.outcome, Outcome::Complete | Outcome::Truncated) && !record.answer.text.trim().is_empty()
}

/// Every judgement of a run: its scores or pairs, the checks that ask a judge, the meanings to compare.
pub(super) fn judgements(header: &RunHeader, calls: &[PlannedCall]) -> Result<Vec<Judgement>, PlanError> {
    let Some(judging) = &header.scoring.judging else { return Ok(Vec::new()) };
    let fault = match judging.mode {
        JudgeMode::Pairwise => judging.rubric.check_pairwise(),
        JudgeMode::Score | JudgeMode::ChecksOnly => judging.rubric.check(),
    };
    fault.map_err(|fault| PlanError::Scoring { what: "the rubric".to_owned(), reason: fault.message })?;
    let judge_checks = judge_checks(header)?;
    let mut judgements = Vec::new();
    let judges = 0..judging.judges.len() as u32;
    let skipped = |judge: u32, call: &PlannedCall| {
        !judging.allow_relatives
            && is_relative(&judging.judges[judge as usize], &header.contestants[call.contestant as usize])
    };
    for call in calls {
        for judge in judges.clone().filter(|judge| !skipped(*judge, call)) {
            if judging.mode == JudgeMode::Score {
                judgements.push(Judgement { judge, task: JudgeTask::Score { answer: call.index } });
            }
            for path in judge_checks.get(&call.prompt).into_iter().flatten() {
                let task = JudgeTask::Check { answer: call.index, path: path.clone() };
                judgements.push(Judgement { judge, task });
            }
        }
    }
    if judging.mode == JudgeMode::Pairwise {
        if header.contestants.len() < 2 {
            return Err(PlanError::NothingToPair);
        }
        for (a, b) in pairs(calls) {
            for judge in judges
                .clone()
                .filter(|judge| !skipped(*judge, &calls[a as usize]) && !skipped(*judge, &calls[b as usize]))
            {
                judgements.push(Judgement { judge, task: JudgeTask::Pair { first: a, second: b } });
                judgements.push(Judgement { judge, task: JudgeTask::Pair { first: b, second: a } });
            }
        }
    }
    if judging.entailment {
        for (a, b) in repetitions(calls) {
            // One judge is enough: this is no verdict on quality, and answers of its own family may be read.
            judgements.push(Judgement { judge: 0, task: JudgeTask::SameMeaning { a, b } });
        }
    }
    Ok(judgements)
}

/// True when a judge would score a model of its own family.
pub(crate) fn is_relative(judge: &Contestant, contestant: &Contestant) -> bool {
    let family = |one: &Contestant| one.family.clone().unwrap_or_else(|| llm::registry::family_of(&one.model));
    judges::is_relative(&family(judge), &family(contestant), &judge.spec, &contestant.spec)
}

/// Paths of the `judge` checks of each prompt that has any.
fn judge_checks(header: &RunHeader) -> Result<BTreeMap<u32, Vec<String>>, PlanError> {
    let mut found = BTreeMap::new();
    for (index, prompt) in header.prompts.iter().enumerate() {
        let mut paths = Vec::new();
        for (top, spec) in prompt.checks.iter().enumerate() {
            let check = Check::compile(spec).map_err(|fault| unusable(&prompt.id, top, fault))?;
            let judged = check.externals(top).into_iter().filter(|one| matches!(one.task, ExternalTask::Judge(_)));
            paths.extend(judged.map(|one| one.path));
        }
        if !paths.is_empty() {
            found.insert(index as u32, paths);
        }
    }
    Ok(found)
}

fn unusable(id: &str, top: usize, fault: Fault) -> PlanError {
    PlanError::Scoring { what: format!("check {} of {id}", top + 1), reason: fault.message }
}

/// Answers of different contestants to the same prompt, system prompt and temperature in the same repetition.
fn pairs(calls: &[PlannedCall]) -> Vec<(u32, u32)> {
    let mut groups: BTreeMap<(u32, u32, Option<u64>, u32), Vec<&PlannedCall>> = BTreeMap::new();
    for call in calls {
        let key = (call.prompt, call.system, call.temperature.map(f64::to_bits), call.run_index);
        groups.entry(key).or_default().push(call);
    }
    let mut pairs = Vec::new();
    for group in groups.values() {
        for (position, a) in group.iter().enumerate() {
            let others = group[position + 1..].iter().filter(|b| b.contestant != a.contestant);
            pairs.extend(others.map(|b| (a.index, b.index)));
        }
    }
    pairs
}

/// Pairs of repetitions of one cell.
fn repetitions(calls: &[PlannedCall]) -> Vec<(u32, u32)> {
    let mut cells: BTreeMap<(u32, u32, u32, Option<u64>), Vec<u32>> = BTreeMap::new();
    for call in calls {
        let key = (call.prompt, call.system, call.contestant, call.temperature.map(f64::to_bits));
        cells.entry(key).or_default().push(call.index);
    }
    let mut pairs = Vec::new();
    for cell in cells.values() {
        for (position, &a) in cell.iter().enumerate() {
            pairs.extend(cell[position + 1..].iter().map(|&b| (a, b)));
        }
    }
    pairs
}

impl Plan {
    /// The judgement that a call index stands for; `None` for a contestant's call.
    pub fn judgement(&self, index: u32) -> Option<&Judgement> {
        self.judgements.get((index as usize).checked_sub(self.calls.len())?)
    }

    /// A judge's call as the runner makes it: it belongs to the prompt and repetition of the (last) answer it shows.
    pub fn judge_call(&self, position: usize) -> PlannedCall {
        let judgement = &self.judgements[position];
        let shown = &self.calls[self.last_needed(position) as usize];
        PlannedCall {
            index: (self.calls.len() + position) as u32,
            prompt: shown.prompt,
            system: shown.system,
            contestant: self.header.contestants.len() as u32 + judgement.judge,
            // As steady as it can be; left out for a judge that takes no temperature.
            temperature: Some(0.0),
            run_index: shown.run_index,
        }
    }

    /// The answer of the latest repetition that a judgement shows: with its block the judgement is paid for.
    pub fn last_needed(&self, position: usize) -> u32 {
        let (first, second) = self.judgements[position].task.answers();
        let run_of = |index: u32| self.calls[index as usize].run_index;
        second.filter(|second| run_of(*second) >= run_of(first)).unwrap_or(first)
    }

    /// What a judge is sent, once the answers are there. `answer` gives the record of a call.
    pub fn judge_request<'r>(
        &self,
        position: usize,
        answer: &dyn Fn(u32) -> Option<&'r CallRecord>,
    ) -> Result<ChatRequest, NotAsked> {
        let judgement = &self.judgements[position];
        let (first, second) = judgement.task.answers();
        let first = shown(answer(first))?;
        let second = second.map(|second| shown(answer(second))).transpose()?;
        if matches!(judgement.task, JudgeTask::Pair { .. } | JudgeTask::SameMeaning { .. }) && second == Some(first) {
            return Err(NotAsked::Identical);
        }
        if let (JudgeTask::SameMeaning { .. }, Some(second)) = (&judgement.task, second)
            && hallucination::consistency::cluster(&[first, second]) == [0, 0]
        {
            return Err(NotAsked::SameCluster);
        }
        let prompt = self.judge_prompt(position, first, second).map_err(NotAsked::Unaskable)?;
        Ok(self.judge_chat(position, prompt))
    }

    fn judge_chat(&self, position: usize, prompt: JudgePrompt) -> ChatRequest {
        let call = self.judge_call(position);
        let mut params = sent_params(&self.header, &call);
        params.response_schema = Some(prompt.schema);
        ChatRequest {
            model: self.contestant(&call).model.clone(),
            system: prompt.system,
            messages: vec![Message { role: Role::User, text: prompt.user }],
            params,
        }
    }

    fn judge_prompt(&self, position: usize, first: &str, second: Option<&str>) -> Result<JudgePrompt, String> {
        let task = &self.judgements[position].task;
        let call = self.judge_call(position);
        let prompt = &self.header.prompts[call.prompt as usize];
        let messages = prompt.conversation();
        let question = Question {
            messages: &messages,
            system: self.header.systems[call.system as usize].as_deref(),
            reference: prompt.reference.as_deref(),
        };
        let rubric = self.rubric(task, call.prompt)?;
        let asked = match task {
            JudgeTask::Score { .. } | JudgeTask::Check { .. } => rubric.score_prompt(&question, first),
            JudgeTask::Pair { .. } => judges::pair_prompt(&rubric, &question, first, second.unwrap_or_default()),
            JudgeTask::SameMeaning { .. } => {
                Ok(judges::entailment_prompt(&question, first, second.unwrap_or_default()))
            }
        };
        asked.map_err(|fault| fault.message)
    }

    /// The rubric of a judgement: the run's, with the facts of the item; or the one of a check.
    pub fn rubric(&self, task: &JudgeTask, prompt: u32) -> Result<Rubric, String> {
        let Some(judging) = &self.header.scoring.judging else { return Err("nothing is judged".to_owned()) };
        let item = &self.header.prompts[prompt as usize];
        let mut rubric = judging.rubric.clone();
        if let JudgeTask::Check { path, .. } = task {
            let asked = self.judge_check(prompt, path).ok_or_else(|| format!("there is no judge check at {path}"))?;
            rubric.facts = None;
            // Without criteria of its own it asks by the run's.
            if !asked.is_empty() {
                rubric.template = None;
                rubric.criteria = asked;
            }
            return Ok(rubric);
        }
        if let Some(facts) = rubric.facts.as_mut() {
            facts.expected.extend(
                item.expected_facts.iter().filter(|fact| !facts.expected.contains(fact)).cloned().collect::<Vec<_>>(),
            );
        }
        Ok(rubric)
    }

    /// The criteria of the `judge` check at a path.
    fn judge_check(&self, prompt: u32, path: &str) -> Option<Vec<String>> {
        let top: usize = path.split('.').next()?.parse().ok()?;
        let check = Check::compile(self.header.prompts[prompt as usize].checks.get(top)?).ok()?;
        check.externals(top).into_iter().find(|one| one.path == path).and_then(|one| match one.task {
            ExternalTask::Judge(spec) => Some(spec.criteria),
            ExternalTask::Script(_) => None,
        })
    }

    /// The most that one attempt at a judge's call can cost, its question known.
    pub fn judge_bound(&self, position: usize, request: &ChatRequest, at_unix: i64) -> Result<Usd, NoBound> {
        self.bound_of(position, input_tokens_upper_bound(request, self.judge_overhead(position)), at_unix)
    }

    /// Judgements of each block, by the repetition and the prompt of the block.
    pub fn judgements_by_block(&self) -> HashMap<(u32, u32), Vec<usize>> {
        let mut blocks: HashMap<(u32, u32), Vec<usize>> = HashMap::new();
        for position in 0..self.judgements.len() {
            let call = &self.calls[self.last_needed(position) as usize];
            blocks.entry((call.run_index, call.prompt)).or_default().push(position);
        }
        blocks
    }

    /// Input tokens of each judgement's question without the answers in it.
    pub(super) fn judge_frames(&self) -> Vec<Result<u64, NoBound>> {
        // Questions about the answers to one prompt differ in the answers alone.
        let mut known: HashMap<(u32, u32, u32, Discriminant<JudgeTask>, Option<&str>), Result<u64, NoBound>> =
            HashMap::new();
        (0..self.judgements.len())
            .map(|position| {
                let call = self.judge_call(position);
                let task = &self.judgements[position].task;
                let path = match task {
                    JudgeTask::Check { path, .. } => Some(path.as_str()),
                    _ => None,
                };
                let key = (call.prompt, call.system, call.contestant, std::mem::discriminant(task), path);
                known.entry(key).or_insert_with(|| self.judge_frame(position)).clone()
            })
            .collect()
    }

    fn judge_frame(&self, position: usize) -> Result<u64, NoBound> {
        let second = self.judgements[position].task.answers().1.map(|_| "");
        let prompt = self.judge_prompt(position, "", second).map_err(NoBound::Unbounded)?;
        Ok(input_tokens_upper_bound(&self.judge_chat(position, prompt), self.judge_overhead(position)))
    }

    /// The least that a judgement can be held for: its question with nothing in it yet.
    pub fn judge_floor(&self, position: usize, at_unix: i64) -> Option<Usd> {
        let frame = self.judge_frame(position).ok()?;
        self.bound_of(position, frame, at_unix).ok()
    }

    /// What is held for a judgement before its answers are known.
    pub(super) fn judge_reservation(
        &self,
        position: usize,
        frame: &Result<u64, NoBound>,
        at_unix: i64,
    ) -> Result<Usd, NoBound> {
        if self.contestant(&self.judge_call(position)).price.is_free() {
            return Ok(Usd::ZERO);
        }
        let (first, second) = self.judgements[position].task.answers();
        let tokens = |index: u32| {
            let params = &self.header.contestants[self.calls[index as usize].contestant as usize].params;
            u64::from(params.max_output_tokens.unwrap_or(UNLIMITED_ANSWER_TOKENS))
        };
        let answers = (tokens(first) + second.map_or(0, tokens)) * ANSWER_BYTES_PER_TOKEN;
        self.bound_of(position, frame.clone()? + answers, at_unix)
    }

    fn judge_overhead(&self, position: usize) -> u64 {
        self.prompt_overheads[self.judge_call(position).contestant as usize]
    }

    fn bound_of(&self, position: usize, input_tokens: u64, at_unix: i64) -> Result<Usd, NoBound> {
        let judge = self.contestant(&self.judge_call(position));
        if judge.price.is_free() {
            return Ok(Usd::ZERO);
        }
        let Some(max_output_tokens) = judge.params.max_output_tokens else {
            return Err(NoBound::Unbounded("no output maximum is sent".to_owned()));
        };
        let advisor_uses = match &judge.params.advisor {
            None => 0,
            Some(advisor) => {
                advisor.max_uses.ok_or_else(|| NoBound::Unbounded("the advisor's uses are not limited".to_owned()))?
            }
        };
        judge.price.worst_case(&WorstCaseCall { input_tokens, max_output_tokens, advisor_uses, at_unix })
    }
}

fn shown(record: Option<&CallRecord>) -> Result<&str, NotAsked> {
    match record {
        Some(record) if judgeable(record) => Ok(&record.answer.text),
        Some(record) => Err(NotAsked::NoAnswer(record.outcome)),
        None => Err(NotAsked::NoAnswer(Outcome::Cancelled)),
    }
}
