//! Proper names: runs of capitalised words that no sentence opener explains.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that open sentences, in lower case: a capital there says nothing.
const OPENERS: &str = "a about above according across actually additionally after afterwards again against all allow almost along already also \
although always am among an and another any anyone anything apart are around as aside at avoid based be because been before begin behind being \
below beneath beside besides between beyond both bring but by call can cannot certainly check choose clearly combine compare consequently consider \
contact could create currently despite did do does doing done down due during each early either else ensure especially essentially even eventually \
every everyone everything example examples except far few final finally find first following for fortunately founded from further furthermore \
generally get give given go good great had half has have having he hence her here hers him his historically how however i if imagine important \
importantly in indeed initially inside instead interestingly into is it its itself just keep key know known largely last lastly later least less \
let like likewise located long look made mainly make many may maybe me meanwhile might mine more moreover most mostly much must my namely near \
nearly neither never nevertheless new next no nobody none nonetheless nor not note nothing notably now of off often on once one only open or \
other others otherwise our out outside over overall own part particularly per perhaps please plus possibly previously primarily probably put rather \
read really recall recently regarding remember remove repeat return run same second see sees several shall she should similarly simply since so some somebody \
someone something sometimes soon specifically start starting still stir store subsequently such suppose sure take than thanks that the their theirs them \
then there thereafter therefore these they thing things think third this those though thousands through throughout thus to today together too toward towards \
try two typically ultimately under unfortunately unless unlike until up upon us use used using usually very via was we well were what whatever \
when whenever where whereas wherever whether which while who whoever whole whom whose why will with within without would write yes yesterday yet \
you your yours answer question source sources summary conclusion introduction overview step steps total result results reference references note notes \
yours mix add bake boil serve heat preheat place pour cook cut slice chop drain season let cover simmer whisk fold click select install enter type \
ich er sie es wir ihr der die das ein eine und oder aber in im am auf mit von zu nach seit bei für es nicht auch wenn dann dort hier \
el la los las un una y o pero en de del con por para se no su sus es al lo le les il elle nous vous ils elles je tu un une et ou mais dans sur avec \
ce cette ces il lo gli una con nel o os as um uma e em no na com";

static OPENING: LazyLock<HashSet<&'static str>> = LazyLock::new(|| OPENERS.split_whitespace().collect());

/// Whether a word commonly opens a sentence, so that its capital does not make it a name.
pub fn opens_sentence(word: &str) -> bool {
    word.len() <= 24 && OPENING.contains(word.to_lowercase().as_str())
}
