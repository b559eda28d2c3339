"""The tables that come with an organisation: that their definitions hang together, and are the documented ones."""

import re
from collections import Counter

import pytest
import sqlalchemy as sa

from contract_tests.dataverse.asking import Caller
from mock_services.state.organisation import Depth
from mock_services.state.organisation.definitions import VERBS, Column, Table, standard_tables
from mock_services.state.organisation.privileges import privilege_name, role_recipes
from mock_services.state.organisation.schema import standard_schema
from mock_services.tenant import FakeTenant

TABLES = standard_tables()
EVERYTHING = frozenset({"customer_service", "omnichannel"})
TYPES = {
    "string", "memo", "int", "bigint", "bool", "picklist", "state", "status", "datetime", "date", "guid", "money",
    "double", "decimal", "multiselect", "entityname", "managed", "organization",
}  # fmt: skip
PHONE_LIKE = {"phonecall", "email", "task", "appointment", "letter", "fax"}


def every_column() -> list[tuple[Table, Column]]:
    return [(table, column) for table in TABLES.values() for column in table.columns.values()]


def test_names_are_unique() -> None:
    for members in ("logical", "set", "schema", "code"):
        counted = Counter(getattr(table, members) for table in TABLES.values())
        assert [name for name, times in counted.items() if times > 1] == []


def test_a_lookup_leads_to_tables_that_are_there() -> None:
    nowhere = [
        (table.logical, lookup.name, target)
        for table in TABLES.values()
        for lookup in table.lookups.values()
        for target in (*lookup.targets, *lookup.collections, *lookup.cascades, *lookup.relationships)
        if target not in TABLES or target not in lookup.targets
    ]
    assert nowhere == []


def test_a_table_asks_for_no_solution_before_its_own_targets_do() -> None:
    """A column that the platform insists on must have somewhere to lead wherever its table exists."""
    for solutions in (frozenset[str](), frozenset({"customer_service"}), frozenset({"omnichannel"})):
        schema = standard_schema(solutions)
        for table in schema.tables.values():
            insisted = {name for name, lookup in TABLES[table.logical].lookups.items() if lookup.level == "system"}
            assert insisted <= set(table.lookups), (solutions, table.logical)


@pytest.mark.parametrize("solutions", [frozenset(), frozenset({"customer_service"}), EVERYTHING])
def test_no_name_of_a_table_means_two_things(solutions: frozenset[str]) -> None:
    """Properties, lookups' values and navigation properties of one type share one space of names."""
    schema = standard_schema(solutions)
    for table in schema.tables.values():
        names = Counter(column.name for column in table.columns.values())
        names.update(lookup.value_name for lookup in table.lookups.values())
        names.update(list(table.navigation))
        names.update(list(schema.collections_of(table.logical)))
        names.update(list(schema.associations_of(table.logical)))
        assert [name for name, times in names.items() if times > 1] == [], table.logical


def test_two_lookups_do_not_share_the_way_back() -> None:
    ways = Counter(
        (target, name)
        for table in TABLES.values()
        for lookup in table.lookups.values()
        for target, name in lookup.collections.items()
    )
    assert [way for way, times in ways.items() if times > 1] == []


def test_columns_have_known_types_and_defaults_that_fit() -> None:
    for table, column in every_column():
        where = f"{table.logical}.{column.name}"
        assert column.type in TYPES, where
        if column.type in ("picklist", "multiselect", "state", "status"):
            assert column.options, where
            assert column.default is None or column.default in column.options, where
        if column.type == "bool":
            assert column.default in (None, True, False), where
        if column.type in ("string", "memo"):
            assert column.length, where
        if column.min is not None and isinstance(column.default, int):
            assert column.min <= column.default <= (column.max or column.default), where


def test_states_and_their_statuses_are_told_apart() -> None:
    for table in TABLES.values():
        statuses = Counter(status for state in table.states for status in state.statuses)
        assert all(times == 1 for times in statuses.values()), table.logical
        assert len({state.value for state in table.states}) == len(table.states), table.logical
        assert all(state.statuses for state in table.states), table.logical


def test_keys_and_names_are_columns() -> None:
    for table in TABLES.values():
        assert table.columns[table.primary_id].type == "guid"
        assert not table.primary_name or table.columns[table.primary_name].type in ("string", "memo"), table.logical
        assert {end.column for end in table.ends} <= set(table.columns), table.logical


def test_every_activity_shows_itself_under_the_same_columns() -> None:
    pointer = TABLES["activitypointer"]
    activities = {name for name, table in TABLES.items() if table.activity}
    assert activities >= PHONE_LIKE | {"incidentresolution", "msdyn_ocliveworkitem", "msdyn_ocsession"}
    for name in activities:
        table = TABLES[name]
        assert (table.primary_id, table.word, table.base) == ("activityid", "Activity", "activitypointer")
        assert table.columns["activitytypecode"].fixed == name
        for shared in set(pointer.columns) & set(table.columns):
            assert pointer.columns[shared].type == table.columns[shared].type, (name, shared)
        shared_lookups = set(pointer.lookups) & set(table.lookups)
        assert {"ownerid", "owningbusinessunit", "createdby"} <= shared_lookups
        for shared in shared_lookups:
            assert pointer.lookups[shared].polymorphic == table.lookups[shared].polymorphic, (name, shared)


@pytest.mark.parametrize(
    ("column", "length"),
    [
        ("incident.title", 200),
        ("incident.description", 2000),
        ("incident.ticketnumber", 100),
        ("annotation.subject", 500),
        ("annotation.notetext", 100000),
        ("annotation.filename", 255),
        ("contact.firstname", 50),
        ("contact.lastname", 50),
        ("contact.fullname", 160),
        ("contact.emailaddress1", 100),
        ("contact.mobilephone", 50),
        ("account.name", 160),
        ("account.accountnumber", 20),
        ("queue.name", 200),
        ("systemuser.domainname", 1024),
        ("systemuser.internalemailaddress", 100),
        ("task.subject", 200),
        ("msdyn_ocliveworkitem.subject", 200),
        ("msdyn_ocliveworkitem.msdyn_title", 4000),
        ("role.name", 100),
    ],
)
def test_lengths_are_the_documented_ones(column: str, length: int) -> None:
    table, _, name = column.partition(".")
    assert TABLES[table].columns[name].length == length


@pytest.mark.parametrize(
    ("column", "options"),
    [
        ("incident.prioritycode", {1: "High", 2: "Normal", 3: "Low"}),
        ("incident.casetypecode", {1: "Question", 2: "Problem", 3: "Request"}),
        ("contact.preferredcontactmethodcode", {1: "Any", 2: "Email", 3: "Phone", 4: "Fax", 5: "Mail"}),
        ("task.prioritycode", {0: "Low", 1: "Normal", 2: "High"}),
        ("team.teamtype", {0: "Owner", 1: "Access", 2: "Security Group", 3: "Office Group"}),
    ],
)
def test_choices_are_the_documented_ones(column: str, options: dict[int, str]) -> None:
    table, _, name = column.partition(".")
    assert dict(TABLES[table].columns[name].options) == options


def test_conversations_have_the_documented_states() -> None:
    states = {state.value: (state.label, set(state.statuses)) for state in TABLES["msdyn_ocliveworkitem"].states}
    assert states[0] == ("Open", {1, 2, 3, 5})
    assert states[1] == ("Closed", {4})


def test_what_an_integration_sends_is_there_and_a_queue_on_a_case_is_not() -> None:
    case = TABLES["incident"]
    assert {"customerid_account", "customerid_contact", "primarycontactid", "subjectid", "ownerid"} <= set(
        case.navigation
    )
    assert "queueid" not in {**case.columns, **case.lookups}
    assert not any("queue" in name for name in case.navigation)
    assert "objectid_incident" in TABLES["annotation"].navigation
    assert {"queueid", "objectid_incident", "objectid_msdyn_ocliveworkitem"} <= set(TABLES["queueitem"].navigation)
    conversation = set(TABLES["msdyn_ocliveworkitem"].navigation)
    assert "msdyn_cdsqueueid_msdyn_ocliveworkitem" in conversation
    assert "msdyn_liveworkstreamid_msdyn_ocliveworkitem" in conversation
    assert "msdyn_customer_msdyn_ocliveworkitem_contact" in conversation


def test_account_and_contact_are_practically_whole() -> None:
    for table in (TABLES["account"], TABLES["contact"]):
        wire = {*table.columns, *(lookup.value_name for lookup in table.lookups.values())}
        assert len(wire) > 125
        for group in ("address1_", "address2_"):
            assert {group + part for part in ("line1", "line2", "line3", "city", "postalcode", "country")} <= wire
        assert {"donotphone", "donotfax", "donotpostalmail", "creditlimit", "telephone3", "paymenttermscode"} <= wire


def test_solutions_decide_which_tables_exist() -> None:
    plain, service, all_of_it = (
        set(standard_schema(solutions).tables)
        for solutions in (frozenset[str](), frozenset({"customer_service"}), EVERYTHING)
    )
    assert {"subject", "queue", "task", "knowledgearticle"} <= plain
    assert service - plain == {"incident", "incidentresolution"}
    assert {name for name in all_of_it - service if not name.startswith("msdyn_")} == set()
    assert {"msdyn_ocliveworkitem", "msdyn_ocsession", "msdyn_liveworkstream"} <= all_of_it - service


def test_a_table_without_privileges_of_its_own_says_whose_govern_it() -> None:
    words = {table.word for table in TABLES.values()} | {""}
    kept_by_the_platform = {"privilege", "principalobjectaccess"}
    for table in TABLES.values():
        assert table.governed_by in words, table.logical
        assert table.word or table.governed_by or table.logical in kept_by_the_platform, table.logical
        assert set(table.verbs) <= set(VERBS), table.logical


def test_privileges_reach_as_far_as_in_a_live_organisation() -> None:
    privileges = standard_schema(EVERYTHING).privileges
    assert privileges["prvReadUserQuery"].depths == "B"
    assert privileges["prvReadUser"].depths == "LDG"
    assert privileges["prvReadContact"].depths == "BLDG"
    assert privileges["prvReadTransactionCurrency"].depths == "G"
    assert privileges["prvCreateBusinessUnit"].depths == "DG"
    assert privileges["prvAppendToQueue"].id == "041fdb4c-bbb8-4792-90db-51c19d067ca2"
    assert {"prvAssignTeam", "prvShareUser", "prvAppendQuery"} & set(privileges) == set()


def test_ids_of_privileges_are_guids_that_occur_once() -> None:
    privileges = standard_schema(EVERYTHING).privileges
    ids = Counter(privilege.id for privilege in privileges.values())
    assert [one for one, times in ids.items() if times > 1] == []
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in ids)


def test_roles_hold_what_is_documented() -> None:
    roles = {recipe.name: recipe.grants for recipe in role_recipes()}
    everything = standard_schema(EVERYTHING).privileges
    assert roles["System Administrator"].keys() == everything.keys()
    assert all(everything[name].greatest == depth for name, depth in roles["System Administrator"].items())
    basic, service = roles["Basic User"], roles["Customer Service Representative"]
    for word in ("Account", "Contact", "Note", "Activity"):
        assert {basic[privilege_name(verb, word)] for verb in VERBS} == {Depth.Basic}
    assert basic["prvReadUser"] == basic["prvReadBusinessUnit"] == basic["prvReadTransactionCurrency"] == Depth.Global
    assert not {"prvReadIncident", "prvCreateUser"} & set(basic)
    assert service["prvReadContact"] == service["prvWriteContact"] == Depth.Global
    assert service["prvCreateContact"] == service["prvDeleteContact"] == Depth.Basic
    assert (service["prvAssignActivity"], service["prvWriteActivity"]) == (Depth.Deep, Depth.Local)
    assert service["prvAppendToQueue"] == Depth.Local
    assert "prvWriteQueue" not in service
    assert roles["Delegate"]["prvActOnBehalfOfAnotherUser"] == Depth.Global
    assert "prvActOnBehalfOfAnotherUser" not in service


def test_omnichannel_roles_do_not_suffice_for_cases() -> None:
    for name in ("Omnichannel agent", "Omnichannel supervisor", "Omnichannel administrator"):
        grants = next(recipe.grants for recipe in role_recipes() if recipe.name == name)
        assert not any(privilege.endswith("Incident") for privilege in grants)
        depths = [grants[privilege_name(verb, "Activity")] for verb in ("Create", "Read", "Write", "Assign", "Share")]
        assert depths == [Depth.Basic, Depth.Global, Depth.Local, Depth.Deep, Depth.Global]


def test_a_new_organisation_stays_small(tenant: FakeTenant) -> None:
    """A fresh tenant is a copy of these bytes."""
    assert len(tenant.organisation.store.image()) < 500 * 1024


def test_activities_show_up_in_one_list(tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    made = {
        organisation.rows.insert(table, {"subject": table}, by=organisation.system_user): table
        for table in sorted(PHONE_LIKE)
    }
    pointers = organisation.store.rows(sa.select(organisation.schema.sql("activitypointer")))
    assert {row["activityid"]: row["activitytypecode"] for row in pointers} == made
    assert {row["subject"] for row in pointers} == PHONE_LIKE


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_every_table_answers_its_administrator(table: str, administrator: Caller) -> None:
    answer = await administrator.get(f"{TABLES[table].set}?$top=1")
    assert answer.status_code == 200, answer.text


async def test_a_task_is_made_about_a_case_and_found_from_it(administrator: Caller) -> None:
    contact = await administrator.make("contacts", {"lastname": "Vance", "preferredcontactmethodcode": 2})
    case = await administrator.make(
        "incidents", {"title": "a", "customerid_contact@odata.bind": f"contacts({contact})"}
    )
    task = await administrator.make(
        "tasks", {"subject": "call back", "regardingobjectid_incident_task@odata.bind": f"incidents({case})"}
    )
    found = (await administrator.get(f"incidents({case})/Incident_Tasks?$select=subject,prioritycode")).json()["value"]
    assert [(row["activityid"], row["subject"], row["prioritycode"]) for row in found] == [(task, "call back", 1)]


async def test_a_new_contact_starts_with_the_documented_defaults(administrator: Caller) -> None:
    contact = await administrator.make("contacts", {"lastname": "Vance"})
    row = (await administrator.get(f"contacts({contact})")).json()
    assert [row[name] for name in ("customersizecode", "haschildrencode", "territorycode", "shippingmethodcode")] == [
        1
    ] * 4
    assert (row["donotpostalmail"], row["merged"], row["preferredcontactmethodcode"]) == (False, False, 1)
    assert row["address1_line1"] is None
    assert row["_parentcustomerid_value"] is None
