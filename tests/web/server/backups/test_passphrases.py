"""What a passphrase closed is opened by it alone, here and by age; what was changed since is never given out."""

import base64
import io

import pyrage
import pytest

from web.server.backups import passphrases
from web.server.backups.manifest import Unusable
from web.server.backups.passphrases import CHUNK, ClosingWriter, OpeningReader, WrongPassphrase

PASSPHRASE = "douze lettres au moins"

OF_AGE = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCByRjAvTndibFVISFRwZ1FnUnBlNUNRIDEwCmdVakV5bUZLTVZYUUVLZE1NSEwyNG9ZZXhq"
    "RTNUSUMwTzB6R1NxSjJhVVkKLS0tIElPWGlRWVN0a29UMW12WlcydEZPcVpkaFJWdmo1OGVnQUJ4L3NXZlpRYmMKGzXG5ofdANo6w3msn3QsIf0Y"
    "WhuePe1znRSsappQEk24Ztg="
)
"""`scrypt` of the test vectors of age (C2SP/CCTV): “age”, closed with “password”."""


@pytest.fixture(autouse=True)
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The format is the same with little work as with much."""
    monkeypatch.setattr(passphrases, "WORK_FACTOR", 10)


def close(data: bytes, passphrase: str = PASSPHRASE) -> bytes:
    """The data as a file has them."""
    file = io.BytesIO()
    writer = ClosingWriter(file, passphrase)
    for begin in range(0, len(data), 50_000):
        writer.write(data[begin : begin + 50_000])
    writer.close()
    return file.getvalue()


def read(closed: bytes, passphrase: str = PASSPHRASE) -> bytes:
    """What is in there, to the end."""
    reader = OpeningReader(io.BytesIO(closed), passphrase, "sauvegarde.tar.age")
    return b"".join(iter(reader.read, b""))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_age_opens_what_we_close_and_so_do_we(size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    closed = close(data)

    assert pyrage.passphrase.decrypt(closed, PASSPHRASE) == data
    assert read(closed) == data
    with pytest.raises(WrongPassphrase, match="does not open sauvegarde"):
        read(closed, "une autre phrase de passe")


def test_we_open_what_age_closes() -> None:
    assert read(OF_AGE, "password") == b"age"


def exchange_chunks(closed: bytes) -> bytes:
    """The second chunk before the first; each of them as it was."""
    size = CHUNK + passphrases.TAG
    begin = closed.index(b"\n", closed.index(b"\n--- ") + 1) + 1 + 16
    first, second = closed[begin : begin + size], closed[begin + size : begin + 2 * size]
    return closed[:begin] + second + first + closed[begin + 2 * size :]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda closed: closed[:-1],
        lambda closed: closed[: -CHUNK // 2],
        lambda closed: closed[:-40] + bytes([closed[-40] ^ 1]) + closed[-39:],
        exchange_chunks,
        lambda closed: closed + b"\0",
        lambda closed: closed[: closed.index(b"--- ") + 64 + CHUNK + 16],
        lambda closed: closed.replace(b"--- ", b"--- A", 1),
        lambda closed: closed.replace(b" 10\n", b" 21\n", 1),
        lambda closed: closed.replace(b"-> scrypt", b"-> X25519", 1),
        lambda _: b"",
        lambda _: b"PGDMP",
    ],
)
def test_what_was_changed_or_cut_short_is_refused_in_words(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(Unusable, match=r"sauvegarde\.tar\.age"):
        read(spoil(close(b"x" * (2 * CHUNK + 1000))))


def test_the_work_is_what_a_machine_of_one_gigabyte_can_do() -> None:
    assert (passphrases.WORK_LIMIT, passphrases.CHUNK, passphrases.TAG, passphrases.HEADER_LIMIT) == (
        20,
        65536,
        16,
        512,
    )
