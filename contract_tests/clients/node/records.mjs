// One record through its whole life, at the organisation's real name.

import { byName, client, report, unique, unused } from "./asking.mjs";

const api = client("administrator", byName);
const integration = client("integration", byName);
const mark = unique();
const number = `ACC-${mark}`;
const missing = unused();
const contacts = { collection: "contacts" };

await report({
  created: () => api.create({ ...contacts, data: { firstname: "Ána", lastname: mark } }),
  represented: () =>
    api.create({
      ...contacts,
      data: { firstname: "Ben", lastname: mark, gendercode: 1 },
      returnRepresentation: true,
      select: ["fullname", "gendercode", "createdon"],
      includeAnnotations: "*",
    }),
  "created past plug-ins": () =>
    api.create({ ...contacts, data: { lastname: mark }, bypassCustomPluginExecution: true }),
  account: () => api.create({ collection: "accounts", data: { name: mark, accountnumber: number } }),
  case: ({ created }) =>
    api.create({
      collection: "incidents",
      data: { title: "By Node", "customerid_contact@odata.bind": `contacts({${created}})` },
    }),
  "case read": ({ case: id }) =>
    api.retrieve({
      collection: "incidents",
      key: id,
      select: ["title", "ticketnumber", "_customerid_value", "prioritycode", "createdon"],
      expand: [{ property: "customerid_contact", select: ["fullname"] }],
      includeAnnotations: "*",
    }),
  "nested rows": () =>
    api.create({
      collection: "accounts",
      data: { name: `${mark} deep`, primarycontactid: { lastname: "Deep" } },
      returnRepresentation: true,
      select: ["name"],
      expand: [{ property: "primarycontactid", select: ["lastname"] }],
    }),
  "without annotations": ({ created }) =>
    api.retrieve({ ...contacts, key: created, select: ["fullname", "gendercode", "statecode"] }),
  "not kept in a cache": ({ created }) =>
    api.retrieve({ ...contacts, key: `{${created}}`, select: ["fullname"], noCache: true }),
  missing: () => api.retrieve({ ...contacts, key: missing, select: ["fullname"] }),
  "an unknown column": ({ created }) => api.retrieve({ ...contacts, key: created, select: ["nosuchcolumn"] }),
  "no privilege": ({ created }) => integration.deleteRecord({ ...contacts, key: created }),

  updated: ({ created }) => api.update({ ...contacts, key: created, data: { jobtitle: "Reader" } }),
  "updated and represented": ({ created }) =>
    api.update({
      ...contacts, key: created, data: { jobtitle: "Writer" }, returnRepresentation: true, select: ["jobtitle"],
    }),
  "update of a missing row": () => api.update({ ...contacts, key: missing, data: { jobtitle: "Nobody" } }),
  "one property": ({ created }) =>
    api.updateSingleProperty({ ...contacts, key: created, fieldValuePair: { jobtitle: "Editor" } }),
  "one property read": ({ created }) => api.retrieve({ ...contacts, key: created, select: ["/jobtitle"] }),
  "one property emptied": ({ created }) =>
    api.deleteRecord({ ...contacts, key: created, property: "jobtitle" }),
  "one property after": ({ created }) => api.retrieve({ ...contacts, key: created, select: ["jobtitle"] }),

  "current version": ({ created }) => api.retrieve({ ...contacts, key: created, select: ["lastname"] }),
  "update of a stale version": ({ created }) =>
    api.update({ ...contacts, key: created, data: { jobtitle: "Late" }, ifmatch: 'W/"1"' }),
  "the same, with errors propagated": ({ created }) =>
    client("administrator", { propagateErrors: true }).update({
      ...contacts, key: created, data: { jobtitle: "Late" }, ifmatch: 'W/"1"',
    }),
  "update of this version": ({ created, "current version": { "@odata.etag": etag } }) =>
    api.update({ ...contacts, key: created, data: { jobtitle: "In time" }, ifmatch: etag }),
  "unchanged since": async ({ created }) => {
    const { "@odata.etag": etag } = await api.retrieve({ ...contacts, key: created, select: ["jobtitle"] });
    return api.retrieve({ ...contacts, key: created, select: ["jobtitle"], ifnonematch: etag });
  },
  "deletion of a stale version": ({ created }) =>
    api.deleteRecord({ ...contacts, key: created, ifmatch: 'W/"1"' }),

  upserted: () =>
    api.upsert({
      ...contacts, key: missing, data: { lastname: mark }, returnRepresentation: true, select: ["lastname"],
    }),
  "upserted again": () => api.upsert({ ...contacts, key: missing, data: { jobtitle: "Again" } }),
  "upsert, only to create": () =>
    api.upsert({ ...contacts, key: missing, data: { jobtitle: "No" }, ifnonematch: "*" }),
  "upsert, only to update": () =>
    api.upsert({ ...contacts, key: unused(), data: { jobtitle: "No" }, ifmatch: "*" }),

  deleted: () => api.deleteRecord({ ...contacts, key: missing }),
  "deleted twice": () => api.deleteRecord({ ...contacts, key: missing }),
});
