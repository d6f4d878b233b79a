//! `config`: every setting and where its value comes from.

use report::table::{Column, Table};

use crate::environment;
use crate::exit::{Exit, Outcome};
use crate::session::Session;

/// Shows settings, files and base URLs. Never a key.
pub(crate) fn run(session: &Session) -> Outcome {
    let config = &session.config;
    let mut table = Table::new(vec![Column::text("setting"), Column::wrapped("value"), Column::text("from")]);
    let mut row = |name: &str, value: String, source: String| table.push([name.to_owned(), value, source]);
    let file = config.file.as_ref().map_or_else(
        || (format!("{} (absent)", config.paths.config_file().display()), "default".to_owned()),
        |path| (path.display().to_string(), "in use".to_owned()),
    );
    row("configuration file", file.0, file.1);
    let store = config.store(None);
    row("run store", store.value.display().to_string(), store.source.to_string());
    let cache = if config.environment.get(environment::CACHE_DIR).is_some() {
        format!("${}", environment::CACHE_DIR)
    } else {
        "default".to_owned()
    };
    row("model weights", config.paths.models_dir().display().to_string(), cache);
    row("key file", config.paths.key_file().display().to_string(), "default".to_owned());
    if let Some(setting) = config.local_url(None) {
        row("local server", without_credentials(&setting.value), setting.source.to_string());
    }
    for provider in session.registry.providers().iter().filter(|provider| provider.needs_key()) {
        let url = session.base_url(provider);
        let name = config.environment.first(provider.base_url_env.iter().map(String::as_str)).map(|(name, _)| name);
        let source = name.map_or_else(|| "registry".to_owned(), |name| format!("${name}"));
        row(&format!("{} URL", provider.name), without_credentials(&url), source);
    }
    session.printer.result(&table.render(session.printer.width()));
    let mut text = String::from("\nEnvironment variables:\n");
    for (name, what) in environment::DOCUMENTED {
        text.push_str(&format!("  {name:<24} {what}\n"));
    }
    text.push_str("  <PROVIDER>_API_KEY       a provider's key (see modelarium keys list)\n");
    text.push_str("  <PROVIDER>_BASE_URL      a provider's base URL, with its version path\n");
    session.printer.result(&text);
    Ok(Exit::Done)
}

/// A URL may carry a password before the host.
fn without_credentials(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            if path.is_empty() { format!("{scheme}://{host}") } else { format!("{scheme}://{host}/{path}") }
        }
        None => url.to_owned(),
    }
}
