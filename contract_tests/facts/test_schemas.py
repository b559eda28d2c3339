"""Answers against schemas: Graph's by msgraph-sdk's models, Dataverse's by its $metadata as an OData library reads it.

A member that the schema does not know, one that it knows and the answer lacks, and a value of another type are told.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from kiota_serialization_json.json_parse_node import JsonParseNode
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter
from msgraph.generated.models.application import Application
from msgraph.generated.models.domain import Domain
from msgraph.generated.models.o_auth2_permission_grant import OAuth2PermissionGrant
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.organization import Organization
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.models.user import User
from odatapy.edm.model import Edm
from odatapy.edm.names import FullQualifiedName
from odatapy.edm.xml_io import XmlEdmProvider

from contract_tests.facts.fact import Asked
from contract_tests.facts.world import World

DATA = "/api/data/v9.2"

# Navigations are told only when they are expanded; the rest came into the metadata after the recording of April 2025.
ABSENT = {
    Application: "appManagementPolicies createdOnBehalfOf extensionProperties federatedIdentityCredentials"
    " homeRealmDiscoveryPolicies logo owners synchronization tokenIssuancePolicies tokenLifetimePolicies"
    " authenticationBehaviors createdByAppId isDisabled managerApplications oauth2RequirePostResponse",
    ServicePrincipal: "appManagementPolicies appRoleAssignedTo appRoleAssignments claimsMappingPolicies createdObjects"
    " delegatedPermissionClassifications endpoints federatedIdentityCredentials homeRealmDiscoveryPolicies memberOf"
    " oauth2PermissionGrants ownedObjects owners remoteDesktopSecurityConfiguration synchronization"
    " tokenIssuancePolicies tokenLifetimePolicies transitiveMemberOf"
    " createdByAppId customSecurityAttributes isDisabled",
    OAuth2PermissionGrant: "",
    Organization: "branding certificateBasedAuthConfiguration extensions mobileDeviceManagementAuthority",
    Domain: "domainNameReferences federationConfiguration rootDomain serviceConfigurationRecords"
    " verificationDnsRecords",
}
# On the wire and in no metadata: recorded (Azure/azure-cli, 2025-04), documented (organization-list).
UNDECLARED = {
    ServicePrincipal: {"createdDateTime"},
    Organization: {"directorySizeQuota", "isMultipleDataLocationsForServicesEnabled"},
}


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("applications/{integration.application_id}", Application),
        ("servicePrincipals/{integration.principal_id}", ServicePrincipal),
        ("servicePrincipals(appId='00000007-0000-0000-c000-000000000000')", ServicePrincipal),
        ("oauth2PermissionGrants/{integration.grant_id}", OAuth2PermissionGrant),
        ("organization", Organization),
        ("domains", Domain),
    ],
)
async def test_graphs_entities_are_those_of_its_sdk(world: World, path: str, model: Any) -> None:
    told = await entity(world, path)
    known = set(parsed(told, model).get_field_deserializers()) - {"@odata.type"}
    assert told.keys() - known == UNDECLARED.get(model, set()) & told.keys()
    assert known - told.keys() == set(ABSENT[model].split())
    assert list(unlike(told, written(parsed(told, model)))) == []


async def test_a_users_default_members_are_known(world: World) -> None:
    told = await entity(world, "users")
    assert told.keys() <= parsed(told, User).get_field_deserializers().keys()
    assert list(unlike(told, written(parsed(told, User)))) == []


async def test_a_secret_is_one_of_the_sdks(world: World) -> None:
    await world.stage("integration")
    path = f"/v1.0/applications/{world.values['integration.application_id']}/addPassword"
    world.new_name()
    told = await world.operate("POST", "graph", path, {"passwordCredential": {"displayName": world.values["mark"]}})
    told.pop("@odata.context")
    assert told.keys() == parsed(told, PasswordCredential).get_field_deserializers().keys() - {"@odata.type"}
    assert list(unlike(told, written(parsed(told, PasswordCredential)))) == []


async def test_a_refusal_is_one_of_the_sdks(world: World) -> None:
    answer = await world.send(Asked(service="graph", path="/v1.0/applications/{absent}"))
    error = parsed(answer.json(), ODataError).error
    assert error.code == "Request_ResourceNotFound"
    assert str(error.inner_error.request_id) == answer.headers["request-id"]
    assert error.inner_error.date is not None
    assert error.additional_data == {}


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("incident", "incidents({incident.id})"),
        ("contact", "contacts({contact.id})"),
        ("systemuser", "systemusers({integration.user_id})"),
        ("role", "roles({integration.role_id})"),
        ("queue", "queues({queue.id})"),
        ("queueitem", "queueitems({queued.id})"),
        ("businessunit", "businessunits({root.unit_id})"),
    ],
)
async def test_dataverses_rows_are_those_of_its_metadata(world: World, table: str, path: str) -> None:
    for stage in ("integration", "queued", "root"):
        await world.stage(stage)
    answer = await world.send(Asked(service="dataverse", path=f"{DATA}/{path}"))
    row = {name: value for name, value in answer.json().items() if "@" not in name}
    declared = (await edm(world)).get_entity_type(FullQualifiedName("Microsoft.Dynamics.CRM", table))
    assert declared is not None
    assert row.keys() == set(declared.property_names)
    for name, value in row.items():
        kind = declared.get_structural_property(name)
        assert kind is not None, name
        assert value is None or of_kind(str(kind.type.full_qualified_name), value), (
            name,
            str(kind.type.full_qualified_name),
            value,
        )


async def test_the_tables_of_a_handoff_are_declared_with_their_navigations(world: World) -> None:
    model = await edm(world)
    for table, navigations in {
        "incident": {"customerid_contact", "customerid_account", "ownerid", "primarycontactid"},
        "annotation": {"objectid_incident", "ownerid"},
        "queueitem": {"queueid", "objectid_incident"},
        "systemuser": {"businessunitid", "systemuserroles_association"},
    }.items():
        declared = model.get_entity_type(FullQualifiedName("Microsoft.Dynamics.CRM", table))
        assert declared is not None
        assert navigations <= set(declared.navigation_property_names), table


async def entity(world: World, path: str) -> dict[str, Any]:
    """One entity as Graph tells it; the first of a list."""
    await world.stage("integration")
    asked = Asked(service="graph", path=f"/v1.0/{path}")
    told: dict[str, Any] = (await world.send(asked)).json()
    if "id" not in told:
        told = told["value"][0]
    return {name: value for name, value in told.items() if name != "@odata.context"}


def parsed(told: dict[str, Any], model: Any) -> Any:
    return JsonParseNode(told).get_object_value(model)


def written(model: Any) -> Any:
    writer = JsonSerializationWriter()
    writer.write_object_value(None, model)
    return json.loads(writer.get_serialized_content())


def unlike(told: Any, back: Any, where: str = "") -> Iterator[str]:
    """What a library did not take in, or took for something else. It leaves out nulls and spells times its own way."""
    if isinstance(told, dict):
        for name, value in told.items():
            if value is not None:
                yield from unlike(value, back.get(name) if isinstance(back, dict) else None, f"{where}.{name}")
    elif isinstance(told, list):
        yield from [] if len(told) == len(back or []) else [where]
        for index, (one, other) in enumerate(zip(told, back or [], strict=False)):
            yield from unlike(one, other, f"{where}[{index}]")
    elif told != back and str(told).removesuffix("Z") != str(back).removesuffix("+00:00"):
        yield f"{where}: {told!r} is {back!r}"


async def edm(world: World) -> Edm:
    answer = await world.send(
        Asked(service="dataverse", path=f"{DATA}/$metadata", headers={"accept": "application/xml"})
    )
    return Edm.from_provider(XmlEdmProvider(answer.text))


def of_kind(kind: str, value: Any) -> bool:
    """Whether a JSON value is one of an Edm type."""
    if kind in {"Edm.Int32", "Edm.Int64"}:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind in {"Edm.Decimal", "Edm.Double"}:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "Edm.Boolean":
        return isinstance(value, bool)
    texts = {
        "Edm.Guid": r"[0-9a-f-]{36}", "Edm.Date": r"\d{4}-\d\d-\d\d",
        "Edm.DateTimeOffset": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    }  # fmt: skip
    if kind == "Edm.String":
        return isinstance(value, str)
    if kind in texts:
        return isinstance(value, str) and re.fullmatch(texts[kind], value) is not None
    return isinstance(value, dict)
