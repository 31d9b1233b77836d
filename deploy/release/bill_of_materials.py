"""The bill of materials (SBOM) as CycloneDX 1.6: each package that an installation brings, and what was taken along."""

import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from deploy.build import communes, fonts, leaflet, outlines, suffixes
from deploy.build.downloads import Package
from deploy.release.licences import describe_licence
from deploy.release.source_tree import SourceTree
from deploy.release.vendored_files import describe_files

Json = dict[str, Any]

LOCKED = re.compile(r"^([a-zA-Z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)")

TAKEN_ALONG = (*communes.SOURCES, fonts.BRICOLAGE, fonts.ATKINSON, leaflet.PACKAGE, outlines.PACKAGE, suffixes.PACKAGE)
"""Of these, parts stand in the wheel itself."""


def build_bill(tree: SourceTree, wheel_sum: str) -> Json:
    """The bill of this version, the same each time: its serial number is made of the wheel's SHA-256."""
    locked = read_requirements((tree.folder / "requirements.txt").read_text(encoding="utf-8"))
    optional = read_requirements((tree.folder / "requirements-postgres.txt").read_text(encoding="utf-8"))
    packages = {
        one["name"]: one for one in tomllib.loads((tree.folder / "uv.lock").read_text(encoding="utf-8"))["package"]
    }
    _require_agreement(packages, locked | optional)
    own = {"type": "application", "name": "declic", "version": tree.version, "purl": f"pkg:pypi/declic@{tree.version}"}
    refs = {name: f"pkg:pypi/{name}@{packages[name]['version']}" for name in locked | optional}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'sha256:{wheel_sum}')}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(tree.epoch, UTC).isoformat().replace("+00:00", "Z"),
            "lifecycles": [{"phase": "build"}],
            "component": own
            | {
                "bom-ref": own["purl"],
                "licenses": [{"license": {"id": "AGPL-3.0-or-later"}}],
                "hashes": [{"alg": "SHA-256", "content": wheel_sum}],
            },
        },
        "components": [
            *(_describe(packages[name], required=name in locked) for name in sorted(refs)),
            *(_describe_taken(package) for package in sorted(TAKEN_ALONG, key=lambda one: one.name)),
            *describe_files(tree.folder),
        ],
        "dependencies": [
            {"ref": own["purl"], "dependsOn": _name_needed(packages["declic"], refs)},
            *({"ref": refs[name], "dependsOn": _name_needed(packages[name], refs)} for name in sorted(refs)),
        ],
    }


def read_requirements(text: str) -> dict[str, set[str]]:
    """Locked packages with the SHA-256 sums that may be installed, as `uv export` writes them."""
    found: dict[str, set[str]] = {}
    name = ""
    for line in text.splitlines():
        start = LOCKED.match(line)
        if start:
            name = start[1]
            found[name] = set()
        for content in re.findall(r"--hash=sha256:([0-9a-f]{64})", line):
            found[name].add(content)
    return found


def list_files(package: Json) -> Iterator[Json]:
    """The files of a package that the lock knows, wheels and source."""
    yield from package.get("wheels", ())
    if "sdist" in package:
        yield package["sdist"]


def _require_agreement(packages: dict[str, Json], locked: dict[str, set[str]]) -> None:
    """What servers install is what the lock says; else the bill would tell of something else."""
    for name, sums in locked.items():
        known = {one["hash"].removeprefix("sha256:") for one in list_files(packages.get(name, {}))}
        if sums != known:
            sys.exit(f"requirements and uv.lock disagree about {name}: export them anew (CONTRIBUTING.md).")


def _describe(package: Json, *, required: bool) -> Json:
    purl = f"pkg:pypi/{package['name']}@{package['version']}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package["name"],
        "version": package["version"],
        "purl": purl,
        "scope": "required" if required else "optional",
        "licenses": describe_licence(package["name"]),
        "externalReferences": [
            {
                "type": "distribution",
                "url": one["url"],
                "hashes": [{"alg": "SHA-256", "content": one["hash"].removeprefix("sha256:")}],
            }
            for one in sorted(list_files(package), key=lambda one: str(one["url"]))
        ],
    }


def _describe_taken(package: Package) -> Json:
    """A package of npm or PyPI of which parts were copied; the sum is that of the package as published."""
    name, _, version = package.name.rpartition("@" if package.file.endswith(".tgz") else "==")
    name = name.rstrip("=")
    registry = "npm" if package.file.endswith(".tgz") else "pypi"
    purl = f"pkg:{registry}/{name.replace('@', '%40')}@{version}"
    return {
        "type": "library" if name == "leaflet" else "data",
        "bom-ref": f"{purl}#vendored",
        "name": name,
        "version": version,
        "purl": purl,
        "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": package.checksum}],
        "licenses": describe_licence(name),
    }


def _name_needed(package: Json, refs: dict[str, str]) -> list[str]:
    """What it needs, and what it may be given, of the packages that are installed."""
    given = [*package.get("dependencies", ()), *chain(*package.get("optional-dependencies", {}).values())]
    return sorted({refs[one["name"]] for one in given if one["name"] in refs})
