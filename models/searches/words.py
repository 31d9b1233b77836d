"""What: how the words of a search are looked for in listings, and how well a listing answers them."""

from collections.abc import Sequence
from dataclasses import dataclass

# As a function PostgreSQL does not look the words up in the index, which takes long for words with many others beside
# them: where little else fits, each of these is looked at. Else many others are looked up one by one, as in `CHOSEN`.
WORDS = """
    [[choices: AND l.search @@ ANY (:choices::text[]::tsquery[])]]
    [[whole: AND l.search @@ :whole::text::tsquery]]
    [[one_by_one: AND ts_match_vq(l.search, :one_by_one::text::tsquery)]]
"""

# What an index gives one after another is looked at for all of them at once: one by one they take twice as long, and
# without (SELECT …) a plan that is kept reads them again for each listing.
WORDS_OF_EACH = "[[match: AND ts_match_vq(l.search, (SELECT :match::text::tsquery))]]"

# From 0 to a little over 1: a word in the title counts more than one in the text, the word itself more than what else
# it is called or the category; words that stand together as they were typed count more, and titles that begin with what
# is looked for. `ts_rank` of an OR is the mean over its words. As (SELECT …) each tsquery is read once, not for a row.
# A request comes after what answers it, and before it for who says what she has.
WORDS_SCORE = """
    CASE WHEN :count::int = 0 THEN 1.0 ELSE (
        0.6 * ts_rank('{0.1, 0.2, 0.45, 1}', l.search, (SELECT :exact::text::tsquery)) * :exact_count::int / :count
        + CASE WHEN l.search @@ (SELECT :phrase::text::tsquery) THEN 0.2 ELSE 0 END
        + CASE WHEN l.search @@ (SELECT :near::text::tsquery) THEN
            0.1 + 0.4 * least(0.6,
                ts_rank('{0.8, 0.1, 0.4, 0.9}', l.search, (SELECT :near::text::tsquery)) * :near_count::int / :count)
            + CASE WHEN l.search @@ (SELECT :exact_head::text::tsquery) THEN 0.3
                WHEN l.search @@ (SELECT :near_head::text::tsquery) THEN 0.15 ELSE 0 END
            ELSE 0.1 END)
        * CASE WHEN (l.kind <> 'offer') = :giving::boolean THEN 1.0 ELSE 0.7 END END
"""

# Words that a listing has not, where none has all of them.
MISSING = """
    0 [[each: + coalesce((SELECT sum(word.weight)
        FROM unnest((SELECT :each::text[]::tsquery[]), :weights::float8[]) AS word (match, weight)
        WHERE NOT l.search @@ word.match), 0)]]
"""

# What has one of the tsqueries of each array of a way. Many joined by OR in one tsquery take the index ten times as
# long as each by itself. Two arrays in one scan would be multiplied: what stands after OR, which no listing has, gives
# each a scan of its own.
CHOSEN = """
    (l.search @@ ANY (way.one) [[several: OR l.search @@ '''='''::tsquery]])
    [[several: AND (l.search @@ ANY (way.two) OR l.search @@ '''=='''::tsquery)]]
    [[many: AND (l.search @@ ANY (way.three) OR l.search @@ '''==='''::tsquery)]]
    AND (way.match IS NULL OR ts_match_vq(l.search, way.match))
"""

MOST_CHOICES = 3
"""Words of a search that the index is asked for at once; listings that have these are asked for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a way looks for: one of each of up to MOST_CHOICES `choices`, each some tsqueries, and `match`, a tsquery,
    unless it is None; at least so many listings have to fit.
    """

    choices: tuple[tuple[str, ...], ...]
    match: str | None
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What several ways look for, as `CHOSEN` takes it: arrays as PostgreSQL writes them, one for each way."""

    ways: tuple[Wanted, ...]

    @property
    def ones(self) -> list[str]:
        """The first choice of each way."""
        return self._list(0)

    @property
    def twos(self) -> list[str]:
        """The second choice of each."""
        return self._list(1)

    @property
    def threes(self) -> list[str]:
        """The third choice of each."""
        return self._list(2)

    @property
    def matches(self) -> list[str | None]:
        """What else each asks for."""
        return [way.match for way in self.ways]

    @property
    def leasts(self) -> list[int]:
        """How many listings have to fit each."""
        return [way.least for way in self.ways]

    @property
    def several(self) -> bool:
        """Whether there is a second choice."""
        return any(len(way.choices) > 1 for way in self.ways)

    @property
    def many(self) -> bool:
        """Whether there is a third."""
        return any(len(way.choices) > 2 for way in self.ways)

    def _list(self, place: int) -> list[str]:
        """The last choice again of a way that has fewer: what has it has it."""
        return [_write_array(way.choices[min(place, len(way.choices) - 1)]) for way in self.ways]


def _write_array(matches: Sequence[str]) -> str:
    escaped = (match.replace("\\", "\\\\").replace('"', '\\"') for match in matches)
    return "{" + ",".join(f'"{match}"' for match in escaped) + "}"
