//! One file a command.

pub(crate) mod compare;
pub(crate) mod config;
pub(crate) mod configure;
pub(crate) mod documents;
pub(crate) mod history;
pub(crate) mod keys;
pub(crate) mod list_models;
pub(crate) mod models;
pub(crate) mod pricing;
pub(crate) mod report;
pub(crate) mod resume;
pub(crate) mod show;
