"""host-meta (RFC 6415): where our WebFinger answers, for software that asks there first (HM1)."""

from typing import TYPE_CHECKING

from federation.json.fields import Json
from models.lazy import LazyModule
from models.settings import Site

if TYPE_CHECKING:
    from xml.sax import saxutils
else:
    saxutils = LazyModule("xml.sax.saxutils")

XRD_TYPE = "application/xrd+xml; charset=utf-8"


def build_host_meta(site: Site) -> str:
    """The XRD form."""
    template = saxutils.quoteattr(_build_template(site))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f"  <Subject>{saxutils.escape(site.url)}</Subject>\n"
        f'  <Link rel="lrdd" type="application/jrd+json" template={template}/>\n'
        "</XRD>\n"
    )


def build_host_meta_json(site: Site) -> Json:
    """The JRD form."""
    return {
        "subject": site.url,
        "links": [{"rel": "lrdd", "type": "application/jrd+json", "template": _build_template(site)}],
    }


def _build_template(site: Site) -> str:
    return f"{site.url}/.well-known/webfinger?resource={{uri}}"
