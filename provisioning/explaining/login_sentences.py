"""Sentences of the token service and of the libraries that speak with it, as public issue threads quote them."""

from typing import Final

from provisioning.explaining.sentence import HINT, WORDS, Sentence, said

LOGIN_SENTENCES: Final[tuple[Sentence, ...]] = (
    # the tenant
    said(r"tenant '[^']{1,80}' not found|"
         r"tenant \S{1,80} not found\. this may happen", "likely", "login.tenant_unknown"),
    said(r"no tenant-identifying information found", "likely", "login.tenant_not_named", "login.tenant_unknown"),
    said(r"neither a valid dns name,? nor a valid external domain", "likely", "login.tenant_malformed"),
    said(r"unable to get authority configuration for", "likely", "login.tenant_unknown", weight=WORDS),
    said(r"\binvalid_tenant\b", "likely", "login.tenant_unknown", weight=WORDS, place="microsoft"),
    said(r"tenant id (?:is|was) (?:not valid|invalid|not found)|invalid tenant id", "likely", "login.tenant_malformed",
         weight=WORDS, place="microsoft"),
    said(r"access token is from the wrong issuer", "likely", "login.tenant_of_another_customer",
         "login.tenant_unknown"),
    # the client
    said(r"application with identifier .{1,120}?was not found in the directory", "likely", "login.client_unknown",
         "login.tenant_of_another_customer"),
    said(r"is not assigned to a role for the application", "certain", "login.not_assigned"),
    said(r"\bunauthorized_client\b", "possible", "login.client_unknown", "login.app_disabled", weight=HINT,
         place="microsoft"),
    said(r"missing service principal in the tenant|lacks a service principal for|hasn't subscribed to or enabled",
         "certain", "login.service_principal_missing"),
    said(r"service principal was not found in the tenant|application .{1,80}has no service principal", "likely",
         "login.service_principal_missing", weight=WORDS, place="microsoft"),
    # the secret
    said(r"invalid client secret", "likely", "login.secret_wrong", "login.secret_id_pasted", place="microsoft"),
    said(r"client secret keys .{0,80}are expired|client secret (?:has |is )?expired", "certain", "login.secret_expired",
         place="microsoft"),
    said(r"secret being sent in the request is the client secret value, not the client secret id", "likely",
         "login.secret_wrong", "login.secret_id_pasted"),
    said(r"must contain the following parameter: '?client_(?:assertion|secret)", "certain", "login.secret_missing"),
    said(r"client_?secret (?:should not be|cannot be|must not be|is) (?:null|empty|missing|required|not set)|"
         r"(?:missing|no) client[ _]?secret|one client credential type required|"
         r"client secret (?:was not|is not|not) (?:provided|specified|"
         r"found)", "likely",
         "login.secret_missing", weight=WORDS, place="microsoft"),
    said(r"\binvalid_client\b", "possible", "login.secret_wrong", "login.client_unknown", weight=HINT,
         place="microsoft"),
    said(r"environment variables are not fully configured", "possible", "login.secret_missing", weight=HINT),
    # consent and policy
    said(r"(?:has|have) not consented to use the application", "certain", "login.consent_missing"),
    said(r"admin(?:istrator)? consent (?:is )?required|needs? admin approval|\bconsent_required\b", "likely",
         "login.consent_missing", weight=WORDS, place="microsoft"),
    said(r"blocked by conditional access|conditional access polic(?:y|ies).{0,60}(?:block|den|not allow)", "certain",
         "login.conditional_access"),
    said(r"you must use multi-?factor authentication to access", "certain", "login.operator_needs_mfa"),
    said(r"\binteraction_required\b", "possible", "login.operator_needs_mfa", "login.consent_missing", weight=HINT,
         place="microsoft"),
    # the resource
    said(r"resource principal named .{1,200}?was not found in the tenant", "likely", "login.scope_or_resource_wrong"),
    said(r"\binvalid_resource\b", "likely", "login.scope_or_resource_wrong", weight=HINT, place="microsoft"),
    said(r"\binvalid_scope\b", "likely", "login.scope_or_resource_wrong", weight=HINT, place="microsoft"),
    said(r"scope .{1,120}?is not valid|must have a scope value with /\.default", "likely",
         "login.scope_or_resource_wrong", weight=WORDS, place="microsoft"),
    # certificates and other issuers
    said(r"no matching federated identity record", "likely", "login.federated_credential_missing",
         "login.federated_subject_wrong"),
    said(r"federated credentials? .{0,60}(?:misconfigured|mismatch|not configured|invalid)", "likely",
         "login.federated_subject_wrong", "login.federated_issuer_wrong"),
    said(r"federated identity credential.{0,80}(?:not found|does not exist|no match)", "likely",
         "login.federated_credential_missing", weight=WORDS),
    said(r"client assertion (?:contains an invalid signature|failed signature validation)|"
         r"certificate .{0,60}used to sign the client assertion is not registered", "likely",
         "login.certificate_unknown", "login.certificate_key_mismatch"),
    said(r"assertion audience claim does not match", "likely", "login.assertion_audience_wrong"),
    said(r"assertion is not within its valid time range", "likely", "login.assertion_out_of_time"),
    said(r"no certificate thumbprint specified", "likely", "login.assertion_malformed"),
    said(r"certificate (?:with thumbprint .{0,80}(?:not found|could not be found|does not exist)|"
         r"was not found or has expired)|"
         r"certificatethumbprint' must have a length|"
         r"no certificate .{0,40}found "
         r"(?:with|for|matching)|cannot find (?:the |a )?certificate|keyset does not exist", "likely",
         "login.certificate_unknown", weight=WORDS, place="microsoft"),
    said(r"actions_id_token_request|id-token.{0,60}permission|(?:federated|oidc) token.{0,60}(?:failed|unable|"
         r"could not|"
         r"not found)|failed to (?:fetch|get) (?:the )?(?:federated|oidc) token", "likely",
         "login.federated_credential_missing", weight=HINT, place="microsoft"),
    # passing trouble
    said(r"\btemporarily_unavailable\b|request is throttled temporarily", "likely", "login.throttled_or_transient",
         weight=HINT, place="microsoft"),
)  # fmt: skip
