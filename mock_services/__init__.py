"""Stateful fakes of Microsoft's side of the wire: sign-in, Graph, Dataverse and the Power Platform admin API."""
