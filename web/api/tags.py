"""Hashtags: what is known of one, and those that begin like what somebody types."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from aiohttp import web

from federation.hashtags import fold
from federation.uris import tag_url
from models import hashtags
from models.database import Connection, connection
from models.errors import NotFound
from models.hashtags import DayOfTag
from models.settings import Site
from web.api.answers import answer_json
from web.api.entities.values import Json
from web.keys import INSTANCE


async def show_tag(request: web.Request) -> web.Response:
    """GET /api/v1/tags/:tag: its uses on each of the last seven days, today first."""
    tag = fold(request.match_info["tag"])
    if not tag:
        raise NotFound
    site = request.app[INSTANCE].site
    async with connection(request.app[INSTANCE].pool) as conn:
        name = await hashtags.find_name(conn, tag) or request.match_info["tag"].lstrip("#")
        [value] = await load_tags(conn, site, [(tag, name)])
    return answer_json(request, value)


async def load_tags(conn: Connection, site: Site, tags: Sequence[tuple[str, str]]) -> list[Json]:
    """These hashtags, (folded, as shown), as Tag."""
    days = await hashtags.list_days(conn, [tag for tag, _ in tags])
    return [build_tag(site, name, days[tag]) for tag, name in tags]


def build_tag(site: Site, name: str, days: Sequence[DayOfTag]) -> Json:
    """One hashtag; following hashtags comes later, so nobody follows it yet."""
    return {
        "id": name.lower(),
        "name": name,
        "url": tag_url(site, name),
        "history": [
            {
                "day": str(int(datetime.combine(day.day, time(), UTC).timestamp())),
                "uses": str(day.uses),
                "accounts": str(day.accounts),
            }
            for day in days
        ],
        "following": False,
        "featuring": False,
    }
