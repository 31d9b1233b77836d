"""Codes of an application (TOTP, RFC 6238), and recovery codes: made and compared, nothing kept."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from models.lazy import LazyModule

if TYPE_CHECKING:
    import pyotp
else:
    pyotp = LazyModule("pyotp")

LENGTH = 6

WINDOW = (0, -1, 1)
"""Half minutes around now whose code is taken: clocks differ, and people type slowly."""

CODES = 10

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look like others."""


def make_secret() -> str:
    """160 random bits in base32, as applications take them."""
    return pyotp.random_base32()


def write_address(secret: str, *, account: str, issuer: str) -> str:
    """What the picture holds that an application photographs."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer.replace(":", " "))


def find_time_step(secret: str, code: str, at: datetime) -> int | None:
    """The number of the half minute whose code this is, if it is one around `at`."""
    plain = read_code(code)
    if plain is None:
        return None
    totp = pyotp.TOTP(secret)
    now = totp.timecode(at)
    return next(
        (now + shift for shift in WINDOW if secrets.compare_digest(totp.generate_otp(now + shift), plain)), None
    )


def read_code(text: str) -> str | None:
    """Six digits, however they were spaced; None for anything else."""
    plain = "".join(text.split())
    return plain if len(plain) == LENGTH and plain.isascii() and plain.isdigit() else None


def make_recovery_codes() -> Sequence[str]:
    """Ten of some eighty bits each: `abcd-efgh-jkmn-pqrs`."""
    return tuple("-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(CODES))
