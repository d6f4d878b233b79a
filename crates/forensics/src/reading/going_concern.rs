//! Going concern: every mention, and what it says.
//!
//! The words "substantial doubt" are in one filing the auditor's opinion, in the next the text of an accounting
//! standard. Each sentence that has them is judged by the verb that governs them: who says it, whether it is
//! said, denied, asked, feared or set aside, and of whom.

use std::ops::Range;

use edgar::document::Document;

use super::prose::{self, has, patterns};

/// What a mention says, gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The auditor states the doubt, in his report or as the filing reports it.
    AuditorDoubt,
    /// Management states the doubt.
    ManagementDoubt,
    /// There was doubt, and plans or events are said to have set it aside.
    Alleviated,
    /// The doubt is about somebody else: a customer, a joint venture.
    OtherEntity,
    /// It is said that there is no doubt.
    Denial,
    /// What may come: a risk, a condition, a dependence.
    Hypothetical,
    /// The standard, the basis of presentation, duties, covenants, headings, references.
    Boilerplate,
}

impl Class {
    /// Every class, gravest first.
    pub const ALL: [Self; 7] = [
        Self::AuditorDoubt,
        Self::ManagementDoubt,
        Self::Alleviated,
        Self::OtherEntity,
        Self::Denial,
        Self::Hypothetical,
        Self::Boilerplate,
    ];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::AuditorDoubt => "auditor_doubt",
            Self::ManagementDoubt => "management_doubt",
            Self::Alleviated => "alleviated",
            Self::OtherEntity => "other_entity",
            Self::Denial => "denial",
            Self::Hypothetical => "hypothetical",
            Self::Boilerplate => "boilerplate",
        }
    }

    /// Whether it states a doubt about the company itself that stands.
    pub fn is_claim(self) -> bool {
        matches!(self, Self::AuditorDoubt | Self::ManagementDoubt)
    }
}

/// One sentence that speaks of going concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// What it says.
    pub class: Class,
    /// The sentence, in bytes of the text.
    pub sentence: Range<usize>,
}

/// What one sentence says of the doubt, before it is asked who says it and of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Claim,
    Alleviated,
    Denied,
    Hypothetical,
    Boilerplate,
}

/// Other businesses that filings report doubts about.
const OTHERS: &str = r"(?:customers?|suppliers?|vendors?|tenants?|borrowers?|licensees?|licensors?|joint ventures?|investees?|counterpart(?:y|ies)|lessees?|airlines?|distributors?|contractors?|manufacturers?|collaborators?|portfolio compan(?:y|ies)|franchisees?|obligors?|landlords?|operators?|clients?|competitors?|retailers?|banks?|insurers?|debtors?)";

patterns! {
    /// What makes a sentence worth a judgement.
    TRIGGER = r"(?i)\bgoing(?:[\s\-]|‑|–|—)+concerns?\b|\b(?:substantial|significant|serious)\s+doubts?\b|\bmaterial\s+uncertaint(?:y|ies)\b";
    GOING_CONCERN = r"\bgoing[ \-]+concerns?\b";
    /// The doubt itself, with what qualifies it.
    DOUBT = r"(?:\b(?:no|any|the|a|an|some|such|this|that|our|its|their|his|initial|reasonable|substantial|significant|serious|considerable|material|grave|severe|auditor's|auditors')\s+)*(?:\bdoubts?\b|\bmaterial uncertaint(?:y|ies)\b)";
    ABOUT_CONTINUING = r"\bgoing[ \-]+concerns?\b|\bcontinu\w+ (?:in |its |our |their )?(?:existence|operations?|business|operating)\b|\bremain in business\b|substantial doubt";

    /// Speakers: the auditor and his paper.
    AUDITOR = r"\b(?:auditors?(?:'s?)?|independent (?:registered )?(?:certified )?(?:public )?account(?:ants?|ing firms?)|registered public accounting firm|public accounting firm|certified public accountants?|audit (?:report|opinion)|auditing firm|explanatory (?:paragraph|language)|emphasis[ \-]of[ \-](?:a )?matter|our report|their (?:report|opinion)|opinion (?:of|from) (?:our|the|its))\b";
    EXPECTED_OF_AUDITOR = r"\b(?:expects?|anticipates?|believes?|likely)\b[^.;]*\b(?:will|would|to) (?:contain|include|express|issue|state|have|be)";
    /// How an auditor's report leads up to its doubt.
    PREPARED_ASSUMING = r"(?:have|has) been prepared (?:assuming|on the assumption) that (?:the|it|we|our)\b|material uncertainty related to going concern|explanatory paragraph - going concern|we draw attention to note";
    AS_DISCUSSED = r"\bas (?:more fully |further |also )?(?:discussed|described|disclosed|explained|set forth|shown) in note|we draw attention to note|which indicates that";
    FIRST_PERSON = r"\b(?:we|our|us)\b";

    /// Somebody else's doubt.
    OF_OTHERS = &format!(r"\bability of (?:the |our |its |a |an |such |certain |any |one of (?:our |the )?|some of (?:our |the )?)*(?:\w+ ){{0,3}}?{OTHERS}\b");
    OTHERS_ABILITY = &format!(r"\b{OTHERS}(?:'s|')? (?:\w+ ){{0,2}}?(?:abilit(?:y|ies)|continuation|continuance)\b");
    OTHERS_SUBJECT = &format!(r"^(?:[\w ,]{{0,40}}?)\b(?:one of |several |some |many |certain |a number of |our |the |its |their |a |an |any |[\w\-]+ ){{0,5}}{OTHERS}\b[^.;]{{0,220}}\b(?:its|their|the \w+'s) (?:own )?(?:abilit|continu)");
    OTHERS_PAPERS = &format!(r"\b(?:auditors?|financial statements|accounts|report) (?:of|for) (?:the |our |its |a |an |certain |one of (?:our |the )?)*(?:\w+ ){{0,2}}?{OTHERS}\b");

    /// What governs the doubt from the left, read up to the doubt itself.
    RAISES = r"\b(?:rais(?:e|es|ed|ing)|cast(?:s|ed|ing)?|creat(?:e|es|ed|ing)|constitut(?:e|es|ed|ing)|giv(?:e|es|ing) rise to|gave rise to|result(?:s|ed|ing)? in|lead(?:s|ing)? to|led to|pos(?:e|es|ed|ing)|indicat(?:e|es|ed|ing)(?: the (?:existence|presence) of| that there (?:is|exists))?|impl(?:y|ies|ied)|presents?|suggests?|caus(?:e|es|ed|ing)|represent(?:s|ed|ing)?|signif(?:y|ies)|reflects?)(?: \w+ly)?(?: the)?(?: existence of)? $";
    MODAL_RAISES = r"\b(?:could|may|might|would|can|will|potentially|possibly)(?: \w+){0,3} (?:raise|cast|create|constitute|give rise to|result in|lead to|pose|indicate|imply|present|suggest|cause|represent)(?: \w+ly)?(?: the)?(?: existence of)? $";
    MAY_CAUSE = r"\b(?:could|may|might|would)(?: \w+){0,2} (?:cause|lead|prompt|require|force|result)\b[^;]*$";
    THERE_IS = r"\bthere(?: \w+ly| still| also| now)? (?:is|are|exists?|existed|was|were|remains?|remained|continues? to (?:be|exist)|has been|had been)(?: still| also| now| currently| presently)?(?: the existence of)? $";
    THERE_MAY_BE = r"\bthere (?:could|may|might|would|will|can)(?: \w+)? (?:be|exist|arise)(?: \w+)? $";
    SAYS = r"\b(?:express(?:es|ed|ing)?|stat(?:e|es|ed|ing)(?: that)?|disclos(?:e|es|ed|ing)|disclosure|language|conclud(?:e|es|ed|ing)(?: that)?|report(?:s|ed|ing)?|not(?:e|es|ed|ing)|emphasi[sz](?:e|es|ed|ing)|regarding|concerning|describ(?:e|es|ed|ing)|relat(?:ed|es|ing) to|as to|about|existence of|referr(?:ed|ing) to|refers to|reflect(?:s|ed|ing)?|identif(?:y|ies|ied)|acknowledg(?:e|es|ed)|ha(?:s|ve|d)) (?:that )?(?:the existence of )?$";
    REPORTS = r"\b(?:report(?:s|ed)?|disclos(?:e|es|ed)|announc(?:e|es|ed)|warn(?:s|ed)? of|express(?:es|ed)?|stat(?:e|es|ed)) $";
    HAS = r"\b(?:ha(?:s|ve|d)|identif(?:ied|ies)|acknowledg(?:e|es|ed)) $";
    IN_DOUBT = r"\b(?:is|are|be|remains?|thrown|placed|put) in $";
    MODAL_SAYS = r"\b(?:could|may|might|would|can|will)(?: \w+){0,2} (?:express|state|disclose|conclude|report|include|contain|identify|have)\b[^.;,]*$";
    /// And from the right.
    EXISTS = r"^[^.;]*?\b(?:exists?|existed|remains?|remained|persists?|continues? to exist|(?:has|have|had) been raised|(?:is|was) raised|(?:is|was) (?:identified|present))\b";
    MAY_EXIST = r"^[^.;]*?\b(?:could|may|might|would|to) (?:exist|arise|be raised|persist)\b";
    GONE = r"^[^.;]*?\b(?:(?:ha(?:s|ve|d) (?:now |since |therefore |thus )?been|was|were|is|are)(?: \w+ly| now| therefore| thus)? (?:alleviated|mitigated|removed|resolved|eliminated|overcome|lifted|relieved|cured|satisfied)|(?:no longer|does not(?: any longer)?|do not(?: any longer)?|ceased? to) exists?|no longer (?:do(?:es)? so|appl(?:y|ies)|present))\b";
    NEITHER = r"^\W*neither\b[^;]*\bnor\b[^;]*$";
    NOT_IMPAIRED = r"\bgoing concern\b[^;]{0,30}\b(?:is|are|was|remains?) not (?:\w+ )?(?:impacted|affected|threatened|in doubt|at risk|impaired|endangered|in question)\b";
    NOT_GONE = r"^[^.;]*?\b(?:ha(?:s|ve|d)|is|was|were|are) not (?:yet |been |being |fully |sufficiently |be )*(?:alleviated|mitigated|removed|resolved|eliminated|overcome|relieved)\b";

    /// Setting the doubt aside, with the doubt as its object.
    ALLEVIATES = r"\b(?:alleviat(?:e|es|ed|ing)|mitigat(?:e|es|ed|ing)|overc(?:ome|omes|ame|oming)|remov(?:e|es|ed|ing)|eliminat(?:e|es|ed|ing)|resolv(?:e|es|ed|ing)|relieves?|relieved|dispel(?:s|led)?)(?: \w+ly)?(?:(?: the| any| our| these| those| such)?(?: \w+)? (?:conditions?|events?|circumstances|factors|matters|concerns?|uncertaint(?:y|ies))(?: or events| and events)?[^.;,]{0,60}?)? $";
    NOT_ALLEVIATES = r"\b(?:not|n't|never|cannot|insufficient to|unable to|fail(?:s|ed)? to|inadequate to|neither)\b[^.;,]{0,60}?\b(?:alleviat|mitigat|overc|remov|eliminat|resolv|reliev|dispel)\w*[^.;,]*$";
    MEANT_TO_ALLEVIATE = r"\b(?:intended to|designed to|intends? to|seek(?:s|ing)? to|aim(?:s|ed)? to|in order to|plans? to|efforts? to|attempt(?:s|ing)? to|(?:will|may|might|could|would|should|can|if|until|unless|when|whether|or that did)(?: \w+){0,4}) (?:alleviat|mitigat|overc|remov|eliminat|resolv|reliev|dispel)\w*[^.;,]*$";
    HELD_TO_ALLEVIATE = r"\b(?:believes?|conclud\w+|determin\w+|expects?|probable)\b[^;]* will (?:\w+ ){0,2}(?:alleviat|mitigat|overc|remov|eliminat|resolv|reliev)\w*[^;,]*$";
    NO_LONGER = r"\bno longer(?: be| is| are| any| a| exists?| raises?| raised| has| have| believes?(?: that)?(?: there is)?| a?)* $";

    /// Asking, not saying.
    WHETHER = r"\b(?:whether|if)\b[^.;]*$";
    CONCLUDED = r"\b(?:conclu(?:ded|des|de|ding|sion)|determined(?: that)?|therefore|accordingly|as a result|resulting)\b";
    CONDITION = r"^(?:\W*(?:further|furthermore|moreover|also|and|but|in addition|however),? )?(?:if|should|unless|in the event|were|until|in the period|to the extent|in case)\b";
    DUTY = r"\b(?:requires?|required to|provides? guidance|to provide guidance|provid(?:es|ing) (?:guidance|principles)|defin(?:es?|ed|ition|ing)|responsibilit(?:y|ies) (?:is|are|to|for|include)|are responsible|is responsible|shall (?:discuss|review|disclose)|should disclose|must (?:disclose|specifically)|critical audit matter|key audit matter|how we addressed|we tested|our audit procedures|audit procedures|procedures (?:included|to))\b";
    COMMITTEE = r"\bcommittee\b[^.;]*\b(?:shall|reviews?|discuss(?:es)?|will (?:review|discuss)|responsib)";
    COVENANT = r"\b(?:event of default|lenders?|borrower|covenants?|(?:credit|loan|financing) (?:agreement|facility)|indenture|administrative agent)\b[^.]*\b(?:without|qualification or exception|shall|deliver|accompanied|unqualified|require)";
    /// Saying that it is not.
    NOT_CONDITIONS = r"\b(?:no|not (?:identif\w+|aware of|find|found|note|noted|observe)(?: of)?(?: any)?|without|neither|nor)\b[^.;,]{0,60}(?:conditions?|events?|circumstances|matters|factors|indicators?|uncertaint)\b(?:[^.;]*)$";
    DOES_NOT = r"\b(?:do|does|did|has|have|had|is|are|was|were|could|would|will|should)(?: not|n't)(?: \w+){0,2} (?:rais(?:e|ed)|cast|creat(?:e|ed)|constitut(?:e|ed)|indicate|believe|consider|think|express(?:ed)?|contain|include|identif(?:y|ied)|give rise to|result in|exist)\b[^.;,]*$";
    NEGATED_BEFORE = r"\b(?:no|not|n't|without|neither|nor|never|none)\b[^.;]*$";

    /// Papers on going concern that name no doubt.
    OPINION_ON = r#"\bgoing[ \-]+concern['"]*,? (?:explanatory |audit |doubt )?(?:opinion|qualification|report|paragraph|explanatory|emphasis|modification|language|exception|statement|disclaimer|note)\b|\b(?:explanatory|emphasis[ \-]of[ \-](?:a )?matter|emphasis|additional|modifying)(?: of matter)? (?:paragraph|language)s?\b[^.;]*\bgoing concern\b|\b(?:qualified|modified|qualifies|qualification)\b[^.;]*\bgoing concern\b"#;
    GIVES = r"\b(?:contain(?:s|ed|ing)?|includ(?:e|es|ed|ing)|issu(?:e|es|ed|ing)|receiv(?:e|es|ed|ing)|carr(?:y|ies|ied)|ha(?:s|ve|d)|express(?:es|ed|ing)?|add(?:s|ed|ing)?|modif(?:y|ies|ied)|qualif(?:y|ies|ied)|with an?|stat(?:e|es|ed|ing)|bears?|bore|g(?:ive|ives|iven|ave)|render(?:s|ed)?|subject to an?|is|was)\b";
    MAY_GIVE = r"\b(?:could|may|might|would|can|will|if|should|any|future)\b";
    FUTURE_TOO = r"\band future (?:reports|opinions) may\b";
    /// Inability said outright.
    CANNOT = r"\b(?:is|are|was|were|will be|currently|be) (?:not (?:be )?able|unable) to (?:continue|remain|operate)[^.;]{0,30}\bgoing concern\b";
    INDICATES_UNABLE = r"\b(?:indicat\w+|suggests?|impl(?:y|ies)|mean(?:s|ing)?)\b[^.;]*\b(?:may|might|will|would|could)(?: \w+)? (?:be unable|not be able)[^.;]{0,60}\bgoing concern\b";
    NO_LONGER_A = r"\bno longer (?:\w+ ){0,2}a(?: viable)? going concern\b|\bnot(?: considered| deemed)?(?: to be)? a(?: viable)? going concern\b";
    UNCERTAIN = r"\bgoing concern\b[^.;]{0,40}\b(?:is|are|remains?) (?:highly |very |currently )?(?:uncertain|questionable|doubtful|in question|in jeopardy|at risk)\b|\b(?:significant|substantial) uncertaint(?:y|ies) (?:exists? )?(?:about|as to|regarding|over|whether)[^.;]*going concern";
    DEPENDS = r"\b(?:depend(?:s|ent|ing)?|contingent|predicated|conditioned) (?:up)?on\b|\b(?:no|not|cannot|can't|without)\b(?: \w+){0,4} (?:assur|guarant)\w*";
    FEAR = r"\b(?:if|unless|should|could|may|might|would|depend\w*|contingent|assur\w+|guarantee\w*|perception|inability|risk|threaten\w*|jeopardi[sz]e\w*|need to|fail\w*)\b";
    ASSUMPTION = r"\b(?:assum\w+|prepared|basis|presum\w+|contemplat\w+|adjustments?|objectives?|value|valuation|goodwill|sold|sale|acqui\w+|liquidation)\b";
}

/// Every sentence of the document that speaks of going concern, in order, each judged. `reports` are the parts
/// of its text that are an auditor's report.
pub fn read(document: &Document, reports: &[Range<usize>]) -> Vec<Mention> {
    let text = document.text();
    let mut mentions: Vec<Mention> = Vec::new();
    let mut done = 0;
    for found in TRIGGER.all(text) {
        if found.start < done {
            continue;
        }
        let Some(sentence) = document.sentence_at(found.start) else { continue };
        done = sentence.end;
        let in_report = reports.iter().any(|report| report.contains(&found.start));
        let sentence = around(text, &sentence, found.start);
        let plain = within_one_sentence(prose::plain(&text[sentence.clone()]));
        let lead = prose::plain(prose::before(text, sentence.start, 900));
        if let Some(class) = judge(&plain, &lead, in_report) {
            mentions.push(Mention { class, sentence });
        }
    }
    set_aside(&mut mentions);
    mentions
}

/// Full stops within one sentence are those of "Inc." and "No."; they must not look like its end.
fn within_one_sentence(mut plain: String) -> String {
    plain.retain(|character| character != '.');
    plain
}

/// A sentence of bearable length: of one that runs over pages (lists of risks in one sentence), what stands
/// around the hit.
fn around(text: &str, sentence: &Range<usize>, hit: usize) -> Range<usize> {
    const MOST: usize = 2_400;
    const SIDE: usize = 900;
    if sentence.len() <= MOST {
        return sentence.clone();
    }
    let start = sentence.start.max(hit - prose::before(text, hit, SIDE).len());
    let end = sentence.end.min(hit + prose::after(text, hit, SIDE).len());
    start..end
}

/// The gravest class among the mentions.
pub fn gravest(mentions: &[Mention]) -> Option<Class> {
    mentions.iter().map(|mention| mention.class).min()
}

/// A doubt that management states and sets aside a few sentences later was set aside.
fn set_aside(mentions: &mut [Mention]) {
    const NEAR: usize = 1_200;
    let aside: Vec<Range<usize>> = mentions
        .iter()
        .filter(|mention| mention.class == Class::Alleviated)
        .map(|mention| mention.sentence.clone())
        .collect();
    for mention in mentions.iter_mut().filter(|mention| mention.class == Class::ManagementDoubt) {
        let sentence = &mention.sentence;
        if aside.iter().any(|later| later.start >= sentence.end && later.start - sentence.end < NEAR) {
            mention.class = Class::Alleviated;
        }
    }
}

/// Judges one sentence in plain form. `lead` is what stands before it. None: it is no mention after all.
fn judge(sentence: &str, lead: &str, in_report: bool) -> Option<Class> {
    if !has(&ABOUT_CONTINUING, sentence) {
        return None;
    }
    let verdict = verdict(sentence, lead);
    let class = match verdict {
        Verdict::Claim | Verdict::Alleviated | Verdict::Hypothetical if is_of_another(sentence) => Class::OtherEntity,
        Verdict::Claim if is_auditors(sentence, lead, in_report) => Class::AuditorDoubt,
        Verdict::Claim => Class::ManagementDoubt,
        Verdict::Alleviated => Class::Alleviated,
        Verdict::Denied => Class::Denial,
        Verdict::Hypothetical => Class::Hypothetical,
        Verdict::Boilerplate => Class::Boilerplate,
    };
    Some(class)
}

fn is_of_another(sentence: &str) -> bool {
    has(&OF_OTHERS, sentence)
        || has(&OTHERS_ABILITY, sentence)
        || has(&OTHERS_PAPERS, sentence)
        || (has(&OTHERS_SUBJECT, sentence)
            && !sentence.contains("our ability")
            && !sentence.contains("company's ability"))
}

fn is_auditors(sentence: &str, lead: &str, in_report: bool) -> bool {
    if in_report {
        return true;
    }
    if has(&AUDITOR, sentence) {
        return !has(&EXPECTED_OF_AUDITOR, sentence);
    }
    if sentence.contains("has stated that substantial doubt exists") {
        // The form of words that auditing standard 2415 gives auditors.
        return true;
    }
    // The lead-in of a report, told from a note by its reference to the notes and by speaking in no first person.
    let near = prose::before(lead, lead.len(), 700);
    let both = format!("{near} {sentence}");
    has(&PREPARED_ASSUMING, near)
        && has(&AS_DISCUSSED, &both)
        && !has(&FIRST_PERSON, &both.replace("we draw attention", ""))
        || sentence.contains("management's plans") && has(&AS_DISCUSSED, sentence) && !has(&FIRST_PERSON, sentence)
}

/// What the sentence says of the doubt: the gravest of what each of its doubts is said to be.
fn verdict(sentence: &str, lead: &str) -> Verdict {
    let mut found: Vec<Verdict> = Vec::new();
    let mut kept = false;
    for hit in DOUBT.all(sentence) {
        match of_doubt(sentence, hit, lead) {
            Some((Verdict::Claim, true)) => kept = true,
            Some((verdict, _)) => found.push(verdict),
            None => {}
        }
    }
    if kept {
        return Verdict::Claim;
    }
    for wanted in [Verdict::Alleviated, Verdict::Claim, Verdict::Denied, Verdict::Hypothetical, Verdict::Boilerplate] {
        if found.contains(&wanted) {
            return wanted;
        }
    }
    without_doubt(sentence)
}

/// What is said of one doubt, and whether it is said that the doubt is *not* set aside.
fn of_doubt(sentence: &str, doubt: Range<usize>, lead: &str) -> Option<(Verdict, bool)> {
    let words = &sentence[doubt.clone()];
    let left = &sentence[..doubt.start];
    let right = &sentence[doubt.end..];
    // What follows the last conclusion governs; what was asked before it does not.
    let governing = match CONCLUDED.all(left).last() {
        Some(found) => &left[found.end..],
        None => left,
    };
    let asked = has(&WHETHER, governing) || (has(&DUTY, governing) && !has(&AUDITOR, governing));
    if has(&CONDITION, sentence) && std::ptr::eq(governing, left) {
        // Conditions in a standard's own words ask; conditions of the company's fear.
        let asks = has(&DUTY, sentence) || (!has(&FIRST_PERSON, sentence) && !sentence.contains("the company"));
        return Some((if asks { Verdict::Boilerplate } else { Verdict::Hypothetical }, false));
    }
    if has(&COMMITTEE, sentence) || has(&COVENANT, sentence) && !has(&THERE_IS, left) {
        return Some((Verdict::Boilerplate, false));
    }
    if has(&NOT_GONE, right) || has(&NOT_ALLEVIATES, left) {
        return Some((if asked { Verdict::Boilerplate } else { Verdict::Claim }, !asked));
    }
    if asked {
        return Some((Verdict::Boilerplate, false));
    }
    if has(&MEANT_TO_ALLEVIATE, left) && !has(&HELD_TO_ALLEVIATE, left) {
        return Some((Verdict::Boilerplate, false));
    }
    if has(&NO_LONGER, left) || has(&GONE, right) || has(&ALLEVIATES, left) {
        return Some((Verdict::Alleviated, false));
    }
    if words.starts_with("no ") || has(&NEITHER, left) || has(&NOT_CONDITIONS, governing) || has(&DOES_NOT, governing) {
        return Some((Verdict::Denied, false));
    }
    if words.starts_with("any ") {
        return Some((Verdict::Hypothetical, false));
    }
    // International standards have circumstances that "may cast significant doubt": that *is* their statement.
    let international = (sentence.contains("material uncertaint") || lead.ends_with("material uncertainty"))
        && !words.contains("substantial");
    if international && words.contains("uncertaint") {
        let stated = has(&RAISES, left) && !has(&MODAL_RAISES, left) || has(&THERE_IS, left) || has(&EXISTS, right);
        let feared = has(&MODAL_RAISES, left) || right.trim_start().starts_with("may come");
        return match (stated, feared) {
            (true, false) => Some((Verdict::Claim, false)),
            (_, true) => Some((Verdict::Hypothetical, false)),
            _ => None,
        };
    }
    if has(&MAY_CAUSE, governing) && !international {
        return Some((Verdict::Hypothetical, false));
    }
    if has(&MODAL_RAISES, left) {
        return Some((if international { Verdict::Claim } else { Verdict::Hypothetical }, false));
    }
    if has(&THERE_MAY_BE, left) || has(&MAY_EXIST, right) {
        return Some((Verdict::Hypothetical, false));
    }
    let audited = has(&AUDITOR, left) || has(&AUDITOR, right);
    if has(&MODAL_SAYS, left) && !has(&EXPECTED_OF_AUDITOR, sentence) {
        return Some((Verdict::Hypothetical, false));
    }
    let claimed = has(&RAISES, left)
        || has(&THERE_IS, left)
        || has(&IN_DOUBT, left)
        || has(&HAS, left)
        || has(&REPORTS, left)
        || has(&EXISTS, right)
        || (has(&SAYS, left) && (audited || left.contains("conclu") || left.contains("stat")))
        || words.contains("auditor");
    claimed.then_some((Verdict::Claim, false))
}

/// What a sentence says that names no doubt, or none that anything governs.
fn without_doubt(sentence: &str) -> Verdict {
    if !has(&GOING_CONCERN, sentence) {
        return Verdict::Boilerplate;
    }
    if has(&COMMITTEE, sentence) || has(&COVENANT, sentence) || has(&DUTY, sentence) {
        return Verdict::Boilerplate;
    }
    if let Some(found) = OPINION_ON.find(sentence) {
        let left = &sentence[..found.start];
        if has(&NEGATED_BEFORE, left) {
            return Verdict::Denied;
        }
        let certain = sentence.replace("and future reports may", "");
        let before_paper = prose::before(&certain, found.start.min(certain.len()), certain.len());
        if has(&EXPECTED_OF_AUDITOR, sentence) {
            return Verdict::Claim;
        }
        if has(&MAY_GIVE, before_paper) && !has(&FUTURE_TOO, sentence) {
            return Verdict::Hypothetical;
        }
        if has(&GIVES, left) || has(&AUDITOR, sentence) && has(&GIVES, sentence) {
            return Verdict::Claim;
        }
        return if has(&MAY_GIVE, sentence) { Verdict::Hypothetical } else { Verdict::Boilerplate };
    }
    if has(&NOT_IMPAIRED, sentence) {
        return Verdict::Denied;
    }
    if has(&CONDITION, sentence) || has(&DEPENDS, sentence) {
        return Verdict::Hypothetical;
    }
    if has(&INDICATES_UNABLE, sentence) || has(&UNCERTAIN, sentence) || has(&NO_LONGER_A, sentence) {
        return Verdict::Claim;
    }
    if has(&CANNOT, sentence) && !has(&FEAR, sentence) && !has(&ASSUMPTION, sentence) {
        return Verdict::Claim;
    }
    if has(&ASSUMPTION, sentence) {
        return Verdict::Boilerplate;
    }
    if has(&FEAR, sentence) { Verdict::Hypothetical } else { Verdict::Boilerplate }
}
