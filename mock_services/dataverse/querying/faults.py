"""What is wrong with a query, as Dataverse refuses it: each mistake by its own code where the platform has one."""

from collections.abc import Iterator
from contextlib import contextmanager

from mock_services.dataverse.calls import Call
from mock_services.dataverse.errors import Refusal, bad_query, refused
from mock_services.dataverse.metadata_ids import metadata_id
from mock_services.dataverse.refusals import Row, queries
from mock_services.odata.fetchxml import TooManyLinks
from mock_services.odata.problems import BadQuery, Fault, TooManyConditions, UnknownProperty

_SPOKEN = frozenset({"fetchxml", "sql", "savedquery", "userquery"})
"""Languages that name columns as the platform itself does, and not as OData's library."""
_BY_NAME = {row.name: row for row in vars(queries).values() if isinstance(row, Row) and row.name}


@contextmanager
def refusing(call: Call) -> Iterator[None]:
    """A query's mistakes as refusals; an unknown column is named as the query's language has it. Raises Refusal."""
    try:
        yield
    except Fault as problem:
        raise refused(_BY_NAME[problem.name], detail=problem.detail, kind=problem.kind) from None
    except TooManyConditions:
        raise refused(queries.CONDITIONS_TOO_MANY) from None
    except TooManyLinks:
        raise refused(queries.LINKS_TOO_MANY) from None
    except UnknownProperty as problem:
        if _SPOKEN.isdisjoint(name.lower() for name in call.given):
            raise bad_query(problem.sentence) from None
        raise no_attribute(call, problem.type_name.rpartition(".")[2], problem.name) from None
    except BadQuery as problem:
        raise bad_query(problem.sentence) from None


def no_attribute(call: Call, logical: str, name: str) -> Refusal:
    """The refusal that FetchXML and its kin have for a column that a table has not."""
    table = call.schema.tables.get(logical)
    return refused(
        queries.NO_ATTRIBUTE,
        entity=table.schema if table else logical,
        name=name[:200],
        id=metadata_id(logical),
        table=logical,
    )
