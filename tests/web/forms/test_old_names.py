"""What pages of the release before send, and addresses of its time say, is still understood: the whole table."""

import re
from collections.abc import AsyncIterator
from typing import cast

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from models.settings import Site
from tests.web.small_app import prepare_templates
from web.forms.form import read_form
from web.forms.multipart import FileLimits
from web.forms.old_names import ACT, CODES, CODES_AT, FIELDS, NUMBERED, rename_code, rename_field
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message
from web.rendering.environments import FOLDER
from web.rendering.templating import TEMPLATES
from web.security import session

Client = TestClient[web.Request, web.Application]

NEW_CODES = {*CODES.values(), *CODES_AT.values()}


class StandIn:
    """As much of an instance as reading a form needs."""

    site = Site(url="http://lomme.test", host="lomme.test")


async def show_token(request: web.Request) -> web.Response:
    return web.Response(text=session.csrf_token(request))


async def show_form(request: web.Request) -> web.Response:
    form = await read_form(request, FileLimits(count=9, size=1000))
    return web.json_response([*form.values.items(), *((one.field, one.filename) for one in form.uploads)])


async def show_notice(request: web.Request) -> web.Response:
    return web.Response(text=find_flash_message(request, {code: f"<{code}>" for code in NEW_CODES}))


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application(middlewares=[session.session_middleware])
    app[INSTANCE], app[TEMPLATES] = cast(Instance, StandIn()), prepare_templates(("fr", "en"))
    app.add_routes([web.get("/", show_token), web.post("/{path:.*}", show_form), web.get("/{path:.+}", show_notice)])
    async with TestClient(TestServer(app)) as client:
        yield client


async def send(client: Client, path: str, typed: list[tuple[str, str]], *, parts: bool) -> list[list[str]]:
    pairs = [("csrf_token", await (await client.get("/")).text()), *typed]
    data = FormData(default_to_multipart=parts)
    for name, value in pairs:
        data.add_field(name, value)
    answer = await client.post(path, data=data)
    return cast(list[list[str]], await answer.json())[1:]


@pytest.mark.parametrize("parts", [False, True], ids=["plain", "with files"])
async def test_fields_of_yesterday_arrive_under_their_names_of_today(client: Client, parts: bool) -> None:
    old = [*FIELDS, *(f"{beginning}{number}" for beginning in NUMBERED for number in (0, 12))]
    new = [*FIELDS.values(), *(f"{beginning}{number}" for beginning in NUMBERED.values() for number in (0, 12))]

    found = await send(client, "/publier", [(name, "Tente") for name in old], parts=parts)

    assert found == [[name, "Tente"] for name in new]


@pytest.mark.parametrize("parts", [False, True], ids=["plain", "with files"])
async def test_what_shall_be_done_is_understood_by_its_word_of_yesterday(client: Client, parts: bool) -> None:
    sent = await send(client, "/publier", [("geste", code) for code in CODES], parts=parts)
    elsewhere = [await send(client, path, [("geste", code)], parts=parts) for path, code in CODES_AT]

    assert sent == [[ACT, code] for code in CODES.values()]
    assert elsewhere == [[[ACT, code]] for code in CODES_AT.values()]


async def test_a_file_comes_under_the_name_of_today(client: Client) -> None:
    data = FormData({"csrf_token": await (await client.get("/")).text()})
    data.add_field("fichier", b"henin.test", filename="liste.csv")

    answer = await client.post("/coop/serveurs/liste/apercu", data=data)

    assert (await answer.json())[1:] == [["file", "liste.csv"]]


async def test_words_in_other_fields_stay_as_they_are(client: Client) -> None:
    typed = [("titre", "geste"), ("message", "retirer"), ("reponse", "oui"), ("jour_", "x"), ("jour_a", "x")]

    found = await send(client, "/publier", typed, parts=False)

    assert found == [["title", "geste"], ["message", "retirer"], ["answer", "oui"], ["jour_", "x"], ["jour_a", "x"]]


async def test_each_notice_of_yesterday_is_still_said(client: Client) -> None:
    old = [*(("/compte", code) for code in CODES), *CODES_AT]

    said = [await (await client.get(f"{path}?fait={code}")).text() for path, code in old]
    new = [await (await client.get(f"/compte?fait={code}")).text() for code in NEW_CODES]

    assert said == [f"<{code}>" for code in (*CODES.values(), *CODES_AT.values())]
    assert new == [f"<{code}>" for code in NEW_CODES]


def test_a_name_of_today_means_itself() -> None:
    assert [name for name in (*FIELDS.values(), *NUMBERED.values()) if rename_field(f"{name}") != name] == []
    assert [rename_field(f"{beginning}3") for beginning in NUMBERED.values()] == [f"{x}3" for x in NUMBERED.values()]
    assert [code for code in NEW_CODES if rename_code(code, "/coop/serveurs") != code] == []


def test_no_form_of_ours_has_a_name_of_yesterday_and_every_name_of_today_stands_in_one() -> None:
    searches = r'<form\b(?![^>]*method="post")[^>]*>.*?</form>'  # their fields are parameters of addresses
    named = r'(?:name="|\b(?:field|textarea|select|choices|checkbox|radio)\(\s*")([a-z_-]+)"|name=\'([a-z_-]+)\''
    pages = [re.sub(searches, "", path.read_text(), flags=re.DOTALL) for path in FOLDER.rglob("*.html")]
    found = {name for page in pages for pair in re.findall(named, page) for name in pair if name}
    code = "".join(path.read_text() for path in (FOLDER.parent / "pages").rglob("*.py"))

    assert {name for name in found if name in FIELDS} == set()
    assert {name for name in FIELDS.values() if name not in found and f'"{name}"' not in code} == set()


def test_refusals_name_fields_as_they_are_called_today() -> None:
    root = FOLDER.parents[1]
    modules = [path for folder in ("models", "federation", "outbox", "inbox") for path in (root / folder).rglob("*.py")]
    named = {name for path in modules for name in re.findall(r'field="([a-z_-]+)"', path.read_text())}

    assert "thanks" in named
    assert named & FIELDS.keys() == {"comment"}, "which is what an app calls the words of a report, and a note"
