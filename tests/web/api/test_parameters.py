"""One value, whichever encoding a client chose."""

from typing import Any

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from models.errors import DeclicError, Invalid
from web.api.parameters import Parameters, read_id, read_parameters
from web.rendering.error_messages.lookup import SENTENCES


async def echo(request: web.Request) -> web.Response:
    try:
        parameters = await read_parameters(request, file_limit=1000 if request.path == "/files" else 0)
    except DeclicError as error:
        return web.json_response({"error": str(error)}, status=error.status)
    return web.json_response(
        {
            "values": {name: list(found) for name, found in parameters.values.items()},
            "uploads": {name: [upload.filename, len(upload.body)] for name, upload in parameters.uploads.items()},
        }
    )


async def send(path: str = "/", **request: Any) -> tuple[int, Any]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", echo)
    async with TestClient(TestServer(app)) as client, client.post(path, **request) as response:
        return response.status, await response.json() if response.content_type == "application/json" else None


def multipart(pairs: list[tuple[str, str]]) -> FormData:
    form = FormData(default_to_multipart=True)
    for name, value in pairs:
        form.add_field(name, value)
    return form


PAIRS = [
    ("status", "Bonjour é"),
    ("media_ids[]", "1"),
    ("media_ids[]", "2"),
    ("poll[options][]", "a"),
    ("poll[x]", "1"),
]

SAME = [
    {"data": PAIRS},
    {"data": multipart(PAIRS)},
    {"json": {"status": "Bonjour é", "media_ids": ["1", "2"], "poll": {"options": ["a"], "x": 1}}},
    {"json": {"status": "Bonjour é", "media_ids[]": [1, 2], "poll": {"options": ["a"], "x": "1"}, "gone": None}},
    {"data": [*PAIRS[:1], ("media_ids", "1"), ("media_ids", "2"), ("poll[options][0]", "a"), ("poll[x]", "1")]},
]


@pytest.mark.parametrize("request_", SAME)
async def test_json_forms_and_multipart_are_read_alike(request_: dict[str, Any]) -> None:
    status, answer = await send(**request_)

    assert status == 200
    assert answer["values"] == {
        "status": ["Bonjour é"],
        "media_ids": ["1", "2"],
        "poll[options]": ["a"],
        "poll[x]": ["1"],
    }


async def test_address_and_body_count_together() -> None:
    _, answer = await send("/?limit=5", data={"q": "x"})

    assert answer["values"] == {"limit": ["5"], "q": ["x"]}


async def test_files_come_only_where_they_are_expected_and_no_heavier() -> None:
    def form(size: int) -> FormData:
        data = FormData()
        data.add_field("description", "Une tente")
        data.add_field("file", b"x" * size, filename="tente.jpg")
        return data

    expected = await send("/files", data=form(1000))
    heavy = await send("/files", data=form(1001))
    unexpected = await send("/", data=form(10))

    assert expected == (200, {"values": {"description": ["Une tente"]}, "uploads": {"file": ["tente.jpg", 1000]}})
    assert heavy[0] == 413
    assert unexpected[0] == 422


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ("3", "application/json"),
        ("[" * 100_000, "application/json"),
        ('{"a":' * 20 + "1" + "}" * 20, "application/json"),
        (b"a=\xff", "application/x-www-form-urlencoded"),
        ("&".join(f"f{n}=1" for n in range(600)), "application/x-www-form-urlencoded"),
        ("<xml/>", "text/xml"),
        ("nothing", "multipart/form-data"),
        ("nothing", "multipart/form-data; boundary=x"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_a_code(body: Any, kind: str) -> None:
    status, answer = await send(data=body, headers={"Content-Type": kind})

    assert status == 422
    assert answer["error"] in SENTENCES, "a code, which the edge says"


async def test_too_long_a_body_is_not_read_to_its_end() -> None:
    for request in ({"data": {"status": "x" * 300_000}}, {"data": multipart([("status", "x" * 300_000)])}):
        status, _ = await send(**request)

        assert status == 413


def make(**values: Any) -> Parameters:
    return Parameters(values={name: tuple(found) for name, found in values.items()})


@pytest.mark.parametrize(
    ("written", "meant"), [("true", True), ("1", True), ("on", True), ("0", False), ("off", False)]
)
def test_booleans_as_clients_write_them(written: str, meant: bool) -> None:
    assert make(local=[written]).flag("local") is meant


def test_absent_and_empty_values_take_the_default() -> None:
    nothing = make(limit=[""], max_id=[""], q=["\x00a\x07"])

    assert nothing.whole("limit", 20, most=40) == 20
    assert nothing.id("max_id") is None
    assert nothing.flag("reblogs", True) is True
    assert nothing.text("q") == "a"
    assert nothing.ids("id") == []


def test_numbers_are_brought_within_their_bounds_and_ids_must_be_ids() -> None:
    given = make(limit=["99999"], low=["-4"], id=["12", "x", "12", "9223372036854775807", "007"])

    assert given.whole("limit", 20, most=40) == 40
    assert given.whole("low", 20, least=1, most=40) == 1
    assert given.ids("id") == [12, 7]
    with pytest.raises(Invalid):
        make(limit=["many"]).whole("limit", 1, most=2)
    with pytest.raises(Invalid):
        make(max_id=["x"]).id("max_id")
    with pytest.raises(Invalid):
        make(max_id=["9" * 30]).id("max_id")
    with pytest.raises(Invalid):
        make(local=["perhaps"]).flag("local")


@pytest.mark.parametrize("text", ["", "-1", "1.0", "٣", "9223372036854775808", "1" * 40])
def test_ids_that_the_database_cannot_hold_are_none(text: str) -> None:
    assert read_id(text) is None
