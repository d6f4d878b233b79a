//! Form 25-NSE: an exchange's notice that it removes a class of securities from listing.
//!
//! The exchanges file it as XML; a company's own Form 25 is a document for people, and is read as one elsewhere.

use crate::ids::Cik;
use crate::xml;

/// Under which paragraph of Exchange Act Rule 12d2-2 a class is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provision {
    /// (a)(1) and (a)(2): called for redemption, matured, retired, paid.
    Redeemed,
    /// (a)(3): exchanged for cash or other securities, as in a merger.
    Substituted,
    /// (a)(4): all rights extinguished, as by the order of a court.
    Extinguished,
    /// (b): the exchange strikes it from its list.
    Struck,
    /// (c): the issuer withdraws it.
    Withdrawn,
}

impl Provision {
    /// The paragraph that a text names after "12d2-2": `17 CFR 240.12d2-2(a)(3)`.
    pub fn named(text: &str) -> Option<Self> {
        let (_, after) = text.split_once("12d2-2")?;
        let plain: String = after.chars().filter(|character| !character.is_whitespace()).take(6).collect();
        match plain.to_ascii_lowercase().as_str() {
            one if one.starts_with("(a)(1)") || one.starts_with("(a)(2)") => Some(Self::Redeemed),
            one if one.starts_with("(a)(3)") => Some(Self::Substituted),
            one if one.starts_with("(a)(4)") => Some(Self::Extinguished),
            one if one.starts_with("(b)") => Some(Self::Struck),
            one if one.starts_with("(c)") => Some(Self::Withdrawn),
            _ => None,
        }
    }
}

/// A notice of removal. Texts are the filer's own and untrusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form25 {
    /// Whose class it is.
    pub issuer: Option<Cik>,
    /// The exchange that it leaves.
    pub exchange: String,
    /// The class as the notice describes it; empty where it does not.
    pub class: String,
    /// The paragraph of the rule; none where it names none.
    pub provision: Option<Provision>,
}

/// Reads a notice: the XML itself, or a full submission with it inside. None where there is no such XML.
pub fn read(bytes: &[u8]) -> Option<Form25> {
    let text = xml::body(bytes)?;
    let root = xml::read(&text).root?;
    let notice = if root.name == "notificationOfRemoval" { &root } else { root.find("notificationOfRemoval")? };
    Some(Form25 {
        issuer: notice.text_at(&["issuer", "cik"]).trim().parse().ok().map(Cik),
        exchange: notice.text_at(&["exchange", "entityName"]).to_owned(),
        class: notice.text_at(&["descriptionClassSecurity"]).to_owned(),
        provision: Provision::named(notice.text_at(&["ruleProvision"])),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_gives_class_exchange_and_paragraph() {
        let xml = "<?xml version=\"1.0\"?><notificationOfRemoval><schemaVersion>X0203</schemaVersion><exchange><cik>0000000444\
                   </cik><entityName>Sample Exchange LLC</entityName></exchange><issuer><cik>0000000123</cik><entityName>Sample \
                   Issuer</entityName></issuer><descriptionClassSecurity>0.250% Senior Notes due 2024</descriptionClassSecurity>\
                   <ruleProvision>17 CFR 240.12d2-2(a)(2)</ruleProvision></notificationOfRemoval>";
        let notice = read(xml.as_bytes()).unwrap();
        assert_eq!((notice.issuer, notice.provision), (Some(Cik(123)), Some(Provision::Redeemed)));
        assert_eq!(
            (notice.class.as_str(), notice.exchange.as_str()),
            ("0.250% Senior Notes due 2024", "Sample Exchange LLC")
        );
        let whole =
            format!("<SEC-DOCUMENT>\n<DOCUMENT>\n<TYPE>25-NSE\n<TEXT>\n<XML>\n{xml}\n</XML>\n</TEXT>\n</DOCUMENT>");
        assert_eq!(read(whole.as_bytes()), Some(notice));
        for other in ["", "<html>Form 25</html>", "<ownershipDocument/>", "<notificationOfRemoval"] {
            assert!(read(other.as_bytes()).is_none_or(|notice| notice.class.is_empty()), "{other}");
        }
    }

    #[test]
    fn paragraphs_are_told_apart() {
        for (text, provision) in [
            ("17 CFR 240.12d2-2(a)(1)", Some(Provision::Redeemed)),
            ("17 CFR 240.12d2-2 (a) (3)", Some(Provision::Substituted)),
            ("17 CFR 240.12d2-2(a)(4)", Some(Provision::Extinguished)),
            ("17 CFR 240.12d2-2(b)", Some(Provision::Struck)),
            ("17 CFR 240.12d2-2(c)", Some(Provision::Withdrawn)),
            ("17 CFR 240.12d2-2", None),
            ("", None),
        ] {
            assert_eq!(Provision::named(text), provision, "{text}");
        }
    }
}
