"""What has to be known of a post that just came from elsewhere, before it is kept or left: in one question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingContext:
    """`gone`: deleted before it came. `held`: it is here already, in whatever version.

    `followed`: somebody here follows its author; `listener_ids` want to hear of it. `host_known`: what the author's
    host publishes stands in lists (`known_hosts`).

    `parent_author_id` wrote what it answers, `parent_id`, when that is here; `parent_local`: one of ours did.
    `actor_uris`, `actor_ids` and `actors_local` are those people whom it names or addresses and who are known here,
    side by side.
    """

    gone: bool
    held: bool
    followed: bool
    host_known: bool
    listener_ids: list[int]
    parent_author_id: int | None
    parent_id: int | None = None
    parent_local: bool = False
    actor_uris: list[str]
    actor_ids: list[int]
    actors_local: list[bool]

    def without(self, ids: frozenset[int]) -> "IncomingContext":
        """The same, as if these people were not concerned."""
        if not ids:
            return self
        kept = [at for at, id in enumerate(self.actor_ids) if id not in ids]
        return replace(
            self,
            parent_author_id=None if self.parent_author_id in ids else self.parent_author_id,
            actor_uris=[self.actor_uris[at] for at in kept],
            actor_ids=[self.actor_ids[at] for at in kept],
            actors_local=[self.actors_local[at] for at in kept],
        )

    @property
    def known(self) -> dict[str, int]:
        """Row ids of the people named or addressed, by their id."""
        return dict(zip(self.actor_uris, self.actor_ids, strict=True))

    @property
    def local_ids(self) -> list[int]:
        """Row ids of our people among them."""
        return [id for id, local in zip(self.actor_ids, self.actors_local, strict=True) if local]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextQuery:
    """A post by its id, its author, what it answers, and everybody whom it names or addresses."""

    uri: str
    author_id: int
    author_uri: str
    author_host: str
    in_reply_to: str | None
    people: list[str]


_LOAD = """
    SELECT EXISTS (SELECT FROM tombstone WHERE uri = about.uri AND actor_uri = about.author_uri AND forget_at > now()
            OFFSET 0) AS gone,
        EXISTS (SELECT FROM post WHERE post.uri = about.uri OFFSET 0) AS held,
        author.followed, author.host_known, author.listener_ids,
        parent.author_id AS parent_author_id, parent.id AS parent_id, coalesce(parent.local, false) AS parent_local,
        coalesce(known.uris, '{}') AS actor_uris, coalesce(known.ids, '{}') AS actor_ids,
        coalesce(known.local, '{}') AS actors_local
    FROM ROWS FROM (
        unnest($1::text[]), unnest($2::bigint[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
        jsonb_array_elements($6)
    ) WITH ORDINALITY AS about (uri, author_id, author_uri, author_host, in_reply_to, people, place)
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM follow f JOIN actor a ON a.id = f.follower_id
                WHERE f.followed_id = about.author_id AND f.state = 'accepted' AND a.local OFFSET 0) AS followed,
            EXISTS (SELECT FROM known_host WHERE host = about.author_host OFFSET 0) OR is_known(about.author_host)
                AS host_known,
            ARRAY(SELECT f.follower_id FROM follow f JOIN account a ON a.actor_id = f.follower_id
                WHERE f.followed_id = about.author_id AND f.state = 'accepted' AND f.notify OFFSET 0) AS listener_ids
    ) AS author
    LEFT JOIN LATERAL (
        SELECT p.author_id, p.id, p.local, p.deleted_at FROM post p WHERE p.uri = about.in_reply_to OFFSET 0
    ) AS parent ON about.in_reply_to IS NOT NULL AND parent.deleted_at IS NULL
    CROSS JOIN LATERAL (
        SELECT array_agg(a.uri ORDER BY a.id) AS uris, array_agg(a.id ORDER BY a.id) AS ids,
            array_agg(a.local ORDER BY a.id) AS local
        FROM actor a WHERE a.uri = ANY(ARRAY(SELECT jsonb_array_elements_text(about.people)))
            AND a.deleted_at IS NULL AND (NOT a.local OR NOT EXISTS (
                SELECT FROM account w WHERE w.actor_id = a.id AND w.waits_since IS NOT NULL OFFSET 0))
    ) AS known
    ORDER BY about.place
"""
"""OFFSET 0 keeps PostgreSQL from answering for all of them at once, by reading whole tables: it believes that a hundred
are asked about.
"""


async def load_context(conn: Connection, about: ContextQuery) -> IncomingContext:
    """The answer; one round trip, since inboxes bring hundreds of posts a second."""
    [found] = await load_contexts(conn, [about])
    return found


async def load_contexts(conn: Connection, asked: Sequence[ContextQuery]) -> list[IncomingContext]:
    """The same for many posts at once, in their order."""
    return await fetch_all(
        conn,
        IncomingContext,
        _LOAD,
        [one.uri for one in asked],
        [one.author_id for one in asked],
        [one.author_uri for one in asked],
        [one.author_host for one in asked],
        [one.in_reply_to for one in asked],
        [one.people for one in asked],
    )
