"""Of moderation nobody gives an application more than she may herself."""

from datetime import UTC, datetime

import pytest

from models.access.staff_scopes import narrow
from models.people.accounts import Account, Role

ASKED = ["read", "admin:read", "admin:write:reports"]


@pytest.mark.parametrize(
    ("roles", "granted"),
    [
        (["moderator"], ASKED),
        (["admin"], ASKED),
        (["welcome"], ["read", "admin:read:accounts"]),
        (["welcome", "moderator"], ASKED),
        (["keeper"], ["read"]),
        ([], ["read"]),
    ],
)
def test_what_is_not_hers_to_give_is_left_out(roles: list[Role], granted: list[str]) -> None:
    somebody = Account(
        actor_id=1,
        username="a",
        name="",
        email="a@exemple.fr",
        roles=roles,
        language="fr",
        confirmed_at=None,
        disabled_at=None,
        default_commune_code=None,
        last_seen_at=None,
        created_at=datetime.now(UTC),
        leaves_at=None,
    )

    assert narrow(ASKED, somebody) == granted
