//! Conversations to prompt text, by the template in a model's own metadata.
//!
//! Templates are Jinja as Hugging Face runs it: blocks trim their lines, Python's string and
//! dictionary methods work, `raise_exception` refuses a conversation. They come with the file, so
//! they run with bounded steps and see nothing but the conversation.

use llm::request::{ChatRequest, Role, Thinking};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, ErrorKind, context};

use crate::error::{Error, Result};
use crate::gguf::Gguf;
use crate::tokenizer::Tokenizer;

/// Steps that one rendering may take.
const FUEL: u64 = 5_000_000;

/// How a model wants conversations written.
pub struct ChatTemplate {
    environment: Option<Environment<'static>>,
    bos: String,
    eos: String,
}

impl ChatTemplate {
    /// Takes the template out of a file. A file without one is a base model: its prompt is the plain text.
    pub fn read(gguf: &Gguf, tokenizer: &Tokenizer) -> Result<Self> {
        let environment = gguf.text("tokenizer.chat_template").map(environment).transpose()?;
        Ok(Self { environment, bos: tokenizer.bos_text().to_owned(), eos: tokenizer.eos_text().to_owned() })
    }

    /// Whether there is a template.
    pub fn is_present(&self) -> bool {
        self.environment.is_some()
    }

    /// The prompt of a request, up to where the model's answer begins.
    ///
    /// Without a template the texts of system prompt and messages follow each other, a blank line between.
    ///
    /// # Errors
    /// [`Error::ChatTemplate`] when the template refuses the conversation or fails.
    pub fn render(&self, request: &ChatRequest) -> Result<String> {
        let Some(environment) = &self.environment else {
            let texts =
                request.system_text().into_iter().chain(request.messages.iter().map(|message| message.text.as_str()));
            return Ok(texts.collect::<Vec<_>>().join("\n\n"));
        };
        let messages: Vec<Value> = request
            .system_text()
            .map(|text| context! { role => "system", content => text })
            .into_iter()
            .chain(
                request
                    .messages
                    .iter()
                    .map(|message| context! { role => role(message.role), content => message.text.clone() }),
            )
            .collect();
        let thinking = match request.params.thinking {
            None => Value::UNDEFINED,
            Some(Thinking::Off | Thinking::Budget(0)) => Value::from(false),
            Some(_) => Value::from(true),
        };
        let conversation = context! {
            messages,
            add_generation_prompt => true,
            bos_token => self.bos.clone(),
            eos_token => self.eos.clone(),
            tools => Value::from(()),
            enable_thinking => thinking,
        };
        environment
            .get_template("chat")
            .and_then(|template| template.render(conversation))
            .map_err(|error| Error::ChatTemplate(describe(&error)))
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

fn environment(source: &str) -> Result<Environment<'static>> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .map_err(|error| Error::ChatTemplate(describe(&error)))?;
    environment.set_syntax(syntax);
    environment.set_fuel(Some(FUEL));
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_function("raise_exception", |message: String| -> std::result::Result<Value, minijinja::Error> {
        Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
    });
    environment.add_function("strftime_now", |format: String| -> std::result::Result<String, minijinja::Error> {
        jiff::fmt::strtime::format(&format, jiff::Timestamp::now())
            .map_err(|error| minijinja::Error::new(ErrorKind::InvalidOperation, error.to_string()))
    });
    environment
        .add_template_owned("chat".to_owned(), source.to_owned())
        .map_err(|error| Error::ChatTemplate(describe(&error)))?;
    Ok(environment)
}

/// The error and its causes on one line.
fn describe(error: &minijinja::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use llm::request::Message;

    use super::*;

    fn template(source: &str) -> ChatTemplate {
        ChatTemplate { environment: Some(environment(source).unwrap()), bos: "<s>".to_owned(), eos: "</s>".to_owned() }
    }

    fn conversation() -> ChatRequest {
        let mut request = ChatRequest::prompt("m", " one ");
        request.system = Some("be brief".to_owned());
        request.messages.push(Message { role: Role::Assistant, text: "two".to_owned() });
        request.messages.push(Message { role: Role::User, text: "three".to_owned() });
        request
    }

    #[test]
    fn python_methods_and_block_trimming_work() {
        let source = "{{ bos_token }}{% for message in messages %}\n    {%- if message['role'] == 'user' %}\n[{{ message.content.strip() }}]{% else %}\n{{ message['role'].upper() + ':' + message.content.split(' ')[0] }}{% endif %}\n{% endfor %}\n{% if add_generation_prompt %}>{% endif %}";
        assert_eq!(template(source).render(&conversation()).unwrap(), "<s>SYSTEM:be[one]ASSISTANT:two[three]>");
    }

    #[test]
    fn thinking_reaches_the_template() {
        let template =
            template("{% if enable_thinking is defined and enable_thinking is false %}off{% else %}on{% endif %}");
        let mut request = conversation();
        assert_eq!(template.render(&request).unwrap(), "on");
        request.params.thinking = Some(Thinking::Off);
        assert_eq!(template.render(&request).unwrap(), "off");
        request.params.thinking = Some(Thinking::On);
        assert_eq!(template.render(&request).unwrap(), "on");
    }

    #[test]
    fn refusals_and_runaways_are_errors() {
        let refused = template("{{ raise_exception('no system role') }}").render(&conversation()).unwrap_err();
        assert!(refused.to_string().contains("no system role"), "{refused}");
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
        assert!(template(endless).render(&conversation()).is_err());
        assert!(environment("{% if %}").is_err());
    }

    #[test]
    fn a_base_model_gets_plain_text() {
        let none = ChatTemplate { environment: None, bos: String::new(), eos: String::new() };
        assert_eq!(none.render(&conversation()).unwrap(), "be brief\n\n one \n\ntwo\n\nthree");
    }
}
