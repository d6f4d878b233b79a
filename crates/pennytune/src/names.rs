//! The names that `--where` and `--sort` understand, and what each stands for in one company.

use forensics::examine::{Examination, IDS};
use forensics::factors;
use forensics::reading::standing::State;
use forensics::signal::{Severity, Status};

use crate::filter::Meaning;
use crate::show::words;

/// Names that stand for no signal and no factor, with what they mean.
pub(crate) const OWN: &[(&str, &str)] = &[
    ("score", "the whole, 0 to 100, more being graver"),
    ("completeness", "share of the signals that could be computed, 0 to 1"),
    ("runway_months", "months of cash at the burn of the last quarters; endless where nothing is burnt"),
    ("standing", "reporting, late, bankruptcy, stopped, successor, no_reports or unknown; = holds for each that holds"),
];

/// What may follow a signal's name.
const FIELDS: &[(&str, &str)] = &[
    ("value", "its figure, in the unit that its formula states"),
    ("severity", "none, info, caution, high or critical; < and > follow that order"),
    ("zone", "the published zone, such as distress, grey, safe"),
    ("status", "ran, not_run or not_applicable"),
];

/// Whether a name means anything.
pub(crate) fn is_known(name: &str) -> bool {
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    OWN.iter().any(|(own, _)| *own == name)
        || factors::NAMES.contains(&name)
        || (IDS.contains(&first)
            && rest.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '.')))
}

/// The known name that a mistyped one is likely to mean.
pub(crate) fn near(name: &str) -> Option<String> {
    let name = name.trim().to_ascii_lowercase().replace('-', "_");
    let (first, rest) = name.split_once('.').map_or((name.as_str(), None), |(first, rest)| (first, Some(rest)));
    let own = OWN.iter().map(|(own, _)| *own);
    let best = own
        .chain(factors::NAMES.iter().copied())
        .chain(IDS.iter().copied())
        .map(|known| {
            // The beginning of a name is as good as a name with a slip of the finger.
            let starts = first.len() >= 4 && (known.starts_with(first) || known.contains(first));
            (if starts { 0.9 } else { strsim::jaro_winkler(first, known) }, known)
        })
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .filter(|(likeness, _)| *likeness >= 0.8)?;
    Some(match rest {
        Some(rest) if IDS.contains(&best.1) => format!("{}.{rest}", best.1),
        _ => best.1.to_owned(),
    })
}

/// All names with what they mean, for a person.
pub(crate) fn listed(columns: usize) -> String {
    let mut out = String::from("Names that --where and --sort understand\n\n");
    let width = OWN.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut row = |name: &str, text: &str| {
        let rows = layout::text::wrap(text, columns.saturating_sub(width + 4).max(20));
        for (at, line) in rows.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            out.push_str(&format!("  {}  {line}\n", layout::text::pad_right(name, width)));
        }
    };
    for (name, meaning) in OWN {
        row(name, meaning);
    }
    row("factors", &format!("{}: 0 to 100 each", factors::NAMES.join(", ")));
    row("signals", &format!("{}: true where something worth a look was found", IDS.join(", ")));
    for (field, meaning) in FIELDS {
        row(&format!("….{field}"), meaning);
    }
    out.push_str(
        "\nA signal compared with a number stands for its figure, with a word for its severity or zone:\n  \
         altman_z2 < 1.1      delisting >= high      altman_z2 = distress\n\
         Put together with and, or, not and brackets:\n  \
         going_concern and runway_months < 6\n  \
         not (insiders or form_144) and dilution > 50\n\
         What was not computed is unknown; a company for which the answer hangs on it is named and not shown.\n",
    );
    out
}

/// All names for a program.
pub(crate) fn rows() -> Vec<serde_json::Value> {
    let row = |name: &str, kind: &str| serde_json::json!({"name": name, "kind": kind});
    OWN.iter()
        .map(|(name, _)| row(name, if *name == "standing" { "word" } else { "number" }))
        .chain(factors::NAMES.iter().map(|name| row(name, "factor")))
        .chain(IDS.iter().map(|name| row(name, "signal")))
        .collect()
}

/// What a name stands for in one company.
pub(crate) fn meaning(examination: &Examination, name: &str) -> Meaning {
    let number = |value: Option<f64>| value.map_or(Meaning::Unknown, Meaning::Number);
    match name {
        "score" => return number(examination.score.value),
        "completeness" => return Meaning::Number(examination.score.completeness),
        "runway_months" => return runway(examination),
        "standing" => {
            let states = examination.company.standing.marks().map(|mark| mark.state.name().to_owned());
            return Meaning::Words(states.collect());
        }
        _ => {}
    }
    if let Some(factor) = examination.factors.iter().find(|factor| factor.name == name) {
        return number(factor.score);
    }
    let (id, field) = name.split_once('.').unwrap_or((name, ""));
    let Some(signal) = examination.signals.iter().find(|signal| signal.id == id) else { return Meaning::Unknown };
    let part = signal.parts.iter().find(|part| part.id == name);
    if let Some(part) = part {
        return part.value.map_or(Meaning::Truth(part.severity >= Severity::Caution), Meaning::Number);
    }
    if field == "status" {
        return Meaning::Word(words::status(signal.status).replace(' ', "_"));
    }
    if signal.status == Status::NotRun {
        return Meaning::Unknown;
    }
    match field {
        "severity" => Meaning::Word(words::severity(signal.severity).to_owned()),
        "zone" => signal.zone.clone().map_or(Meaning::Unknown, Meaning::Word),
        "value" => number(signal.value),
        "" => Meaning::Truth(signal.severity >= Severity::Caution),
        _ => Meaning::Unknown,
    }
}

/// Months of runway; without end where the company burns nothing, so that `runway_months < 6` is false, not unknown.
fn runway(examination: &Examination) -> Meaning {
    let Some(signal) = examination.signals.iter().find(|signal| signal.id == "cash_runway") else {
        return Meaning::Unknown;
    };
    match (signal.status, signal.value) {
        (Status::Ran, Some(months)) => Meaning::Number(months),
        (Status::NotApplicable, _) => Meaning::Number(f64::INFINITY),
        _ => Meaning::Unknown,
    }
}

/// Where a company stands in an order: the gravest first; who has no figure comes last, apart from those that are
/// measured.
pub(crate) fn rank(examination: &Examination, sort: &str) -> f64 {
    if let Some(signal) = examination.signals.iter().find(|signal| signal.id == sort) {
        return if signal.status == Status::Ran { signal.severity as u8 as f64 } else { -1.0 };
    }
    match meaning(examination, sort) {
        // Fewer months are graver.
        Meaning::Number(months) if sort == "runway_months" => -months,
        Meaning::Number(number) => number,
        Meaning::Truth(found) => f64::from(u8::from(found)),
        Meaning::Word(word) => crate::filter::severity_rank(&word).map_or(f64::NEG_INFINITY, |rank| rank as f64),
        // The order of the states: stopped is graver than bankruptcy, that than late.
        Meaning::Words(_) => match examination.company.standing.mark.state {
            State::Stopped => 3.0,
            State::Bankruptcy => 2.0,
            State::Late => 1.0,
            _ => 0.0,
        },
        Meaning::Unknown => f64::NEG_INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_names_find_their_own() {
        for (typed, meant) in [
            ("going_concen", Some("going_concern")),
            ("Going-Concern", Some("going_concern")),
            ("runway", Some("cash_runway")),
            ("runway_month", Some("runway_months")),
            ("altman.zone", Some("altman_z2.zone")),
            ("dillution", Some("dilution")),
            ("xyzzy", None),
        ] {
            let found = near(typed);
            assert!(
                found.as_deref() == meant || (typed == "runway" && found.as_deref() == Some("runway_months")),
                "{typed}: {found:?}"
            );
        }
        assert!(is_known("beneish_m.dsri") && !is_known("beneish") && !is_known("beneish_m.a b"));
    }

    #[test]
    fn the_list_names_every_signal_and_factor() {
        let text = listed(80);
        for name in IDS.iter().chain(factors::NAMES) {
            assert!(text.contains(name), "{name}");
        }
        assert!(text.lines().all(|line| layout::text::width(line) <= 104), "{text}");
    }
}
