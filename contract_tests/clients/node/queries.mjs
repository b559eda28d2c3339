// Lists: options, pages, counts, FetchXML, long requests.

import { client, report, unique } from "./asking.mjs";

const api = client();
const mark = unique();
const filter = `startswith(lastname,'${mark}')`;
const these = { collection: "contacts", select: ["lastname", "jobtitle"], filter, orderBy: ["lastname"] };
const names = ({ value }) => value.map(({ lastname }) => lastname.slice(mark.length + 1));
const fetchXml = (attributes = "") =>
  `<fetch ${attributes}><entity name="contact"><attribute name="lastname"/>` +
  `<order attribute="lastname"/><filter><condition attribute="lastname" operator="like" value="${mark}%"/>` +
  "</filter></entity></fetch>";

await report({
  made: async () => {
    const account = await api.create({ collection: "accounts", data: { name: `${mark} & Söhne` } });
    for (let number = 1; number <= 5; number += 1) {
      await api.create({
        collection: "contacts",
        data: {
          lastname: `${mark} ${number}`,
          jobtitle: number % 2 ? "Odd" : "Even",
          "parentcustomerid_account@odata.bind": `/accounts(${account})`,
        },
      });
    }
    return account;
  },
  listed: async () => names(await api.retrieveMultiple(these)),
  "top and descending": async () =>
    names(await api.retrieveMultiple({ ...these, top: 2, orderBy: ["lastname desc"] })),
  counted: async () => {
    const { oDataCount, value } = await api.retrieveMultiple({ ...these, count: true, maxPageSize: 2 });
    return [oDataCount, value.length];
  },
  pages: async () => {
    const pages = [];
    let page = await api.retrieveMultiple({ ...these, maxPageSize: 2 });
    pages.push(names(page));
    while (page.oDataNextLink) {
      page = await api.retrieveMultiple({ ...these, maxPageSize: 2 }, page.oDataNextLink);
      pages.push(names(page));
    }
    return pages;
  },
  all: async () => names(await api.retrieveAll({ ...these, maxPageSize: 2 })),
  count: () => api.count({ collection: "contacts", filter }),
  "count of all": async () => {
    const before = await api.count({ collection: "accounts" });
    await api.create({ collection: "accounts", data: { name: `${mark} more` } });
    return [typeof before, (await api.count({ collection: "accounts" })) - before];
  },
  countAll: () => api.countAll({ collection: "contacts", filter, select: ["lastname"], maxPageSize: 2 }),
  expanded: async ({ made }) => {
    const { value } = await api.retrieveMultiple({
      collection: "accounts",
      select: ["name"],
      filter: `accountid eq {${made}}`,
      expand: [
        { property: "contact_customer_accounts", select: ["lastname"], filter: "jobtitle eq 'Even'", orderBy: ["lastname"] },
      ],
      includeAnnotations: "*",
    });
    return [value[0].name, names({ value: value[0].contact_customer_accounts })];
  },
  "by any of a row's rows": async () => {
    const { value } = await api.retrieveMultiple({
      collection: "accounts",
      select: ["name"],
      filter: `contact_customer_accounts/any(c:c/lastname eq '${mark} 3')`,
    });
    return value.map(({ name }) => name);
  },
  "by a query function": async () =>
    names(
      await api.retrieveMultiple({
        ...these,
        filter: `Microsoft.Dynamics.CRM.In(PropertyName='lastname',PropertyValues=["${mark} 1","${mark} 4"])`,
      }),
    ),
  aggregated: async () => {
    const { value } = await api.retrieveMultiple({
      collection: "contacts",
      apply: `filter(${filter})/groupby((jobtitle),aggregate($count as number))`,
    });
    return Object.fromEntries(value.map(({ jobtitle, number }) => [jobtitle, number]));
  },
  "by a view of one's own": async () => {
    const userQuery = await api.create({
      collection: "userqueries",
      data: { name: mark, returnedtypecode: "contact", querytype: 0, fetchxml: fetchXml('top="4"') },
    });
    return names(await api.retrieveMultiple({ collection: "contacts", userQuery }));
  },
  "expanded twice": async () => {
    const { value } = await api.retrieveMultiple({
      ...these,
      top: 1,
      expand: [
        {
          property: "parentcustomerid_account",
          select: ["name"],
          expand: [{ property: "createdby", select: ["fullname"] }],
        },
      ],
    });
    return [value[0].parentcustomerid_account.name, typeof value[0].parentcustomerid_account.createdby.fullname];
  },
  "a request too long for an address": async () =>
    names(
      await api.retrieveMultiple({
        ...these,
        filter: Array.from({ length: 120 }, (_, number) => `lastname eq '${mark} ${number}'`).join(" or "),
      }),
    ),
  "a long request that fails": () =>
    api.retrieveMultiple({ ...these, filter: Array(200).fill("nosuchcolumn eq 'x'").join(" or ") }),
  "a column that is not there": () => api.retrieveMultiple({ ...these, filter: "nosuchcolumn eq 1" }),
  "a set that is not there": () => api.retrieveMultiple({ collection: "nosuchthings" }),

  fetched: async () => names(await api.fetch({ collection: "contacts", fetchXml: fetchXml() })),
  "fetched by pages": async () => {
    const pages = [];
    let page = await api.fetch({
      collection: "contacts", fetchXml: fetchXml('count="2"'), includeAnnotations: "*",
    });
    pages.push(names(page));
    while (page.PagingInfo) {
      const { cookie, nextPage } = page.PagingInfo;
      page = await api.fetch({
        collection: "contacts",
        fetchXml: fetchXml('count="2"'),
        includeAnnotations: "*",
        pageNumber: nextPage,
        pagingCookie: cookie,
      });
      pages.push(names(page));
    }
    return pages;
  },
  "all fetched": async () =>
    names(await api.fetchAll({ collection: "contacts", fetchXml: fetchXml('count="2"'), includeAnnotations: "*" })),
  "top fetched": async () => names(await api.fetch({ collection: "contacts", fetchXml: fetchXml('top="3"') })),
  "fetched with a link": async () => {
    const { value } = await api.fetch({
      collection: "contacts",
      fetchXml:
        '<fetch top="1"><entity name="contact"><attribute name="lastname"/>' +
        `<filter><condition attribute="lastname" operator="eq" value="${mark} 2"/></filter>` +
        '<link-entity name="account" from="accountid" to="parentcustomerid" alias="firm">' +
        '<attribute name="name"/></link-entity></entity></fetch>',
    });
    return value[0];
  },
  "aggregate fetched": async () => {
    const { value } = await api.fetch({
      collection: "contacts",
      fetchXml:
        '<fetch aggregate="true"><entity name="contact">' +
        '<attribute name="contactid" alias="number" aggregate="count"/>' +
        '<attribute name="jobtitle" alias="job" groupby="true"/>' +
        `<filter><condition attribute="lastname" operator="like" value="${mark}%"/></filter></entity></fetch>`,
    });
    return Object.fromEntries(value.map(({ job, number }) => [job, number]));
  },
  "XML that is none": () => api.fetch({ collection: "contacts", fetchXml: "<fetch><entity" }),
});
