"""A repair café, as somebody of the team fills it in."""

from datetime import datetime, timedelta
from typing import Any

from models.moments import PARIS
from outbox.meetings.meeting_limits import MeetingDraft

NOON = datetime.now(PARIS).replace(hour=14, minute=0, second=0, microsecond=0)


def make_draft(**changes: Any) -> MeetingDraft:
    """A repair café in ten days, in Lomme."""
    values: dict[str, Any] = {
        "title": "Café réparation",
        "text": "Venez avec ce qui ne marche plus. #bricolage",
        "begins_at": NOON + timedelta(days=10),
        "ends_at": NOON + timedelta(days=10, hours=4),
        "venue": "Salle du Marais",
        "street": "3 rue du Lin",
        "place_name": "Lomme",
        "postcode": "59160",
        "latitude": 50.64512,
        "longitude": 2.98765,
        "registration": "everybody",
        "capacity": 2,
    }
    return MeetingDraft(**(values | changes))
