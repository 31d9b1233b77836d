"""Fedify's functions for signing and verifying (fedify/signatures.mjs), called one by one."""

import asyncio
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation.signatures import Envelope, Signer
from tests.peers.programs import HERE, NODE


class FedifySignatures:
    """A running Node with Fedify in it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, act: str, **what: Any) -> dict[str, Any]:
        """What this function of Fedify says. AssertionError when it throws."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"act": act, **what}).encode() + b"\n")
        async with asyncio.timeout(30):
            answer: dict[str, Any] = json.loads(await self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer


@asynccontextmanager
async def running_signatures() -> AsyncIterator[FedifySignatures]:
    """Start Node until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        str(NODE),
        str(HERE / "fedify/signatures.mjs"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
        limit=4 * 1024 * 1024,
    )
    try:
        yield FedifySignatures(process)
    finally:
        process.kill()
        await process.wait()


def write_request(envelope: Envelope, origin: str) -> dict[str, Any]:
    """A request as Fedify's side takes it."""
    return {
        "method": envelope.method,
        "url": origin + envelope.path,
        "headers": dict(envelope.headers),
        "body": envelope.body.decode() if envelope.body else None,
    }


def write_jwk(signer: Signer) -> dict[str, str]:
    """The private key as JSON Web Key."""
    key = signer.private_key
    if isinstance(key, RSAPrivateKey):
        numbers = key.private_numbers()
        parts = {
            "n": numbers.public_numbers.n,
            "e": numbers.public_numbers.e,
            "d": numbers.d,
            "p": numbers.p,
            "q": numbers.q,
            "dp": numbers.dmp1,
            "dq": numbers.dmq1,
            "qi": numbers.iqmp,
        }
        return {"kty": "RSA"} | {
            name: _encode(value.to_bytes((value.bit_length() + 7) // 8, "big")) for name, value in parts.items()
        }
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _encode(key.public_key().public_bytes_raw()),
        "d": _encode(key.private_bytes_raw()),
    }


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
