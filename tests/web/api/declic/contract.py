"""The server's own description of its API, and a client that holds every answer against it."""

import re
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from tests.web.api.conftest import Answer, Api

URL = "/api/v1/declic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A client of our own API."""

    api: Api
    document: Any

    async def ask(self, method: str, path: str, **request: Any) -> Answer:
        """Any request; status, type and shape of the answer are those of the document."""
        headers = dict(request.pop("headers", {}))
        if self.api.bearer is not None:
            headers["Authorization"] = f"Bearer {self.api.bearer}"
        response = await self.api.client.request(method, URL + path, headers=headers, **request)
        body = await response.read()
        described = self.find_operation(method, URL + path.partition("?")[0])["responses"]
        assert str(response.status) in described, (response.status, body)
        schema = described[str(response.status)]["content"][response.content_type]["schema"]
        value: Any = body.decode()
        if response.content_type != "application/atom+xml":
            value = await response.json(content_type=None)
            self.check(value, schema)
        return Answer(status=response.status, json=value, headers=response.headers)

    async def get(self, path: str, **request: Any) -> Any:
        """A value that is there."""
        answer = await self.ask("GET", path, **request)
        assert answer.status == 200, answer
        return answer.json

    async def refused(self, method: str, path: str, status: int = 422, **request: Any) -> str:
        """The field that an error names, or the error itself."""
        answer = await self.ask(method, path, **request)
        assert answer.status == status, answer
        return str(answer.json.get("field") or answer.json["error"])

    def check(self, value: Any, schema: Any) -> None:
        """Every value that is answered fits, and none of an object's fields stands outside its description."""
        whole = schema | {"components": closed(self.document["components"])}
        validator_for(whole, default=Draft202012Validator)(
            whole, format_checker=Draft202012Validator.FORMAT_CHECKER
        ).validate(value)

    def find_operation(self, method: str, path: str) -> Any:
        """What the document says of this address."""
        for template, operations in self.document["paths"].items():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return operations[method.lower()]
        raise AssertionError(f"{method} {path} is not in the document")


def closed(components: Any) -> Any:
    """The components with no other fields allowed; the document of OpenAPI itself is checked elsewhere."""
    return {
        "schemas": {
            name: schema | ({} if name == "Document" else {"additionalProperties": False})
            for name, schema in components["schemas"].items()
        }
    }


async def read_contract(api: Api) -> Any:
    """The document as the server gives it."""
    response = await api.client.get(f"{URL}/openapi.json")
    assert response.status == 200
    return await response.json()
