//! Words in and beside the names of persons, offices, bodies and places.

use crate::lang::lists::NameWords;

/// The documentation of each list stands at its field.
#[rustfmt::skip]
pub(super) const NAME_WORDS: NameWords = NameWords {
    is_alias_noun: |w| matches!(w, "alias" | "callsign" | "moniker" | "nickname" | "pseudonym" | "sign"),
    links_alias: |w| matches!(w, "by" | "under" | "used" | "uses"),
    is_word_or_given_name: |w| matches!(w, "an" | "my" | "or" | "will"),
    is_name_in_ed: |w| ["aed", "eed", "hed", "med", "yed"].iter().any(|e| w.ends_with(e)),
    ends_epithet: |w| matches!(w, "back" | "born" | "educated" | "half" | "raised" | "trained"),
    is_occupation_noun: |w| {
        matches!(w, "bosun" | "cabbie" | "crofter" | "curate" | "ferryman" | "headman" | "headwoman" | "publican" |
            "recorder" | "sacristan" | "verger")
            || ["breeder", "builder", "cleaner", "dealer", "driver", "grower", "holder", "keeper", "maker", "mistress",
            "owner", "taker", "worker", "wright"].iter().any(|e| w.len() > e.len() + 2 && w.ends_with(e))
    },
    is_scientist: |w| ["icist", "ographer", "ologist", "ometrist", "onomist"].iter().any(|e| w.ends_with(e)),
    is_person_noun: |w| {
        matches!(w, "accused" | "boss" | "forward" | "fullback" | "gran" | "hero" | "lad" | "lady" | "lass" | "star" |
            "youngster")
            || ["ant", "ee", "eer", "ess"].iter().any(|e| w.len() > 5 && w.ends_with(e))
    },
    is_group_of_people: |w| matches!(w, "couple" | "family" | "locals" | "people"),
    is_no_agent: |w| matches!(w,
        "another" | "answer" | "border" | "chapter" | "counterpart" | "figure" | "former" | "latter" | "letter" |
        "majority" | "matter" | "member" | "minister" | "motor" | "number" | "offer" | "order" | "other" | "paper" |
        "partner" | "poster" | "power" | "quarter" | "summer" | "water" | "winter"
    ),
    is_people_adjective: |w| ["ch", "ese", "sh", "ss"].iter().any(|e| w.ends_with(e)),
    is_courtesy_title: |w| matches!(w,
        "chief" | "dame" | "excellency" | "lady" | "lord" | "miss" | "mr" | "mrs" | "ms" | "prince" | "princess" | "sir"
    ),
    is_honorary_title: |w| matches!(w,
        "aunt" | "baroness" | "brother" | "chief" | "doctor" | "father" | "king" | "lady" | "lord" | "mother" |
        "prince" | "princess" | "queen" | "sheikh" | "sister" | "uncle"
    ),
    is_office_noun: |w| matches!(w,
        "chairman" | "chairwoman" | "director" | "governor" | "head" | "mayor" | "minister" | "president" | "secretary"
    ),
    is_war_word: |w| matches!(w,
        "air" | "army" | "combat" | "decorated" | "marine" | "military" | "navy" | "war" | "wounded"
    ),
    is_military_word: |w| matches!(w, "army" | "commanding" | "military" | "naval" | "navy" | "senior"),
    is_art: |w| matches!(w,
        "art" | "book" | "dance" | "film" | "food" | "literary" | "movie" | "music" | "restaurant" | "theater" |
        "theatre"
    ),
    tells_past_office: |w| matches!(w, "ex" | "former" | "late" | "outgoing" | "previous" | "retired" | "then"),
    is_bill: |w| matches!(w, "amendment" | "bill" | "law" | "motion"),
    is_informed: |w| matches!(w, "briefed" | "close" | "familiar" | "involved" | "knowledge"),
    is_lead_verb: |w| matches!(w, "chairs" | "heads" | "leads" | "runs"),
    is_lead_participle: |w| matches!(w, "chaired" | "directed" | "headed" | "led" | "run"),
    is_living_verb: |w| matches!(w, "drives" | "farms" | "fishes" | "lives" | "works"),
    leads_body: |w| matches!(w,
        "adviser" | "chair" | "chief executive" | "coordinator" | "deputy chair" | "deputy director" | "director" |
        "director-general" | "founder" | "general secretary" | "manager" | "managing director" | "official" |
        "party leader" | "president" | "secretary" | "secretary-general" | "vice president"
    ),
    heads_body: |w| matches!(w,
        "ceo" | "chair" | "chief executive" | "founder" | "general secretary" | "owner" | "president" |
        "secretary-general"
    ),
    heads_party: |w| matches!(w, "chair" | "general secretary" | "party leader" | "president"),
    heads_company: |w| matches!(w, "ceo" | "chief executive" | "chief financial officer" | "chief operating officer"),
    works_for_body: |w| matches!(w, "adviser" | "coordinator" | "founder" | "manager" | "official" | "owner"),
    opens_international: |w| matches!(w,
        "eurocontrol" | "european" | "foreign" | "global" | "international" | "western" | "world"
    ),
    links_office: |w| matches!(w, "at" | "for" | "from" | "in" | "of" | "to" | "with"),
    links_workplace: |w| matches!(w, "at" | "for" | "from" | "with"),
    links_document: |w| matches!(w, "by" | "for" | "from" | "of"),
    joins_name: |w| matches!(w, "and" | "for" | "of" | "the"),
    follows_head: |w| matches!(w, "and" | "for" | "in" | "of" | "on"),
    is_empty_in_name: |w| matches!(w, "and" | "of" | "services" | "the"),
    is_small_head: |w| matches!(w, "bank" | "commission" | "council" | "union"),
    is_common_acronym: |w| matches!(w, "ai" | "ceo" | "hr" | "it" | "mp" | "pm" | "pr" | "tv" | "vp"),
    is_own_body: |w| matches!(w,
        "agency" | "association" | "authority" | "bank" | "board" | "commission" | "council" | "court" | "department" |
        "directorate" | "federation" | "hospital" | "institute" | "ministry" | "office" | "police" | "service" |
        "union" | "university"
    ),
    tells_no_body: |w| matches!(w, "foreign" | "local" | "main" | "one" | "two"),
    is_committee: |w| matches!(w, "caucus" | "commission" | "committee" | "subcommittee"),
    is_finance_word: |w| matches!(w, "bank" | "capital" | "economics" | "markets" | "research" | "securities"),
    is_regulator_word: |w| matches!(w, "agency" | "authority" | "commission" | "inspectorate" | "office"),
    is_bank_word: |w| matches!(w, "banca" | "banco" | "bancorp" | "bank" | "banka" | "banque"),
    is_cut_form: |w| matches!(w, "Corp" | "GmbH" | "Inc" | "LLC" | "Ltd" | "PLC" | "Pty" | "plc"),
    tells_of_company: |w| matches!(w,
        "ceo" | "creditors" | "customers" | "earnings" | "employees" | "executives" | "investors" | "profit" |
        "profits" | "revenue" | "shareholder" | "shareholders" | "shares" | "stake" | "stock" | "subsidiary"
    ),
    links_company: |w| matches!(w, "at" | "by" | "for" | "in" | "of"),
    is_workforce: |w| matches!(w, "conductors" | "drivers" | "staff" | "workers"),
    is_medium: |w| matches!(w, "daily" | "magazine" | "newspaper" | "website"),
    is_state_office: |w| matches!(w, "government" | "judiciary" | "presidency" | "treasury"),
    is_state_head: |w| matches!(w,
        "administration" | "authority" | "court" | "department" | "government" | "ministry" | "parliament"
    ),
    is_state_field: |w| matches!(w,
        "ombudsman" | "ombudsman's" | "prosecutor" | "prosecutor's" | "statistics" | "weather"
    ),
    tells_which: |w| matches!(w,
        "current" | "former" | "incoming" | "last" | "new" | "next" | "old" | "other" | "outgoing" | "previous" | "same"
    ),
    is_region_modifier: |w| matches!(w,
        "central" | "east" | "eastern" | "greater" | "inner" | "lower" | "mid" | "north" | "northeast" | "northern" |
        "northwest" | "outer" | "south" | "southeast" | "southern" | "southwest" | "upper" | "west" | "western"
    ),
    is_area: |w| matches!(w,
        "area" | "canton" | "city" | "constituency" | "county" | "department" | "district" | "division" |
        "governorate" | "island" | "municipality" | "oblast" | "prefecture" | "province" | "region" | "state" |
        "territory" | "town" | "village"
    ),
    is_place_head: |w| matches!(w,
        "airport" | "avenue" | "boulevard" | "city" | "highway" | "island" | "islands" | "river" | "street" | "town" |
        "valley"
    ),
    links_place: |w| matches!(w, "at" | "from" | "in" | "near" | "on"),
    is_state_noun: |w| matches!(w,
        "country" | "emirate" | "federation" | "kingdom" | "nation" | "republic" | "state" | "sultanate"
    ),
};
