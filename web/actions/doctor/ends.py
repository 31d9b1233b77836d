"""Until when what Déclic stands on gets security fixes: Python, and the system of the machine."""

import platform
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_

PYTHON_ENDS: Mapping[tuple[int, int], date] = MappingProxyType(
    {
        (3, 11): date(2027, 10, 31),
        (3, 12): date(2028, 10, 31),
        (3, 13): date(2029, 10, 31),
        (3, 14): date(2030, 10, 31),
    }
)
"""Until when each version gets security fixes (PEP 664, 693, 719, 745)."""

SYSTEM_ENDS: Mapping[tuple[str, str], date] = MappingProxyType(
    {
        ("debian", "11"): date(2026, 8, 31),
        ("debian", "12"): date(2028, 6, 30),
        ("debian", "13"): date(2030, 6, 30),
        ("ubuntu", "22.04"): date(2027, 4, 30),
        ("ubuntu", "24.04"): date(2029, 4, 30),
        ("ubuntu", "26.04"): date(2031, 4, 30),
    }
)
"""Until when each gets security fixes that everybody has: Debian with its long-term support (wiki.debian.org/LTS),
Ubuntu without what is sold (ubuntu.com/about/release-cycle).
"""

RELEASE = Path("/etc/os-release")

SYSTEM_PYTHON = Path("/usr/bin/python3")

SOON = timedelta(days=90)
"""A change of system takes an evening that somebody has to find."""


async def check_python(at: Patient) -> Finding:
    """Whether this Python still gets security fixes: the one that came with the system, for as long as the system."""
    version = platform.python_version()
    end = (_is_of_system() and _find_system_end(_read_release(RELEASE))) or PYTHON_ENDS.get(sys.version_info[:2])
    if end is not None and end < datetime.now(UTC).date():
        return Finding(
            severity="warning",
            what=at.say(N_("Python %(version)s ne reçoit plus de corrections de sécurité."), version=version),
            mend=at.say(N_("Installez une version plus récente du système, puis Déclic à nouveau.")),
            command="cat /etc/os-release",
        )
    return ok(at.say(N_("Python %(version)s reçoit des corrections de sécurité."), version=version))


async def check_system(at: Patient) -> Finding:
    """Whether the system of this machine still gets security fixes, and for how long."""
    said = _read_release(RELEASE)
    name = said.get("PRETTY_NAME", "")[:100] or platform.system()
    end = _find_system_end(said)
    if end is None:
        words = N_("On ne sait pas d’ici jusqu’à quand %(name)s reçoit des corrections de sécurité.")
        return Finding(severity="skipped", what=at.say(words, name=name), needless=bool(said))
    today, day = datetime.now(UTC).date(), end.strftime("%d/%m/%Y")
    if end >= today + SOON:
        words = N_("%(name)s reçoit des corrections de sécurité jusqu’au %(day)s.")
        return ok(at.say(words, name=name, day=day))
    over = end < today
    words = (
        N_("%(name)s ne reçoit plus de corrections de sécurité depuis le %(day)s.")
        if over
        else N_("%(name)s ne recevra plus de corrections de sécurité après le %(day)s.")
    )
    return Finding(
        severity="error" if over else "warning",
        what=at.say(words, name=name, day=day),
        mend=at.say(
            N_(
                "Faites une sauvegarde, puis passez à la version suivante du système, ou restaurez la sauvegarde sur "
                "une machine neuve\u00a0:"
            )
        ),
        command="declic backup FOLDER && cat /etc/os-release",
    )


def _is_of_system() -> bool:
    """Whether this Python is the one that came with the system: there may be others of other makers."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return Path(sys.base_prefix) == Path("/usr") and SYSTEM_PYTHON.resolve().name == name


def _find_system_end(said: Mapping[str, str]) -> date | None:
    return SYSTEM_ENDS.get((said.get("ID", ""), said.get("VERSION_ID", "")))


def _read_release(path: Path) -> dict[str, str]:
    """What the system says of itself (os-release(5)); nothing where it does not."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip().strip("\"'") for name, sign, value in pairs if sign}
