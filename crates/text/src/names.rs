//! Proper names: runs of capitalised words that no sentence opener explains.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::Span;

/// Words that open sentences, in lower case: a capital there says nothing.
const OPENERS: &str = "a about above according across actually additionally after afterwards again against all allow almost along already also \
although always am among an and another any anyone anything apart are around as aside at avoid based be because been before begin behind being \
below beneath beside besides between beyond both bring but by call can cannot certainly check choose clearly combine compare consequently consider \
contact could create currently despite did do does doing done down due during each early either else ensure especially essentially even eventually \
every everyone everything example examples except far few final finally find first following for fortunately founded from further furthermore \
generally get give given go good great had half has have having he hence her here hers him his historically how however i if imagine important \
importantly in indeed initially inside instead interestingly into is it its itself just keep key know known largely last lastly later least less \
let like likewise located long look made mainly make many may maybe me meanwhile might mine more moreover most mostly much must my namely near \
nearly neither never nevertheless new next no nobody none nonetheless nor not note nothing notably now of off often on once one only open or \
other others otherwise our out outside over overall own part particularly per perhaps please plus possibly previously primarily probably put rather \
read really recall recently regarding remember remove repeat return run same second see sees several shall she should similarly simply since so some somebody \
someone something sometimes soon specifically start starting still stir store subsequently such suppose sure take than thanks that the their theirs them \
then there thereafter therefore these they thing things think third this those though thousands through throughout thus to today together too toward towards \
try two typically ultimately under unfortunately unless unlike until up upon us use used using usually very via was we well were what whatever \
when whenever where whereas wherever whether which while who whoever whole whom whose why will with within without would write yes yesterday yet \
you your yours answer question source sources summary conclusion introduction overview step steps total result results reference references note notes \
yours mix add bake boil serve heat preheat place pour cook cut slice chop drain season let cover simmer whisk fold click select install enter type \
ich er sie es wir ihr der die das ein eine und oder aber in im am auf mit von zu nach seit bei für es nicht auch wenn dann dort hier \
el la los las un una y o pero en de del con por para se no su sus es al lo le les il elle nous vous ils elles je tu un une et ou mais dans sur avec \
ce cette ces il lo gli una con nel o os as um uma e em no na com";

static OPENING: LazyLock<HashSet<&'static str>> = LazyLock::new(|| OPENERS.split_whitespace().collect());

/// Whether a word commonly opens a sentence, so that its capital does not make it a name.
pub fn opens_sentence(word: &str) -> bool {
    word.len() <= 24 && OPENING.contains(word.to_lowercase().as_str())
}

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// All of it.
    pub span: Span,
    /// Words it consists of.
    pub words: usize,
    /// Whether it opens a sentence as a single word, where a capital proves nothing.
    pub initial: bool,
}

/// Small words inside names: `Ludwig van Beethoven`, `University of Oslo`.
const PARTICLES: &[&str] = &[
    "of", "de", "del", "della", "di", "da", "dos", "van", "von", "der", "den", "la", "le", "al", "bin", "ibn", "ten",
    "zu", "y", "the",
];

/// Words with a capital that name nothing in particular.
const TITLES: &[&str] =
    &["mr", "mrs", "ms", "dr", "prof", "sir", "lady", "lord", "st", "i", "ok", "am", "pm", "bc", "ad", "ce", "bce"];

/// Names in order of appearance: runs of capitalised words, with particles inside. Not listed are months,
/// weekdays, the pronoun I, words that commonly open sentences where one begins, and headings (lines that
/// begin with `#`, or title-case lines without a verb's small letters).
///
/// The rule is about capitals: it sees nothing in scripts that have none, and sees every noun in German.
pub fn find(text: &str) -> Vec<Name> {
    let mut out = Vec::new();
    for sentence in crate::sentences(text) {
        let body = sentence.of(text);
        if body.starts_with('#') {
            continue;
        }
        let words: Vec<Span> =
            crate::words(body).into_iter().filter(|w| w.of(body).starts_with(char::is_alphanumeric)).collect();
        let capital = |w: &Span| w.of(body).starts_with(char::is_uppercase);
        // A heading in title case: every longer word has its capital.
        let long = words.iter().filter(|w| w.of(body).chars().count() > 3).count();
        let title_case = long >= 4 && words.iter().filter(|w| w.of(body).chars().count() > 3).all(capital);
        if title_case && !body.ends_with(['.', '!', '?']) {
            continue;
        }
        let mut i = 0;
        while i < words.len() {
            if !capital(&words[i]) {
                i += 1;
                continue;
            }
            let begin = i;
            let mut end = i + 1;
            let mut look = end;
            while look < words.len() && joins(body, words[look - 1], words[look]) {
                let word = words[look].of(body);
                if capital(&words[look]) {
                    look += 1;
                    end = look;
                } else if PARTICLES.contains(&word) && look - end < 2 {
                    look += 1;
                } else {
                    break;
                }
            }
            i = end;
            if let Some(name) = name(body, &words[begin..end], begin == 0) {
                out.push(Name { span: name.span.shifted(sentence.start), ..name });
            }
        }
    }
    out
}

/// Whether two words may be parts of one name: only a space, a hyphen or an initial's stop lies between.
fn joins(body: &str, left: Span, right: Span) -> bool {
    match &body[left.end..right.start] {
        " " | "\u{A0}" | "-" | "’" | "'" | "" => true,
        ". " => {
            let word = left.of(body);
            word.chars().count() == 1 || TITLES.contains(&word.to_lowercase().as_str())
        }
        _ => false,
    }
}

fn name(body: &str, words: &[Span], opens: bool) -> Option<Name> {
    let mut words = words;
    let mut opens = opens;
    while let Some((first, rest)) = words.split_first() {
        let word = first.of(body);
        let lower = word.to_lowercase();
        // A sentence opener, wherever it stands with a capital, is not the beginning of a name.
        if opens_sentence(word) || TITLES.contains(&lower.as_str()) || PARTICLES.contains(&lower.as_str()) {
            words = rest;
            opens = opens && rest.is_empty();
        } else {
            break;
        }
    }
    while let Some((last, rest)) = words.split_last() {
        let word = last.of(body);
        if crate::dates::is_calendar_word(word) || TITLES.contains(&word.to_lowercase().as_str()) {
            words = rest;
        } else {
            break;
        }
    }
    let (first, last) = (words.first()?, words.last()?);
    let calendar = words.iter().all(|w| crate::dates::is_calendar_word(w.of(body)));
    let letters = body[first.start..last.end].chars().filter(|c| c.is_alphabetic()).count();
    if calendar || letters < 2 {
        return None;
    }
    let initial = opens && words.len() == 1;
    Some(Name { span: Span::new(first.start, last.end), words: words.len(), initial })
}

#[cfg(test)]
mod tests {
    use super::find;

    fn names(text: &str) -> Vec<&str> {
        find(text).into_iter().filter(|n| !n.initial).map(|n| n.span.of(text)).collect()
    }

    #[test]
    fn runs_of_capitals() {
        assert_eq!(
            names("In 1903 Marie Curie and her husband Pierre shared the prize with Henri Becquerel."),
            ["Marie Curie", "Pierre", "Henri Becquerel"]
        );
        assert_eq!(
            names("The University of Oslo hired J. R. Smith on Monday, 3 May."),
            ["University of Oslo", "J. R. Smith"]
        );
        assert_eq!(names("However, the Ludwig van Beethoven statue stands in Bonn."), ["Ludwig van Beethoven", "Bonn"]);
        assert_eq!(names("Mix well. Then I bake it. Dr. Watson agreed."), ["Watson"]);
        assert_eq!(names("# The History Of Rome\nnothing else"), Vec::<&str>::new());
    }

    #[test]
    fn a_capital_at_the_start_of_a_sentence_is_marked() {
        let found = find("Penicillin works. It was found by Fleming.");
        assert_eq!(found.iter().map(|n| n.initial).collect::<Vec<_>>(), [true, false]);
    }
}
