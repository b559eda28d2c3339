// What every script here needs: its callers, each with a token of its own, and a record of what the client gave back.
// In (stdin): one JSON object with the addresses and the callers' credentials. Out (stdout): one JSON object, step by
// step what was returned or thrown. Nothing is judged here; the Python tests do that.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { DynamicsWebApi } from "dynamics-web-api";

export const settings = JSON.parse(readFileSync(0, "utf8"));

// For a client that is to call the organisation by its real name, through the proxy; the others call a localhost base.
export const byName = { serverUrl: settings.url, proxy: { url: settings.proxy } };

async function token({ clientId, secret }, serverUrl) {
  const answer = await fetch(`${settings.login}/${settings.tenant}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: secret,
      scope: `${serverUrl}/.default`,
    }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`no token for ${clientId}: ${body.error_description}`);
  return body.access_token;
}

// A client as one of the callers; `config` as DynamicsWebApi takes it.
export function client(caller = "administrator", { serverUrl = settings.direct, ...config } = {}) {
  let kept;
  const onTokenRefresh = () => (kept ??= token(settings.callers[caller], serverUrl));
  return new DynamicsWebApi({ serverUrl, onTokenRefresh, ...config });
}

// A word no other run uses, so that scripts can share a tenant.
export const unique = () => randomUUID().slice(0, 8);

// The id of a row that is not there.
export const unused = () => randomUUID();

// What a caught error tells its caller, as far as JSON can carry it.
const told = (error) => ({
  ...Object.fromEntries(Object.entries(error).filter(([name]) => name !== "headers")),
  message: error.message,
});

// Runs the steps in order, each given the results so far; prints what came of each.
export async function report(steps) {
  const results = {};
  const said = {};
  for (const [name, step] of Object.entries(steps)) {
    try {
      results[name] = await step(results);
      said[name] = { returned: results[name] === undefined ? null : results[name] };
    } catch (error) {
      said[name] = { thrown: Array.isArray(error) ? error : told(error) };
    }
  }
  // A failed batch throws or returns a list with Errors in it, whose message JSON would leave out.
  console.log(JSON.stringify(said, (_, value) => (value instanceof Error ? { failed: told(value) } : value)));
}
