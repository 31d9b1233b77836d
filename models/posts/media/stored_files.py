"""What whoever runs the server asks of the media store: what takes how much, and the key of each file."""

from dataclasses import dataclass

from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaShare:
    """Files of one kind, and their bytes with those of their small copies."""

    kind: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A row with a file; `remote` ones are copies, which are fetched again when somebody looks."""

    id: int
    key: str
    remote: bool


async def measure(conn: Connection) -> list[MediaShare]:
    """What members sent, what repairers keep in books of bikes, and copies of other servers' pictures."""
    return await fetch_all(
        conn,
        MediaShare,
        """
        SELECT 'own' AS kind, count(*) AS files, coalesce(sum(byte_size), 0)::bigint AS bytes
        FROM media WHERE remote_url IS NULL AND file_key IS NOT NULL
        UNION ALL SELECT 'bikes', count(*), coalesce(sum(byte_size), 0)::bigint FROM bike_file
        UNION ALL SELECT 'remote', count(*), coalesce(sum(byte_size), 0)::bigint
        FROM media WHERE remote_url IS NOT NULL AND file_key IS NOT NULL
        """,
    )


async def list_pictures(conn: Connection, *, after: int, limit: int) -> list[NamedFile]:
    """Files of posts, actors and uploads, by keyset."""
    return await fetch_all(
        conn,
        NamedFile,
        """
        SELECT id, file_key AS key, remote_url IS NOT NULL AS remote
        FROM media WHERE file_key IS NOT NULL AND id > $1 ORDER BY id LIMIT $2
        """,
        after,
        limit,
    )


async def list_bike_files(conn: Connection, *, after: int, limit: int) -> list[NamedFile]:
    """Files in books of bikes, by keyset."""
    return await fetch_all(
        conn,
        NamedFile,
        "SELECT id, file_key AS key, false AS remote FROM bike_file WHERE id > $1 ORDER BY id LIMIT $2",
        after,
        limit,
    )
