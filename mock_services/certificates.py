"""A private certificate authority and one server certificate for every host name the fakes play."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme

from mock_services.hosts import certificate_names


@dataclass(frozen=True)
class Certificates:
    """Where the authority's certificate lies, and the context a server speaks TLS with."""

    authority_file: Path
    server_file: Path
    """Key and chain in one PEM file, readable by its owner only."""


def issue(folder: Path) -> Certificates:
    """Make a new authority and server certificate in `folder` (which must exist). About 20 ms.

    Each run has its own authority, so that nobody is tempted to install one for good.
    """
    authority = trustme.CA(organization_name="d365-harness fakes")
    server = authority.issue_cert(*certificate_names())
    certificates = Certificates(folder / "ca.pem", folder / "server.pem")
    authority.cert_pem.write_to_path(certificates.authority_file)
    certificates.server_file.touch(mode=0o600)
    server.private_key_and_cert_chain_pem.write_to_path(certificates.server_file)
    return certificates


def client_context(authority_file: Path) -> ssl.SSLContext:
    """A client's TLS context that trusts this authority and nothing else."""
    return ssl.create_default_context(cafile=str(authority_file))
