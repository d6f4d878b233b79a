//! Showing one answer and reading what a person says of it. A line a reply, so that it works from a pipe too.

use std::io::{BufRead, Read};

use evals::plan::Plan;
use evals::record::CallRecord;
use llm::outcome::Outcome;
use llm::request::Role;
use report::escape::terminal::{block, line};

use super::marks::Marks;
use crate::exit::Failure;
use crate::printer::Printer;

/// The longest line that is read.
const LONGEST_LINE: u64 = 64 * 1024;
/// How many replies in a row that mean nothing end the session: a pipe that feeds something else.
const MOST_MISTAKES: u32 = 100;

/// What a person said of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reply {
    /// A label.
    Label {
        /// The value.
        value: f64,
        /// What was remarked.
        remark: String,
    },
    /// The next one, please.
    Skip,
    /// The one before.
    Back,
    /// Enough.
    Quit,
}

/// Asks on the terminal.
pub(super) struct Asker<'a, R> {
    input: R,
    printer: &'a Printer,
    marks: &'a Marks,
}

impl<'a, R: BufRead> Asker<'a, R> {
    pub(super) fn new(input: R, printer: &'a Printer, marks: &'a Marks) -> Self {
        Self { input, printer, marks }
    }

    /// Shows an answer and waits for a reply that means something. The end of the input ends the session.
    pub(super) fn ask(&mut self, plan: &Plan, record: &CallRecord, number: usize, of: usize) -> Result<Reply, Failure> {
        self.printer.result(&shown(plan, record, number, of));
        let mut remark = String::new();
        let mut mistakes = 0;
        loop {
            self.printer.result(&format!("{}  s skip, u back, r remark, q quit > ", self.marks.question()));
            let Some(reply) = self.line()? else { return Ok(Reply::Quit) };
            let reply = reply.trim();
            if let Some(value) = self.marks.parse(reply) {
                return Ok(Reply::Label { value, remark });
            }
            let (word, rest) = reply.split_once(char::is_whitespace).unwrap_or((reply, ""));
            match word.to_lowercase().as_str() {
                "s" | "skip" => return Ok(Reply::Skip),
                "u" | "undo" | "back" => return Ok(Reply::Back),
                "q" | "quit" => return Ok(Reply::Quit),
                "r" | "remark" if !rest.trim().is_empty() => rest.trim().clone_into(&mut remark),
                "r" | "remark" => {
                    self.printer.result("remark > ");
                    let Some(text) = self.line()? else { return Ok(Reply::Quit) };
                    text.trim().clone_into(&mut remark);
                }
                _ => {
                    mistakes += 1;
                    if mistakes >= MOST_MISTAKES {
                        return Err(Failure::usage(format!("{MOST_MISTAKES} replies in a row were no labels"))
                            .hint("labels made elsewhere come in with --labels FILE.csv"));
                    }
                    self.printer
                        .status(&format!("`{}` is no label here.", line(&word.chars().take(40).collect::<String>())));
                }
            }
        }
    }

    /// The next line; none at the end of the input.
    fn line(&mut self) -> Result<Option<String>, Failure> {
        let mut bytes = Vec::new();
        let failed = |error: std::io::Error| Failure::usage(format!("standard input cannot be read: {error}"));
        let read = self.input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(failed)?;
        Ok((read > 0).then(|| String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// An answer with what was asked, and without who answered.
fn shown(plan: &Plan, record: &CallRecord, number: usize, of: usize) -> String {
    let header = &plan.header;
    let mut text = format!("\n──── {number} of {of} ────\n");
    let mut part = |name: &str, content: &str| {
        text.push_str(name);
        text.push('\n');
        for row in block(content).lines() {
            text.push_str("  ");
            text.push_str(row);
            text.push('\n');
        }
    };
    if let Some(system) = header.systems.get(record.call.system as usize).and_then(Option::as_ref) {
        part("system prompt", system);
    }
    if let Some(prompt) = header.prompts.get(record.call.prompt as usize) {
        for message in prompt.conversation() {
            part(
                match message.role {
                    Role::User => "prompt",
                    Role::Assistant => "earlier answer",
                },
                &message.text,
            );
        }
        if let Some(reference) = &prompt.reference {
            part("a good answer", reference);
        }
        if !prompt.expected_facts.is_empty() {
            part("facts", &prompt.expected_facts.join("\n"));
        }
    }
    let cut = if record.outcome == Outcome::Truncated { "ANSWER (cut by the output limit)" } else { "ANSWER" };
    part(cut, &record.answer.text);
    for call in &record.answer.tool_calls {
        part("tool call", &format!("{}({})", call.name, call.arguments));
    }
    text
}
