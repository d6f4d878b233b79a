//! `keys list|set|delete|test`.

use std::io::{IsTerminal, Read};
use std::time::Duration;

use llm::client::{HttpBackend, HttpBackendConfig, KeyCheck};
use llm::registry::{LOCAL, Provider};
use llm::secret::ApiKey;
use report::escape;
use report::table::{Column, Table};
use serde_json::{Value, json};

use crate::cli::{KeysCommand, ListFormat};
use crate::execute::runtime;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::{Session, missing_keys};

/// Longest key read from standard input.
const MAX_KEY_BYTES: u64 = 4096;
/// How long a provider has to answer a key test.
const TEST_LIMIT: Duration = Duration::from_secs(15);

/// Runs a `keys` command.
pub(crate) fn run(session: &Session, command: KeysCommand) -> Outcome {
    match command {
        KeysCommand::List { output_format } => list(session, output_format),
        KeysCommand::Set { provider, base_url: Some(url), .. } => set_url(session, &provider, &url),
        KeysCommand::Set { provider, file, base_url: None } => set(session, &provider, file),
        KeysCommand::Delete { provider } => delete(session, &provider),
        KeysCommand::Test { provider } => test(session, provider.as_deref()),
    }
}

fn list(session: &Session, format: Option<ListFormat>) -> Outcome {
    let keys = session.keys();
    let mut table =
        Table::new(vec![Column::text("provider"), Column::text("key"), Column::text("environment variable")]);
    let mut rows = Vec::new();
    for provider in session.registry.providers().iter().filter(|provider| provider.needs_key()) {
        let status = match keys.find(provider) {
            Ok(Some((_, source))) => format!("configured ({source})"),
            Ok(None) => "not configured".to_owned(),
            Err(failure) => failure.message,
        };
        rows.push(json!({"provider": provider.name, "status": status, "environment": provider.key_env}));
        table.push([provider.name.clone(), status, provider.key_env.join(", ")]);
    }
    if format == Some(ListFormat::Json) {
        session.printer.payload(format!("{:#}\n", Value::Array(rows)).as_bytes());
        return Ok(Exit::Done);
    }
    session.printer.result(&table.render(session.printer.width()));
    let url = session.config.local_url(None).map(|setting| setting.value);
    let own = session.registry.provider(LOCAL).map(|provider| provider.base_url.clone()).unwrap_or_default();
    session.printer.result(&format!("\nLocal server: {}\n", escape::terminal::line(&url.unwrap_or(own))));
    Ok(Exit::Done)
}

fn find<'a>(session: &'a Session, name: &str) -> Result<&'a Provider, Failure> {
    session.registry.provider(name).filter(|provider| provider.needs_key()).ok_or_else(|| {
        let names: Vec<&str> = session
            .registry
            .providers()
            .iter()
            .filter(|provider| provider.needs_key())
            .map(|provider| provider.name.as_str())
            .collect();
        Failure::usage(format!("no provider `{}` takes a key", escape::terminal::line(name)))
            .hint(format!("one of: {}", names.join(", ")))
    })
}

fn set(session: &Session, name: &str, file: bool) -> Outcome {
    let provider = find(session, name)?;
    let text = if std::io::stdin().is_terminal() {
        rpassword::prompt_password(format!("{} key (not shown): ", provider.display_name))
            .map_err(|error| Failure::usage(format!("the key cannot be read: {error}")))?
    } else {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .take(MAX_KEY_BYTES)
            .read_to_string(&mut text)
            .map_err(|_| Failure::usage("the key on standard input is not text"))?;
        text
    };
    let key = accept(provider, &text)?;
    let keys = session.keys();
    if file {
        keys.store_in_file(name, &key)?;
        session
            .printer
            .status(&format!("Stored in {}, which only you can read.", session.config.paths.key_file().display()));
    } else {
        keys.store_in_keychain(name, &key)?;
        session.printer.status("Stored in the keychain.");
    }
    if let Ok(Some((_, crate::keys::KeySource::Environment(variable)))) = keys.find(provider) {
        session.printer.warning(&format!("${variable} is set and wins over the stored key"));
    }
    Ok(Exit::Done)
}

/// Cleans and checks what was typed or pasted. The message never contains it.
pub(crate) fn accept(provider: &Provider, text: &str) -> Result<ApiKey, Failure> {
    let refuse = |error: llm::secret::InvalidKey| {
        Failure::usage(format!("that is no {} key: {error}; nothing was stored", provider.display_name))
    };
    let key = ApiKey::from_paste(text).map_err(refuse)?;
    key.check_format(provider).map_err(refuse)?;
    Ok(key)
}

fn set_url(session: &Session, provider: &str, url: &str) -> Outcome {
    let _ = (session, url);
    let table = if provider == LOCAL {
        "local_url = \"URL\"".to_owned()
    } else {
        format!("[providers.{provider}]\nbase_url = \"URL\"")
    };
    Err(Failure::usage("base URLs are settings, not keys, and live in the configuration file")
        .hint(format!("put this into {}:\n{table}", session.config.paths.config_file().display())))
}

fn delete(session: &Session, name: &str) -> Outcome {
    let provider = find(session, name)?;
    let deleted = session.keys().delete(&provider.name)?;
    session.printer.status(if deleted { "Deleted." } else { "There was no stored key." });
    if let Some((variable, _)) = session.config.environment.first(provider.key_env.iter().map(String::as_str)) {
        session.printer.warning(&format!("${variable} is still set and still used"));
    }
    Ok(Exit::Done)
}

fn test(session: &Session, name: Option<&str>) -> Outcome {
    let keys = session.keys();
    let mut candidates = Vec::new();
    match name {
        Some(name) => {
            let provider = find(session, name)?;
            let (key, _) = keys.find(provider)?.ok_or_else(|| missing_keys(&[provider]))?;
            candidates.push((provider, key));
        }
        None => {
            for provider in session.registry.providers().iter().filter(|provider| provider.needs_key()) {
                if let Some((key, _)) = keys.find(provider)? {
                    candidates.push((provider, key));
                }
            }
        }
    }
    if candidates.is_empty() {
        return Err(Failure::usage("there is no key to test")
            .hint("modelarium configure, or set a provider's environment variable"));
    }
    let client = session.http_client()?;
    let runtime = runtime()?;
    let mut refused = false;
    for (provider, key) in candidates {
        let mut config = HttpBackendConfig::new(provider, Some(key));
        config.base_url = session.base_url(provider);
        let backend = HttpBackend::new(client.clone(), config).map_err(|error| Failure::usage(error.to_string()))?;
        let said = match runtime.block_on(backend.check_key(TEST_LIMIT)) {
            Ok(KeyCheck::Accepted { models }) => format!("accepted ({models} models)"),
            Ok(KeyCheck::ListsToAnybody) => {
                "the provider lists its models to anybody: nothing learnt about the key".to_owned()
            }
            Err(error) => {
                refused = true;
                format!("{}: {}", error.kind.as_str().replace('_', " "), escape::terminal::line(&error.message))
            }
        };
        session.printer.result(&format!("{}: {said}\n", provider.name));
    }
    Ok(if refused { Exit::CallsFailed } else { Exit::Done })
}
