"""What is wrong between an instance and everybody else is named: names, certificates, web server, mails, clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiohttp import web

from federation.errors import Cause, FetchFailed
from federation.http_client import own_address
from models.store.database import Pool, execute, transaction
from tests.certificates import DAY, Authority, make_authority
from tests.federation.loopback import serve
from tests.web.actions.doctor.patients import make_patient
from tests.web.smtp_server import open_post
from web.actions.doctor import outside
from web.actions.doctor.findings import Patient
from web.mail.smtp import MailCause, SendResult


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@dataclass
class Front:
    """The web server in front of an instance: what it answers to each path."""

    url: str = ""
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        status, text = self.answers.get(request.path, (404, ""))
        return web.Response(status=status, text=text)


@pytest.fixture
async def front(authority: Authority) -> AsyncIterator[tuple[Front, Patient]]:
    """One that answers rightly, and the instance that has its address."""
    made = Front()
    tls = authority.issue("localhost", ends=90 * DAY).context
    async with serve(made.answer, tls=tls, name="localhost") as server:
        made.answers = {
            "/.well-known/nodeinfo": (200, f'{{"links": [{{"href": "{server.url}/nodeinfo/2.1"}}]}}'),
            "/.well-known/webfinger": (200, '{"subject": "acct:coop@localhost"}'),
            "/healthz": (200, "{}"),
        }
        yield made, make_patient(url=server.url, ca_file=authority.ca_file)


async def test_an_instance_that_is_reached_is_well(front: tuple[Front, Patient]) -> None:
    _, patient = front

    found = [
        await look(patient) for look in (outside.check_reachable, outside.check_webfinger, outside.check_certificate)
    ]

    assert [one.severity for one in found] == ["ok"] * 3
    assert "89\u00a0jours" in found[2].what


@pytest.mark.parametrize(
    ("status", "text", "words"),
    [
        (502, "Bad Gateway", "ne trouve pas Déclic derrière lui"),
        (200, "<h1>It works!</h1>", "c’est autre chose que cette plateforme"),
        (404, "", "c’est autre chose que cette plateforme"),
    ],
)
async def test_a_web_server_that_leads_elsewhere_is_named(
    status: int, text: str, words: str, front: tuple[Front, Patient]
) -> None:
    made, patient = front
    made.answers["/.well-known/nodeinfo"] = status, text
    made.answers["/.well-known/webfinger"] = status, text

    found, accounts = await outside.check_reachable(patient), await outside.check_webfinger(patient)

    assert found.severity == accounts.severity == "error"
    assert words in found.what and found.command and accounts.command.startswith("curl ")


@pytest.mark.parametrize(
    ("ends", "name", "severity"),
    [(10 * DAY, "localhost", "warning"), (-DAY, "localhost", "error"), (90 * DAY, "other.example", "error")],
)
async def test_a_certificate_that_ends_or_does_not_fit_is_named(
    ends: timedelta, name: str, severity: str, authority: Authority
) -> None:
    tls = authority.issue(name, begins=-2 * DAY, ends=ends).context
    async with serve(Front().answer, tls=tls, name="localhost") as server:
        patient = make_patient(url=server.url, ca_file=authority.ca_file)
        found = await outside.check_certificate(patient)

    assert found.severity == severity and "localhost" in found.what and "journalctl" in found.command


@pytest.mark.parametrize(
    ("cause", "words", "command"),
    [
        (Cause.NAME_NOT_FOUND, "Le nom lomme.example ne mène nulle part", "getent ahosts lomme.example"),
        (Cause.CONNECTION_REFUSED, "Personne ne répond", "systemctl status caddy nginx"),
        (Cause.CERTIFICATE_UNTRUSTED, "Le certificat de lomme.example n’est pas bon", "journalctl"),
    ],
)
async def test_an_address_that_leads_nowhere_is_named(
    cause: Cause, words: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> own_address.OwnAnswer:
        raise FetchFailed(cause, "lomme.example")

    monkeypatch.setattr(outside, "ask_ourselves", fail)

    found = await outside.check_reachable(make_patient())
    redirect, accounts = await outside.check_redirect(make_patient()), await outside.check_webfinger(make_patient())

    assert found.severity == "error" and words in found.what and found.command.startswith(command)
    assert (redirect.severity, accounts.severity) == ("warning", "skipped")


async def test_an_address_without_https_has_no_certificate_and_no_other_port() -> None:
    patient = make_patient(url="http://lomme.example")

    found = [await outside.check_certificate(patient), await outside.check_redirect(patient)]

    assert [(one.severity, one.needless) for one in found] == [("skipped", True)] * 2


async def test_port_80_that_leads_to_https_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lead(*_: object, plain: bool = False, **__: object) -> own_address.OwnAnswer:
        assert plain
        return own_address.OwnAnswer(status=308, location="https://lomme.example/", body=b"", certificate_until=None)

    monkeypatch.setattr(outside, "ask_ourselves", lead)

    assert (await outside.check_redirect(make_patient())).severity == "ok"


async def test_what_is_no_http_and_what_never_ends_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_address, "SECONDS", 0.2)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 hello\r\n" if b"/healthz" in request else b"HTTP/1.1 200 OK\r\n")
        if b"/healthz" not in request:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    own = make_patient(url=f"http://127.0.0.1:{port}").settings.site

    with pytest.raises(FetchFailed):
        await own_address.ask_ourselves(own, "/healthz")
    with pytest.raises(FetchFailed) as failed:
        await own_address.ask_ourselves(own, "/")

    server.close()
    assert failed.value.cause is Cause.TIMED_OUT


async def test_a_mail_server_that_is_away_or_not_named_is_named() -> None:
    async with open_post() as postman:
        url = f"smtp://127.0.0.1:{postman.port}"
        good = await outside.check_mail_server(make_patient(smtp_url=url))
    away = await outside.check_mail_server(make_patient(smtp_url=url))
    none = await outside.check_mail_server(make_patient())

    assert (good.severity, away.severity, none.severity) == ("ok", "error", "warning")
    assert "127.0.0.1" in away.what and "DECLIC_SMTP_URL" in none.mend
    assert not postman.taken, "nothing was sent"


async def test_a_mail_server_that_keeps_silent_is_away_before_anybody_waits_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outside, "MAIL_SECONDS", 0.2)
    silent = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]

    found = await outside.check_mail_server(make_patient(smtp_url=f"smtp://127.0.0.1:{port}"))

    silent.close()
    assert (found.severity, found.command) == ("error", f"openssl s_client -connect 127.0.0.1:{port}")
    assert "n’est pas joignable" in found.what


async def test_who_was_refused_does_not_try_the_same_name_and_password_twice_a_minute(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    async def refuse(*_: object) -> SendResult:
        tried.append(1)
        return SendResult(cause=MailCause.LOGIN)

    monkeypatch.setattr(outside, "log_in", refuse)
    asked = make_patient(pool, smtp_url="smtps://nadia:wrong@mail.lomme.example")
    watched = replace(asked, dear="due")
    found = [await outside.check_mail_server(at) for at in (watched, watched, asked)]
    assert watched.instance is not None
    watched.instance.refused_log_ins.clear()
    found.append(await outside.check_mail_server(watched))

    assert [one.severity for one in found] == ["error", "skipped", "error", "error"], "who asks is told at once"
    assert (len(tried), found[1].needless) == (3, False), "what was wrong stays so"


@pytest.mark.parametrize(
    ("clocks", "severity"), [((), "skipped"), ((20,), "ok"), ((20, -90), "skipped"), ((-90, -90, 0), "warning")]
)
async def test_a_clock_of_which_too_few_tell_stays_as_it_was(
    clocks: tuple[int, ...], severity: str, pool: Pool
) -> None:
    async with transaction(pool) as conn:
        for number, seconds in enumerate(clocks):
            query = "INSERT INTO server (host, clock_seconds, clock_at) VALUES ($1, $2, now())"
            await execute(conn, query, f"h{number}.example", seconds)

    assert (await outside.check_clock(make_patient(pool))).severity == severity


@pytest.mark.parametrize(("seconds", "severity"), [(20, "ok"), (90, "warning"), (-300, "error")])
async def test_a_clock_that_is_wrong_is_named(seconds: int, severity: str, pool: Pool) -> None:
    async with transaction(pool) as conn:
        for number in range(3):
            await execute(
                conn,
                "INSERT INTO server (host, clock_seconds, clock_at) VALUES ($1, $2, now())",
                f"h{number}.example",
                seconds,
            )

    found = await outside.check_clock(make_patient(pool))

    assert found.severity == severity
    assert severity == "ok" or (str(abs(seconds)) in found.what and found.command == "timedatectl set-ntp true")
