"""A vendor's web service: it raises a case in the customer's Dynamics 365 for a message that came in."""

import os

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()


class Message(BaseModel):
    """What a customer wrote."""

    sender: str
    subject: str
    text: str


async def _token(client: httpx.AsyncClient) -> str:
    answer = await client.post(
        f"https://login.microsoftonline.com/{os.environ['AZURE_TENANT_ID']}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": os.environ["AZURE_CLIENT_ID"],
            "client_secret": os.environ["AZURE_CLIENT_SECRET"],
            "scope": f"{os.environ['DATAVERSE_URL']}/.default",
        },
    )
    if answer.status_code != 200:
        raise HTTPException(502, f"sign-in failed: AADSTS{answer.json()['error_codes'][0]}")
    return str(answer.json()["access_token"])


@app.post("/messages", status_code=201)
async def take(message: Message) -> dict[str, str]:
    """Find or make the contact, raise the case; the case's number."""
    async with httpx.AsyncClient() as client:
        client.headers = {"Authorization": f"Bearer {await _token(client)}", "Prefer": "return=representation"}
        api = f"{os.environ['DATAVERSE_URL']}/api/data/v9.2"
        sender = message.sender.replace("'", "''")
        found = await client.get(f"{api}/contacts", params={"$filter": f"emailaddress1 eq '{sender}'", "$top": "1"})
        if found.status_code != 200:
            raise HTTPException(502, f"Dynamics refused: {found.json()['error']['message']}")
        contacts = found.json()["value"]
        if not contacts:
            body = {"lastname": message.sender, "emailaddress1": message.sender}
            contacts = [(await client.post(f"{api}/contacts", json=body)).json()]
        case = {
            "title": message.subject,
            "description": message.text,
            "customerid_contact@odata.bind": f"/contacts({contacts[0]['contactid']})",
        }
        made = await client.post(f"{api}/incidents", json=case)
        if made.status_code != 201:
            raise HTTPException(502, f"Dynamics refused: {made.json()['error']['message']}")
        return {"ticket": made.json()["ticketnumber"]}
