"""Long HTML in what others wrote: cleaned in the child process, where it keeps nobody waiting."""

from federation.json.fields import MAX_CONTENT, Json, localized, text
from federation.jsonld.jsonld import JsonLdProcessor
from federation.texts.html_cleaner import is_long

WRAPPED = 2
"""Groups wrap an activity in an Announce, and the object in that (FEP-1b12)."""


async def clean_long_texts(processor: JsonLdProcessor, document: Json, depth: int = WRAPPED) -> Json:
    """The document with each `content` that is_long cleaned, its own and that of its `object`.

    Raises Malformed where that does not end in time.
    """
    changed: Json = {}
    html = localized(document, "content", MAX_CONTENT)
    if html is not None and is_long(html) and _is_html(document):
        changed["content"] = await processor.clean(html)
    inner = document.get("object")
    if depth and isinstance(inner, dict):
        cleaned = await clean_long_texts(processor, inner, depth - 1)
        if cleaned is not inner:
            changed["object"] = cleaned
    return {**document, **changed} if changed else document


def _is_html(document: Json) -> bool:
    return (text(document.get("mediaType"), 100) or "text/html") == "text/html"
