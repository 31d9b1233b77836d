"""Forms with files: how many, how heavy, how much text, how many fields, in pages and in the API."""

import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData, web

from federation.media_store import FolderStore
from models.store.database import Pool
from tests.web.small_app import Client, make_instance, serving
from web.api import parameters
from web.forms import form as forms
from web.forms.form import read_form
from web.forms.multipart import PART_LIMIT, TEXT_LIMIT, FileLimits

PHOTOS = FileLimits(count=2, size=1000)

BIG = 3_000_000


@pytest.fixture
async def client(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """A page that takes two photos, and the API with files in memory, in a spool and not at all."""
    monkeypatch.setattr(forms, "require_csrf", lambda request, token: None)
    store = FolderStore(tmp_path / "media")

    async def take_form(request: web.Request) -> web.Response:
        form = await read_form(request, PHOTOS)
        files = [[one.filename, len(one.body)] for one in form.uploads]
        return web.json_response({"fields": len(form.values), "files": files, "errors": form.errors})

    async def take(request: web.Request) -> web.Response:
        limit = int(request.query["limit"])
        async with store.open_spool() as spool:
            read = await parameters.read_parameters(
                request, file_limit=limit, spool=spool if request.query["into"] == "spool" else None
            )
            files = {
                name: [one.filename, one.content_type, len(one.path.read_bytes() if one.path else one.body)]
                for name, one in read.uploads.items()
            }
        return web.json_response({"fields": len(read.values), "files": files})

    async def spool_form(request: web.Request) -> web.Response:
        async with store.open_spool() as spool:
            form = await read_form(request, replace(PHOTOS, count=5, size=BIG).into(spool))
            files = [[one.filename, len(one.body), one.path.stat().st_size if one.path else 0] for one in form.uploads]
        left = [str(one) for one in (tmp_path / "media").rglob("*") if one.is_file()]
        return web.json_response({"files": files, "errors": form.errors, "left": left})

    views = [web.post("/formulaire", take_form), web.post("/fichiers", spool_form), web.post("/api/v1/x", take)]
    async with serving(make_instance(pool), views) as client:
        yield client


def make_data(texts: dict[str, str] | None = None, **files: bytes) -> FormData:
    data = FormData(default_to_multipart=True)
    for name, text in (texts or {}).items():
        data.add_field(name, text)
    for name, body in files.items():
        data.add_field(name, body, filename=f"{name}.jpg", content_type="image/jpeg")
    return data


def name_fields(number: int) -> dict[str, str]:
    return {f"f{one}": "" for one in range(number)}


async def ask(client: Client, path: str, data: FormData) -> tuple[int, Any]:
    answer = await client.post(path, data=data, headers={"Accept": "application/json"})
    return answer.status, await answer.json()


def api(limit: int = 1000, into: str = "memory") -> str:
    return f"/api/v1/x?limit={limit}&into={into}"


@pytest.mark.parametrize("into", ["memory", "spool"])
async def test_the_api_takes_a_file_of_its_limit_and_refuses_the_next_byte(client: Client, into: str) -> None:
    whole = await ask(client, api(into=into), make_data(file=b"x" * 1000))
    over = await ask(client, api(into=into), make_data(file=b"x" * 1001))

    assert whole == (200, {"fields": 2, "files": {"file": ["file.jpg", "image/jpeg", 1000]}})
    assert (over[0], over[1]["code"]) == (413, "content_too_large")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (make_data(file=b"a", thumbnail=b"b"), 200),
        (make_data(file=b"a", thumbnail=b"b", third=b"c"), 422),
    ],
)
async def test_the_api_takes_two_files_and_no_third(client: Client, data: FormData, status: int) -> None:
    assert (await ask(client, api(), data))[0] == status


async def test_the_api_takes_no_two_files_of_one_name_and_none_where_none_is_expected(client: Client) -> None:
    twice = make_data(file=b"a")
    twice.add_field("file", b"b", filename="b.jpg")

    for path, data in ((api(), twice), (api(limit=0), make_data(file=b"a"))):
        status, told = await ask(client, path, data)
        assert (status, told["code"], told["field"]) == (422, "file_unexpected", "file")


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [(498, 200, None), (499, 422, "too_many_fields"), (1000, 422, "too_many_fields"), (1001, 422, "form_unreadable")],
)
async def test_the_api_takes_five_hundred_fields_those_of_the_address_included(
    client: Client, number: int, status: int, code: str | None
) -> None:
    found, told = await ask(client, api(), make_data(name_fields(number)))

    assert (found, told.get("code")) == (status, code)


@pytest.mark.parametrize(("number", "status"), [(300, 200), (301, 413)])
async def test_a_page_takes_three_hundred_fields(client: Client, number: int, status: int) -> None:
    assert (await client.post("/formulaire", data=make_data(name_fields(number)))).status == min(status, 422)


@pytest.mark.parametrize(("number", "status"), [(PART_LIMIT, 200), (PART_LIMIT + 1, 422)])
async def test_a_page_takes_so_many_parts_though_those_that_are_empty_count_for_no_bytes(
    client: Client, number: int, status: int
) -> None:
    data = FormData(default_to_multipart=True)
    for _ in range(number):
        data.add_field("photos", b"", filename="vide.jpg", content_type="image/jpeg")

    assert (await client.post("/formulaire", data=data)).status == status


@pytest.mark.parametrize("path", ["/formulaire", api()])
async def test_so_much_text_and_no_byte_more_in_all_fields_together(client: Client, path: str) -> None:
    half = "x" * (TEXT_LIMIT // 2)

    whole = await ask(client, path, make_data({"a": half, "b": half}))
    over = await ask(client, path, make_data({"a": half, "b": f"{half}x"}))

    assert (whole[0], over[0]) == (200, 413)


async def test_a_page_names_the_file_that_is_too_heavy_and_the_one_too_many_and_keeps_the_others(
    client: Client,
) -> None:
    _, told = await ask(client, "/formulaire", make_data(a=b"x" * 1000, b=b"x" * 1001, c=b"x", d=b"x"))

    assert told["files"] == [["a.jpg", 1000], ["c.jpg", 1]]
    assert set(told["errors"]) == {"b", "d"} and "d.jpg" in told["errors"]["d"]


async def test_a_page_listens_to_twice_what_it_takes_and_then_no_more(client: Client) -> None:
    most = 2 * 2 * 1000 + TEXT_LIMIT

    listened = await ask(client, "/formulaire", make_data(a=b"x" * most))
    cut_off = await ask(client, "/formulaire", make_data(a=b"x" * (most + 1)))

    assert (PHOTOS.total, listened[0], cut_off[0]) == (most, 200, 413)


async def test_a_text_that_is_none_is_refused_by_the_api(client: Client) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\xfe\r\n--x--\r\n'

    answer = await client.post(api(), data=body, headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert (answer.status, (await answer.json())["code"]) == (422, "form_unreadable")


async def test_files_of_a_form_go_through_a_spool_and_memory_holds_none_of_them(client: Client) -> None:
    body = b"a" * BIG
    data = make_data({"title": "Tente"}, **dict.fromkeys(("one", "two", "three", "four", "five", "six"), body))
    tracemalloc.start()

    answer = await client.post("/fichiers", data=data)
    said = await answer.json()

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    names = ("one", "two", "three", "four", "five")
    assert said["files"] == [[f"{name}.jpg", 0, BIG] for name in names] and said["left"] == []
    assert "« six.jpg » est de trop" in said["errors"]["six"].replace("\u202f", " ")
    assert peak < 2.5 * BIG, "of six, one or two pieces on their way, which is the sender’s"


async def test_a_file_that_is_too_heavy_for_its_form_is_named_and_the_others_are_kept(client: Client) -> None:
    answer = await client.post("/fichiers", data=make_data(one=b"a" * (BIG + 1), two=b"b"))
    said = await answer.json()

    assert said["files"] == [["two.jpg", 0, 1]] and said["left"] == []
    assert "« one.jpg » est trop lourd" in said["errors"]["one"].replace("\u202f", " ")
