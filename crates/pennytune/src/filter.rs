//! `--where`: conditions on what the filings say, in three values. What was not computed is unknown, and unknown keeps
//! no company: a filter never takes silence for health.

use std::fmt;

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Or(Box<Expression>, Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    /// Something was found.
    Found(String),
    Compare(String, Comparison, Operand),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Number(f64),
    Word(String),
}

/// What a name stands for in one company.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    /// Something was found, or not.
    Truth(bool),
    Number(f64),
    Word(String),
    /// Several words hold.
    Words(Vec<String>),
    /// Not computed for this company.
    Unknown,
}

/// Why an expression cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Byte where it stops making sense.
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--where cannot be read at character {}: {}", self.at + 1, self.message)
    }
}

impl Expression {
    /// Reads an expression; `known` says which names there are.
    pub(crate) fn read(text: &str, known: &dyn Fn(&str) -> bool) -> Result<Self, Unreadable> {
        if text.len() > 10_000 {
            return Err(Unreadable { at: 10_000, message: "it is longer than 10,000 characters".to_owned() });
        }
        let mut parser = Parser { words: words(text)?, next: 0, end: text.len(), known, depth: 0 };
        let expression = parser.or()?;
        match parser.words.get(parser.next) {
            None => Ok(expression),
            Some((at, word)) => Err(Unreadable { at: *at, message: format!("`{word}` is one word too many") }),
        }
    }

    /// True, false, or unknown.
    pub(crate) fn holds(&self, meaning: &dyn Fn(&str) -> Meaning) -> Option<bool> {
        match self {
            Self::Or(left, right) => match (left.holds(meaning), right.holds(meaning)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::And(left, right) => match (left.holds(meaning), right.holds(meaning)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Not(inner) => inner.holds(meaning).map(|holds| !holds),
            Self::Found(name) => match meaning(name) {
                Meaning::Truth(found) => Some(found),
                Meaning::Number(number) => Some(number != 0.0),
                Meaning::Word(word) => Some(!word.is_empty()),
                Meaning::Words(words) => Some(!words.is_empty()),
                Meaning::Unknown => None,
            },
            Self::Compare(name, comparison, operand) => match (compared(name, operand, meaning), operand) {
                (Meaning::Number(left), Operand::Number(right)) => Some(match comparison {
                    Comparison::Less => left < *right,
                    Comparison::AtMost => left <= *right,
                    Comparison::More => left > *right,
                    Comparison::AtLeast => left >= *right,
                    Comparison::Equal => left == *right,
                    Comparison::Unequal => left != *right,
                }),
                (Meaning::Words(words), Operand::Word(right)) => {
                    let holds = words.iter().any(|word| word.eq_ignore_ascii_case(right));
                    // Of what could not be told, only that it could not be told is true.
                    let unknown = words.iter().all(|word| word == "unknown") && !right.eq_ignore_ascii_case("unknown");
                    match comparison {
                        _ if unknown => None,
                        Comparison::Equal => Some(holds),
                        Comparison::Unequal => Some(!holds),
                        _ => None,
                    }
                }
                (Meaning::Word(left), Operand::Word(right)) => {
                    match (comparison, severity_rank(&left), severity_rank(right)) {
                        (Comparison::Equal, ..) => Some(left.eq_ignore_ascii_case(right)),
                        (Comparison::Unequal, ..) => Some(!left.eq_ignore_ascii_case(right)),
                        (Comparison::Less, Some(left), Some(right)) => Some(left < right),
                        (Comparison::AtMost, Some(left), Some(right)) => Some(left <= right),
                        (Comparison::More, Some(left), Some(right)) => Some(left > right),
                        (Comparison::AtLeast, Some(left), Some(right)) => Some(left >= right),
                        _ => None,
                    }
                }
                _ => None,
            },
        }
    }
}

/// What is compared: of a signal its figure with a number, with a severity its severity, with another word its zone.
fn compared(name: &str, operand: &Operand, meaning: &dyn Fn(&str) -> Meaning) -> Meaning {
    match (meaning(name), operand) {
        (Meaning::Truth(_), Operand::Number(_)) => meaning(&format!("{name}.value")),
        (Meaning::Truth(_), Operand::Word(word)) if severity_rank(word).is_some() => {
            meaning(&format!("{name}.severity"))
        }
        (Meaning::Truth(_), Operand::Word(_)) => meaning(&format!("{name}.zone")),
        (other, _) => other,
    }
}

/// Where a severity stands.
pub(crate) fn severity_rank(word: &str) -> Option<usize> {
    ["none", "info", "caution", "high", "critical"].iter().position(|known| known.eq_ignore_ascii_case(word))
}

fn words(text: &str) -> Result<Vec<(usize, String)>, Unreadable> {
    let mut found = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some(&(at, character)) = characters.peek() {
        if character.is_whitespace() {
            characters.next();
        } else if character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-' | '+') {
            let mut word = String::new();
            while let Some(&(_, next)) = characters.peek() {
                if !(next.is_ascii_alphanumeric() || matches!(next, '_' | '.' | '-' | '+')) {
                    break;
                }
                word.push(next);
                characters.next();
            }
            found.push((at, word));
        } else if matches!(character, '"' | '\'') {
            characters.next();
            let mut word = String::from("\"");
            loop {
                match characters.next() {
                    Some((_, next)) if next == character => break,
                    Some((_, next)) => word.push(next),
                    None => return Err(Unreadable { at, message: "the quotation has no end".to_owned() }),
                }
            }
            found.push((at, word));
        } else if matches!(character, '<' | '>' | '=' | '!' | '&' | '|') {
            characters.next();
            let mut word = character.to_string();
            if let Some(&(_, next)) = characters.peek()
                && (next == '=' || (next == character && matches!(next, '&' | '|')))
            {
                word.push(next);
                characters.next();
            }
            found.push((at, word));
        } else if matches!(character, '(' | ')') {
            characters.next();
            found.push((at, character.to_string()));
        } else {
            return Err(Unreadable { at, message: format!("`{character}` has no meaning here") });
        }
    }
    Ok(found)
}

struct Parser<'a> {
    words: Vec<(usize, String)>,
    next: usize,
    end: usize,
    known: &'a dyn Fn(&str) -> bool,
    depth: u32,
}

impl Parser<'_> {
    fn take(&mut self, any: &[&str]) -> bool {
        let found =
            self.words.get(self.next).is_some_and(|(_, word)| any.iter().any(|one| one.eq_ignore_ascii_case(word)));
        self.next += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Expression, Unreadable> {
        let mut left = self.and()?;
        while self.take(&["or", "||"]) {
            left = Expression::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expression, Unreadable> {
        let mut left = self.not()?;
        while self.take(&["and", "&&"]) {
            left = Expression::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expression, Unreadable> {
        self.depth += 1;
        if self.depth > 100 {
            return Err(Unreadable { at: self.at(), message: "it is nested too deeply".to_owned() });
        }
        let found = if self.take(&["not", "!"]) {
            Expression::Not(Box::new(self.not()?))
        } else if self.take(&["("]) {
            let inner = self.or()?;
            if !self.take(&[")"]) {
                return Err(Unreadable { at: self.at(), message: "a `)` is missing".to_owned() });
            }
            inner
        } else {
            self.condition()?
        };
        self.depth -= 1;
        Ok(found)
    }

    fn at(&self) -> usize {
        self.words.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn condition(&mut self) -> Result<Expression, Unreadable> {
        let at = self.at();
        let Some((_, name)) = self.words.get(self.next).cloned() else {
            return Err(Unreadable { at, message: "a signal or a factor is missing".to_owned() });
        };
        if !(self.known)(&name) {
            let near = crate::names::near(&name).map_or_else(String::new, |near| format!(" (`{near}`?)"));
            return Err(Unreadable { at, message: format!("`{name}` is no signal or factor{near}") });
        }
        self.next += 1;
        let comparison = [
            (&["<="][..], Comparison::AtMost),
            (&[">="], Comparison::AtLeast),
            (&["<"], Comparison::Less),
            (&[">"], Comparison::More),
            (&["==", "=", "is"], Comparison::Equal),
            (&["!="], Comparison::Unequal),
        ];
        let Some(comparison) = comparison.into_iter().find(|(words, _)| self.take(words)).map(|(_, found)| found)
        else {
            return Ok(Expression::Found(name));
        };
        let at = self.at();
        let Some((_, word)) = self.words.get(self.next).cloned() else {
            return Err(Unreadable { at, message: "a number or a word is missing".to_owned() });
        };
        self.next += 1;
        let operand = match word.parse::<f64>() {
            Ok(number) if number.is_finite() => Operand::Number(number),
            _ => Operand::Word(word.trim_start_matches('"').to_owned()),
        };
        Ok(Expression::Compare(name, comparison, operand))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(name: &str) -> Meaning {
        match name {
            "going_concern" => Meaning::Truth(true),
            "splits" => Meaning::Truth(false),
            "runway_months" => Meaning::Number(4.5),
            "altman_z2.zone" => Meaning::Word("distress".to_owned()),
            "altman_z2" | "delisting" => Meaning::Truth(true),
            "altman_z2.value" => Meaning::Number(-1.25),
            "delisting.severity" => Meaning::Word("high".to_owned()),
            _ => Meaning::Unknown,
        }
    }

    fn holds(text: &str) -> Option<bool> {
        Expression::read(text, &|_| true).unwrap().holds(&meaning)
    }

    #[test]
    fn conditions_hold_do_not_hold_or_are_unknown() {
        for (text, expected) in [
            ("going_concern and runway_months < 6", Some(true)),
            ("going_concern AND runway_months<4", Some(false)),
            ("not splits", Some(true)),
            ("!(going_concern || splits)", Some(false)),
            ("altman_z2.zone = distress", Some(true)),
            ("altman_z2 = distress", Some(true)),
            ("altman_z2 < 1.1", Some(true)),
            ("altman_z2 < -5", Some(false)),
            ("delisting >= high", Some(true)),
            ("going_concern < 3", None),
            ("altman_z2.zone == 'Distress'", Some(true)),
            ("delisting.severity >= caution", Some(true)),
            ("delisting.severity >= critical", Some(false)),
            ("nothing < 3", None),
            ("nothing < 3 or going_concern", Some(true)),
            ("nothing < 3 and splits", Some(false)),
            ("not nothing", None),
            ("runway_months = distress", None),
            ("splits or going_concern and splits", Some(false)),
        ] {
            assert_eq!(holds(text), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let known = |name: &str| name == "going_concern";
        for (text, at) in [
            ("", 0),
            ("going_concern and", 17),
            ("goingconcern", 0),
            ("(going_concern", 14),
            ("going_concern < ", 16),
            ("going_concern ; x", 14),
            ("going_concern 'x", 14),
            ("going_concern going_concern", 14),
        ] {
            assert_eq!(Expression::read(text, &known).unwrap_err().at, at, "{text}");
        }
        assert!(Expression::read(&"not ".repeat(500), &known).is_err());
        assert!(Expression::read(&"(".repeat(5_000), &known).is_err());
    }
}
