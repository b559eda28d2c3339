"""Guide step 6: the environment URL, proven before anything is made."""

from __future__ import annotations

import pytest

from provisioning.engine import Engine
from provisioning.problems import Problem
from scenarios.setup.conftest import Onlooker


async def test_a_wrong_environment_stops_the_setup_before_anything_is_made(engine: Engine, onlooker: Onlooker) -> None:
    right = engine.settings.environment_url
    settings = engine.settings.model_copy(update={"environment_url": right.replace("contoso", "contsoo")})
    with pytest.raises(Problem) as problem:
        await Engine(settings, engine.transport, engine.clock).provision()
    letter = str(problem.value)
    assert "https://contsoo.crm4.dynamics.com" in letter
    assert "environment_url" in problem.value.remedy
    assert await onlooker.applications() == []


async def pasted(engine: Engine, url: str) -> tuple[str, str, str]:
    integration = (await engine.provision()).integration
    verdict = await engine.verify(integration.model_copy(update={"environment_url": url}))
    return verdict.failure, verdict.family, verdict.remedy


async def test_a_path_is_named_and_the_right_url_shown(engine: Engine) -> None:
    url = engine.settings.environment_url
    failure, family, remedy = await pasted(engine, f"{url}/main.aspx")
    assert (failure, family) == ("dataverse.url_with_path", "dataverse.wrong_environment_url")
    assert remedy.endswith(url)


async def test_a_trailing_slash_is_named_and_the_right_url_shown(engine: Engine) -> None:
    url = engine.settings.environment_url
    failure, _, remedy = await pasted(engine, f"{url}/")
    assert failure == "dataverse.url_trailing_slash"
    assert remedy.endswith(url)


@pytest.mark.parametrize(
    ("url", "failure"),
    [
        ("https://contsoo.crm4.dynamics.com", "dataverse.host_mistyped"),
        ("https://contoso.crm4.dynmics.com", "dataverse.domain_mistyped"),
    ],
)
async def test_a_mistyped_host_is_named(engine: Engine, url: str, failure: str) -> None:
    assert (await pasted(engine, url))[0] == failure


async def test_a_wrong_region_is_told_from_a_typing_mistake(engine: Engine) -> None:
    right = engine.settings.environment_url
    failure, family, remedy = await pasted(engine, right.replace("crm4", "crm11"))
    assert (failure, family) == ("dataverse.wrong_region", "dataverse.wrong_environment_url")
    assert right in remedy


@pytest.mark.parametrize("url", ["contoso.crm4.dynamics.com", "https://contoso.crm4.dynamics.com ", ""])
async def test_what_is_no_scope_is_refused_at_the_token(engine: Engine, url: str) -> None:
    assert (await pasted(engine, url))[1] == "login.scope_or_resource_wrong"
