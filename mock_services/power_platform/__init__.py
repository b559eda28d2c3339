"""The fake Power Platform: the admin API on `api.bap.microsoft.com`, and Dataverse's global discovery."""
