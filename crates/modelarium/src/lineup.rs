//! From `--models` to contestants with parameters applied and a backend each.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use evals::record::{Contestant as Recorded, Note, Omission};
use llm::call::Backend;
use llm::client::{HttpBackend, HttpBackendConfig, HttpClient, is_loopback_url};
use llm::contestant::Contestant;
use llm::redact::Redactor;
use llm::registry::{DynamicGroup, EMBEDDED, LOCAL, Provider, Selection};
use llm::request::Params;
use llm::secret::ApiKey;

use crate::clock;
use crate::exit::Failure;
use crate::session::{Session, missing_keys};

/// How long a local server has to list its models.
pub(crate) const DISCOVERY: Duration = Duration::from_secs(5);

/// Consultations of an advisor in one call, when a cap needs a limit and none was given.
const ADVISOR_USES_UNDER_A_CAP: u32 = 3;

/// Where the local server is and whether it may be another machine.
#[derive(Debug, Clone)]
pub(crate) struct LocalServer {
    /// Base URL.
    pub url: String,
    /// Whether plain HTTP may leave this machine for it.
    pub allow_remote: bool,
}

impl LocalServer {
    /// From a flag, the environment, the configuration file or the provider table. Refused before any I/O when it names another machine without leave.
    pub(crate) fn of(session: &Session, flag: Option<&str>, allow_remote: bool) -> Result<Self, Failure> {
        let allow_remote = allow_remote || session.config.settings.allow_remote_local;
        let own = session.registry.provider(LOCAL).map(|provider| provider.base_url.clone()).unwrap_or_default();
        let (url, source) = match session.config.local_url(flag) {
            Some(setting) => (setting.value, setting.source.to_string()),
            None => (own, "default".to_owned()),
        };
        if !allow_remote && !is_loopback_url(&url) {
            return Err(Failure::usage(format!(
                "the local server's URL ({source}) does not name this machine: only http or https on localhost, 127.0.0.0/8, [::1] or 0.0.0.0"
            ))
            .hint("--allow-remote-local lets it name another machine; your prompts then leave this one"));
        }
        Ok(Self { url, allow_remote })
    }
}

/// Resolves a list of models and groups; order kept, duplicates dropped.
pub(crate) async fn resolve(
    session: &Session,
    list: &str,
    local: &LocalServer,
    client: &HttpClient,
) -> Result<Vec<Contestant>, Failure> {
    let selections = session.registry.resolve_list(list).map_err(|error| refuse(&error))?;
    let mut contestants: Vec<Contestant> = Vec::new();
    for selection in selections {
        let members = match selection {
            Selection::One(contestant) => vec![*contestant],
            Selection::Group(DynamicGroup::All) => all(session)?,
            Selection::Group(DynamicGroup::AllLocal) => all_local(session, local, client).await?,
        };
        for member in members {
            if !contestants.iter().any(|known| known.spec == member.spec) {
                contestants.push(member);
            }
        }
    }
    Ok(contestants)
}

fn refuse(error: &llm::registry::ResolveError) -> Failure {
    let failure = Failure::usage(report::escape::terminal::line(&error.to_string()));
    match error.hint() {
        Some(hint) => failure.hint(report::escape::terminal::line(&hint)),
        None => failure,
    }
}

fn all(session: &Session) -> Result<Vec<Contestant>, Failure> {
    let keys = session.keys();
    let has_key = |provider: &Provider| keys.find(provider).is_ok_and(|found| found.is_some());
    let specs: Vec<String> = session
        .registry
        .members_of_all(has_key)
        .iter()
        .map(|model| format!("{}:{}", model.provider, model.id))
        .collect();
    if specs.is_empty() {
        return Err(Failure::usage("`all` is every model whose provider has a key, and there is no key")
            .hint("set one with modelarium configure, or try a model in process: --models embedded/smollm2-135m"));
    }
    specs.iter().map(|spec| session.registry.resolve(spec).map_err(|error| refuse(&error))).collect()
}

async fn all_local(session: &Session, local: &LocalServer, client: &HttpClient) -> Result<Vec<Contestant>, Failure> {
    let ids = list_local(session, local, client).await?;
    ids.iter().map(|id| session.registry.resolve(&format!("{LOCAL}/{id}")).map_err(|error| refuse(&error))).collect()
}

/// Ids of the local server's models.
pub(crate) async fn list_local(
    session: &Session,
    local: &LocalServer,
    client: &HttpClient,
) -> Result<Vec<String>, Failure> {
    let provider = known_provider(session, LOCAL)?;
    let mut config = HttpBackendConfig::new(provider, None);
    config.base_url.clone_from(&local.url);
    config.allow_plain_http = local.allow_remote;
    let backend = HttpBackend::new(client.clone(), config).map_err(|error| Failure::usage(error.to_string()))?;
    backend.list_models(DISCOVERY).await.map_err(|error| {
        Failure::usage(format!("no local server answers: {}", report::escape::terminal::line(&error.message)))
            .hint("start it (ollama serve, LM Studio, vllm serve, llama-server), or name it with --local-url URL/v1")
    })
}

fn known_provider<'a>(session: &'a Session, name: &str) -> Result<&'a Provider, Failure> {
    session.registry.provider(name).ok_or_else(|| Failure::usage(format!("there is no provider `{name}`")))
}

/// The contestants as a plan takes them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Applied {
    /// In order.
    pub contestants: Vec<Recorded>,
    /// Tokens that each one's template may add.
    pub prompt_overheads: Vec<u64>,
    /// What became known on the way.
    pub notes: Vec<Note>,
}

/// Gives every contestant the run's parameters. One that its model refuses is left out and reported; one asked for by name is an error.
pub(crate) fn apply(
    session: &Session,
    contestants: &mut [Contestant],
    defaults: &Params,
    swept: &[f64],
    capped: bool,
) -> Result<Applied, Failure> {
    let mut applied = Applied::default();
    for contestant in contestants {
        if capped && contestant.limit_advisor(ADVISOR_USES_UNDER_A_CAP) {
            applied.notes.push(Note {
                code: "advisor_limited".to_owned(),
                text: format!(
                    "{} may consult its advisor at most {ADVISOR_USES_UNDER_A_CAP} times a call: a cap needs a limit, and advisor-max-uses was not given.",
                    contestant.name
                ),
            });
        }
        applied.notes.extend(shutdown(contestant));
        // Whether a temperature is sent does not depend on its value: any swept one stands for all.
        let with_temperature = Params { temperature: swept.first().copied(), ..defaults.clone() };
        let with = contestant.apply(&with_temperature).map_err(|error| {
            Failure::usage(report::escape::terminal::line(&error.to_string()))
                .hint("leave the parameter out, or choose another model")
        })?;
        let fixed = contestant
            .explicit
            .temperature
            .or(contestant.defaults.temperature.filter(|_| with_temperature.temperature.is_none()));
        let sends_temperature = with.params.temperature.is_some();
        let mut params = with.params;
        if fixed.is_none() {
            params.temperature = None;
        }
        let omitted = with
            .omitted
            .into_iter()
            .map(|omission| Omission {
                parameter: omission.parameter.as_str().to_owned(),
                requested: match omission.parameter.as_str() {
                    "temperature" => swept.iter().map(f64::to_string).collect::<Vec<_>>().join(", "),
                    _ => omission.requested,
                },
                reason: omission.reason,
            })
            .collect();
        let provider = known_provider(session, &contestant.provider)?;
        applied.prompt_overheads.push(provider.prompt_overhead);
        applied.contestants.push(Recorded {
            name: contestant.name.clone(),
            spec: contestant.spec.clone(),
            provider: contestant.provider.clone(),
            model: contestant.wire_id.clone(),
            family: Some(contestant.family.clone()),
            params,
            sends_temperature,
            omitted,
            price: contestant.price.clone(),
        });
    }
    Ok(applied)
}

/// A provider's announced end of a model that has passed: its calls may fail, or be answered by another model.
fn shutdown(contestant: &Contestant) -> Option<Note> {
    let model = contestant.registered.as_ref()?;
    let day = model.shuts_down.filter(|day| *day <= clock::today())?;
    let successor = model.replacement.as_ref().map_or_else(String::new, |id| format!("; its successor is {id}"));
    Some(Note {
        code: "shut_down".to_owned(),
        text: format!("{} was to be shut down by its provider on {day}{successor}.", contestant.name),
    })
}

/// A backend for every contestant, in order. All keys are found before anything is sent.
pub(crate) fn backends(
    session: &Session,
    contestants: &[Contestant],
    local: &LocalServer,
    client: &HttpClient,
) -> Result<Vec<Arc<dyn Backend>>, Failure> {
    let mut providers: BTreeMap<&str, (&Provider, Option<ApiKey>)> = BTreeMap::new();
    let mut missing = Vec::new();
    for contestant in contestants {
        if contestant.provider == EMBEDDED || providers.contains_key(contestant.provider.as_str()) {
            continue;
        }
        let provider = known_provider(session, &contestant.provider)?;
        let key = session.keys().find(provider)?.map(|(key, _)| key);
        if key.is_none() && provider.needs_key() {
            missing.push(provider);
        }
        providers.insert(&contestant.provider, (provider, key));
    }
    if !missing.is_empty() {
        return Err(missing_keys(&missing));
    }
    // Every key in use is known to every backend: one provider may echo what another was sent.
    let redactor = Redactor::new(providers.values().filter_map(|(_, key)| key.as_ref()));
    contestants
        .iter()
        .map(|contestant| -> Result<Arc<dyn Backend>, Failure> {
            let Some((provider, key)) = providers.get(contestant.provider.as_str()) else {
                return crate::in_process::backend(session, contestant);
            };
            let mut config = HttpBackendConfig::new(provider, key.clone());
            config.dialect = contestant.dialect;
            config.quirks = contestant.quirks.clone();
            config.redactor = redactor.clone();
            if contestant.provider == LOCAL {
                config.base_url.clone_from(&local.url);
                config.allow_plain_http = local.allow_remote;
            } else {
                config.base_url = session.base_url(provider);
            }
            let backend = HttpBackend::new(client.clone(), config).map_err(|error| {
                Failure::usage(format!("the base URL of {} cannot be used: {error}", provider.display_name))
                    .hint("nothing was sent; correct it in the configuration file or the environment")
            })?;
            Ok(Arc::new(backend))
        })
        .collect()
}
