//! What a judge is sent.

mod fence;
mod schema;
mod template;
mod wording;

use llm::request::{Message, Role};

use crate::fault::Fault;
use crate::rubric::Rubric;
use crate::scale::Scale;
use fence::Fence;
use template::Template;

/// What the judged model was asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The conversation, oldest first; ends with the user message that was answered.
    pub messages: &'a [Message],
    /// The system prompt that the model had.
    pub system: Option<&'a str>,
    /// A right answer, where the user has one.
    pub reference: Option<&'a str>,
}

/// What a judge is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgePrompt {
    /// Standing rules: the part that no answer may change.
    pub system: Option<String>,
    /// The question, the answer and what to do.
    pub user: String,
    /// JSON Schema of the reply, for providers with structured output.
    pub schema: serde_json::Value,
}

/// The values of a template for one answer.
const SCORE_VALUES: &[&str] =
    &["answer", "criteria", "facts", "format", "prompt", "reference", "response", "scale", "system"];
/// The values of a template for two.
const PAIR_VALUES: &[&str] = &["criteria", "facts", "first", "format", "prompt", "reference", "second", "system"];

impl Rubric {
    /// Fails when the rubric cannot be used: a scale without meaning, an empty criterion, a template
    /// that does not compile, names an unknown value or leaves the answer out.
    pub fn check(&self) -> Result<(), Fault> {
        self.check_parts()?;
        if let Some(source) = &self.template {
            self.score_template(source)?;
        }
        Ok(())
    }

    /// [`Rubric::check`] for pairwise judging, where a template must name `first` and `second`.
    pub fn check_pairwise(&self) -> Result<(), Fault> {
        self.check_parts()?;
        if let Some(source) = &self.template {
            self.pair_template(source)?;
        }
        Ok(())
    }

    /// Asks for a score of one answer. The same rubric, question and answer give the same bytes.
    pub fn score_prompt(&self, question: &Question<'_>, answer: &str) -> Result<JudgePrompt, Fault> {
        self.check_parts()?;
        let fence = fence("score", Some(self), question, &[answer]);
        let answer = fence.wrap("ANSWER", answer);
        let parts = Parts::new(question, &fence);
        let facts = self.facts.as_ref().map(wording::facts).unwrap_or_default();
        let format = wording::score_format(self, self.facts.is_some());
        let user = if let Some(source) = &self.template {
            let template = self.score_template(source)?;
            let mut text = template.render(&[
                ("answer", &answer),
                ("response", &answer),
                ("criteria", &wording::bullets(self.criteria_in_force())),
                ("facts", &facts),
                ("format", &format),
                ("prompt", &parts.turns),
                ("reference", &parts.reference),
                ("scale", &wording::scale(&self.scale)),
                ("system", &parts.system),
            ])?;
            // A template that says itself what to reply has the last word on it.
            let says = source.contains("\"score\"") && (self.facts.is_none() || source.contains("\"risk_level\""));
            if !says && !template.names("format") {
                text = format!("{}\n\n{format}", text.trim_end());
            }
            text
        } else {
            format!(
                "{}\n\n{}{}\n\nThe answer to evaluate:\n{answer}\n\n{format}",
                self.task(&facts),
                parts.question(),
                parts.reference()
            )
        };
        Ok(JudgePrompt {
            system: Some(wording::rules(fence.code())),
            user,
            schema: schema::score(self, self.facts.is_some()),
        })
    }

    /// What to do with one answer, in the house's words.
    fn task(&self, facts: &str) -> String {
        let criteria = wording::bullets(self.criteria_in_force());
        if self.facts_alone() {
            return format!(
                "Evaluate how far the answer below can be trusted, on a scale of whole numbers from 10 (no sign of \
                 fabrication) to 1 (largely made up). Check:\n{facts}\n\nState the risk of fabrication as well: {}.",
                wording::RISK
            );
        }
        let score = format!(
            "Evaluate the answer below as a whole, on a scale of {}, by these criteria:\n{criteria}",
            wording::scale(&self.scale)
        );
        if self.facts.is_some() {
            format!(
                "{score}\n\nApart from the score, state the risk that the answer is fabricated: {}. For the risk alone, \
                 check:\n{facts}",
                wording::RISK
            )
        } else {
            score
        }
    }

    fn check_parts(&self) -> Result<(), Fault> {
        self.scale.check()?;
        if let Some(index) = self.criteria.iter().position(|criterion| criterion.trim().is_empty()) {
            return Err(Fault::new(
                format!("criterion {} is empty", index + 1),
                "write what makes an answer good, or leave the criterion out",
            ));
        }
        let Some(facts) = &self.facts else { return Ok(()) };
        if let Some(index) = facts.expected.iter().position(|fact| fact.trim().is_empty()) {
            return Err(Fault::new(format!("expected fact {} is empty", index + 1), "write the fact or leave it out"));
        }
        if facts.template.is_some() && !facts.expected.is_empty() {
            return Err(Fault::new(
                "a hallucination template replaces the expected facts, and both are given",
                "write the facts into the template, or leave the template out",
            ));
        }
        if facts.template.as_ref().is_some_and(|text| text.trim().is_empty()) {
            return Err(Fault::new("the hallucination template is empty", "write what to look for, or leave it out"));
        }
        if self.facts_alone() && self.scale != Scale::OneToTen {
            return Err(Fault::new(
                "signs of fabrication are scored from 1 to 10 when nothing else is judged",
                "leave the scale at 1-10, or give criteria for the score beside the risk level",
            ));
        }
        Ok(())
    }

    fn score_template(&self, source: &str) -> Result<Template, Fault> {
        let template = Template::compile(source, SCORE_VALUES)?;
        if !template.names("answer") && !template.names("response") {
            return Err(Fault::new(
                "the judge template leaves the answer out",
                "name it as `{{ answer }}` (or `{response}`)",
            ));
        }
        self.check_template(&template)?;
        let probe = "c9f0f895fb98ab91";
        let shown = template.render(&with_all(SCORE_VALUES, &["answer", "response"], probe))?;
        require_shown(&shown, probe, "the answer")?;
        Ok(template)
    }

    fn pair_template(&self, source: &str) -> Result<Template, Fault> {
        let template = Template::compile(source, PAIR_VALUES)?;
        for name in ["first", "second"] {
            if !template.names(name) {
                return Err(Fault::new(
                    format!("the judge template does not name `{name}`, and pairwise judging shows two answers"),
                    "name both as `{{ first }}` and `{{ second }}`, or give criteria instead of a template",
                ));
            }
            let probe = "45c48cce2e2d7fbd";
            let shown = template.render(&with_all(PAIR_VALUES, &[name], probe))?;
            require_shown(&shown, probe, &format!("`{name}`"))?;
        }
        self.check_template(&template)?;
        Ok(template)
    }

    fn check_template(&self, template: &Template) -> Result<(), Fault> {
        if self.facts.is_some() && !template.names("facts") {
            return Err(Fault::new(
                "the judge template leaves out what to look for in the search for fabrication",
                "name it as `{{ facts }}`, or search without a template of your own",
            ));
        }
        Ok(())
    }
}

/// Asks which of two answers is better by the rubric's criteria. The scale plays no part.
pub(crate) fn pair(rubric: &Rubric, question: &Question<'_>, first: &str, second: &str) -> Result<JudgePrompt, Fault> {
    rubric.check_parts()?;
    let fence = fence("pair", Some(rubric), question, &[first, second]);
    let (first, second) = (fence.wrap("FIRST ANSWER", first), fence.wrap("SECOND ANSWER", second));
    let parts = Parts::new(question, &fence);
    let criteria = wording::bullets(rubric.criteria_in_force());
    let facts = rubric.facts.as_ref().map(wording::facts).unwrap_or_default();
    let format = wording::PAIR_FORMAT;
    let user = if let Some(source) = &rubric.template {
        let template = rubric.pair_template(source)?;
        let text = template.render(&[
            ("criteria", &criteria),
            ("facts", &facts),
            ("first", &first),
            ("format", format),
            ("prompt", &parts.turns),
            ("reference", &parts.reference),
            ("second", &second),
            ("system", &parts.system),
        ])?;
        if source.contains("\"winner\"") || template.names("format") {
            text
        } else {
            format!("{}\n\n{format}", text.trim_end())
        }
    } else {
        let mut by = String::new();
        if !criteria.is_empty() {
            by.push_str(&format!(", by these criteria:\n{criteria}"));
        }
        if !facts.is_empty() {
            by.push_str(if criteria.is_empty() {
                ". The better one can be trusted more. Check:\n"
            } else {
                "\n\nCheck as well:\n"
            });
            by.push_str(&facts);
        }
        format!(
            "Two answers to the same question are shown below. Decide which one is better as a whole{by}\n\nThe order in \
             which they stand means nothing. Choose \"first\", \"second\", or \"tie\" when neither is better.\n\n{}{}\n\n\
             The first answer:\n{first}\n\nThe second answer:\n{second}\n\n{format}",
            parts.question(),
            parts.reference()
        )
    };
    Ok(JudgePrompt { system: Some(wording::rules(fence.code())), user, schema: schema::pair() })
}

/// Asks whether each of two answers follows from the other.
pub(crate) fn entailment(question: &Question<'_>, a: &str, b: &str) -> JudgePrompt {
    // The reference plays no part: what follows from what does not depend on what is right.
    let question = Question { reference: None, ..*question };
    let fence = fence("entailment", None, &question, &[a, b]);
    let parts = Parts::new(&question, &fence);
    let user = format!(
        "Two answers to the same question are shown below. Decide, in the light of the question, what follows from what. \
         A entails B when everything that B states in reply to the question follows from A; different wording does not \
         matter, a different or additional statement does. Whether the answers are true plays no part.\n\n{}\n\nAnswer \
         A:\n{}\n\nAnswer B:\n{}\n\n{}",
        parts.question(),
        fence.wrap("ANSWER A", a),
        fence.wrap("ANSWER B", b),
        wording::ENTAILMENT_FORMAT
    );
    JudgePrompt { system: Some(wording::rules(fence.code())), user, schema: schema::entailment() }
}

/// The question, fenced.
struct Parts {
    system: String,
    turns: String,
    reference: String,
}

impl Parts {
    fn new(question: &Question<'_>, fence: &Fence) -> Self {
        let given = |text: Option<&str>| text.filter(|text| !text.trim().is_empty()).map(str::to_owned);
        let turns: Vec<String> = question
            .messages
            .iter()
            .map(|message| {
                let label = match message.role {
                    Role::User => "USER MESSAGE",
                    Role::Assistant => "ASSISTANT MESSAGE",
                };
                fence.wrap(label, &message.text)
            })
            .collect();
        Self {
            system: given(question.system).map_or_else(String::new, |text| fence.wrap("SYSTEM PROMPT", &text)),
            turns: turns.join("\n"),
            reference: given(question.reference).map_or_else(String::new, |text| fence.wrap("REFERENCE", &text)),
        }
    }

    fn question(&self) -> String {
        let mut text = String::from("What the model was asked:\n");
        if !self.system.is_empty() {
            text.push_str(&self.system);
            text.push('\n');
        }
        text.push_str(&self.turns);
        text
    }

    fn reference(&self) -> String {
        if self.reference.is_empty() {
            return String::new();
        }
        format!("\n\nAn answer known to be right, to compare with:\n{}", self.reference)
    }
}

fn fence(domain: &str, rubric: Option<&Rubric>, question: &Question<'_>, answers: &[&str]) -> Fence {
    let rubric = rubric.map(|rubric| serde_json::json!(rubric).to_string()).unwrap_or_default();
    let mut parts: Vec<&[u8]> = vec![rubric.as_bytes()];
    // Absent and empty hash alike, as they read alike in the prompt.
    parts.push(question.system.unwrap_or_default().as_bytes());
    parts.push(question.reference.unwrap_or_default().as_bytes());
    for message in question.messages {
        parts.push(match message.role {
            Role::User => b"user",
            Role::Assistant => b"assistant",
        });
        parts.push(message.text.as_bytes());
    }
    parts.push(b"answers");
    parts.extend(answers.iter().map(|answer| answer.as_bytes()));
    Fence::new(domain, &parts)
}

/// Every value present, those in `probed` as the probe.
fn with_all<'a>(values: &[&'a str], probed: &[&str], probe: &'a str) -> Vec<(&'a str, &'a str)> {
    values.iter().map(|&name| (name, if probed.contains(&name) { probe } else { "x" })).collect()
}

fn require_shown(shown: &str, probe: &str, what: &str) -> Result<(), Fault> {
    if shown.contains(probe) {
        return Ok(());
    }
    Err(Fault::new(
        format!("the judge template names {what} but does not show it"),
        "put it outside of `{% if %}`; naming it in a condition does not print it",
    ))
}
