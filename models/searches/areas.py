"""Where: within a radius of a place, in communes or federations of communes, in the territories of cooperatives."""

from models.store.database import Connection, fetch_records

# The bounding box alone, for the index on latitude and longitude; who reads the distance compares it with the radius.
# A few communes are found by an index; a federation has many listings, which are compared with the set of its communes.
AREA = """
    [[radius latitude: AND l.latitude BETWEEN :latitude::float8 - :radius::float8 / 111.0
            AND :latitude::float8 + :radius::float8 / 111.0
        AND l.longitude BETWEEN :longitude::float8 - :radius::float8 / (111.0 * cos(radians(:latitude::float8)))
            AND :longitude::float8 + :radius::float8 / (111.0 * cos(radians(:latitude::float8)))]]
    [[communes: AND (cardinality(:epcis::text[]) > 0 OR l.commune_code = ANY(:communes::text[]))]]
    [[epcis: AND (l.commune_code = ANY(:communes::text[]) OR l.commune_code IN (
        SELECT c.code FROM commune c WHERE c.epci_code = ANY(:epcis::text[])))]]
    [[territory_uris: AND l.territory_uri = ANY(:territory_uris::text[])]]
    [[bounds: AND l.latitude BETWEEN (:bounds::float8[])[1] AND (:bounds::float8[])[3]
        AND l.longitude BETWEEN (:bounds::float8[])[2] AND (:bounds::float8[])[4] ]]
"""


async def list_territories(conn: Connection, reader_id: int | None) -> tuple[str, ...]:
    """The ids of our cooperative and of those that the reader follows, by one of their actors.

    For visitors, and members who follow none, those that our cooperative follows and its friends stand instead.
    """
    rows = await fetch_records(
        conn,
        """
        WITH ours AS (SELECT id, uri FROM actor WHERE local AND lower(username) = 'coop'),
        followed AS (
            SELECT f.follower_id = $1 AS by_reader, b.host FROM follow f JOIN actor b ON b.id = f.followed_id
            WHERE (f.follower_id = $1 OR f.follower_id IN (SELECT id FROM ours)) AND f.state = 'accepted'
                AND NOT b.local AND b.type IN ('Group', 'Organization')
            UNION ALL SELECT false, host FROM server WHERE level = 'friend'),
        met AS (
            SELECT a.uri, coalesce(bool_or(w.by_reader), false) AS by_reader
            FROM followed w JOIN actor a ON a.host = w.host
            WHERE NOT a.local AND a.type = 'Organization' AND lower(a.username) = 'coop' AND a.deleted_at IS NULL
            GROUP BY a.uri)
        SELECT uri FROM ours
        UNION SELECT uri FROM met WHERE by_reader OR NOT EXISTS (SELECT FROM met WHERE by_reader)
        ORDER BY 1
        """,
        reader_id,
    )
    return tuple(row["uri"] for row in rows)
