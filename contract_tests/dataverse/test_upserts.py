"""Conditions, preferences and bodies of single rows: what each header and each form of a value brings about."""

from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

NOWHERE = "00000000-0000-4000-8000-000000000000"
REPRESENTED = {"Prefer": "return=representation"}


@pytest.fixture
async def contact(administrator: Caller) -> str:
    return await administrator.make("contacts", {"lastname": "Lovelace", "emailaddress1": "ada@x.org"})


async def test_an_update_with_a_representation_honours_select_and_passes_expand_over(
    administrator: Caller, contact: str
) -> None:
    path = f"contacts({contact})?$select=fullname&$expand=owninguser($select=fullname)"
    answer = await administrator.ask("PATCH", path, {"firstname": "Ada"}, headers=REPRESENTED)
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "return=representation")
    assert answer.json()["fullname"] == "Ada Lovelace"
    assert set(answer.json()) == {"@odata.context", "@odata.etag", "contactid", "fullname"}
    assert answer.json()["@odata.etag"] == answer.headers["ETag"]


async def test_preferences_are_honoured_together(administrator: Caller) -> None:
    prefer = 'return=representation,odata.include-annotations="OData.Community.*"'
    body = {"lastname": "L", "donotemail": True}
    answer = await administrator.ask("POST", "contacts?$select=donotemail", body, headers={"Prefer": prefer})
    assert answer.status_code == 201
    assert answer.json()["donotemail@OData.Community.Display.V1.FormattedValue"]
    applied = answer.headers.get_list("Preference-Applied")
    assert "return=representation" in applied
    assert 'odata.include-annotations="OData.Community.*"' in applied


@pytest.mark.parametrize("verb", ["POST", "PATCH"])
async def test_a_representation_that_cannot_be_given_changes_nothing(
    administrator: Caller, integration: Caller, tenant: FakeTenant, contact: str, verb: str
) -> None:
    path = "contacts" if verb == "POST" else f"contacts({contact})"
    before = tenant.organisation.store.image()
    refused = await administrator.ask(verb, f"{path}?$select=nosuch", {"lastname": "New"}, headers=REPRESENTED)
    assert error(refused) == (400, "0x80060888")
    assert tenant.organisation.store.image() == before
    user = admit(tenant, {"prvCreateContact": "Global", "prvWriteContact": "Global", "prvReadContact": "Basic"})
    if verb == "PATCH":
        before = tenant.organisation.store.image()
        refused = await integration.ask(verb, path, {"lastname": "New"}, headers=REPRESENTED)
        assert error(refused) == (403, "0x80048306")
        assert tenant.organisation.store.image() == before
    assert user


async def test_both_conditions_at_once_are_both_kept(administrator: Caller, contact: str) -> None:
    both = {"If-Match": "*", "If-None-Match": "*"}
    assert error(await administrator.ask("PATCH", f"contacts({contact})", {}, headers=both)) == (412, "0x80040237")
    assert error(await administrator.ask("PATCH", f"contacts({NOWHERE})", {}, headers=both)) == (404, "0x80040217")
    cache_buster = {"If-None-Match": "null"}
    assert (await administrator.ask("PATCH", f"contacts({contact})", {}, headers=cache_buster)).status_code == 204


@pytest.mark.parametrize("form", ['W/"{}"', '"{}"'])
async def test_both_spellings_of_an_etag_are_understood(administrator: Caller, contact: str, form: str) -> None:
    version = (await administrator.get(f"contacts({contact})")).json()["versionnumber"]
    right, wrong = form.format(version), form.format(version + 1)
    for headers, status in (({"If-Match": wrong}, 412), ({"If-Match": right}, 204)):
        assert (await administrator.ask("PATCH", f"contacts({contact})", {}, headers=headers)).status_code == status
    assert error(await administrator.ask("DELETE", f"contacts({contact})", headers={"If-Match": right})) == (
        412,
        "0x80060882",
    )


async def test_a_table_without_versions_knows_no_etags(administrator: Caller, tenant: FakeTenant) -> None:
    (privilege, *_) = tenant.organisation.select("privilege", name="prvReadContact")
    path = f"privileges({privilege['privilegeid']})"
    assert (await administrator.get(path)).status_code == 200
    refused = await administrator.ask("PATCH", path, {"name": "x"}, headers={"If-Match": 'W/"1"'})
    assert refused.status_code in (400, 403)


@pytest.mark.parametrize(
    ("verb", "path", "body", "expected"),
    [
        ("PUT", "lastname", {"value": "x" * 51}, (400, "0x80044331")),
        ("PUT", "lastname", {}, (400, "0x80048d19")),
        ("PUT", "lastname", {"value": "a", "other": 1}, (400, "0x80048d19")),
        ("PUT", "_ownerid_value", {"value": NOWHERE}, (400, "0x80060888")),
        ("DELETE", "_parentcustomerid_value", None, (400, "0x80060888")),
        ("PUT", "nosuch", {"value": 1}, (404, "0x80060888")),
        ("POST", "lastname", {"value": "a"}, (405, "")),
        ("PUT", "", {"lastname": "a"}, (405, "")),
        ("POST", "", {"lastname": "a"}, (405, "")),
    ],
)
async def test_a_single_property_is_refused_like_a_whole_body(
    administrator: Caller,
    tenant: FakeTenant,
    contact: str,
    verb: str,
    path: str,
    body: Any,
    expected: tuple[int, str],
) -> None:
    before = tenant.organisation.store.image()
    whole = f"contacts({contact})/{path}" if path else f"contacts({contact})"
    assert error(await administrator.ask(verb, whole, body)) == expected
    assert tenant.organisation.store.image() == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"@odata.type": "#Microsoft.Dynamics.CRM.contact"}, 204),
        ({"@odata.type": "Microsoft.Dynamics.CRM.contact", "@odata.id": "contacts(x)", "@odata.etag": "x"}, 204),
        ({"lastname@OData.Community.Display.V1.FormattedValue": "ignored", "_ownerid_value@x.y": 1}, 204),
        ({"@odata.type": "Microsoft.Dynamics.CRM.account"}, 400),
        ({"@odata.type": "Microsoft.Dynamics.CRM.nosuch"}, 400),
    ],
)
async def test_annotations_are_passed_over_but_a_wrong_type(
    administrator: Caller, body: dict[str, Any], expected: int
) -> None:
    answer = await administrator.ask("POST", "contacts", {"lastname": "L", **body})
    assert answer.status_code == expected
    if expected == 400:
        assert error(answer) == (400, "0x80048d19")


async def test_a_member_given_twice_is_refused_by_name(administrator: Caller) -> None:
    response = await administrator.ask("POST", "contacts", content=b'{"lastname": "A", "lastname": "B"}')
    assert error(response) == (400, "0x80048d19")
    assert "Multiple properties with the name 'lastname'" in response.json()["error"]["message"]
    both = {"lastname": "L", "parentcustomerid_account": {"name": "A"}}
    both["parentcustomerid_account@odata.bind"] = f"/accounts({NOWHERE})"
    assert error(await administrator.ask("POST", "contacts", both)) == (400, "0x80048d19")


async def test_an_owner_may_be_a_team_and_is_a_user_by_default(administrator: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    team = await administrator.make(
        "teams", {"name": "T", "businessunitid@odata.bind": f"/businessunits({organisation.root_business_unit})"}
    )
    role = organisation.role_named("System Administrator")
    assert role is not None
    joined = {"@odata.id": f"roles({role['roleid']})"}
    await administrator.ask("POST", f"teams({team})/teamroles_association/$ref", joined)
    contact = await administrator.make("contacts", {"lastname": "L", "ownerid@odata.bind": f"/teams({team})"})
    rich = {"Prefer": 'odata.include-annotations="*"'}
    row = (await administrator.get(f"contacts({contact})", headers=rich)).json()
    assert row["_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "team"
    assert (row["_owningteam_value"], row["_owninguser_value"]) == (team, None)


async def test_a_column_that_the_platform_insists_on_is_not_emptied(administrator: Caller) -> None:
    note = await administrator.make("annotations", {"subject": "S", "isdocument": None})
    for verb, path, body in (("PATCH", "", {"isdocument": None}), ("DELETE", "/isdocument", None)):
        refused = await administrator.ask(verb, f"annotations({note}){path}", body)
        assert error(refused) == (400, "0x80040200")


async def test_duplicates_are_looked_for_only_when_asked(
    administrator: Caller, tenant: FakeTenant, contact: str
) -> None:
    asked = {"MSCRM.SuppressDuplicateDetection": "false"}
    twin = {"lastname": "Twin", "emailaddress1": "ADA@x.org"}
    refused = await administrator.ask("POST", "contacts", twin, headers=asked)
    assert error(refused) == (412, "0x80040333")
    assert refused.json()["error"]["message"] == (
        "A record was not created or updated because a duplicate of the current record already exists."
    )
    other = await administrator.make("contacts", {"lastname": "Other"})
    patched = await administrator.ask("PATCH", f"contacts({other})", twin, headers=asked)
    assert error(patched) == (412, "0x80040333")
    assert len(tenant.organisation.select("contact", emailaddress1="ada@x.org")) == 1
    same = await administrator.ask("PATCH", f"contacts({contact})", twin, headers=asked)
    assert same.status_code == 204
    assert (await administrator.ask("POST", "contacts", {"lastname": "None"}, headers=asked)).status_code == 204
    assert (await administrator.ask("POST", "contacts", twin)).status_code == 204


async def test_a_published_rule_takes_the_place_of_the_stock_ones(administrator: Caller) -> None:
    asked = {"MSCRM.SuppressDuplicateDetection": "false"}
    await administrator.make("contacts", {"lastname": "Lovelace", "emailaddress1": "a@x.org"})
    same_start = {"lastname": "lovely", "emailaddress1": "b@x.org"}
    same_mail = {"lastname": "Byron", "emailaddress1": "a@x.org"}
    rule = await administrator.make(
        "duplicaterules", {"name": "Same start", "baseentityname": "contact", "matchingentityname": "contact"}
    )
    publish = f"duplicaterules({rule})/Microsoft.Dynamics.CRM.PublishDuplicateRule"
    assert error(await administrator.ask("POST", publish, {})) == (400, "0x80048414")
    condition = {"baseattributename": "lastname", "operatorcode": 1, "operatorparam": 3}
    await administrator.make(
        "duplicateruleconditions", {**condition, "regardingobjectid@odata.bind": f"/duplicaterules({rule})"}
    )
    published = await administrator.ask("POST", publish, {})
    assert (await administrator.get(f"asyncoperations({published.json()['asyncoperationid']})")).json()[
        "statecode"
    ] == 3
    assert error(await administrator.ask("POST", "contacts", same_start, headers=asked)) == (412, "0x80040333")
    assert (await administrator.ask("POST", "contacts", same_mail, headers=asked)).status_code == 204
    out_of_force = await administrator.ask("POST", "UnpublishDuplicateRule", {"DuplicateRuleId": rule})
    assert out_of_force.status_code == 204
    assert (await administrator.ask("POST", "contacts", same_start, headers=asked)).status_code == 204
    assert error(await administrator.ask("POST", "UnpublishDuplicateRule", {"DuplicateRuleId": "x"})) == (
        400,
        "0x80048d19",
    )


async def test_what_is_not_known_of_updates_says_so_and_changes_nothing(
    administrator: Caller, tenant: FakeTenant, contact: str
) -> None:
    account = await administrator.make("accounts", {"name": "A"})
    before = tenant.organisation.store.image()
    for body in (
        {"parentcustomerid_account": {"name": "Nested"}},
        {"Contact_Tasks": [{"subject": "S"}]},
        {"contact_customer_contacts@odata.bind": [f"/contacts({contact})"]},
        {"parentcustomerid_account": {"@odata.id": f"accounts({account})"}},
    ):
        assert (await administrator.ask("PATCH", f"contacts({contact})", body)).status_code == 501
    assert tenant.organisation.store.image() == before


async def test_passing_custom_logic_by_takes_its_privilege(
    integration: Caller, administrator: Caller, tenant: FakeTenant
) -> None:
    admit(tenant, {"prvCreateContact": "Global", "prvReadContact": "Global"})
    for header in ("MSCRM.BypassCustomPluginExecution", "MSCRM.BypassBusinessLogicExecution"):
        for caller, expected in ((integration, 403), (administrator, 204)):
            answer = await caller.ask("POST", "contacts", {"lastname": "L"}, headers={header: "true"})
            assert answer.status_code == expected
    off = {"MSCRM.BypassCustomPluginExecution": "false"}
    assert (await integration.ask("POST", "contacts", {"lastname": "L"}, headers=off)).status_code == 204


async def test_the_currency_of_a_row_shows_in_its_amounts(administrator: Caller, tenant: FakeTenant) -> None:
    made = tenant.organisation.insert(
        "transactioncurrency",
        {"currencyname": "Euro", "isocurrencycode": "EUR", "currencysymbol": "€", "exchangerate": 1},
    )
    bound = {
        "lastname": "L",
        "annualincome": 1234.5,
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({made})",
    }
    contact = await administrator.make("contacts", bound)
    rich = {"Prefer": 'odata.include-annotations="*"'}
    row = (await administrator.get(f"contacts({contact})?$select=annualincome", headers=rich)).json()
    assert row["annualincome@OData.Community.Display.V1.FormattedValue"] == "€1,234.50"


async def test_an_amount_brings_the_base_currency_and_its_rate_along(administrator: Caller, tenant: FakeTenant) -> None:
    organisation = tenant.organisation
    base, other = [
        organisation.insert(
            "transactioncurrency",
            {"currencyname": name, "isocurrencycode": name, "currencysymbol": name, "exchangerate": rate},
        )
        for name, rate in (("USD", 1), ("EUR", 0.5))
    ]
    organisation.update("organization", organisation.id, {"basecurrencyid": base})
    plain = await administrator.make("accounts", {"name": "No amount"})
    assert (await administrator.get(f"accounts({plain})")).json()["_transactioncurrencyid_value"] is None
    rich = await administrator.make("accounts", {"name": "Amount", "revenue": 100})
    row = (await administrator.get(f"accounts({rich})")).json()
    assert (row["_transactioncurrencyid_value"], row["exchangerate"], row["revenue_base"]) == (base, 1, 100)
    body = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({other})"}
    assert (await administrator.ask("PATCH", f"accounts({rich})", body)).status_code == 204
    row = (await administrator.get(f"accounts({rich})")).json()
    assert (row["revenue"], row["exchangerate"], row["revenue_base"]) == (100, 0.5, 200)
