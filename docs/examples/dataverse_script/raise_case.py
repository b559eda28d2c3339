"""A script on Microsoft's Dataverse SDK: raise one case for a customer, and print its number."""

import os
import sys

from azure.identity import ClientSecretCredential
from PowerPlatform.Dataverse.client import DataverseClient


def main(title: str) -> None:
    """Raise the case."""
    url = os.environ["DATAVERSE_URL"]
    credential = ClientSecretCredential(
        os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"], os.environ["AZURE_CLIENT_SECRET"]
    )
    client = DataverseClient(url, credential)
    contact = client.records.create("contact", {"lastname": "Adams"})
    case = client.records.create("incident", {"title": title, "customerid_contact@odata.bind": f"/contacts({contact})"})
    print(client.records.retrieve("incident", case, select=["ticketnumber"])["ticketnumber"])


if __name__ == "__main__":
    main(sys.argv[1])
