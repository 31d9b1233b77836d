"""A decision shown beforehand, as the person would read it were it made now."""

from datetime import UTC, datetime, timedelta

from models.moderation.decisions import APPEAL_TIME
from outbox.moderation.case_decisions import Ruling
from web.news.statements import Statement
from web.pages.moderation.cases.case_view import CaseView


def preview_statement(view: CaseView, ruling: Ruling) -> Statement:
    """What she would read."""
    now = datetime.now(UTC)
    by_two = ruling.kind == "exclude" or (ruling.kind == "suspend" and view.looks.two_for_suspension)
    return Statement(
        kind=ruling.kind,
        days=ruling.days,
        ends_at=now + timedelta(days=ruling.days) if ruling.days is not None else ruling.ends_at,
        rule=ruling.rule,
        words=ruling.words,
        things=_name_things(view, ruling) if ruling.kind == "hide" else [],
        by_two=by_two,
        reported=bool(view.reports),
        decided_at=now,
        object_until=now + APPEAL_TIME,
        impartial=bool(view.looks.rereaders),
        elsewhere=view.actor is not None and not view.actor.local,
    )


def _name_things(view: CaseView, ruling: Ruling) -> list[str]:
    return [one.title or one.text for one in view.things if one.post_id in ruling.post_ids]
