"""TLS towards other servers: certificates are checked, and what is wrong with them is said."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from federation.errors import Cause, FetchFailed
from federation.http_client.transport import AiohttpTransport
from models.settings import Settings
from tests.certificates import DAY, Authority, make_authority
from tests.federation.loopback import serve
from tests.fediverse import make_signer

ALICE = make_signer("https://lomme.test/users/alice#main-key")


async def _hello(request: web.BaseRequest) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def transport(authority: Authority) -> AsyncIterator[AiohttpTransport]:
    settings = Settings(url="https://lomme.test", test_federation=True, ca_file=authority.ca_file)
    transport = AiohttpTransport(settings)
    yield transport
    await transport.close()


async def test_a_certificate_of_the_extra_authority_is_accepted(
    authority: Authority, transport: AiohttpTransport
) -> None:
    async with serve(_hello, tls=authority.issue("localhost").context, name="localhost") as server:
        fetched = await transport.get_document(server.url)
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert fetched.body == b"hello" and answer.status == 200


async def test_the_extra_authority_is_needed(authority: Authority) -> None:
    transport = AiohttpTransport(Settings(url="https://lomme.test", test_federation=True))
    async with serve(_hello, tls=authority.issue("localhost").context, name="localhost") as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert answer.status is None and answer.cause is Cause.CERTIFICATE_UNTRUSTED
    assert server.requests == []
    await transport.close()


@pytest.mark.parametrize(
    ("name", "begins", "ends", "cause"),
    [
        ("other.example", -DAY, DAY, Cause.CERTIFICATE_WRONG_NAME),
        ("localhost", -2 * DAY, -DAY, Cause.CERTIFICATE_EXPIRED),
        ("localhost", DAY, 2 * DAY, Cause.CERTIFICATE_NOT_YET_VALID),
    ],
)
async def test_certificates_that_do_not_fit_are_refused_by_name(
    name: str, begins: timedelta, ends: timedelta, cause: Cause, authority: Authority, transport: AiohttpTransport
) -> None:
    tls = authority.issue(name, begins=begins, ends=ends).context
    async with serve(_hello, tls=tls, name="localhost") as server:
        with pytest.raises(FetchFailed) as failed:
            await transport.get_document(server.url)

    assert failed.value.cause is cause and failed.value.retry
    assert server.requests == []


async def test_an_address_in_the_certificate_serves_hosts_without_a_name(
    authority: Authority, transport: AiohttpTransport
) -> None:
    async with serve(_hello, tls=authority.issue("127.0.0.1").context) as server:
        assert (await transport.get_document(server.url)).body == b"hello"


async def test_b06_https_never_leads_to_http(authority: Authority, transport: AiohttpTransport) -> None:
    async with serve(_hello) as plain:

        async def downgrade(request: web.BaseRequest) -> web.Response:
            return web.Response(status=302, headers={"Location": plain.url})

        async with serve(downgrade, tls=authority.issue("localhost").context, name="localhost") as server:
            with pytest.raises(FetchFailed) as failed:
                await transport.get_document(server.url)

    assert failed.value.cause is Cause.REDIRECT and plain.requests == []


async def test_a_server_without_tls_is_told_apart(transport: AiohttpTransport) -> None:
    async with serve(_hello) as server:
        answer = await transport.post_activity(server.url.replace("http:", "https:"), b"{}", ALICE)

    assert answer.status is None and answer.cause is Cause.TLS


async def test_the_second_connection_takes_up_the_session_of_the_first(authority: Authority) -> None:
    context = authority.issue("localhost").context
    settings = Settings(url="https://lomme.test", test_federation=True, ca_file=authority.ca_file)
    transport = AiohttpTransport(settings)

    async def close_after(request: web.BaseRequest) -> web.Response:
        return web.Response(text="hello", headers={"Connection": "close"})

    async with serve(close_after, tls=context, name="localhost") as server:
        for _ in range(3):
            await transport.get_document(server.url)

    assert context.session_stats()["hits"] >= 1
    await transport.close()


def test_a_missing_authority_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="not a file"):
        Settings(url="https://lomme.test", ca_file=tmp_path / "absent.pem")
