//! What a template may be made of. Fuel bounds the work of what runs, but not the depth of what is
//! parsed, nor lists that hold one list many times over and are written out whole. So a template has
//! conditions, loops and filters, and none of the parts that such things are built from.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

use crate::diagnostics::quote;

/// Most words and signs between one pair of braces.
const MAX_TAG: usize = 256;
/// Most branches of conditions in one template.
const MAX_BRANCHES: usize = 500;

/// Statements there are; `raw` never reaches the parser.
const STATEMENTS: [&str; 8] = ["if", "elif", "else", "endif", "for", "endfor", "break", "continue"];

/// Filters there are not: they can put one list into another many times, or format by width.
pub(crate) const WITHHELD_FILTERS: [&str; 11] =
    ["batch", "slice", "map", "groupby", "zip", "chain", "pprint", "format", "safe", "escape", "e"];
/// Functions there are not.
pub(crate) const WITHHELD_FUNCTIONS: [&str; 3] = ["namespace", "dict", "debug"];
/// Filters worth naming in a hint.
pub(crate) const FILTERS: [&str; 26] = [
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "replace",
    "default",
    "length",
    "join",
    "split",
    "lines",
    "first",
    "last",
    "min",
    "max",
    "sum",
    "sort",
    "unique",
    "reverse",
    "list",
    "round",
    "abs",
    "int",
    "float",
    "tojson",
    "indent",
];

/// Why a template is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Line in the template, from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// Refuses templates that could not be bounded. Syntax errors are left to the parser.
pub(crate) fn check(source: &str) -> Result<(), Refused> {
    let (mut tokens, mut branches) = (0, 0);
    let mut opens = false;
    for token in tokenize(source, false, SyntaxConfig::default()) {
        let Ok((token, span)) = token else { return Ok(()) };
        let line = span.start_line as usize;
        let refuse = |message: String, hint: &str| Err(Refused { line, message, hint: hint.to_owned() });
        let first = std::mem::replace(&mut opens, false);
        match token {
            Token::TemplateData(_) | Token::VariableEnd | Token::BlockEnd => tokens = 0,
            Token::VariableStart => tokens = 0,
            Token::BlockStart => {
                tokens = 0;
                opens = true;
            }
            Token::Mul | Token::Pow => {
                return refuse(
                    "`*` is not available in the templates of a suite".to_owned(),
                    "compute the value beforehand and make it a variable",
                );
            }
            Token::Ident(word) if first && !STATEMENTS.contains(&word) => {
                return refuse(
                    format!("the statement {} is not available in the templates of a suite", quote(word)),
                    "there are `if` and `for`; make everything else a variable",
                );
            }
            Token::Ident("elif" | "if") => {
                branches += 1;
                tokens += 1;
            }
            _ => tokens += 1,
        }
        if tokens > MAX_TAG {
            return refuse(
                format!("more than {MAX_TAG} words and signs stand between one pair of braces"),
                "make the value a variable",
            );
        }
        if branches > MAX_BRANCHES {
            return refuse(format!("the template has more than {MAX_BRANCHES} conditions"), "use several templates");
        }
    }
    Ok(())
}
