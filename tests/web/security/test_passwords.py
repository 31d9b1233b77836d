"""Passwords: the hash, and what is too easy to guess."""

import pytest
from argon2 import PasswordHasher

from web.security import passwords


async def test_a_password_is_recognised_and_another_is_not() -> None:
    password_hash = await passwords.hash_password("un grand verre d’eau")

    assert "verre" not in password_hash
    assert await passwords.check_password(password_hash, "un grand verre d’eau")
    assert not await passwords.check_password(password_hash, "un grand verre d’eau ")


async def test_letters_typed_in_two_ways_are_the_same_password() -> None:
    composed, decomposed = "d\u00e9clic d\u00e9clic", "de\u0301clic de\u0301clic"

    password_hash = await passwords.hash_password(composed)

    assert await passwords.check_password(password_hash, decomposed)


async def test_nobody_has_no_password() -> None:
    assert not await passwords.check_password(None, "")
    assert not await passwords.check_password(None, "un grand verre d’eau")
    assert not await passwords.check_password("not a hash", "un grand verre d’eau")


def test_the_hash_for_nobody_costs_as_much_as_a_real_one(quick_passwords: PasswordHasher) -> None:
    assert not quick_passwords.check_needs_rehash(passwords.NOBODYS)
    assert passwords.needs_rehash(passwords.NOBODYS), "the tests hash more quickly"


async def test_a_password_hashed_as_members_do_is_recognised(
    quick_passwords: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "HASHER", quick_passwords)

    password_hash = await passwords.hash_password("un grand verre d’eau")

    assert await passwords.check_password(password_hash, "un grand verre d’eau")
    assert not passwords.needs_rehash(password_hash)


@pytest.mark.parametrize(
    "password",
    [
        *("motdepasse", "Mot de passe 2026", "Password123!", "azertyuiop", "1234567890", "9876543210", "aaaaaaaaaa"),
        *(
            "abababababab",
            "qsdfghjklm",
            "Bienvenue2026",
            "marie-claude",
            "MarieClaude59",
            "a-remise-lomme",
            "marieclaude-marieclaude",
            "bonjour-soleil-59",
        ),
    ],
)
def test_a_password_that_comes_first_to_mind_is_common(password: str) -> None:
    assert passwords.is_common(password, "Marie Claude", "A Remise Lomme")


@pytest.mark.parametrize(
    "password",
    ["un grand verre d’eau", "trente-deux vélos", "kT9!rQ2@vX", "пароль из слов", "我的自行车在车间里面等我"],
)
def test_any_other_long_password_will_do(password: str) -> None:
    assert not passwords.is_common(password, "Marie Claude", "marie")
