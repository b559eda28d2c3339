"""A token as the body of an answer: numbers on the second endpoint, strings on the first."""

from typing import Any

from mock_services.login.tokens import Issued


def token_body(issued: Issued, version: int) -> dict[str, Any]:
    """The members in recorded order (azure-sdk-for-js 2021; first endpoint: azure-docs and MSAL.NET's samples)."""
    return _second(issued) if version == 2 else _first(issued)


def _second(issued: Issued) -> dict[str, Any]:
    body: dict[str, Any] = {"token_type": "Bearer"}
    if issued.scope:
        body["scope"] = issued.scope
    body |= {"expires_in": issued.lifetime_s, "ext_expires_in": issued.lifetime_s, "access_token": issued.token}
    return body | _user_members(issued)


def _first(issued: Issued) -> dict[str, Any]:
    body: dict[str, Any] = {"token_type": "Bearer"}
    if issued.scopes:
        body["scope"] = " ".join(issued.scopes)
    body |= {
        "expires_in": str(issued.lifetime_s),
        "ext_expires_in": str(issued.lifetime_s),
        "expires_on": str(issued.expires_on),
        "not_before": str(issued.not_before),
        "resource": issued.resource,
        "access_token": issued.token,
    }
    return body | _user_members(issued)


def _user_members(issued: Issued) -> dict[str, Any]:
    members = {
        "refresh_token": issued.refresh_token,
        "id_token": issued.id_token,
        "client_info": issued.client_info,
    }
    return {name: value for name, value in members.items() if value}
