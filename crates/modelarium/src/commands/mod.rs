//! One file a command.

pub(crate) mod baseline;
pub(crate) mod batch;
pub(crate) mod compare;
pub(crate) mod config;
pub(crate) mod configure;
pub(crate) mod diff;
pub(crate) mod documents;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod label;
pub(crate) mod list_models;
pub(crate) mod merge;
pub(crate) mod migrate;
pub(crate) mod models;
pub(crate) mod plan;
pub(crate) mod pricing;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod resume;
pub(crate) mod show;
pub(crate) mod validate;
pub(crate) mod view;
