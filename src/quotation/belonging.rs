//! Bodies behind a name: "X of the Zeeland Institute", "X, who chairs the council's budget committee".

use crate::lang::{RoleClass, word_hash};
use crate::quotation::office::{leader_of, member_of};
use crate::quotation::profile::Profile;
use crate::quotation::source::{View, spaced};
use crate::quotation::speaker::Resolver;
use crate::quotation::telling::{Org, Stand, Weight};

impl Resolver<'_> {
    /// "X of the Zeeland Institute", "X, at Z Bank"; `at`: the preposition.
    pub(super) fn member(&self, view: View<'_>, at: usize, byte: usize, profile: &mut Profile) {
        let n = view.passage.tokens.len();
        let end = (at + 1..n.min(at + 12))
            .find(|&i| {
                view.depth(i) > 0
                    || view.is_mark(i) && !matches!(view.word(i), "-" | "'" | "’" | "&")
                    || !view.is_capital(i)
                        && view.is_word(i)
                        && (view.tables(i).is_cue() && !view.tables(i).is_also_noun()
                            || view.tables(i).is_auxiliary()
                            || view.tables(i).ends_phrase()
                            || matches!(view.folded(i), "in" | "at" | "on" | "from" | "to"))
            })
            .unwrap_or(n.min(at + 12));
        let mut told = self.tell_body(view, &(at + 1..end), byte);
        // "of Oneville": a place.
        let place = |o: &Org| {
            o.kind.is_none() && (view.folded(at) == "from" || view.folded(at) == "of" && !o.name.contains(' '))
        };
        told.organization = told.organization.filter(|o| !place(o));
        // "X of Alder Hunt": two capitals that name no place are a firm, also where they look like a person.
        let range = at + 1..end;
        let firm = told.organization.is_none()
            && told.country.is_none()
            && view.folded(at) != "from"
            && (2..=4).contains(&range.len())
            && range.clone().all(|i| view.is_word(i) && view.is_capital(i) && view.depth(i) == 0)
            && range.clone().all(|i| {
                let tables = view.bare_tables(i);
                let home = self.lang.home_word(word_hash(view.bare(i).as_bytes())).is_some();
                !tables.begins_place() && !home && !tables.is_time_word() && !tables.is_role()
            });
        if firm {
            let name = spaced(view.span(&range).of(view.text));
            told.organization = Some(Org { name, kind: None, country: None });
        }
        profile.take(told);
    }

    /// "who chairs the council's budget committee", from the verb on.
    pub(super) fn relative(&self, view: View<'_>, verb: usize, to: usize, byte: usize, profile: &mut Profile) {
        if verb >= to {
            return;
        }
        let mut leads = false;
        let class = match view.folded(verb) {
            word if self.lang.is_lead_verb(word) || matches!(word, "directs" | "chaired" | "headed") => {
                leads = true;
                None
            }
            "manages" | "owns" | "founded" => Some(RoleClass::Business),
            "represents" => Some(RoleClass::Legislator),
            "coaches" => Some(RoleClass::Sport),
            "teaches" => Some(RoleClass::Expert),
            word if self.lang.is_living_verb(word) => Some(RoleClass::Civilian),
            "is" | "was" => {
                if view.tables(verb + 1).is_determiner() {
                    let told = self.tell(view, &(verb + 1..to), Stand::Beside, byte);
                    if told.class.is_some() {
                        profile.take(told);
                    }
                }
                return;
            }
            other if other.ends_with('s') && !view.tables(verb).is_auxiliary() => {
                // "who covers industry at Z Bank"
                let named = |i: usize| {
                    i + 1 < to
                        && (view.is_capital(i + 1)
                            || view.folded(i + 1) == "the" && i + 2 < to && view.is_capital(i + 2))
                };
                let Some(at) = (verb + 1..to).find(|&i| view.folded(i) == "at" && named(i)) else {
                    return;
                };
                let end = (at + 1..to).find(|&i| !view.is_capital(i) && matches!(view.folded(i), "in" | "and" | "on"));
                let mut told = self.tell_body(view, &(at + 1..end.unwrap_or(to)), byte);
                told.class =
                    told.organization.as_ref().and_then(|o| member_of(o, self.lang)).map(|c| (Weight::Office, c));
                profile.take(told);
                return;
            }
            _ => return,
        };
        let mut told = self.tell_body(view, &(verb + 1..to), byte);
        if view.folded(verb) == "works" || view.folded(verb) == "lives" {
            told.organization = None;
        }
        let by_body = told.organization.as_ref().and_then(|o| leader_of(o, self.lang));
        let class = if leads { by_body } else { class };
        let weight = if class == Some(RoleClass::Civilian) { Weight::Private } else { Weight::Office };
        told.class = class.map(|c| (weight, c));
        profile.take(told);
    }
}
