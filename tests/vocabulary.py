"""Whether a JSON-LD graph says only what the vocabulary of schema.org has words for.

Offline: `schema_org.json` beside it has the names (see `schema_org.md`).
"""

import json
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path

BASE = "https://schema.org/"
_VOCABULARY = json.loads((Path(__file__).parent / "schema_org.json").read_text())
TYPES, PROPERTIES = _VOCABULARY["types"], _VOCABULARY["properties"]


def problems(document):
    """A sentence for each thing that is wrong with it."""
    if document.get("@context") != BASE.rstrip("/"):
        return ["the context is another one"]
    graph = document["@graph"]
    known = {node["@id"]: node for node in _nodes(graph) if "@id" in node and "@type" in node}
    twice = len(known) != sum("@id" in node and "@type" in node for node in _nodes(graph))
    found = ["two nodes with one @id"] if twice else []
    for node in graph:
        found += _of_node(node, known)
    return found


def _nodes(value):
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)
    elif isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _nodes(each)


def _of_node(node, known):
    kind = node.get("@type")
    if kind not in TYPES:
        yield f"{kind} is no type"
        return
    for name, value in node.items():
        if name in {"@type", "@id"}:
            continue
        if name not in PROPERTIES:
            yield f"{name} is no property"
            continue
        domain, ranges = PROPERTIES[name]
        if not _supertypes(kind) & set(domain):
            yield f"{name} is no property of {kind}"
        for each in value if isinstance(value, list) else [value]:
            yield from _of_value(f"{kind}.{name}", each, ranges, known)


def _of_value(where, value, ranges, known):
    if not isinstance(value, dict):
        if not any(_fits(value, kind) for kind in ranges):
            yield f"{where} cannot be {value!r}"
        return
    target = value
    if set(value) == {"@id"}:
        target = known.get(value["@id"])
        if target is None:
            yield f"{where} leads to nothing: {value['@id']}"
            return
    else:
        yield from _of_node(value, known)
    if not _supertypes(target.get("@type")) & set(ranges):
        yield f"{where} cannot be a {target.get('@type')}"


@cache
def _supertypes(kind):
    return frozenset({kind}).union(*map(_supertypes, TYPES.get(kind, [])))


def _fits(value, kind):
    """Whether a plain value may stand where a value of this type may."""
    kinds = _supertypes(kind)
    if isinstance(value, bool):
        return "Boolean" in kinds
    if isinstance(value, int | float):
        # A length without a unit is one in pixels.
        return bool({"Number", "Quantity"} & kinds)
    if not isinstance(value, str) or not value.strip():
        return False
    if kind == "URL":
        return bool(re.fullmatch(r"https?://[^\s<>\"]+", value))
    if kind == "Date":
        return _is_moment(date, value)
    if kind == "DateTime":
        # Without a zone it would be another moment for everybody.
        return _is_moment(datetime, value) and datetime.fromisoformat(value).tzinfo is not None
    if "Text" in kinds:
        return True
    # The name of an action or of a member of an enumeration stands for it.
    name = value.removeprefix(BASE)
    return name != value and kind in _supertypes(name)


def _is_moment(kind, value):
    try:
        kind.fromisoformat(value)
    except ValueError:
        return False
    return True
