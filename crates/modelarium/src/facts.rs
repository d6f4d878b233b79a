//! Expected facts and criteria as users type them.

use std::path::Path;

use crate::cli::ScoringArgs;
use crate::exit::Failure;
use crate::input;

/// The expected facts of the command line; empty without any.
pub(crate) fn expected(arguments: &ScoringArgs) -> Result<Vec<String>, Failure> {
    let (facts, origin) = match (&arguments.expected_facts, &arguments.expected_facts_file) {
        (Some(text), _) => (pieces(text), "--expected-facts".to_owned()),
        (None, Some(path)) => (of_file(path)?, format!("the file of expected facts {}", path.display())),
        (None, None) => return Ok(Vec::new()),
    };
    if facts.is_empty() {
        return Err(Failure::usage(format!("{origin} holds no fact")).hint("write one a line, or `;` between them"));
    }
    let mut seen = std::collections::HashSet::new();
    for fact in &facts {
        if !seen.insert(fact.to_lowercase()) {
            let shown = report::escape::terminal::line(&shorten(fact));
            return Err(Failure::usage(format!("{origin} holds the fact `{shown}` twice"))
                .hint("each fact once; upper and lower case count as the same"));
        }
    }
    Ok(facts)
}

/// Pieces of a text that stand on lines of their own, or between semicolons; empty ones dropped.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let pieces = text.split(['\n', ';']).map(str::trim);
    pieces.filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

fn of_file(path: &Path) -> Result<Vec<String>, Failure> {
    let text = input::text_file(path, "expected facts")?;
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("txt") => Ok(lines(&text)),
        Some("json") => json(&text, path),
        _ => Err(Failure::usage(format!("the format of the facts file {} is not clear from its name", path.display()))
            .hint("end it in .txt (a fact a line, `#` comments) or .json (a list of texts)")),
    }
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn json(text: &str, path: &Path) -> Result<Vec<String>, Failure> {
    let facts: Vec<String> = serde_json::from_str(text).map_err(|error| {
        Failure::usage(format!("the facts file {} is no JSON list of texts: {error}", path.display()))
            .hint("write it as [\"Paris is the capital of France.\", \"…\"]")
    })?;
    if facts.iter().any(|fact| fact.trim().is_empty()) {
        return Err(Failure::usage(format!("the facts file {} holds an empty fact", path.display())));
    }
    Ok(facts.iter().map(|fact| fact.trim().to_owned()).collect())
}

fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> ScoringArgs {
        ScoringArgs { expected_facts: Some(text.to_owned()), ..ScoringArgs::default() }
    }

    #[test]
    fn facts_part_at_lines_and_semicolons() {
        assert_eq!(expected(&of("Paris; 1889 ;\n Eiffel\n")).unwrap(), ["Paris", "1889", "Eiffel"]);
        assert!(expected(&of(" ; ")).is_err());
        assert!(expected(&ScoringArgs::default()).unwrap().is_empty());
    }

    #[test]
    fn a_fact_given_twice_is_refused_whatever_its_case() {
        assert!(expected(&of("Paris;PARIS")).unwrap_err().message.contains("twice"));
    }

    #[test]
    fn files_are_lines_with_comments_or_a_json_list() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            expected(&ScoringArgs { expected_facts_file: Some(path), ..ScoringArgs::default() })
        };
        assert_eq!(file("a.txt", "# about it\nOne; still one.\n\nTwo.\n").unwrap(), ["One; still one.", "Two."]);
        assert_eq!(file("a.json", r#"["One.", " Two. "]"#).unwrap(), ["One.", "Two."]);
        for (name, text) in
            [("b.json", "{}"), ("c.json", r#"["a", 1]"#), ("d.json", r#"[""]"#), ("e.yaml", "x"), ("f.txt", "#\n")]
        {
            assert!(file(name, text).is_err(), "{name}");
        }
    }
}
