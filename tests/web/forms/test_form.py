"""Forms: bounded, ours, and kept as they were typed."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler
from multidict import MultiDict

from federation.instance import Instance
from models.errors import DeclicError
from models.settings import Site
from web.forms import form as forms
from web.forms.form import Form
from web.forms.multipart import FileLimits
from web.http.app_keys import INSTANCE
from web.rendering.templating import TEMPLATES, load_templates
from web.security import session

Client = TestClient[web.Request, web.Application]

PHOTOS = FileLimits(count=2, size=100_000)


def make_form(**typed: str) -> Form:
    return Form(MultiDict(typed), lambda sentence, /, **values: sentence % values if values else sentence)


def test_one_line_loses_its_useless_spaces_and_its_disguises() -> None:
    form = make_form(title="  Tente\u202e \x00 quatre\r\n  places\u200f ")

    assert form.text("title", limit=50) == "Tente quatre places\u200f"
    assert form.ok


def test_several_lines_keep_their_shape() -> None:
    form = make_form(text="Bonjour,  \r\n\r\n  une tente.\x00\r\n\r\n")

    assert form.lines("text", limit=50) == "Bonjour,\n\n  une tente."


def test_what_is_missing_or_too_long_is_said_at_its_field() -> None:
    form = make_form(title=" ", text="x" * 11, place="x" * 10, note="x" * 10)

    form.text("title", limit=10, missing="Donnez un titre.")
    form.lines("text", limit=10)
    assert (form.text("place", limit=10), form.lines("note", limit=10)) == ("x" * 10, "x" * 10)

    assert form.errors["title"] == "Donnez un titre."
    assert "11" in form.errors["text"] and "10" in form.errors["text"]
    assert form.typed("text") == "x" * 11 and form.errors.keys() == {"title", "text"}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Marie.Claude+coop@Exemple.FR ", "Marie.Claude+coop@exemple.fr"),
        ("marie@été.fr", "marie@xn--t-9fab.fr"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_is_understood(typed: str, address: str) -> None:
    form = make_form(email=typed)

    assert form.email("email") == address and form.ok


@pytest.mark.parametrize(
    "typed", ["marie", "@", "marie@", "@exemple.fr", "a b@exemple.fr", "a@b@c.fr", "a@ex..fr", "<a@b.fr>", "a,b@c.fr"]
)
def test_an_address_that_cannot_be_one_is_refused(typed: str) -> None:
    form = make_form(email=typed)

    form.email("email")

    assert "Exemple" in form.error("email")


def test_an_address_may_be_left_out_unless_it_is_needed() -> None:
    form = make_form(email="")

    assert form.email("email") == "" and form.ok
    form.email("email", missing="Donnez votre adresse.")
    assert form.error("email") == "Donnez votre adresse."


def test_a_choice_is_one_of_those_offered() -> None:
    form = make_form(mode="loan", colour="rose")

    assert form.choice("mode", ("gift", "loan"), missing="Choisissez.") == "loan"
    assert form.choice("colour", ("blue",), default="blue") == "blue"
    assert form.choice("kind", ("offer",), missing="Choisissez.") == ""
    assert form.errors == {"colour": "Ce choix n’existe pas.", "kind": "Choisissez."}


def test_boxes_are_read_in_the_order_of_the_page() -> None:
    form = Form(MultiDict([("mode", "loan"), ("mode", "gift"), ("mode", "theft"), ("locked", "1")]), make_form()._say)

    assert form.many("mode", ("gift", "loan", "swap")) == ("gift", "loan")
    assert form.flag("locked") and not form.flag("other")


# Posted forms ------------------------------------------------------------------------------------------------


class StandIn:
    """As much of an instance as a form of a stranger looks at."""

    site = Site(url="http://lomme.test", host="lomme.test", languages=("fr",))


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except DeclicError as error:
        return web.Response(status=error.status, text=str(error))


async def show_token(request: web.Request) -> web.Response:
    return web.Response(text=session.csrf_token(request))


async def post(request: web.Request) -> web.Response:
    form = await forms.read_form(request, PHOTOS if "photos" in request.query else None)
    files = [[upload.filename, upload.content_type, len(upload.body)] for upload in form.files("photo")]
    return web.json_response({"typed": dict(form.values), "files": files, "errors": form.errors})


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application(middlewares=[answer_errors, session.session_middleware])
    app[INSTANCE], app[TEMPLATES] = cast(Instance, StandIn()), load_templates(("fr",))
    app.add_routes([web.get("/", show_token), web.post("/", post)])
    async with TestClient(TestServer(app)) as client:
        yield client


async def typed(client: Client, **values: str) -> dict[str, str]:
    return {"csrf_token": await (await client.get("/")).text(), **values}


async def make_multipart(client: Client, *files: tuple[str, bytes]) -> FormData:
    data = FormData(await typed(client, title="Tente"), quote_fields=False)  # as browsers do
    for filename, body in files:
        data.add_field("photo", body, filename=filename, content_type="image/jpeg")
    return data


async def read(answer: Any) -> dict[str, Any]:
    assert answer.status == 200, await answer.text()
    return cast(dict[str, Any], await answer.json())


async def test_a_posted_form_is_read(client: Client) -> None:
    answer = await client.post("/", data=await typed(client, title="Vélo à réparer", empty=""))

    found = await read(answer)
    assert found["typed"]["title"] == "Vélo à réparer" and found["typed"]["empty"] == ""


async def test_a_form_without_a_token_is_refused(client: Client) -> None:
    answer = await client.post("/", data={"title": "Tente"})

    assert answer.status == 403


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"&".join(b"a=1" for _ in range(400))])
async def test_a_body_that_is_no_form_is_refused(client: Client, body: bytes) -> None:
    answer = await client.post("/", data=body, headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert answer.status == 422


async def test_an_endless_form_is_cut_off(client: Client) -> None:
    answer = await client.post("/", data=await typed(client, title="x" * 300_000))

    assert answer.status == 413


async def test_files_are_read_with_the_form(client: Client) -> None:
    data = await make_multipart(client, ("tente.jpg", b"x" * 50_000), ("", b""), ("vélo.jpg", b"y"))

    found = await read(await client.post("/?photos", data=data))

    assert found["files"] == [["tente.jpg", "image/jpeg", 50_000], ["vélo.jpg", "image/jpeg", 1]]
    assert found["typed"]["title"] == "Tente" and found["errors"] == {}


async def test_a_file_too_heavy_is_named_and_the_rest_is_kept(client: Client) -> None:
    data = await make_multipart(client, ("lourde.jpg", b"x" * 100_001), ("tente.jpg", b"y" * 100_000))

    found = await read(await client.post("/?photos", data=data))

    assert "lourde.jpg" in found["errors"]["photo"]
    assert found["files"] == [["tente.jpg", "image/jpeg", 100_000]] and found["typed"]["title"] == "Tente"


async def test_one_file_too_many_is_named(client: Client) -> None:
    data = await make_multipart(client, ("1.jpg", b"1"), ("2.jpg", b"2"), ("3.jpg", b"3"))

    found = await read(await client.post("/?photos", data=data))

    assert "3.jpg" in found["errors"]["photo"] and len(found["files"]) == 2


async def test_a_form_that_takes_no_files_keeps_none(client: Client) -> None:
    found = await read(await client.post("/", data=await make_multipart(client, ("tente.jpg", b"x" * 1000))))

    assert found["files"] == [] and "photo" in found["errors"]


async def test_far_too_much_is_cut_off(client: Client) -> None:
    answer = await client.post("/?photos", data=await make_multipart(client, ("a.jpg", b"x" * 2_000_000)))

    assert answer.status == 413


async def test_no_file_is_read_before_the_token(client: Client) -> None:
    data = FormData()
    data.add_field("photo", b"x" * 1000, filename="a.jpg", content_type="image/jpeg")
    for name, value in (await typed(client)).items():
        data.add_field(name, value)

    assert (await client.post("/?photos", data=data)).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing of the kind",
        b"--x\r\n\r\n",
        b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n",
        b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--\r\n--x--\r\n",
        b"--x\r\nContent-Disposition: form-data; name=a\r\nContent-Length: 99\r\n\r\nshort\r\n--x--\r\n",
    ],
)
async def test_broken_parts_are_refused_without_a_crash(client: Client, body: bytes) -> None:
    await typed(client)

    answer = await client.post("/?photos", data=body, headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert answer.status in {403, 422}


async def test_parts_without_a_boundary_are_refused(client: Client) -> None:
    answer = await client.post("/", data=b"x", headers={"Content-Type": "multipart/form-data"})

    assert answer.status in {403, 422}
