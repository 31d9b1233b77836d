"""Make `web/static/vendor/leaflet/`: the map library as npm has it, its licence, and the checksums of both.

    python -m deploy.build.leaflet [--sources FOLDER]        (make leaflet)

Nothing is changed or packed: what browsers load is byte for byte what its authors published. Their style sheet and its
pictures stay away: what of it a map needs stands in `web/static/map.css`.
"""

import argparse
import hashlib
import json
import sys
import tempfile
from pathlib import Path

from deploy.build.downloads import Package, fetch, read_member

TARGET = Path(__file__).resolve().parents[2] / "web" / "static" / "vendor" / "leaflet"

VERSION, LICENCE = "1.9.4", "BSD-2-Clause"
PACKAGE = Package(
    name=f"leaflet@{VERSION}",
    file=f"leaflet-{VERSION}.tgz",
    checksum="84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77",
)
FILES = {"package/dist/leaflet.js": "leaflet.js", "package/LICENSE": "LICENSE.txt"}


def copy_files(package: Path) -> dict[str, str]:
    """Copy what is listed, and no more; the checksum of each by its name here."""
    TARGET.mkdir(parents=True, exist_ok=True)
    sums = {}
    for member, name in FILES.items():
        body = read_member(package, member)
        (TARGET / name).write_bytes(body)
        sums[name] = hashlib.sha256(body).hexdigest()
    return sums


def main() -> None:
    """Write the files and MANIFEST.json, the same bytes each time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sources", type=Path, help="a folder that keeps what is downloaded")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sums = copy_files(fetch(PACKAGE, chosen.sources or Path(folder)))
    manifest = {
        "package": "leaflet",
        "version": VERSION,
        "licence": LICENCE,
        "package_sha256": PACKAGE.checksum,
        "files": sums,
    }
    (TARGET / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
    sys.stdout.write(f"{PACKAGE.name}: {', '.join(sums)}\n")


if __name__ == "__main__":
    main()
