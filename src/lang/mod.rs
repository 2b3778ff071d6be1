//! stub
/// c
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CueClass { /// s
 Say }
impl CueClass { /// n
 pub fn name(self) -> &'static str { "say" } }
/// c
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoleClass { /// s
 Minister }
impl RoleClass { /// n
 pub fn name(self) -> &'static str { "minister" } }
/// l
pub struct Language { /// c
 pub code: &'static str }
static EN: Language = Language { code: "en" };
/// l
pub fn language(code: &str) -> Option<&'static Language> { (code == "en").then_some(&EN) }
impl Language {
 /// c
 pub fn cue_class(&self, w: &str) -> Option<CueClass> { (w == "said").then_some(CueClass::Say) }
 /// c
 pub fn role_class_of(&self, _w: &str) -> Option<RoleClass> { None }
 /// c
 pub fn country_code_of(&self, _w: &str) -> Option<&'static str> { None }
 /// c
 pub fn organization_type_of(&self, _w: &str) -> Option<RoleClass> { None }
 /// c
 pub fn is_negation(&self, w: &str) -> bool { matches!(w, "not" | "no" | "never") || w.ends_with("n't") }
 /// c
 pub fn ends_negation(&self, w: &str) -> bool { w == "but" }
}

impl crate::text::SentenceWords for Language {
    fn is_abbreviation(&self, word: &str) -> bool { matches!(word, "mr" | "mrs" | "sen" | "feb") }
    fn begins_sentence(&self, word: &str) -> bool { matches!(word, "the" | "he" | "she") }
}
