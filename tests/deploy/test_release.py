"""What is handed out is what was committed, the same each time, with what a release has to have."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from deploy.release.__main__ import SUMS, look_at_promises, open_to_all, sign, write_sums
from deploy.release.bill_of_materials import TAKEN_ALONG, build_bill, read_requirements
from deploy.release.licences import LICENCES, describe_licence
from deploy.release.promises import find_contact, find_public_key, list_missing, list_unsaid
from deploy.release.python_files import build_python_files
from deploy.release.source_tree import SourceTree, list_tags, list_uncommitted, unpack_commit
from deploy.release.vendored_files import EXACT, PUBLISHED
from web.server.sources import BESIDE

ROOT = Path(__file__).parents[2]

SCHEMAS = Path(__file__).with_name("cyclonedx-1.6.zip")
"""As published by CycloneDX, of its repository `specification`: of the bill, of licences and of signatures."""

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

BESIDE_OURS = {
    *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "PostgreSQL"),
    *("MPL-2.0", "GPL-2.0-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "AGPL-3.0-or-later"),
    *("CC0-1.0", "CC-BY-4.0", "etalab-2.0", "OFL-1.1", "W3C-20150513"),
}
"""Licences under which things may be handed out with a program under the AGPL 3: code, typefaces, data."""

HERE = SourceTree(folder=ROOT, version=VERSION, epoch=1_800_000_000)


@cache
def make_bill() -> dict[str, Any]:
    return build_bill(HERE, "ab" * 32)


def test_the_bill_of_materials_is_one() -> None:
    with zipfile.ZipFile(SCHEMAS) as archive:
        schemas = [json.loads(archive.read(name)) for name in archive.namelist()]
    registry = Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in schemas])
    [schema] = [one for one in schemas if one["$id"].endswith("/bom-1.6.schema.json")]

    validator = jsonschema.validators.validator_for(schema)(schema, registry=registry)

    assert [error.message for error in validator.iter_errors(make_bill())] == []
    assert next(validator.iter_errors(make_bill() | {"components": [{"name": "x"}]}), None) is not None


def test_the_bill_names_all_that_is_installed_with_the_sums_that_pip_allows() -> None:
    bill = make_bill()
    named = {one["name"]: one for one in bill["components"] if not one["bom-ref"].endswith("#vendored")}

    for file, scope in (("requirements.txt", "required"), ("requirements-postgres.txt", "optional")):
        for name, sums in read_requirements((ROOT / file).read_text()).items():
            told = {one["hashes"][0]["content"] for one in named[name]["externalReferences"]}
            assert (told, named[name]["scope"]) == (sums, scope), name
    refs = {one["bom-ref"] for one in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert {one["ref"] for one in bill["dependencies"]} <= refs
    assert {ref for one in bill["dependencies"] for ref in one["dependsOn"]} <= refs
    [own] = [one for one in bill["dependencies"] if one["ref"] == f"pkg:pypi/declic@{VERSION}"]
    direct = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {one.split("==")[0] for one in direct} <= {ref[9:].split("@")[0] for ref in own["dependsOn"]}
    assert len([one for one in refs if one.endswith("#vendored")]) == len(TAKEN_ALONG) + len(PUBLISHED)


def test_each_thing_in_the_bill_has_a_licence_that_goes_with_ours() -> None:
    parts = {
        part
        for one in make_bill()["components"]
        for told in one["licenses"]
        for part in re.findall(r"[\w.-]+", told.get("expression") or told["license"].get("id", ""))
    }

    assert parts - {"AND", "OR"} <= BESIDE_OURS
    named = {one["name"] for one in make_bill()["components"]}
    assert set(LICENCES) - named == set(), "of what is no longer installed"
    said = {name: find_expression(name) for name in LICENCES}
    assert {name: told for name, told in said.items() if told and told not in LICENCES[name]} == {}
    with pytest.raises(SystemExit, match="Nobody has read the licence of left-pad"):
        describe_licence("left-pad")


def find_expression(name: str) -> str:
    """What an installed package says in SPDX's words; not all do, and some are for other systems."""
    try:
        told = metadata(name).get_all("License-Expression") or [""]
    except PackageNotFoundError:
        return ""
    return str(told[0])


def test_files_of_others_in_the_wheel_are_in_the_bill() -> None:
    contexts = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / EXACT).iterdir())
    told = {prop["value"]: one for one in make_bill()["components"] for prop in one.get("properties", ())}

    assert set(contexts) < set(told) == set(PUBLISHED)
    for file, one in told.items():
        assert one["hashes"][0]["content"] == hashlib.sha256((ROOT / file).read_bytes()).hexdigest()


def test_all_that_names_the_version_names_the_same() -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    changes = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## (\S+)(?: \((.*)\))?$", changes, re.MULTILINE)
    released = [(version, date.fromisoformat(day)) for version, day in headings if version != "Next"]

    assert [one["version"] for one in packages if one["name"] == "declic"] == [VERSION]
    assert released[0][0] == VERSION, "what changed in this version stands first"
    assert released[0][1] <= datetime.now(UTC).date()
    assert released == sorted(released, key=lambda one: one[1], reverse=True)
    assert [version for version, _ in headings[1:] if version == "Next"] == []


def test_a_bill_of_another_lock_is_not_written(tmp_path: Path) -> None:
    for name in ("uv.lock", "requirements-postgres.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    text = (ROOT / "requirements.txt").read_text()
    first = text.partition("--hash=sha256:")[2][:64]
    (tmp_path / "requirements.txt").write_text(text.replace(first, "0" * 64))

    with pytest.raises(SystemExit, match="disagree about"):
        build_bill(SourceTree(folder=tmp_path, version=VERSION, epoch=0), "ab" * 32)


def write_tree(
    folder: Path,
    *,
    contact: str = "security@declic.example",
    heading: str = "9.9.9 (2026-12-01)",
    key: str = "RWQ1",
    locked: str = "9.9.9",
) -> SourceTree:
    (folder / "uv.lock").write_text(f'version = 1\n[[package]]\nname = "declic"\nversion = "{locked}"\n')
    said = f"# Security\n\nContact: {contact}\n\nWrite what you saw. `minisign -Vm SHA256SUMS -P {key}`\n"
    (folder / "SECURITY.md").write_text(said)
    (folder / "CHANGELOG.md").write_text(f"# What changed\n\n## {heading}\n")
    return SourceTree(folder=folder, version="9.9.9", epoch=0)


@pytest.mark.parametrize(
    ("change", "tags", "uncommitted", "sentence"),
    [
        ({"contact": ""}, ["v9.9.9"], [], "names nobody after `Contact:`"),
        ({"contact": "  "}, ["v9.9.9"], [], "names nobody after `Contact:`"),
        ({"contact": "Zoé <security@declic.example>"}, ["v9.9.9"], [], "one mail address alone"),
        ({"contact": "https://declic.example/"}, ["v9.9.9"], [], "one mail address alone"),
        ({"heading": "Next"}, ["v9.9.9"], [], "no heading `## 9.9.9"),
        ({"heading": "Next\n\n- A button.\n\n## 9.9.9 (2026-12-01)"}, ["v9.9.9"], [], "something under `## Next`"),
        ({"heading": "Next\n\n### Holes\n\n- One.\n\n## 9.9.9 (2026-12-01)"}, ["v9.9.9"], [], "under `## Next`"),
        ({"heading": "Next\n\n## 9.9.9 (2026-12-01)"}, ["v9.9.9"], [], None),
        ({"locked": "9.9.8"}, ["v9.9.9"], [], "uv.lock is of version 9.9.8"),
        ({"key": "PUBLIC-KEY"}, ["v9.9.9"], [], "still says PUBLIC-KEY"),
        ({"contact": "a@b.example\n\nIt is complete and not\nyet signed."}, ["v9.9.9"], [], "says that this version"),
        ({}, ["v9.9.8"], [], "no signed tag v9.9.9"),
        ({}, ["v9.9.9"], ["web/cli.py"], "Not committed, so not in it: web/cli.py"),
        ({}, ["v9.9.9"], [], None),
    ],
)
def test_a_release_has_what_a_release_needs(
    tmp_path: Path, change: dict[str, str], tags: list[str], uncommitted: list[str], sentence: str | None
) -> None:
    missing = list_missing(write_tree(tmp_path, **change), uncommitted=uncommitted, tags=tags)

    assert len(missing) == (0 if sentence is None else 1)
    assert sentence is None or sentence in missing[0]


@pytest.mark.parametrize(
    ("key", "address", "sentence"),
    [
        (None, "https://declic.example/9", "No key is given"),
        (Path("declic.key"), None, "ADDRESS="),
        (Path("declic.key"), "declic.example", "ADDRESS="),
        (Path("declic.key"), "https://declic.example/9", None),
    ],
)
def test_a_release_is_signed_and_has_its_place(key: Path | None, address: str | None, sentence: str | None) -> None:
    unsaid = list_unsaid(key=key, address=address)

    assert len(unsaid) == (0 if sentence is None else 1)
    assert sentence is None or sentence in unsaid[0]


def test_what_is_no_release_is_refused_or_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = write_tree(tmp_path, contact="")

    look_at_promises(tree, release=False, unsaid=[])
    assert "SECURITY.md names nobody" in (said := capsys.readouterr().err) and "no release" in said
    with pytest.raises(SystemExit, match="This is no release"):
        look_at_promises(tree, release=True, unsaid=["No key is given."])
    assert "No key is given." in capsys.readouterr().err


def test_the_sums_are_what_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "declic-1.whl").write_bytes(b"a wheel")
    (tmp_path / "install.sh").write_bytes(b"a script")

    write_sums(tmp_path)

    checked = subprocess.run(["sha256sum", "-c", "--strict", SUMS], cwd=tmp_path, capture_output=True, check=False)
    assert checked.returncode == 0 and checked.stdout.count(b": OK") == 2
    (tmp_path / "install.sh").write_bytes(b"another")
    assert subprocess.run(["sha256sum", "-c", SUMS], cwd=tmp_path, capture_output=True, check=False).returncode == 1


def test_whoever_serves_a_release_can_read_it(tmp_path: Path) -> None:
    for name in ("install.sh", SUMS):
        (tmp_path / name).touch(mode=0o600)

    open_to_all(tmp_path)

    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {"install.sh": 0o755, SUMS: 0o644}


def test_the_sums_of_what_was_fetched_are_checked_as_security_says(tmp_path: Path) -> None:
    """Nobody fetches all files of a release."""
    for name in ("declic-1.whl", "install.sh"):
        (tmp_path / name).write_text(name)
    write_sums(tmp_path)
    (tmp_path / "declic-1.whl").unlink()
    [command] = re.findall(r"`(sha256sum [^`]*)`", (ROOT / "SECURITY.md").read_text())

    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "install.sh").write_text("another")
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode == 1
    assert f"`{SUMS}.minisig`" in (ROOT / "deploy/README.md").read_text()


def test_security_says_that_nothing_is_signed_as_long_as_nothing_is() -> None:
    promised = bool(find_contact(ROOT)) and find_public_key(ROOT) is not None

    assert ("not yet signed" in (ROOT / "SECURITY.md").read_text()) is not promised


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not on this machine (Debian: minisign)")
def test_the_sums_are_signed_by_the_key_that_is_given(tmp_path: Path) -> None:
    key, public, sums = tmp_path / "declic.key", tmp_path / "declic.pub", tmp_path / SUMS
    subprocess.run(["minisign", "-GW", "-p", str(public), "-s", str(key)], check=True, stdout=subprocess.DEVNULL)
    sums.write_text("a sum  a file\n")

    sign(sums, key, public=public.read_text().split()[-1])

    verify = ["minisign", "-Vqm", str(sums), "-p", str(public)]
    assert subprocess.run(verify, check=False).returncode == 0
    sums.write_text("another sum  a file\n")
    assert subprocess.run(verify, capture_output=True, check=False).returncode != 0


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not on this machine (Debian: minisign)")
def test_what_another_key_signed_is_not_released(tmp_path: Path) -> None:
    for name in ("one", "other"):
        pair = ["-p", str(tmp_path / f"{name}.pub"), "-s", str(tmp_path / f"{name}.key")]
        subprocess.run(["minisign", "-GW", *pair], check=True, stdout=subprocess.DEVNULL)
    (tmp_path / SUMS).write_text("a sum  a file\n")
    public = (tmp_path / "other.pub").read_text().split()[-1]
    (tmp_path / "SECURITY.md").write_text(f"`minisign -Vm SHA256SUMS -P {public}`")

    with pytest.raises(SystemExit, match="not the key whose public half stands in SECURITY"):
        sign(tmp_path / SUMS, tmp_path / "one.key", public=find_public_key(tmp_path))

    assert not (tmp_path / f"{SUMS}.minisig").exists()


def make_repository(folder: Path) -> Path:
    """A small project that is built as ours is, with its one commit."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    backend = project["build-system"]["requires"][0]
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "__init__.py").write_text('"""Models."""\n')
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "declic"\nversion = "9.9.9"\nrequires-python = ">=3.11"\n'
        f'[build-system]\nrequires = ["{backend}"]\n'
        'build-backend = "hatchling.build"\n[tool.hatch.build.targets.wheel]\npackages = ["models"]\n'
    )
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.example"}
    identity |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.example"}
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--no-gpg-sign", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True, env=os.environ | identity)
    return folder


def test_only_what_is_committed_is_built_and_the_same_each_time(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "project")
    (repository / "models" / "secret.py").write_text("KEY = 1\n")
    for name in ("first", "again", "out"):
        (tmp_path / name).mkdir()

    trees = [unpack_commit(tmp_path / name, repository) for name in ("first", "again")]
    wheel, source = build_python_files(trees[0], tmp_path / "out")
    before = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (wheel, source)]
    after = [path.read_bytes() for path in build_python_files(trees[1], tmp_path / "out")]

    assert before == [hashlib.sha256(body).hexdigest() for body in after]
    assert list_uncommitted(repository) == ["models/secret.py"]
    with zipfile.ZipFile(io.BytesIO(after[0])) as archive:
        assert "models/__init__.py" in archive.namelist() and "models/secret.py" not in archive.namelist()


def test_only_a_tag_that_somebody_signed_makes_a_release(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "project")

    def ask_git(*arguments: str, given: str = "") -> str:
        told = subprocess.run(
            ["git", *arguments], cwd=repository, input=given, capture_output=True, check=True, text=True
        )
        return told.stdout.strip()

    head = ask_git("rev-parse", "HEAD")
    text = f"object {head}\ntype commit\ntag v9.9.9\ntagger a <a@b.example> 0 +0000\n\nNine\n"
    signature = "-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\n"
    signed = ask_git("hash-object", "-t", "tag", "-w", "--stdin", given=text + signature)
    ask_git("tag", "v9.9.8")
    ask_git("update-ref", "refs/tags/v9.9.7", ask_git("hash-object", "-t", "tag", "-w", "--stdin", given=text))
    ask_git("update-ref", "refs/tags/v9.9.9", signed)

    assert list_tags(repository) == ["v9.9.9"]


def test_ends_of_lines_are_those_that_were_committed(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "project")
    for said in (["core.autocrlf", "true"], ["core.eol", "crlf"]):
        subprocess.run(["git", "config", *said], cwd=repository, check=True)

    unpack_commit(tmp_path / "out", repository)

    assert b"\r" not in (tmp_path / "out" / "pyproject.toml").read_bytes()


def test_a_wheel_brings_what_installing_it_takes() -> None:
    """`install.sh` and the packages take their units, settings and requirements out of it."""
    included = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "force-include"
    ]

    assert [name for name in included if not (ROOT / name).exists()] == []
    assert all(place == f"web/project/{name}" for name, place in included.items())
    files = {
        path for name in included for path in ((ROOT / name).rglob("*") if (ROOT / name).is_dir() else [ROOT / name])
    }
    assert {path.relative_to(ROOT).as_posix() for path in files} == set(BESIDE), "what /sources serves is whole"
    read = set(re.findall(r"web/project/([\w./-]+)", (ROOT / "deploy/install.sh").read_text()))
    read |= {name for name in re.findall(r"\$project/([\w./-]+)", (ROOT / "deploy/install.sh").read_text())}
    assert len(read) == 5 and all(any(one.startswith(name) for name in included) for one in read)


def test_the_backend_that_builds_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    [backend] = project["build-system"]["requires"]

    assert backend in project["dependency-groups"]["dev"] and "==" in backend
    assert f"{backend} \\\n    --hash=" in (ROOT / "requirements-dev.txt").read_text()


def test_nothing_is_released_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no checkout of git"):
        unpack_commit(tmp_path, tmp_path)
    asked = [sys.executable, "-m", "deploy.release", "--help"]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0
