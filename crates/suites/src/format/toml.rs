//! TOML 1.1, with the place of every value. All syntax errors are found at once.

use serde_json::Number;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Malformed;
use crate::node::{At, Entry, Kind, Locator, MAX_DEPTH, MAX_NODES, Node};

/// Reads one TOML document.
pub(crate) fn parse(text: &str) -> Result<Node, Vec<Malformed>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { locator: Locator::new(text), nodes: 0 };
    if !errors.is_empty() {
        let mut errors = errors;
        errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        return Err(errors
            .iter()
            .map(|error| {
                let at = error.span().map_or(At::NOWHERE, |span| reader.locator.at(span.start));
                let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
                Malformed::new(at, format!("this is not valid TOML: {message}"))
            })
            .collect());
    }
    reader.table(table.into_inner(), At::new(1, 1), 0).map_err(|error| vec![error])
}

struct Reader<'t> {
    locator: Locator<'t>,
    nodes: usize,
}

impl Reader<'_> {
    fn table(&mut self, table: DeTable<'_>, at: At, depth: usize) -> Result<Node, Malformed> {
        let mut entries: Vec<_> = table.into_iter().collect();
        // The parser sorts by key; a suite is read in the order of the file.
        entries.sort_by_key(|(key, _)| key.span().start);
        let entries = entries
            .into_iter()
            .map(|(key, value)| {
                let at = self.locator.at(key.span().start);
                let value = self.value(value, depth + 1)?;
                Ok(Entry { key: key.into_inner().into_owned(), at, value })
            })
            .collect::<Result<_, _>>()?;
        Ok(Node::new(at, Kind::Map(entries)))
    }

    fn value(&mut self, value: Spanned<DeValue<'_>>, depth: usize) -> Result<Node, Malformed> {
        let at = self.locator.at(value.span().start);
        if depth > MAX_DEPTH {
            return Err(Malformed::too_deep(at));
        }
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Malformed::too_many(at));
        }
        let kind = match value.into_inner() {
            DeValue::String(text) => Kind::Text(text.into_owned()),
            DeValue::Boolean(value) => Kind::Bool(value),
            DeValue::Datetime(value) => Kind::Text(value.to_string()),
            DeValue::Integer(value) => {
                let number = i64::from_str_radix(value.as_str(), value.radix())
                    .map(Number::from)
                    .map_err(|_| Malformed::new(at, "this whole number is too large"))?;
                Kind::Number(number, value.as_str().into())
            }
            DeValue::Float(value) => {
                let number = value.as_str().parse::<f64>().ok().and_then(Number::from_f64).ok_or_else(|| {
                    Malformed::new(at, "this number is not finite").hint("a suite has no use for inf and nan")
                })?;
                Kind::Number(number, value.as_str().into())
            }
            DeValue::Array(values) => {
                Kind::List(values.into_iter().map(|value| self.value(value, depth + 1)).collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => return self.table(table, at, depth),
        };
        Ok(Node::new(at, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_reads_in_the_order_of_the_file() {
        let text = "name = \"x\"\n\n[defaults]\nruns = 3\n\n[[items]]\nprompt = \"a\"\nid = \"1\"\nday = 2024-01-02\nx = 0xFF\n\n[[items]]\nprompt = '''\nb'''\n";
        let node = parse(text).unwrap();
        assert_eq!(
            node.to_value(),
            json!({"name": "x", "defaults": {"runs": 3}, "items": [{"prompt": "a", "id": "1", "day": "2024-01-02", "x": 255}, {"prompt": "b"}]})
        );
        let Kind::List(items) = &node.get("items").unwrap().kind else { panic!("a list") };
        assert_eq!(items[0].get("id").unwrap().at, At::new(8, 6));
        assert_eq!(items[1].get("prompt").unwrap().at, At::new(13, 10));
    }

    #[test]
    fn all_mistakes_are_found() {
        let errors = parse("a = \nb = 1\nc = [1\nd = nope\n").unwrap_err();
        assert!(errors.len() >= 2, "{errors:?}");
        assert_eq!(errors[0].at.line(), Some(1));
        assert!(parse("a = inf").unwrap_err()[0].message.contains("finite"));
        assert!(parse("a = 1\na = 2").unwrap_err()[0].message.contains("duplicate"), "{:?}", parse("a = 1\na = 2"));
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        assert!(parse(&format!("a = {}", "[".repeat(100_000))).is_err());
        assert!(parse(&format!("a = {}", "{a=".repeat(100_000))).is_err());
        assert!(parse(&format!("{}b = 1", "a.".repeat(100_000))).is_err());
    }
}
