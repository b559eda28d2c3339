"""An organisation's own tables and columns: kept in its database, its own alone, gone when they are taken away."""

from dataclasses import replace

import pytest

from mock_services.chance import Chance
from mock_services.clock import FakeClock
from mock_services.errors import Missing
from mock_services.state.organisation import Organisation
from mock_services.state.organisation.definitions import Column, Lookup, State, Table, new_table
from mock_services.state.store import Store

_STATES = (State(0, "Active", {1: "Active"}), State(1, "Inactive", {2: "Inactive"}))


def _organisation(store: Store | None = None) -> Organisation:
    return Organisation(store or Store.memory(), clock=FakeClock(), chance=Chance(0))


@pytest.fixture
def organisation() -> Organisation:
    made = _organisation()
    made.found(host="own.crm4.dynamics.com", tenant_id="t", display_name="Own")
    return made


def _rating(**members: object) -> Table:
    columns = {
        "new_name": Column("new_name", "string", length=100),
        "new_stars": Column("new_stars", "int", index=True),
    }
    lookups = {"new_case": Lookup("new_case", {"incident": "new_Case"}, {"incident": "new_incident_rating"})}
    table = new_table(
        logical="new_rating", set="new_ratings", schema="new_Rating", label="Rating", code=10_800,
        primary_id="new_ratingid", primary_name="new_name", ownership="User", word="new_Rating", custom=True,
        columns=columns, lookups=lookups, states=_STATES,
    )  # fmt: skip
    return replace(table, **members)  # type: ignore[arg-type] # members of a test's choice


def test_an_own_table_keeps_rows_and_survives_being_opened_again(organisation: Organisation) -> None:
    organisation.define(_rating())
    made = organisation.insert("new_rating", {"new_name": "Good", "new_stars": 5})
    again = _organisation(Store.memory(organisation.store.image()))
    row = again.get("new_rating", made)
    assert row is not None
    assert (row["new_name"], row["new_stars"], row["statuscode"]) == ("Good", 5, 1)
    assert again.schema.collections_of("incident")["new_incident_rating"].table == "new_rating"
    assert again.table_of_set("new_ratings") is not None


def test_an_own_table_brings_privileges_that_the_administrator_holds(organisation: Organisation) -> None:
    organisation.define(_rating())
    role = organisation.role_named("System Administrator")
    assert role is not None
    assert "prvCreatenew_Rating" in organisation.roles.privileges_in(role["roleid"])
    organisation.undefine("new_rating")
    assert not any("new_Rating" in name for name in organisation.roles.privileges_in(role["roleid"]))
    assert not organisation.has("new_rating")
    assert "new_incident_rating" not in organisation.schema.collections_of("incident")


def test_a_column_added_to_a_standard_table_is_this_organisations_alone(organisation: Organisation) -> None:
    contact = organisation.schema.table("contact")
    column = Column("new_colour", "string", length=20, custom=True)
    organisation.define(replace(contact, columns={**contact.columns, "new_colour": column}))
    made = organisation.insert("contact", {"lastname": "Kahlo", "new_colour": "blue"})
    assert (organisation.get("contact", made) or {})["new_colour"] == "blue"
    other = _organisation()
    other.found(host="other.crm4.dynamics.com", tenant_id="t", display_name="Other")
    assert "new_colour" not in other.schema.table("contact").columns


def test_a_column_taken_away_and_made_again_starts_empty(organisation: Organisation) -> None:
    whole = _rating()
    organisation.define(whole)
    made = organisation.insert("new_rating", {"new_stars": 5})
    without = {name: column for name, column in whole.columns.items() if name != "new_stars"}
    organisation.define(replace(whole, columns=without))
    organisation.define(whole)
    assert (organisation.get("new_rating", made) or {})["new_stars"] is None


def test_a_restored_snapshot_brings_its_own_schema_back(organisation: Organisation) -> None:
    before = organisation.store.image()
    organisation.define(_rating())
    organisation.restore(before)
    assert not organisation.has("new_rating")
    organisation.define(_rating())
    assert organisation.insert("new_rating", {})


def test_a_refused_definition_leaves_the_schema_as_it_was(organisation: Organisation) -> None:
    with pytest.raises(ValueError, match="settings"):
        organisation.define(_rating(logical="settings"))
    with pytest.raises(Missing):
        organisation.undefine("contact")
    assert not organisation.schema.own


def test_a_missing_solution_takes_its_tables_and_the_ways_to_them_along() -> None:
    bare = _organisation()
    bare.found(host="bare.crm4.dynamics.com", tenant_id="t", display_name="Bare", solutions=())
    assert not bare.has("incident")
    assert "objectid_incident" not in bare.schema.table("annotation").navigation
    assert bare.schema.table("annotation").lookups["objectid"].polymorphic
    assert "prvReadIncident" not in bare.schema.privileges


def test_what_all_activities_share_may_change_again_and_again_and_still_lists_them(organisation: Organisation) -> None:
    organisation.insert("task", {"subject": "Prepare"})
    for label in ("Work", "Deed"):
        organisation.define(replace(organisation.schema.table("activitypointer"), label=label))
        assert [row["subject"] for row in organisation.select("activitypointer")] == ["Prepare"]
    again = _organisation(Store.memory(organisation.store.image()))
    again.insert("task", {"subject": "Do"})
    assert sorted(row["subject"] for row in again.select("activitypointer")) == ["Do", "Prepare"]
