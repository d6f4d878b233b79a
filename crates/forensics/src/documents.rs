//! The documents on the table: what was fetched, and why the rest was not.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use edgar::document::{Document, DocumentProblem};
use edgar::fulltext::Hits;
use edgar::ids::Accession;

use crate::wanted::Wanted;

/// A document as it was fetched. Its text is read at the first asking, so that forms for machines never pay for
/// it; [`Paper::prepare`] lets a fetching thread pay instead of the examining one.
#[derive(Clone, Debug)]
pub struct Paper {
    name: String,
    content_type: Option<String>,
    bytes: Arc<[u8]>,
    document: OnceLock<Result<Arc<Document>, DocumentProblem>>,
}

impl Paper {
    /// From what the source gave.
    pub fn new(name: impl Into<String>, content_type: Option<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { name: name.into(), content_type, bytes: bytes.into(), document: OnceLock::new() }
    }

    /// The raw bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text.
    ///
    /// # Errors
    /// What the document is instead of text.
    pub fn document(&self) -> Result<&Document, &DocumentProblem> {
        self.document
            .get_or_init(|| Document::read(&self.name, self.content_type.as_deref(), &self.bytes).map(Arc::new))
            .as_ref()
            .map(AsRef::as_ref)
    }

    /// Whether it is a form for machines (XML), whose reader takes the bytes.
    pub fn is_for_machines(&self) -> bool {
        self.name.to_ascii_lowercase().ends_with(".xml")
    }

    /// Reads the text now, unless the document is one for machines (XML).
    pub fn prepare(&self) {
        if !self.is_for_machines() {
            let _ = self.document();
        }
    }
}

/// All documents that were asked for, each with its bytes or the reason why there are none.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    papers: HashMap<(Accession, String), Result<Paper, String>>,
    /// What the full-text search answered, by the signal that asked.
    answers: HashMap<&'static str, Result<Hits, String>>,
}

impl Documents {
    /// Puts a document on the table, or why it could not be had.
    pub fn put(&mut self, accession: Accession, name: impl Into<String>, paper: Result<Paper, String>) {
        self.papers.insert((accession, name.into()), paper);
    }

    /// What came of a wish; none when nobody asked for it.
    pub fn get(&self, accession: &Accession, name: &str) -> Option<&Result<Paper, String>> {
        // A map of a few dozen entries: building the key costs less than a key type that borrows.
        self.papers.get(&(accession.clone(), name.to_owned()))
    }

    /// Every document of a filing that came and has a text, by its name.
    pub fn of<'a>(&'a self, accession: &'a Accession) -> Vec<(&'a str, &'a Document)> {
        let mut papers: Vec<(&str, &Document)> = self
            .papers
            .iter()
            .filter(|((of, name), _)| of == accession && !name.to_ascii_lowercase().ends_with(".xml"))
            .filter_map(|((_, name), paper)| Some((name.as_str(), paper.as_ref().ok()?.document().ok()?)))
            .collect();
        papers.sort_by_key(|(name, _)| *name);
        papers
    }

    /// Puts an answer of the full-text search on the table, or why there is none, for the signal that asked.
    pub fn answer(&mut self, why: &'static str, answer: Result<Hits, String>) {
        self.answers.insert(why, answer);
    }

    /// What the full-text search answered to a signal; none where nobody asked.
    pub fn answered(&self, why: &str) -> Option<&Result<Hits, String>> {
        self.answers.get(why)
    }

    /// Bytes of a document.
    ///
    /// # Errors
    /// Why there are none, as a sentence; documents nobody asked for were "not fetched".
    pub fn bytes(&self, accession: &Accession, name: &str) -> Result<&[u8], String> {
        match self.get(accession, name) {
            Some(Ok(paper)) => Ok(paper.bytes()),
            Some(Err(why)) => Err(why.clone()),
            None => Err(format!("`{name}` of {accession} was not fetched")),
        }
    }

    /// Text of a document.
    ///
    /// # Errors
    /// Why there is none, as a sentence.
    pub fn document(&self, accession: &Accession, name: &str) -> Result<&Document, String> {
        match self.get(accession, name) {
            Some(Ok(paper)) => paper.document().map_err(ToString::to_string),
            Some(Err(why)) => Err(why.clone()),
            None => Err(format!("`{name}` of {accession} was not fetched")),
        }
    }

    /// Text of what a reading wanted.
    ///
    /// # Errors
    /// Why there is none, as a sentence.
    pub fn wanted(&self, wanted: &Wanted) -> Result<&Document, String> {
        self.document(&wanted.accession, &wanted.name)
    }

    /// How many were asked for, and how many of them came.
    pub fn counts(&self) -> (usize, usize) {
        (self.papers.len(), self.papers.values().filter(|paper| paper.is_ok()).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_come_says_why() {
        let accession: Accession = "0001094891-00-000193".parse().unwrap();
        let mut documents = Documents::default();
        documents.put(accession.clone(), "a.htm", Ok(Paper::new("a.htm", None, b"<p>Doubt.".to_vec())));
        documents.put(accession.clone(), "b.htm", Err("EDGAR does not have it".to_owned()));
        documents.put(accession.clone(), "c.htm", Ok(Paper::new("c.htm", None, b"%PDF-1.4".to_vec())));
        assert_eq!(documents.document(&accession, "a.htm").unwrap().text(), "Doubt.");
        assert_eq!(documents.document(&accession, "b.htm").unwrap_err(), "EDGAR does not have it");
        assert_eq!(documents.document(&accession, "c.htm").unwrap_err(), "`c.htm` is a PDF, not text");
        assert!(documents.document(&accession, "d.htm").unwrap_err().contains("not fetched"));
        assert_eq!(documents.counts(), (3, 2));
    }
}
