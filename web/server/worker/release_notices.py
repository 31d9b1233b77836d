"""Whether there is a newer Déclic: asked once a day of the address that administrators chose, if they chose one."""

import re
from dataclasses import dataclass
from typing import Any

import structlog

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from models.coop import release_notices
from models.lazy import LazyModule
from models.store.database import transaction

log = structlog.get_logger(__name__)

MOST_BYTES = 512 * 1024

MOST_RELEASES = 50
"""Of those that are named first, which are the newest."""

LONGEST_PAGE = 300

_NUMBERS = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?")

_SECURE = re.compile(r"\b(?:security|sécurité)\b", re.IGNORECASE)

Numbers = tuple[int, int, int]

json = LazyModule("json")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRelease:
    """One that was published: `secure` where its name says that it mends a hole."""

    numbers: Numbers
    page: str
    secure: bool


async def ask_releases(instance: Instance) -> None:
    """A chore: does nothing where no address was chosen, or one was asked within the day."""
    address = instance.settings.releases
    if address is None:
        return
    async with transaction(instance.pool) as conn:
        if not await release_notices.claim(conn):
            return
    try:
        fetched = await instance.transport.get_document(address, accept="application/json", limit=MOST_BYTES)
        found = read_releases(fetched.body)
        failure = None if found else Cause.WRONG_TYPE
    except FetchFailed as error:
        found, failure = [], error.cause
    async with transaction(instance.pool) as conn:
        if failure is not None:
            log.info("releases_not_heard", address=address, cause=failure)
            await release_notices.save_failure(conn, failure)
            return
        newest = max(found, key=lambda one: one.numbers)
        secure = max((one.numbers for one in found if one.secure), default=None)
        await release_notices.save(
            conn,
            version=_write_numbers(newest.numbers),
            page=newest.page,
            secure_version=None if secure is None else _write_numbers(secure),
        )


def _write_numbers(numbers: Numbers) -> str:
    return ".".join(map(str, numbers))


def read_releases(body: bytes) -> list[PublishedRelease]:
    """Those that are for everybody, of a list as Forgejo, Gitea and GitHub answer it; nothing for anything else."""
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError):
        return []
    listed = listed[:MOST_RELEASES] if isinstance(listed, list) else []
    return [found for one in listed if isinstance(one, dict) and (found := _read(one)) is not None]


def _read(one: dict[str, Any]) -> PublishedRelease | None:
    numbers = read_numbers(one.get("tag_name"))
    if numbers is None or one.get("draft") or one.get("prerelease"):
        return None
    page = one.get("html_url")
    good = isinstance(page, str) and page.startswith("https://") and len(page) <= LONGEST_PAGE and page.isprintable()
    return PublishedRelease(
        numbers=numbers, page=str(page) if good else "", secure=bool(_SECURE.search(str(one.get("name"))))
    )


def read_numbers(version: object) -> Numbers | None:
    """The version as numbers that can be compared; None for what is none, and for one that is not finished."""
    found = _NUMBERS.fullmatch(version) if isinstance(version, str) else None
    return None if found is None else (int(found[1]), int(found[2]), int(found[3] or 0))
