"""How clients name audience, language and who may quote: alike for a status and for the defaults of a profile."""

from typing import get_args

from models.errors import Invalid
from models.posts import Audience
from models.posts.quotes.quote_policies import QuotePolicy
from outbox.inside import PREFIX
from web.api.parameters import Parameters

MOST_PICTURES = 4
"""As many as clients show."""


AUDIENCES: dict[str, Audience] = {
    "public": "network",
    "unlisted": "unlisted",
    "private": "followers",
    "direct": "direct",
}


QUOTE_POLICIES: tuple[QuotePolicy, ...] = get_args(QuotePolicy)


def read_quote_policy(parameters: Parameters, name: str = "quote_approval_policy") -> QuotePolicy | None:
    """Who may quote it, or None for nothing said. Raises Invalid."""
    wanted = parameters.text(name).strip()
    for policy in QUOTE_POLICIES:
        if wanted == policy:
            return policy
    if wanted:
        raise Invalid("value_not_allowed", name=name, allowed=", ".join(QUOTE_POLICIES), field=name)
    return None


def read_audience(parameters: Parameters) -> Audience | None:
    """For whom it is; None for nothing said, and for what stays inside a community (`read_inside`). Raises Invalid."""
    wanted = parameters.text("visibility").strip()
    if wanted and wanted not in AUDIENCES and read_inside(parameters) is None:
        raise Invalid("value_not_allowed", name="visibility", allowed=", ".join(AUDIENCES), field="visibility")
    return AUDIENCES.get(wanted)


def read_inside(parameters: Parameters) -> str | None:
    """Inside which community it stays: `visibility` is `community:NAME` then, as the status says it."""
    wanted = parameters.text("visibility").strip()
    return wanted if wanted.startswith(PREFIX) else None


def read_language(parameters: Parameters, name: str = "language") -> str | None:
    """The code of a language, or None for nothing. Raises Invalid."""
    language = parameters.text(name).strip().lower()
    if not language:
        return None
    if not language.replace("-", "").isalnum() or not language.isascii() or len(language) > 12:
        raise Invalid("language_code_invalid", name=name, field=name)
    return language
