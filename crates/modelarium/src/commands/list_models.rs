//! `list-models`: the registry with prices and key status, or what the local server has.

use llm::registry::LOCAL;
use report::escape;
use report::table::{Column, Table};
use serde_json::{Value, json};

use super::pricing::figures;
use crate::cli::{ListFormat, ListModelsArgs};
use crate::exit::{Exit, Failure, Outcome};
use crate::lineup::{LocalServer, list_local};
use crate::session::Session;

/// Lists models.
pub(crate) fn run(session: &Session, arguments: ListModelsArgs) -> Outcome {
    if arguments.local {
        return local(session, &arguments);
    }
    if let Some(name) = &arguments.provider
        && session.registry.provider(name).is_none()
    {
        let names: Vec<&str> = session.registry.providers().iter().map(|provider| provider.name.as_str()).collect();
        return Err(Failure::usage(format!("there is no provider `{}`", escape::terminal::line(name)))
            .hint(format!("one of: {}", names.join(", "))));
    }
    let keys = session.keys();
    let wanted = |provider: &str| arguments.provider.as_deref().is_none_or(|name| name == provider);
    let mut rows = Vec::new();
    let mut text = String::new();
    for provider in session.registry.providers().iter().filter(|provider| wanted(&provider.name)) {
        let models: Vec<_> = session.registry.models().iter().filter(|model| model.provider == provider.name).collect();
        if models.is_empty() {
            continue;
        }
        let key = keys.find(provider).ok().flatten();
        let status = match &key {
            Some((_, source)) => format!("key from {source}"),
            None if provider.needs_key() => "no key".to_owned(),
            None => "no key needed".to_owned(),
        };
        text.push_str(&format!("{} ({}), {status}\n", provider.display_name, provider.name));
        let mut table = Table::new(vec![
            Column::text("model"),
            Column::number("input"),
            Column::number("cached"),
            Column::number("output"),
            Column::text("leaves out"),
        ]);
        for model in models {
            let sheet = session.registry.price_sheet(model);
            let [input, cached, output] = figures(&sheet);
            let capabilities = model.capabilities.clone().or(&provider.capabilities);
            let leaves_out = if capabilities.temperature == Some(false) { "temperature" } else { "" };
            table.push([model.id.clone(), input, cached, output, leaves_out.to_owned()]);
            rows.push(json!({
                "provider": provider.name,
                "model": model.id,
                "family": model.family,
                "terms": sheet.terms.as_str(),
                "supports_temperature": capabilities.temperature != Some(false),
                "key": key.is_some(),
                "note": model.note,
            }));
        }
        text.push_str(&table.render(session.printer.width()));
        text.push('\n');
    }
    if arguments.output_format == Some(ListFormat::Json) {
        session.printer.payload(format!("{:#}\n", Value::Array(rows)).as_bytes());
        return Ok(Exit::Done);
    }
    for remark in [
        "Prices: USD per million tokens (modelarium pricing MODEL for tiers, dates and sources).".to_owned(),
        format!("Groups: {}, all, all-local.", session.registry.groups().join(", ")),
        "Not listed: local/NAME, embedded/NAME (modelarium models list), provider:MODEL of any provider.".to_owned(),
    ] {
        for line in report::text::wrap(&remark, session.printer.width()) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    session.printer.result(&text);
    Ok(Exit::Done)
}

fn local(session: &Session, arguments: &ListModelsArgs) -> Outcome {
    let local = LocalServer::of(session, arguments.local_url.as_deref(), arguments.allow_remote_local)?;
    let client = session.http_client()?;
    let listed = crate::execute::runtime()?.block_on(list_local(session, &local, &client));
    match listed {
        Ok(ids) if arguments.output_format == Some(ListFormat::Json) => {
            let rows: Vec<Value> =
                ids.iter().map(|id| json!({"provider": LOCAL, "model": format!("{LOCAL}/{id}")})).collect();
            session.printer.payload(format!("{:#}\n", Value::Array(rows)).as_bytes());
        }
        Ok(ids) => {
            for id in ids {
                session.printer.result(&format!("{LOCAL}/{}\n", escape::terminal::line(&id)));
            }
        }
        // That no server runs is an answer to the question, not a failure of the command.
        Err(failure) => {
            if arguments.output_format == Some(ListFormat::Json) {
                session.printer.payload(b"[]\n");
            }
            session.printer.warning(&failure.message);
            if let Some(hint) = failure.hint {
                session.printer.hint(&hint);
            }
        }
    }
    Ok(Exit::Done)
}
