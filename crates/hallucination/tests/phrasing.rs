//! Strangers' ways of saying things: sentences with a fault, and their neighbours without one. They were written
//! while the rules were widened, apart from the labelled sets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use hallucination::MarkerKind::{self, *};
use hallucination::{Context, markers};

fn kinds(answer: &str) -> Vec<MarkerKind> {
    markers(answer, &Context::new("", &[])).into_iter().map(|m| m.kind).collect()
}

const FAULTY: &[(MarkerKind, &str)] = &[
    (
        Contradiction,
        "The Hagen Institute was set up in 1958 by two physicists. Today the institute has 300 staff. The institute was founded in 1963.",
    ),
    (
        Contradiction,
        "Lake Orm covers an area of 212 km². It is popular with anglers. The surface area of Lake Orm is 318 km².",
    ),
    (
        Contradiction,
        "Lake Orm is 86 metres deep at its deepest point. The lake has a maximum depth of 112 metres and a depth of 86 metres. The lake is 140 metres deep.",
    ),
    (
        Contradiction,
        "The stadium seats 42,000 spectators. It was renovated recently. The stadium has a capacity of 51,500 spectators. The stadium seats 51,500 spectators.",
    ),
    (
        Contradiction,
        "Berta Quist won three Olympic medals. Her training methods were unusual. In total, Quist won five Olympic medals.",
    ),
    (
        Contradiction,
        "The Vega engine produces 210 horsepower. Mechanics like it. The Vega engine delivers 260 horsepower.",
    ),
    (
        Contradiction,
        "The speed limit on the A9 is 130 km/h. Police check often. The speed limit on the A9 is 110 km/h.",
    ),
    (Contradiction, "The novel has 24 chapters. Each is told by another voice. The novel consists of 31 chapters."),
    (
        Contradiction,
        "The Treaty of Ghent was signed on 24 December 1814. Ratification took weeks. The signing of the Treaty of Ghent on 3 March 1815 ended the war.",
    ),
    (
        Contradiction,
        "Halley's comet has an orbital period of 76 years. It is visible with the naked eye. The orbital period of Halley's comet is 92 years.",
    ),
    (
        Contradiction,
        "The drug is approved by the FDA. It was tested in three trials. The drug is not approved by the FDA.",
    ),
    (Contradiction, "Bats are mammals. They fly at night. Bats are not mammals."),
    (
        Contradiction,
        "The law applies to small businesses. Penalties are high. The law does not apply to small businesses.",
    ),
    (Contradiction, "The vaccine requires two doses. Side effects are mild. The vaccine requires three doses."),
    (
        Contradiction,
        "The contract was signed in Oslo on 4 May 2011. The parties met again. The contract was signed on 9 June 2011.",
    ),
    (Contradiction, "Rolf Amsel died on 3 March 1931. His estate was sold. Amsel died on 3 April 1931."),
    (
        Contradiction,
        "The festival attracts 40,000 visitors every year. It lasts a week. The festival attracts 65,000 visitors every year.",
    ),
    (Contradiction, "The human body has 206 bones. Babies have more. The human body has 212 bones."),
    (
        Contradiction,
        "The Kuro River flows into the Black Sea. Its delta is famous. The Kuro River does not flow into the Black Sea.",
    ),
    (Contradiction, "Mercury is the smallest planet. Mercury has two moons. Mercury has no moons."),
    (Contradiction, "The first edition was printed in 1755. It sold out. The first edition was printed in 1761."),
    (Contradiction, "The Moro Bridge spans 510 metres. Cyclists love it. The Moro Bridge has a span of 640 metres."),
    (Contradiction, "Sodium has an atomic number of 11. It reacts with water. The atomic number of sodium is 12."),
    (Contradiction, "The population of Tarn is 81,000. The town is old. Tarn is home to 95,000 people."),
    (Contradiction, "The war ended in 1648. Peace came slowly. The war came to an end in 1652."),
    (ImpossibleDate, "Nils Orr, born in 1950, won the title in 1944."),
    (ImpossibleDate, "Eva Lund (1901-1970) published her last poem; in 1974 she moved to Bonn."),
    (Contradiction, "The king ruled for 20 years, from 1500 to 1560."),
    (ImpossibleDate, "The clinic is open Monday to Friday, 8:00 to 26:00."),
    (ImpossibleDate, "Appointments start at 9:70."),
    (ImpossibleFigure, "The survey found that 61% of men agree, 22% disagree and 34% are undecided."),
    (ImpossibleFigure, "Turnout reached 112% in the northern districts."),
    (ImpossibleFigure, "The battery was charged to 100%, and 135% of users were satisfied."),
    (ImpossibleFigure, "The patient is 212 years old."),
    (ImpossibleDate, "Dr. Ames was born on 31 April 1950."),
    (ImpossibleFigure, "Her blood oxygen saturation was 108%."),
    (ImpossibleFigure, "Of the 40 students, 52 passed the exam."),
    (ImpossibleFigure, "The flight from Oslo took -3 hours."),
    (Contradiction, "The trial enrolled 240 patients: 130 women and 140 men."),
    (ImpossibleFigure, "It is located at 95° N, 12° E."),
    (CitationContradiction, "Jones, A. (1999). Deep nets. Proceedings of ICLR, pp. 12-20."),
    (UnsupportedPrecision, "Exactly 4.7 people were injured in the accident."),
    (UnsupportedPrecision, "An estimated 3,482,119 species live there."),
    (
        Contradiction,
        "The Larsen shelf is 350 metres thick. It breaks easily. The Larsen shelf has a thickness of 220 metres.",
    ),
    (
        Contradiction,
        "The company, founded in 1987, sells shoes. It has shops in Spain. The company was founded in 1991.",
    ),
    (Contradiction, "Pluto takes 248 years to orbit the Sun. It is small. Pluto takes 312 years to orbit the Sun."),
    (
        Contradiction,
        "The Elm Prize is awarded every two years. It is worth 10,000 euros. The Elm Prize is worth 25,000 euros.",
    ),
    (Contradiction, "The function returns a list. It is fast. The function does not return a list."),
    (Contradiction, "The tax rate is 19%. Food is cheaper. The tax rate is 21%."),
    (Contradiction, "Copper boils at 2,562 °C. It is red. Copper boils at 2,210 °C."),
    (Contradiction, "Copper has a density of 8.96 g/cm³. The density of copper is 7.12 g/cm³."),
    (
        Contradiction,
        "The distance between Alm and Berg is 40 km. The road is steep. The distance between Alm and Berg is 55 km.",
    ),
    (Contradiction, "The film runs for 124 minutes. Critics liked it. The film has a running time of 147 minutes."),
    (
        Contradiction,
        "The film grossed $210 million worldwide. It had a small budget. The film grossed $340 million worldwide.",
    ),
    (Contradiction, "The school has around 600 pupils. It has a pool. The school has 950 pupils."),
    (Contradiction, "The minimum age is 18. Bring a passport. The minimum age is 21."),
    (Contradiction, "Python lists are mutable. They grow. Python lists are immutable."),
    (Contradiction, "The island is uninhabited. Seals rest there. The island is inhabited."),
    (Contradiction, "Spiders are not insects. They spin webs. Spiders are insects."),
    (Contradiction, "Glaciers cover 11% of Iceland. They are melting. Glaciers cover 23% of Iceland."),
    (Contradiction, "The ship sank on 14 April 1912. Many drowned. The ship sank on 2 May 1912."),
    (ImpossibleDate, "Franz Kohl died in 1901. Kohl became rector of the university in 1909 and retired in 1915."),
    (ImpossibleDate, "The battle took place on 31 November 1854."),
    (ImpossibleDate, "It opened on Tuesday, 1 January 2000."),
    (ImpossibleFigure, "The course lasts 14 months a year."),
    (ImpossibleFigure, "The glass is 140% full of water, and 104% of the students passed."),
    (ImpossibleFigure, "The chance of rain is 120%."),
    (ImpossibleFigure, "The correlation was r = -1.4 between both."),
    (ImpossibleFigure, "His body temperature was 1,200 °C below -400 °C."),
    (CitationMalformed, "See doi:10.1000 for details; also doi:1.1038/nature123."),
    (CitationMalformed, "See arXiv:1999.1234."),
    (CitationContradiction, "The case is Roe v. Wade, 410 U.S. 113 (1937)."),
    (CitationContradiction, "[2031] UKSC 14 decided it."),
    (CitationMalformed, "The PMID is 0012345678."),
    (UnsupportedPrecision, "Approximately 12,482,391 birds migrate."),
    (UnsupportedPrecision, "It is roughly 17.38291 km long."),
    (UnsupportedPrecision, "Around 3.141% to 5.92715% of people are affected, about 61.38271% in total."),
];

const CLEAN: &[&str] = &[
    "Jones, A. (1999). Deep nets. Proceedings of EMNLP, pp. 12-20. See also ICLR.",
    "We could arrive on 3 May 2011. We did arrive on 4 May 2011.",
    "The Opal ferry was ordered in 1965 and commissioned in 1967. The Opal ferry was sold in 1990.",
    "The institute has 300 staff. The library has 40 staff. A second institute has 20 staff.",
    "Lake Orm is 86 metres deep. Lake Orm is 4 km wide and 12 km long.",
    "Berta Quist won three Olympic medals. She won two world titles and three national titles.",
    "The engine produces 210 horsepower at 6,000 rpm. The engine produces 150 horsepower at 4,000 rpm.",
    "The law applies to banks. The law does not apply to insurers.",
    "The first dose is 100 mg. The second dose is 200 mg. The daily dose is 300 mg.",
    "Company A has 30 employees. Company B has 45 employees. The company with the most employees has 90 employees.",
    "Anna Berg was born in 1901. Anna Berg's mother was born in 1875. Her brother was born in 1899 and died in 1944.",
    "He studied in Paris from 1920 to 1924, married in 1926 and died in 1980. He was born in 1899.",
    "The bridge was opened in 1932. A second bridge was opened in 1988. The bridge was closed in 2001.",
    "The war began in 1914. The war in the east ended in 1917. The war ended in 1918.",
    "The city was founded in 1252. The university was founded in 1810. The club was founded in 1899.",
    "The treaty was signed in 1992. The treaty entered into force in 1993. A new treaty was signed in 2007.",
    "The dataset contains 60,000 images. The test set contains 10,000 images. The training set contains 50,000 images.",
    "The house has 5 bedrooms. The house next door has 7 bedrooms.",
    "The novel was written in 1920 and published in 1925. The film was released in 1974. The novel was published in English in 1930.",
    "The game was released in 2011 for Windows. The game was released in 2014 for consoles.",
    "Nils Orr was president from 1990 to 1994. Orr was elected in 1990. Orr was elected again in 1998.",
    "Wear a helmet at all times. The helmet weighs 300 g. With a weight of 410 g, the older helmet is heavier.",
    "Mozart died in 1791. In 1842 a statue was unveiled. His sister died in 1829. In 1991 the world celebrated.",
    "The tower is 300 m tall. Including the antenna, the tower is 330 m tall.",
    "Mount Fuji is 3,776 m high. The fifth station is 2,305 m high.",
    "Curie won the Nobel Prize in 1903 and in 1911. Curie died in 1934. Her daughter Irene won the Nobel Prize in 1935.",
    "The species was discovered in 1901. The first fossil was discovered in 1920. The species was described in 1903.",
    "Shakespeare died in 1616. The First Folio was published in 1623. He wrote Hamlet around 1600.",
    "After Smith died in 1950, his widow moved to Rome in 1952. She married again in 1955.",
    "The rule is simple. The rule is not always simple to apply.",
    "The train leaves at 8:05 and arrives at 13:40. The ratio of wins to losses is 25:61.",
    "It fell by 30%, then by another 80% of what was left.",
    "The battery retains 80% of capacity, motor efficiency is 92% and the roof adds 5%.",
    "The company was founded in 1998 as Blue Ltd. Google acquired the company in 2006.",
    "The band was formed in 1985. It disbanded in 1995 and was formed again in 2010. The band released its debut in 1987.",
    "Apollo 13 was launched on 11 April 1970. Apollo 14 was launched on 31 January 1971.",
    "The council has 21 members. Of these, 12 members are women. The committee has 7 members.",
    "She was 25 in 1995; born in 1970, she retired at the age of 60 in 2030 in the novel.",
    "Nature published it. Science 2.0 began. Cell 5 of the table is empty. We report this in 1999.",
    "The heart rate was 72. The heart rate was 130 after exercise.",
    "The park is open from April to October. The park is not open in winter. The park is open daily.",
    "Sugar is soluble in water. Sugar is not soluble in oil.",
    "The minister resigned in 2010. He died in 2009, says the fictional chronicle.",
    "Tokyo has a population of 14 million. Greater Tokyo has a population of 37 million.",
    "Bach's mass was completed in 1749. The church was completed in 1890. The work was first performed in 1859.",
    "The Act was passed in 1988. The Act came into force in 1990. The Act was amended in 1998.",
    "The ice is 350 metres thick in the north. The ice is 220 metres thick in the south.",
    "The concert begins at 8 p.m. The matinee begins at 3 p.m.",
    "The reduced tax rate is 7%. The standard tax rate is 19%.",
    "Sydney is the largest city of Australia. Canberra is the capital of Australia. Perth is a city in Australia.",
    "Jupiter is the largest planet. Mercury is the smallest planet. Titan is the largest moon of Saturn.",
    "The minimum age is 18. The maximum age is 35. The minimum age for a licence is 17.",
    "Tuples are immutable. Lists are mutable.",
    "The film runs for 124 minutes. The director's cut runs for 147 minutes.",
    "In 2010 the school had 600 pupils. In 2020 the school had 950 pupils.",
    "Population: 500 in 1900. Population: 900 in 2000.",
    "## Paris\n- Population: 2,100,000\n- Area: 105 km²\n\n## Lyon\n- Population: 522,000\n- Area: 48 km²\n\nParis is large.",
    "Paris is the capital. Paris has a population of 2.1 million.\n\n## Lyon\n- Population: 522,000\n",
    "The project was launched in 2010 and completed in 2014. Work on the annex began in 2016.",
    "Uranus is the seventh planet from the Sun. Neptune is the eighth planet from the Sun.",
    "She was born in 1950. She won gold in 1968 and 1972, retired in 1976, and became a coach in 1980. She died in 2011.",
    "He was elected in 1932, 1936 and 1940. He died in 1945. Truman was elected in 1948.",
    "The vaccine is effective. The vaccine is not effective against the new strain.",
];

#[test]
fn faults_are_seen_however_they_are_phrased() {
    let missed: Vec<_> = FAULTY.iter().filter(|(kind, answer)| !kinds(answer).contains(kind)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn neighbours_without_a_fault_are_let_pass() {
    let flagged: Vec<_> = CLEAN.iter().map(|answer| (answer, kinds(answer))).filter(|(_, k)| !k.is_empty()).collect();
    assert!(flagged.is_empty(), "{flagged:#?}");
}

/// A clock is no witness; what grows with the square would not end.
#[test]
fn a_long_answer_of_claims_ends() {
    let answer: String =
        FAULTY.iter().map(|(_, text)| *text).chain(CLEAN.iter().copied()).collect::<Vec<_>>().join("\n\n");
    let found = markers(&answer.repeat(12), &Context::new("", &[]));
    assert!(found.len() >= FAULTY.len() / 2 && found.len() <= 200, "{}", found.len());
}
