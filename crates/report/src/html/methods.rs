//! A paragraph on methods with its citations, ready to paste, and the command that makes the run again.

use evals::decision::Decision;
use evals::record::{Metric, RunHeader};
use stats::correction::Correction;

use crate::document::Document;
use crate::escape::html::text;
use crate::figures;
use crate::methods;

use super::view::View;

pub(super) fn section(view: &View<'_>) -> String {
    let document = view.document;
    let analysis = document.analysis;
    let has_intervals = Metric::ALL.iter().any(|metric| document.has_intervals(*metric));
    let mut sentences: Vec<String> = analysis.decision.iter().flat_map(of_decision).collect();
    if analysis.header.command == evals::imported::IMPORTED {
        sentences.insert(
            0,
            "Results were measured elsewhere and imported item by item; nothing was measured here.".to_owned(),
        );
    } else {
        let of_cells = methods::sentences(&analysis.header, has_intervals, !analysis.comparisons.is_empty());
        sentences.extend(of_cells);
    }
    let version = &analysis.header.tool_version;
    sentences.push(format!("Analysed with Modelarium {version} (run {}).", analysis.header.run_id));
    let mut out = format!(
        "<p class=\"lead\">Ready to paste.</p>\n<p id=\"methods-text\" class=\"paste\">{}</p>\n<p><button type=\"button\" data-copy=\"methods-text\" hidden>Copy the paragraph</button> <span class=\"copied\" role=\"status\"></span></p>\n",
        text(&sentences.join(" "))
    );
    let cited = cited(&sentences.join(" "));
    if !cited.is_empty() {
        let list = cited.iter().map(|reference| format!("<li>{}</li>", text(reference))).collect::<Vec<_>>().concat();
        out.push_str(&format!(
            "<details><summary>References ({})</summary><ul id=\"references-text\">{list}</ul><p><button type=\"button\" data-copy=\"references-text\" hidden>Copy the references</button> <span class=\"copied\" role=\"status\"></span></p></details>\n",
            cited.len()
        ));
    }
    out
}

/// How the decision was made, by the methods that its figures really used.
fn of_decision(decision: &Decision) -> Vec<String> {
    let level = figures::percent(decision.ci_level);
    let mut sentences = vec![format!(
        "The item is the unit of inference ({}): runs of an item are averaged, contestants are paired by item{}.",
        crate::wording::decision::items(decision),
        if decision.n_clusters < decision.n_items {
            ", and items of a cluster count as one observation (Liang and Zeger 1986)"
        } else {
            ""
        }
    )];
    let mut used = |found: Vec<&'static str>, lead: &str, tail: &str| {
        let mut unique: Vec<&str> = vec![];
        for one in found {
            if !one.is_empty() && !unique.contains(&one) {
                unique.push(one);
            }
        }
        if !unique.is_empty() {
            sentences.push(format!("{lead}{}{tail}.", unique.join("; ")));
        }
    };
    let means = decision.contestants.iter().flat_map(|arm| std::iter::once(&arm.primary).chain(&arm.metrics));
    used(means.map(|one| interval(&one.method)).collect(), &format!("Intervals of means ({level}): "), "");
    used(decision.comparisons.iter().map(|pair| interval(&pair.method)).collect(), "Intervals of differences: ", "");
    let tests = decision.comparisons.iter().map(|pair| test(&pair.test)).collect();
    used(tests, "Tests, two-sided: ", &format!("; {}", correction(decision)));
    if decision.tied_best.len() > 1 {
        sentences.push("Contestants are called tied where none of them is shown to be worse than the best; tied does not mean equal.".to_owned());
    }
    if decision.contestants.iter().any(|arm| arm.cost_per_passed_item.value.is_some()) {
        sentences.push("Cost per passed item is a ratio of means with Fieller's interval (Fieller 1954).".to_owned());
    }
    if decision.contestants.iter().any(|arm| !arm.pass_at_k.is_empty()) {
        sentences.push("Chances that one or all of k runs pass are the unbiased estimates of Chen et al. (2021) and Yao et al. (2024).".to_owned());
    }
    if !decision.gates.is_empty() {
        sentences.push("A gate passes or fails where a one-sided interval lies on one side of its limit, and is inconclusive otherwise.".to_owned());
    }
    sentences
}

fn interval(method: &str) -> &'static str {
    match method {
        "wilson" => "Wilson's score interval (Wilson 1927)",
        "wilson_effective" => {
            "Wilson's interval at the effective number of items (Wilson 1927; Korn and Graubard 1998)"
        }
        "t" => "Student's t over items (Student 1908)",
        "clustered_t" => "t over clusters (Liang and Zeger 1986)",
        "tango" => "Tango's score interval of paired rates (Tango 1998)",
        "tango_repeated" => "Tango's score interval at the effective number of items (Tango 1998)",
        "item_bootstrap" => "studentised bootstrap over items (Efron and Tibshirani 1993)",
        _ => "",
    }
}

fn test(test: &str) -> &'static str {
    match test {
        "mcnemar_exact" => "McNemar's exact test (McNemar 1947)",
        "sign_flip_exact" => "sign-flip permutation over items, all rearrangements (Fisher 1935)",
        "sign_flip_monte_carlo" => {
            "sign-flip permutation over items, random rearrangements (Fisher 1935; Phipson and Smyth 2010)"
        }
        _ => "",
    }
}

fn correction(decision: &Decision) -> &'static str {
    match decision.correction {
        Correction::None => "no correction over pairs",
        Correction::Bonferroni => "corrected over all pairs by Bonferroni (Dunn 1961)",
        Correction::Holm => "corrected over all pairs by Holm's step-down (Holm 1979)",
        Correction::BenjaminiHochberg => "false discovery rate over all pairs by Benjamini and Hochberg (1995)",
        Correction::BenjaminiYekutieli => "false discovery rate over all pairs by Benjamini and Yekutieli (2001)",
    }
}

/// Every source that the sentences may name.
const REFERENCES: [(&str, &str); 27] = [
    (
        "Benjamini and Hochberg",
        "Benjamini, Y., Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical Society B 57, 289–300.",
    ),
    (
        "Benjamini and Yekutieli",
        "Benjamini, Y., Yekutieli, D. (2001). The control of the false discovery rate in multiple testing under dependency. Annals of Statistics 29, 1165–1188.",
    ),
    (
        "Chen et al. (2021",
        "Chen, M. et al. (2021). Evaluating large language models trained on code. arXiv:2107.03374.",
    ),
    (
        "Cliff 1993",
        "Cliff, N. (1993). Dominance statistics: ordinal analyses to answer ordinal questions. Psychological Bulletin 114, 494–509.",
    ),
    ("Cohen 1988", "Cohen, J. (1988). Statistical power analysis for the behavioral sciences, 2nd ed. Erlbaum."),
    ("David and Nagaraja 2003", "David, H. A., Nagaraja, H. N. (2003). Order statistics, 3rd ed. Wiley."),
    (
        "Davison and Hinkley 1997",
        "Davison, A. C., Hinkley, D. V. (1997). Bootstrap methods and their application. Cambridge University Press.",
    ),
    (
        "Dunn 1961",
        "Dunn, O. J. (1961). Multiple comparisons among means. Journal of the American Statistical Association 56, 52–64.",
    ),
    ("Efron 1979", "Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7, 1–26."),
    (
        "Efron 1987",
        "Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical Association 82, 171–185.",
    ),
    (
        "Efron and Tibshirani 1993",
        "Efron, B., Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman and Hall.",
    ),
    (
        "Fieller 1954",
        "Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical Society B 16, 175–185.",
    ),
    ("Fisher 1935", "Fisher, R. A. (1935). The design of experiments. Oliver and Boyd."),
    (
        "Hall 1988",
        "Hall, P. (1988). Theoretical comparison of bootstrap confidence intervals. Annals of Statistics 16, 927–953.",
    ),
    (
        "Holm 1979",
        "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65–70.",
    ),
    (
        "Hyndman and Fan 1996",
        "Hyndman, R. J., Fan, Y. (1996). Sample quantiles in statistical packages. The American Statistician 50, 361–365.",
    ),
    (
        "Korn and Graubard 1998",
        "Korn, E. L., Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of positive counts estimated from survey data. Survey Methodology 24, 193–201.",
    ),
    (
        "Liang and Zeger 1986",
        "Liang, K.-Y., Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models. Biometrika 73, 13–22.",
    ),
    (
        "Mann and Whitney 1947",
        "Mann, H. B., Whitney, D. R. (1947). On a test of whether one of two random variables is stochastically larger than the other. Annals of Mathematical Statistics 18, 50–60.",
    ),
    (
        "McNemar 1947",
        "McNemar, Q. (1947). Note on the sampling error of the difference between correlated proportions or percentages. Psychometrika 12, 153–157.",
    ),
    (
        "Phipson and Smyth 2010",
        "Phipson, B., Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in Genetics and Molecular Biology 9, 39.",
    ),
    ("Student 1908", "Student (1908). The probable error of a mean. Biometrika 6, 1–25."),
    (
        "Tango 1998",
        "Tango, T. (1998). Equivalence test and confidence interval for the difference in proportions for the paired-sample design. Statistics in Medicine 17, 891–908.",
    ),
    (
        "Welch 1947",
        "Welch, B. L. (1947). The generalization of Student's problem when several different population variances are involved. Biometrika 34, 28–35.",
    ),
    ("Wilcoxon 1945", "Wilcoxon, F. (1945). Individual comparisons by ranking methods. Biometrics Bulletin 1, 80–83."),
    (
        "Wilson 1927",
        "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American Statistical Association 22, 209–212.",
    ),
    (
        "Yao et al. (2024",
        "Yao, S. et al. (2024). τ-bench: a benchmark for tool-agent-user interaction in real-world domains. arXiv:2406.12045.",
    ),
];

fn cited(sentences: &str) -> Vec<&'static str> {
    REFERENCES.iter().filter(|(key, _)| sentences.contains(key)).map(|(_, reference)| *reference).collect()
}

/// The commands that make the run and this report again, and what they cannot carry.
pub(super) fn reproduce(document: &Document<'_>) -> String {
    let header = &document.analysis.header;
    let (command, lacks) = command(header);
    let again = format!("modelarium report {} --output report.html", quoted(&header.run_id));
    let lacks = lacks.iter().map(|one| format!("<li>{}</li>", text(one))).collect::<Vec<_>>().concat();
    let lacks = if lacks.is_empty() { String::new() } else { format!("<ul class=\"note\">{lacks}</ul>\n") };
    format!(
        "<p class=\"lead\">The run again; answers of models in the cloud will differ, the plan and its order will not.</p>\n\
         <pre id=\"command-text\" tabindex=\"0\">{}</pre>\n<p><button type=\"button\" data-copy=\"command-text\" hidden>Copy the command</button> <span class=\"copied\" role=\"status\"></span></p>\n{lacks}\
         <p>This report again, byte for byte, from the stored run:</p>\n<pre tabindex=\"0\">{}</pre>\n\
         <p class=\"note\">Experiment {}; seed {}; prices as of {}.</p>\n",
        text(&command),
        text(&again),
        text(&header.experiment_key),
        header.seed,
        text(&header.pricing_as_of)
    )
}

/// The canonical command of a header, and what stands in it for something that is not stored.
fn command(header: &RunHeader) -> (String, Vec<String>) {
    let mut lacks = vec![];
    let mut words: Vec<String> = vec!["modelarium".to_owned()];
    let asked = &header.analysis.decision;
    let imported = header.command == evals::imported::IMPORTED;
    let suite = header.scoring.suite.is_some() || header.prompts.len() > 1;
    if imported {
        words.extend(["import".to_owned(), "RESULTS.csv".to_owned()]);
        lacks.push("RESULTS.csv stands for the table that was read; its name is in the notes.".to_owned());
    } else if let Some(migration) = asked.migration.as_ref().filter(|_| suite) {
        words.extend(["migrate", "SUITE.yaml", "--from"].map(str::to_owned));
        words.extend([
            quoted(&migration.from),
            "--to".to_owned(),
            quoted(&migration.to),
            "--margin".to_owned(),
            figures::exact(migration.margin),
        ]);
    } else if suite {
        words.extend(["batch".to_owned(), "SUITE.yaml".to_owned()]);
    } else {
        let prompt = header.prompts.first().map_or("", |prompt| prompt.text.as_str());
        words.push("compare".to_owned());
        if prompt.len() > 2_000 || prompt.contains('\0') {
            words.extend(["--prompt-file".to_owned(), "PROMPT.txt".to_owned()]);
            lacks.push(
                "PROMPT.txt stands for the prompt, which is too long for a command line; it is in this report."
                    .to_owned(),
            );
        } else {
            words.push(quoted(prompt));
        }
    }
    if suite && !imported {
        let name = header.scoring.suite.as_ref().map_or("", |suite| suite.name.as_str());
        lacks.push(format!(
            "SUITE.yaml stands for the suite file{}: its path is not stored, its prompts and checks are.",
            if name.is_empty() { String::new() } else { format!(" “{}”", crate::wording::shortened(name)) }
        ));
    }
    let mut flag = |name: &str, value: String| words.extend([name.to_owned(), value]);
    if !imported {
        if asked.migration.is_none() || !suite {
            let specs: Vec<String> = header
                .contestants
                .iter()
                .map(|one| if one.spec.is_empty() { one.name.clone() } else { one.spec.clone() })
                .collect();
            flag("--models", quoted(&specs.join(",")));
        }
        flag("--runs", header.runs.to_string());
        let temperatures: Vec<String> = header.temperatures.iter().flatten().map(|one| figures::exact(*one)).collect();
        if !temperatures.is_empty() {
            flag("--temperatures", temperatures.join(","));
        }
        match header.systems.as_slice() {
            [Some(only)] if !only.is_empty() && !suite => flag("--system-prompt", quoted(only)),
            [] | [None] => {}
            _ if suite => {}
            _ => lacks.push("The system prompts are in this report; give them with --system-prompts.".to_owned()),
        }
        if let Some(cap) = header.max_cost {
            flag("--max-cost", format!("{}", cap.as_f64()));
        }
    }
    flag("--seed", header.seed.to_string());
    analysis(header, imported, &mut flag);
    if asked.stop.as_ref().is_some_and(|stop| !stop.futility) {
        words.push("--no-futility".to_owned());
    }
    if !header.judges().is_empty() {
        let judges: Vec<&str> = header.judges().iter().map(|judge| judge.spec.as_str()).collect();
        words.extend(["--judges".to_owned(), quoted(&judges.join(","))]);
        lacks.push(
            "Criteria, scale and template of the judges, where they were given as flags, are in the JSON output."
                .to_owned(),
        );
    }
    if header.scoring.hallucination {
        words.push("--check-hallucination".to_owned());
    }
    if !suite && header.has_checks() {
        lacks.push("The checks of this prompt are in the JSON output; give them with --check.".to_owned());
    }
    (wrapped(&words), lacks)
}

/// What differs from the defaults of the analysis.
fn analysis(header: &RunHeader, imported: bool, flag: &mut dyn FnMut(&str, String)) {
    let (options, defaults) = (&header.analysis, evals::record::AnalysisOptions::default());
    let asked = &options.decision;
    if imported {
        return decision(asked, flag);
    }
    if options.test != defaults.test {
        flag("--significance-test", options.test.as_str().to_owned());
    }
    if options.metric != defaults.metric {
        flag("--significance-metric", options.metric.as_str().to_owned());
    }
    if options.correction != defaults.correction {
        flag("--correction", options.correction.as_str().to_owned());
    }
    if options.threshold != defaults.threshold {
        flag("--significance-threshold", figures::exact(options.threshold));
    }
    if options.ci_level != defaults.ci_level {
        flag("--ci-level", figures::exact(options.ci_level));
    }
    if options.ci_method != defaults.ci_method {
        flag("--ci-method", options.ci_method.as_str().to_owned());
    }
    if options.resamples != defaults.resamples {
        flag("--bootstrap-resamples", options.resamples.to_string());
    }
    if let Some(seed) = options.bootstrap_seed {
        flag("--bootstrap-seed", seed.to_string());
    }
    decision(asked, flag);
}

fn decision(asked: &evals::record::DecisionAsked, flag: &mut dyn FnMut(&str, String)) {
    if let Some(bar) = &asked.bar {
        flag("--bar", quoted(bar));
    }
    for gate in &asked.gates {
        flag("--gate", quoted(gate));
    }
    if let Some(baseline) = &asked.baseline {
        flag("--baseline", quoted(baseline));
    }
    if let Some(metric) = &asked.metric {
        flag("--decide-on", quoted(metric));
    }
    if let Some(stop) = &asked.stop {
        flag("--stop-when", "decided".to_owned());
        flag("--alpha", figures::exact(stop.alpha));
        if let Some(margin) = stop.margin.filter(|_| asked.migration.is_none()) {
            flag("--margin", figures::exact(margin));
        }
    }
}

/// A word as a POSIX shell reads it back, whatever is in it.
fn quoted(word: &str) -> String {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_./:@=,+%".contains(sign);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Flags on lines of their own, so that the command can be read.
fn wrapped(words: &[String]) -> String {
    let mut out = String::new();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            out.push_str(if word.starts_with("--") { " \\\n  " } else { " " });
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_a_shell() {
        assert_eq!(quoted("gpt-5.5@effort=high,seed=7"), "gpt-5.5@effort=high,seed=7");
        assert_eq!(quoted("it's $HOME; rm -rf \"x\""), "'it'\\''s $HOME; rm -rf \"x\"'");
        assert_eq!(quoted("--models"), "'--models'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn references_are_those_that_are_named() {
        let found = cited("Holm's step-down (Holm 1979) and Wilson (Wilson 1927).");
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("Holm, S. (1979)"));
        assert!(REFERENCES.windows(2).all(|pair| pair[0].1 <= pair[1].1), "in order of the authors");
    }
}
