"""What a role may do is said in one sentence made of the table of rights."""

from typing import Any

import pytest

from models.people.accounts import ROLES, Role
from models.people.roles import RIGHTS
from web.rendering.role_words import COMMON, RIGHT_WORDS, ROLE_NAMES, describe_role


def _say(sentence: str, /, **values: Any) -> str:
    return sentence % values


def test_every_role_and_every_right_has_its_words() -> None:
    assert tuple(ROLE_NAMES) == ROLES
    assert set(RIGHT_WORDS) == set(RIGHTS)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_a_sentence_names_all_that_the_role_may_and_nothing_else(role: Role) -> None:
    said = describe_role(_say, role)

    for right, roles in RIGHTS.items():
        assert (RIGHT_WORDS[right] in said) is (role in roles and right not in COMMON), right


def test_who_administers_may_what_the_others_may_and_what_is_named() -> None:
    said = describe_role(_say, "admin")

    assert said.startswith("Peut tout ce que peuvent les autres, et donner les rôles")
    assert all(RIGHT_WORDS[right] in said for right, roles in RIGHTS.items() if roles == {"admin"})
