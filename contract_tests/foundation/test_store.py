"""All or nothing: what a failed write leaves behind, alone, among others and in many rows."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from mock_services.state.store import Store

_METADATA = sa.MetaData()
_NAMES = sa.Table("names", _METADATA, sa.Column("name", sa.String, primary_key=True))


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store.memory()
    store.create(_METADATA)
    yield store
    store.close()


def names(store: Store) -> list[str]:
    return [row["name"] for row in store.rows(sa.select(_NAMES).order_by(_NAMES.c.name))]


@pytest.mark.parametrize("rows", [{"name": "a"}, [{"name": "c"}, {"name": "a"}]], ids=["one row", "many rows"])
def test_a_failed_write_is_undone_alone_and_its_transaction_goes_on(
    store: Store, rows: dict[str, str] | list[dict[str, str]]
) -> None:
    with store.transaction():
        store.write(sa.insert(_NAMES), {"name": "a"})
        with pytest.raises(sa.exc.IntegrityError):
            store.write(sa.insert(_NAMES), rows)
        store.write(sa.insert(_NAMES), {"name": "b"})
    assert names(store) == ["a", "b"]


def write_and_fail(store: Store, name: str) -> None:
    with store.transaction():
        store.write(sa.insert(_NAMES), {"name": name})
        raise LookupError


def test_an_inner_block_that_raises_leaves_what_the_outer_wrote(store: Store) -> None:
    with store.transaction():
        store.write(sa.insert(_NAMES), {"name": "a"})
        with pytest.raises(LookupError):
            write_and_fail(store, "b")
    assert names(store) == ["a"]


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(LookupError):
        write_and_fail(store, "a")
    assert names(store) == []
