"""Microsoft's Dataverse SDK for Python, unmodified: batches, change sets and bulk calls."""

from PowerPlatform.Dataverse.client import DataverseClient


def test_a_change_set_makes_a_contact_and_its_case_together(dataverse: DataverseClient) -> None:
    batch = dataverse.batch.new()
    with batch.changeset() as together:
        contact = together.records.create("contact", {"lastname": "Together"})
        together.records.create("incident", {"title": "T", "customerid_contact@odata.bind": contact})
    result = batch.execute()
    assert not result.has_errors
    contact_id, case_id = result.entity_ids
    case = dataverse.records.retrieve("incident", case_id, select=["_customerid_value"])
    assert case is not None
    assert case["_customerid_value"] == contact_id


def test_a_failed_change_set_leaves_nothing_and_the_rest_goes_on(dataverse: DataverseClient) -> None:
    batch = dataverse.batch.new()
    with batch.changeset() as together:
        together.records.create("contact", {"lastname": "Undone"})
        together.records.create("contact", {"lastname": "x" * 60})
    batch.records.create("contact", {"lastname": "Went on"})
    result = batch.execute(continue_on_error=True)
    (failed,) = result.failed
    assert (failed.status_code, failed.error_code) == (400, "0x80044331")
    assert len(result.succeeded) == 1
    assert list(dataverse.records.list("contact", filter="lastname eq 'Undone'", select=["lastname"])) == []


def test_many_contacts_are_made_and_changed_in_bulk(dataverse: DataverseClient) -> None:
    made = dataverse.records.create("contact", [{"lastname": name} for name in ("One", "Two", "Three")])
    assert len(made) == 3
    dataverse.records.update("contact", made, {"jobtitle": "In bulk"})
    for contact in made:
        row = dataverse.records.retrieve("contact", contact, select=["jobtitle"])
        assert row is not None
        assert row["jobtitle"] == "In bulk"
