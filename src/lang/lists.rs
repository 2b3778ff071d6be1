//! Lists of words that are short or seldom asked for: each is a function, so that it costs no mark in the index.

use crate::lang::Language;

/// Structs of lists, each list with the method of [`Language`] that asks it, and their values without any word.
macro_rules! lists {
    ($($(#[doc = $about:literal])+ $name:ident in $field:ident { $($(#[doc = $doc:literal])+ $list:ident,)+ })+) => {
        $($(#[doc = $about])+
        pub(crate) struct $name {
            $($(#[doc = $doc])+
            pub(crate) $list: fn(&str) -> bool,)+
        }

        impl $name {
            /// Lists without any word.
            pub(crate) const NONE: Self = Self { $($list: |_| false,)+ };
        }

        impl Language {
            $($(#[doc = $doc])+
            pub(crate) fn $list(&self, word: &str) -> bool {
                (self.$field.$list)(word)
            })+
        })+
    };
}

lists! {
    /// Verbs that report speech and verbs that only look like it, nouns for what was said.
    ReportWords in report_words {
        /// Whether it is a verb that reports a clause without "that" and is seldom another word.
        is_sure_report_verb,
        /// Whether it is a verb of thinking, fearing and claiming: it reports a clause without "that" that leaves no
        /// doubt to be one.
        is_opinion_verb,
        /// Whether it is a verb of complaint that reports a clause behind "that".
        is_complaint_verb,
        /// Whether it is a verb behind "and" that reports a clause more often than it does something to a thing.
        is_clause_verb,
        /// Whether it is a verb that stands behind what is said, in front of its subject: "..., said Ann Lowe".
        is_inverting_verb,
        /// Whether it is a verb that stands behind a sentence that was thought or shown, and behind its own subject.
        is_closing_verb,
        /// Whether it is a verb by which something is written where everybody reads it: in front of a colon.
        is_posting_verb,
        /// Whether it is a verb with which reports begin: "Said one neighbour: ...".
        is_opening_verb,
        /// Whether it is a verb beside a quotation between marks that does nothing but report it.
        is_speech_verb,
        /// Whether it is the past tense of a cue that does not end in -ed.
        is_irregular_past,
        /// Whether it is the verb of a set phrase that reports: "let it be known that".
        opens_set_cue,
        /// Whether it is a verb that has whom something is said to right behind it.
        takes_addressee,
        /// Whether it is a verb of speech that can have an adjunct between it and what is said: "said under oath that".
        takes_adjunct,
        /// Whether it is a verb that asks, orders or urges somebody who stands right behind it to do something.
        is_request_verb,
        /// Whether it is a verb that asks somebody behind a preposition: "called on her to".
        is_appeal_verb,
        /// Whether it is a preposition between such a verb and who is asked.
        links_appeal,
        /// Whether it is a verb of promise or threat, with "to" behind it.
        is_promise_verb,
        /// Whether it is a verb that reports an act in -ing: "denies taking money".
        takes_gerund,
        /// Whether it is a participle of who is asked.
        is_questioned,
        /// Whether it is a participle with which a sentence on what somebody was asked or told begins.
        is_approached,
        /// Whether it is a participle in front of the name of a work.
        is_titling,
        /// Whether it is a verb of who does not speak: "declined to comment".
        is_refusal,
        /// Whether it is, behind such a verb and "to", what keeps silent: "comment", "(be) named".
        is_declined,
        /// Whether it is a word of telling: negated, nothing is told.
        is_disclosure,
        /// Whether it is a noun for what is asked.
        is_question_noun,
        /// Whether it is a verb that, with "to" or "on", points to something.
        is_pointing_verb,
        /// Whether it is a participle by which others think, say or expect something of the subject: "is thought to
        /// resist".
        tells_of_subject,
        /// Whether it is a cue that, with a noun phrase or a single word behind it, tells what is done to a thing.
        is_decision_verb,
        /// Whether it is a cue that, with a noun phrase behind it, tells what is done to a thing.
        is_handling_verb,
        /// Whether it is a verb of blame or thanks that has a person behind it.
        is_reproach,
        /// Whether it is a noun for what a body gives out.
        is_statement_noun,
        /// Whether it is a noun for what somebody said, with "that" behind it.
        is_claim_noun,
        /// Whether it is a noun for figures that somebody has.
        is_figures_noun,
        /// Whether it is a participle that tells what was done with something written: "a letter, seen by the agency".
        tells_of_document,
        /// Whether it begins what is told of somebody who is not named: "an aide, granted anonymity".
        tells_of_anonymity,
    }

    /// Words of grammar in some of their uses: how clauses begin and go on, whom pronouns mean.
    ClauseWords in clause_words {
        /// Whether it is a finite form of "be" of the third person.
        is_third_person_be,
        /// Whether it is an auxiliary that leaves no doubt that somebody acts.
        is_sure_auxiliary,
        /// Whether it is an auxiliary of what may, must or shall be, or has been: not of what is.
        is_plan_auxiliary,
        /// Whether it is a verb between a name and its office: "Ann Lowe became the captain".
        links_role,
        /// Whether it begins an adjunct of time and is in no other table: "last year".
        begins_adjunct,
        /// Whether it is an adverb that tells when something was said.
        is_adverb_of_time,
        /// Whether it begins an indirect question, or what is asked about.
        begins_question,
        /// Whether it begins a relative clause.
        begins_relative,
        /// Whether it is a pronoun that begins a relative clause or a question.
        is_wh_pronoun,
        /// Whether it is a conjunction in front of what happens at the same time, before or after.
        begins_time_clause,
        /// Whether it is a conjunction with which a clause goes on.
        joins_clause,
        /// Whether it begins an aside on the person before it: "once a sailor".
        opens_aside,
        /// Whether it is a pronoun of persons that is no subject.
        is_person_object,
        /// Whether it speaks to somebody.
        is_addressing_word,
        /// Whether it is a pronoun, or a word in the place of one, with a verb: "I've", "that's".
        is_contraction,
        /// Whether somebody speaks of themselves by it.
        is_own_word,
        /// Whether it tells that somebody, not something, belongs to a person.
        is_personal_possessive,
        /// Whether it is an article or a possessive of the third person.
        is_article_or_his,
        /// Whether it stands before one person not told of before.
        is_single_indefinite,
        /// Whether it stands before somebody or something not told of before.
        is_indefinite_determiner,
        /// Whether it stands before some of those who are meant.
        is_part_determiner,
        /// Whether it tells how many and can be a subject by itself.
        is_quantifier,
        /// Whether it is a pronoun for nobody and nothing in particular.
        is_indefinite_pronoun,
        /// Whether a verb is often contracted with it: "it's", "let's".
        is_contracted,
    }

    /// Words in and beside the names of persons, offices, bodies and places.
    NameWords in name_words {
        /// Whether it is a noun for a name that is not somebody's own.
        is_alias_noun,
        /// Whether it stands in front of such a noun: "by the alias".
        links_alias,
        /// Whether it is a word of grammar at the beginning of sentences and a given name as well.
        is_word_or_given_name,
        /// Whether it ends in -ed as names do ("Ahmed"), not as participles.
        is_name_in_ed,
        /// Whether it is the second part of an epithet before a name: "Lima-born".
        ends_epithet,
        /// Whether it names an occupation and is no name: "caretaker", "publican".
        is_occupation_noun,
        /// Whether it ends like nouns for those who study something: "palaeobotanist".
        is_scientist,
        /// Whether it names what one person does or is, by itself or its ending, and no table of roles has it.
        is_person_noun,
        /// Whether it is a noun for several people of whom no more is said.
        is_group_of_people,
        /// Whether it ends like what a person does and is no such noun: "letter".
        is_no_agent,
        /// Whether it ends like adjectives that, behind "the", mean a whole people: "the French".
        is_people_adjective,
        /// Whether it is a title that tells of no office.
        is_courtesy_title,
        /// Whether it is a role noun that before a name alone is an honour, no office.
        is_honorary_title,
        /// Whether it is an office that is written with a capital behind a body's name.
        is_office_noun,
        /// Whether it tells of a veteran that they served in a war.
        is_war_word,
        /// Whether it tells of an officer that they are one of an army.
        is_military_word,
        /// Whether it is what critics write about.
        is_art,
        /// Whether it tells that somebody has an office no more.
        tells_past_office,
        /// Whether it is what members of a parliament are authors of.
        is_bill,
        /// Whether it tells that somebody unnamed knows of something.
        is_informed,
        /// Whether it is a verb in the present of who is at the head of a body.
        is_lead_verb,
        /// Whether it is a participle by which a body stands behind, or before, who is at its head: "the firm led by".
        is_lead_participle,
        /// Whether it is a verb that tells how somebody lives who has no office.
        is_living_verb,
        /// Whether roles of this group lead a body or a part of it.
        leads_body,
        /// Whether roles of this group are at the head of a whole body: what stands behind "of" is one.
        heads_body,
        /// Whether roles of this group, of a party, lead it.
        heads_party,
        /// Whether roles of this group lead a company.
        heads_company,
        /// Whether roles of this group are what the body is that they work for.
        works_for_body,
        /// Whether names of bodies between countries begin with it.
        opens_international,
        /// Whether it is a preposition between an office and whose it is.
        links_office,
        /// Whether it is such a preposition before a body more often than before a field.
        links_workplace,
        /// Whether it is a preposition between a document and whose it is.
        links_document,
        /// Whether it is a small word inside of names of bodies.
        joins_name,
        /// Whether it stands behind the head noun of a body's name: "Bank of".
        follows_head,
        /// Whether it makes no name by itself.
        is_empty_in_name,
        /// Whether it is a head noun that is written small behind the capitals of a body's name.
        is_small_head,
        /// Whether it is written in capitals and names no body.
        is_common_acronym,
        /// Whether it is a head noun whose phrase names a body without any capitals: "the archive institute".
        is_own_body,
        /// Whether it stands before such a noun and tells not which body is meant.
        tells_no_body,
        /// Whether it is a noun for a part of a parliament.
        is_committee,
        /// Whether it stands in names of bodies whose people are analysts.
        is_finance_word,
        /// Whether it stands in names of bodies that regulate something.
        is_regulator_word,
        /// Whether it stands in names of banks.
        is_bank_word,
        /// Whether it is, as it is written, a legal form that names of companies are told without.
        is_cut_form,
        /// Whether it is what companies have.
        tells_of_company,
        /// Whether it is a preposition between such a noun and the company.
        links_company,
        /// Whether it is a noun for those who work at a company.
        is_workforce,
        /// Whether it stands behind the name of a newspaper and is no part of it.
        is_medium,
        /// Whether it is by itself an office of a state.
        is_state_office,
        /// Whether it is the head noun of offices of a state.
        is_state_head,
        /// Whether an office for it, or of it, is one of a state.
        is_state_field,
        /// Whether it tells which of several offices or people is meant, not what it is.
        tells_which,
        /// Whether, as the first word of a name, it says that this is a region's ("South Yorks", "Greater Accra").
        is_region_modifier,
        /// Whether it names a part of a country ("governor of Ardan region Ann Lowe").
        is_area,
        /// Whether, as the last word of a name, it says that this is a place's ("George Town", "Nelson Street").
        is_place_head,
        /// Whether it is a preposition before places.
        links_place,
        /// Whether it is a noun for a whole state.
        is_state_noun,
    }
}
