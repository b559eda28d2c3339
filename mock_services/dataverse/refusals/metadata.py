"""Definitions that cannot be made, changed or removed. Codes and texts by [codes]; statuses follow from the codes."""

from mock_services.dataverse.refusals.row import Row

TABLE_TAKEN = Row(
    400, "0x80044363",
    "The schema name {name} for type Entity is not unique. An {name} with same name already exists.",
    "clients that make tables over the Web API look for this status and code; text: [codes]; the word Entity inferred",
    "2026", "SchemaNameisNotUnique",
)  # fmt: skip
COLUMN_TAKEN = Row(
    400, "0x80047013", "An attribute with the specified name {name} already exists.",
    "code: microsoft/PowerApps-Samples, image columns over the Web API; [codes] has no text of its own for it, and the"
    " sentence is inferred from its beginning, which clients look for",
    name="DuplicateAttributeSchemaName",
)  # fmt: skip
RELATIONSHIP_TAKEN = Row(
    400, "0x80044363",
    "The schema name {name} for type EntityRelationship is not unique. An {name} with same name already exists.",
    "as of tables; text: [codes]; the word EntityRelationship inferred", "2026", "SchemaNameisNotUnique",
)  # fmt: skip
KEY_TAKEN = Row(
    400, "0x80060893", "An entity key with the name {name} already exists on entity {table}.", "[codes]",
    name="EntityKeyNameExists",
)  # fmt: skip
IN_USE = Row(
    400, "0x8004f01f",
    "The {kind}({id}) component cannot be deleted because it is referenced by {count} other components. For a list of"
    " referenced components, use the RetrieveDependenciesForDeleteRequest.",
    "[codes]; met with the kinds SavedQuery and CustomControl, the other kinds inferred", "2026-09",
    "CannotDeleteInUseComponent",
)  # fmt: skip
NOT_DELETABLE = Row(
    400, "0x8004f032",
    "The 'Delete' operation on the current component(name='{kind}', id='{id}') failed during managed property"
    " evaluation of condition: '{condition}'",
    "[codes]; that tables of Microsoft's say it, and the condition, are inferred", name="CannotDeleteMetadata",
)  # fmt: skip
BAD_METADATA = Row(
    400, "0x8004023a", "{why}.",
    "what the platform says of each mistake is not on record; code from its name in [codes], sentences inferred",
    name="InvalidMetadata",
)  # fmt: skip
CHOICE_TAKEN = Row(
    400, "0x80044363",
    "The schema name {name} for type OptionSet is not unique. An {name} with same name already exists.",
    "rnwood/Rnwood.Dataverse.Data.PowerShell#1412; code from its text in [codes]", "2026-02", "SchemaNameisNotUnique",
)  # fmt: skip
CHOICE_IN_USE = Row(
    400, "0x80048417",
    "This option set cannot be deleted. The current set of entities that reference this option set are: {tables}. These"
    " references must be removed before this option set can be deleted",
    "[codes]", name="CannotDeleteInUseOptionSet",
)  # fmt: skip
CHOICE_KEPT = Row(
    400, "0x80048404", "The selected OptionSet cannot be deleted",
    "[codes]; that it is said of Microsoft's own: inferred", name="CannotDeleteOptionSet",
)  # fmt: skip
OPTION_NOT_INSERTABLE = Row(
    400, "0x80044320", "You can add option values only to picklist and status attributes.", "[codes]",
    name="InsertOptionValueInvalidType",
)  # fmt: skip
OPTION_OF_STATE = Row(
    400, "0x8004431e", "You cannot add state options to a State attribute.", "[codes]", name="CannotAddNewStateValue"
)
OPTION_OF_BOOLEAN = Row(
    400, "0x8004431d", "You cannot add an option to a Boolean attribute.", "[codes]", name="CannotAddNewBooleanValue"
)
OPTION_NOT_DELETABLE = Row(
    400, "0x80044323", "You can delete options only from picklist and status attributes.", "[codes]",
    name="CannotDeleteEnumOptionsFromAttributeType",
)  # fmt: skip
DEFAULT_STATUS_KEPT = Row(
    400, "0x80044341", "Default Status options cannot be deleted.", "[codes]", name="CannotDeleteDefaultStatusOption"
)
OPTIONS_ORDERED_ODDLY = Row(
    400, "0x80044324",
    "The array of option values that were provided for reordering does not match the number of options for the"
    " attribute.",
    "[codes]", name="OptionReorderArrayIncorrectLength",
)  # fmt: skip
OPTION_LEFT_OUT = Row(
    400, "0x80044325", "The options array is missing a value.", "[codes]", name="ValueMissingInOptionOrderArray"
)
NAME_WITHOUT_PREFIX = Row(
    400, "0x80044366",
    "The schema name {name} for type {kind} is invalid or missing.Custom attribute, entity, entitykey, option set"
    " and relationship names must start with a valid customization prefix.The prefix for a solution component should"
    " match the prefix that is specified for the publisher of the solution.",
    "[codes]; met for a relationship; the kinds' own words inferred", "2026", "InvalidNamePrefix",
)  # fmt: skip
NAME_WITHOUT_LETTER = Row(
    400, "0x80044365",
    "Identifers should start with a letter. The schema name {name} for type {kind} doesn't start with letter.",
    "[codes]; the kinds' own words inferred", name="SchemaNameNotStartwithLetter",
)  # fmt: skip
NAME_TOO_LONG = Row(
    400, "0x80044367",
    "Identifiers cannot be more than {longest} characters long. The provided schema name {name} length for type {kind}"
    " is greater than maxlength {longest} characters.",
    "[codes]; the length and the kinds' own words are inferred", name="SchemaNameLengthExceedsLimit",
)  # fmt: skip
KEY_COLUMNS_TAKEN = Row(
    400, "0x80060894", "An entity key with the selected attributes already exists on entity.", "[codes]",
    name="EntityKeyWithSelectedAttributesExists",
)  # fmt: skip
KEY_NOT_SECURABLE = Row(
    400, "0x80060896",
    "The field {name} is not securable as it is part of entity keys ( {keys} ). Please remove the field from all entity"
    " keys to make it securable.",
    "[codes]", name="CannotSecureEntityKeyAttribute",
)  # fmt: skip
NO_COLUMNS = Row(
    400, "0x80047014", "No attributes for Create Entity action.", "[codes]", name="NoAttributesForEntityCreate"
)
PRIMARY_NOT_TEXT = Row(
    400, "0x8004700e", "Primary UI Attribute has to be of type String", "[codes]", name="InvalidPrimaryFieldType"
)
PRIMARY_KEPT = Row(
    400, "0x80047002", "The Primary UI Attribute is not valid for deletion", "[codes]",
    name="CannotDeletePrimaryUIAttribute",
)  # fmt: skip
COLUMN_KEPT = Row(
    400, "0x80047009", "The specified attribute is not a custom attribute", "[codes]",
    name="AttributeIsNotCustomAttribute",
)  # fmt: skip
RELATIONSHIP_KEPT = Row(
    400, "0x8004700a", "The specified relationship is not a custom relationship", "[codes]",
    name="RelationshipIsNotCustomRelationship",
)  # fmt: skip
LEVEL_FIXED = Row(
    400, "0x8004d293", "An attribute's required level cannot be changed from SystemRequired", "[codes]",
    name="CannotChangeAttributeRequiredLevel",
)  # fmt: skip
FUNCTION_REFUSED = Row(
    501, "0x8006088a", "The \"{name}\" function isn't supported for Metadata Entities.",
    "met by many clients that list tables by prefix; most were told 501, one says 400", "2026",
)  # fmt: skip
CHOICES_UNFILTERED = Row(
    405, "0x80060888", "The query parameter $filter is not supported",
    "status and the sentence's beginning: two clients that looked a choice up so; code inferred", "2026",
)  # fmt: skip
COLUMNS_UNASKED = Row(
    400, "0x80072527",
    "Attributes must be part of the requested EntityMetadata properties when an AttributeQuery is specified. Expect"
    " property = Attributes in requested entity properties list.",
    "[codes]", name="InvalidAttributeQuery",
)  # fmt: skip
RELATIONSHIPS_UNASKED = Row(
    400, "0x80072528",
    "Atleast one of the relationship properties must be part of the requested EntityMetadata properties when a"
    " RelationshipQuery is specified.Expect atleast one of property = OneToManyRelationships, ManyToOneRelationships"
    " or ManyToManyRelationships in requested entity properties list.",
    "[codes]; the order of the properties is inferred", name="InvalidRelationshipQuery",
)  # fmt: skip
KEYS_UNASKED = Row(
    400, "0x80072529",
    "Keys must be part of the requested EntityMetadata properties when a KeyQuery is specified. Expect property = Keys"
    " in requested entity properties list.",
    "[codes]", name="InvalidKeyQuery",
)  # fmt: skip
