"""What programs read of the figures: a schema of their columns, and a catalogue that portals of open data take in."""

import json

import rdflib
from rdflib import Graph, URIRef

from federation.instance import Instance
from tests.web.pages.conftest import Browser
from tests.web.pages.instance.figures.conftest import publish
from web.pages.instance.figures.catalogue import COLUMNS as DESCRIBED
from web.pages.instance.figures.files import COLUMNS


async def test_columns_are_described_as_they_are(visitor: Browser, instance: Instance) -> None:
    await publish(instance)

    schema = json.loads((await visitor.get("/chiffres/schema.json")).text)

    assert tuple(one["name"] for one in schema["fields"]) == COLUMNS == tuple(name for name, _, _ in DESCRIBED)
    assert set(schema["primaryKey"]) <= set(COLUMNS)


async def test_catalogue_has_what_data_gouv_reads(visitor: Browser, instance: Instance) -> None:
    await publish(instance, contact_email="coop@example.org")

    page = await visitor.get("/chiffres/catalogue.jsonld")

    catalogue = json.loads(page.text)
    (dataset,) = catalogue["dcat:dataset"]
    assert page.headers["Content-Type"] == "application/ld+json; charset=utf-8"
    assert catalogue["@type"] == "dcat:Catalog" and dataset["@type"] == "dcat:Dataset"
    assert dataset["dct:temporal"] == "2026-01-01/2026-04-30"
    assert dataset["dct:license"]["@id"] == "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
    for file in dataset["dcat:distribution"]:
        path = file["dcat:downloadURL"]["@id"].removeprefix(instance.site.url)
        assert (await visitor.get(path)).status == 200


async def test_a_reader_of_rdf_finds_the_dataset_its_files_its_licence_and_who_publishes_it(
    visitor: Browser, instance: Instance
) -> None:
    await publish(instance, name="La Remise")

    graph = Graph().parse(data=(await visitor.get("/chiffres/catalogue.jsonld")).text, format="json-ld")

    site = instance.site.url
    [catalogue], [dataset] = (
        list(graph.subjects(rdflib.RDF.type, kind)) for kind in (rdflib.DCAT.Catalog, rdflib.DCAT.Dataset)
    )
    files = list(graph.objects(dataset, rdflib.DCAT.distribution))
    licence = URIRef("https://www.etalab.gouv.fr/licence-ouverte-open-licence")
    assert (str(dataset), (catalogue, rdflib.DCAT.dataset, dataset) in graph) == (f"{site}/chiffres", True)
    assert {str(one).removeprefix(site) for file in files for one in graph.objects(file, rdflib.DCAT.downloadURL)} == {
        "/chiffres.csv", "/chiffres.csv?separateur=virgule", "/chiffres.json",
    }  # fmt: skip
    assert all((file, rdflib.RDF.type, rdflib.DCAT.Distribution) in graph for file in files) and len(files) == 3
    assert {*graph.subjects(rdflib.DCTERMS.license, licence)} == {dataset, *files}
    [publisher] = graph.objects(dataset, rdflib.DCTERMS.publisher)
    assert (publisher, rdflib.RDF.type, rdflib.FOAF.Organization) in graph
    assert [str(name) for name in graph.objects(publisher, rdflib.FOAF.name)] == ["La Remise"]
