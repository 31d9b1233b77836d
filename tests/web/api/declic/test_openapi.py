"""The OpenAPI document: valid, the same as the routes, and as the server's answers."""

import re

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.web.api.conftest import Alice, Api
from tests.web.api.declic.contract import URL, Own, read_contract
from web.api.declic.operations import OPERATIONS
from web.api.routes import ROUTES
from web.rendering.error_messages.lookup import SENTENCES
from web.rendering.templating import make_translators


async def test_the_document_is_valid_openapi_in_each_language(anybody: Api) -> None:
    for language, word in (("fr", "Publier une annonce."), ("en", "Publish a listing.")):
        response = await anybody.client.get(f"{URL}/openapi.json", headers={"Accept-Language": language})
        document = await response.json()

        validate(document)
        assert document["openapi"] == "3.1.0"
        assert document["paths"][f"{URL}/listings"]["post"]["summary"] == word
        assert response.headers["Content-Language"] == language
        for schema in document["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)


async def test_every_route_is_in_the_document_and_the_other_way_round(anybody: Api) -> None:
    document = await read_contract(anybody)

    described = {(method.upper(), path) for path, found in document["paths"].items() for method in found}
    routed = {
        (route.method, re.sub(r"\{(\w+):[^}]*\}(?!,)", r"{\1}", re.sub(r"\{\d+(,\d+)?\}", "", route.path)))
        for route in ROUTES
        if route.path.startswith(URL)
    }

    assert routed == described


async def test_names_are_unique_and_scopes_are_those_of_mastodon(anybody: Api) -> None:
    document = await read_contract(anybody)
    operations = [one for found in document["paths"].values() for one in found.values()]

    assert len({one["operationId"] for one in operations}) == len(operations)
    assert set(document["components"]["securitySchemes"]["token"]["flows"]["authorizationCode"]["scopes"]) == {
        "read:statuses",
        "write:statuses",
        "read:follows",
        "write:follows",
    }


async def test_the_document_tells_every_code_in_the_reader_s_language(anybody: Api) -> None:
    response = await anybody.client.get(f"{URL}/openapi.json", headers={"Accept-Language": "en"})
    told = (await response.json())["components"]["schemas"]["Error"]["properties"]["code"]["x-sentences"]

    assert set(told) == set(SENTENCES)
    assert told["title_too_long"] == "The title is too long: %(most)s characters at most."


async def test_the_document_is_asked_for_again_by_its_tag(anybody: Api) -> None:
    first = await anybody.client.get(f"{URL}/openapi.json")

    again = await anybody.client.get(f"{URL}/openapi.json", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status, again.status) == (200, 304)
    assert "Accept-Language" in first.headers["Vary"]


async def test_the_page_for_readers_names_every_address_and_runs_no_script_of_its_own(alice: Alice) -> None:
    page = await alice.api.client.get("/api/docs", headers={"Accept-Language": "fr"})
    text = await page.text()

    assert (page.status, page.content_type) == (200, "text/html")
    for one in OPERATIONS:
        assert f"{one.method} {URL}{one.path}" in re.sub(r"</?\w+[^>]*>", "", text), one.name
        assert make_translators("fr")[0](one.summary) in text
    assert text.count("<script") == 1  # the one of every page
    assert "curl" in text


async def test_each_part_of_the_page_is_folded_and_its_id_stands_where_a_link_unfolds_it(alice: Alice) -> None:
    text = await (await alice.api.client.get("/api/docs")).text()

    inside = re.findall(
        r'<details class="panel">\s*<summary>(?:(?!id=).)*?</summary>\s*<(?:div|dl)\s+class="\w+"\s+id="(\w+)"',
        text,
        re.DOTALL,
    )
    assert {one.name for one in OPERATIONS} < set(inside)
    assert set(re.findall(r'href="#(\w+)"', text)) - {"contenu"} <= set(inside)


async def test_every_parameter_says_its_bounds(own: Own) -> None:
    for one in own.document["paths"][f"{URL}/listings"]["get"]["parameters"]:
        schema = one["schema"]
        bounded = {"maxLength", "maximum", "pattern", "enum", "maxItems", "format"} & set(schema)
        assert bounded or schema["type"] == "boolean", one
