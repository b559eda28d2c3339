"""Our side of the wire: plan, make, verify and undo one Dynamics 365 integration.

Nothing is imported here, so that a command line can start without paying for HTTP or MSAL.
"""
