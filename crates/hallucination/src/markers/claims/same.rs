//! Which words say the same thing: verbs of one event, names of one measure, units of one dimension.

/// The relation of a verb that tells of something with one date: two claims are compared when it is equal.
pub(super) fn event(verb: &str, subject: &[String]) -> String {
    let pact = || {
        subject.iter().any(|w| {
            matches!(
                w.as_str(),
                "treaty" | "agreement" | "pact" | "accord" | "convention" | "peace" | "armistice" | "contract" | "deal"
            )
        })
    };
    match verb {
        "established" | "formed" | "created" | "set up" => "founded",
        "started" | "commenced" | "broke out" => "began",
        "constructed" => "built",
        "finished" => "completed",
        "concluded" if pact() => "signed",
        "concluded" | "came to an end" => "ended",
        "inaugurated" | "opened its doors" | "opened to the public" => "opened",
        "released" | "issued" | "came out" | "appeared" | "first appeared" | "launched" => "published",
        "added" => "introduced",
        "passed away" => "died",
        "devised" => "invented",
        "took effect" | "came into force" | "entered into force" | "came into effect" | "went into effect" => {
            "in force"
        }
        "took place" | "occurred" | "happened" => "happened",
        "arrived" => "reached",
        "disbanded" => "dissolved",
        other => other,
    }
    .to_owned()
}

/// Whether what a verb tells of may happen again in another country, so that the place belongs to the claim.
pub(super) fn is_local(relation: &str) -> bool {
    matches!(relation, "published" | "introduced" | "opened" | "adopted" | "patented" | "in force" | "began")
}

/// The relation of a noun that names an event: `his death`, `the founding of the club`.
pub(super) fn nominal(noun: &str) -> Option<&'static str> {
    Some(match noun {
        "death" => "died",
        "birth" => "born",
        "founding" | "foundation" | "establishment" | "formation" => "founded",
        "opening" | "inauguration" => "opened",
        "completion" => "completed",
        "publication" | "release" | "launch" => "published",
        "discovery" => "discovered",
        "invention" => "invented",
        "signing" => "signed",
        _ => return None,
    })
}

/// One word for the measures that go by several, or what was given.
pub(super) fn attribute(name: &str) -> String {
    match name {
        "height" | "elevation" | "altitude" | "high" | "tall" | "total height" => "height",
        "length" | "long" | "total length" | "in length" => "length",
        "width" | "wide" => "width",
        "depth" | "deep" => "depth",
        "thickness" | "thick" => "thickness",
        "running time" | "runtime" | "run time" => "running time",
        "mass" | "weight" | "heavy" => "weight",
        "population" | "inhabitants" | "residents" | "total population" => "population",
        "workforce" | "staff" | "headcount" | "employees" | "workers" | "people employed" => "workforce",
        "area" | "surface area" | "total area" => "area",
        "screen" | "display" | "oled display" | "screen size" | "display size" => "display",
        other => other,
    }
    .to_owned()
}

/// One word for things that are counted under several.
pub(super) fn counted(noun: &str) -> &str {
    match noun {
        "songs" | "tracks" => "tracks",
        "storeys" | "stories" | "floors" => "floors",
        "titles" | "championships" | "championship titles" => "titles",
        "nations" | "countries" => "countries",
        "kids" | "children" => "children",
        "rooms" | "guest rooms" => "rooms",
        other => other,
    }
}

/// A unit's dimension and how many of the base unit it is; what is not listed stands for itself.
pub(super) fn unit(unit: &str) -> (&str, f64) {
    match unit {
        "km" => ("m", 1000.0),
        "cm" => ("m", 0.01),
        "mm" => ("m", 0.001),
        "mi" => ("m", 1609.344),
        "ft" => ("m", 0.3048),
        "in" => ("m", 0.0254),
        "yd" => ("m", 0.9144),
        "kg" => ("g", 1000.0),
        "mg" => ("g", 0.001),
        "µg" => ("g", 1e-6),
        "t" => ("g", 1e6),
        "lb" => ("g", 453.592_37),
        "oz" => ("g", 28.349_523),
        "ms" => ("s", 0.001),
        "min" => ("s", 60.0),
        "h" => ("s", 3600.0),
        "mL" => ("L", 0.001),
        "dL" => ("L", 0.1),
        other => (other, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_meet() {
        let pact = ["treaty".to_owned(), "of".to_owned(), "ghent".to_owned()];
        assert_eq!(event("finished", &[]), event("completed", &[]));
        assert_eq!(event("concluded", &pact), event("signed", &pact));
        assert_ne!(event("concluded", &[]), event("signed", &[]));
        assert_ne!(event("built", &[]), event("completed", &[]), "what was built in 1887 may be completed in 1889");
        assert_eq!(attribute("tall"), attribute("elevation"));
    }

    #[test]
    fn units_of_one_dimension() {
        let ((a, x), (b, y)) = (unit("km"), unit("mi"));
        assert_eq!(a, b);
        assert!((y / x - 1.609_344).abs() < 1e-9);
        assert_ne!(unit("km²").0, unit("km").0);
    }
}
