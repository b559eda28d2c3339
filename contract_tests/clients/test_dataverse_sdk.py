"""Microsoft's Dataverse SDK for Python, unmodified, with the provisioned four values."""

import uuid

import pytest
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError


def test_a_contact_and_its_case_are_written_and_read_back(dataverse: DataverseClient) -> None:
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    contact = dataverse.records.create("contact", {"firstname": "Ana", "lastname": "O'Neill", "emailaddress1": email})
    case = dataverse.records.create(
        "incident",
        {"title": "Cannot sign in", "prioritycode": 1, "customerid_contact@odata.bind": f"/contacts({contact})"},
    )
    read = dataverse.records.retrieve("incident", case, select=["title", "ticketnumber", "_customerid_value"])
    assert read is not None
    assert (read["title"], read["_customerid_value"]) == ("Cannot sign in", contact)
    assert read["ticketnumber"].startswith("CAS-")
    found = list(dataverse.records.list("contact", filter=f"emailaddress1 eq '{email.upper()}'", select=["fullname"]))
    assert [row["fullname"] for row in found] == ["Ana O'Neill"]


def test_a_label_becomes_its_option_value_as_the_sdk_promises(dataverse: DataverseClient) -> None:
    contact = dataverse.records.create("contact", {"lastname": "Label"})
    case = dataverse.records.create(
        "incident",
        {"title": "By label", "prioritycode": "High", "customerid_contact@odata.bind": f"/contacts({contact})"},
    )
    read = dataverse.records.retrieve("incident", case, select=["prioritycode"])
    assert read is not None
    assert read["prioritycode"] == 1


def test_an_update_is_seen_and_a_missing_record_is_none(dataverse: DataverseClient) -> None:
    contact = dataverse.records.create("contact", {"lastname": "Before"})
    dataverse.records.update("contact", contact, {"lastname": "After"})
    read = dataverse.records.retrieve("contact", contact, select=["lastname"])
    assert read is not None
    assert read["lastname"] == "After"
    assert dataverse.records.retrieve("contact", str(uuid.uuid4()), select=["lastname"]) is None


def test_a_case_without_a_customer_is_refused_by_its_own_code(dataverse: DataverseClient) -> None:
    with pytest.raises(HttpError) as refusal:
        dataverse.records.create("incident", {"title": "Nobody's"})
    assert refusal.value.status_code == 400
    assert refusal.value.details["service_error_code"] == "0x80044410"


def test_what_the_role_does_not_allow_is_refused(dataverse: DataverseClient) -> None:
    contact = dataverse.records.create("contact", {"lastname": "Stays"})
    with pytest.raises(HttpError) as refusal:
        dataverse.records.delete("contact", contact)
    assert refusal.value.status_code == 403
    assert refusal.value.details["service_error_code"] == "0x80040220"
    assert "prvDeleteContact" in str(refusal.value)


def test_pages_are_followed_to_the_end(dataverse: DataverseClient) -> None:
    prefix = uuid.uuid4().hex[:8]
    for number in range(5):
        dataverse.records.create("contact", {"lastname": f"{prefix} {number}"})
    pages = list(
        dataverse.records.list_pages(
            "contact", filter=f"startswith(lastname,'{prefix}')", select=["lastname"], page_size=2
        )
    )
    assert [len(list(page)) for page in pages] == [2, 2, 1]
