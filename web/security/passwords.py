"""Passwords: argon2 in a few threads of its own, and the one rule that people meet (length, not puzzles)."""

import asyncio
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM = 10

MAXIMUM = 200

HASHER = PasswordHasher()

THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")
"""Two at a time: each takes 64 MiB and all cores while it runs."""

NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$KiwKt89qbFSlyw22T5oD/w$cuxlEG83/Bn4MPRneIzIyfW9N06t6kqD/m5b/9qSiDc"
"""Checked when there is no account, so that the answer takes as long as for one that exists."""

COMMON_STEMS = frozenset(
    {
        *("motdepasse", "password", "passe", "azerty", "azertyuiop", "qwerty", "qwertyuiop", "qwertz", "admin"),
        *("bonjour", "soleil", "doudou", "loulou", "chouchou", "jetaime", "iloveyou", "marseille", "nicolas"),
        *("welcome", "bienvenue", "letmein", "secret", "changeme", "declic", "cooperative", "coucou", "chocolat"),
    }
)
"""What the most used passwords are made of, besides the digits and signs that people put around."""

RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "azertyuiopqsdfghjklmwxcvbn")


Fault = Literal["short", "long", "common"]


def find_fault(password: str, *own_words: str) -> Fault | None:
    """What is wrong with a new password; `own_words` are names that would be guessed for this person."""
    if len(password) < MINIMUM:
        return "short"
    if len(password) > MAXIMUM:
        return "long"
    return "common" if is_common(password, *own_words) else None


async def hash_password(password: str) -> str:
    """The argon2id hash to keep; about 150 ms in a thread."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, HASHER.hash, _normalize(password))


async def check_password(password_hash: str | None, password: str) -> bool:
    """Whether `password` belongs to the hash; without a hash, False after the same time."""
    loop = asyncio.get_running_loop()
    right = await loop.run_in_executor(THREADS, _verify, password_hash or NOBODYS, _normalize(password))
    return right and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def is_common(password: str, *own_words: str) -> bool:
    """Whether this is among the first that somebody would try: well known, a run of keys, the person's own name."""
    folded = _fold(password)
    words = COMMON_STEMS | {_fold(word) for word in own_words if len(word) > 2}
    rest = folded
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    only_words = rest != folded and rest.strip("0123456789") == ""
    run = folded != "" and any(folded in run for run in RUNS)
    return len(set(password)) < 4 or only_words or run


def _verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _normalize(password: str) -> str:
    """One form for what different keyboards send for the same letters."""
    return unicodedata.normalize("NFC", password)


def _fold(text: str) -> str:
    """Letters without accents and digits, nothing else."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", text.lower()))
