//! `tool_called`: whether the model called a tool, and with which arguments.

use std::sync::Arc;

use llm::outcome::ToolCall;
use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::fold::{counted, quote};
use crate::json;
use crate::keys::Keys;
use crate::rule::{At, Finding, Rule};
use crate::subject::Subject;

pub(super) fn tool_called(keys: &mut Keys<'_>, _: usize) -> Result<Arc<dyn Rule>, Fault> {
    let tool = match (keys.text("tool")?, keys.text("value")?) {
        (Some(_), Some(_)) => {
            return Err(Fault::new("`tool_called` has both `tool` and `value`")
                .hint("`value` is the short form of `tool`; keep one"));
        }
        (Some(tool), None) | (None, Some(tool)) => tool.trim().to_owned(),
        (None, None) => return Err(keys.missing("tool", "the name of the tool")),
    };
    if tool.is_empty() {
        return Err(Fault::new("`tool` of `tool_called` is empty"));
    }
    let arguments = match keys.raw("arguments") {
        None | Some(Value::Null) => None,
        Some(Value::Object(map)) => Some(map.clone()),
        Some(other) => return Err(keys.wrong("arguments", "an object", other)),
    };
    Ok(Arc::new(ToolCalled { tool, arguments, exact: keys.flag("exact", false)?, times: keys.count("times")? }))
}

#[derive(Debug)]
struct ToolCalled {
    tool: String,
    arguments: Option<Map<String, Value>>,
    /// Whether other arguments than those named are refused.
    exact: bool,
    times: Option<u64>,
}

impl ToolCalled {
    /// Why a call of the right name does not count, if it does not.
    fn mismatch(&self, call: &ToolCall) -> Option<String> {
        let wanted = Value::Object(self.arguments.as_ref()?.clone());
        // A call without arguments may be written as nothing at all.
        let written = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
        match json::tree(written) {
            Ok(given) if self.exact && json::equal(&given, &wanted) => None,
            Ok(given) if !self.exact && json::covers(&given, &wanted) => None,
            Ok(given) => Some(format!("its arguments are {}", crate::result::cut(&given.to_string(), 100))),
            Err(json::Unread::Invalid(why) | json::Unread::Beyond(why)) => {
                Some(format!("its arguments {} cannot be read: {why}", quote(&call.arguments)))
            }
        }
    }
}

impl Rule for ToolCalled {
    fn expected(&self, _: &Subject<'_>) -> String {
        let arguments = self.arguments.as_ref().map(|map| Value::Object(map.clone()).to_string()).unwrap_or_default();
        let times = self.times.map(|times| format!(", {}", counted(times, "time"))).unwrap_or_default();
        format!("{}({arguments}){times}", self.tool)
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let calls = at.subject.tool_calls;
        let shown: Vec<String> = calls
            .iter()
            .take(20)
            .map(|call| format!("{}({})", call.name, crate::result::cut(&call.arguments, 80)))
            .collect();
        let actual = shown.join(", ");
        let (mut matching, mut mismatch) = (0_u64, None);
        for call in calls.iter().filter(|call| call.name == self.tool) {
            match self.mismatch(call) {
                None => matching += 1,
                Some(why) => mismatch = mismatch.or(Some(why)),
            }
        }
        let tool = quote(&self.tool);
        let passed = self.times.map_or(matching > 0, |times| matching == times);
        let message = match (matching, mismatch) {
            (0, Some(why)) => format!("the tool {tool} was called, and {why}"),
            (0, None) if calls.is_empty() => format!("no tool was called; asked for {tool}"),
            (0, None) => format!("the tool {tool} was not called; called: {actual}"),
            (times, _) => format!("the tool {tool} was called as asked {}", counted(times, "time")),
        };
        Finding::verdict(passed, &actual, message)
    }
}
