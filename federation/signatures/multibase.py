"""Multibase base58btc with a multicodec prefix, as Multikeys and embedded proofs write keys (FEP-521a)."""

ED25519_PUBLIC = b"\xed\x01"
RSA_PUBLIC = b"\x85\x24"

SHA256 = b"\x12\x20"
"""What a multihash of SHA-256 begins with: its code, and that 32 bytes follow."""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_LONGEST = 2048


def encode(data: bytes) -> str:
    """`z` and the bytes in base58btc."""
    number = int.from_bytes(data, "big")
    characters = []
    while number:
        number, rest = divmod(number, 58)
        characters.append(_ALPHABET[rest])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + "".join(reversed(characters))


def decode(text: str) -> bytes:
    """The bytes behind `z…`. Raises ValueError."""
    if not text.startswith("z") or len(text) > _LONGEST:
        raise ValueError("not base58btc")
    digits = text[1:]
    number = 0
    for character in digits:
        value = _VALUES.get(character)
        if value is None:
            raise ValueError("not base58btc")
        number = number * 58 + value
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_key(codec: bytes, raw: bytes) -> str:
    """A key with the prefix that says what it is."""
    return encode(codec + raw)


def decode_key(text: str) -> tuple[bytes, bytes]:
    """The two-byte codec and the key itself. Raises ValueError."""
    data = decode(text)
    if len(data) < 3:
        raise ValueError("no key")
    return data[:2], data[2:]


def encode_sha256(digest: bytes) -> str:
    """A digest as the multihash that it is."""
    return encode(SHA256 + digest)


def decode_sha256(text: str) -> bytes | None:
    """The digest behind a multihash; None for another kind, and for what is none."""
    try:
        found = decode(text)
    except ValueError:
        return None
    return found[2:] if found[:2] == SHA256 and len(found) == 34 else None
