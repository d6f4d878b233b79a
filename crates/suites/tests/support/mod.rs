//! Suites written to a folder and loaded from there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, reason = "tests")]

use std::path::PathBuf;

use suites::{LoadOptions, Problem, Problems, Suite, load};

/// A folder that goes away with it.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn load(&self, name: &str, text: impl AsRef<[u8]>) -> Result<Suite, Problems> {
        load(&self.write(name, text), &LoadOptions::default())
    }
}

pub(crate) fn suite(name: &str, text: impl AsRef<[u8]>) -> Suite {
    match Folder::new().load(name, text) {
        Ok(suite) => suite,
        Err(problems) => panic!("{problems}"),
    }
}

pub(crate) fn problems(name: &str, text: impl AsRef<[u8]>) -> Vec<Problem> {
    Folder::new().load(name, text).expect_err("the suite has mistakes").0
}

/// The only problem of a suite.
pub(crate) fn problem(name: &str, text: impl AsRef<[u8]>) -> Problem {
    let problems = problems(name, text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.into_iter().next().unwrap()
}

pub(crate) fn ids(suite: &Suite) -> Vec<&str> {
    suite.items.iter().map(|item| item.id.as_str()).collect()
}
