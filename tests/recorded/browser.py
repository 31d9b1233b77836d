"""One client of a server, over plain HTTP: it keeps its cookies, sends the forms of pages as they stand, and signs."""

import base64
import hashlib
import http.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import urlencode

import lxml.html
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from web.forms.old_names import ACT, CODES, CODES_AT, FIELDS

SECONDS = 60
"""How long an answer may take: the machine may be busy with something else."""

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered: headers in their order, the body as it came."""

    status: int
    headers: Pairs
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")


@dataclass(slots=True, kw_only=True)
class Browser:
    """Somebody who asks the server at `listen` (host, port) by the name `host`; nothing is followed by itself."""

    listen: tuple[str, int]
    host: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request, and the whole answer."""
        sent = {"Host": self.host, **self.headers, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body or method not in {"GET", "HEAD"}:
            sent["Content-Length"] = str(len(body))
        connection = http.client.HTTPConnection(*self.listen, timeout=SECONDS)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            got = connection.getresponse()
            answer = Answer(status=got.status, headers=got.getheaders(), body=got.read())
        finally:
            connection.close()
        self._keep_cookies(answer)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        """A page, as a browser asks for it."""
        return self.ask("GET", path, headers={"Accept": "text/html", "Accept-Language": "fr"} | headers)

    def post(self, path: str, pairs: Iterable[tuple[str, str]], **headers: str) -> Answer:
        """Fields, sent as forms send them."""
        form = {"Accept": "text/html", "Accept-Language": "fr", "Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(list(pairs)).encode(), form | headers)

    def submit(self, page: str, action: str, **changes: str) -> Answer:
        """The form of this page that leads to `action`, as it stands but for the `changes`.

        Raises LookupError where the page has no such form.
        """
        answer = self.get(page)
        return self.post(action, fill(answer, action, changes))

    def _keep_cookies(self, answer: Answer) -> None:
        for key, value in answer.headers:
            if key.lower() == "set-cookie":
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.partition(";")[0]


def fill(answer: Answer, action: str, changes: Mapping[str, str]) -> Pairs:
    """The fields of a page's form, with some of them changed. Raises LookupError where there is no such form.

    One without any action leads to the page itself. Of several it is the one that says most of the changes already.
    Changes are told by the names of today; a page of a version before that has its own, and is sent these.
    """
    document = lxml.html.document_fromstring(answer.text) if answer.body else None
    found = [] if document is None else list(document.forms)
    forms = [one for one in found if one.action is not None and one.action.partition("#")[0] == action]
    forms = forms or [one for one in found if one.action is None]
    if not forms:
        raise LookupError(f"no form leads to {action} on this page ({answer.status})")
    form, spelled = max(
        ((one, spell(one, changes)) for one in forms),
        key=lambda pair: len({*pair[0].form_values()} & {*pair[1].items()}),
    )
    kept = [(name, value) for name, value in form.form_values() if name not in spelled]
    return kept + list(spelled.items())


def spell(form: lxml.html.FormElement, changes: Mapping[str, str]) -> dict[str, str]:
    """The changes by the names and codes of this form, which are those of its version; 0.1 had them in French."""
    said = {(one.get("name"), one.get("value")) for one in form.iterfind(".//*[@name]")}
    names, spelled = {name for name, _ in said}, {}
    for name, value in changes.items():
        known = next((one for one in [name, *find_old(FIELDS, name)] if one in names), name)
        codes = [*find_old(CODES, value), *(code for (_, code), now in CODES_AT.items() if now == value)]
        if name == ACT != known:
            value = next((one for one in codes if (known, one) in said), [*codes, value][0])
        spelled[known] = value
    return spelled


def find_old(renamed: Mapping[str, str], now: str) -> list[str]:
    """What may have had this name before."""
    return [old for old, name in renamed.items() if name == now]


def sign(key_pem: str, key_id: str, method: str, path: str, host: str, body: bytes = b"") -> dict[str, str]:
    """The headers of a request as Mastodon signs it (draft-cavage, rsa-sha256), for now."""
    key = load_pem_private_key(key_pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    lines = {"(request-target)": f"{method.lower()} {path}", "host": host, "date": formatdate(usegmt=True)}
    if method == "POST":
        lines["digest"] = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = "\n".join(f"{name}: {value}" for name, value in lines.items())
    signature = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), SHA256())).decode()
    named = " ".join(lines)
    headers = {name.capitalize(): value for name, value in lines.items() if name in {"date", "digest"}}
    headers["Signature"] = f'keyId="{key_id}",algorithm="rsa-sha256",headers="{named}",signature="{signature}"'
    return headers
