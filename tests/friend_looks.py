"""Looks of friends, for tests of pages: one that saw something wrong, one that saw nothing, and those that we gave."""

from models.servers import looks
from models.store.database import Connection, execute
from tests.sample_village import Village


async def add_sample_looks(conn: Connection, village: Village) -> None:
    """Nadia asked Hénin twice; once its certificate was about to end. Hénin and Lens asked us."""
    host = village.henin.host
    first = await looks.ask(conn, host, village.admin.id)
    await looks.save_failure(conn, first, "timed_out", clock=None)
    second = await looks.ask(conn, host, village.admin.id)
    seen: list[dict[str, object]] = [
        {"check": "name", "well": True},
        {"check": "ipv4", "well": True},
        {"check": "ipv6"},
        {"check": "certificate", "well": True, "figure": 6},
        {"check": "clock", "well": True, "figure": 1},
        {"check": "inbox", "well": False, "cause": "signature_refused", "figure": 401},
    ]
    await looks.save_seen(conn, second, build_report(host, seen), clock=1)
    for asking, uri in ((host, "urn:uuid:1"), ("lens.test", "urn:uuid:2")):
        given = await looks.begin(conn, asking, uri)
        assert given is not None
        await looks.save_given(conn, given, build_report(asking, [{"check": "name", "well": True}]))
    await execute(conn, "UPDATE asked_look SET asked_at = asked_at - interval '1 hour' WHERE id = $1", first)


def build_report(host: str, seen: list[dict[str, object]]) -> dict[str, object]:
    """What a friend says of `host`."""
    return {"type": "LookReport", "inReplyTo": f"urn:{host}", "addresses": ["203.0.113.7"], "seen": seen}
