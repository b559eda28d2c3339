// What the organisation says of its own tables: definitions, columns, relations, choices, and the CSDL.

import { client, report, unique } from "./asking.mjs";

const api = client();
const contact = "LogicalName='contact'";
const picklist = "Microsoft.Dynamics.CRM.PicklistAttributeMetadata";
const oneToMany = "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata";

await report({
  tables: async () => {
    const { value } = await api.retrieveEntities({
      select: ["LogicalName", "EntitySetName", "MetadataId"],
      filter: "IsIntersect eq false and IsPrivate eq false",
    });
    return Object.fromEntries(value.map(({ LogicalName, EntitySetName }) => [LogicalName, EntitySetName]));
  },
  "one table": () =>
    api.retrieveEntities({ select: ["LogicalName", "SchemaName"], filter: "LogicalName eq 'incident'" }),
  "table by name": () =>
    api.retrieveEntity({
      key: contact,
      select: ["LogicalName", "EntitySetName", "PrimaryIdAttribute", "PrimaryNameAttribute", "DisplayName"],
    }),
  "table by id, with its columns": ({ "table by name": { MetadataId } }) =>
    api.retrieveEntity({
      key: MetadataId,
      select: ["LogicalName"],
      expand: [{ property: "Attributes", select: ["LogicalName", "AttributeType"], filter: "LogicalName eq 'lastname'" }],
    }),
  "a whole table": async () => {
    const { LogicalName, SchemaName, ObjectTypeCode, OwnershipType, IsCustomEntity } = await api.retrieveEntity({
      key: "LogicalName='account'",
    });
    return { LogicalName, SchemaName, ObjectTypeCode, OwnershipType, IsCustomEntity };
  },
  "no such table": () => api.retrieveEntity({ key: "LogicalName='nosuchtable'", select: ["LogicalName"] }),

  columns: async () => {
    const { value } = await api.retrieveAttributes({
      entityKey: contact, select: ["LogicalName", "AttributeType", "RequiredLevel"],
    });
    return Object.fromEntries(value.map(({ LogicalName, AttributeType }) => [LogicalName, AttributeType]));
  },
  "columns of a type": async () => {
    const { value } = await api.retrieveAttributes({
      entityKey: "LogicalName='incident'",
      castType: picklist,
      select: ["LogicalName"],
      expand: [{ property: "OptionSet", select: ["Options"] }],
    });
    const { OptionSet } = value.find(({ LogicalName }) => LogicalName === "prioritycode");
    return OptionSet.Options.map(({ Value, Label }) => [Value, Label.UserLocalizedLabel.Label]);
  },
  column: () =>
    api.retrieveAttribute({
      entityKey: contact,
      attributeKey: "LogicalName='lastname'",
      castType: "Microsoft.Dynamics.CRM.StringAttributeMetadata",
      select: ["LogicalName", "MaxLength", "RequiredLevel"],
    }),
  "column by id": ({ column: { MetadataId } }) =>
    api.retrieveAttribute({ entityKey: contact, attributeKey: MetadataId, select: ["LogicalName"] }),
  "column with its choices": async () => {
    const { OptionSet } = await api.retrieveAttribute({
      entityKey: contact,
      attributeKey: "LogicalName='gendercode'",
      castType: picklist,
      select: ["LogicalName"],
      expand: [{ property: "OptionSet" }, { property: "GlobalOptionSet" }],
    });
    return OptionSet.Options.map(({ Value, Label }) => [Value, Label.UserLocalizedLabel.Label]);
  },
  "states and their reasons": async () => {
    const { OptionSet } = await api.retrieveAttribute({
      entityKey: "LogicalName='incident'",
      attributeKey: "LogicalName='statuscode'",
      castType: "Microsoft.Dynamics.CRM.StatusAttributeMetadata",
      select: ["LogicalName"],
      expand: [{ property: "OptionSet" }],
    });
    return OptionSet.Options.map(({ Value, State }) => [Value, State]);
  },

  relations: async () => {
    const { value } = await api.retrieveRelationships({
      castType: oneToMany,
      select: ["SchemaName", "ReferencedEntity", "ReferencingEntity", "ReferencingAttribute"],
      filter: "SchemaName eq 'contact_customer_accounts'",
    });
    return value;
  },
  "relations of any kind": async () => {
    const { value } = await api.retrieveRelationships({ select: ["SchemaName", "RelationshipType"] });
    return value
      .filter(({ SchemaName }) => ["contact_customer_accounts", "systemuserroles_association"].includes(SchemaName))
      .map(({ SchemaName, RelationshipType }) => [SchemaName, RelationshipType])
      .sort();
  },
  relation: ({ relations: [{ MetadataId }] }) =>
    api.retrieveRelationship({ key: MetadataId, castType: oneToMany, select: ["SchemaName", "ReferencedAttribute"] }),
  "relations of a table": async () => {
    const { ManyToOneRelationships } = await api.retrieveEntity({
      key: "LogicalName='incident'",
      select: ["LogicalName"],
      expand: [{ property: "ManyToOneRelationships", select: ["SchemaName", "ReferencingEntityNavigationPropertyName"] }],
    });
    return ManyToOneRelationships.map((each) => each.ReferencingEntityNavigationPropertyName);
  },
  "global choices": async () => (await api.retrieveGlobalOptionSets({ select: ["Name"] })).value.length,

  csdl: () => api.retrieveCsdlMetadata(),
  "csdl with annotations": () => api.retrieveCsdlMetadata({ addAnnotations: true }),
  "names of tables for names of sets": async () => {
    const named = client("administrator", { useEntityNames: true });
    const mark = unique();
    const contactid = await named.create({ collection: "contact", data: { lastname: mark } });
    const incidentid = await named.create({
      collection: "incident", data: { title: mark, "customerid_contact@odata.bind": `contact(${contactid})` },
    });
    const read = await named.retrieve({ collection: "incident", key: incidentid, select: ["_customerid_value"] });
    return [named.Utility.getCollectionName("contact"), read._customerid_value === contactid];
  },
});
