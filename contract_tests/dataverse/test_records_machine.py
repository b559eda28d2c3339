"""Whatever is done to rows, in whatever order: what is read is what a plain model of them says, etags included."""

import asyncio
from typing import Any

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from contract_tests.dataverse.asking import Caller, caller
from mock_services.cloud import FakeCloud
from mock_services.intercept import FakeTransport
from mock_services.signing import SigningKeys

KEYS = SigningKeys()
KIND = "Microsoft.Dynamics.CRM."
TEXT = st.sampled_from(["", "a", "B", "O'Neil", "é", "x" * 20])
NULLABLE = st.none() | TEXT
CONDITIONS = st.sampled_from(["", "right", "stale", "*"])
GUIDS = [f"0000000{number}-0000-4000-8000-000000000000" for number in range(6)]
COLUMNS = {
    "contacts": ("lastname", "jobtitle"),
    "accounts": ("name", "description"),
    "incidents": ("title", "description"),
}

Key = tuple[str, str]
"""Set and id of a row."""


class Rows(RuleBasedStateMachine):
    """Contacts, accounts, cases, notes and queue items of one organisation, and a dict for each."""

    contacts: Bundle[Key] = Bundle("contacts")
    accounts: Bundle[Key] = Bundle("accounts")
    cases: Bundle[Key] = Bundle("cases")
    notes: Bundle[Key] = Bundle("notes")
    items: Bundle[Key] = Bundle("items")

    @initialize()
    def found(self) -> None:
        self.cloud = FakeCloud(seed=5, keys=KEYS)
        self.tenant = self.cloud.create_tenant()
        self.runner = asyncio.Runner()
        wire = httpx.AsyncClient(transport=FakeTransport(self.cloud))
        self.caller: Caller = caller(self.cloud, self.tenant, wire, self.tenant.operator.client_id)
        self.rows: dict[Key, dict[str, Any]] = {}
        self.queues = [row["queueid"] for row in self.tenant.organisation.select("queue")][:2]

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.caller.wire.aclose())
            self.runner.close()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items() if value}
        response = self.runner.run(self.caller.ask(method, path, body, headers=named))
        assert response.status_code < 500, response.text
        return response

    def make(self, set_name: str, body: dict[str, Any], **members: Any) -> Key:
        response = self.ask("POST", set_name, body)
        assert response.status_code == 204, response.text
        key = (set_name, response.headers["OData-EntityId"].rpartition("(")[2][:-1])
        self.rows[key] = members
        return key

    def etag(self, key: Key) -> str:
        return str(self.ask("GET", f"{key[0]}({key[1]})?$select=createdon").headers["ETag"])

    # Rows made

    @rule(target=contacts, name=NULLABLE, title=NULLABLE)
    def make_contact(self, name: str | None, title: str | None) -> Key:
        return self.make("contacts", {"lastname": name, "jobtitle": title}, lastname=name, jobtitle=title)

    @rule(target=accounts, name=NULLABLE)
    def make_account(self, name: str | None) -> Key:
        return self.make("accounts", {"name": name}, name=name, description=None, _primarycontactid_value=None)

    @rule(target=cases, customer=contacts, title=NULLABLE)
    def make_case(self, customer: Key, title: str | None) -> Key:
        body = {"title": title, "customerid_contact@odata.bind": f"/contacts({customer[1]})"}
        if customer not in self.rows:
            assert self.ask("POST", "incidents", body).status_code == 404
            return customer
        members = {"statecode": 0, "statuscode": 1, "_customerid_value": customer[1]}
        return self.make("incidents", body, title=title, description=None, **members)

    @rule(target=notes, about=st.one_of(contacts, cases), text=NULLABLE)
    def make_note(self, about: Key, text: str | None) -> Key:
        navigation = f"objectid_{'incident' if about[0] == 'incidents' else 'contact'}"
        body = {"notetext": text, f"{navigation}@odata.bind": f"/{about[0]}({about[1]})"}
        if about not in self.rows:
            assert self.ask("POST", "annotations", body).status_code == 404
            return about
        return self.make("annotations", body, notetext=text, _objectid_value=about[1])

    @rule(
        target=contacts,
        guid=st.sampled_from(GUIDS),
        name=TEXT,
        condition=st.sampled_from(["", "If-Match", "If-None-Match"]),
    )
    def upsert(self, guid: str, name: str, condition: str) -> Key:
        key = ("contacts", guid)
        is_there = key in self.rows
        response = self.ask("PATCH", f"contacts({guid})", {"lastname": name}, **({condition: "*"} if condition else {}))
        if is_there and condition == "If-None-Match":
            assert response.status_code == 412
        elif not is_there and condition == "If-Match":
            assert response.status_code == 404
        else:
            assert response.status_code == 204
            self.rows.setdefault(key, {"jobtitle": None})["lastname"] = name
        return key

    # Rows changed

    @rule(key=st.one_of(contacts, accounts, cases), which=st.integers(0, 1), value=NULLABLE, condition=CONDITIONS)
    def change(self, key: Key, which: int, value: str | None, condition: str) -> None:
        if key[0] not in COLUMNS:
            return
        column = COLUMNS[key[0]][which]
        is_there = key in self.rows
        match = {"": "*", "*": "*", "stale": 'W/"1"'}.get(condition) or (self.etag(key) if is_there else 'W/"2"')
        response = self.ask("PATCH", f"{key[0]}({key[1]})", {column: value}, If_Match=match)
        if not is_there:
            assert response.status_code == 404
        elif condition == "stale":
            assert response.status_code == 412
        elif self.rows[key].get("statecode"):
            assert response.status_code == 400
        else:
            assert response.status_code == 204
            self.rows[key][column] = value

    @rule(key=contacts, value=NULLABLE)
    def change_one_property(self, key: Key, value: str | None) -> None:
        path = f"contacts({key[1]})/jobtitle"
        response = self.ask("DELETE", path) if value is None else self.ask("PUT", path, {"value": value})
        assert response.status_code == (204 if key in self.rows else 404)
        if key in self.rows:
            self.rows[key]["jobtitle"] = value

    @rule(
        key=cases, state=st.sampled_from([(0, 1), (0, 2), (0, None), (1, 5), (2, 6), (2, None), (2, 5), (0, 6), (7, 1)])
    )
    def change_state(self, key: Key, state: tuple[int, int | None]) -> None:
        if key[0] != "incidents" or key not in self.rows:
            return
        row, (code, status) = self.rows[key], state
        allowed = {0: (1, 2, 3, 4), 2: (6, 2000)}.get(code, ())
        body = {"statecode": code} | ({"statuscode": status} if status is not None else {})
        response = self.ask("PATCH", f"incidents({key[1]})", body)
        is_shut = row["statecode"] != 0 and code != 0
        if (status is not None and status not in allowed) or code not in (0, 2) or is_shut:
            assert response.status_code == 400
            return
        assert response.status_code == 204
        if row["statecode"] != code or status is not None:
            row["statuscode"] = status if status is not None else allowed[0]
        row["statecode"] = code

    @rule(key=cases, status=st.sampled_from([5, 1000, -1]))
    def close(self, key: Key, status: int) -> None:
        if key[0] != "incidents":
            return
        resolution = {"@odata.type": f"{KIND}incidentresolution", "incidentid@odata.bind": f"/incidents({key[1]})"}
        response = self.ask("POST", "CloseIncident", {"IncidentResolution": resolution, "Status": status})
        if key not in self.rows:
            assert response.status_code == 404
        elif self.rows[key]["statecode"] != 0:
            assert response.status_code == 400
        else:
            assert response.status_code == 204
            self.rows[key] |= {"statecode": 1, "statuscode": 5 if status == -1 else status}

    @rule(account=accounts, contact=contacts, unlinks=st.booleans())
    def link(self, account: Key, contact: Key, *, unlinks: bool) -> None:
        path = f"accounts({account[1]})/primarycontactid/$ref"
        response = (
            self.ask("DELETE", path) if unlinks else self.ask("PUT", path, {"@odata.id": f"contacts({contact[1]})"})
        )
        is_good = account in self.rows and (unlinks or contact in self.rows)
        assert response.status_code == (204 if is_good else 404)
        if is_good:
            self.rows[account]["_primarycontactid_value"] = None if unlinks else contact[1]

    @rule(target=items, case=cases, which=st.integers(0, 1))
    def queue(self, case: Key, which: int) -> Key:
        target = {"@odata.type": f"{KIND}incident", "incidentid": case[1]}
        queue = self.queues[which % len(self.queues)]
        response = self.ask("POST", f"queues({queue})/{KIND}AddToQueue", {"Target": target})
        if case not in self.rows or case[0] != "incidents":
            assert response.status_code == 404
            return case
        if self.rows[case]["statecode"] != 0:
            assert response.status_code == 400
            return case
        item = ("queueitems", response.json()["QueueItemId"])
        held = [key for key, row in self.rows.items() if key[0] == "queueitems" and row["_objectid_value"] == case[1]]
        assert not held or held == [item]
        self.rows[item] = {"_objectid_value": case[1], "_queueid_value": queue}
        return item

    # Rows removed

    @rule(key=st.one_of(consumes(contacts), consumes(accounts), consumes(cases), consumes(notes), consumes(items)))
    def delete(self, key: Key) -> None:
        response = self.ask("DELETE", f"{key[0]}({key[1]})", If_Match="*")
        assert response.status_code == (204 if key in self.rows else 404)
        if key in self.rows:
            self.forget(key)

    def forget(self, key: Key) -> None:
        """What the relationships say: cases go with their customer, notes and items with what they are about."""
        del self.rows[key]
        for other, row in list(self.rows.items()):
            if other in self.rows and key[1] in (row.get("_customerid_value"), row.get("_objectid_value")):
                self.forget(other)
            elif row.get("_primarycontactid_value") == key[1]:
                row["_primarycontactid_value"] = None

    # What must be so

    @invariant()
    def the_model_is_what_is_read(self) -> None:
        if not hasattr(self, "rows"):
            return
        seen: dict[Key, dict[str, Any]] = {}
        for name, primary in (
            ("contacts", "contactid"), ("accounts", "accountid"), ("incidents", "incidentid"),
            ("annotations", "annotationid"), ("queueitems", "queueitemid"),
        ):  # fmt: skip
            for row in self.ask("GET", name).json()["value"]:
                seen[name, row[primary]] = row
                assert row["@odata.etag"] == f'W/"{row["versionnumber"]}"'
        assert set(seen) == set(self.rows)
        for key, expected in self.rows.items():
            assert {name: seen[key][name] for name in expected} == expected


TestRows = Rows.TestCase
TestRows.settings = settings(max_examples=12, stateful_step_count=18, deadline=None)
