//! From the statistical flags to the options of an analysis.

use evals::record::{AnalysisOptions, CorrectionKind, IntervalMethod, Metric, TestKind};

use crate::cli::StatisticsArgs;
use crate::exit::Failure;

/// The options that the flags ask for; what they leave open stays as it was.
pub(crate) fn options(flags: &StatisticsArgs, base: &AnalysisOptions) -> Result<AnalysisOptions, Failure> {
    let mut options = base.clone();
    if flags.significance || flags.no_significance {
        options.significance = Some(flags.significance);
    }
    if flags.confidence_intervals || flags.no_confidence_intervals {
        options.intervals = Some(flags.confidence_intervals);
    }
    if let Some(threshold) = flags.significance_threshold {
        options.threshold = threshold;
    }
    if let Some(word) = &flags.significance_test {
        options.test = word_of("test", word, TestKind::parse, TestKind::ALL.iter().map(|kind| kind.as_str()))?;
    }
    if let Some(word) = &flags.correction {
        options.correction =
            word_of("correction", word, CorrectionKind::parse, CorrectionKind::ALL.iter().map(|kind| kind.as_str()))?;
    }
    if let Some(word) = &flags.significance_metric {
        options.metric = word_of("metric", word, Metric::parse, Metric::ALL.iter().map(|metric| metric.as_str()))?;
    }
    if let Some(level) = flags.ci_level {
        options.ci_level = level;
    }
    if let Some(word) = &flags.ci_method {
        options.ci_method = word_of(
            "interval method",
            word,
            IntervalMethod::parse,
            IntervalMethod::ALL.iter().map(|method| method.as_str()),
        )?;
    }
    if let Some(resamples) = flags.bootstrap_resamples {
        options.resamples = resamples;
    }
    if flags.bootstrap_seed.is_some() {
        options.bootstrap_seed = flags.bootstrap_seed;
    }
    Ok(options)
}

fn word_of<T>(
    what: &str,
    word: &str,
    parse: fn(&str) -> Option<T>,
    all: impl Iterator<Item = &'static str>,
) -> Result<T, Failure> {
    parse(word).ok_or_else(|| {
        Failure::usage(format!("there is no {what} `{}`", report::escape::terminal::line(word)))
            .hint(format!("one of: {}", all.collect::<Vec<_>>().join(", ")))
    })
}
