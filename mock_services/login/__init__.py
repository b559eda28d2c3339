"""The fake Entra token service, `login.microsoftonline.com` and its aliases."""
