//! The normal form in which two answers are compared.

use unicode_normalization::UnicodeNormalization;

/// Whether a character separates words in the normal form. Symbols that carry meaning of their own
/// (emoji, arrows, mathematical signs outside ASCII) do not.
fn separates(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c,
            '\u{A1}' | '\u{A7}' | '\u{AB}' | '\u{B6}' | '\u{B7}' | '\u{BB}' | '\u{BF}'
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}'
            | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}'
            | '\u{60C}' | '\u{61B}' | '\u{61F}' | '\u{66A}'..='\u{66D}' | '\u{6D4}' | '\u{964}' | '\u{965}')
}

/// NFKC, case-folded, punctuation and English articles dropped, white space collapsed to one space.
///
/// The rules, so that answers which differ in substance stay different:
/// - a decimal point between digits stays (`3.5` is not `35`), a comma before exactly three digits goes
///   (`1,000` is `1000`), another comma between digits stays;
/// - a minus before a digit that does not follow a letter or digit stays; `%` stays; `+` and `#` stay
///   after a letter (`C++`, `C#`);
/// - apostrophes vanish without a gap (`don't` is `dont`), other punctuation becomes a gap;
/// - `a`, `an`, `the` go only when another word follows, so that the answer `A` stays `a`.
///
/// After the SQuAD answer normalisation (Rajpurkar et al. 2016), which merges `3.5` and `35`.
pub fn normalise(text: &str) -> String {
    let folded: Vec<char> = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .flat_map(|c| match c {
            'ß' => ['s', 's'].into_iter().take(2),
            'ς' => ['σ', ' '].into_iter().take(1),
            '−' => ['-', ' '].into_iter().take(1),
            other => [other, ' '].into_iter().take(1),
        })
        .collect();
    let mut spaced = String::with_capacity(text.len());
    for (i, &c) in folded.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|at| folded.get(at)).copied();
        let after = folded.get(i + 1).copied();
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        match c {
            // Apostrophes, soft hyphens and characters without width leave no gap.
            '\'' | '’' | '‘' | 'ʼ' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' => {}
            '.' if digit(before) && digit(after) => spaced.push('.'),
            ',' if digit(before) && digit(after) => {
                if !three_digits(&folded[i + 1..]) {
                    spaced.push(',');
                }
            }
            '-' if digit(after) && !before.is_some_and(char::is_alphanumeric) => spaced.push('-'),
            '%' => spaced.push_str(if digit(before) { "%" } else { " %" }),
            '+' | '#' if before.is_some_and(|b| b.is_alphabetic() || b == '+') => spaced.push(c),
            c if c.is_whitespace() || c.is_control() || separates(c) => spaced.push(' '),
            c => spaced.push(c),
        }
    }
    let mut out = String::with_capacity(spaced.len());
    let mut words = spaced.split_whitespace().peekable();
    while let Some(word) = words.next() {
        // "12 %" and "12%" are one.
        if word == "%" && out.ends_with(|c: char| c.is_ascii_digit()) {
            out.push('%');
            continue;
        }
        if matches!(word, "a" | "an" | "the") && words.peek().is_some() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether exactly three digits come next.
fn three_digits(rest: &[char]) -> bool {
    rest.iter().take(4).take_while(|c| c.is_ascii_digit()).count() == 3
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn forms_that_are_one() {
        for (a, b) in [
            ("The  Answer.", "answer"),
            ("Don’t!", "dont"),
            ("1,000 km", "1000 KM"),
            ("12 %", "12%"),
            ("ﬁne", "fine"),
            ("STRASSE", "straße"),
            ("ΟΔΟΣ", "οδος"),
            ("well-known", "well known"),
            ("cafe\u{301}", "café"),
            ("¿Qué?", "qué"),
        ] {
            assert_eq!(normalise(a), normalise(b), "{a} / {b}");
        }
    }

    #[test]
    fn forms_that_are_not() {
        for (a, b) in [
            ("3.5", "35"),
            ("-4", "4"),
            ("C++", "C"),
            ("C#", "C"),
            ("A", "B"),
            ("12%", "12"),
            ("1,5", "15"),
            ("😀", "😢"),
        ] {
            assert_ne!(normalise(a), normalise(b), "{a} / {b}");
        }
        assert_eq!(normalise("The"), "the");
        assert_eq!(normalise("A vitamin A pill, the pill"), "vitamin pill pill");
        assert_eq!(normalise(" \u{200B}.,; "), "");
    }
}
