"""What the team decided about the reader, with its notification: the entity AccountWarning of Mastodon's API."""

from collections.abc import Mapping, Sequence

from models.moderation import appeals, decision_news, decisions
from models.moderation.appeals import Appeal, Outcome
from models.moderation.decisions import DecisionKind, ModerationDecision
from models.news.notifications import Notification
from models.people import actors
from models.store.database import Connection
from web.api.entities.accounts import load_account
from web.api.entities.values import EntityContext, Json, write_moment

ACTIONS: Mapping[DecisionKind, str] = {
    "nothing": "none",
    "warn": "none",
    "hide": "delete_statuses",
    "limit": "silence",
    "suspend": "suspend",
    "exclude": "suspend",
}
"""What clients know that is nearest to each decision."""

STATES: Mapping[Outcome | None, str] = {None: "pending", "kept": "rejected", "taken_back": "approved"}
"""By what was answered to her appeal."""


async def load_warnings(
    conn: Connection, look: EntityContext, found: Sequence[Notification], reader_id: int
) -> dict[int, Json]:
    """`{"moderation_warning": …, "account": …}` for each notification of a decision about the reader, by its id.

    `account` is her own, as Mastodon has it: nobody of the team is named.
    """
    told = [one.id for one in found if one.type == "decision"]
    about = await decision_news.map_decisions(conn, told) if told else {}
    ids = list(about.values())
    made = {one.id: one for one in await decisions.list_by_ids(conn, ids) if one.actor_id == reader_id} if ids else {}
    if not made:
        return {}
    said = await appeals.map_by_decisions(conn, ids)
    account = await load_account(conn, look, await actors.get(conn, reader_id))
    return {
        id: {"moderation_warning": _build(made[decision], said.get(decision), account), "account": account}
        for id, decision in about.items()
        if decision in made
    }


def _build(decision: ModerationDecision, appeal: Appeal | None, account: Json) -> Json:
    return {
        "id": str(decision.id),
        "action": ACTIONS[decision.kind],
        "text": decision.words,
        "status_ids": [str(id) for id in decision.post_ids],
        "target_account": account,
        "appeal": None if appeal is None else {"text": appeal.words, "state": STATES[appeal.outcome]},
        "created_at": write_moment(decision.effective_at or decision.decided_at),
    }
