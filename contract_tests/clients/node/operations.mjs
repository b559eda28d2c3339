// Functions and actions, bound and unbound.

import { client, report, unique } from "./asking.mjs";

const api = client();
const mark = unique();

await report({
  who: () => api.callFunction("WhoAmI"),
  "who, asked by an object": () => api.callFunction({ name: "WhoAmI" }),
  version: () => api.callFunction("RetrieveVersion"),
  "an enumeration as a parameter": () =>
    api.callFunction({
      name: "RetrieveCurrentOrganization",
      parameters: { AccessType: "Microsoft.Dynamics.CRM.EndpointAccessType'Default'" },
    }),
  "a list as a parameter": () =>
    api.callFunction({ name: "RetrieveTotalRecordCount", parameters: { EntityNames: ["contact", "account"] } }),
  "bound function": ({ who }) =>
    api.callFunction({
      collection: "systemusers", key: who.UserId, name: "Microsoft.Dynamics.CRM.RetrieveUserPrivileges",
    }),
  "bound function with a row as a parameter": async ({ who }) => {
    const contactid = await api.create({ collection: "contacts", data: { lastname: mark } });
    return api.callFunction({
      collection: "systemusers",
      key: who.UserId,
      name: "Microsoft.Dynamics.CRM.RetrievePrincipalAccess",
      parameters: { Target: { "@odata.id": `contacts(${contactid})` } },
    });
  },
  "bound function with a name as a parameter": ({ who }) =>
    api.callFunction({
      collection: "systemusers",
      key: who.UserId,
      name: "Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName",
      parameters: { PrivilegeName: "prvReadContact" },
    }),
  case: async () => {
    const customer = await api.create({ collection: "contacts", data: { lastname: mark } });
    return api.create({
      collection: "incidents", data: { title: mark, "customerid_contact@odata.bind": `/contacts(${customer})` },
    });
  },
  queue: () => api.create({ collection: "queues", data: { name: mark } }),
  "bound action": ({ queue, case: incidentid }) =>
    api.callAction({
      collection: "queues",
      key: queue,
      actionName: "Microsoft.Dynamics.CRM.AddToQueue",
      action: { Target: { incidentid, "@odata.type": "Microsoft.Dynamics.CRM.incident" } },
    }),
  "unbound action": ({ case: incidentid }) =>
    api.callAction({
      actionName: "CloseIncident",
      action: {
        IncidentResolution: { subject: "Done", "incidentid@odata.bind": `/incidents(${incidentid})` },
        Status: 5,
      },
    }),
  "after it": ({ case: incidentid }) =>
    api.retrieve({ collection: "incidents", key: incidentid, select: ["statecode"], includeAnnotations: "*" }),
  "action on a set": async () => {
    const { Ids } = await api.callAction({
      collection: "contacts",
      actionName: "Microsoft.Dynamics.CRM.CreateMultiple",
      action: {
        Targets: ["one", "two"].map((name) => ({
          lastname: `${mark} ${name}`, "@odata.type": "Microsoft.Dynamics.CRM.contact",
        })),
      },
    });
    return Ids.length;
  },
  "no such function": () => api.callFunction("NoSuchFunction"),
  "the action again": ({ case: incidentid }) =>
    api.callAction({
      actionName: "CloseIncident",
      action: { IncidentResolution: { "incidentid@odata.bind": `/incidents(${incidentid})` }, Status: 5 },
    }),
});
