//! Verbs that report speech and verbs that only look like it, nouns for what was said.

use crate::lang::lists::ReportWords;

/// The documentation of each list stands at its field.
#[rustfmt::skip]
pub(super) const REPORT_WORDS: ReportWords = ReportWords {
    is_sure_report_verb: |w| matches!(w,
        "believes" | "insisted" | "insists" | "reckoned" | "reckons" | "said" | "says" | "thinks"
    ),
    is_opinion_verb: |w| matches!(w,
        "acknowledged" | "acknowledges" | "admits" | "admitted" | "alleged" | "alleges" | "argued" | "argues" |
        "believe" | "believed" | "claim" | "claimed" | "claims" | "complained" | "complains" | "conceded" | "concedes" |
        "concluded" | "concludes" | "contended" | "contends" | "denied" | "denies" | "doubted" | "doubts" |
        "estimated" | "estimates" | "fear" | "feared" | "fears" | "feels" | "felt" | "forecasts" | "hope" | "hoped" |
        "hopes" | "maintained" | "maintains" | "predicted" | "predicts" | "proposed" | "proposes" | "reckon" |
        "recommended" | "recommends" | "say" | "suggested" | "suggests" | "suspected" | "suspects" | "think" |
        "thought" | "warned" | "warns" | "worried" | "worries"
    ),
    is_complaint_verb: |w| matches!(w, "complain" | "complained" | "complains" | "protested" | "regretted"),
    is_clause_verb: |w| matches!(w,
        "added" | "adds" | "argued" | "argues" | "believed" | "believes" | "claimed" | "claims" | "denied" | "denies" |
        "feared" | "fears" | "hoped" | "hopes" | "insisted" | "insists" | "noted" | "notes" | "predicted" | "predicts" |
        "said" | "says" | "thinks" | "thought" | "warned" | "warns"
    ),
    is_inverting_verb: |w| matches!(w,
        "added" | "adds" | "admits" | "admitted" | "argued" | "argues" | "claimed" | "claims" | "complained" |
        "complains" | "conceded" | "concedes" | "concluded" | "concludes" | "confirmed" | "confirms" | "explained" |
        "explains" | "insisted" | "insists" | "lamented" | "laments" | "noted" | "notes" | "predicted" | "predicts" |
        "recalled" | "recalls" | "reckoned" | "reckons" | "reported" | "reports" | "said" | "says" | "stressed" |
        "stresses" | "suggested" | "suggests" | "thinks" | "warned" | "warns" | "writes" | "wrote"
    ),
    is_closing_verb: |w| matches!(w,
        "acknowledged" | "acknowledges" | "alleged" | "alleges" | "believe" | "believed" | "believes" | "clarified" |
        "contended" | "contends" | "estimated" | "estimates" | "feared" | "fears" | "forecast" | "forecasts" | "hopes" |
        "learned" | "learnt" | "maintained" | "maintains" | "reckon" | "say" | "show" | "showed" | "shows" | "suggest" |
        "think" | "told" | "understands" | "warn"
    ),
    is_posting_verb: |w| matches!(w,
        "adds" | "emails" | "messages" | "posted" | "posts" | "says" | "texts" | "tweeted" | "tweets" | "writes" |
        "wrote"
    ),
    is_opening_verb: |w| matches!(w,
        "added" | "adds" | "emails" | "posts" | "said" | "says" | "texted" | "texts" | "tweeted" | "tweets" | "writes" |
        "wrote"
    ),
    is_speech_verb: |w| matches!(w, "added" | "said" | "says" | "told"),
    is_irregular_past: |w| matches!(w,
        "felt" | "found" | "let" | "made" | "put" | "said" | "saw" | "thought" | "told" | "wrote"
    ),
    opens_set_cue: |w| matches!(w, "let" | "made" | "makes" | "put"),
    takes_addressee: |w| matches!(w,
        "assured" | "assures" | "assuring" | "convinced" | "informed" | "informs" | "notified" | "persuaded" |
        "reminded" | "reminds" | "telling" | "tells" | "told"
    ),
    takes_adjunct: |w| matches!(w,
        "added" | "admitted" | "agreed" | "claimed" | "confirmed" | "insisted" | "said" | "saying" | "says" |
        "testified" | "wrote"
    ),
    is_request_verb: |w| matches!(w,
        "advised" | "advises" | "asked" | "asking" | "asks" | "begged" | "begs" | "encouraged" | "encourages" |
        "implored" | "implores" | "instructed" | "instructs" | "invited" | "invites" | "ordered" | "orders" |
        "pressed" | "reminded" | "reminds" | "tells" | "told" | "urged" | "urges" | "urging" | "want" | "wanted" |
        "wants" | "warned"
    ),
    is_appeal_verb: |w| matches!(w,
        "appealed" | "appealing" | "appeals" | "called" | "calling" | "calls" | "pleaded" | "pleading" | "pleads"
    ),
    links_appeal: |w| matches!(w, "on" | "to" | "upon" | "with"),
    is_promise_verb: |w| matches!(w,
        "pledged" | "pledges" | "promised" | "promises" | "threatened" | "threatens" | "vowed" | "vows"
    ),
    takes_gerund: |w| matches!(w,
        "admits" | "admitted" | "denied" | "denies" | "deny" | "recommended" | "recommends" | "regrets" | "regretted" |
        "ruled" | "rules" | "suggested" | "suggests"
    ),
    is_questioned: |w| matches!(w, "asked" | "pressed" | "questioned" | "quizzed"),
    is_approached: |w| matches!(w, "asked" | "contacted" | "pressed" | "questioned" | "told"),
    is_titling: |w| matches!(w, "called" | "dubbed" | "entitled" | "headlined" | "titled"),
    is_refusal: |w| matches!(w, "declined" | "declines" | "declining" | "refused" | "refuses"),
    is_declined: |w| matches!(w,
        "answer" | "comment" | "disclose" | "discuss" | "drawn" | "elaborate" | "give" | "identified" | "interviewed" |
        "name" | "named" | "respond" | "reveal" | "say" | "specify" | "speculate"
    ),
    is_disclosure: |w| matches!(w,
        "address" | "answer" | "answered" | "comment" | "commented" | "disclose" | "disclosed" | "discuss" | "drawn" |
        "elaborate" | "identified" | "identify" | "mention" | "mentioned" | "name" | "named" | "offer" | "provide" |
        "provided" | "replied" | "reply" | "respond" | "responded" | "reveal" | "say" | "secret" | "specify" |
        "speculate" | "spoken" | "tell"
    ),
    is_question_noun: |w| matches!(w, "inquiries" | "queries" | "question" | "questions"),
    is_pointing_verb: |w| matches!(w, "pointed" | "points" | "touched" | "touches"),
    tells_of_subject: |w| matches!(w,
        "appointed" | "asked" | "believed" | "called" | "expected" | "known" | "pronounced" | "reported" | "said" |
        "supposed" | "thought" | "told" | "understood"
    ),
    is_decision_verb: |w| matches!(w,
        "approved" | "approves" | "blocked" | "circulated" | "confirmed" | "defended" | "defends" | "denied" |
        "denies" | "disputed" | "disputes" | "ignored" | "invoked" | "passed" | "rejected" | "rejects" | "withdrew"
    ),
    is_handling_verb: |w| matches!(w,
        "carried" | "embraced" | "embraces" | "met" | "negotiated" | "published" | "refused" | "shared" | "shares"
    ),
    is_reproach: |w| matches!(w,
        "attacked" | "berated" | "blasted" | "criticised" | "criticized" | "mocked" | "rebuked" | "scolded" |
        "slammed" | "thanked"
    ),
    is_statement_noun: |w| matches!(w, "communique" | "communiqué" | "release" | "statement"),
    is_claim_noun: |w| matches!(w,
        "argument" | "assertion" | "claim" | "insistence" | "observation" | "remark" | "warning"
    ),
    is_figures_noun: |w| matches!(w, "data" | "figures" | "numbers" | "statistics"),
    tells_of_document: |w| matches!(w,
        "circulated" | "dated" | "issued" | "leaked" | "obtained" | "posted" | "published" | "released" | "reviewed" |
        "seen" | "sent" | "signed" | "tendered"
    ),
    tells_of_anonymity: |w| matches!(w, "asking" | "citing" | "granted" | "requesting" | "speaking"),
};
