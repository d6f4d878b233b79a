//! Prompts, system prompts and lists as users type them.

use std::fs;
use std::io::{IsTerminal, Read};
use std::path::Path;

use crate::exit::Failure;

/// Most bytes of a prompt or system prompt read from a file or standard input.
pub(crate) const MAX_TEXT_BYTES: u64 = 1_000_000;

/// The prompt: from the argument, a file, or standard input when the argument is `-` or missing.
pub(crate) fn prompt(argument: Option<&str>, file: Option<&Path>) -> Result<String, Failure> {
    let text = match (argument, file) {
        (_, Some(path)) => text_file(path, "prompt")?,
        (Some(text), None) if text != "-" => text.to_owned(),
        (argument, None) => {
            if argument.is_none() && std::io::stdin().is_terminal() {
                return Err(Failure::usage("there is no prompt").hint(
                    "give it as the first word: modelarium \"Explain entropy.\" --models …; or --prompt-file FILE, or pipe it in",
                ));
            }
            let mut bytes = Vec::new();
            std::io::stdin()
                .lock()
                .take(MAX_TEXT_BYTES + 1)
                .read_to_end(&mut bytes)
                .map_err(|error| Failure::usage(format!("the prompt cannot be read from standard input: {error}")))?;
            decode(bytes, "standard input")?.trim_end_matches(['\n', '\r']).to_owned()
        }
    };
    if text.trim().is_empty() {
        return Err(Failure::usage("the prompt is empty").hint("nothing was sent; give some text"));
    }
    Ok(text)
}

/// A text file of at most [`MAX_TEXT_BYTES`], UTF-8 with or without a byte order mark, trimmed.
pub(crate) fn text_file(path: &Path, what: &str) -> Result<String, Failure> {
    let refuse = |problem: String| Failure::usage(format!("the {what} file {} {problem}", path.display()));
    let metadata = fs::metadata(path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
    if !metadata.is_file() {
        return Err(refuse("is not a regular file".to_owned()));
    }
    if metadata.len() > MAX_TEXT_BYTES {
        return Err(refuse(format!("has {} bytes; at most {MAX_TEXT_BYTES} are taken", metadata.len())));
    }
    let bytes = fs::read(path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
    Ok(decode(bytes, &format!("the {what} file {}", path.display()))?.trim().to_owned())
}

fn decode(bytes: Vec<u8>, origin: &str) -> Result<String, Failure> {
    if bytes.len() as u64 > MAX_TEXT_BYTES {
        return Err(Failure::usage(format!("{origin} holds more than {MAX_TEXT_BYTES} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        Failure::usage(format!("{origin} is not UTF-8 text (byte {})", error.utf8_error().valid_up_to()))
            .hint("convert it to UTF-8 first")
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// Splits on commas; `\,` is a literal comma; pieces are trimmed and empty ones dropped.
pub(crate) fn comma_list(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some(',')) => {
                characters.next();
                if let Some(last) = pieces.last_mut() {
                    last.push(',');
                }
            }
            (',', _) => pieces.push(String::new()),
            _ => {
                if let Some(last) = pieces.last_mut() {
                    last.push(character);
                }
            }
        }
    }
    pieces.into_iter().map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect()
}

/// A list of temperatures, order kept; the second value names those that were given twice.
pub(crate) fn temperatures(text: &str) -> Result<(Vec<f64>, Vec<f64>), Failure> {
    let mut values: Vec<f64> = Vec::new();
    let mut repeated = Vec::new();
    for piece in text.split(',').map(str::trim).filter(|piece| !piece.is_empty()) {
        let value: f64 = piece.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| {
            Failure::usage(format!("`{piece}` is no temperature")).hint("give finite numbers: --temperatures 0,0.7,1.2")
        })?;
        // Minus zero is the temperature zero.
        let value = value + 0.0;
        if values.contains(&value) {
            repeated.push(value);
        } else {
            values.push(value);
        }
    }
    if values.is_empty() {
        values.push(0.0);
    }
    Ok((values, repeated))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_part_and_escaped_commas_stay() {
        assert_eq!(comma_list(r"Be brief\, please , Be kind,, "), ["Be brief, please", "Be kind"]);
        assert_eq!(comma_list(r"a\b,c"), [r"a\b", "c"]);
        assert!(comma_list(" , ").is_empty());
    }

    #[test]
    fn temperatures_have_no_range_but_must_be_finite_lesson_73() {
        assert_eq!(temperatures("0, 0.7,3.0").unwrap().0, [0.0, 0.7, 3.0]);
        assert_eq!(temperatures("").unwrap().0, [0.0]);
        for word in ["nan", "inf", "-inf", "warm"] {
            assert!(temperatures(word).is_err(), "{word}");
        }
    }

    #[test]
    fn a_temperature_given_twice_is_one_cell() {
        assert_eq!(temperatures("0,0,-0").unwrap(), (vec![0.0], vec![0.0, 0.0]));
    }

    #[test]
    fn byte_order_marks_are_tolerated_and_binary_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("system.txt");
        fs::write(&path, "\u{feff}  Be brief.\n").unwrap();
        assert_eq!(text_file(&path, "system prompt").unwrap(), "Be brief.");
        fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
        assert!(text_file(&path, "system prompt").unwrap_err().message.contains("UTF-8"));
        assert!(text_file(folder.path(), "prompt").unwrap_err().message.contains("regular file"));
    }
}
