"""The recorded requests leave no address out, and what is taken for no difference is only what it says."""

import ast
import importlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from models.ids import make_id
from tests.recorded.browser import Answer, fill
from tests.recorded.normalize import ANYWHERE, Normalizer, join_lines
from tests.recorded.script import NAMED, read_script
from tests.samples.databases.leaving import STOP
from tests.samples.databases.restoring import list_samples, load_sample
from web.activitypub.routes import ROUTES as ACTIVITYPUB
from web.api.routes import ROUTES as API
from web.api.routes import WITH_SLASH
from web.pages.routes import ROUTES as PAGES

UUID = "11111111-1111-4111-8111-111111111111"

NEVER = {"/api/v1/streaming/{stream:[a-z/]+}", "/static/{name:.+}", "/sources"}
"""Streams end never, and what is static is compared by its name on each page."""

OLD = "4770487937204515185 b6e38b1c-8bbc-4f6f-b691-28df959b8d83"


@pytest.fixture
def normalizer() -> Normalizer:
    """Of a run that began a minute ago."""
    return Normalizer(started=datetime.now(UTC) - timedelta(minutes=1), old=OLD, words={ANYWHERE: {"pile": "stack"}})


def stand_in(name: str) -> str:
    """Something of the kind that a name of the list stands for."""
    kept = load_sample(list_samples()[-1]).kept
    known = {"new_page": f"/annonces/{UUID}", "new_thread": "/echanges/1", "group_key": "mention-1"}
    known |= {f"link_{kind}": path for kind, path in kept["links"].items()}
    known |= {f"thread_{number}": path for number, path in enumerate(kept["threads"])}
    known |= {f"{one}_path": urlsplit(kept[one]).path for one in ("listing", "note", "maryse")}
    return str(known.get(name) or kept.get(name) or (UUID if name.endswith("_uuid") else "1"))


def test_every_address_that_is_read_is_asked_for() -> None:
    names = {match for one in read_script().requests for match in NAMED.findall(one.address)}
    values = {name: stand_in(name) for name in names}
    asked = [
        NAMED.sub(lambda found: values[found[1]], one.address).partition("?")[0]
        for one in read_script().requests
        if one.method == "GET"
    ]
    twice = {id(route) for route in WITH_SLASH}
    routes = [one for one in (*PAGES, *API, *ACTIVITYPUB) if one.method == "GET" and id(one) not in twice]

    missed = {route.path for route in routes if not any(map(pattern_of(route).fullmatch, asked))}

    assert len(routes) > 150
    assert not missed - NEVER


def pattern_of(route: web.RouteDef) -> re.Pattern[str]:
    """The paths that lead to this route."""
    [registered] = route.register(web.UrlDispatcher())
    assert registered.resource is not None
    info = registered.resource.get_info()
    return info.get("pattern") or re.compile(re.escape(info["path"]))


def test_the_list_has_what_was_asked_of_it() -> None:
    requests = read_script().requests

    assert len(requests) >= 200
    assert {"GET", "POST", "PUT", "DELETE"} <= {one.method for one in requests}
    assert {"visitor", "maryse", "nadia", "app", "emile", "server"} <= {one.role for one in requests}
    assert read_script().work > 200


def test_what_was_there_before_is_compared_as_it_stands(normalizer: Normalizer) -> None:
    text = f"{OLD} 2026-11-20T08:00:00Z"

    assert normalizer.clean(text) == text


def test_what_is_new_is_told_by_its_order_and_nothing_else(normalizer: Normalizer) -> None:
    first, second = make_id(), make_id()

    assert normalizer.clean(f"{first} {second} {first} {UUID}") == "<id 1> <id 2> <id 1> <uuid 3>"


def test_moments_of_the_run_are_now_and_those_of_another_day_are_not(normalizer: Normalizer) -> None:
    now, later = datetime.now(UTC), datetime.now(UTC) + timedelta(hours=72)
    odd = now + timedelta(hours=2, minutes=30)

    assert normalizer.clean(now.isoformat()) == "<now>"
    assert normalizer.clean(later.isoformat()) == "<now + 72 h>"
    assert normalizer.clean(odd.isoformat()) == odd.isoformat()


def test_a_secret_of_this_run_is_one_wherever_it_stands(normalizer: Normalizer) -> None:
    cleaned = normalizer.clean('{"client_id":"drawn-by-lot","name":"Ivory"}'), normalizer.clean("?client=drawn-by-lot")

    assert cleaned == ('{"client_id":"<secret>","name":"Ivory"}', "?client=<secret>")


def test_renamed_words_are_the_same_only_as_whole_words(normalizer: Normalizer) -> None:
    assert normalizer.clean('class="pile empile pile-2"') == 'class="stack empile pile-2"'


def test_renamed_words_are_the_same_only_where_they_were_renamed(normalizer: Normalizer) -> None:
    normalizer.words = {r'class="[^"]*"': {"pile": "stack", "stack": "heap"}}

    assert normalizer.clean('<p class="pile stack" id="pile">pile') == '<p class="stack heap" id="pile">pile'


def test_lines_of_pages_end_where_they_like_only_where_a_browser_takes_them_for_spaces() -> None:
    page = '<p\n  class="a\n  b"\n>Bon\n jour</p\n>{}<img\n  src="x"\n/>'

    joined = join_lines(page.format("<pre>a\n b</pre>\n"))

    assert joined == '<p class="a b">Bon jour</p><pre>a\n b</pre> <img src="x"/>'
    assert join_lines("<p>a</p><p>b</p>") == join_lines("<p>\n a</p>\n\n<p>b\n</p>")
    assert join_lines("<b>a</b><b>b</b>") != join_lines("<b>a</b>\n<b>b</b>")


def test_a_page_in_other_lines_is_the_same_only_where_lines_may_be_others(normalizer: Normalizer) -> None:
    headers = [("Content-Type", "text/html"), ("Content-Length", "9")]
    page, broken = (
        Answer(status=200, headers=headers, body=b"<a b><i>"),
        Answer(status=200, headers=[headers[0], ("Content-Length", "10")], body=b"<a\n  b><i>"),
    )
    strict = normalizer.show(page), normalizer.show(broken)
    normalizer.lines = normalizer.rewritten = True

    assert strict[0] != strict[1]
    assert normalizer.show(page) == normalizer.show(broken)


@pytest.mark.parametrize("change", [{"status": 404}, {"body": b"Bonsoir"}, {"headers": [("Vary", "Cookie")]}])
def test_another_status_body_or_header_is_a_difference(normalizer: Normalizer, change: dict[str, object]) -> None:
    plain = {"status": 200, "headers": [("Content-Type", "text/html"), ("Date", "Fri")], "body": b"Bonjour"}
    before, after = Answer(**plain), Answer(**plain | change)  # type: ignore[arg-type]  # fields of several types by name

    assert normalizer.show(before) != normalizer.show(after)


def test_the_hour_of_the_answer_is_no_difference(normalizer: Normalizer) -> None:
    early, late = (Answer(status=200, headers=[("Date", day)], body=b"Bonjour") for day in ("Fri", "Sat"))

    assert normalizer.show(early) == normalizer.show(late)


def test_a_form_is_sent_as_it_stands_but_for_what_is_changed() -> None:
    page = (
        b'<form action="/a#b"><input name="act" value="no"><input name="x" value="1"></form>'
        b'<form action="/a"><input name="act" value="yes"><input name="y" value="2"></form>'
    )
    answer = Answer(status=200, headers=[], body=page)

    assert fill(answer, "/a", {"act": "yes"}) == [("y", "2"), ("act", "yes")]
    with pytest.raises(LookupError, match="/nowhere"):
        fill(answer, "/nowhere", {})


def test_a_form_of_an_earlier_version_is_sent_by_the_names_that_it_has() -> None:
    page = (
        b'<form action="/a"><input name="geste" type="hidden" value="fermer"><input name="titre" value="x"></form>'
        b'<form action="/a"><input name="geste" type="hidden" value="ouvert"><input name="titre" value="x"></form>'
    )
    answer = Answer(status=200, headers=[], body=page)

    sent = fill(answer, "/a", {"act": "opened", "title": "Tente", "message": "oui"})

    assert sent == [("geste", "ouvert"), ("titre", "Tente"), ("message", "oui")]
    assert ("geste", "annule") in fill(answer, "/a", {"act": "cancelled"})


def test_what_signs_a_link_of_a_sample_finds_the_functions_of_this_version() -> None:
    [tried] = [node for node in ast.parse(STOP).body if isinstance(node, ast.Try)]
    imports = [node for node in tried.body if isinstance(node, ast.ImportFrom)]

    missing = [
        f"{node.module}.{name.name}"
        for node in imports
        for name in node.names
        if not hasattr(importlib.import_module(str(node.module)), name.name)
    ]

    assert (len(imports), missing) == (3, [])


def test_every_sample_has_its_dump_and_no_name_of_the_machine_that_made_it() -> None:
    for name in list_samples():
        sample = load_sample(name)

        assert "CREATE TABLE public.account" in sample.dump
        assert not re.search(r"/(tmp|work|root|home)/", sample.dump)
        assert Path(sample.kept["url"]).name == "localhost:8001"
