"""Make `web/static/fonts/*.woff2`: the two typefaces with what pages use of them, so that the first page is light.

    python -m deploy.build.fonts [--sources FOLDER]        (make fonts)

Titles have one weight and the letters of western Europe, without their rarer signs, for which the face of the texts
stands in; the digits of all texts are of the same face in every weight between normal and bold; texts have the letters
and signs of western Europe between these two weights. Asks for npm, and for the commands of
fonttools with brotli (`pip install fonttools brotli`), which nothing else here needs.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.build.downloads import Package, fetch, read_member

TARGET = Path(__file__).resolve().parents[2] / "web" / "static" / "fonts"

BRICOLAGE = Package(
    name="@fontsource-variable/bricolage-grotesque@5.3.0",
    file="fontsource-variable-bricolage-grotesque-5.3.0.tgz",
    checksum="6e99e0d844f7bc152bb3b007f9b1493c53e60cc0744cc681bb744e0b5f14665e",
)
ATKINSON = Package(
    name="@fontsource-variable/atkinson-hyperlegible-next@5.3.0",
    file="fontsource-variable-atkinson-hyperlegible-next-5.3.0.tgz",
    checksum="75d5156505841b7dd4251398f0a5ff9e44120c87c2e388e9a108879b4def23a6",
)

WESTERN = "20-7E,A0-FF,152,153,160,161,178,17D,17E,2013,2014,2018,2019,201C,201D,2022,2026,202F,20AC,2192,2212"
TITLES = "20-7E,A0,A1,AB,B0,B2,B7,BB,BF,C0-FF,152,153,178,2013,2014,2018,2019,201C,201D,2022,2026,202F,20AC"
DIGITS = "30-39"

KEPT_FEATURES = "ccmp,locl,kern"
KEPT_NAMES = "0,1,2,14"
"""Copyright, family and style, where the licence stands; the licence itself lies beside the files."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A file that we ship: which package it is of, at which weights, with which letters."""

    name: str
    package: Package
    member: str
    weights: str
    letters: str


CUTS = (
    Cut(
        "bricolage-grotesque.woff2",
        BRICOLAGE,
        "package/files/bricolage-grotesque-latin-wght-normal.woff2",
        "700",
        TITLES,
    ),
    Cut(
        "bricolage-digits.woff2",
        BRICOLAGE,
        "package/files/bricolage-grotesque-latin-wght-normal.woff2",
        "400:750",
        DIGITS,
    ),
    Cut(
        "atkinson-hyperlegible-next.woff2",
        ATKINSON,
        "package/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
        "400:700",
        WESTERN,
    ),
)


def make(cut: Cut, folder: Path) -> int:
    """Write the file; its size in bytes."""
    whole, at_weights = folder / "whole.woff2", folder / "weights.ttf"
    whole.write_bytes(read_member(fetch(cut.package, folder), cut.member))
    instancer = ["fonttools", "varLib.instancer", "--quiet", str(whole), f"wght={cut.weights}"]
    instancer += ["--no-recalc-timestamp", "-o", str(at_weights)]
    subprocess.run(instancer, check=True)
    subset = ["pyftsubset", str(at_weights), f"--unicodes={cut.letters}", "--flavor=woff2", "--no-hinting"]
    subset += [f"--layout-features={KEPT_FEATURES}", f"--name-IDs={KEPT_NAMES}", "--notdef-outline"]
    subprocess.run([*subset, f"--output-file={TARGET / cut.name}"], check=True)
    return (TARGET / cut.name).stat().st_size


def main() -> None:
    """Write all of them, and say how large each is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sources", type=Path, help="a folder that keeps what is downloaded")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for cut in CUTS:
            size = make(cut, chosen.sources or Path(folder))
            digest = hashlib.sha256((TARGET / cut.name).read_bytes()).hexdigest()
            sys.stdout.write(f"{cut.name}: {size} bytes, sha256 {digest[:16]}…\n")


if __name__ == "__main__":
    main()
