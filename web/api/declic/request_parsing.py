"""From a request to one of the questions: every value within its bounds, or a sentence that names the field."""

import re
from functools import cache
from typing import Any, TypeVar

import msgspec
from aiohttp import web
from msgspec import inspect

from models.errors import Invalid
from web.api.parameters import Parameters, read_body, read_query

Asked = TypeVar("Asked", bound=msgspec.Struct)

_AT = re.compile(r"(?P<what>.*\S)\s+- at `\$\.(?P<field>\w+)")
_MISSING = re.compile(r"Object missing required field `(?P<field>\w+)`")


def read_asked(request: web.Request, question: type[Asked]) -> Asked:
    """What stands in the address; an empty value counts as absent. Raises Invalid."""
    parameters = read_query(request)
    given = _collect(parameters, question)
    return _convert({name: value for name, value in given.items() if value not in (None, [])}, question)


async def read_sent(request: web.Request, question: type[Asked]) -> Asked:
    """What stands in the body; an empty value, and a null in JSON, takes out what is there. Raises Invalid."""
    return _convert(_collect(await read_body(request, null=""), question), question)


def _collect(parameters: Parameters, question: type[Asked]) -> dict[str, Any]:
    lists = _list_names(question)
    return {
        field.name: list(parameters.texts(field.name))
        if field.name in lists
        else parameters.text(field.name).strip() or None
        for field in msgspec.structs.fields(question)
        if parameters.has(field.name)
    }


def _convert(given: dict[str, Any], question: type[Asked]) -> Asked:
    try:
        return msgspec.convert(given, question, strict=False)
    except msgspec.ValidationError as error:
        raise _explain(str(error)) from error


def _explain(reason: str) -> Invalid:
    missing, at = _MISSING.match(reason), _AT.match(reason)
    if missing:
        return Invalid("parameter_missing", name=missing["field"], field=missing["field"])
    if at:
        what = at["what"].replace("`", "")
        return Invalid("parameter_invalid", name=at["field"], expected=what, field=at["field"])
    return Invalid()


@cache
def _list_names(question: type[msgspec.Struct]) -> frozenset[str]:
    """The fields that are lists: they may be given several times."""
    described = inspect.type_info(question)
    assert isinstance(described, inspect.StructType)
    return frozenset(field.name for field in described.fields if _holds_list(field.type))


def _holds_list(described: inspect.Type) -> bool:
    match described:
        case inspect.ListType():
            return True
        case inspect.Metadata():
            return _holds_list(described.type)
        case inspect.UnionType():
            return any(_holds_list(one) for one in described.types)
    return False
