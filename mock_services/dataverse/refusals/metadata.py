"""Definitions that cannot be made, changed or removed. Codes and texts by [codes]; statuses follow from the codes."""

from mock_services.dataverse.refusals.row import Row

TABLE_TAKEN = Row(
    400, "0x8004700b", "An entity with the specified name {name} already exists. Please specify a unique name.",
    "[codes], whose text has no name", name="InvalidSchemaName",
)  # fmt: skip
COLUMN_TAKEN = Row(
    400, "0x80060304", "Attribute {name} already exists.", "[codes], whose text names the table too",
    name="DuplicateAttributePhysicalName",
)  # fmt: skip
RELATIONSHIP_TAKEN = Row(
    400, "0x8004432b", "A relationship with the specified name {name} already exists. Please specify a unique name.",
    "[codes], whose text has no name", name="EntityRelationshipSchemaNameNotUnique",
)  # fmt: skip
KEY_TAKEN = Row(
    400, "0x80060893", "An entity key with the name {name} already exists.", "[codes], whose text names the table too",
    name="EntityKeyNameExists",
)  # fmt: skip
IN_USE = Row(
    400, "0x8004f01f",
    "The {name} component cannot be deleted because it is referenced by other components. For a list of referenced"
    " components, use the RetrieveDependenciesForDeleteRequest.",
    "[codes], whose text counts them", name="CannotDeleteInUseComponent",
)  # fmt: skip
NOT_DELETABLE = Row(
    400, "0x8004f032", "{name} is not a custom component and cannot be deleted.",
    "code: [codes]; the sentence is inferred", name="CannotDeleteMetadata",
)  # fmt: skip
BAD_METADATA = Row(
    400, "0x80044355", "{why}.", "what the platform says of each mistake is not on record; code and sentences inferred",
    name="InvalidMetadata",
)  # fmt: skip
