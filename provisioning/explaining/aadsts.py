"""What each AADSTS number of the token service means to an application that signs in.

Numbers and meanings after MicrosoftDocs/entra-docs docs/identity-platform/reference-error-codes.md, and those that
are known from public issue threads only (scenarios/explain/pastes names them). Read 2026-11. Microsoft says that
numbers and texts may change, so a number that is not here is told as unknown.
"""

import re
from dataclasses import dataclass
from typing import Final

from provisioning.diagnosis.rules import Certainty
from provisioning.explaining.guess import Guesses, guesses

FIRM, FAINT, PERSONAL = 100, 60, 45
"""Weights: a number with one meaning, a wrapper's number, a number about a person's sign-in."""


@dataclass(frozen=True)
class Meaning:
    """What a number says, and how much it weighs beside other evidence of the same text."""

    guesses: Guesses
    weight: int = FIRM


def _rows(numbers: str, certainty: Certainty, name: str, *also: str, weight: int = FIRM) -> dict[int, Meaning]:
    meaning = Meaning(guesses(certainty, name, *also), weight)
    return {int(number): meaning for number in numbers.split()}


_TENANT: Final = {
    **_rows("90002", "likely", "login.tenant_unknown", "login.tenant_is_app_object_id"),
    **_rows("900023 900021 50128 90019 50029 50107", "likely", "login.tenant_malformed", "login.tenant_unknown"),
    **_rows("50059 9001023 90130 90124 9002332 50194", "likely", "login.tenant_not_named", "login.tenant_unknown"),
    **_rows("90038 90051 900432 900382 50049 1000104 90043", "likely", "login.tenant_in_another_cloud"),
    **_rows("5000225 5000224", "certain", "login.tenant_blocked"),
    **_rows("700005", "likely", "login.tenant_of_another_customer"),
}
_CLIENT: Final = {
    **_rows("700016", "likely", "login.client_unknown", "login.tenant_of_another_customer", "login.app_deleted"),
    **_rows("700011", "likely", "login.client_unknown", "login.tenant_of_another_customer"),
    **_rows("70001", "likely", "login.client_unknown", "login.app_disabled"),
    **_rows("700038", "certain", "login.client_unknown"),
    **_rows("7000229", "certain", "login.service_principal_missing"),
    **_rows("650052", "certain", "login.service_principal_missing", "login.consent_missing"),
    **_rows("7000112 1000031 7000113", "certain", "login.app_disabled"),
}
_SECRET: Final = {
    **_rows("7000215", "likely", "login.secret_wrong", "login.secret_id_pasted", "login.secret_not_seen_yet"),
    **_rows("7000222", "certain", "login.secret_expired"),
    **_rows("7000216 7000218 7000219 7000217 7000220", "certain", "login.secret_missing"),
    **_rows("700025", "certain", "login.client_is_public"),
    **_rows("70002", "possible", "login.secret_wrong", "login.client_unknown", weight=FAINT),
}
_CONSENT: Final = {
    **_rows("65001 650056 90008 90094 90095 90099 9002341", "certain", "login.consent_missing"),
    **_rows("650057", "certain", "login.consent_missing", "login.scope_or_resource_wrong"),
    **_rows("65004", "certain", "login.operator_needs_admin_consent"),
    **_rows("65005 65002 90093 650051", "likely", "login.consent_missing"),
    **_rows("501051 50105", "certain", "login.not_assigned"),
}
_RESOURCE: Final = {
    **_rows("500011 50001", "likely", "login.scope_or_resource_wrong"),
    **_rows("500014 650054", "certain", "login.dataverse_disabled"),
    **_rows(
        "70011 1002012 28000 28002 28003 650053 9010010 90009 50010 501461", "likely", "login.scope_or_resource_wrong"
    ),
    **_rows("700022", "certain", "login.scope_or_resource_wrong"),
    **_rows("500013", "certain", "login.url_missing"),
    **_rows("901002 900144 90014 90013 70003 9002313 900561 90056", "likely", "login.request_malformed"),
}
_CERTIFICATE: Final = {
    **_rows("700027", "likely", "login.certificate_unknown", "login.certificate_key_mismatch"),
    **_rows("700030", "certain", "login.certificate_subject_wrong"),
    **_rows("700024", "likely", "login.assertion_out_of_time"),
    **_rows("700021", "likely", "login.assertion_of_another_client"),
    **_rows("700023", "likely", "login.assertion_audience_wrong"),
    **_rows("50027 5002723 5002738 50012 50048", "likely", "login.assertion_malformed", "login.secret_wrong"),
    **_rows("50013 500133 900384", "possible", "login.certificate_unknown"),
    **_rows("50003 50007 50017 50032 50006 501462 7000214", "likely", "login.certificate_unknown"),
}
_FEDERATED: Final = {
    **_rows("70021 70022 70025", "likely", "login.federated_credential_missing", "login.federated_subject_wrong"),
    **_rows("700211 7002111", "likely", "login.federated_issuer_wrong"),
    **_rows("700212 7002122", "likely", "login.federated_audience_wrong"),
    **_rows("700213 7002131 7002134 7002137 7002138 7002139", "likely", "login.federated_subject_wrong"),
    **_rows("700229 700236 700230 700231 700238", "likely", "login.federated_credential_missing"),
    **_rows("90061 5006110 50166110 7000272", "likely", "login.federated_issuer_unreachable"),
}
_POLICY: Final = {
    **_rows("53003 530034 530035 530032 53000 53001 53002 50131 50005 53005", "certain", "login.conditional_access"),
    **_rows(
        "53009 530081 530084 5300840 53011 500212 500213 500021 500022 50002", "likely", "login.conditional_access"
    ),
    **_rows("53004 53010 500121 50072 50074 50076 50078 50079 50158 50161", "certain", "login.operator_needs_mfa"),
    **_rows("50097 50129 50155 50187 70043 50127 135011", "likely", "login.operator_blocked_by_policy"),
}
_PASSING: Final = {
    **_rows("90033 90024 90006 50033 90090 90091 51005 90036 70012 50000", "certain", "login.unavailable"),
    **_rows(
        "90012 90025 50087 50088 50166 40010 80005 80014 7000110 501621", "certain", "login.throttled_or_transient"
    ),
    **_rows("50196 90055 7000116", "certain", "login.throttled"),
}
# About a person's sign-in, SAML, devices or passwords: known, and no matter of an application's credentials.
_PERSON: Final = {
    **_rows("50126 50056 50064 50055 50053 50144 50132 50133 50173", "likely", "login.operator_password_wrong",
            weight=PERSONAL),
    **_rows("50034 50020 50014 51004 90072 50085 50057 500208 16000 160021 90125 700003", "likely",
            "login.operator_unknown", weight=PERSONAL),
    **_rows("70016 70018 70019 70020 50134 90119 90120", "likely", "login.operator_code_expired", weight=PERSONAL),
    **_rows("50058 70008 700082 700084 70000 54005 50089 50140 50199 700020 50011 70004 700054 70005 70007 700051 "
            "9002325 9002326 9002327 900971 90023 90015 90100 500112 50147 501481 501491 50125 50135 50136 50139 "
            "50143 50146 50168 50169 50170 50177 50178 50180 50192 50197 51000 51001 51006 52004 54000 700007 75001 "
            "75003 75005 7500514 750054 75008 75011 75016 76021 76026 80001 80002 80007 80010 80012 80013 81004 81005 "
            "81006 81007 81009 81010 81011 81012 90004 90005 90007 90010 90016 90020 90022 900236 90027 90081 90082 "
            "90084 90085 90086 90087 90092 90101 90102 90107 90114 90117 90121 90123 90126 120000 120002 130004 140000 "
            "165900 220450 221000 240001 240002 16001 16002 16003 17003 20001 20012 20033 28001 40008 40009 40015 "
            "50008 5000819 50015 50042 50043 50050 50061 50068 50070 50071 50086 50099 50120 50124 501241 67003 "
            "7000114 7500529 1000000 1000002 100007 500200", "possible", "login.sign_in_of_a_person", weight=PERSONAL),
}  # fmt: skip

AADSTS: Final[dict[int, Meaning]] = {
    **_PERSON, **_TENANT, **_CLIENT, **_SECRET, **_CONSENT, **_RESOURCE, **_CERTIFICATE, **_FEDERATED, **_POLICY,
    **_PASSING,
}  # fmt: skip


@dataclass(frozen=True)
class Wording:
    """A number means this where its own text says so. `words` are searched in lower case."""

    words: re.Pattern[str]
    meaning: Meaning


def _where(words: str, certainty: Certainty, name: str, *also: str, weight: int = FIRM) -> Wording:
    return Wording(re.compile(words), Meaning(guesses(certainty, name, *also), weight))


_FEDERATED_WORDS: Final = r"federated|workload|oidc|kubernetes|githubusercontent|vstoken|tokenexchange|azurecr"
_SIGNED: Final = (
    _where(r"was not found|not registered|no credentials", "likely", "login.certificate_unknown"),
    _where(r"expired|within its valid", "likely", "login.certificate_expired"),
    _where(r"did not match|invalid signature", "likely", "login.certificate_key_mismatch", "login.certificate_unknown"),
)

WORDINGS: Final[dict[int, tuple[Wording, ...]]] = {
    70001: (
        _where(r"disabled", "certain", "login.app_disabled"),
        _where(r"not found|not been installed", "likely", "login.client_unknown", "login.tenant_of_another_customer"),
    ),
    70002: (
        _where(r"secret.{0,40}expired|keys? .{0,20}expired", "certain", "login.secret_expired"),
        _where(r"must contain the following parameter|is required", "certain", "login.secret_missing"),
        _where(r"invalid client secret|client_secret", "likely", "login.secret_wrong", "login.secret_id_pasted"),
        _where(r"user ?name or password", "likely", "login.operator_password_wrong", weight=PERSONAL),
        _where(r"assertion|thumbprint|certificate", "likely", "login.assertion_malformed", weight=FAINT),
    ),
    50012: (
        _where(r"secret", "likely", "login.secret_wrong", "login.secret_id_pasted"),
        _where(r"audience", "likely", "login.assertion_audience_wrong"),
        _where(r"valid time|expired", "likely", "login.assertion_out_of_time"),
        _where(r"signature|key was not found|thumbprint", "likely", "login.certificate_unknown",
               "login.certificate_key_mismatch"),
    ),
    50027: (_where(r"thumbprint", "likely", "login.assertion_malformed", "login.certificate_unknown"),),
    700027: _SIGNED,
    50013: _SIGNED,
    7000222: (_where(r"", "certain", "login.secret_expired"),),
    700021: (_where(_FEDERATED_WORDS, "likely", "login.federated_credential_missing"),),
    700023: (
        _where(_FEDERATED_WORDS, "likely", "login.federated_audience_wrong", "login.assertion_audience_wrong"),
        _where(r"scope", "likely", "login.scope_or_resource_wrong"),
    ),
    700024: (_where(_FEDERATED_WORDS, "likely", "login.federated_credential_missing", "login.assertion_out_of_time"),),
    900144: (
        _where(r"parameter: '?(?:scope|resource)", "certain", "login.url_missing"),
        _where(r"parameter: '?client_id", "certain", "login.client_missing"),
        _where(r"parameter: '?client_(?:secret|assertion)", "certain", "login.secret_missing"),
    ),
    90014: (
        _where(r"'(?:scope|resource)'", "certain", "login.url_missing"),
        _where(r"'client_id'", "certain", "login.client_missing"),
        _where(r"'client_(?:secret|assertion)'", "certain", "login.secret_missing"),
    ),
    90002: (
        _where(r"empty guid", "certain", "login.tenant_malformed"),
        _where(r"tenant '?(?:token|authorize|oauth2|secrets|undefined|none|null|tenant|\{|<|v2\.0|your)", "likely",
               "login.tenant_malformed", "login.tenant_unknown"),
    ),
    500011: (
        _where(r"named '?(?:https?(?:://|%3a))?https?", "likely", "login.scope_or_resource_wrong"),
    ),
    500014: (_where(r"dynamics|dataverse|00000007-0000", "certain", "login.dataverse_disabled", "login.app_disabled"),),
    500013: (_where(r"resource identifier is not provided", "certain", "login.url_missing"),),
    65005: (_where(r"scope|resource .{0,60}does not exist|out of date", "likely", "login.scope_or_resource_wrong",
                   "login.consent_missing"),),
    50005: (),
    50105: (),
    9002313: (_where(r"assertion", "possible", "login.assertion_malformed"),),
    700025: (),
}  # fmt: skip


def meaning_of(number: int, words: str, *, context: str) -> Meaning | None:
    """What a number means with the words behind it (lower case); None where the book does not know it.

    `context` is the whole text: a federated sign-in shows there rather than in the answer.
    """
    for wording in WORDINGS.get(number, ()):
        searched = context if wording.words.pattern == _FEDERATED_WORDS else words
        if wording.words.search(searched):
            return wording.meaning
    if number in AADSTS:
        return AADSTS[number]
    return _by_prefix(str(number))


def _by_prefix(digits: str) -> Meaning | None:
    """Numbers grow longer as the service tells cases apart: 7002138 is one of the 70021s, 5002727 one of the 50027s."""
    prefixes = (
        ("7002", "login.federated_credential_missing"),
        ("50027", "login.assertion_malformed"),
        ("5300", "login.conditional_access"),
    )
    for prefix, name in prefixes:
        if digits.startswith(prefix) and len(digits) in (6, 7):
            return Meaning(guesses("possible", name), FIRM)
    return None
