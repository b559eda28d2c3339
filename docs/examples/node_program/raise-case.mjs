// A program on Node's own fetch: raise one case, and print its number. Node 18 or newer, no packages.

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, DATAVERSE_URL } = process.env;
const login = process.env.AZURE_AUTHORITY_HOST ?? "https://login.microsoftonline.com";

async function asked(url, options) {
  const answer = await fetch(url, options);
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.error_description ?? `${body.error.code} ${body.error.message}`);
  }
  return body;
}

try {
  const { access_token: token } = await asked(`${login}/${AZURE_TENANT_ID}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: AZURE_CLIENT_ID,
      client_secret: AZURE_CLIENT_SECRET,
      scope: `${DATAVERSE_URL}/.default`,
    }),
  });
  const create = (set, body) =>
    asked(`${DATAVERSE_URL}/api/data/v9.2/${set}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", Prefer: "return=representation" },
      body: JSON.stringify(body),
    });
  const contact = await create("contacts", { lastname: "Adams" });
  const made = await create("incidents", {
    title: process.argv[2],
    "customerid_contact@odata.bind": `/contacts(${contact.contactid})`,
  });
  console.log(made.ticketnumber);
} catch (problem) {
  console.error(problem.message);
  process.exitCode = 1;
}
