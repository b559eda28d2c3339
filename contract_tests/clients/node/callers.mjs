// Acting for somebody else, and sharing with somebody else.

import { client, report, settings, unique, unused } from "./asking.mjs";

const api = client();
const mark = unique();
const contacts = { collection: "contacts" };
const own = (results) => ({ select: ["_createdby_value", "_createdonbehalfby_value"], key: results.made });
const target = ({ row }) => ({ Target: { contactid: row, "@odata.type": "Microsoft.Dynamics.CRM.contact" } });
const principal = ({ "the integration's user": { systemuserid } }) => ({
  Principal: { systemuserid, "@odata.type": "Microsoft.Dynamics.CRM.systemuser" },
});
const shares = async ({ row }) => {
  const { PrincipalAccesses } = await api.callFunction({
    name: "RetrieveSharedPrincipalsAndAccess", parameters: { Target: { "@odata.id": `contacts(${row})` } },
  });
  return PrincipalAccesses.map(({ AccessMask }) => AccessMask);
};

await report({
  "the integration's user": async () => {
    const { value } = await api.retrieveMultiple({
      collection: "systemusers",
      select: ["systemuserid", "azureactivedirectoryobjectid"],
      filter: `applicationid eq ${settings.callers.integration.clientId}`,
    });
    return value[0];
  },
  "who, for the integration": async ({ "the integration's user": { systemuserid } }) => {
    const { UserId } = await api.callFunction({ name: "WhoAmI", impersonate: systemuserid });
    return UserId === systemuserid;
  },
  "who, by the directory's id": async ({ "the integration's user": user }) => {
    const { UserId } = await api.callFunction({
      name: "WhoAmI", impersonateAAD: user.azureactivedirectoryobjectid,
    });
    return UserId === user.systemuserid;
  },
  "who, by configuration": async ({ "the integration's user": { systemuserid } }) => {
    const { UserId } = await client("administrator", { impersonate: systemuserid }).callFunction("WhoAmI");
    return UserId === systemuserid;
  },
  made: ({ "the integration's user": { systemuserid } }) =>
    api.create({ ...contacts, data: { lastname: mark }, impersonate: systemuserid }),
  "whose it is": async (results) => {
    const row = await api.retrieve({ ...contacts, ...own(results) });
    return {
      integration: row._createdby_value === results["the integration's user"].systemuserid,
      administrator: row._createdonbehalfby_value === (await api.callFunction("WhoAmI")).UserId,
    };
  },
  "only what both may": ({ made, "the integration's user": { systemuserid } }) =>
    api.deleteRecord({ ...contacts, key: made, impersonate: systemuserid }),
  "by one who may not": async () => {
    const { UserId } = await api.callFunction("WhoAmI");
    return client("integration").callFunction({ name: "WhoAmI", impersonate: UserId });
  },
  "for nobody": () => api.callFunction({ name: "WhoAmI", impersonate: unused() }),
  "in a batch": async ({ "the integration's user": { systemuserid } }) => {
    api.startBatch();
    api.callFunction({ name: "WhoAmI", impersonate: systemuserid });
    api.callFunction("WhoAmI");
    const [theirs, mine] = await api.executeBatch({ inChangeSet: false });
    return [theirs.UserId === systemuserid, mine.UserId === systemuserid];
  },
  granted: async (results) => {
    results.row = await api.create({ ...contacts, data: { lastname: `${mark} shared` } });
    await api.callAction({
      actionName: "GrantAccess",
      action: { ...target(results), PrincipalAccess: { ...principal(results), AccessMask: "ReadAccess,WriteAccess" } },
    });
    return shares(results);
  },
  modified: async (results) => {
    await api.callAction({
      actionName: "ModifyAccess",
      action: { ...target(results), PrincipalAccess: { ...principal(results), AccessMask: "ReadAccess" } },
    });
    return shares(results);
  },
  revoked: async (results) => {
    await api.callAction({
      actionName: "RevokeAccess", action: { ...target(results), Revokee: principal(results).Principal },
    });
    return shares(results);
  },
});
