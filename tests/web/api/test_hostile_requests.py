"""Whatever is sent to whichever address: an answer in JSON, never an error of ours."""

from typing import Any, cast

from models.database import connection
from tests.factories import make_listing, make_note
from tests.web.api.conftest import Alice
from web.api.routes import KNOWN

BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"data": b"\x00\xff\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    {"data": b"{", "headers": {"Content-Type": "application/json"}},
    {"data": b'{"status":"\\ud800","id":["\\u0000"]}', "headers": {"Content-Type": "application/json"}},
    {"data": b"[" * 50_000, "headers": {"Content-Type": "application/json"}},
    {"data": b"--x\r\n\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    {"json": {"status": {"a": [1, {"b": None}]}, "limit": 1e300, "id": [[1]], "visibility": True, "locked": "\x00"}},
    {"json": {"status": "a\x00b\u202e", "in_reply_to_id": -1, "media_ids": [1, 2, 3], "language": "fr\x00"}},
    {"json": {"display_name": "\x00", "note": "\u202e\x07", "fields_attributes": [["x"]]}},
)

QUERIES = (
    "",
    "?max_id=9223372036854775806&min_id=0&limit=40",
    "?min_id=9223372036854775806&since_id=9223372036854775806",
    "?max_id=9223372036854775807",
    "?q=%00%ff%ed%a0%80&acct=%ff@%00&resolve=true&tagged=%ff&any[]=%00&id[]=%ff&types[]=%00",
    "?" + "&".join(f"id[]={number}" for number in range(300)),
    "?account_id=1&offset=99999999999&limit=-99999999999",
)


async def test_nothing_that_is_sent_breaks_an_address(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, alice.actor)
        await make_note(conn, alice.actor)
    ids = (str(listing.id), str(alice.actor.id), "0", "9223372036854775807", "00000000000000000001", "9" * 400)
    broken = []

    for route in KNOWN:
        for number, body in enumerate((*BODIES, *QUERIES)):
            path = route.path.replace("{id:[0-9]+}", ids[number % len(ids)]).replace("{tag:[^/]+}", "%ff%00%ed%a0%80")
            if isinstance(body, str):
                answer = await alice.api.ask(route.method, path + body)
            else:
                answer = await alice.api.ask(route.method, path, **cast(dict[str, Any], body))
            if answer.status >= 500:
                broken.append((route.method, path, body, answer.json))

    assert broken == []
