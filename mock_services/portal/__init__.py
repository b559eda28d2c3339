"""The back end of the Entra portal, as far as a set-up needs it: "Grant admin consent", which az calls too."""
