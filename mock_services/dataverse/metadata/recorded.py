"""Members of a table's definition that a recorded one has and that change nothing in the fakes.

terraform-provider-power-platform get_entitydefinition_contact.json, with what a plain table has in them.
"""

from typing import Any

from mock_services.state.organisation.definitions import Table

Members = dict[str, Any]
_EMPTY = (
    "EntityHelpUrl", "SettingOf", "DataProviderId", "DataSourceId", "IconLargeName", "IconMediumName", "IconSmallName",
    "IconVectorName", "MobileOfflineFilters", "RecurrenceBaseEntityLogicalName", "ExternalCollectionName",
)  # fmt: skip
_OFF = (
    "AutoRouteToOwnerQueue", "EntityHelpUrlEnabled", "IsDocumentManagementEnabled", "IsOneNoteIntegrationEnabled",
    "IsInteractionCentricEnabled", "IsKnowledgeManagementEnabled", "IsDocumentRecommendationsEnabled",
    "IsMSTeamsIntegrationEnabled", "AutoCreateAccessTeams", "IsRetrieveAuditEnabled", "IsRetrieveMultipleAuditEnabled",
    "IsArchivalEnabled", "IsRetentionEnabled", "IsEnabledForTrace", "IsEnabledForExternalChannels",
    "UsesBusinessDataLabelTable", "IsSolutionAware", "SyncToExternalSearchIndex",
)  # fmt: skip
_ON = ("CanTriggerWorkflow", "IsAvailableOffline", "IsAIRUpdated", "IsBusinessProcessEnabled")
_ALLOWED = (
    "CanCreateForms", "CanCreateViews", "CanCreateCharts", "CanBeInCustomEntityAssociation",
    "CanEnableSyncToExternalSearchIndex", "CanModifyAdditionalSettings", "CanChangeHierarchicalRelationship",
    "CanChangeTrackingBeEnabled",
)  # fmt: skip
"""Values inferred."""


def managed(value: Any, name: str, *, can_change: bool = True) -> Members:
    """A managed property: a value, and whether it may be changed."""
    return {"Value": value, "CanBeChanged": can_change, "ManagedPropertyLogicalName": name}


def rest_of(table: Table) -> Members:
    """The members of the recorded definition that mean nothing here, as a plain table has them."""
    switches = dict.fromkeys(_OFF, False) | dict.fromkeys(_ON, table.unique == ())
    allowed = {name: managed(table.unique == (), name.lower(), can_change=False) for name in _ALLOWED}
    mobile = {
        name: managed(False, logical)
        for name, logical in (
            ("IsMailMergeEnabled", "canmodifymailmergesettings"),
            ("IsVisibleInMobile", "canmodifymobilevisibility"),
            ("IsVisibleInMobileClient", "canmodifymobileclientvisibility"),
            ("IsReadOnlyInMobileClient", "canmodifymobileclientreadonly"),
            ("IsOfflineInMobileClient", "canmodifymobileclientoffline"),
        )
    }
    return {
        **dict.fromkeys(_EMPTY),
        **switches,
        **allowed,
        **mobile,
        "CreatedOn": "1900-01-01T00:00:00Z",
        "ModifiedOn": "1900-01-01T00:00:00Z",
        "DaysSinceRecordLastModified": 0,
        "IntroducedVersion": "1.0.0.0" if table.custom else "5.0.0.0",
        "ReportViewName": f"Filtered{table.schema}",
        "TableType": "Standard",
    }
