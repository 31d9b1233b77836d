"""Whatever is sent to whichever address: an answer in JSON, never an error of ours."""

import asyncio
import re
from typing import Any, cast

import pytest
from aiohttp import web

from models.store.database import connection
from tests.factories import make_listing, make_note
from tests.web.api.conftest import Alice
from web.api import parameters
from web.api.routes import KNOWN, OWN

BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"data": b"\x00\xff\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    {"data": b"{", "headers": {"Content-Type": "application/json"}},
    {"data": b'{"status":"\\ud800","id":["\\u0000"]}', "headers": {"Content-Type": "application/json"}},
    {"data": b"[" * 50_000, "headers": {"Content-Type": "application/json"}},
    {"data": b"--x\r\n\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    {"json": {"status": {"a": [1, {"b": None}]}, "limit": 1e300, "id": [[1]], "visibility": True, "locked": "\x00"}},
    {"json": {"status": "a\x00b\u202e", "in_reply_to_id": -1, "media_ids": [1, 2, 3], "language": "fr\x00"}},
    {
        "json": {"kind": "offer", "mode": "gift", "title": "a\x00", "quantity": 1e300, "begins_at": "9" * 20},
        "headers": {"Idempotency-Key": "\udcff" * 300},
    },
    {"json": {"kind": "repair_call", "title": "a", "interventions": [["x"]], "deposit": "1e999999999", "mode": None}},
    {"json": {"display_name": "\x00", "note": "\u202e\x07", "fields_attributes": [["x"]]}},
)

QUERIES = (
    "",
    "?max_id=9223372036854775806&min_id=0&limit=40",
    "?min_id=9223372036854775806&since_id=9223372036854775806",
    "?max_id=9223372036854775807",
    "?q=%00%ff%ed%a0%80&acct=%ff@%00&resolve=true&tagged=%ff&any[]=%00&id[]=%ff&types[]=%00",
    "?" + "&".join(f"id[]={number}" for number in range(300)),
    "?around=59355&within=200&since=9999999999999999999&territory=%00&commune=%ff&author=9223372036854775806&q=%22%27",
    "?account_id=1&offset=99999999999&limit=-99999999999",
)


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> set[object]:
    """The views that looked into the body of a request."""
    views, read = set[object](), parameters._read_all

    async def note(request: web.Request, *rest: Any) -> parameters.Parameters:
        views.add(request.match_info.handler)
        return await read(request, *rest)

    monkeypatch.setattr(parameters, "_read_all", note)
    return views


async def test_nothing_that_is_sent_breaks_an_address(alice: Alice, reading: set[object]) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, alice.actor)
        await make_note(conn, alice.actor)
    ids = (str(listing.id), str(alice.actor.id), "0", "9223372036854775807", "00000000000000000001", "9" * 400)
    broken, spared = list[Any](), 0

    for place, route in enumerate((*KNOWN, *OWN)):
        turn = place % len(BODIES)
        for number, body in enumerate((*QUERIES, *BODIES[turn:], *BODIES[:turn])):
            if number > len(QUERIES) and route.method == "GET" and route.handler not in reading:
                spared += 1  # it never looks into one: to it all bodies are the same
                break
            path = route.path.replace("{tag:[^/]+}", "%ff%00%ed%a0%80").replace("{host:[0-9A-Za-z.:-]{1,255}}", "::.-:")
            path = re.sub(r"\{id:[^/]+\}", ids[number % len(ids)], path)
            if isinstance(body, str):
                answer = await alice.api.ask(route.method, path + body)
            else:
                answer = await alice.api.ask(route.method, path, **cast(dict[str, Any], body))
            if answer.status >= 500:
                broken.append((route.method, path, body, answer.json))

    assert broken == []
    views = {route.handler for route in (*KNOWN, *OWN)}
    assert reading <= views and len(reading) > len(views) / 3 and spared > 50


HEADERS = (
    b"Authorization: Bearer \xff\xfe",
    b"Idempotency-Key: \xff\xfe",
    b"Idempotency-Key: " + b"a" * 300,
    b"Accept: \xff/\xfe;q=\xff",
    b"Accept-Language: \xff",
    b"If-None-Match: \xff",
)


async def test_no_bytes_in_a_header_break_an_address(alice: Alice) -> None:
    answers = []
    for header in HEADERS:
        for target in (b"GET /api/v1/declic/listings", b"POST /api/v1/declic/listings", b"POST /api/v1/statuses"):
            answers.append((header, target, await send_raw(alice, target, header)))

    assert [one for one in answers if one[2] >= 500] == []
    refused = {status for header, target, status in answers if header[:4] in {b"Auth", b"Idem"} and b"POST" in target}
    assert refused == {401, 422}


PARTS = (
    b"".join(b"H%d: x\r\n" % number for number in range(300)),
    b"X-Long: " + b"a" * 20_000 + b"\r\n",
    b'Content-Disposition: form-data; name="file"; filename="a\xff\x00.png"\r\n',
    b"no header at all\r\n",
)


async def test_headers_of_parts_that_are_none_are_an_error_of_the_client(alice: Alice) -> None:
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    for headers in PARTS:
        body = b'--x\r\nContent-Disposition: form-data; name="status"\r\n' + headers + b"\r\nabc\r\n--x--\r\n"
        for address in ("/api/v1/statuses", "/api/v2/media", "/oauth/token"):
            answer = await alice.api.ask("POST", address, data=body, headers=multipart)

            assert answer.status in {400, 422}, (address, headers[:40], answer)


async def test_a_form_has_so_many_parts_and_no_more_however_empty_they_are(alice: Alice) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="status"\r\n\r\n\r\n'

    answer = await alice.api.ask(
        "POST",
        "/api/v1/statuses",
        data=part * 5_000 + b"--x--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )

    assert (answer.status, answer.json["code"]) == (422, "form_unreadable")


async def send_raw(alice: Alice, target: bytes, header: bytes) -> int:
    """The status of a request whose header is written as it is; clients would not send it."""
    server = alice.api.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    body = b'{"kind": "offer", "mode": "gift", "title": "Tente", "status": "Bonjour"}'
    lines = [target + b" HTTP/1.1", b"Host: lomme.test", b"Connection: close", b"Content-Type: application/json"]
    lines += [b"Content-Length: %d" % len(body), header]
    if not header.startswith(b"Auth"):
        lines.append(f"Authorization: Bearer {alice.api.bearer}".encode())
    writer.write(b"\r\n".join([*lines, b"", body]))
    answer = await reader.read()
    writer.close()
    return int(answer.split()[1])
