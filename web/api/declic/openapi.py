"""The OpenAPI 3.1 document of our own API, made from the table of operations and the structs that views use (pure)."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from federation.json.fields import Json
from web.api.declic.operation import PATTERNS, PREFIX, Operation
from web.api.declic.operations import SECTIONS
from web.api.declic.request_schemas import Nothing
from web.api.declic.response_schemas import Document, Error
from web.rendering.error_messages.lookup import SENTENCES
from web.rendering.render import N_

CODES = "x-sentences"
"""Every code with what it says: no `enum`, since new ones may come."""

REFERENCE = "#/components/schemas/{name}"

DOCUMENT_PATH = "/openapi.json"

Say = Callable[[str], str]
"""From a French sentence to the reader's."""

ABOUT = N_(
    "Ce que l’API de Mastodon ne sait pas dire : les annonces et tous leurs champs, les échanges, les lieux, "
    "les territoires."
)
ABOUT_DOCUMENT = N_("Cette description, au format OpenAPI 3.1.")
ABOUT_ID = {
    "listings": N_("L’identifiant d’une annonce."),
    "exchanges": N_("L’identifiant d’un échange."),
    "agreements": N_("L’identifiant d’un accord."),
    "territories": "",
}
ABOUT_HOST = N_("Le nom de serveur d’une coop.")
ABOUT_KEY = N_("Un texte de votre choix, gardé un jour.")
ABOUT_LINK = N_('Les pages voisines : rel="next" et rel="prev".')

ANSWERED = N_("La réponse")

REFUSALS = {
    401: N_("Le jeton manque, ou n’est pas valable."),
    403: N_("Le jeton ne permet pas cela."),
    404: N_("Cela n’existe pas ici, ou vous ne pouvez pas le voir."),
    409: N_("Cela a changé entre-temps."),
    422: N_("Un champ ne va pas : « field » le nomme."),
    429: N_("Trop de requêtes : l’en-tête Retry-After dit quand revenir."),
}


def build_document(url: str, say: Say) -> Json:
    """The whole document for the server at `url`."""
    operations = [one for section in SECTIONS.values() for one in section]
    paths: dict[str, Json] = {}
    for tag, section in SECTIONS.items():
        for one in section:
            paths.setdefault(PREFIX + one.path, {})[one.method.lower()] = _build_operation(one, say(tag), say)
    paths[PREFIX + DOCUMENT_PATH] = {"get": _build_own(say)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Déclic",
            "version": "1",
            "description": say(ABOUT),
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": url}],
        "tags": [{"name": say(tag)} for tag in SECTIONS],
        "paths": paths,
        "components": {
            "schemas": _build_schemas(operations, say),
            "securitySchemes": {"token": _build_security(url, operations)},
        },
    }


def _build_security(url: str, operations: Iterable[Operation[Any]]) -> Json:
    scopes = {one.scope: "" for one in operations if one.scope}
    flow = {"authorizationUrl": f"{url}/oauth/authorize", "tokenUrl": f"{url}/oauth/token", "scopes": scopes}
    return {"type": "oauth2", "flows": {"authorizationCode": flow}}


def _build_schemas(operations: Iterable[Operation[Any]], say: Say) -> Json:
    kept: list[Any] = [Error, Document]
    for one in operations:
        kept += [shape for shape in one.formats.values() if shape is not None]
        if one.method != "GET" and one.asked is not Nothing:
            kept.append(one.asked)
    _, components = msgspec.json.schema_components(kept, ref_template=REFERENCE)
    for component in components.values():
        component.pop("description", None)  # a docstring, for whoever reads the code
    translated: Json = _translate(components, say)
    translated["Error"]["properties"]["code"][CODES] = {code: say(SENTENCES[code]) for code in sorted(SENTENCES)}
    return translated


def _translate(value: Any, say: Say) -> Any:
    """The schema with its descriptions in the reader's language."""
    if isinstance(value, list):
        return [_translate(one, say) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: say(one) if name == "description" and isinstance(one, str) else _translate(one, say)
        for name, one in value.items()
    }


def _build_operation(one: Operation[Any], tag: str, say: Say) -> Json:
    document: Json = {
        "operationId": one.name,
        "tags": [tag],
        "summary": say(one.summary),
        "parameters": [*_build_places(one, say), *_build_parameters(one, say)],
        "responses": {"200": _build_answer(one, say)} | _build_refusals(one, say),
        "security": ([] if one.personal else [{}]) + ([{"token": [one.scope]}] if one.scope else []),
    }
    if one.details:
        document["description"] = say(one.details)
    if one.method != "GET" and one.asked is not Nothing:
        schema = {"$ref": REFERENCE.format(name=one.asked.__name__)}
        types = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
        document["requestBody"] = {"required": True, "content": {type: {"schema": schema} for type in types}}
    return document


def _build_own(say: Say) -> Json:
    """The address of the document itself."""
    schema = {"$ref": REFERENCE.format(name="Document")}
    return {
        "operationId": "show_document",
        "summary": say(ABOUT_DOCUMENT),
        "responses": {"200": {"description": say(ANSWERED), "content": {"application/json": {"schema": schema}}}},
        "security": [{}],
    }


def _build_places(one: Operation[Any], say: Say) -> list[Json]:
    about = {"id": ABOUT_ID[one.path.split("/")[1]], "host": ABOUT_HOST} if "{" in one.path else {}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": say(about[name]),
            "schema": {"type": "string", "pattern": f"^{pattern}$"},
        }
        for name, pattern in PATTERNS.items()
        if f"{{{name}}}" in one.path
    ]


def _build_parameters(one: Operation[Any], say: Say) -> list[Json]:
    """The query's fields, one by one; of those that may be absent, null is not one of the values."""
    if one.keyed:
        schema: Json = {"type": "string", "maxLength": 200}
        return [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": say(ABOUT_KEY),
                "schema": schema,
            }
        ]
    if one.method != "GET" or one.asked is Nothing:
        return []
    _, components = msgspec.json.schema_components([one.asked], ref_template=REFERENCE)
    schema = components[one.asked.__name__]
    required = schema.get("required", [])
    return [
        _build_parameter(name, property, say, required=name in required)
        for name, property in schema["properties"].items()
    ]


def _build_parameter(name: str, property: Json, say: Say, *, required: bool) -> Json:
    schema = dict(property)
    description = schema.pop("description", "")
    if schema.get("default") in (None, "", []):
        schema.pop("default", None)
    if "anyOf" in schema:
        [schema] = [choice for choice in schema["anyOf"] if choice != {"type": "null"}]
    parameter: Json = {"name": name, "in": "query", "required": required, "schema": schema}
    return parameter | ({"description": say(description)} if description else {})


def _build_answer(one: Operation[Any], say: Say) -> Json:
    content = {}
    for type, shape in one.formats.items():
        schema: Json = {"type": "string"}
        if shape is not None:
            [schema], _ = msgspec.json.schema_components([shape], ref_template=REFERENCE)
        content[type] = {"schema": schema}
    answer: Json = {"description": say(ANSWERED), "content": content}
    if one.paged:
        answer["headers"] = {"Link": {"description": say(ABOUT_LINK), "schema": {"type": "string"}}}
    return answer


def _build_refusals(one: Operation[Any], say: Say) -> Json:
    codes = {401, 429}
    if one.scope:
        codes.add(403)
    if "{" in one.path:
        codes.add(404)
    if one.method != "GET":
        codes |= {409, 422}
    if one.asked is not Nothing:
        codes.add(422)
    schema = {"$ref": REFERENCE.format(name="Error")}
    return {
        str(code): {"description": say(REFUSALS[code]), "content": {"application/json": {"schema": schema}}}
        for code in sorted(codes)
    }
