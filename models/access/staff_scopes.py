"""Which scopes of moderation somebody can give an application: those that she has a right to herself."""

from collections.abc import Mapping, Sequence

from models.access.scopes import ADMIN_PARTS
from models.people.accounts import Account
from models.people.roles import Right, has_right

RIGHTS_OF: Mapping[str, tuple[Right, ...]] = {"accounts": ("reports", "members", "sign_ups"), "reports": ("reports",)}
"""The rights of which one is enough for each part; what each address takes is asked again whenever it is called."""


def is_of_staff(scope: str) -> bool:
    """Whether this is one of the scopes of moderation."""
    return scope.startswith("admin:")


def narrow(scopes: Sequence[str], account: Account) -> list[str]:
    """These scopes without what is not hers to give; of a whole of which only a part is, that part."""
    granted: list[str] = []
    for scope in scopes:
        granted += _narrow_staff(scope, account) if is_of_staff(scope) else [scope]
    return list(dict.fromkeys(granted))


def _narrow_staff(scope: str, account: Account) -> list[str]:
    _, access, *parts = scope.split(":")
    wanted = parts or list(ADMIN_PARTS)
    hers = [part for part in wanted if any(has_right(account, right) for right in RIGHTS_OF[part])]
    return [scope] if hers == wanted else [f"admin:{access}:{part}" for part in hers]
