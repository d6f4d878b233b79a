//! Who must not judge whom.

/// True when the judge and the judged are the same contestant or of the same lineage, so that the
/// verdict would be partly about itself. Families are those of `llm::registry`: the same weights on
/// another route, another size or another version count as one. An unknown model is a family of its
/// own, told by its name.
pub fn is_relative(judge_family: &str, contestant_family: &str, judge_spec: &str, contestant_spec: &str) -> bool {
    let same = |a: &str, b: &str| !a.trim().is_empty() && a.trim().eq_ignore_ascii_case(b.trim());
    same(judge_family, contestant_family) || same(judge_spec, contestant_spec)
}
