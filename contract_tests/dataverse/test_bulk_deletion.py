"""BulkDelete: a job that deletes what its queries find, within the caller's reach, and tells how it went."""

from typing import Any

import pytest

from contract_tests.dataverse.asking import Caller, admit, error
from mock_services.tenant import FakeTenant

KIND = "Microsoft.Dynamics.CRM."
NOW = "2020-01-01T00:00:00Z"


def job(*conditions: dict[str, Any], table: str = "contact", **members: Any) -> dict[str, Any]:
    """The body that Microsoft's SDK for Python sends."""
    criteria = {"@odata.type": f"{KIND}FilterExpression", "FilterOperator": "And", "Conditions": list(conditions)}
    query = {"@odata.type": f"{KIND}QueryExpression", "EntityName": table, "Criteria": criteria}
    return {
        "JobName": "Bulk delete", "SendEmailNotification": False, "ToRecipients": [], "CCRecipients": [],
        "RecurrencePattern": "", "StartDateTime": NOW, "QuerySet": [query], **members,
    }  # fmt: skip


def condition(name: str, operator: str, *values: Any) -> dict[str, Any]:
    typed = [{"Value": value, "Type": "System.Guid"} for value in values]
    return {"AttributeName": name, "Operator": operator, "Values": typed}


async def test_named_rows_are_deleted_and_the_job_tells_how_many(administrator: Caller, tenant: FakeTenant) -> None:
    made = [await administrator.make("contacts", {"lastname": name}) for name in ("A", "B", "C")]
    answer = await administrator.ask("POST", "BulkDelete", job(condition("contactid", "In", *made[:2])))
    assert answer.status_code == 200
    assert answer.json()["@odata.context"].endswith("#Microsoft.Dynamics.CRM.BulkDeleteResponse")
    assert [row["contactid"] for row in tenant.organisation.select("contact")] == [made[2]]
    finished = (await administrator.get(f"asyncoperations({answer.json()['JobId']})")).json()
    assert (finished["operationtype"], finished["statecode"], finished["statuscode"]) == (13, 3, 30)
    (told,) = tenant.organisation.select("bulkdeleteoperation", asyncoperationid=answer.json()["JobId"])
    assert (told["successcount"], told["failurecount"]) == (2, 0)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (condition("lastname", "Equal", "a"), ["B", None]),
        (condition("lastname", "NotEqual", "A"), ["A"]),
        (condition("lastname", "Null"), ["A", "B"]),
        (condition("lastname", "NotNull"), [None]),
        (condition("lastname", "NotIn", "A"), ["A", None]),
    ],
)
async def test_conditions_compare_one_column(
    administrator: Caller, tenant: FakeTenant, wanted: dict[str, Any], left: list[str | None]
) -> None:
    for name in ("A", "B", None):
        await administrator.make("contacts", {"lastname": name})
    assert (await administrator.ask("POST", "BulkDelete", job(wanted))).status_code == 200
    assert sorted(str(row["lastname"]) for row in tenant.organisation.select("contact")) == sorted(map(str, left))


async def test_rows_out_of_reach_stay_and_rows_that_cannot_go_count_as_failures(
    administrator: Caller, integration: Caller, tenant: FakeTenant
) -> None:
    rights = {"prvReadContact": "Global", "prvDeleteContact": "Basic", "prvBulkDelete": "Global"}
    user = admit(tenant, rights)
    mine = tenant.organisation.insert("contact", {"lastname": "Mine", "ownerid": user, "ownerid_type": "systemuser"})
    await administrator.make("contacts", {"lastname": "Theirs"})
    answer = await integration.ask("POST", "BulkDelete", job())
    (told,) = tenant.organisation.select("bulkdeleteoperation", asyncoperationid=answer.json()["JobId"])
    assert (told["successcount"], told["failurecount"]) == (1, 1)
    assert tenant.organisation.get("contact", mine) is None
    role = tenant.organisation.roles_of(user)[0]["roleid"]
    tenant.organisation.remove_privilege(role, "prvBulkDelete")
    refused = await integration.ask("POST", "BulkDelete", job())
    assert error(refused) == (403, "0x80040220")
    assert "prvBulkDelete" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "0x80048d19")),
        (job(QuerySet=[]), (400, "0x80048d19")),
        (job(QuerySet=["text"]), (400, "0x80048d19")),
        (job(JobName=""), (400, "0x80040200")),
        (job(StartDateTime="soon"), (400, "0x80048d19")),
        (job(table="nosuch"), (400, "0x80041102")),
        (job(table="activitypointer"), (400, "0x80040800")),
        (job(condition("nosuch", "Equal", 1)), (400, "0x80041103")),
        (job(condition("lastname", "Equal")), (400, "0x80048d19")),
        (job(condition("lastname", "Equal", {"a": 1})), (400, "0x80048d19")),
    ],
)
async def test_a_job_that_cannot_be_read_deletes_nothing(
    administrator: Caller, tenant: FakeTenant, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    await administrator.make("contacts", {"lastname": "L"})
    before = tenant.organisation.store.image()
    assert error(await administrator.ask("POST", "BulkDelete", body)) == expected
    assert tenant.organisation.store.image() == before


@pytest.mark.parametrize(
    "body",
    [
        job(RecurrencePattern="FREQ=DAILY;"),
        job(StartDateTime="2999-01-01T00:00:00Z"),
        job(condition("lastname", "Like", "a%")),
        job(QuerySet=[{"EntityName": "contact", "Criteria": {"FilterOperator": "Or", "Conditions": []}}]),
        job(QuerySet=[{"EntityName": "contact", "LinkEntities": [{}]}]),
    ],
)
async def test_a_job_of_another_kind_is_not_played(administrator: Caller, tenant: FakeTenant, body: Any) -> None:
    await administrator.make("contacts", {"lastname": "L"})
    assert (await administrator.ask("POST", "BulkDelete", body)).status_code == 501
    assert len(tenant.organisation.select("contact")) == 1
