"""What: how the words of a search are looked for in listings, and how well a listing answers them."""

# What is not seen counts as rare for the planner, which reads no other index beside that of words then. As a function
# PostgreSQL does not look words up in the index: where little else fits, each of these is looked at.
WORDS = """
    [[beside_others: AND l.search @@ :beside_others::text::tsquery]]
    [[alone: AND l.search @@ (SELECT :alone::text::tsquery)]]
    [[one_by_one: AND ts_match_vq(l.search, :one_by_one::text::tsquery)]]
"""

# What an index gives one after another is looked at for all of them at once: one by one they take twice as long, and
# without (SELECT …) a plan that is kept reads them again for each listing.
WORDS_OF_EACH = "[[match: AND ts_match_vq(l.search, (SELECT :match::text::tsquery))]]"

# From 0 to a little over 1: a word in the title counts more than one in the text, the word itself more than what else
# it is called or the category; words that stand together as they were typed count more, and titles that begin with what
# is looked for. `ts_rank` of an OR is the mean over its words. As (SELECT …) each tsquery is read once, not for a row.
# A request comes after what answers it, and before it for who says what she has. Numbers that are not float8 would be
# made so for each row, which takes longer than all else.
WORDS_SCORE = """
    CASE WHEN :count::int = 0 THEN 1.0 ELSE (
        0.6 * ts_rank('{0.1, 0.2, 0.45, 1}', l.search, (SELECT :exact::text::tsquery)) * :exact_count::int / :count
        + CASE WHEN :count::int > 1 AND l.search @@ (SELECT :phrase::text::tsquery) THEN 0.2::float8 ELSE 0 END
        + CASE WHEN l.search @@ (SELECT :near::text::tsquery) THEN
            0.1 + 0.4 * least(0.6,
                ts_rank('{0.8, 0.1, 0.4, 0.9}', l.search, (SELECT :near::text::tsquery)) * :near_count::int / :count)
            + CASE WHEN l.search @@ (SELECT :exact_head::text::tsquery) THEN 0.3::float8
                WHEN l.search @@ (SELECT :near_head::text::tsquery) THEN 0.15 ELSE 0 END
            ELSE 0.1 END)
        * CASE WHEN (l.kind <> 'offer') = :giving::boolean THEN 1::float8 ELSE 0.7 END END
"""

# Words that a listing has not, where none has all of them.
MISSING = """
    0 [[each: + coalesce((SELECT sum(word.weight)
        FROM unnest((SELECT :each::text[]::tsquery[]), :weights::float8[]) AS word (match, weight)
        WHERE NOT l.search @@ word.match), 0)]]
"""
