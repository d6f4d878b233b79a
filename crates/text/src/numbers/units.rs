//! The words and signs around a numeral.

/// Units and their usual short form. Longer spellings come before their own beginnings only where the
/// word boundary would not tell them apart.
const UNITS: &[(&str, &str)] = &[
    ("km/h", "km/h"),
    ("kph", "km/h"),
    ("kmh", "km/h"),
    ("m/s²", "m/s²"),
    ("m/s^2", "m/s²"),
    ("m/s", "m/s"),
    ("mph", "mph"),
    ("km²", "km²"),
    ("km2", "km²"),
    ("sq km", "km²"),
    ("m²", "m²"),
    ("m2", "m²"),
    ("m³", "m³"),
    ("m3", "m³"),
    ("cm²", "cm²"),
    ("cm³", "cm³"),
    ("km", "km"),
    ("m", "m"),
    ("cm", "cm"),
    ("mm", "mm"),
    ("µm", "µm"),
    ("μm", "µm"),
    ("nm", "nm"),
    ("ft", "ft"),
    ("mi", "mi"),
    ("kg", "kg"),
    ("g", "g"),
    ("mg", "mg"),
    ("µg", "µg"),
    ("μg", "µg"),
    ("mcg", "µg"),
    ("lb", "lb"),
    ("lbs", "lb"),
    ("oz", "oz"),
    ("t", "t"),
    ("mg/kg", "mg/kg"),
    ("mg/dL", "mg/dL"),
    ("mmol/L", "mmol/L"),
    ("mmHg", "mmHg"),
    ("g/cm³", "g/cm³"),
    ("l", "L"),
    ("L", "L"),
    ("ml", "mL"),
    ("mL", "mL"),
    ("dl", "dL"),
    ("dL", "dL"),
    ("ms", "ms"),
    ("s", "s"),
    ("h", "h"),
    ("hr", "h"),
    ("hrs", "h"),
    ("min", "min"),
    ("mins", "min"),
    ("ns", "ns"),
    ("µs", "µs"),
    ("μs", "µs"),
    ("°C", "°C"),
    ("°F", "°F"),
    ("°", "°"),
    ("K", "K"),
    ("Hz", "Hz"),
    ("kHz", "kHz"),
    ("MHz", "MHz"),
    ("GHz", "GHz"),
    ("B", "B"),
    ("kB", "kB"),
    ("KB", "kB"),
    ("MB", "MB"),
    ("GB", "GB"),
    ("TB", "TB"),
    ("KiB", "KiB"),
    ("MiB", "MiB"),
    ("GiB", "GiB"),
    ("W", "W"),
    ("kW", "kW"),
    ("MW", "MW"),
    ("GW", "GW"),
    ("kWh", "kWh"),
    ("V", "V"),
    ("A", "A"),
    ("J", "J"),
    ("kJ", "kJ"),
    ("Pa", "Pa"),
    ("kPa", "kPa"),
    ("hPa", "hPa"),
    ("bar", "bar"),
    ("N", "N"),
    ("eV", "eV"),
    ("kcal", "kcal"),
    ("cal", "cal"),
    ("ppm", "ppm"),
    ("dB", "dB"),
    ("pp", "pp"),
    ("percentage points", "pp"),
    ("percentage point", "pp"),
    ("bps", "bp"),
    ("basis points", "bp"),
    ("kilometres", "km"),
    ("kilometers", "km"),
    ("kilometre", "km"),
    ("kilometer", "km"),
    ("metres", "m"),
    ("meters", "m"),
    ("metre", "m"),
    ("meter", "m"),
    ("centimetres", "cm"),
    ("centimeters", "cm"),
    ("millimetres", "mm"),
    ("millimeters", "mm"),
    ("miles", "mi"),
    ("mile", "mi"),
    ("feet", "ft"),
    ("foot", "ft"),
    ("inches", "in"),
    ("inch", "in"),
    ("yards", "yd"),
    ("kilograms", "kg"),
    ("kilogrammes", "kg"),
    ("grams", "g"),
    ("gram", "g"),
    ("grammes", "g"),
    ("milligrams", "mg"),
    ("micrograms", "µg"),
    ("tonnes", "t"),
    ("tons", "ton"),
    ("ounces", "oz"),
    ("litres", "L"),
    ("liters", "L"),
    ("litre", "L"),
    ("liter", "L"),
    ("millilitres", "mL"),
    ("milliliters", "mL"),
    ("milliseconds", "ms"),
    ("seconds", "s"),
    ("second", "s"),
    ("minutes", "min"),
    ("minute", "min"),
    ("hours", "h"),
    ("hour", "h"),
    ("days", "d"),
    ("day", "d"),
    ("weeks", "wk"),
    ("week", "wk"),
    ("months", "mo"),
    ("month", "mo"),
    ("years", "yr"),
    ("year", "yr"),
    ("degrees Celsius", "°C"),
    ("degrees Fahrenheit", "°F"),
    ("degrees", "°"),
    ("degree", "°"),
    ("hectares", "ha"),
    ("acres", "acre"),
    ("watts", "W"),
    ("kilowatts", "kW"),
    ("megawatts", "MW"),
    ("volts", "V"),
    ("joules", "J"),
    ("calories", "cal"),
    ("kelvin", "K"),
    ("ha", "ha"),
];

/// Words for a power of ten after a numeral. The flag says that the word is short and must touch the
/// numeral; `money` that it also needs a currency.
const SCALES: &[(&str, f64, Kind)] = &[
    ("thousand", 1e3, Kind::Word),
    ("million", 1e6, Kind::Word),
    ("millions", 1e6, Kind::Word),
    ("billion", 1e9, Kind::Word),
    ("billions", 1e9, Kind::Word),
    ("trillion", 1e12, Kind::Word),
    ("trillions", 1e12, Kind::Word),
    ("lakh", 1e5, Kind::Word),
    ("crore", 1e7, Kind::Word),
    ("Tausend", 1e3, Kind::Word),
    ("Millionen", 1e6, Kind::Word),
    ("Million", 1e6, Kind::Word),
    ("Mio", 1e6, Kind::Word),
    ("Milliarden", 1e9, Kind::Word),
    ("Milliarde", 1e9, Kind::Word),
    ("Mrd", 1e9, Kind::Word),
    ("milliards", 1e9, Kind::Word),
    ("milliard", 1e9, Kind::Word),
    ("millones", 1e6, Kind::Word),
    ("millón", 1e6, Kind::Word),
    ("milhões", 1e6, Kind::Word),
    ("milioni", 1e6, Kind::Word),
    ("miliardi", 1e9, Kind::Word),
    ("k", 1e3, Kind::Touching),
    ("K", 1e3, Kind::Touching),
    ("M", 1e6, Kind::Touching),
    ("B", 1e9, Kind::Touching),
    ("bn", 1e9, Kind::Word),
    ("mn", 1e6, Kind::Word),
    ("tn", 1e12, Kind::Word),
    ("m", 1e6, Kind::Money),
    ("b", 1e9, Kind::Money),
    ("T", 1e12, Kind::Money),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Word,
    Touching,
    Money,
}

const CURRENCY_SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("R$", "BRL"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("₿", "BTC"),
];

const CURRENCY_WORDS: &[(&str, &str)] = &[
    ("US dollars", "USD"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("Euro", "EUR"),
    ("yen", "JPY"),
    ("rupees", "INR"),
    ("pounds sterling", "GBP"),
    ("francs", "CHF"),
    ("yuan", "CNY"),
    ("cents", "USD cents"),
    ("USD", "USD"),
    ("EUR", "EUR"),
    ("GBP", "GBP"),
    ("JPY", "JPY"),
    ("CHF", "CHF"),
    ("CNY", "CNY"),
    ("INR", "INR"),
    ("CAD", "CAD"),
    ("AUD", "AUD"),
    ("SEK", "SEK"),
    ("NOK", "NOK"),
    ("DKK", "DKK"),
    ("PLN", "PLN"),
    ("BRL", "BRL"),
    ("KRW", "KRW"),
    ("MXN", "MXN"),
    ("ZAR", "ZAR"),
];

/// Whether the word `word` stands at the beginning of `rest` and ends there.
fn stands(rest: &str, word: &str) -> bool {
    rest.strip_prefix(word).is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn longest<'t, T>(rest: &str, table: &'t [(&'static str, T)]) -> Option<&'t (&'static str, T)> {
    table.iter().filter(|(word, _)| stands(rest, word)).max_by_key(|(word, _)| word.len())
}

/// The unit at the beginning of `rest`: its length in bytes and short form.
pub(super) fn unit(rest: &str) -> Option<(usize, &'static str)> {
    longest(rest, UNITS).map(|(word, short)| (word.len(), *short))
}

/// The scale word at the beginning of `rest`: its length (with an abbreviation's stop) and factor.
pub(super) fn scale(rest: &str, touching: bool, money: bool) -> Option<(usize, f64)> {
    let (word, factor, _) = SCALES
        .iter()
        .filter(|(word, _, kind)| {
            stands(rest, word)
                && match kind {
                    Kind::Word => true,
                    Kind::Touching => touching,
                    Kind::Money => touching && money,
                }
        })
        .max_by_key(|(word, _, _)| word.len())?;
    let stop = usize::from(matches!(*word, "Mio" | "Mrd") && rest[word.len()..].starts_with('.'));
    Some((word.len() + stop, *factor))
}

/// The currency sign or code that ends right before a numeral (white space already taken off): its length and ISO code.
pub(super) fn currency_before(before: &str) -> Option<(usize, &'static str)> {
    if let Some((sign, code)) = CURRENCY_SIGNS.iter().find(|(sign, _)| before.ends_with(sign)) {
        let letters = sign.starts_with(|c: char| c.is_alphabetic());
        let rest = &before[..before.len() - sign.len()];
        // "ABC$" is a name that ends in a sign, "US$" is a currency.
        if !letters || !rest.ends_with(char::is_alphanumeric) {
            return Some((sign.len(), code));
        }
        return Some((1, "USD"));
    }
    let (word, code) = CURRENCY_WORDS.iter().find(|(word, _)| word.len() == 3 && before.ends_with(word))?;
    let rest = &before[..before.len() - word.len()];
    (word.bytes().all(|b| b.is_ascii_uppercase()) && !rest.ends_with(char::is_alphanumeric)).then_some((3, code))
}

/// The currency sign, code or word at the beginning of `rest`.
pub(super) fn currency_after(rest: &str) -> Option<(usize, &'static str)> {
    if let Some((sign, code)) = CURRENCY_SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
        // In "5 $3" the sign belongs to what follows.
        let next = rest[sign.len()..].chars().next();
        return (!next.is_some_and(|c| c.is_alphanumeric())).then_some((sign.len(), code));
    }
    longest(rest, CURRENCY_WORDS).map(|(word, code)| (word.len(), *code))
}

/// Length of a per cent sign or word at the beginning of `rest`.
pub(super) fn percent(rest: &str) -> Option<usize> {
    if let Some(sign) = ["%", "٪", "％"].iter().find(|sign| rest.starts_with(**sign)) {
        return Some(sign.len());
    }
    ["percent", "per cent", "pct", "Prozent", "pour cent", "por ciento"]
        .iter()
        .find(|word| stands(rest, word))
        .map(|word| word.len())
}

/// The value of one English number word.
pub(super) fn spelled(word: &str) -> Option<f64> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if !word.starts_with(['z', 'o', 't', 'f', 's', 'e', 'n', 'h', 'm', 'b']) {
        return None;
    }
    if let Some(at) = SMALL.iter().position(|w| *w == word) {
        return Some(at as f64);
    }
    if let Some(at) = TENS.iter().position(|w| *w == word) {
        return Some((at as f64 + 2.0) * 10.0);
    }
    Some(match word {
        "hundred" => 100.0,
        "thousand" => 1e3,
        "million" => 1e6,
        "billion" => 1e9,
        "trillion" => 1e12,
        _ => return None,
    })
}
