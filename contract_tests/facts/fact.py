"""What a fact is made of: a question, how to ask it, the answer, and where that is known from."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contract_tests.facts.placeholders import variables_of

Service = Literal["login", "graph", "dataverse", "power_platform", "platform", "discovery", "management", "portal"]
"""`power_platform` is the admin API (api.bap…), `platform` the Power Platform API (api.powerplatform.com),
`management` Azure Resource Manager, and `portal` what stands behind the portal's consent button."""
Tier = Literal["inferred", "documented", "reported", "recorded", "live"]
TIERS: tuple[Tier, ...] = ("inferred", "documented", "reported", "recorded", "live")
"""From the weakest: by analogy or memory, in the vendor's documentation, quoted in public without a recording, in a
public recording or whole body, seen in a tenant by this contract."""

READ = "read"
WRITE = "write"
_QUIET = {"GET", "HEAD", "OPTIONS"}
_GIVEN = {
    "tenant", "directory", "domain", "environment", "environment_id", "organization_id", "host", "mark", "slug",
    "absent", "operator.client_id", "operator.client_secret", "person.username", "person.password", "person.client_id",
}  # fmt: skip
_PLACE_OF_KEPT = r"^id$|^(body|header|query|input)\.\S+$"


class NotAsked(Exception):
    """A question that could not be put: why, in words. It says nothing about the service."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(_Strict):
    """One request. `who` asks: `nobody`, `operator`, a `person`, or an actor of the fact's stages.

    What goes `before` a fact may also `keep` parts of its answer, be sent several `times`, and `may_be_refused`.
    """

    service: Service
    method: str = Field("GET", pattern="^[A-Z]+$")
    path: str = Field(pattern="^/")
    who: str = "operator"
    audience: Service | None = None  # whose token is shown; the service's own when left out
    headers: dict[str, str] = {}
    form: dict[str, str] | None = None
    json_body: Any = Field(None, alias="json")
    text: str | None = None
    item: str = ""
    """Of a `$batch` of Graph's: the id of the request whose own answer is meant, and not the whole one's."""
    keep: dict[str, Annotated[str, Field(pattern=_PLACE_OF_KEPT)]] = {}
    """`{kept.name}` -> `id` (of what was made), `body.a.0.b`, `header.name`, `query.name` (of the location), or
    `input.name` (a field of an HTML form)."""
    times: int = Field(1, ge=1, le=100)
    may_be_refused: bool = False

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if sum(body is not None for body in (self.form, self.json_body, self.text)) > 1:
            raise ValueError("has more than one of form, json and text")
        return self

    @property
    def home(self) -> str:
        """Where facts about its service lie: Power Platform's three APIs are in one folder."""
        return "power_platform" if self.service in {"platform", "discovery"} else self.service

    @property
    def changes_nothing(self) -> bool:
        """Whether a tenant is the same afterwards, whatever is answered."""
        return self.method in _QUIET or self.service == "login"


class Answered(_Strict):
    """What must be told. Members and headers that are not mentioned may be there, unless `only`."""

    status: int = Field(ge=100, le=599)
    headers: dict[str, str] = {}
    body: Any = None
    text: str | None = None  # of a page, as it is read: `&#39;` is an apostrophe
    query: dict[str, str] = {}  # what the location of a redirect carries, in its query or behind its `#`
    claims: dict[str, Any] | None = None  # of the body's access_token, read without a key
    only: bool = False


class Alternative(_Strict):
    """The other side of a quirk: the value that makes the fakes take it, and the answer that shows it."""

    value: bool | int | str
    answer: Answered


class Fact(_Strict):
    """One thing that the fakes claim about a service."""

    name: str = Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")
    question: str = Field(min_length=10, pattern=r"\?$")
    stage: tuple[str, ...] = ()
    before: tuple[Asked, ...] = ()  # asked first, and must succeed
    asked: Asked
    answer: Answered
    source: str = Field(min_length=4)
    tier: Tier
    seen: str = Field("", pattern=r"^$|^\d{4}(-\d\d)?$")
    live: Annotated[str, Field(min_length=4)]
    """`read`, `write`, or why a tenant cannot be brought there."""
    refusal: str = ""  # `module.NAME` of the row that the fakes answer with
    constants: tuple[str, ...] = ()  # of the service's facts.py
    quirk: str = ""
    alternatives: tuple[Alternative, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.asked.keep or self.asked.times > 1 or self.asked.may_be_refused:
            raise ValueError("keep, times and may_be_refused belong into before")
        if self.live == READ and not all(each.changes_nothing for each in (*self.before, self.asked)):
            raise ValueError(f'live is read, but {self.asked.method} may change a tenant; write live = "write"')
        if self.live not in {READ, WRITE} and " " not in self.live:
            raise ValueError('live is neither "read" nor "write" nor a reason in words')
        if bool(self.quirk) != bool(self.alternatives):
            raise ValueError("quirk and alternatives go together")
        if self.tier == "live" and len(self.seen) < len("2026-01"):
            raise ValueError("tier live needs the month in seen")
        return self

    @property
    def service(self) -> str:
        """The service it is about, as its folder is called."""
        return self.name.partition(".")[0]

    @property
    def is_refusal(self) -> bool:
        """Whether the answer is a no, which people are told on a page and clients in a redirect."""
        return self.answer.status >= 400 or bool(self.refusal)

    @property
    def actors(self) -> set[str]:
        """Who must be there for it to be asked, besides nobody, the operator and a person."""
        speaking = {each.who for each in (*self.before, self.asked)}
        named = {name.partition(".")[0] for name in self.variables if "." in name}
        return (speaking | named | set(self.stage)) - {"nobody", "operator", "person", "kept"}

    @property
    def needs_person(self) -> bool:
        """Whether a person has to be signed in for it."""
        asking = "person" in {each.who for each in (*self.before, self.asked)}
        return asking or any(name.startswith("person.") for name in self.variables)

    @property
    def variables(self) -> set[str]:
        """Every variable that must be known before it can be asked."""
        asked = [each.model_dump() for each in (*self.before, self.asked)]
        answers = [each.model_dump() for each in (self.answer, *(other.answer for other in self.alternatives))]
        return variables_of([*asked, *answers])

    @property
    def free_variables(self) -> set[str]:
        """Those that only a stage can give."""
        kept = {f"kept.{name}" for each in self.before for name in each.keep}
        return self.variables - _GIVEN - kept


class Accepted(_Strict):
    """A difference that is known and let pass for a while."""

    fact: str
    field: str
    reason: str = Field(min_length=10)
    look_again: date
