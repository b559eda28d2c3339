"""Acting for another user: who may, what then is possible, and whose name stands on what is written."""

import pytest

from contract_tests.dataverse.asking import ROOT, Caller, admit, error
from contract_tests.dataverse.batches import BOUNDARY, batch, change_set, framed, part, said
from mock_services.tenant import FakeTenant

NOBODY = "00000000-0000-4000-8000-000000000000"
PERSON = "77777777-2222-4333-8444-555555555555"


@pytest.fixture
def person(tenant: FakeTenant) -> str:
    """A person who may read, create and change contacts of her own."""
    organisation = tenant.organisation
    user = organisation.add_user(
        object_id=PERSON, user_principal_name=f"ann@{tenant.domain}", first_name="Ann", last_name="Person"
    )
    role = organisation.add_role("Contacts of one's own")
    organisation.set_privileges(role, dict.fromkeys(("prvReadContact", "prvCreateContact", "prvWriteContact"), "Basic"))
    organisation.assign_role(user, role)
    return user


async def test_rows_made_for_another_carry_both_names(administrator: Caller, tenant: FakeTenant, person: str) -> None:
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    for header in ({"CallerObjectId": PERSON}, {"MSCRMCallerID": person}):
        response = await administrator.ask("POST", "contacts", {"lastname": "L"}, headers=header)
        made = tenant.organisation.get("contact", response.headers["OData-EntityId"].rpartition("(")[2][:-1])
        assert made is not None
        assert (made["createdby"], made["modifiedby"], made["ownerid"]) == (person, person, person)
        assert (made["createdonbehalfby"], made["modifiedonbehalfby"]) == (me, me)
    path = f"contacts({response.headers['OData-EntityId'].rpartition('(')[2]}"
    await administrator.ask("PATCH", path, {"jobtitle": "x"})
    row = (await administrator.get(path)).json()
    assert (row["_modifiedby_value"], row["_modifiedonbehalfby_value"]) == (me, None)
    assert row["_createdonbehalfby_value"] == me


async def test_who_am_i_names_the_user_acted_for(administrator: Caller, person: str) -> None:
    assert (await administrator.get("WhoAmI", headers={"CallerObjectId": PERSON})).json()["UserId"] == person


async def test_acting_for_another_takes_a_privilege(integration: Caller, tenant: FakeTenant, person: str) -> None:
    admit(tenant, {"prvReadContact": "Global"})
    response = await integration.get("contacts", headers={"MSCRMCallerID": person})
    assert error(response) == (403, "0x8004a110")
    assert "privilege to act on behalf" in response.json()["error"]["message"]


@pytest.mark.parametrize("header", ["CallerObjectId", "MSCRMCallerID"])
@pytest.mark.parametrize("value", [NOBODY, "x", "{" + NOBODY])
async def test_somebody_who_is_not_there_cannot_be_acted_for(administrator: Caller, header: str, value: str) -> None:
    response = await administrator.get("contacts", headers={header: value})
    assert error(response) == (400, "0x80041d1f")
    assert value in response.json()["error"]["message"]


async def test_a_disabled_user_cannot_be_acted_for(administrator: Caller, tenant: FakeTenant, person: str) -> None:
    tenant.organisation.disable_user(person)
    assert error(await administrator.get("contacts", headers={"CallerObjectId": PERSON})) == (400, "0x80041d1f")


async def test_an_administrator_sees_no_more_than_the_user_acted_for(
    administrator: Caller, tenant: FakeTenant, person: str
) -> None:
    tenant.organisation.insert("contact", {"lastname": "Not hers"})
    mine = tenant.organisation.insert("contact", {"lastname": "Hers", "ownerid": person})
    as_her = {"CallerObjectId": PERSON}
    assert [row["contactid"] for row in (await administrator.get("contacts", headers=as_her)).json()["value"]] == [mine]
    assert error(await administrator.get("accounts", headers=as_her)) == (403, "0x80040220")


async def test_the_user_acted_for_lends_nothing_that_the_caller_has_not(
    integration: Caller, tenant: FakeTenant, person: str
) -> None:
    user = admit(tenant, {"prvReadContact": "Basic", "prvActOnBehalfOfAnotherUser": "Global"})
    tenant.organisation.insert("contact", {"lastname": "Hers", "ownerid": person})
    tenant.organisation.insert("contact", {"lastname": "The app's", "ownerid": user})
    as_her = {"CallerObjectId": PERSON}
    assert (await integration.get("contacts", headers=as_her)).json()["value"] == []
    refused = await integration.ask("POST", "contacts", {"lastname": "L"}, headers=as_her)
    assert error(refused) == (403, "0x80040220")
    assert f"Principal user (Id={user}," in refused.json()["error"]["message"]
    tenant.quirks.impersonation_rights = "named user's alone"
    assert len((await integration.get("contacts", headers=as_her)).json()["value"]) == 1
    assert (await integration.ask("POST", "contacts", {"lastname": "L"}, headers=as_her)).status_code == 204


async def test_parts_of_a_batch_act_for_whom_they_name(administrator: Caller, tenant: FakeTenant, person: str) -> None:
    me = (await administrator.get("WhoAmI")).json()["UserId"]
    named = part("POST", "contacts", {"lastname": "A"}, content_id="1", headers=[f"MSCRMCallerID: {person}"])
    plain = part("POST", "contacts", {"lastname": "B"}, content_id="2")
    status, _ = await batch(administrator, change_set(named, plain), part("GET", "WhoAmI"))
    assert status == 200
    made = {row["lastname"]: row for row in tenant.organisation.select("contact")}
    assert (made["A"]["createdby"], made["A"]["createdonbehalfby"]) == (person, me)
    assert (made["B"]["createdby"], made["B"]["createdonbehalfby"]) == (me, None)
    status, told = await batch(administrator, part("GET", "WhoAmI", headers=[f"CallerObjectId: {NOBODY}"]))
    assert (status, told[0].code) == (400, "0x80041d1f")


async def test_the_header_of_a_batch_goes_for_its_parts(administrator: Caller, person: str) -> None:
    text = framed([part("GET", "WhoAmI")])
    headers = {
        "Authorization": f"Bearer {administrator.token}",
        "Content-Type": f"multipart/mixed; boundary={BOUNDARY}",
        "CallerObjectId": PERSON,
    }
    url = f"https://{administrator.host}{ROOT}/$batch"
    response = await administrator.wire.post(url, headers=headers, content=text.encode())
    assert [each.body["UserId"] for each in said(response)] == [person]
