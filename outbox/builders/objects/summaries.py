"""What our actors say of themselves, with the hashtags in it as links; kept as it was typed."""

from functools import partial

from federation.texts import hashtags
from federation.texts.html_cleaner import from_text, to_text
from federation.uris import tag_url
from models.people.actors import Actor
from models.settings import Site

MAX_TAGS = 50
"""Hashtags of one summary that are told to others."""


def build_summary(site: Site, actor: Actor) -> str:
    """Clean HTML as everybody is shown it; that of others as it came."""
    if not actor.local or not list_summary_tags(actor):
        return actor.summary
    return from_text(to_text(actor.summary), tag_url=partial(tag_url, site))


def list_summary_tags(actor: Actor) -> tuple[str, ...]:
    """The hashtags in it, without their #."""
    return hashtags.find_names(to_text(actor.summary))[:MAX_TAGS] if "#" in actor.summary else ()
