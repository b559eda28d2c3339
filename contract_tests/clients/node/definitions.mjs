// Tables, columns and relations that a customer makes, changes and takes away.

import { client, report, unique } from "./asking.mjs";

const api = client();
const mark = unique();
const schemaName = `new_Ticket${mark}`;
const table = schemaName.toLowerCase();
const label = (text) => ({
  "@odata.type": "Microsoft.Dynamics.CRM.Label",
  LocalizedLabels: [
    { "@odata.type": "Microsoft.Dynamics.CRM.LocalizedLabel", Label: text, LanguageCode: 1033 },
  ],
});
const optional = { Value: "None", CanBeChanged: true, ManagedPropertyLogicalName: "canmodifyrequirementlevelsettings" };

await report({
  "table made": () =>
    api.createEntity({
      data: {
        "@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata",
        SchemaName: schemaName,
        DisplayName: label("Ticket"),
        DisplayCollectionName: label("Tickets"),
        Description: label("What a customer writes"),
        OwnershipType: "UserOwned",
        IsActivity: false,
        HasActivities: false,
        HasNotes: false,
        Attributes: [
          {
            "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
            AttributeType: "String",
            AttributeTypeName: { Value: "StringType" },
            SchemaName: "new_Name",
            IsPrimaryName: true,
            RequiredLevel: optional,
            DisplayName: label("Name"),
            FormatName: { Value: "Text" },
            MaxLength: 100,
          },
        ],
      },
    }),
  "table read": ({ "table made": MetadataId }) =>
    api.retrieveEntity({ key: MetadataId, select: ["LogicalName", "EntitySetName", "PrimaryNameAttribute"] }),
  "table changed": async ({ "table made": MetadataId }) => {
    const whole = await api.retrieveEntity({ key: MetadataId });
    await api.updateEntity({ data: { ...whole, DisplayName: label("Request") }, mergeLabels: true });
    const { DisplayName } = await api.retrieveEntity({ key: MetadataId, select: ["DisplayName"] });
    return DisplayName.UserLocalizedLabel.Label;
  },
  "column made": ({ "table made": MetadataId }) =>
    api.createAttribute({
      entityKey: MetadataId,
      data: {
        "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
        AttributeType: "String",
        AttributeTypeName: { Value: "StringType" },
        SchemaName: "new_Reference",
        RequiredLevel: optional,
        DisplayName: label("Reference"),
        FormatName: { Value: "Text" },
        MaxLength: 20,
      },
    }),
  "column changed": async ({ "table made": entityKey, "column made": attributeKey }) => {
    const castType = "Microsoft.Dynamics.CRM.StringAttributeMetadata";
    const whole = await api.retrieveAttribute({ entityKey, attributeKey, castType });
    await api.updateAttribute({ entityKey, castType, data: { ...whole, MaxLength: 30 }, mergeLabels: true });
    return (await api.retrieveAttribute({ entityKey, attributeKey, castType, select: ["MaxLength"] })).MaxLength;
  },
  "rows in it": async ({ "table read": { EntitySetName: collection } }) => {
    const key = await api.create({ collection, data: { new_name: "First", new_reference: "R-1" } });
    const read = await api.retrieve({ collection, key, select: ["new_name", "new_reference"] });
    return [read.new_name, read.new_reference];
  },
  "relation made": () =>
    api.createRelationship({
      data: {
        "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
        SchemaName: `new_contact_${table}`,
        ReferencedEntity: "contact",
        ReferencedAttribute: "contactid",
        ReferencingEntity: table,
        CascadeConfiguration: {
          Assign: "NoCascade", Delete: "RemoveLink", Merge: "NoCascade", Reparent: "NoCascade", Share: "NoCascade",
          Unshare: "NoCascade",
        },
        Lookup: {
          "@odata.type": "Microsoft.Dynamics.CRM.LookupAttributeMetadata",
          AttributeType: "Lookup",
          AttributeTypeName: { Value: "LookupType" },
          SchemaName: "new_ContactId",
          DisplayName: label("Contact"),
          RequiredLevel: optional,
        },
      },
    }),
  "relation used": async ({ "table read": { EntitySetName: collection } }) => {
    const contactid = await api.create({ collection: "contacts", data: { lastname: mark } });
    const key = await api.create({
      collection, data: { new_name: "Second", "new_ContactId@odata.bind": `contacts(${contactid})` },
    });
    const read = await api.retrieve({ collection, key, select: ["_new_contactid_value"] });
    return [contactid, read._new_contactid_value];
  },
  "relation changed": async ({ "relation made": key }) => {
    const castType = "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata";
    const whole = await api.retrieveRelationship({ key, castType });
    const CascadeConfiguration = { ...whole.CascadeConfiguration, Delete: "Restrict" };
    await api.updateRelationship({ castType, data: { ...whole, CascadeConfiguration } });
    return (await api.retrieveRelationship({ key, castType })).CascadeConfiguration.Delete;
  },
  "what is pointed at, deleted": ({ "relation used": [key] }) => api.deleteRecord({ collection: "contacts", key }),
  "relation taken": ({ "relation made": key }) => api.deleteRelationship({ key }),
  "table taken": ({ "table made": key }) => api.deleteRecord({ collection: "EntityDefinitions", key }),
  "table gone": ({ "table made": key }) => api.retrieveEntity({ key, select: ["LogicalName"] }),
});
