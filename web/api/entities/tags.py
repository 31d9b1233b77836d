"""Hashtags as Tag and FeaturedTag."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from federation.uris import tag_url
from models.posts import hashtags
from models.posts.hashtags import DayOfTag
from models.relations import featured_tags, followed_tags
from models.relations.featured_tags import FeaturedTag
from models.settings import Site
from models.store.database import Connection
from web.api.entities.values import Json


async def load_tags(conn: Connection, site: Site, tags: Sequence[tuple[str, str]], reader_id: int | None) -> list[Json]:
    """These hashtags, (folded, as shown), as Tag: three queries however many they are."""
    folded = [tag for tag, _ in tags]
    days = await hashtags.list_days(conn, folded)
    followed = await followed_tags.filter_followed(conn, reader_id, folded)
    featured = await featured_tags.filter_featured(conn, reader_id, folded)
    return [
        build_tag(site, name, days[tag]) | {"following": tag in followed, "featuring": tag in featured}
        for tag, name in tags
    ]


def build_tag(site: Site, name: str, days: Sequence[DayOfTag]) -> Json:
    """One hashtag and its uses on each of the last seven days, today first; numbers are texts inside."""
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
    }


def build_featured_tag(site: Site, shown: FeaturedTag) -> Json:
    """A hashtag on a profile; the count is a text, as Mastodon writes it."""
    return {
        "id": str(shown.id),
        "name": shown.name,
        "url": tag_url(site, shown.name),
        "statuses_count": str(shown.posts),
        "last_status_at": shown.last_post_at.date().isoformat() if shown.last_post_at else None,
    }
