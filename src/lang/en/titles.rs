//! Titles before names, abbreviations, and the calendar.

use crate::lang::Gender;
use crate::lang::Gender::*;

/// Honorific or title that stands before a name, with the gender it tells.
#[rustfmt::skip]
pub static TITLES: &[(&str, Gender)] = &[
    ("abbess", Female), ("abbot", Male), ("abp.", Either), ("actor", Either), ("actress", Female), ("adm", Either),
    ("adm.", Either), ("admiral", Either), ("agent", Either), ("air", Either), ("alderman", Male),
    ("alderwoman", Female), ("amb.", Either), ("ambassador", Either), ("arch.", Either), ("archbishop", Either),
    ("archduke", Male), ("assemblyman", Male), ("assemblywoman", Female), ("attorney", Either), ("atty.", Either),
    ("aunt", Female), ("author", Either), ("ayatollah", Male), ("baron", Male), ("baroness", Female), ("bay", Male),
    ("bayan", Female), ("bey", Male), ("bishop", Either), ("bp.", Either), ("brig", Either), ("brig.", Either),
    ("brigadier", Either), ("brother", Male), ("canon", Either), ("capt", Either), ("capt.", Either),
    ("captain", Either), ("cardinal", Male), ("ceo", Either), ("chairman", Male), ("chairperson", Either),
    ("chairwoman", Female), ("chancellor", Either), ("chaplain", Either), ("chief", Either), ("cllr", Either),
    ("cmdr", Either), ("cmdr.", Either), ("coach", Either), ("col", Either), ("col.", Either), ("colonel", Either),
    ("comedian", Either), ("commander", Either), ("commissioner", Either), ("comrade", Either), ("cong.", Either),
    ("congressman", Male), ("congresswoman", Female), ("const.", Either), ("constable", Either), ("corporal", Either),
    ("councillor", Either), ("councilman", Male), ("councilor", Either), ("councilwoman", Female), ("count", Male),
    ("countess", Female), ("cpl", Either), ("cpl.", Either), ("crown", Either), ("dame", Female), ("datin", Female),
    ("dato", Male), ("dato'", Male), ("datuk", Male), ("daw", Female), ("deacon", Either), ("deaconess", Female),
    ("dean", Either), ("deputy", Either), ("det.", Either), ("detective", Either), ("director", Either),
    ("doctor", Either), ("dom", Male), ("don", Male), ("dona", Female), ("doña", Female), ("dr", Either),
    ("dr.", Either), ("duchess", Female), ("duke", Male), ("earl", Male), ("elder", Either), ("emir", Male),
    ("emperor", Male), ("empress", Female), ("eng.", Either), ("engr.", Either), ("ens.", Either), ("envoy", Either),
    ("ex-minister", Either), ("ex-president", Either), ("father", Male), ("field", Either), ("first", Either),
    ("former", Either), ("fr", Male), ("fr.", Male), ("frau", Female), ("fräulein", Female), ("gen", Either),
    ("gen.", Either), ("general", Either), ("gospodin", Male), ("gov", Either), ("gov.", Either), ("governor", Either),
    ("govs.", Either), ("grand", Either), ("grand-ayatollah", Male), ("grandma", Female), ("grandpa", Male),
    ("guru", Male), ("haji", Male), ("hajj", Male), ("hajji", Male), ("hanim", Female), ("herr", Male),
    ("hojatoleslam", Male), ("hon.", Either), ("honorable", Either), ("honourable", Either), ("imam", Male),
    ("infanta", Female), ("ing.", Either), ("insp.", Either), ("inspector", Either), ("judge", Either),
    ("justice", Either), ("kaiser", Male), ("king", Male), ("kumari", Female), ("lady", Female), ("lama", Male),
    ("lic.", Either), ("lieutenant", Either), ("lord", Male), ("lt", Either), ("lt.", Either), ("m.", Male),
    ("madam", Female), ("madame", Female), ("mademoiselle", Female), ("maharaja", Male), ("maharani", Female),
    ("maj", Either), ("maj.", Either), ("major", Either), ("marquess", Male), ("marshal", Either), ("maulana", Male),
    ("mawlawi", Male), ("mayor", Either), ("mesdames", Female), ("messrs", Male), ("messrs.", Male),
    ("metropolitan", Male), ("minister", Either), ("miss", Female), ("mister", Male), ("mlle.", Female),
    ("mme", Female), ("mme.", Female), ("mollah", Male), ("monsieur", Male), ("monsignor", Male), ("mother", Female),
    ("mr", Male), ("mr.", Male), ("mrs", Female), ("mrs.", Female), ("ms", Female), ("ms.", Female), ("msgr.", Male),
    ("mufti", Male), ("mullah", Male), ("mx", Either), ("mx.", Either), ("nun", Female), ("nurse", Either),
    ("ofc.", Either), ("officer", Either), ("pan", Male), ("pani", Female), ("pastor", Either), ("patriarch", Male),
    ("pfc.", Either), ("pope", Male), ("premier", Either), ("pres.", Either), ("president", Either), ("prince", Male),
    ("princess", Female), ("prof", Either), ("prof.", Either), ("professor", Either), ("pvt", Either),
    ("pvt.", Either), ("queen", Female), ("rabbi", Either), ("rear", Either), ("rep", Either), ("rep.", Either),
    ("representative", Either), ("reps.", Either), ("rev", Either), ("rev.", Either), ("reverend", Either),
    ("rt.", Either), ("saint", Either), ("sayed", Male), ("sayyid", Male), ("sec.", Either), ("secretary", Either),
    ("sen", Either), ("sen.", Either), ("senator", Either), ("senor", Male), ("senora", Female), ("senorita", Female),
    ("sens.", Either), ("sergeant", Either), ("seyed", Male), ("señor", Male), ("señora", Female),
    ("señorita", Female), ("sgt", Either), ("sgt.", Either), ("shah", Male), ("shahbanu", Female), ("shaikh", Male),
    ("sheikh", Male), ("sheikha", Female), ("sheriff", Either), ("shri", Male), ("signor", Male), ("signora", Female),
    ("signore", Male), ("signorina", Female), ("sir", Male), ("sister", Female), ("smt", Female), ("smt.", Female),
    ("spc.", Either), ("speaker", Either), ("spec.", Either), ("spokesman", Male), ("spokesperson", Either),
    ("spokeswoman", Female), ("sr.", Either), ("sra.", Female), ("sri", Male), ("srta.", Female), ("st.", Either),
    ("sultan", Male), ("sultana", Female), ("superintendent", Either), ("supt.", Either), ("swami", Male),
    ("tengku", Either), ("trooper", Either), ("tsar", Male), ("tsarina", Female), ("tun", Either), ("u", Male),
    ("uncle", Male), ("ustaz", Male), ("ven.", Either), ("venerable", Either), ("vicar", Either), ("vice", Either),
    ("viscount", Male), ("viscountess", Female), ("widow", Female), ("widower", Male),
];

/// Abbreviations whose full stop does not end a sentence. Those that are also words ("miss.", "mass.", "in.") are left out:
/// after them a capital letter is the better guide.
#[rustfmt::skip]
pub static ABBREVIATIONS: &[&str] = &[
    "a.d.", "a.g.", "a.k.a.", "a.m.", "a.s.", "adm.", "admin.", "al.", "ala.", "alta.", "amb.", "approx.", "apr.",
    "apt.", "ariz.", "ark.", "assn.", "assoc.", "asst.", "atty.", "aug.", "ave.", "avg.", "b.a.", "b.c.", "b.c.e.",
    "b.s.", "b.v.", "bldg.", "blvd.", "bn.", "brig.", "bros.", "c.", "c.e.", "c.e.o.", "c.f.o.", "c.i.a.", "ca.",
    "cal.", "calif.", "capt.", "cf.", "cit.", "cmdr.", "co.", "col.", "colo.", "cong.", "conn.", "const.", "corp.",
    "cos.", "cpl.", "cu.", "d-.", "d.c.", "d.d.s.", "dec.", "dep.", "dept.", "det.", "dist.", "div.", "dr.", "e.g.",
    "e.u.", "ed.", "eds.", "engr.", "esq.", "est.", "et", "etc.", "excl.", "ext.", "f.b.i.", "f/k/a.", "feb.", "figs.",
    "fla.", "fr.", "fri.", "ft.", "g.o.p.", "ga.", "gen.", "gmbh.", "gov.", "govs.", "govt.", "hon.", "hr.", "hrs.",
    "hwy.", "i.e.", "ibid.", "inc.", "incl.", "ind.", "ing.", "insp.", "inst.", "int'l.", "intl.", "j.d.", "jan.",
    "jr.", "jul.", "jun.", "k.c.", "kan.", "kans.", "kg.", "km.", "ky.", "l.l.c.", "l.l.p.", "l.p.", "lb.", "lbs.",
    "lic.", "ll.d.", "llc.", "ln.", "lt.", "ltd.", "m.a.", "m.d.", "m.p.", "m.s.", "maj.", "md.", "messrs.", "mfg.",
    "mi.", "mich.", "minn.", "mins.", "misc.", "mlle.", "mme.", "mn.", "mo.", "mon.", "mont.", "mos.", "mph.", "mr.",
    "mrs.", "ms.", "msgr.", "mt.", "mtn.", "mx.", "n.b.", "n.b.a.", "n.c.", "n.d.", "n.f.l.", "n.h.", "n.j.", "n.m.",
    "n.s.", "n.v.", "n.y.", "natl.", "neb.", "nebr.", "nev.", "nfld.", "no.", "nos.", "nov.", "o.b.e.", "oct.",
    "okla.", "ont.", "ore.", "oreg.", "orig.", "oz.", "p.e.i.", "p.m.", "p.r.", "pa.", "par.", "para.", "penn.",
    "pfc.", "ph.d.", "pkwy.", "plc.", "pp.", "pres.", "prof.", "pvt.", "q.c.", "que.", "r-.", "r.i.", "r.i.p.", "r.n.",
    "rd.", "rep.", "repr.", "reps.", "ret.", "rev.", "rt.", "rte.", "s.a.", "s.c.", "s.d.", "s.p.a.", "sask.", "sec.",
    "secs.", "sen.", "sens.", "sep.", "sept.", "ser.", "sgt.", "sgts.", "smt.", "spc.", "sq.", "sr.", "sra.", "srta.",
    "st.", "ste.", "sts.", "supt.", "tel.", "temp.", "tenn.", "tex.", "thu.", "thur.", "thurs.", "tn.", "trans.",
    "tue.", "tues.", "u.a.e.", "u.k.", "u.n.", "u.s.", "u.s.a.", "u.s.s.", "u.s.s.r.", "univ.", "v.", "va.", "ven.",
    "viz.", "vol.", "vols.", "vs.", "vt.", "w.va.", "wed.", "wis.", "wisc.", "wk.", "wyo.", "yd.", "yr.", "yrs.",
];


