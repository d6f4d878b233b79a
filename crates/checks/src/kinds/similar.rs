//! `similar`: how much of the answer is as wanted.

use std::borrow::Cow;
use std::sync::Arc;

use text::similarity;

use super::equals::Form;
use crate::fault::Fault;
use crate::json;
use crate::keys::{Keys, Num};
use crate::result::CheckErrorKind;
use crate::rule::{At, Finding, Rule, Wanted};
use crate::subject::Subject;

pub(super) fn similar(keys: &mut Keys<'_>, _: usize) -> Result<Arc<dyn Rule>, Fault> {
    let wanted = Wanted::read(keys)?;
    let method = keys.word("method", &[("edit", Method::Edit), ("token_f1", Method::TokenF1)], Method::Edit)?;
    let threshold = keys.share("threshold")?.unwrap_or(Num { value: 0.8, written: "0.8".to_owned() });
    Ok(Arc::new(Similar { wanted, method, threshold, form: Form::read(keys)? }))
}

#[derive(Debug, Clone, Copy)]
enum Method {
    Edit,
    TokenF1,
}

#[derive(Debug)]
struct Similar {
    wanted: Wanted,
    method: Method,
    threshold: Num,
    form: Form,
}

impl Similar {
    /// The similarity, or `None` where it would take too long.
    fn score(&self, output: &str, wanted: &str) -> Option<f64> {
        match self.method {
            Method::Edit => similarity::edit_exact(&self.form.of(output), &self.form.of(wanted)),
            Method::TokenF1 => Some(similarity::token_f1(output, wanted)),
        }
    }
}

impl Rule for Similar {
    fn expected(&self, subject: &Subject<'_>) -> String {
        // The threshold comes first: a long text must not push it out of what is shown.
        format!("at least {} like: {}", self.threshold.written, self.wanted.show(subject))
    }

    fn needs_reference(&self) -> bool {
        self.wanted.is_reference()
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let output = at.subject.output;
        let wanted = match self.wanted.of(at.subject) {
            Ok(wanted) => wanted,
            Err(finding) => return finding,
        };
        if let Some(finding) = json::refuse_long(output) {
            return finding;
        }
        let Some(score) = self.score(output, wanted) else {
            return Finding::unknown(
                CheckErrorKind::UnknownValue,
                "the answer and the wanted text are too long for their edit distance to be worked out; \
                 `\"method\": \"token_f1\"` has no such limit",
            );
        };
        let passed = score >= self.threshold.value;
        let method: Cow<'_, str> = match self.method {
            Method::Edit => "edit similarity".into(),
            Method::TokenF1 => "token F1".into(),
        };
        let word = if passed { "at least" } else { "below" };
        let shown = (score * 1e4).floor() / 1e4;
        Finding::verdict(passed, output.trim(), format!("{method} is {shown}, {word} {}", self.threshold.written))
            .scored(score)
    }
}
