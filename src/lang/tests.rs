use super::*;

fn sorted<'a>(name: &str, keys: impl Iterator<Item = &'a str>) {
    let keys: Vec<&str> = keys.collect();
    for pair in keys.windows(2) {
        assert!(pair[0] < pair[1], "{name}: \"{}\" before \"{}\"", pair[0], pair[1]);
    }
    for key in keys {
        assert_eq!(key, key.to_lowercase(), "{name}");
        assert_eq!(key, key.split_whitespace().collect::<Vec<_>>().join(" "), "{name}");
    }
}

#[test]
fn tables_are_sorted_lower_case_and_unique() {
    for lang in LANGUAGES.into_iter().chain([&template::TEMPLATE]) {
        for (name, table) in [
            ("cue_needs_clause", lang.cue_needs_clause),
            ("cue_also_noun", lang.cue_also_noun),
            ("rarely_cues", lang.rarely_cues),
            ("act_cues", lang.act_cues),
            ("light_cues", lang.light_cues),
            ("attributives", lang.attributives),
            ("abbreviations", lang.abbreviations),
            ("honorifics", lang.honorifics),
            ("epithets", lang.epithets),
            ("surname_particles", lang.surname_particles),
            ("name_suffixes", lang.name_suffixes),
            ("role_modifiers", lang.role_modifiers),
            ("portfolios", lang.portfolios),
            ("agent_endings", lang.agent_endings),
            ("capitals_only", lang.capitals_only),
            ("negations", lang.negations),
            ("negation_enders", lang.negation_enders),
            ("time_words", lang.time_words),
            ("sentence_starters", lang.sentence_starters),
            ("phrase_ends", lang.phrase_ends),
            ("conjunctions", lang.conjunctions),
            ("prepositions", lang.prepositions),
            ("determiners", lang.determiners),
            ("auxiliaries", lang.auxiliaries),
            ("adverbs", lang.adverbs),
            ("complementizers", lang.complementizers),
            ("addressees", lang.addressees),
            ("addressed_cues", lang.addressed_cues),
            ("passive_auxiliaries", lang.passive_auxiliaries),
            ("question_labels", lang.question_labels),
            ("answer_labels", lang.answer_labels),
            ("verbs", lang.verbs),
            ("verbs_or_nouns", lang.verbs_or_nouns),
            ("positions", lang.positions),
            ("numerals", lang.numerals),
            ("measures", lang.measures),
        ] {
            sorted(name, table.iter().copied());
        }
        // Written with capitals, unlike all others.
        assert!(lang.legal_forms.is_sorted_by(|a, b| a < b), "legal_forms");
        sorted("cues", lang.cues.iter().map(|c| c.0));
        sorted("cities", lang.cities.iter().map(|c| c.0));
        assert!(lang.cities.iter().all(|c| lang.country(c.1).is_some() && lang.country_term(c.0).is_none()));
        sorted("seats", lang.seats.iter().map(|s| s.0));
        sorted("chambers", lang.chambers.iter().map(|c| c.0));
        sorted("cue_phrases", lang.cue_phrases.iter().map(|c| c.0));
        sorted("attitudes", lang.attitudes.iter().map(|a| a.0));
        sorted("pronouns", lang.pronouns.iter().map(|p| p.form));
        sorted("valences", lang.valences.iter().map(|v| v.0));
        assert!(lang.valences.iter().all(|v| (-40..=40).contains(&v.1)));
        sorted("titles", lang.titles.iter().map(|t| t.0));
        sorted("given_names", lang.given_names.iter().map(|t| t.0));
        sorted("nicknames", lang.nicknames.iter().map(|t| t.0));
        sorted("surname_first", lang.surname_first.iter().map(|t| t.0));
        sorted("roles", lang.roles.iter().map(|r| r.name));
        sorted("collective_sources", lang.collective_sources.iter().map(|s| s.0));
        sorted("organizations", lang.organizations.iter().map(|o| o.name));
        sorted("organization_heads", lang.organization_heads.iter().map(|o| o.0));
        sorted("country_terms", lang.country_terms.iter().map(|t| t.0));
        assert!(lang.countries.windows(2).all(|w| w[0].iso < w[1].iso));
        assert!(lang.related_role_groups.windows(2).all(|w| w[0] < w[1]));
        assert!(lang.country_terms.iter().all(|t| lang.country(t.1).is_some()));
    }
}

#[test]
fn look_ups_find_the_longest() {
    let lang = language("en").unwrap();
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert!(lang.cues.iter().all(|c| lang.cue_class(c.0) == Some(c.1)));
    assert_eq!(lang.cue_phrase(words("according to the ministry")).map(|p| p.0), Some(2));
    assert_eq!(lang.country_at(words("north korean leader kim")).map(|c| (c.0, c.1)), Some((2, "KP")));
    assert_eq!(
        lang.organization_at(words("federation council chairperson")).map(|o| (o.0, o.1.country)),
        Some((2, "RU"))
    );
    assert_eq!(lang.role("prime minister").map(|r| r.class), Some(RoleClass::HeadOfGovernment));
    assert!(lang.is_area("region") && !lang.is_area("person") && !template::TEMPLATE.is_area("region"));
    assert_eq!(lang.seat("congressman"), Some("congress"));
    assert!(lang.is_abbreviation("mr") && !lang.is_abbreviation("summit"));
}
