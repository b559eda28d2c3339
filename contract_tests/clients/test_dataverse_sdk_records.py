"""Microsoft's Dataverse SDK for Python, unmodified: alternate keys, bulk deletion, data frames, its async twin."""

import ssl
import uuid
from typing import Any

import pandas as pd  # type: ignore[import-untyped] # its stubs are a package of their own
import pytest
from azure.identity.aio import ClientSecretCredential
from PowerPlatform.Dataverse.aio.async_client import AsyncDataverseClient
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError
from PowerPlatform.Dataverse.models.upsert import UpsertItem

from mock_services.hosts import Service
from mock_services.serve import Served
from mock_services.tenant import FakeTenant
from provisioning.settings import Integration


@pytest.fixture
def number_is_a_key(administrator: DataverseClient) -> None:
    """Account numbers as an alternate key of accounts."""
    if not any(key.schema_name == "new_number" for key in administrator.tables.get_alternate_keys("account")):
        administrator.tables.create_alternate_key("account", "new_number", ["accountnumber"])


def test_one_upsert_makes_and_the_next_changes(administrator: DataverseClient, number_is_a_key: None) -> None:
    number = uuid.uuid4().hex[:12]
    for name in ("Before", "After"):
        administrator.records.upsert("account", [UpsertItem({"accountnumber": number}, {"name": name})])
    found = list(administrator.records.list("account", filter=f"accountnumber eq '{number}'", select=["name"]))
    assert [row["name"] for row in found] == ["After"]


def test_many_upserts_go_in_one_call(administrator: DataverseClient, number_is_a_key: None) -> None:
    numbers = [uuid.uuid4().hex[:12] for _ in range(3)]
    items: list[UpsertItem | dict[str, Any]] = [
        UpsertItem({"accountnumber": number}, {"name": f"N {number}"}) for number in numbers
    ]
    administrator.records.upsert("account", items)
    administrator.records.upsert("account", items)
    listed = ",".join(f"'{number}'" for number in numbers)
    condition = f"Microsoft.Dynamics.CRM.In(PropertyName='accountnumber',PropertyValues=[{listed}])"
    assert len(list(administrator.records.list("account", filter=condition, select=["name"]))) == 3


def test_many_rows_are_deleted_as_a_job(administrator: DataverseClient) -> None:
    made = administrator.records.create("contact", [{"lastname": "Brief"} for _ in range(3)])
    assert administrator.records.delete("contact", made)
    assert [administrator.records.retrieve("contact", each, select=["lastname"]) for each in made] == [None] * 3


def test_a_data_frame_goes_in_and_comes_out(administrator: DataverseClient) -> None:
    name = uuid.uuid4().hex[:10]
    ids = administrator.dataframe.create("contact", pd.DataFrame([{"firstname": "A", "lastname": name}]))
    administrator.dataframe.update("contact", pd.DataFrame({"contactid": ids, "jobtitle": "Framed"}), "contactid")
    frame = administrator.dataframe.sql(f"SELECT firstname, jobtitle FROM contact WHERE lastname = '{name}'")  # noqa: S608 - a test's own name
    assert frame[["firstname", "jobtitle"]].to_dict("records") == [{"firstname": "A", "jobtitle": "Framed"}]


async def test_the_async_twin_writes_and_reads(
    four_values: Integration,
    served_tenant: tuple[Served, FakeTenant, Integration],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served, _, _ = served_tenant
    # aiohttp knows neither a proxy nor authorities named after its import: the localhost base, and a fresh context.
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context())
    secret = four_values.client_secret.get_secret_value()
    async with (
        ClientSecretCredential(
            four_values.tenant_id, four_values.client_id, secret, connection_verify=str(served.authority_file)
        ) as credential,
        AsyncDataverseClient(served.direct[Service.DATAVERSE], credential) as client,
    ):
        contact = await client.records.create("contact", {"lastname": "Later"})
        read = await client.records.retrieve("contact", contact, select=["lastname"])
        assert read is not None
        assert read["lastname"] == "Later"
        with pytest.raises(HttpError) as refusal:
            await client.records.delete("contact", contact)
        assert refusal.value.status_code == 403
