"""From evidence to ranked causes: what weighs most leads, what else was found stays possible beside it."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from provisioning.clouds import dataverse_host
from provisioning.diagnosis.ailments import AILMENTS
from provisioning.diagnosis.doctor import Cause, cause
from provisioning.diagnosis.rules import Certainty
from provisioning.diagnosis.symptom import host_of
from provisioning.explaining.facts import Facts
from provisioning.explaining.finer import finer
from provisioning.explaining.guess import Guess, Guesses, guesses
from provisioning.explaining.probes import PROBES
from provisioning.explaining.sentence import SPECIFIC
from provisioning.explaining.signals import Signal, strongest

MOST: Final = 5
_REGION = re.compile(r"[^.]\.crm\d{0,2}\.")
_ANOTHER_SERVICE = re.compile(r"^(?:make|apps|home)\.|^admin\.powerplatform|^portal\.|^entra\.|^www\.|^home\.dynamics")
_WORTH_TELLING = 50


def weigh(signals: Iterable[Signal], facts: Facts) -> tuple[Cause, ...]:
    """The causes, best first, each once; none where nothing was found."""
    found = list(signals)
    leader = strongest(found)
    if leader is None:
        return ()
    led = by_facts(refined(leader, found), facts)
    ranked: dict[str, Certainty] = {}
    for name, certainty in (*led, *_others(leader, found)):
        ranked.setdefault(name, certainty)
    first = next(iter(ranked))
    if ranked[first] == "certain" and _contested(leader, found):
        ranked[first] = "likely"
    causes = [cause(name, certainty, **_words(facts)) for name, certainty in list(ranked.items())[:MOST]]
    speaks = {name: f"the text says {signal.told}" for signal in reversed(found) for name, _ in signal.guesses}
    speaks.update({name: speaks.get(name, f"the text says {leader.told}") for name, _ in led})
    return tuple(replace(each, why=speaks[each.name], decided_by=_decides(each)) for each in causes)


def refined(leader: Signal, found: Iterable[Signal]) -> Guesses:
    """The leader's guesses, with a certain sentence of the same family before them where it says more."""
    family = _family(leader.guesses[0])
    sharper = strongest(
        signal
        for signal in found
        if signal.weight >= SPECIFIC
        and signal.weight != leader.weight
        and signal.guesses[0][1] == "certain"
        and signal.guesses[0][0] != leader.guesses[0][0]
        and _family(signal.guesses[0]) == family
        and signal.told == "so in words"
    )
    return leader.guesses if sharper is None else (sharper.guesses[0], *_as_possible(leader.guesses))


def by_facts(led: Guesses, facts: Facts) -> Guesses:
    """What the values in the paste add: a secret that is a GUID, a resource that is no environment's URL, a token."""
    name = led[0][0]
    if name == "login.secret_wrong" and facts.credential:
        shown = "login.secret_id_pasted" if facts.credential == "secret_is_guid" else "login.secret_missing"
        return (*guesses("certain", shown), *_as_possible(led))
    if name == "login.scope_or_resource_wrong":
        return _by_resource(led, facts)
    if AILMENTS[name].family == "dataverse.wrong_audience_or_token":
        return _by_tokens(led, facts)
    return finer(led, facts)


def _by_resource(led: Guesses, facts: Facts) -> Guesses:
    """What is wrong with the resource: a path, a host that is almost Dynamics', or another service's, shows in it."""
    for resource in facts.resources:
        host = host_of(resource)
        rest = resource.partition("://")[2].partition("/")[2].strip("/")
        if dataverse_host(host) is not None:
            if rest and not rest.startswith((".default", "/.default", "user_impersonation")):
                return (*guesses("likely", "dataverse.url_with_path"), *_as_possible(led))
            return (*led, *guesses("possible", "dataverse.host_mistyped", "dataverse.environment_of_another_tenant"))
        if _REGION.search(host) is not None:
            return (*guesses("likely", "dataverse.domain_mistyped"), *_as_possible(led))
        if _ANOTHER_SERVICE.search(host) is not None:
            return (*guesses("likely", "dataverse.url_of_another_service"), *_as_possible(led))
    return led if facts.resources else (*led, *guesses("possible", "dataverse.host_mistyped"))


def _by_tokens(led: Guesses, facts: Facts) -> Guesses:
    """A token in the paste decides why Dataverse refused it."""
    for token in facts.tokens:
        host = host_of(token.audience)
        asked = {found for found in facts.hosts if dataverse_host(found) is not None}
        if token.audience and not token.audience.startswith("00000007-0000-0000-c000") and not _same(host, asked):
            return (*guesses("certain", "dataverse.token_for_another_resource"), *_as_possible(led))
        if token.expires is not None and facts.latest is not None and token.expires < facts.latest:
            return (*guesses("certain", "dataverse.token_expired"), *_as_possible(led))
    return led


def _same(host: str, asked: set[str]) -> bool:
    """Whether a token's audience is an environment that was asked; `org.api.crm4…` and `org.crm4…` are one."""
    audience = dataverse_host(host)
    return audience is not None and (not asked or audience in {dataverse_host(name) for name in asked})


def _others(leader: Signal, found: Iterable[Signal]) -> Guesses:
    others = sorted(found, key=lambda signal: (-signal.weight, -signal.at))
    family = _family(leader.guesses[0])
    return tuple(
        (signal.guesses[0][0], "possible")
        for signal in others
        if signal.weight >= _WORTH_TELLING and _family(signal.guesses[0]) != family
    )


def _contested(leader: Signal, found: Iterable[Signal]) -> bool:
    """Whether another of the same weight says something else."""
    family = _family(leader.guesses[0])
    return any(signal.weight >= leader.weight and _family(signal.guesses[0]) != family for signal in found)


def _family(guess: Guess) -> str:
    return AILMENTS[guess[0]].family


def _as_possible(led: Guesses) -> Guesses:
    return tuple((name, "possible") for name, _ in led)


def _decides(each: Cause) -> str:
    return "" if each.certainty == "certain" else PROBES.get(each.family, "")


def _words(facts: Facts) -> dict[str, str]:
    words = {}
    if facts.privileges:
        words["missing"] = ", ".join(facts.privileges)
    if facts.environment_url:
        words["url"] = facts.environment_url
    return words
