"""A member leaves: nothing more of hers is sent, whoever may know her is told, and no more than her name stays."""

from models import posts
from models.errors import Conflict
from models.people import actors
from models.posts import message_requests
from models.posts.polls import votes
from models.repairs.bikes import bikes
from models.repairs.figures import gone_names
from models.repairs.frame_numbers import inquiries, sightings
from models.servers import looks
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_value
from models.traffic.outbound.inboxes import Inbox, schedule_to


async def begin(conn: Connection, actor_id: int) -> None:
    """Let nobody else ask for anything of this person's, nor change it, before the transaction ends.

    Whoever asks for something takes its author before the listing, whoever changes one takes the listing before its
    author's account: in another order they would wait for each other.
    """
    await execute(conn, "SELECT FROM actor WHERE id = $1 FOR NO KEY UPDATE", actor_id)
    await fetch_column(
        conn,
        """
        SELECT id FROM post
        WHERE (author_id = $1 AND kind = 'listing' AND deleted_at IS NULL) OR id IN (
            SELECT listing_id FROM agreement
            WHERE $1 IN (owner_id, partner_id) AND is_live_state(state))
        ORDER BY id FOR NO KEY UPDATE
        """,
        actor_id,
    )


async def require_another_admin(conn: Connection, actor_id: int) -> None:
    """Raise Conflict rather than leave the instance without an admin; who leaves or is suspended is none.

    Two of them who go at the same moment are looked at one after the other.
    """
    await fetch_column(
        conn,
        """
        SELECT actor_id FROM account
        WHERE 'admin' = ANY(roles)
            AND EXISTS (SELECT FROM account AS own WHERE own.actor_id = $1 AND 'admin' = ANY(own.roles))
        ORDER BY actor_id FOR NO KEY UPDATE
        """,
        actor_id,
    )
    if await is_last_admin(conn, actor_id):
        raise Conflict("last_administrator")


async def is_last_admin(conn: Connection, actor_id: int) -> bool:
    """Whether nobody else would administer the instance once this member has left, or is suspended."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT 'admin' = ANY(roles) AND NOT EXISTS (SELECT FROM account AS other
                WHERE 'admin' = ANY(other.roles) AND other.actor_id <> $1 AND other.disabled_at IS NULL
                    AND NOT EXISTS (SELECT FROM actor a WHERE a.id = other.actor_id AND a.suspended_at IS NOT NULL)
                    AND NOT EXISTS (SELECT FROM departure d WHERE d.actor_id = other.actor_id))
            FROM account WHERE actor_id = $1
            """,
            actor_id,
        )
    )


async def cancel_deliveries(conn: Connection, actor_id: int) -> int:
    """Stop what waits to be sent of an actor of ours, and of her posts by the Groups that pass them on; how many.

    What is in somebody's hands just now goes on, and the Delete follows it in its lane.
    """
    return await execute(
        conn,
        """
        UPDATE delivery SET state = 'cancelled', finished_at = now()
        FROM activity a
        WHERE a.id = delivery.activity_id AND delivery.state IN ('waiting', 'held') AND delivery.claimed_until IS NULL
            AND (delivery.actor_id = $1
                OR a.object_uri IN (SELECT uri FROM post WHERE author_id = $1) AND a.type <> 'Delete')
        """,
        actor_id,
    )


async def schedule_deletes(conn: Connection, *, activity_id: int, actor_id: int) -> int:
    """Queue an activity for every inbox that may know of this actor of ours; how many rows."""
    return await schedule_to(conn, await list_knowing(conn, actor_id), activity_id=activity_id, actor_id=actor_id)


async def list_knowing(conn: Connection, actor_id: int) -> list[Inbox]:
    """Every inbox that may know of this actor of ours.

    These are the inboxes of those who follow her, whom she follows or with whom she exchanged, of the communities that
    she is in and their members, those to which anything
    of hers, or anything about her posts, was or may have been sent, and those of people who answered, shared or liked
    them.
    """
    return await fetch_all(
        conn,
        Inbox,
        """
        WITH hers AS MATERIALIZED (
            SELECT id, uri, coalesce(hidden_audience, audience) AS audience FROM post WHERE author_id = $1
        )
        SELECT d.inbox, d.personal_inbox, d.host FROM delivery d
        WHERE d.actor_id = $1 AND may_have_arrived(d.attempts, d.state, d.cause)
        UNION
        SELECT d.inbox, d.personal_inbox, d.host
        FROM hers JOIN activity a ON a.object_uri = hers.uri JOIN delivery d ON d.activity_id = a.id
        WHERE may_have_arrived(d.attempts, d.state, d.cause)
        UNION
        SELECT coalesce(a.shared_inbox, a.inbox), CASE WHEN a.shared_inbox IS NULL THEN NULL ELSE a.inbox END, a.host
        FROM (
            SELECT follower_id AS id FROM follow WHERE followed_id = $1
            UNION SELECT followed_id FROM follow WHERE follower_id = $1
            UNION SELECT partner_id FROM exchange WHERE owner_id = $1
            UNION SELECT owner_id FROM exchange WHERE partner_id = $1
            UNION SELECT community_id FROM membership WHERE actor_id = $1
            UNION SELECT actor_id FROM membership WHERE community_id = $1 AND state = 'member'
            UNION SELECT beside.actor_id FROM membership own JOIN membership beside USING (community_id)
                WHERE own.actor_id = $1 AND own.state = 'member' AND beside.state = 'member'
            UNION SELECT reader.id FROM hers CROSS JOIN LATERAL (
                SELECT actor_id AS id FROM share WHERE post_id = hers.id
                UNION ALL SELECT actor_id FROM favourite WHERE post_id = hers.id
                UNION ALL SELECT author_id FROM post WHERE in_reply_to_id = hers.id AND deleted_at IS NULL
            ) AS reader WHERE hers.audience IN ('network', 'unlisted')
        ) AS known JOIN actor a ON a.id = known.id
        WHERE NOT a.local AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        """,
        actor_id,
    )


async def erase(conn: Connection, actor_id: int) -> None:
    """Make a member of ours a tombstone: her posts, her account, her place and her words go; name and keys stay.

    The name is never given out again, and with the keys the Delete is signed.
    """
    for post_id in await fetch_column(
        conn,
        """
        SELECT id FROM post WHERE deleted_at IS NULL
            AND (author_id = $1 OR id IN (SELECT post_id FROM exchange_notice WHERE reader_id = $1)) ORDER BY id
        """,
        actor_id,
    ):
        await posts.delete(conn, post_id)
    await gone_names.forget_person(conn, actor_id)
    await actors.delete(conn, actor_id)
    await execute(
        conn,
        """
        UPDATE actor SET place_name = NULL, postcode = NULL, commune_code = NULL, latitude = NULL, longitude = NULL,
            radius = NULL, also_known_as = '{}', discoverable = false, indexable = false
        WHERE id = $1
        """,
        actor_id,
    )
    await execute(
        conn,
        """
        UPDATE activity SET body = json_build_object('id', uri, 'type', type, 'object', object_uri)::text
        WHERE actor_id = $1 AND type <> 'Delete'
        """,
        actor_id,
    )
    await message_requests.forget_person(conn, actor_id)
    await votes.forget_voter(conn, actor_id)
    await inquiries.forget_member(conn, actor_id)
    await looks.forget_asker(conn, actor_id)
    await sightings.forget_contact(conn, (await actors.get(conn, actor_id)).handle)
    await execute(conn, "DELETE FROM media WHERE owner_id = $1", actor_id)
    await bikes.forget_owner(conn, actor_id)
    await execute(conn, "DELETE FROM account WHERE actor_id = $1", actor_id)


async def forget_stranger(conn: Connection, actor_id: int) -> None:
    """Somebody of another server is gone, with all words (AX13); a listing with threads of ours leaves its place.

    They would otherwise vanish with it, and what the two had agreed on.
    """
    for post_id in await fetch_column(
        conn,
        """
        SELECT p.id FROM post p WHERE p.author_id = $1 AND NOT p.local AND p.deleted_at IS NULL
            AND EXISTS (SELECT FROM exchange e WHERE e.listing_id = p.id)
        ORDER BY p.id
        """,
        actor_id,
    ):
        await posts.delete(conn, post_id)
    await gone_names.forget_person(conn, actor_id)
    await actors.delete(conn, actor_id)
    await message_requests.forget_person(conn, actor_id)
    await votes.forget_voter(conn, actor_id)
