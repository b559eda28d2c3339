"""Rules of duplicate detection brought into force and out of it. The job that publishes one is done at once.

Names and parameters: the SDK's PublishDuplicateRuleRequest and UnpublishDuplicateRuleRequest. That publishing is bound
to the rule and answers with the job's row: two public clients read it so (Gharib89/crm; a deployment tool in C#).
"""

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, payload
from mock_services.dataverse.queries import read_options
from mock_services.dataverse.records import represent
from mock_services.dataverse.urls import as_guid
from mock_services.dataverse.writing import existing

_RULE = "duplicaterule"
_PRIVILEGE = "prvPublishDuplicateRule"
_PUBLISH, _COMPLETED, _SUCCEEDED = 7, 3, 30


def publish(call: Call, rule_id: str) -> Answer:
    """`duplicaterules(id)/Microsoft.Dynamics.CRM.PublishDuplicateRule`: the row of its job. Raises Refusal."""
    rule = existing(call, call.schema.table(_RULE), rule_id, "Read")
    call.security.demand_named(_PRIVILEGE)
    if not call.organisation.select("duplicaterulecondition", regardingobjectid=rule_id):
        raise Refusal("0x80048414", facts.EMPTY_RULE)
    rows, now = call.organisation.rows, call.organisation.rows.now()
    done = {"statecode": _COMPLETED, "statuscode": _SUCCEEDED, "startedon": now, "completedon": now}
    job = {"name": rule["name"], "operationtype": _PUBLISH, **done}
    with call.organisation.store.transaction():
        rows.update(_RULE, rule_id, {"statecode": 1, "statuscode": 2}, by=call.caller_id)
        job_id = rows.insert("asyncoperation", job, by=call.caller_id)
    table = call.schema.table("asyncoperation")
    return Answer(200, represent(call, table, rows.require(table.logical, job_id), read_options(call, table)).body)


def unpublish(call: Call) -> Answer:
    """`UnpublishDuplicateRule` with `DuplicateRuleId`. Raises Refusal."""
    rule_id = as_guid(str(call.body.get("DuplicateRuleId", "")))
    if rule_id is None:
        literal = str(call.body.get("DuplicateRuleId"))[:100].encode("utf-8", "replace").decode()
        raise payload("UnpublishDuplicateRule", facts.NOT_CONVERTED.format(literal=literal, type="Edm.Guid"))
    existing(call, call.schema.table(_RULE), rule_id, "Read")
    call.security.demand_named(_PRIVILEGE)
    call.organisation.rows.update(_RULE, rule_id, {"statecode": 0, "statuscode": 0}, by=call.caller_id)
    return NO_CONTENT
