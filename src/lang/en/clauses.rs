//! Words of grammar in some of their uses: how clauses begin and go on, whom pronouns mean.

use crate::lang::lists::ClauseWords;

/// The documentation of each list stands at its field.
#[rustfmt::skip]
pub(super) const CLAUSE_WORDS: ClauseWords = ClauseWords {
    is_third_person_be: |w| matches!(w, "are" | "is" | "was" | "were"),
    is_sure_auxiliary: |w| matches!(w, "did" | "do" | "does" | "had" | "has" | "have" | "would"),
    is_plan_auxiliary: |w| matches!(w,
        "can" | "could" | "had" | "has" | "have" | "may" | "might" | "must" | "shall" | "should" | "will" | "would"
    ),
    links_role: |w| matches!(w, "became" | "is" | "remains" | "was"),
    begins_adjunct: |w| matches!(w, "earlier" | "last" | "only" | "this" | "throughout"),
    is_adverb_of_time: |w| matches!(w, "afterwards" | "earlier" | "later" | "today" | "tonight" | "yesterday"),
    begins_question: |w| matches!(w, "about" | "how" | "if" | "what" | "when" | "where" | "whether" | "who" | "why"),
    begins_relative: |w| matches!(w, "that" | "when" | "where" | "which" | "who" | "whose"),
    is_wh_pronoun: |w| matches!(w, "what" | "which" | "who" | "whom"),
    begins_time_clause: |w| matches!(w, "after" | "as" | "before" | "when" | "while"),
    joins_clause: |w| matches!(w, "and" | "as" | "because" | "but" | "so" | "while"),
    opens_aside: |w| matches!(w, "formerly" | "herself" | "himself" | "now" | "once" | "then"),
    is_person_object: |w| matches!(w, "her" | "him" | "me" | "us"),
    is_addressing_word: |w| matches!(w, "you" | "you'd" | "you're" | "you've" | "your"),
    is_contraction: |w| matches!(w,
        "he'd" | "he'll" | "he's" | "here's" | "i'd" | "i'll" | "i'm" | "i've" | "it'd" | "it'll" | "it's" | "let's" |
        "she'd" | "she'll" | "she's" | "that'll" | "that's" | "there's" | "they'd" | "they'll" | "they're" |
        "they've" | "we'd" | "we'll" | "we're" | "we've" | "what's" | "who's" | "you'd" | "you'll" | "you're" |
        "you've"
    ),
    is_own_word: |w| matches!(w, "i" | "i'd" | "i'm" | "i've" | "me" | "my" | "our" | "we"),
    is_personal_possessive: |w| matches!(w, "her" | "his" | "my" | "our" | "your"),
    is_article_or_his: |w| matches!(w, "a" | "an" | "her" | "his" | "the"),
    is_single_indefinite: |w| matches!(w, "a" | "an" | "another" | "one"),
    is_indefinite_determiner: |w| matches!(w,
        "a" | "an" | "another" | "any" | "each" | "every" | "many" | "no" | "one" | "several" | "some"
    ),
    is_part_determiner: |w| matches!(w, "few" | "many" | "most" | "no" | "some"),
    is_quantifier: |w| matches!(w, "all" | "both" | "few" | "many" | "most" | "much" | "one" | "some"),
    is_indefinite_pronoun: |w| matches!(w,
        "anything" | "everything" | "less" | "more" | "nobody" | "none" | "nothing" | "something"
    ),
    is_contracted: |w| matches!(w,
        "everyone" | "he" | "here" | "how" | "it" | "let" | "nobody" | "she" | "that" | "there" | "what" | "where" |
        "who"
    ),
};
