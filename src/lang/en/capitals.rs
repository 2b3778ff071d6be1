//! Short names that are everyday words unless written in capitals.

/// Terms that name something only when every letter is a capital ("US", "WHO", "ICE").
#[rustfmt::skip]
pub(super) static CAPITALS_ONLY: &[&str] = &[
    "aap", "abc", "aca", "adb", "afd", "aids", "aipac", "akp", "alp", "ana", "anc", "ani", "ano", "ansa", "ap", "apa",
    "apc", "apec", "aqap", "aqim", "asean", "atp", "au", "auc", "bbc", "bjp", "bka", "bnd", "bnp", "boe", "boj", "bp",
    "brics", "cas", "cbc", "cbi", "cbp", "cbs", "ccm", "ccp", "cdc", "cdu", "ceo", "cfo", "cgt", "chp", "cia", "cis",
    "cnn", "coo", "covid", "csto", "csu", "dea", "dhs", "dia", "dna", "dnc", "dod", "doe", "doj", "dpa", "dpp", "dprk",
    "drc", "dup", "eac", "ecb", "efe", "eff", "eln", "epa", "epp", "eta", "eu", "fao", "fbi", "fda", "fdp", "fema",
    "fia", "fina", "fln", "frg", "fsa", "fsb", "gcc", "gdr", "ge", "gerb", "gia", "gm", "gop", "gru", "gspc", "hdp",
    "hhs", "hiv", "hts", "hud", "iaea", "icc", "ice", "icj", "idf", "iea", "igad", "ilo", "imf", "ing", "iom", "ira",
    "irs", "is", "isi", "isis", "isna", "it", "itv", "kdp", "kgb", "kla", "kmt", "ksa", "kuna", "ldp", "lg", "lps",
    "lra", "ltte", "mas", "mdc", "mek", "mend", "mep", "mhp", "milf", "mlb", "mod", "mp", "mti", "naacp", "nabu",
    "nasa", "nato", "nba", "nbc", "ndc", "nfl", "nhl", "nih", "nld", "noaa", "npc", "npp", "npr", "nra", "nsa", "oas",
    "oic", "opec", "osce", "pa", "pan", "pap", "pbs", "pdp", "peta", "pis", "pkk", "pla", "plo", "pm", "png", "pp",
    "ppc", "ppp", "prc", "pri", "psd", "pt", "pti", "puk", "rai", "rba", "rbi", "ria", "rmt", "rnc", "rok", "rss",
    "rt", "rte", "sana", "sap", "sbu", "sco", "sdf", "sec", "snb", "snp", "spa", "spd", "svp", "svr", "tass", "ttp",
    "tuc", "uae", "uci", "ugt", "uk", "ump", "un", "unesco", "unhcr", "unicef", "unrwa", "us", "usa", "usaid", "usda",
    "ussr", "wam", "wfp", "who", "wta", "wto", "ypg",
];
