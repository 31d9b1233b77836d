"""Whether our cooperative and another one follow each other: its coop follows ours or our streams, ours its own."""

from dataclasses import dataclass

from models.store.database import Connection, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopFollow:
    """How two cooperatives stand to each other. A follow that waits for its answer counts as one of ours."""

    follows_us: bool
    followed: bool


async def find(conn: Connection, host: str) -> CoopFollow:
    """How the cooperative on this host and ours stand to each other."""
    found = await fetch_one(
        conn,
        CoopFollow,
        """
        SELECT
            EXISTS (SELECT FROM actor theirs JOIN follow f ON f.follower_id = theirs.id
                JOIN actor ours ON ours.id = f.followed_id
                WHERE theirs.host = $1 AND NOT theirs.local AND lower(theirs.username) = 'coop'
                    AND theirs.type = 'Organization' AND ours.local AND ours.type IN ('Group', 'Organization')
                    AND f.state = 'accepted') AS follows_us,
            EXISTS (SELECT FROM actor ours JOIN follow f ON f.follower_id = ours.id
                JOIN actor theirs ON theirs.id = f.followed_id
                WHERE ours.local AND ours.username = 'coop' AND theirs.host = $1
                    AND theirs.type IN ('Group', 'Organization') AND f.state IN ('accepted', 'pending')) AS followed
        """,
        host,
    )
    assert found is not None
    return found
