"""Microsoft Graph as far as the set-up of an app registration goes: applications, principals, grants, people."""
