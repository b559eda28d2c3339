"""`$apply` into the query model: `filter(…)/groupby((a,b),aggregate(c with sum as d,$count as n))` and its parts.

powerapps-docs webapi/query/aggregate-data.md says which transformations and methods there are.
"""

import re
from collections.abc import Mapping

from mock_services.odata.filters import read_filter
from mock_services.odata.model import Condition, Query, Selected, all_of
from mock_services.odata.options import split_outside
from mock_services.odata.problems import BadQuery

_METHODS = {"sum": "sum", "average": "avg", "min": "min", "max": "max", "countdistinct": "countcolumn"}
_STEP = re.compile(r"^(filter|groupby|aggregate)\s*\((.*)\)$", re.DOTALL)
_WITH = re.compile(r"^(\S+)\s+with\s+(\w+)\s+as\s+(\w+)$")
_COUNT = re.compile(r"^\$count\s+as\s+(\w+)$")


def read_apply(text: str, table: str, aliases: Mapping[str, str]) -> Query:
    """The query of an `$apply` on a table. Raises BadQuery."""
    condition: Condition | None = None
    columns: list[Selected] = []
    for step in (part.strip() for part in split_outside(text, "/")):
        hit = _STEP.match(step)
        if hit is None:
            raise BadQuery(f"Syntax error at position {max(text.find(step), 0)} in '{text}'.")
        if columns:
            raise BadQuery(f"The transformation '{hit[1]}' after an aggregation is not supported.")
        if hit[1] == "filter":
            condition = all_of(condition, read_filter(hit[2], aliases))
        else:
            columns = _grouped(hit[2], text) if hit[1] == "groupby" else _aggregated(hit[2], text)
    if not columns:
        raise BadQuery("$apply without groupby or aggregate is not supported.")
    return Query(table=table, columns=tuple(columns), condition=condition, aggregates=True, by_attribute=False)


def _grouped(inside: str, text: str) -> list[Selected]:
    parts = [part.strip() for part in split_outside(inside, ",")]
    first = parts[0]
    if not (first.startswith("(") and first.endswith(")")) or len(parts) > 2:
        raise BadQuery(f"Syntax error at position {max(text.find(first), 0)} in '{text}'.")
    columns = [Selected(tuple(name.strip().split("/")), name.strip(), grouped=True) for name in first[1:-1].split(",")]
    if len(parts) == 2:
        hit = _STEP.match(parts[1])
        if hit is None or hit[1] != "aggregate":
            raise BadQuery(f"Syntax error at position {max(text.find(parts[1]), 0)} in '{text}'.")
        columns += _aggregated(hit[2], text)
    return columns


def _aggregated(inside: str, text: str) -> list[Selected]:
    return [_aggregate(part.strip(), text) for part in split_outside(inside, ",")]


def _aggregate(part: str, text: str) -> Selected:
    if hit := _COUNT.match(part):
        return Selected(("*",), hit[1], "count")
    hit = _WITH.match(part)
    if hit is None or hit[2] not in _METHODS:
        raise BadQuery(f"Syntax error at position {max(text.find(part), 0)} in '{text}'.")
    return Selected(tuple(hit[1].split("/")), hit[3], _METHODS[hit[2]], distinct=hit[2] == "countdistinct")
