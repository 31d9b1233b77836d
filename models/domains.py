"""Registrable domains: the part of a host's name that somebody pays for, by the public suffix list that is shipped."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path

FILE = Path(__file__).parent / "data" / "public_suffixes.txt.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suffixes:
    """The rules of the list: names, names below which every name counts (`*.`), and the exceptions from those (`!`)."""

    names: frozenset[str]
    wildcards: frozenset[str]
    exceptions: frozenset[str]


@lru_cache(maxsize=4096)
def find_domain(host: str) -> str:
    """The registrable domain of a host as A-label, with or without a port: `coop.lille.fr` and `lille.fr` are one.

    Only suffixes of registries count, not those of hosters: whoever may have any number of names below `duckdns.org`
    for nothing is one somebody. An address (IPv4, IPv6) and a name without a dot stand for themselves.
    """
    name = _without_port(host)
    if _is_address(name):
        return name
    labels = name.split(".")
    return ".".join(labels[-_count_labels(labels) - 1 :])


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _count_labels(labels: list[str]) -> int:
    """How many labels the longest suffix has that fits; one where none does (publicsuffix.org, "Algorithm")."""
    suffixes = _load()
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        if name in suffixes.exceptions:
            return len(labels) - start - 1
        if name in suffixes.names or ".".join(labels[start + 1 :]) in suffixes.wildcards:
            return len(labels) - start
    return 1


@lru_cache(maxsize=1)
def _load() -> Suffixes:
    rules = gzip.decompress(FILE.read_bytes()).decode("ascii").split("\n")
    return Suffixes(
        names=frozenset(rule for rule in rules if rule[0] not in "*!"),
        wildcards=frozenset(rule[2:] for rule in rules if rule[0] == "*"),
        exceptions=frozenset(rule[1:] for rule in rules if rule[0] == "!"),
    )
