"""How a member writes unless she says otherwise: for whom, folded away or not, in which language, who may quote it."""

from dataclasses import dataclass

from models.errors import NotFound
from models.posts import Audience
from models.posts.quotes.quote_policies import QuotePolicy
from models.store.database import Connection, execute, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingDefaults:
    """What holds where a client does not say it; without a `written` language it is the one she reads in."""

    audience: Audience
    sensitive: bool
    written: str | None
    read: str
    quote_policy: QuotePolicy = "public"

    @property
    def language(self) -> str:
        """The language of what she writes."""
        return self.written or self.read


async def get(conn: Connection, actor_id: int) -> WritingDefaults:
    """How this member writes. Raises NotFound for who has no account here."""
    found = await fetch_one(
        conn,
        WritingDefaults,
        """
        SELECT default_audience AS audience, default_sensitive AS sensitive, default_language AS written,
            language AS read, default_quote_policy AS quote_policy
        FROM account WHERE actor_id = $1
        """,
        actor_id,
    )
    if found is None:
        raise NotFound
    return found


async def save(conn: Connection, actor_id: int, chosen: WritingDefaults) -> None:
    """Change how she writes."""
    await execute(
        conn,
        """
        UPDATE account SET default_audience = $2, default_sensitive = $3, default_language = $4,
            default_quote_policy = $5
        WHERE actor_id = $1
        """,
        actor_id,
        chosen.audience,
        chosen.sensitive,
        chosen.written,
        chosen.quote_policy,
    )
