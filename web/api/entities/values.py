"""Small values as clients want them: ids, moments, addresses, and where the pictures of those without one are."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from models.settings import Settings, Site
from web.http.app_keys import INSTANCE
from web.rendering.templating import TEMPLATES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityContext:
    """What every entity needs beside its row: our address, and the pictures of those who have none (never null)."""

    site: Site
    settings: Settings
    person: str
    group: str
    header: str


def read_look(request: web.Request) -> EntityContext:
    """The look of this server."""
    return make_look(request.app)


def make_look(app: web.Application) -> EntityContext:
    """The same for what answers no request."""
    instance, urls = app[INSTANCE], app[TEMPLATES].assets.urls
    site = instance.site
    return EntityContext(
        site=site,
        settings=instance.settings,
        person=site.url + urls["images/avatar-person.png"],
        group=site.url + urls["images/avatar-group.png"],
        header=site.url + urls["images/header.png"],
    )


def write_moment(moment: datetime) -> str:
    """ISO 8601 in UTC with three digits of a second and Z: what every client parses."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # asyncpg's infinity is without a zone
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_moment_or_none(moment: datetime | None) -> str | None:
    """The same for what may be unknown."""
    return None if moment is None else write_moment(moment)
