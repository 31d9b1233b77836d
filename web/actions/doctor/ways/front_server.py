"""What the web server in front of Déclic (the proxy) passes on, seen from behind it: we ask at our own address."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import urlsplit

from federation.errors import FetchFailed
from federation.http_client.own_address import ask_ourselves
from federation.http_client.own_front import Front, ask_upgrade, watch_stream
from federation.instance import Instance
from models.store.database import transaction
from web.actions.doctor import own_commands
from web.actions.doctor.database import skip
from web.actions.doctor.findings import (
    Finding,
    Patient,
    is_passing,
    ok,
    skip_lost,
    skip_needless,
    skip_unreached,
)
from web.actions.doctor.own_commands import WEB_SERVER
from web.http.client_address import INDOORS, is_trusted, read_address
from web.rendering.render import N_
from web.security.own_probes import make_probe

PATH, STREAM_PATH = "/healthz/front", "/api/v1/streaming/health"

LOOPBACK = tuple(ip_network(written) for written in ("127.0.0.0/8", "::1/128"))

DECOY = "192.0.2.1"
"""What a visitor might say of herself: an address that nobody has (RFC 5737)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a request of ours arrived: `peer` is who brought it, empty for a socket; `forwarded` is whom he names."""

    host: str
    peer: str
    forwarded: Sequence[str]
    scheme: str


async def check_proxy_headers(at: Patient) -> Finding:
    """Whether the name that was asked for, https and the visitor's address arrive, and are believed."""
    if at.instance is None:
        return skip(at)
    if urlsplit(at.settings.url).scheme != "https":
        return skip_needless(at.say(N_("Sans https, il n’y a pas de serveur web devant Déclic.")))
    try:
        front = await open_front(at, PATH, {"X-Forwarded-For": DECOY})
        answer = await ask_ourselves(front.site, front.path, ca_file=front.ca_file, headers=front.headers)
    except FetchFailed:
        return _judge_others(at, at.instance, skip_unreached(at))
    seen = _read(answer.body) if answer.status == 200 else None
    if seen is None:
        return _judge_others(at, at.instance, skip_lost(at))
    return _judge_names(at, seen) or _judge_visitors(at, seen, is_at_home=_is_loopback(answer.address))


def _judge_names(at: Patient, seen: Seen) -> Finding | None:
    """The name and https, which signatures and addresses are made of."""
    name = at.settings.site.host
    if seen.host.lower().removesuffix(":443") != name.lower():
        return Finding(
            severity="error",
            what=at.say(
                N_(
                    "Le serveur web transmet le nom « %(host)s » au lieu de « %(name)s » (Host) : ce que les autres "
                    "coops signent ne peut pas être vérifié."
                ),
                host=seen.host[:100],
                name=name,
            ),
            mend=at.say(
                N_("Avec nginx, il faut la ligne « proxy_set_header Host $http_host; ». Voyez ce qui y est\u00a0:")
            ),
            command=WEB_SERVER,
        )
    if seen.scheme == "http":
        return Finding(
            severity="error",
            what=at.say(
                N_(
                    "Le serveur web dit que les gens viennent sans https (X-Forwarded-Proto) : les autres coops sont "
                    "renvoyées en rond et ne lisent rien d’ici."
                )
            ),
            mend=at.say(
                N_(
                    "Avec nginx, il faut la ligne « proxy_set_header X-Forwarded-Proto https; ». Si un autre serveur "
                    "se tient devant lui, il doit laisser passer ce que celui-là dit\u00a0:"
                )
            ),
            command=WEB_SERVER,
        )
    return None


def _is_loopback(address: str) -> bool:
    return is_trusted(address, LOOPBACK) if address else False


def _judge_visitors(at: Patient, seen: Seen, *, is_at_home: bool) -> Finding:
    """Whether visitors are told apart: limits count each of them, and a flood of one must not close the door to all.

    Where our address leads to this machine itself, whoever stands in front may believe us more than visitors.
    """
    trusted = not seen.peer or is_trusted(seen.peer, at.settings.proxy_networks)
    told = [one for one in seen.forwarded[-1:] if one != DECOY or trusted]
    if told and not trusted:
        return _tell_untrusted(at, seen.peer)
    if not (told or trusted or is_trusted(seen.peer, INDOORS)):
        return _tell_well(at)
    return _judge_told(at, told, is_at_home=is_at_home)


def _skip_home(at: Patient) -> Finding:
    words = N_(
        "D’ici, notre adresse mène à cette machine même : ce que le serveur web fait de l’adresse qu’un visiteur "
        "se donne (X-Forwarded-For) ne se voit que de dehors."
    )
    return skip_needless(at.say(words))


def _judge_told(at: Patient, told: list[str], *, is_at_home: bool) -> Finding:
    """What our proxy tells of a visitor: the address that she gave herself, nothing, or where she comes from."""
    if told not in ([DECOY], []):
        return _tell_well(at)
    if told and is_at_home:
        return _skip_home(at)
    words = (
        N_(
            "Le serveur web transmet telle quelle l’adresse qu’un visiteur se donne (X-Forwarded-For) : chacun peut "
            "prendre celle d’un autre."
        )
        if told
        else N_(
            "Le serveur web ne dit pas d’où viennent les visiteurs (X-Forwarded-For) : pour les limites, ils ne sont "
            "tous qu’une seule personne."
        )
    )
    return Finding(
        severity="error" if told else "warning",
        what=at.say(words),
        mend=at.say(
            N_(
                "Avec nginx, il faut la ligne « proxy_set_header X-Forwarded-For $remote_addr; » et rien d’autre sous "
                "ce nom\u00a0:"
            )
        ),
        command=WEB_SERVER,
    )


def _tell_well(at: Patient) -> Finding:
    return ok(at.say(N_("Le nom demandé, https et l’adresse des visiteurs arrivent jusqu’ici.")))


def _tell_untrusted(at: Patient, peer: str) -> Finding:
    """With the line that names it beside those that are named already."""
    line = f"DECLIC_TRUSTED_PROXIES={','.join([*at.settings.trusted_proxies, peer])}"
    mend = N_("Si c’est bien le vôtre, nommez-le dans DECLIC_TRUSTED_PROXIES, puis redémarrez\u00a0:")
    command = f"echo {line} >> /etc/declic/declic.env && systemctl restart declic"
    if own_commands.is_container():
        mend = N_(
            "Si c’est bien le vôtre, écrivez ceci dans compose.yaml, parmi ce qui est donné à Déclic (environment), "
            "puis « docker compose up -d » ou « podman compose up -d »\u00a0:"
        )
        command = line.replace("=", ": ")
    return Finding(
        severity="warning",
        what=at.say(
            N_(
                "Le serveur web, à %(peer)s, dit d’où viennent les visiteurs, mais on ne le croit pas : pour les "
                "limites, ils ne sont tous qu’une seule personne."
            ),
            peer=peer,
        ),
        mend=at.say(mend),
        command=command,
    )


def _judge_others(at: Patient, instance: Instance, otherwise: Finding) -> Finding:
    """What requests of visitors said within the hour to this process, where one of ours says nothing."""
    peer = instance.unbelieved.find("proxy")
    return otherwise if peer is None else _tell_untrusted(at, peer)


async def check_ranges(at: Patient) -> Finding:
    """Whether a part of a film can be asked for: some telephones play nothing otherwise."""
    if at.instance is None:
        return skip(at)
    try:
        front = await open_front(at, PATH, {"Range": "bytes=0-3"})
        answer = await ask_ourselves(front.site, front.path, ca_file=front.ca_file, headers=front.headers)
    except FetchFailed:
        return skip_unreached(at)
    if answer.status == 206:
        return ok(at.say(N_("Un film peut être demandé par morceaux (Range).")))
    if answer.status != 200:
        return skip_lost(at)
    return Finding(
        severity="warning",
        what=at.say(N_("Le serveur web enlève « Range » : des téléphones ne jouent ni film ni son.")),
        mend=at.say(N_("Il doit transmettre les en-têtes « Range » et « If-Range » comme ils viennent\u00a0:")),
        command=WEB_SERVER,
    )


async def check_streams(at: Patient) -> Finding:
    """Whether apps hear at once what happens: by a WebSocket, and by events that nobody holds back."""
    if at.instance is None:
        return skip(at)
    try:
        upgraded = await ask_upgrade(await open_front(at, STREAM_PATH))
        streamed = await watch_stream(await open_front(at, STREAM_PATH))
    except FetchFailed:
        return skip_unreached(at)
    if _is_lost(upgraded) or streamed is None:
        return skip_lost(at)
    if upgraded == 101 and streamed:
        return ok(at.say(N_("Les applications apprennent aussitôt ce qui se passe.")))
    words = (
        N_("Le serveur web ne laisse pas passer les WebSockets : les applications n’apprennent rien d’elles-mêmes.")
        if upgraded != 101
        else N_("Le serveur web retient ce qui passe par /api/v1/streaming : les applications l’apprennent trop tard.")
    )
    return Finding(
        severity="warning",
        what=at.say(words),
        mend=at.say(
            N_(
                "Avec nginx, pour /api/v1/streaming il faut « proxy_http_version 1.1; », les en-têtes « Upgrade » et "
                "« Connection », et « proxy_buffering off; », comme dans deploy/nginx.conf\u00a0:"
            )
        ),
        command=WEB_SERVER,
    )


async def open_front(at: Patient, path: str, headers: dict[str, str] | None = None) -> Front:
    """A request of ours to be, with a secret of its own."""
    assert at.instance is not None
    async with transaction(at.instance.pool) as conn:
        probe = await make_probe(conn, at.settings)
    return Front(site=at.settings.site, path=path, headers={**(headers or {}), **probe}, ca_file=at.settings.ca_file)


def _read(body: bytes) -> Seen | None:
    """What stands in the answer, which may have come in pieces; None where it is none of ours."""
    try:
        said = json.loads(body[body.find(b"{") : body.rfind(b"}") + 1])
        forwarded = [read_address(one) for one in said["forwarded"].split(",") if one.strip()]
        return Seen(host=said["host"], peer=said["peer"], forwarded=forwarded, scheme=said["scheme"].strip().lower())
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_lost(status: int) -> bool:
    """Whether this is said of the request and not of its size or kind: it did not arrive, or not at this moment."""
    return status == 404 or is_passing(status)
