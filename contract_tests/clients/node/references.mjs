// Joining rows and taking them apart again, alternate keys included.

import { client, report, unique } from "./asking.mjs";

const api = client();
const mark = unique();
const account = (results) => ({ collection: "accounts", primaryKey: results.account });
const ofAccount = (results, select) => ({
  collection: "accounts", key: results.account, navigationProperty: "contact_customer_accounts", select,
});

await report({
  account: () => api.create({ collection: "accounts", data: { name: mark } }),
  one: () => api.create({ collection: "contacts", data: { lastname: `${mark} 1` } }),
  other: () => api.create({ collection: "contacts", data: { lastname: `${mark} 2` } }),

  associated: async (results) => {
    for (const relatedKey of [results.one, results.other]) {
      await api.associate({
        ...account(results), relationshipName: "contact_customer_accounts", relatedCollection: "contacts", relatedKey,
      });
    }
  },
  "both joined": (results) =>
    api.retrieveMultiple({ ...ofAccount(results, ["lastname"]), orderBy: ["lastname"], count: true }),
  disassociated: (results) =>
    api.disassociate({
      ...account(results), relationshipName: "contact_customer_accounts", relatedKey: results.other,
    }),
  "one left": (results) => api.retrieveMultiple(ofAccount(results, ["lastname"])),

  "single valued": (results) =>
    api.associateSingleValued({
      ...account(results),
      navigationProperty: "primarycontactid",
      relatedCollection: "contacts",
      relatedKey: results.one,
    }),
  "its reference": (results) =>
    api.retrieve({ collection: "accounts", key: results.account, select: ["primarycontactid/$ref"] }),
  "its row": (results) =>
    api.retrieve({
      collection: "accounts", key: results.account, navigationProperty: "primarycontactid", select: ["lastname"],
    }),
  "single valued taken": (results) =>
    api.disassociateSingleValued({ ...account(results), navigationProperty: "primarycontactid" }),
  "nothing there": (results) =>
    api.retrieve({ collection: "accounts", key: results.account, select: ["_primarycontactid_value"] }),

  role: async () => {
    const { value } = await api.retrieveMultiple({
      collection: "roles", select: ["roleid"], filter: "name eq 'Basic User'", top: 1,
    });
    return value[0].roleid;
  },
  me: async () => (await api.callFunction("WhoAmI")).UserId,
  "many to many": async ({ me, role }) => {
    const of = { collection: "systemusers", primaryKey: me, relationshipName: "systemuserroles_association" };
    await api.associate({ ...of, relatedCollection: "roles", relatedKey: role });
    const read = () =>
      api.retrieve({
        collection: "systemusers",
        key: me,
        select: ["systemuserid"],
        expand: [{ property: "systemuserroles_association", select: ["name"], filter: "name eq 'Basic User'" }],
      });
    const joined = await read();
    await api.disassociate({ ...of, relatedKey: role });
    return [joined.systemuserroles_association.length, (await read()).systemuserroles_association.length];
  },
  "not related that way": (results) =>
    api.associate({
      ...account(results), relationshipName: "nosuchnavigation", relatedCollection: "contacts", relatedKey: results.one,
    }),
});
