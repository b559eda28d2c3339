"""The options of reads: filters, members, pages, counts; and the refusal of what the directory does not take."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.graph.asking import Graph, said
from mock_services.tenant import FakeTenant

ADVANCED = {"ConsistencyLevel": "eventual"}


@pytest.fixture
async def apps(graph: Graph) -> list[str]:
    """Four registrations, named as returned."""
    names = ["Alpha", "alpha two", "Beta", "O'Brien & co"]
    for name in names:
        await graph.register(name, tags=[name[0]])
    return names


async def names(graph: Graph, condition: str) -> list[str]:
    """The names that a filter finds."""
    answer = await graph.get("/applications", {"$filter": condition})
    assert answer.status_code == 200, answer.text
    return sorted(each["displayName"] for each in answer.json()["value"])


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("displayName eq 'ALPHA'", ["Alpha"]),
        ("startswith(displayName,'alpha')", ["Alpha", "alpha two"]),
        ("startsWith(displayName, 'Alpha') and displayName eq 'alpha two'", ["alpha two"]),
        ("displayName eq 'O''Brien & co'", ["O'Brien & co"]),
        ("displayName in ('Beta')", ["Beta"]),
        ("displayName in ('Beta', 'alpha')", ["Alpha", "Beta"]),
        ("displayName eq 'Beta' or displayName eq 'Alpha'", ["Alpha", "Beta"]),
        ("tags/any(t:t eq 'B')", ["Beta"]),
        ("identifierUris/any(s:s eq 'api://nobody')", []),
        ("(displayName eq 'Beta') and (signInAudience eq 'AzureADMyOrg')", ["Beta"]),
        ("createdDateTime ge 2000-01-01T00:00:00Z and displayName eq 'Beta'", ["Beta"]),
        ("displayName eq null", []),
    ],
)
async def test_a_filter_finds_what_it_says(graph: Graph, apps: list[str], condition: str, found: list[str]) -> None:
    assert await names(graph, condition) == found


@pytest.mark.parametrize(
    "query",
    [
        "$filter=startswith%28displayName%2C%27Alpha%27%29",
        "%24filter=startswith(displayName,%27Alpha%27)",
        "$filter=startswith(displayName,'Alpha')",
        "$FILTER=startswith(displayName,%20'Alpha')&$select=id",
    ],
)
async def test_each_clients_spelling_of_the_query_is_understood(graph: Graph, apps: list[str], query: str) -> None:
    answer = await graph.wire.get(f"https://graph.microsoft.com/v1.0/applications?{query}", headers=graph.headers)
    assert len(answer.json()["value"]) == 2


@pytest.mark.parametrize(
    ("condition", "operator"),
    [
        ("endswith(displayName,'a')", "endsWith"),
        ("displayName ne 'Alpha'", "ne"),
        ("not startswith(displayName,'Alpha')", "not"),
        ("not(displayName eq 'Alpha')", "not"),
    ],
)
async def test_an_advanced_operator_is_refused_without_its_parameters(
    graph: Graph, apps: list[str], condition: str, operator: str
) -> None:
    status, code, message = said(await graph.get("/applications", {"$filter": condition}))
    assert (status, code) == (400, "Request_UnsupportedQuery")
    assert message.startswith(
        f"Operator '{operator}' is not supported because the required parameters might be missing."
    )
    for half in ({"$count": "true"}, {}):
        header = {} if half else ADVANCED
        assert (await graph.get("/applications", {"$filter": condition, **half}, **header)).status_code == 400
    allowed = await graph.get("/applications", {"$filter": condition, "$count": "true"}, **ADVANCED)
    assert allowed.status_code == 200
    assert allowed.json()["@odata.count"] == len(allowed.json()["value"]) > 0


@pytest.mark.parametrize(
    "condition",
    [
        "uniqueName eq 'x'",
        "notes eq 'x'",
        "web/homePageUrl eq 'x'",
        "tags eq 'x'",
        "nothing eq 'x'",
        "length(notes) gt 3",
    ],
)
async def test_a_clause_that_the_directory_does_not_take_is_refused(graph: Graph, condition: str) -> None:
    status, code, _ = said(await graph.get("/applications", {"$filter": condition}))
    assert status == 400
    assert code in ("Request_UnsupportedQuery", "BadRequest")


async def test_the_unsupported_clause_is_named(graph: Graph) -> None:
    assert said(await graph.get("/applications", {"$filter": "uniqueName eq 'x'"})) == (
        400,
        "Request_UnsupportedQuery",
        "Unsupported or invalid query filter clause specified for property 'uniqueName' of resource 'Application'.",
    )


@pytest.mark.parametrize(
    "condition",
    ["displayName eq", "displayName eq 'x", "eq 'x'", "", "(((", "displayName eq 5", "a b c", "'x'", "tags/any()"],
)
async def test_a_malformed_filter_is_refused(graph: Graph, condition: str) -> None:
    assert said(await graph.get("/applications", {"$filter": condition}))[0] == 400


WORDS = (
    "displayName appId tags createdDateTime eq ne gt in not and or ( ) ' '' 'x' , / any any(t:t : startswith("
    " endswith(n null true 5 2026-01-01T00:00:00Z 2026-99-99T00:00:00Z 00000003-0000-0000-c000-000000000000 . - x"
    " $ @p1 duration'P1D'"
)
fragments = st.sampled_from(WORDS.split()) | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(fragments, max_size=9).map(" ".join))
async def test_no_filter_whatever_breaks_the_service(graph: Graph, condition: str) -> None:
    answer = await graph.get("/applications", {"$filter": condition})
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        said(answer)


async def test_a_deep_filter_is_refused_in_good_order(graph: Graph) -> None:
    condition = "(" * 400 + "displayName eq 'x'" + ")" * 400
    assert (await graph.get("/applications", {"$filter": condition})).status_code in (200, 400)
    chain = " or ".join(["displayName eq 'x'"] * 300)
    assert said(await graph.get("/applications", {"$filter": chain}))[0] == 400


async def test_select_narrows_the_members_and_shows_in_the_context(graph: Graph, apps: list[str]) -> None:
    answer = (
        await graph.get("/applications", {"$select": "appId,displayName", "$filter": "displayName eq 'Beta'"})
    ).json()
    assert answer["@odata.context"] == "https://graph.microsoft.com/v1.0/$metadata#applications(appId,displayName)"
    assert [list(each) for each in answer["value"]] == [["appId", "displayName"]]


async def test_selecting_a_member_that_is_not_there_is_refused(graph: Graph, apps: list[str]) -> None:
    status, code, message = said(await graph.get("/applications", {"$select": "id,colour"}))
    assert (status, code) == (400, "BadRequest")
    assert message == (
        "Parsing OData Select and Expand failed: Could not find a property named 'colour' on type"
        " 'microsoft.graph.application'."
    )


async def test_pages_follow_their_links_and_miss_nobody(graph: Graph, apps: list[str]) -> None:
    seen: list[str] = []
    answer = (await graph.get("/applications", {"$top": "2", "$select": "id"})).json()
    while "@odata.nextLink" in answer:
        seen += [each["id"] for each in answer["value"]]
        assert len(answer["value"]) == 2
        link = answer["@odata.nextLink"]
        assert link.startswith("https://graph.microsoft.com/v1.0/applications?")
        answer = (await graph.wire.get(link, headers=graph.headers)).json()
    seen += [each["id"] for each in answer["value"]]
    everybody = (await graph.get("/applications")).json()["value"]
    assert seen == [each["id"] for each in everybody]


async def test_a_page_has_a_hundred_unless_told_otherwise(graph: Graph, tenant: FakeTenant) -> None:
    for number in range(101):
        tenant.directory.add_application(f"app {number}")
    assert len((await graph.get("/applications")).json()["value"]) == 100
    assert len((await graph.get("/applications", {"$top": "999"})).json()["value"]) == 102


@pytest.mark.parametrize("top", ["0", "1000", "-1", "many", "", "１"])
async def test_an_impossible_page_size_is_refused(graph: Graph, top: str) -> None:
    assert said(await graph.get("/applications", {"$top": top}))[0] == 400


@pytest.mark.parametrize("token", ["x", "RFNwdA", "", "é", "RFNwdHg"])
async def test_a_made_up_skip_token_is_refused(graph: Graph, token: str) -> None:
    assert said(await graph.get("/applications", {"$skiptoken": token}))[0] == 400


async def test_counting_needs_the_consistency_header(graph: Graph, apps: list[str]) -> None:
    assert "@odata.count" not in (await graph.get("/applications", {"$count": "true"})).json()
    assert said(await graph.get("/applications/$count")) == (
        400,
        "Request_BadRequest",
        "$count is not currently supported.",
    )
    answer = await graph.get("/applications/$count", None, **ADVANCED)
    assert (answer.text, answer.headers["content-type"]) == ("5", "text/plain")


async def test_sorting_applications_is_an_advanced_query(graph: Graph, apps: list[str]) -> None:
    assert said(await graph.get("/applications", {"$orderby": "displayName"}))[1] == "Request_UnsupportedQuery"
    answer = await graph.get("/applications", {"$orderby": "displayName desc", "$count": "true"}, **ADVANCED)
    found = [each["displayName"] for each in answer.json()["value"]]
    assert found == sorted(found, key=str.casefold, reverse=True)


async def test_search_without_the_header_is_refused(graph: Graph) -> None:
    assert said(await graph.get("/applications", {"$search": '"displayName:Alpha"'}))[1] == "Request_UnsupportedQuery"


@pytest.mark.parametrize("option", ["$apply", "$format", "$colour"])
async def test_an_option_that_is_not_modelled_is_never_passed_over(graph: Graph, option: str) -> None:
    assert said(await graph.get("/applications", {option: "owners"}))[0] == 501


async def test_a_parameter_without_a_dollar_is_nobodys_business(graph: Graph) -> None:
    assert (await graph.get("/applications", {"colour": "red"})).status_code == 200


async def test_an_option_given_twice_is_refused(graph: Graph) -> None:
    url = "https://graph.microsoft.com/v1.0/applications?$top=1&$top=2"
    assert said(await graph.wire.get(url, headers=graph.headers))[:2] == (400, "BadRequest")


async def test_reads_cost_what_the_throttling_page_says(graph: Graph) -> None:
    async def cost(path: str, **options: str) -> str:
        spelt = {f"${name}": value for name, value in options.items()}
        return (await graph.get(path, spelt)).headers["x-ms-resource-unit"]

    assert await cost("/applications") == "2"
    assert await cost("/applications", select="id") == "1"
    assert await cost("/applications", select="id", top="1") == "1"
    assert await cost("/servicePrincipals") == "1"


async def test_instants_on_the_wire_are_instants(graph: Graph, tenant: FakeTenant) -> None:
    made = await graph.register()
    read = (await graph.get(f"/applications/{made['id']}")).json()
    assert datetime.fromisoformat(read["createdDateTime"]) == tenant.clock.now().replace(microsecond=0)


async def test_fifteen_alternatives_are_taken_in_one_chain_and_no_more(graph: Graph, apps: list[str]) -> None:
    def chain(length: int) -> str:
        return " or ".join(["displayName eq 'x'"] * (length - 1) + ["displayName eq 'Beta'"])

    assert await names(graph, chain(15)) == ["Beta"]
    assert await names(graph, f"({chain(10)}) and ({chain(10)})") == ["Beta"]
    for condition in (chain(16), f"({chain(8)}) or ({chain(8)})", f"displayName eq 'Beta' and ({chain(16)})"):
        _, code, message = said(await graph.get("/applications", {"$filter": condition}))
        assert code == "Request_UnsupportedQuery"
        assert message.startswith("Too many child clauses specified")
        assert message.endswith("'OR' operators: 16. Max allowed: 15.")


@pytest.mark.parametrize("term", ["@odata.type", "display name", "id;appId"])
async def test_a_term_that_names_nothing_is_told_as_such(graph: Graph, term: str) -> None:
    message = f"Parsing OData Select and Expand failed: Term '{term}' is not valid in a $select or $expand expression."
    assert said(await graph.get("/applications", {"$select": f"id,{term}"})) == (400, "BadRequest", message)
