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
CHOICE_TAKEN = Row(
    400, "0x80044345", "An OptionSet with the specified name already exists. Please specify a unique name.", "[codes]",
    name="InvalidOptionSetSchemaName",
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
    "The schema name {name} is invalid or missing.Custom attribute, entity, entitykey, option set and relationship"
    " names must start with a valid customization prefix.The prefix for a solution component should match the prefix"
    " that is specified for the publisher of the solution.",
    "[codes], whose text names the type too", name="InvalidNamePrefix",
)  # fmt: skip
NAME_WITHOUT_LETTER = Row(
    400, "0x80044365", "Identifers should start with a letter. The schema name {name} doesn't start with letter.",
    "[codes], whose text names the type too", name="SchemaNameNotStartwithLetter",
)  # fmt: skip
NAME_TOO_LONG = Row(
    400, "0x80044367",
    "Identifiers cannot be more than {longest} characters long. The provided schema name {name} length is greater than"
    " maxlength {longest} characters.",
    "[codes], whose text names the type too; the length is inferred", name="SchemaNameLengthExceedsLimit",
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
COLUMNS_UNASKED = Row(
    400, "0x80072527",
    "Attributes must be part of the requested EntityMetadata properties when an AttributeQuery is specified. Expect"
    " property = Attributes in requested entity properties list.",
    "[codes]", name="InvalidAttributeQuery",
)  # fmt: skip
RELATIONSHIPS_UNASKED = Row(
    400, "0x80072528",
    "Atleast one of the relationship properties must be part of the requested EntityMetadata properties when a"
    " RelationshipQuery is specified.Expect atleast one of property = OneToManyRelationships, ManyToOneRelationships,"
    " ManyToManyRelationships in requested entity properties list.",
    "[codes]; how the properties are listed is inferred", name="InvalidRelationshipQuery",
)  # fmt: skip
KEYS_UNASKED = Row(
    400, "0x80072529",
    "Keys must be part of the requested EntityMetadata properties when a KeyQuery is specified. Expect property = Keys"
    " in requested entity properties list.",
    "[codes]", name="InvalidKeyQuery",
)  # fmt: skip
