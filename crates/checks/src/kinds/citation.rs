//! `citation_valid`: whether what looks like a reference has the form and check digits of one.

use std::sync::Arc;

use text::identifiers::{self, Kind};

use crate::fault::Fault;
use crate::fold::counted;
use crate::json;
use crate::keys::Keys;
use crate::result::CheckErrorKind;
use crate::rule::{At, Finding, Rule};
use crate::subject::Subject;

/// The kinds by their words in a check.
const KINDS: [(&str, Kind); 8] = [
    ("doi", Kind::Doi),
    ("arxiv", Kind::Arxiv),
    ("isbn", Kind::Isbn),
    ("issn", Kind::Issn),
    ("orcid", Kind::Orcid),
    ("pmid", Kind::Pmid),
    ("url", Kind::Url),
    ("legal_case", Kind::LegalCase),
];

pub(super) fn citation_valid(keys: &mut Keys<'_>, _: usize) -> Result<Arc<dyn Rule>, Fault> {
    if keys.raw("value").is_some() && keys.raw("require").is_some() {
        return Err(Fault::new("`citation_valid` has both `require` and `value`")
            .hint("`value` is the short form of `require`; keep one"));
    }
    let require = keys.count("require")?.or(keys.count("value")?);
    let kinds = keys.list("kinds")?.map(|words| {
        words
            .iter()
            .map(|word| {
                KINDS.iter().find(|(name, _)| name == word).map(|(_, kind)| *kind).ok_or_else(|| {
                    Fault::new(format!("`kinds` of `citation_valid` holds {}", crate::fold::quote(word)))
                        .hint(format!("it may hold {}", KINDS.map(|(name, _)| name).join(", ")))
                })
            })
            .collect::<Result<Vec<_>, _>>()
    });
    Ok(Arc::new(CitationValid { require, kinds: kinds.transpose()? }))
}

#[derive(Debug)]
struct CitationValid {
    require: Option<u64>,
    kinds: Option<Vec<Kind>>,
}

impl Rule for CitationValid {
    fn expected(&self, _: &Subject<'_>) -> String {
        match self.require {
            Some(require) => format!("at least {}, all well-formed", counted(require, "citation")),
            None => "well-formed citations".to_owned(),
        }
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let output = at.subject.output;
        if let Some(finding) = json::refuse_long(output) {
            return finding;
        }
        let mut found = identifiers::find(output);
        found.retain(|one| self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&one.kind)));
        let faulty: Vec<String> = found
            .iter()
            .filter_map(|one| one.fault.as_ref().map(|fault| format!("{}: {fault}", crate::result::cut(&one.text, 80))))
            .take(8)
            .collect();
        let actual: Vec<String> = found.iter().take(8).map(|one| crate::result::cut(&one.text, 80)).collect();
        let actual = actual.join(", ");
        let count = found.len() as u64;
        if !faulty.is_empty() {
            return Finding::verdict(false, &actual, format!("not well-formed: {}", faulty.join("; ")));
        }
        match self.require {
            Some(require) => {
                let message = format!(
                    "the answer has {}, all well-formed; at least {require} asked for",
                    counted(count, "citation")
                );
                Finding::verdict(count >= require, &actual, message)
            }
            // Nothing was verified, and that is no pass.
            None if count == 0 => Finding::unknown(
                CheckErrorKind::UnknownValue,
                "the answer has no citation to look at; `require` says how many there must be",
            ),
            None => Finding::verdict(
                true,
                &actual,
                format!("the answer has {}, all well-formed", counted(count, "citation")),
            ),
        }
    }
}
