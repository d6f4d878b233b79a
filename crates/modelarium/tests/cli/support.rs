//! One hermetic place to run the command in: a home of its own, keys that must never show, a
//! scripted provider on loopback, and nothing of the machine's own environment.

#![allow(unreachable_pub, reason = "a module of one test program")]

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use scripted_server::strict::{self, Rules};
use scripted_server::{Pace, Record, Request, Response, Script, Server, Wire};
use serde_json::Value;
use tempfile::TempDir;

/// Providers with the variable of their key and a key that looks like theirs.
pub const KEYS: [(&str, &str, &str); 12] = [
    ("openai", "OPENAI_API_KEY", "sk-proj-canaryOpenAiQ0w1e2r3t4y5u6i7"),
    ("anthropic", "ANTHROPIC_API_KEY", "sk-ant-api03-canaryAnthropicQ0w1e2r3t4"),
    ("google", "GOOGLE_API_KEY", "AIzaSyCanaryGoogleQ0w1e2r3t4y5u6i7o8p9"),
    ("xai", "XAI_API_KEY", "xai-canaryXaiQ0w1e2r3t4y5u6i7o8"),
    ("deepseek", "DEEPSEEK_API_KEY", "sk-canaryDeepSeekQ0w1e2r3t4y5u6"),
    ("mistral", "MISTRAL_API_KEY", "canaryMistralQ0w1e2r3t4y5u6i7o8"),
    ("groq", "GROQ_API_KEY", "gsk_canaryGroqQ0w1e2r3t4y5u6i7o8"),
    ("openrouter", "OPENROUTER_API_KEY", "sk-or-v1-canaryOpenRouterQ0w1e2r3t4"),
    ("dashscope", "DASHSCOPE_API_KEY", "sk-canaryDashScopeQ0w1e2r3t4y5u6"),
    ("zai", "ZAI_API_KEY", "canaryZai0123456789.Q0w1e2r3t4y5u6i7"),
    ("nvidia", "NVIDIA_API_KEY", "nvapi-canaryNvidiaQ0w1e2r3t4y5u6i7"),
    ("moonshot", "MOONSHOT_API_KEY", "sk-canaryMoonshotQ0w1e2r3t4y5u6i7"),
];

/// A model of each provider.
pub const ONE_MODEL_EACH: [(&str, &str); 12] = [
    ("openai", "gpt-4o-mini"),
    ("anthropic", "claude-haiku-4-5"),
    ("google", "gemini-2.5-flash"),
    ("xai", "grok-4.3"),
    ("deepseek", "deepseek-v4-flash"),
    ("mistral", "mistral-small-latest"),
    ("groq", "llama-3.3-70b-versatile"),
    ("openrouter", "qwen/qwen3.7-max"),
    ("dashscope", "qwen3.7-plus"),
    ("zai", "glm-4.5-air"),
    ("nvidia", "nvidia:meta/llama-3.1-8b-instruct"),
    ("moonshot", "kimi-k2.6"),
];

/// A contestant of each wire dialect.
pub const ONE_MODEL_A_WIRE: [(Wire, &str); 4] = [
    (Wire::OpenAiChat, "gpt-4o-mini"),
    (Wire::OpenAiResponses, "gpt-4o-mini@dialect=responses"),
    (Wire::Anthropic, "claude-haiku-4-5"),
    (Wire::Gemini, "gemini-2.5-flash"),
];

/// How often a test looks for something that must come, before it calls it a hang: a minute of looks.
const LOOKS: u32 = 30_000;

/// A home, a server and the environment that joins them.
pub struct Workbench {
    pub server: Server,
    home: TempDir,
    environment: Vec<(String, String)>,
}

/// What a command left behind.
pub struct Finished {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Workbench {
    /// With a server that answers like this.
    pub fn new(script: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let server = Server::start(script).unwrap();
        let home = TempDir::new().unwrap();
        let mut environment: Vec<(String, String)> = Vec::new();
        let mut set = |name: &str, value: String| environment.push((name.to_owned(), value));
        set("HOME", home.path().display().to_string());
        set("MODELARIUM_DATA_DIR", home.path().join("data").display().to_string());
        set("MODELARIUM_CACHE_DIR", home.path().join("cache").display().to_string());
        set("MODELARIUM_NO_KEYCHAIN", "1".to_owned());
        set("MODELARIUM_LOCAL_URL", format!("{}/v1", server.url()));
        for (provider, variable, key) in KEYS {
            set(variable, key.to_owned());
            let version = if provider == "google" { "v1beta" } else { "v1" };
            set(&format!("{}_BASE_URL", provider.to_uppercase()), format!("{}/{version}", server.url()));
        }
        Self { server, home, environment }
    }

    /// With a strict server that answers everything at once with a few words.
    pub fn polite() -> Self {
        Self::new(|request| answered(request, |_, _, script| script))
    }

    /// With a strict server whose models say what this gives for a model and the text of what it is sent.
    pub fn saying(say: impl Fn(&str, &str) -> String + Send + Sync + 'static) -> Self {
        Self::new(move |request| {
            checked(request, |wire, model| {
                let said = say(model, &request.json().to_string());
                Response::paced(wire.events(&Script::text(model, &[&said])), Pace::immediate())
            })
        })
    }

    /// With one more variable, or another value.
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Without a variable.
    pub fn unset(mut self, name: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self
    }

    /// A path in the home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A file in the home with this content.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// The command with this environment only.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_modelarium"), arguments)
    }

    /// Another program with this environment only.
    pub fn command_of<S: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the command to its end; words are parted at spaces.
    pub fn run(&self, line: &str) -> Finished {
        finished(self.command(line.split_whitespace()))
    }

    /// Runs the command with these words.
    pub fn run_words(&self, words: &[&str]) -> Finished {
        finished(self.command(words))
    }

    /// Runs it with this on standard input.
    pub fn run_with_input(&self, line: &str, input: &[u8]) -> Finished {
        let mut child = self.command(line.split_whitespace()).stdin(Stdio::piped()).spawn().unwrap();
        // A command that refuses before it reads closes its end: that is its answer.
        let _ = child.stdin.take().unwrap().write_all(input);
        ended(child)
    }

    /// Compares on the prompt "Name the capital of France." and reads the JSON that alone is on standard output.
    pub fn compare(&self, flags: &str) -> Value {
        let done = self.compare_raw(flags);
        done.json()
    }

    /// The same with whatever exit code.
    pub fn compare_raw(&self, flags: &str) -> Finished {
        let words = ["Name the capital of France.", "--output-format", "json", "--seed", "7"];
        finished(self.command(words.into_iter().chain(flags.split_whitespace())))
    }

    /// Starts the command and leaves it running.
    pub fn start(&self, line: &str) -> Child {
        self.command(line.split_whitespace()).spawn().unwrap()
    }

    /// Requests for answers so far, in order of arrival.
    pub fn sent(&self) -> Vec<Record> {
        self.server.records().into_iter().filter(|record| Wire::of_path(&record.request.path).is_some()).collect()
    }

    /// Models of these requests, in order of arrival.
    pub fn models_sent(&self) -> Vec<String> {
        self.sent().iter().filter_map(|record| strict::model(&record.request)).collect()
    }

    /// Requests to one model so far, as text.
    pub fn sent_to(&self, wanted: &str) -> Vec<String> {
        let sent = self.sent();
        let mine = sent.iter().filter(|record| strict::model(&record.request).as_deref() == Some(wanted));
        mine.map(|record| record.request.json().to_string()).collect()
    }

    /// Body of the only request so far.
    pub fn only_body(&self) -> Value {
        let sent = self.sent();
        assert_eq!(sent.len(), 1, "one request was expected");
        sent[0].request.json()
    }

    /// Waits until the server has read this many requests.
    pub fn wait_for_requests(&self, count: usize) {
        wait_until("requests to arrive", || self.server.requests() >= count);
    }
}

impl Finished {
    /// Checks the exit code and shows everything when it is another.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.text(), self.stderr);
        self
    }

    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\nexit {}\nstderr:\n{}", self.text(), self.code, self.stderr))
    }

    /// Checks that the messages hold all of these.
    #[track_caller]
    pub fn says(self, fragments: &[&str]) -> Self {
        let flat = unwrapped(&self.stderr);
        for fragment in fragments {
            assert!(flat.contains(fragment), "`{fragment}` is not in:\n{}", self.stderr);
        }
        self
    }
}

/// Waits for a command to end.
pub fn ended(child: Child) -> Finished {
    let output = child.wait_with_output().unwrap();
    Finished {
        code: code(output.status),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn finished(mut command: Command) -> Finished {
    ended(command.spawn().unwrap())
}

fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return -signal;
    }
    status.code().unwrap_or(-1000)
}

/// Waits for what must come.
#[track_caller]
pub fn wait_until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..LOOKS {
        if condition() {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("waited in vain for {what}");
}

/// Text with line breaks and their indentation as single spaces.
pub fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a strict provider says to a request: a refusal of what it would refuse, else this script.
pub fn answered(request: &Request, change: impl FnOnce(&Request, Wire, Script) -> Script) -> Response {
    checked(request, |wire, model| {
        let script = Script::text(model, &["The capital ", "of France ", "is Paris."]);
        Response::paced(wire.events(&change(request, wire, script)), Pace::immediate())
    })
}

/// What a strict provider says to a request: a refusal of what it would refuse, else this response.
pub fn checked(request: &Request, respond: impl FnOnce(Wire, &str) -> Response) -> Response {
    let Some(wire) = Wire::of_path(&request.path) else { return scripted_server::faults::not_found() };
    match strict::check(request, wire, &rules()) {
        Ok(_) => respond(wire, &strict::model(request).unwrap_or_default()),
        Err(refusal) => *refusal,
    }
}

fn rules() -> Rules {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    Rules {
        keyless: true,
        fixed_sampling: owned(&["claude-opus-4-8", "claude-opus-5", "gpt-5.5", "gpt-5", "o3"]),
        completion_tokens: owned(&["gpt-4o-mini", "gpt-5.4", "gpt-5.5", "gpt-5", "o3"]),
        // Fields that one OpenAI-compatible provider or another adds.
        extra_fields: owned(&[
            "thinking",
            "enable_thinking",
            "chat_template_kwargs",
            "random_seed",
            "reasoning",
            "usage",
        ]),
        ..Rules::default()
    }
}

/// What a judge says that gives this score.
pub fn score(value: u32) -> String {
    format!(r#"{{"reasoning": "It says what was asked.", "score": {value}}}"#)
}

/// Counts what happens in a script, from 0.
#[derive(Default)]
pub struct Counter(AtomicUsize);

impl Counter {
    pub fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// Rows of a payload.
pub fn rows(payload: &Value) -> &[Value] {
    payload["results"].as_array().unwrap()
}

/// One field of all rows.
pub fn column<'a>(payload: &'a Value, field: &str) -> Vec<&'a Value> {
    rows(payload).iter().map(|row| &row[field]).collect()
}

/// Codes of the notes of a payload.
pub fn note_codes(payload: &Value) -> Vec<&str> {
    payload["notes"].as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap()).collect()
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
