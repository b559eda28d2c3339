// Many requests in one: in change sets and beside them.

import { client, report, unique, unused } from "./asking.mjs";

const api = client();
const mark = unique();
const contacts = { collection: "contacts" };

// What is asked between the two calls is collected, not sent.
async function batch(ask, options) {
  api.startBatch();
  await ask();
  return api.executeBatch(options);
}

const count = (lastname) => api.count({ ...contacts, filter: `lastname eq '${lastname}'` });

await report({
  "changed, read and deleted": async () => {
    const kept = await api.create({ ...contacts, data: { lastname: `${mark} kept` } });
    return batch(() => {
      api.update({ ...contacts, key: kept, data: { jobtitle: "Bätched" } });
      api.retrieve({ ...contacts, key: kept, select: ["lastname", "jobtitle", "createdon"] });
      api.retrieveMultiple({ ...contacts, select: ["lastname"], filter: `lastname eq '${mark} kept'` });
      api.count({ ...contacts, filter: `lastname eq '${mark} kept'` });
      api.deleteRecord({ ...contacts, key: kept });
    });
  },
  "count by path": () => batch(() => { api.count({ collection: "businessunits" }); }),
  "content ids": () =>
    batch(() => {
      api.create({ ...contacts, data: { lastname: `${mark} customer` }, contentId: "1" });
      api.create({
        collection: "incidents",
        data: { title: `${mark} case`, "customerid_contact@odata.bind": "$1" },
        contentId: "2",
      });
      api.create({ collection: "accounts", data: { name: `${mark} firm`, "primarycontactid@odata.bind": "$1" } });
    }),
  "their case": async ({ "content ids": ids }) =>
    api.retrieve({
      collection: "incidents",
      key: ids[1],
      select: ["title", "_customerid_value"],
      expand: [{ property: "customerid_contact", select: ["lastname"] }],
    }),
  "a reference in the path": () =>
    batch(() => {
      api.create({ ...contacts, data: { lastname: `${mark} path` }, contentId: "1" });
      api.update({ contentId: "$1", data: { jobtitle: "By its content id" } });
    }),
  "what it wrote": async () => {
    const { value } = await api.retrieveMultiple({
      ...contacts, select: ["jobtitle"], filter: `lastname eq '${mark} path'`,
    });
    return value.map(({ jobtitle }) => jobtitle);
  },
  "a reference between rows": async () => {
    const made = await batch(() => {
      api.create({ collection: "accounts", data: { name: `${mark} joined` }, contentId: "1" });
      api.create({ ...contacts, data: { lastname: `${mark} joined` }, contentId: "2" });
      api.associate({
        collection: "$1", relationshipName: "contact_customer_accounts", relatedKey: "$2",
      });
    });
    const { value } = await api.retrieveMultiple({
      collection: "accounts", key: made[0], navigationProperty: "contact_customer_accounts", select: ["lastname"],
    });
    return [made.length, value.length];
  },
  "without a change set": () =>
    batch(
      () => {
        api.create({ ...contacts, data: { lastname: `${mark} alone` } });
        api.create({ ...contacts, data: { lastname: `${mark} alone` }, returnRepresentation: true });
      },
      { inChangeSet: false },
    ),
  "a change set that fails": () =>
    batch(() => {
      api.create({ ...contacts, data: { lastname: `${mark} undone` } });
      api.create({ ...contacts, data: { lastname: "x".repeat(60) } });
    }),
  "what it left": () => count(`${mark} undone`),
  "one that fails, and on": () =>
    batch(
      () => {
        api.create({ ...contacts, data: { lastname: `${mark} first` } });
        api.retrieve({ ...contacts, key: unused(), select: ["lastname"] });
        api.create({ ...contacts, data: { lastname: "x".repeat(60) } });
        api.retrieveMultiple({ ...contacts, select: ["lastname"], filter: `lastname eq '${mark} first'` });
      },
      { continueOnError: true },
    ),
  "one that fails, no further": () =>
    batch(
      () => {
        api.create({ ...contacts, data: { lastname: `${mark} before` } });
        api.create({ ...contacts, data: { lastname: "x".repeat(60) } });
        api.create({ ...contacts, data: { lastname: `${mark} after` } });
      },
      { inChangeSet: false },
    ),
  "what that left": async () => [await count(`${mark} before`), await count(`${mark} after`)],
  "functions, actions and FetchXML": () =>
    batch(
      () => {
        api.callFunction("WhoAmI");
        api.callFunction({ name: "RetrieveTotalRecordCount", parameters: { EntityNames: ["account"] } });
        api.fetch({
          ...contacts,
          fetchXml: '<fetch top="1"><entity name="businessunit"><attribute name="name"/></entity></fetch>',
          collection: "businessunits",
        });
      },
      { inChangeSet: false },
    ),
});
