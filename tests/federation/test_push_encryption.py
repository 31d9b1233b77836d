"""Messages for apps are encrypted as the standard's own example, and as another implementation reads them."""

import base64
import os

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from federation.push_encryption import RECORD_BYTES, encrypt_as_drafted, encrypt_message, write_point
from federation.web_push import MOST_BYTES


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_the_standard_comes_out() -> None:
    """RFC 8291, section 5 and appendix A."""
    own = ec.derive_private_key(
        int.from_bytes(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    theirs = decode("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")

    body = encrypt_message(
        b"When I grow up, I want to be a watermelon",
        own=own,
        theirs=theirs,
        secret=decode("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=decode("DGv6ra1nlYgDCS1FRnbzlw"),
    )

    assert body == decode(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
        "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize("message", [b"{}", "Une réponse à votre annonce".encode(), b"x" * MOST_BYTES])
@pytest.mark.parametrize("version", ["aes128gcm", "aesgcm"])
def test_another_implementation_reads_it(version: str, message: bytes) -> None:
    own, app = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    secret, salt = os.urandom(16), os.urandom(16)
    encrypt = encrypt_message if version == "aes128gcm" else encrypt_as_drafted

    body = encrypt(message, own=own, theirs=write_point(app), secret=secret, salt=salt)

    named = {} if version == "aes128gcm" else {"salt": salt, "dh": write_point(own)}
    assert http_ece.decrypt(body, private_key=app, auth_secret=secret, version=version, **named) == message
    assert len(body) <= RECORD_BYTES
