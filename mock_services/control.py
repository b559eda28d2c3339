"""What a test may ask of the served fakes from outside; on a listener of its own, never on a fake's port."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from mock_services.cloud import FakeCloud
from mock_services.tenant import FakeTenant, Snapshot

TenantName = Annotated[str | None, Query(description="id or domain; may be left out while there is one")]


class Step(BaseModel):
    """How far to move a tenant's clock."""

    model_config = ConfigDict(extra="forbid")

    days: float = Field(default=0, ge=0)
    hours: float = Field(default=0, ge=0)
    minutes: float = Field(default=0, ge=0)
    seconds: float = Field(default=0, ge=0)


def control(cloud: FakeCloud) -> FastAPI:
    """The control application of one cloud. Its tenants are named by id or domain; alone, one needs no name."""
    app = FastAPI(title="d365-harness control", openapi_url="/openapi.json", docs_url="/")
    snapshots: dict[str, Snapshot] = {}

    def chosen(name: str | None) -> FakeTenant:
        found = cloud.tenant_called(name) if name else (cloud.tenants[0] if len(cloud.tenants) == 1 else None)
        if found is None:
            known = ", ".join(each.domain for each in cloud.tenants) or "none"
            raise HTTPException(404, f"name one of the tenants with ?tenant=…: {known}")
        return found

    @app.get("/health")
    async def health() -> dict[str, bool]:
        """Answers as soon as the fakes do."""
        return {"ready": True}

    @app.get("/tenants")
    async def tenants() -> list[dict[str, Any]]:
        """Every tenant with its clock and environments."""
        return [
            {
                "id": each.id,
                "domain": each.domain,
                "displayName": each.display_name,
                "now": each.clock.now().isoformat(),
                "environments": [f"https://{organisation.host}" for organisation in each.organisations],
            }
            for each in cloud.tenants
        ]

    @app.post("/clock/advance")
    async def advance(step: Step, tenant: TenantName = None) -> dict[str, str]:
        """Move a tenant's clock forward: secrets, tokens and windows age at once."""
        moved = chosen(tenant).clock.advance(
            timedelta(days=step.days, hours=step.hours, minutes=step.minutes, seconds=step.seconds)
        )
        return {"now": moved.isoformat()}

    @app.get("/journal")
    async def journal(
        tenant: TenantName = None, last: Annotated[int, Query(ge=1, le=1000)] = 50
    ) -> list[dict[str, Any]]:
        """What was said to a tenant last, secrets struck out."""
        return [{**vars(entry), "at": entry.at.isoformat()} for entry in list(chosen(tenant).journal)[-last:]]

    @app.delete("/journal", status_code=204)
    async def forget(tenant: TenantName = None) -> None:
        """Empty a tenant's journal."""
        chosen(tenant).journal.clear()

    @app.post("/snapshots", status_code=201)
    async def snapshot(tenant: TenantName = None) -> dict[str, str]:
        """Remember everything a tenant holds; its clock is not part of it."""
        name = str(len(snapshots) + 1)
        snapshots[name] = chosen(tenant).snapshot()
        return {"id": name}

    @app.post("/snapshots/{name}/restore", status_code=204)
    async def restore(name: str, tenant: TenantName = None) -> None:
        """Put a snapshot back."""
        if name not in snapshots:
            raise HTTPException(404, f"no snapshot {name}; POST /snapshots makes one")
        chosen(tenant).restore(snapshots[name])

    @app.get("/quirks")
    async def quirks(tenant: TenantName = None) -> list[dict[str, Any]]:
        """The contested choices and what this tenant chose."""
        return [
            {"name": name, "value": value, "alternative": alternative, "evidence": evidence}
            for name, value, alternative, evidence in chosen(tenant).quirks.explain()
        ]

    return app
