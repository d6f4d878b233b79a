//! `language`: what language the answer is in, where it is long enough to tell.

use std::sync::Arc;

use whatlang::{Detector, Lang};

use crate::fault::{Fault, nearest};
use crate::fold::quote;
use crate::keys::Keys;
use crate::result::CheckErrorKind;
use crate::rule::{At, Finding, Rule};
use crate::subject::Subject;

/// How much of an answer is read, in code points.
const READ_CHARS: usize = 20_000;

/// Fewest letters that are judged in an alphabet, and in a script of syllables or words.
const FEWEST_LETTERS: usize = 20;
const FEWEST_SIGNS: usize = 6;

/// ISO 639-1 (and other) codes beside the ISO 639-3 codes of the detector.
const SHORT: &[(&str, &str)] = &[
    ("af", "afr"),
    ("ak", "aka"),
    ("am", "amh"),
    ("ar", "ara"),
    ("az", "aze"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("ca", "cat"),
    ("cs", "ces"),
    ("cy", "cym"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("eo", "epo"),
    ("es", "spa"),
    ("et", "est"),
    ("fa", "pes"),
    ("fas", "pes"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("gu", "guj"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("hy", "hye"),
    ("id", "ind"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("jv", "jav"),
    ("ka", "kat"),
    ("km", "khm"),
    ("kn", "kan"),
    ("ko", "kor"),
    ("la", "lat"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mk", "mkd"),
    ("ml", "mal"),
    ("mr", "mar"),
    ("my", "mya"),
    ("nb", "nob"),
    ("ne", "nep"),
    ("nl", "nld"),
    ("no", "nob"),
    ("nor", "nob"),
    ("or", "ori"),
    ("pa", "pan"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("si", "sin"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("sn", "sna"),
    ("sr", "srp"),
    ("sv", "swe"),
    ("ta", "tam"),
    ("te", "tel"),
    ("th", "tha"),
    ("tk", "tuk"),
    ("tl", "tgl"),
    ("tr", "tur"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("uz", "uzb"),
    ("vi", "vie"),
    ("yi", "yid"),
    ("zh", "cmn"),
    ("zho", "cmn"),
    ("zu", "zul"),
];

pub(super) fn language(keys: &mut Keys<'_>, _: usize) -> Result<Arc<dyn Rule>, Fault> {
    let written = keys.list("value")?.ok_or_else(|| keys.missing("value", "a language code such as \"en\""))?;
    let wanted = written.iter().map(|code| lang(code)).collect::<Result<Vec<_>, _>>()?;
    let detector = match keys.list("among")? {
        None => Detector::new(),
        Some(codes) => {
            let mut among = codes.iter().map(|code| lang(code)).collect::<Result<Vec<_>, _>>()?;
            among.extend(&wanted);
            among.sort_by_key(|lang| lang.code());
            among.dedup();
            if among.len() < 2 {
                return Err(Fault::new("`among` of `language` names no other language")
                    .hint("name the languages the answer may be in, the wanted one among them"));
            }
            Detector::with_allowlist(among)
        }
    };
    Ok(Arc::new(Language { wanted, written, detector: Shown(detector) }))
}

/// The language of a code: ISO 639-1 or 639-3, a region after it is overlooked (`pt-BR`).
fn lang(code: &str) -> Result<Lang, Fault> {
    let plain = code.trim().to_lowercase();
    let plain = plain.split(['-', '_']).next().unwrap_or_default();
    let long = SHORT.iter().find(|(short, _)| *short == plain).map_or(plain, |(_, long)| long);
    Lang::from_code(long).ok_or_else(|| {
        let fault = Fault::new(format!("{} is not a language code that can be detected", quote(code)));
        let by_name = Lang::all().iter().find(|lang| lang.eng_name().eq_ignore_ascii_case(code.trim()));
        match by_name.map(Lang::code).or_else(|| nearest(plain, SHORT.iter().map(|(short, _)| *short))) {
            Some(code) => fault.hint(format!("did you mean `{code}`?")),
            None => fault.hint("write an ISO 639-1 code such as en, de, fr, es, pt, it, ru, zh, ja, ko, ar, hi"),
        }
    })
}

struct Shown(Detector);

impl std::fmt::Debug for Shown {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Detector")
    }
}

#[derive(Debug)]
struct Language {
    wanted: Vec<Lang>,
    written: Vec<String>,
    detector: Shown,
}

impl Rule for Language {
    fn expected(&self, _: &Subject<'_>) -> String {
        let names: Vec<String> =
            self.written.iter().zip(&self.wanted).map(|(code, lang)| format!("{code} ({})", lang.eng_name())).collect();
        names.join(" or ")
    }

    fn look(&self, at: &At<'_>) -> Finding {
        let text: String = at.subject.output.chars().take(READ_CHARS).collect();
        let letters = text.chars().filter(|char| char.is_alphabetic()).count();
        // Kana, Han, Hangul and their neighbours carry more in one sign than a letter does.
        let signs = text
            .chars()
            .filter(|char| matches!(char, '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'))
            .count();
        if letters < FEWEST_LETTERS && signs < FEWEST_SIGNS {
            let why =
                format!("the answer has {letters} letters, too few to tell its language (at least {FEWEST_LETTERS})");
            return Finding::unknown(CheckErrorKind::UnknownValue, why).found(&text);
        }
        let Some(info) = self.detector.0.detect(&text) else {
            return Finding::unknown(CheckErrorKind::UnknownValue, "the language of the answer cannot be told")
                .found(&text);
        };
        let actual = format!("{} ({})", info.lang().code(), info.lang().eng_name());
        if !info.is_reliable() {
            let why = format!(
                "the answer may be in {} and that is not certain; `among` narrows the choice",
                info.lang().eng_name()
            );
            return Finding::unknown(CheckErrorKind::UnknownValue, why).found(&actual);
        }
        let passed = self.wanted.contains(&info.lang());
        Finding::verdict(passed, &actual, format!("the answer is in {}", info.lang().eng_name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detectable_language_has_its_code() {
        for (short, long) in SHORT {
            assert!(Lang::from_code(*long).is_some(), "{short}");
        }
        for lang in Lang::all() {
            assert!(SHORT.iter().any(|(_, long)| *long == lang.code()), "{lang:?}");
        }
    }
}
