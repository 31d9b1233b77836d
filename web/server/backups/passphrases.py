"""Files that a passphrase closes, as age writes them (age-encryption.org/v1, `scrypt`): `age -d` opens them too."""

import base64
import os
import re
from typing import BinaryIO, NoReturn

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from web.server.backups.manifest import Unusable

INTRO = b"age-encryption.org/v1\n"

WORK_FACTOR = 17
"""Two to this power is scrypt's N: 128 MiB for half a second, which a machine of 1 GB has."""

WORK_LIMIT = 20
"""A file that asks for more is not opened: it would take more than a gigabyte."""

CHUNK = 64 * 1024

TAG = 16

HEADER_LIMIT = 512
"""Bytes of a header with one stanza, and some."""

_STANZA = re.compile(rb"-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n--- ([A-Za-z0-9+/]{43})\n")


class WrongPassphrase(Unusable):
    """Another passphrase closed it."""


class ClosingWriter:
    """Writes what it is given into `file`, closed; without `close` at the end, nothing opens it."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        """Write the header: a key of this one file, closed by the passphrase."""
        key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
        wrapped = ChaCha20Poly1305(_stretch(passphrase, salt, WORK_FACTOR)).encrypt(bytes(12), key, None)
        lines = [INTRO, b"-> scrypt %b %d\n" % (_encode(salt), WORK_FACTOR), _encode(wrapped), b"\n---"]
        header = b"".join(lines)
        file.write(header + b" " + _encode(_sign(key, header).finalize()) + b"\n" + nonce)
        self._file = file
        self._cipher = ChaCha20Poly1305(_derive(key, nonce, b"payload"))
        self._number = 0
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        """Close all that is certainly not the end: the last chunk is marked as such."""
        self._waiting += data
        begin = 0
        while len(self._waiting) - begin > CHUNK:
            self._close_chunk(bytes(self._waiting[begin : begin + CHUNK]), last=False)
            begin += CHUNK
        del self._waiting[:begin]
        return len(data)

    def close(self) -> None:
        """Write the end. The file stays open."""
        self._close_chunk(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _close_chunk(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_number(self._number, last=last), chunk, None))
        self._number += 1


class OpeningReader:
    """Reads what a passphrase closed, chunk by chunk; nothing is given out that was changed since."""

    def __init__(self, file: BinaryIO, passphrase: str, name: str) -> None:
        """Read the header; messages call the file `name`. Raises WrongPassphrase, or Unusable."""
        begin = file.read(HEADER_LIMIT)
        found = _STANZA.match(begin, len(INTRO)) if begin.startswith(INTRO) else None
        if found is None:
            raise Unusable(f"{name} was not closed with a passphrase as age does it, or was changed since.")
        salt, work, wrapped, mac = _decode(found[1]), int(found[2]), _decode(found[3]), _decode(found[4])
        if work > WORK_LIMIT:
            raise Unusable(f"{name} asks for more memory than this machine should give (scrypt {work}).")
        try:
            key = ChaCha20Poly1305(_stretch(passphrase, salt, work)).decrypt(bytes(12), wrapped, None)
        except InvalidTag:
            raise WrongPassphrase(f"This passphrase does not open {name}: another one closed it.") from None
        try:
            _sign(key, begin[: found.start(4) - 1]).verify(mac)
        except InvalidSignature:
            raise Unusable(f"The beginning of {name} was changed since it was written.") from None
        file.seek(found.end())
        self._name = name
        self._file = file
        self._cipher = ChaCha20Poly1305(_derive(key, file.read(16), b"payload"))
        self._number = 0
        self._ahead = file.read(CHUNK + TAG)
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """The next chunk, whatever `size`; b"" at the end. Raises Unusable where it was changed or cut short."""
        del size
        if self._ended:
            return b""
        chunk, self._ahead = self._ahead, self._file.read(CHUNK + TAG)
        self._ended = not self._ahead
        try:
            opened = self._cipher.decrypt(_number(self._number, last=self._ended), chunk, None)
        except InvalidTag:
            self._refuse()
        self._number += 1
        return opened

    def _refuse(self) -> NoReturn:
        raise Unusable(f"{self._name} was changed or cut short since it was written; take another backup.")


def _stretch(passphrase: str, salt: bytes, work: int) -> bytes:
    stretched: bytes = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=2**work, r=8, p=1).derive(
        passphrase.encode()
    )
    return stretched


def _derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    derived: bytes = HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key)
    return derived


def _sign(key: bytes, header: bytes) -> HMAC:
    mac = HMAC(_derive(key, b"", b"header"), SHA256())
    mac.update(header)
    return mac


def _number(number: int, *, last: bool) -> bytes:
    """The nonce of a chunk: its number, and whether it is the end."""
    return number.to_bytes(11, "big") + bytes([last])


def _encode(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _decode(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))
