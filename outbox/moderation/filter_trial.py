"""A filter tried before it is saved: what it would have found in the last thirty days."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from federation.texts.html_cleaner import to_text
from models.moderation import recent_texts
from models.moderation.filter_patterns import build_matcher, find_matches
from models.moderation.filters import ModerationRule
from models.moderation.recent_texts import RecentText
from models.store.database import Connection

MOST_TRIED = 2_000
"""Of so many posts, the newest, a trial looks at the texts."""

STEP = 200

SHOWN = 5
"""So many of the posts that were found are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialHit:
    """A post that would have been found, by which words, and how it begins."""

    post_id: int
    title: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterTrial:
    """How many posts were looked at and found, with the newest of these; `whole` where those were all."""

    tried: int
    found: int
    hits: list[TrialHit]
    whole: bool


async def try_rule(conn: Connection, rule: ModerationRule) -> FilterTrial:
    """What this rule would have found."""
    matcher = build_matcher(((0, rule.patterns),))
    tried, hits = 0, list[TrialHit]()
    async for one in _iterate(conn, rule):
        tried += 1
        texts = (one.title, one.wants, to_text(one.content), one.warning, *one.descriptions, *one.options)
        for match in find_matches(matcher, texts):
            title = one.title or " ".join(to_text(one.content).split())[:80]
            hits.append(TrialHit(post_id=one.post_id, title=title, words=match.words))
    return FilterTrial(tried=tried, found=len(hits), hits=hits[:SHOWN], whole=tried < MOST_TRIED)


async def _iterate(conn: Connection, rule: ModerationRule) -> AsyncIterator[RecentText]:
    """The newest first, a step at a time: others have their turn in between."""
    before: int | None = None
    for _ in range(MOST_TRIED // STEP):
        step = await recent_texts.list_recent(
            conn, local=rule.on_local, remote=rule.on_remote, before=before, limit=STEP
        )
        for one in step:
            yield one
        if len(step) < STEP:
            return
        before = step[-1].post_id
