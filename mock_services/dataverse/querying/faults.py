"""What is wrong with a query, as Dataverse refuses it: each mistake by its own code where the platform has one."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, bad_query
from mock_services.dataverse.refusals import Row, queries
from mock_services.odata.fetchxml import TooManyLinks
from mock_services.odata.problems import BadQuery, Fault, TooManyConditions, UnknownProperty

_NAMESPACE = uuid.UUID("5e3f7c0a-7f0e-4a51-8a5a-2f9f4f5b8a10")
_SPOKEN = frozenset({"fetchxml", "sql", "savedquery", "userquery"})
"""Languages that name columns as the platform itself does, and not as OData's library."""
_BY_NAME = {row.name: row for row in vars(queries).values() if isinstance(row, Row) and row.name}


@contextmanager
def refusing(call: Call) -> Iterator[None]:
    """A query's mistakes as refusals; an unknown column is named as the query's language has it. Raises Refusal."""
    try:
        yield
    except Fault as problem:
        row = _BY_NAME[problem.name]
        raise Refusal(row.code, row.template.format(detail=problem.detail, kind=problem.kind)) from None
    except TooManyConditions:
        raise refusal(queries.CONDITIONS_TOO_MANY) from None
    except TooManyLinks:
        raise refusal(queries.LINKS_TOO_MANY) from None
    except UnknownProperty as problem:
        if _SPOKEN.isdisjoint(name.lower() for name in call.given):
            raise bad_query(problem.sentence) from None
        raise _no_attribute(call, problem) from None
    except BadQuery as problem:
        raise bad_query(problem.sentence) from None


def refusal(row: Row) -> Refusal:
    """The refusal of a row whose text has no places."""
    return Refusal(row.code, row.template)


def _no_attribute(call: Call, problem: UnknownProperty) -> Refusal:
    """The refusal that FetchXML has for a column that is not there."""
    logical = problem.type_name.rpartition(".")[2]
    table = call.schema.tables.get(logical)
    message = queries.NO_ATTRIBUTE.template.format(
        entity=table.schema if table else logical,
        name=problem.name[:200],
        id=uuid.uuid5(_NAMESPACE, logical),
        table=logical,
    )
    return Refusal(queries.NO_ATTRIBUTE.code, message)
