"""Secrets of log-in codes under the key file."""

from pathlib import Path

import msgspec
import pytest

from federation.own_keys.secret_box import decrypt_secret, encrypt_secret, encrypt_totp_secrets
from models.access import second_factors
from models.settings import Settings, SettingsError
from models.store.database import Connection
from tests.factories import make_member

SECRET = b"GEZDGNBVGY3TQOJQ"


@pytest.fixture
def without(tmp_path: Path) -> Settings:
    """An instance without a key file."""
    return Settings(url="https://lomme.test", data=tmp_path)


@pytest.fixture
def having(without: Settings, tmp_path: Path) -> Settings:
    """The same with one."""
    (tmp_path / "key").write_text("a passphrase of its operator")
    return msgspec.structs.replace(without, key_file=tmp_path / "key")


def test_with_a_key_file_the_secret_cannot_be_read_in_the_database(having: Settings) -> None:
    kept = encrypt_secret(having, SECRET, owner=1)

    assert SECRET not in kept and kept != encrypt_secret(having, SECRET, owner=1)
    assert decrypt_secret(having, kept, owner=1) == SECRET


def test_a_sealed_secret_is_worth_nothing_in_another_row_or_under_another_file(
    having: Settings, without: Settings, tmp_path: Path
) -> None:
    kept = encrypt_secret(having, SECRET, owner=1)
    (tmp_path / "other").write_text("another passphrase altogether")
    other = msgspec.structs.replace(having, key_file=tmp_path / "other")

    for settings, owner in ((having, 2), (other, 1), (without, 1)):
        with pytest.raises(SettingsError):
            decrypt_secret(settings, kept, owner=owner)


def test_without_a_key_file_it_is_kept_as_it_is_and_still_read_with_one(without: Settings, having: Settings) -> None:
    kept = encrypt_secret(without, SECRET, owner=1)

    assert decrypt_secret(without, kept, owner=1) == decrypt_secret(having, kept, owner=1) == SECRET


async def test_what_was_kept_open_is_sealed_later(conn: Connection, without: Settings, having: Settings) -> None:
    alice = await make_member(conn)
    await second_factors.begin_totp(conn, alice.id, encrypt_secret(without, SECRET, owner=alice.id))

    sealed = [await encrypt_totp_secrets(conn, having), await encrypt_totp_secrets(conn, having)]

    kept = await second_factors.find_totp(conn, alice.id)
    assert sealed == [1, 0]
    assert kept is not None and SECRET not in kept.secret
    assert decrypt_secret(having, kept.secret, owner=alice.id) == SECRET
