"""DynamicsWebApi, unmodified: a client of the Web API that Microsoft had no part in, in another language."""

import json
from collections.abc import Callable

from contract_tests.clients.node_scripts import Steps


def test_a_row_is_created_and_read_with_what_lies_behind_it(ask_node: Callable[[str], Steps]) -> None:
    records = ask_node("records")
    assert len(records.returned("created")) == 36
    assert len(records.returned("created past plug-ins")) == 36
    case = records.returned("case read")
    assert case["ticketnumber"].startswith("CAS-")
    assert case["_customerid_value"] == records.returned("created")
    assert case["_customerid_value_LogicalName"] == "contact"
    assert case["_customerid_value_NavigationProperty"] == "customerid_contact"
    assert case["_customerid_value_Formatted"] == case["customerid_contact"]["fullname"]
    assert case["customerid_contact"]["fullname"].startswith("Ána ")
    assert (case["prioritycode"], case["prioritycode_Formatted"]) == (2, "Normal")
    assert case["createdon"].endswith("Z")


def test_a_created_row_comes_back_when_asked_for(ask_node: Callable[[str], Steps]) -> None:
    records = ask_node("records")
    made = records.returned("represented")
    assert made["fullname"].startswith("Ben ")
    assert (made["gendercode"], made["gendercode_Formatted"]) == (1, "Male")
    assert made["@odata.etag"].startswith('W/"')
    assert records.returned("nested rows")["primarycontactid"]["lastname"] == "Deep"


def test_annotations_are_left_out_unless_asked_for(ask_node: Callable[[str], Steps]) -> None:
    row = ask_node("records").returned("without annotations")
    assert (row["gendercode"], row["statecode"]) == (None, 0)
    assert [name for name in row if name.endswith("_Formatted")] == []
    assert ask_node("records").returned("not kept in a cache")["fullname"] == row["fullname"]


def test_a_refusal_reaches_the_caller_with_status_code_and_message(ask_node: Callable[[str], Steps]) -> None:
    records = ask_node("records")
    missing = records.thrown("missing")
    assert (missing["status"], missing["statusMessage"], missing["code"]) == (404, "Not Found", "0x80040217")
    assert missing["message"].startswith("Entity 'Contact' With Id = ")
    assert records.refused("an unknown column") == (400, "0x80060888")
    assert records.refused("no privilege") == (403, "0x80040220")
    assert "prvDeleteContact" in records.thrown("no privilege")["message"]


def test_an_update_changes_only_a_row_that_is_there(ask_node: Callable[[str], Steps]) -> None:
    records = ask_node("records")
    assert records.returned("updated") is True
    assert records.returned("updated and represented")["jobtitle"] == "Writer"
    assert records.refused("update of a missing row") == (404, "0x80040217")


def test_one_property_is_set_read_and_emptied(ask_node: Callable[[str], Steps]) -> None:
    records = ask_node("records")
    assert records.returned("one property") is None
    assert records.returned("one property read")["value"] == "Editor"
    assert records.returned("one property emptied") is True
    assert records.returned("one property after")["jobtitle"] is None


def test_a_stale_version_is_neither_changed_nor_deleted(ask_node: Callable[[str], Steps]) -> None:
    records = ask_node("records")
    assert records.returned("update of a stale version") is False
    assert records.returned("deletion of a stale version") is False
    assert records.refused("the same, with errors propagated") == (412, "0x80060882")
    assert records.returned("update of this version") is True
    assert records.returned("unchanged since") is None  # 304


def test_an_upsert_creates_or_updates_as_its_conditions_allow(ask_node: Callable[[str], Steps]) -> None:
    records = ask_node("records")
    made = records.returned("upserted")
    assert records.returned("upserted again") == made["contactid"]
    assert records.returned("upsert, only to create") is None
    assert records.returned("upsert, only to update") is None
    assert records.returned("deleted") is True
    assert records.refused("deleted twice") == (404, "0x80040217")


def test_rows_are_joined_and_taken_apart(ask_node: Callable[[str], Steps]) -> None:
    references = ask_node("references")
    both = references.returned("both joined")
    assert both["oDataCount"] == 2
    assert [row["contactid"] for row in both["value"]] == [references.returned("one"), references.returned("other")]
    assert [row["contactid"] for row in references.returned("one left")["value"]] == [references.returned("one")]
    assert references.returned("many to many") == [1, 0]
    assert references.refused("not related that way")[0] == 404


def test_a_lookup_is_set_read_as_a_reference_and_emptied(ask_node: Callable[[str], Steps]) -> None:
    references = ask_node("references")
    reference = references.returned("its reference")
    assert (reference["collection"], reference["id"]) == ("contacts", references.returned("one"))
    assert references.returned("its row")["contactid"] == references.returned("one")
    assert references.returned("nothing there")["_primarycontactid_value"] is None


def test_alternate_keys_address_rows(ask_node: Callable[[str], Steps]) -> None:
    keys = ask_node("keys")
    made = keys.returned("upserted by a key")
    assert made["accountnumber"] == f"N-{made['name']}"
    for step in ("read by a key", "read by a key in double quotes"):
        assert keys.returned(step)["accountid"] == made["accountid"]
    # The answer names the row by the key it was asked by, in which the client finds no id.
    assert keys.returned("upserted by a key again") is None
    assert keys.returned("updated by a key") is True
    after = keys.returned("after them")
    assert (after["name"], after["telephone1"]) == (f"{made['name']} renamed", "2")
    assert keys.returned("bound by a key")["parentcustomerid_account"]["accountid"] == made["accountid"]
    assert keys.returned("associated by keys") == [True, None]
    assert keys.returned("in a change set") == 2
    assert keys.returned("deleted by a key") is True


def test_alternate_keys_refuse_a_second_row_and_what_is_no_key(ask_node: Callable[[str], Steps]) -> None:
    keys = ask_node("keys")
    assert keys.refused("a second of its number") == (412, "0x80060892")
    assert keys.refused("no key of the table") == (400, "0x80060888")
    assert keys.refused("not there by a key") == (404, "0x80060891")


def test_duplicates_are_refused_when_looked_for(ask_node: Callable[[str], Steps]) -> None:
    keys = ask_node("keys")
    assert len(keys.returned("the first of its e-mail address")) == 36
    assert keys.refused("its duplicate") == (412, "0x80040333")
    assert len(keys.returned("its duplicate, not looked for")) == 36


def test_lists_are_filtered_ordered_and_limited(ask_node: Callable[[str], Steps]) -> None:
    queries = ask_node("queries")
    assert queries.returned("listed") == ["1", "2", "3", "4", "5"]
    assert queries.returned("top and descending") == ["5", "4"]
    assert queries.returned("by a query function") == ["1", "4"]
    (found,) = queries.returned("by any of a row's rows")
    assert found.endswith(" & Söhne")
    assert queries.returned("expanded") == [found, ["2", "4"]]
    assert queries.returned("expanded twice") == [found, "string"]
    assert queries.returned("by a view of one's own") == ["1", "2", "3", "4"]
    assert queries.returned("aggregated") == {"Odd": 3, "Even": 2}


def test_pages_are_followed_to_the_end(ask_node: Callable[[str], Steps]) -> None:
    queries = ask_node("queries")
    assert queries.returned("pages") == [["1", "2"], ["3", "4"], ["5"]]
    assert queries.returned("all") == ["1", "2", "3", "4", "5"]


def test_rows_are_counted_in_each_way(ask_node: Callable[[str], Steps]) -> None:
    queries = ask_node("queries")
    assert queries.returned("counted") == [5, 2]
    assert queries.returned("count") == 5
    assert queries.returned("count of all") == ["number", 1]
    assert queries.returned("countAll") == 5


def test_a_request_too_long_for_an_address_becomes_a_batch(ask_node: Callable[[str], Steps]) -> None:
    queries = ask_node("queries")
    assert queries.returned("a request too long for an address") == ["1", "2", "3", "4", "5"]
    assert "nosuchcolumn" in json.dumps(queries.thrown("a long request that fails"))


def test_a_wrong_query_is_refused(ask_node: Callable[[str], Steps]) -> None:
    queries = ask_node("queries")
    assert queries.refused("a column that is not there") == (400, "0x80060888")
    assert queries.refused("a set that is not there") == (404, "0x80060888")
    assert queries.thrown("XML that is none")["status"] == 400


def test_fetchxml_is_paged_by_its_cookie(ask_node: Callable[[str], Steps]) -> None:
    queries = ask_node("queries")
    assert queries.returned("fetched") == ["1", "2", "3", "4", "5"]
    assert queries.returned("fetched by pages") == [["1", "2"], ["3", "4"], ["5"]]
    assert queries.returned("all fetched") == ["1", "2", "3", "4", "5"]
    assert queries.returned("top fetched") == ["1", "2", "3"]


def test_fetchxml_joins_and_aggregates(ask_node: Callable[[str], Steps]) -> None:
    queries = ask_node("queries")
    assert queries.returned("fetched with a link")["firm.name"].endswith(" & Söhne")
    assert queries.returned("aggregate fetched") == {"Odd": 3, "Even": 2}


def test_functions_take_their_parameters_by_alias(ask_node: Callable[[str], Steps]) -> None:
    operations = ask_node("operations")
    assert set(operations.returned("who")) > {"UserId", "BusinessUnitId", "OrganizationId"}
    assert operations.returned("who, asked by an object") == operations.returned("who")
    assert operations.returned("version")["Version"].startswith("9.2.")
    organisation = operations.returned("an enumeration as a parameter")["Detail"]
    assert organisation["OrganizationId"] == operations.returned("who")["OrganizationId"]
    counts = operations.returned("a list as a parameter")["EntityRecordCountCollection"]
    assert counts["Keys"] == ["contact", "account"]
    assert operations.refused("no such function")[0] == 404


def test_functions_are_bound_to_rows(ask_node: Callable[[str], Steps]) -> None:
    operations = ask_node("operations")
    held = {each["PrivilegeName"] for each in operations.returned("bound function")["RolePrivileges"]}
    assert {"prvReadContact", "prvWriteIncident"} < held
    rights = operations.returned("bound function with a row as a parameter")["AccessRights"]
    assert {"ReadAccess", "WriteAccess"} < set(rights.split(", "))
    (one,) = operations.returned("bound function with a name as a parameter")["RolePrivileges"]
    assert (one["PrivilegeName"], one["Depth"]) == ("prvReadContact", "Global")


def test_actions_act(ask_node: Callable[[str], Steps]) -> None:
    operations = ask_node("operations")
    assert len(operations.returned("bound action")["QueueItemId"]) == 36
    assert operations.returned("unbound action") is None
    after = operations.returned("after it")
    assert (after["statecode"], after["statecode_Formatted"]) == (1, "Resolved")
    assert operations.returned("action on a set") == 2
    assert operations.refused("the action again") == (400, "0x80044411")


def test_a_batch_answers_each_of_its_requests_in_order(ask_node: Callable[[str], Steps]) -> None:
    updated, row, rows, count, deleted = ask_node("batches").returned("changed, read and deleted")
    assert updated is True
    assert row["jobtitle"] == "Bätched"
    assert [each["contactid"] for each in rows["value"]] == [row["contactid"]]
    assert (count, deleted) == (1, True)
    assert ask_node("batches").returned("count by path") == [1]
    identifier, whole = ask_node("batches").returned("without a change set")
    assert identifier != whole["contactid"]
    who, counts, units = ask_node("batches").returned("functions, actions and FetchXML")
    assert len(who["UserId"]) == 36
    assert counts["EntityRecordCountCollection"]["Keys"] == ["account"]
    assert len(units["value"]) == 1


def test_content_ids_name_rows_made_in_the_same_change_set(ask_node: Callable[[str], Steps]) -> None:
    batches = ask_node("batches")
    contact, case, account = batches.returned("content ids")
    assert len({contact, case, account}) == 3
    read = batches.returned("their case")
    assert read["_customerid_value"] == contact
    assert read["customerid_contact"]["lastname"].endswith(" customer")
    assert batches.returned("a reference in the path")[1] is True
    assert batches.returned("what it wrote") == ["By its content id"]
    assert batches.returned("a reference between rows") == [3, 1]


def test_a_change_set_that_fails_leaves_nothing(ask_node: Callable[[str], Steps]) -> None:
    batches = ask_node("batches")
    (failure,) = batches.thrown("a change set that fails")
    assert (failure["failed"]["status"], failure["failed"]["error"]["code"]) == (400, "0x80044331")
    assert batches.returned("what it left") == 0


def test_a_batch_goes_on_after_a_failure_only_if_told_to(ask_node: Callable[[str], Steps]) -> None:
    batches = ask_node("batches")
    made, missing, refused, rows = batches.returned("one that fails, and on")
    assert len(made) == 36
    assert (missing["failed"]["status"], missing["failed"]["error"]["code"]) == (404, "0x80040217")
    assert (refused["failed"]["status"], refused["failed"]["error"]["code"]) == (400, "0x80044331")
    assert len(rows["value"]) == 1
    before, failure = batches.thrown("one that fails, no further")
    assert len(before) == 36
    assert failure["failed"]["status"] == 400
    assert batches.returned("what that left") == [1, 0]


def test_a_caller_acts_for_another_user(ask_node: Callable[[str], Steps]) -> None:
    callers = ask_node("callers")
    for step in ("who, for the integration", "who, by the directory's id", "who, by configuration"):
        assert callers.returned(step) is True
    assert callers.returned("in a batch") == [True, False]
    assert callers.returned("whose it is") == {"integration": True, "administrator": True}


def test_acting_for_another_takes_the_rights_of_both(ask_node: Callable[[str], Steps]) -> None:
    callers = ask_node("callers")
    assert callers.refused("only what both may") == (403, "0x80040220")
    assert "prvDeleteContact" in callers.thrown("only what both may")["message"]
    assert callers.refused("by one who may not") == (403, "0x8004a110")
    assert callers.refused("for nobody") == (400, "0x80041d1f")


def test_a_row_is_shared_and_no_longer(ask_node: Callable[[str], Steps]) -> None:
    callers = ask_node("callers")
    (granted,) = callers.returned("granted")
    assert set(granted.split(", ")) == {"ReadAccess", "WriteAccess"}
    assert callers.returned("modified") == ["ReadAccess"]
    assert callers.returned("revoked") == []
