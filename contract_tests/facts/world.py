"""Asks one place: signs in as whoever a fact names, stages what it needs, and hears the answer. Knows no fake."""

import base64
import json
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, Final

import anyio
import httpx

from contract_tests.facts.fact import Asked, NotAsked, Service
from contract_tests.facts.made import Made
from contract_tests.facts.place import FEDERATED_AUDIENCE, GITHUB, Credential, Person, Place
from contract_tests.facts.placeholders import filled
from contract_tests.facts.rails import ABSENT_ID, MARK, SLUG, Rails, told_ids
from contract_tests.facts.sweepable import can_remove, is_removed, kind_and_name, removal_ids
from provisioning.problems import BadInput

Pause = Callable[[float], Awaitable[None]]
Elapse = Callable[[timedelta], Awaitable[None]]
Rehearse = Callable[["World", str], Awaitable[None]]

_TRIES: Final = 3
_LONGEST_WAIT_S: Final = 60
_LONGEST_STEP_S: Final = 30
_BUSY: Final = frozenset({502, 503, 504})
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Stage:
    """A named state that facts are asked in, and the variables that a fact can then name as `{stage.member}`.

    Brought about over HTTP by the operator's rights alone.

    `make` is given the world and the stage's own name; `world.values["mark"]` is a new name that nothing else has.
    """

    make: Callable[["World", str], Awaitable[None]]
    gives: frozenset[str]
    needs_clock: bool = False
    needs_person: bool = False
    """A person brings it about, who may do more in a directory than an application that sets integrations up."""


@dataclass
class World:
    """A place, and everything that this run has brought about there."""

    place: Place
    client: httpx.AsyncClient
    rails: Rails
    made: Made | None
    """None in a run that only reads."""
    stages: Mapping[str, Stage]
    pause: Pause
    elapse: Elapse | None
    """Moves the place's clock; None where time only passes."""
    rehearse: Rehearse | None = None
    """Brings the place to a state by name that no request can bring about; None where it is not ours alone."""
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    values: dict[str, str] = field(default_factory=dict, repr=False)  # secrets among them
    credentials: dict[str, Credential] = field(default_factory=dict, repr=False)
    people: dict[str, Person] = field(default_factory=dict, repr=False)
    """Who signs in with a password: the settings' `person`, and whom a rehearsal has made."""
    staged: set[str] = field(default_factory=set)
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    _names: int = 0

    def __post_init__(self) -> None:
        self.values |= {
            "tenant": self.place.tenant_id,
            "environment": self.place.environment_url,
            "host": self.place.host,
            "absent": ABSENT_ID,
            "operator.client_id": self.place.operator.client_id,
            "operator.client_secret": self.place.operator.client_secret.get_secret_value(),
        }
        if self.place.person is not None:
            self.people["person"] = person = self.place.person
            self.values |= {"person.username": person.username, "person.client_id": person.client_id}
            self.values["person.password"] = person.password.get_secret_value()
        self.credentials["operator"] = self.place.operator
        if self.place.integration is not None and self.made is None:
            self.credentials["integration"] = self.place.integration
            self.values["integration.client_id"] = self.place.integration.client_id
            secret = self.place.integration.client_secret.get_secret_value()
            self.values |= {"integration.client_secret": secret} if secret else {}
            self.staged.add("integration")

    def new_name(self) -> None:
        """From now on `{mark}` is a name that nothing else has, and `{slug}` one without blanks."""
        self._names += 1
        self.values["mark"] = f"{MARK} {self.run} {self._names}"
        self.values["slug"] = f"{SLUG}{self.run}x{self._names}"

    # Asking ----------------------------------------------------------------------------------------------------

    async def send(self, asked: Asked, *, wants_busy: bool = False) -> httpx.Response:
        """Put one request as it is written. Raises NotAsked, LookupError for an unknown variable, Withheld.

        `wants_busy`: a busy service's answer is what is asked for, so it is not asked again.
        """
        answer = await self._sent(asked, wants_busy=wants_busy)
        shown = (asked.who, asked.audience or asked.service)
        if answer.status_code == 401 and shown in self._tokens:  # a long run outlives its tokens
            del self._tokens[shown]
            answer = await self._sent(asked, wants_busy=wants_busy)
        return answer

    async def patiently(
        self, asked: Asked, is_enough: Callable[[httpx.Response], bool], *, at_most_s: float = inf
    ) -> httpx.Response:
        """Send it again and again, at growing distances, until the answer will do or `contract.patience_s` are over.

        What was made a moment ago may not be seen yet, and changes close to each other may get in each other's way.
        """
        patience, waited, step = min(self.place.contract.patience_s, at_most_s), 0.0, 1.0
        while True:
            answer = await self.send(asked)
            if is_enough(answer) or waited >= patience or answer.status_code not in _MAY_CHANGE:
                return answer
            await self.pause(step)
            waited, step = waited + step, min(step * 2, _LONGEST_STEP_S)

    async def _sent(self, asked: Asked, *, wants_busy: bool) -> httpx.Response:
        headers = dict(filled(asked.headers, self.values))
        if asked.who != "nobody" and not any(name.lower() == "authorization" for name in headers):
            headers["Authorization"] = f"Bearer {await self.token(asked.who, asked.audience or asked.service)}"
        url = self.place.base(asked.service) + filled(asked.path, self.values)
        body: dict[str, Any] = {}
        if asked.form is not None:
            body["data"] = filled(asked.form, self.values)
        elif asked.json_body is not None:
            body["json"] = filled(asked.json_body, self.values)
        elif asked.text is not None:
            body["content"] = filled(asked.text, self.values)
        if asked.method == "POST" and not asked.changes_nothing and can_remove(asked):
            return await self._create(asked, url, headers, body)
        answer = await self.request(asked.method, url, wants_busy=wants_busy, headers=headers, **body)
        if asked.method == "POST" and answer.is_success:
            self.rails.know(told_ids(answer))
        if asked.method == "DELETE" and answer.is_success and self.made is not None:
            for thing in [each for each in self.made.left if is_removed(each, httpx.URL(url).path)]:
                self.made.gone(thing)
        return answer

    async def request(self, method: str, url: str, *, wants_busy: bool = False, **options: Any) -> httpx.Response:
        """Send, and again where that is harmless and the network or the service is only busy. Raises NotAsked."""
        harmless = method in {"GET", "HEAD"} or url.endswith("/token")
        for attempt in range(_TRIES):
            is_last = attempt == _TRIES - 1
            try:
                answer = await self.client.request(method, url, **options)
            except httpx.TransportError as problem:
                if is_last or not harmless:
                    raise NotAsked(f"{method} {url.partition('?')[0]}: {type(problem).__name__}: {problem}") from None
                wait = 2.0**attempt
            else:
                # What was answered with 429 was not done; of the others nobody knows.
                is_busy = answer.status_code == 429 or (harmless and answer.status_code in _BUSY)
                if is_last or not is_busy or wants_busy:
                    return answer
                told = answer.headers.get("retry-after", "")
                wait = min(float(told) if told.isdigit() else 2.0**attempt, _LONGEST_WAIT_S)
            await self.pause(wait)
        raise AssertionError("the last attempt answers or raises")

    async def _create(self, asked: Asked, url: str, headers: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        """A create: written down before it leaves, and when its answer is there."""
        if self.made is None:
            raise NotAsked("this run only reads")
        thing = self.made.asked(*kind_and_name(asked, body.get("json"), self.values["mark"]))
        answer = await self.request(asked.method, url, headers=headers, **body)
        if answer.is_success:
            self.rails.know(told_ids(answer))
            self.made.made(thing, *removal_ids(thing.kind, answer))
        elif 400 <= answer.status_code < 500:
            self.made.gone(thing)
        return answer

    # Staging ---------------------------------------------------------------------------------------------------

    async def stage(self, name: str) -> None:
        """Bring a named state about, once. Raises NotAsked."""
        if name in self.staged:
            return
        if name not in self.stages:
            if self.rehearse is None:
                raise NotAsked(f"only fakes of its own can be brought to {name}")
            await self.rehearse(self, name)
            self.staged.add(name)
            return
        if self.made is None:
            raise NotAsked(f"the stage {name} makes something, and this run only reads (--live-writes)")
        stage = self.stages[name]
        if stage.needs_clock and self.elapse is None:
            raise NotAsked(f"the stage {name} needs a clock that can be moved")
        if stage.needs_person and self.place.person is None:
            raise NotAsked(f"the stage {name} needs a person to sign in with a password")
        self.new_name()
        try:
            await stage.make(self, name)
        except (KeyError, IndexError, TypeError) as problem:  # of what was told, which is no claim of a fact yet
            raise NotAsked(f"staging {name}: an answer has another form: {type(problem).__name__} {problem}") from None
        self.staged.add(name)

    async def operate(
        self, method: str, service: Service, path: str, body: Any = None, *, who: str = "operator"
    ) -> Any:
        """A request of the operator's that must succeed; its body, or the id of what was made. Raises NotAsked.

        `who`: somebody else, as facts name them.
        """
        asked = Asked.model_validate({"service": service, "method": method, "path": path, "json": body, "who": who})
        answer = await self.patiently(asked, lambda told: told.is_success)
        if not answer.is_success:
            raise NotAsked(f"{method} {path.partition('?')[0]} was refused: {answer.status_code} {answer.text[:300]}")
        if answer.content:
            return answer.json()
        return next(iter(told_ids(answer)), None)

    async def now(self) -> datetime:
        """The place's own time: when it says that it issued the operator's newest token."""
        self._tokens.pop(("operator", "graph"), None)
        claims = claims_of(await self.token("operator", "graph"))
        return datetime.fromtimestamp(int(claims["iat"]), UTC)

    async def let_pass(self, time: timedelta) -> None:
        """Move the place's clock; tokens are asked for anew."""
        if self.elapse is None:
            raise NotAsked("the place's clock cannot be moved")
        await self.elapse(time)
        self._tokens.clear()

    # Signing in ------------------------------------------------------------------------------------------------

    async def token(self, who: str, service: Service) -> str:
        """A token of an actor for a service. Raises NotAsked."""
        if (who, service) in self._tokens:
            return self._tokens[who, service]
        url = f"{self.place.base('login')}/{self.place.tenant_id}/oauth2/v2.0/token"
        form = {"scope": self.place.scope(service), **await self._proof(who)}
        waited, step = 0.0, 1.0
        while True:
            answer = await self.request("POST", url, data=form)
            # A young application, principal or secret is refused now and then until every replica has it.
            if answer.is_success or who in {"operator", "person"} or waited >= self.place.contract.patience_s:
                break
            await self.pause(step)
            waited, step = waited + step, min(step * 2, _LONGEST_STEP_S)
        if not answer.is_success:
            raise NotAsked(f"{who} cannot sign in for {service}: {answer.status_code} {_said(answer)}")
        self._tokens[who, service] = str(answer.json()["access_token"])
        return self._tokens[who, service]

    async def sign_in_until(self, who: str, service: Service, is_enough: Callable[[dict[str, Any]], bool]) -> None:
        """Sign in anew until the token's claims will do: what was given a moment ago may not be among them yet.

        Raises NotAsked.
        """
        waited, step = 0.0, 1.0
        while not is_enough(claims_of(await self.token(who, service))):
            if waited >= self.place.contract.patience_s:
                raise NotAsked(f"the token of {who} for {service} does not tell yet what was given")
            await self.pause(step)
            waited, step = waited + step, min(step * 2, _LONGEST_STEP_S)
            del self._tokens[who, service]

    async def _proof(self, who: str) -> dict[str, str]:
        """The part of a token request by which somebody shows who they are."""
        if who in self.people:
            person = self.people[who]
            signed = {"username": person.username, "password": person.password.get_secret_value()}
            return {"grant_type": "password", "client_id": person.client_id, **signed}
        if who not in self.credentials:
            raise NotAsked(f"{who} has no credentials")
        credential = self.credentials[who]
        named = {"grant_type": "client_credentials", "client_id": credential.client_id}
        if credential.federated_token_file is not None:
            text = await anyio.Path(credential.federated_token_file).read_text()
            return {**named, "client_assertion_type": _ASSERTION, "client_assertion": text.strip()}
        if credential.github:
            return {**named, "client_assertion_type": _ASSERTION, "client_assertion": await _github_token()}
        return {**named, "client_secret": credential.client_secret.get_secret_value()}


_MAY_CHANGE: Final = frozenset({200, 400, 403, 404, 409})
"""Answers that may be others a little later: a list without what is new among them."""


def claims_of(token: str) -> dict[str, Any]:
    """What a token says; whether it was signed by whom it says is not looked at."""
    middle = token.split(".")[1]
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return told


def _said(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("error_description", "")).partition(" Trace ID")[0]
    except ValueError:
        return answer.text[:200]


async def _github_token() -> str:
    """GitHub's token about this workflow run. It goes to GitHub's own host, so past the rails. Raises BadInput."""
    url, bearer = (os.environ.get(name, "") for name in GITHUB)
    if not url or not bearer:
        raise BadInput("operator.github", "finds no token endpoint", "give the workflow the permission id-token: write")
    async with httpx.AsyncClient() as client:
        answer = await client.get(
            url, params={"audience": FEDERATED_AUDIENCE}, headers={"Authorization": f"Bearer {bearer}"}
        )
    answer.raise_for_status()
    return str(answer.json()["value"])
