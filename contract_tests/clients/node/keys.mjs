// Rows by their alternate keys, and duplicates. The organisation has the key `accountnumber` on accounts.

import { client, report, unique } from "./asking.mjs";

const api = client();
const mark = unique();
const accounts = { collection: "accounts" };
const number = `N-${mark}`;
const key = `accountnumber='${number}'`;
const email = `${mark}@example.com`;

await report({
  "upserted by a key": () =>
    api.upsert({
      ...accounts, key, data: { name: mark }, returnRepresentation: true, select: ["name", "accountnumber"],
    }),
  "read by a key": () => api.retrieve({ ...accounts, key, select: ["name"] }),
  "read by a key in double quotes": () =>
    api.retrieve({ ...accounts, key: `accountnumber="${number}"`, select: ["name"] }),
  "upserted by a key again": () => api.upsert({ ...accounts, key, data: { name: `${mark} renamed` } }),
  "updated by a key": () => api.update({ ...accounts, key, data: { telephone1: "1" } }),
  "one property by a key": () => api.updateSingleProperty({ ...accounts, key, fieldValuePair: { telephone1: "2" } }),
  "after them": () => api.retrieve({ ...accounts, key, select: ["name", "telephone1"] }),
  "bound by a key": async () => {
    const contactid = await api.create({
      collection: "contacts", data: { lastname: mark, "parentcustomerid_account@odata.bind": `accounts(${key})` },
    });
    return api.retrieve({
      collection: "contacts", key: contactid, select: ["lastname"], expand: [{ property: "parentcustomerid_account", select: ["name"] }],
    });
  },
  "associated by keys": async () => {
    const contactid = await api.create({ collection: "contacts", data: { lastname: `${mark} 2` } });
    const navigation = { ...accounts, primaryKey: key, navigationProperty: "primarycontactid" };
    await api.associateSingleValued({ ...navigation, relatedCollection: "contacts", relatedKey: contactid });
    const read = () => api.retrieve({ ...accounts, key, select: ["_primarycontactid_value"] });
    const joined = (await read())._primarycontactid_value === contactid;
    await api.disassociateSingleValued(navigation);
    return [joined, (await read())._primarycontactid_value];
  },
  "in a change set": async () => {
    api.startBatch();
    api.upsert({ ...accounts, key: `accountnumber='${number}-2'`, data: { name: `${mark} 2` } });
    api.update({ ...accounts, key: `accountnumber='${number}-2'`, data: { telephone1: "3" } });
    return (await api.executeBatch()).length;
  },
  "a second of its number": () => api.create({ ...accounts, data: { name: mark, accountnumber: number } }),
  "no key of the table": () => api.retrieve({ ...accounts, key: "telephone1='2'", select: ["name"] }),
  "deleted by a key": () => api.deleteRecord({ ...accounts, key }),
  "not there by a key": () => api.retrieve({ ...accounts, key, select: ["name"] }),

  "the first of its e-mail address": () =>
    api.create({ collection: "contacts", data: { lastname: mark, emailaddress1: email }, duplicateDetection: true }),
  "its duplicate": () =>
    api.create({ collection: "contacts", data: { lastname: mark, emailaddress1: email }, duplicateDetection: true }),
  "its duplicate, not looked for": () =>
    api.create({ collection: "contacts", data: { lastname: mark, emailaddress1: email } }),
});
