//! Whether the model that answered is the one that was asked for.

/// True when two ids name the same model: equal but for case, a route before the last `/`, and a
/// trailing date, revision or channel (`gpt-4o` is served as `gpt-4o-2024-08-06`, `claude-haiku-4-5`
/// as `claude-haiku-4-5-20251001`). Two different dates are two different models.
pub(super) fn same_model(asked: &str, served: &str) -> bool {
    let (asked_base, asked_date) = split(asked);
    let (served_base, served_date) = split(served);
    asked_base == served_base && (asked_date.is_empty() || served_date.is_empty() || asked_date == served_date)
}

/// The id without its revision, and the digits of the revision.
fn split(id: &str) -> (String, String) {
    let id = id.trim().to_lowercase();
    let id = id.rsplit('/').next().unwrap_or_default();
    let id = id.strip_suffix(".gguf").unwrap_or(id);
    let id = id.strip_suffix(":free").or_else(|| id.strip_suffix(":latest")).unwrap_or(id);
    let mut parts: Vec<&str> = id.split(['-', '@', '_']).collect();
    let mut date = String::new();
    loop {
        let cut = match parts.as_slice() {
            [_, .., year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2) => 3,
            [_, .., channel, month, day] if *channel == "preview" && digits(month, 2) && digits(day, 2) => 3,
            [_, .., last] if is_stamp(last) => 1,
            _ => break,
        };
        let revision = parts.split_off(parts.len() - cut).concat();
        date.insert_str(0, &revision.chars().filter(char::is_ascii_digit).collect::<String>());
    }
    (parts.join("-"), date)
}

/// `20251001`, `250615`, `0613`, `001`, `latest`, `preview`: which revision, not which model.
fn is_stamp(part: &str) -> bool {
    matches!(part, "latest" | "preview")
        || digits(part, 8)
        || digits(part, 6)
        || digits(part, 4)
        || (digits(part, 3) && part.starts_with('0'))
}

fn digits(part: &str, count: usize) -> bool {
    part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::same_model;

    #[test]
    fn a_snapshot_is_the_model_that_was_asked_for() {
        for (asked, served) in [
            ("gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
            ("claude-haiku-4-5", "claude-haiku-4-5-20251001"),
            ("mistral-small-latest", "mistral-small-2503"),
            ("gemini-2.0-flash", "gemini-2.0-flash-001"),
            ("gemini-2.5-flash", "gemini-2.5-flash-preview-05-20"),
            ("openai/gpt-4o", "gpt-4o"),
            ("Qwen3-8B", "/models/qwen3-8b.gguf"),
            ("meta/llama:free", "meta/llama"),
            ("gpt-4", "gpt-4-0613"),
        ] {
            assert!(same_model(asked, served), "{asked} / {served}");
            assert!(same_model(served, asked), "{served} / {asked}");
        }
    }

    #[test]
    fn another_model_is_another_model() {
        for (asked, served) in [
            ("gpt-4o-mini", "gpt-4o"),
            ("gpt-5", "gpt-5-mini"),
            ("llama3:8b", "llama3:70b"),
            ("claude-opus-4-6", "claude-opus-4-7"),
            ("gpt-4o-2024-08-06", "gpt-4o-2024-11-20"),
            ("qwen2.5-7b", "qwen2.5-72b"),
            ("gpt-4", "gpt-4o"),
            ("", "gpt-4o"),
        ] {
            assert!(!same_model(asked, served), "{asked} / {served}");
        }
    }
}
