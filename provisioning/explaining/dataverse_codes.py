"""What each of Dataverse's hexadecimal codes means to a service that reads and writes rows.

Names and texts after Microsoft's published web-service-error-codes table (more than 3,000 codes; those that a set-up,
a handoff or any data client can meet are here), statuses after compose-http-requests-handle-errors. Read 2026-11.
"""

from typing import Final

from provisioning.diagnosis.rules import Certainty
from provisioning.explaining.aadsts import FAINT, FIRM, Meaning
from provisioning.explaining.guess import guesses


def _rows(codes: str, certainty: Certainty, name: str, *also: str, weight: int = FIRM) -> dict[int, Meaning]:
    meaning = Meaning(guesses(certainty, name, *also), weight)
    return {int(code, 16): meaning for code in codes.split()}


_RIGHTS: Final = {
    **_rows("80040220 80040299 80040256 80040204", "certain", "dataverse.role_lacks_privilege"),
    **_rows("80048405 80040277 80040276 8004020d 80045301 80050100 8005f102 80154b50 8005e232 800608f8", "likely",
            "dataverse.role_lacks_privilege", "dataverse.depth_too_small"),
    **_rows("80055000 80055002 80055004 80045016 80048018 8004802f 80048342 8004480d 8004480f 8004f863", "likely",
            "dataverse.role_lacks_privilege"),
    **_rows("80041d0a 8004050d 80045041 80048029 80048302 80060733 800608f4 80060806 80060807 80060851 80061109 "
            "8006110a 8006110b 80061116 80061119 80061205 80061219 80081018 80071023 80060701 8004e027 "
            "80048535", "likely",
            "dataverse.role_lacks_privilege"),
    **_rows("80040231", "certain", "dataverse.owner_cannot_read"),
    **_rows("80048d3b", "certain", "dataverse.operator_cannot_make_roles"),
    **_rows("8004a110 8004ed43", "certain", "dataverse.impersonation_forbidden"),
    **_rows("8004f502 8004f503 8004f504 8004f506 8004f507 8004f50d", "certain", "dataverse.column_secured"),
    **_rows("80040520 80040522", "likely", "dataverse.cannot_add_to_queue"),
    **_rows("80048306", "certain", "dataverse.depth_too_small", "dataverse.role_lacks_privilege"),
}  # fmt: skip
_USERS: Final = {
    **_rows("80072560", "likely", "dataverse.user_missing", "dataverse.user_in_another_environment",
            "dataverse.host_mistyped"),
    **_rows("80041d4b 8004f512 80040226", "likely", "dataverse.user_missing"),
    **_rows("80041d49", "likely", "power_platform.principal_unknown"),
    **_rows("80040225 8004a112", "certain", "dataverse.user_disabled"),
    **_rows("8004022b", "likely", "dataverse.user_disabled"),
    **_rows("80042f09 80042f0a", "certain", "dataverse.user_without_role"),
    **_rows("80041409 8004140d", "certain", "dataverse.role_of_another_business_unit"),
    **_rows("8004a104 8004a107", "certain", "dataverse.organisation_disabled"),
    **_rows("8004a113", "certain", "dataverse.administration_mode"),
    **_rows("8004d24b 8004d24c 80042f14 8004415c 8004415d 80041d66", "certain", "dataverse.licence_missing"),
    **_rows("80072561", "certain", "dataverse.location_restricted"),
    **_rows("8004a101 80041d52", "certain", "dataverse.token_expired"),
    **_rows("80044300 8005f101 80044302", "likely", "dataverse.token_missing", "dataverse.token_refused"),
    **_rows("8004a100 8004a102 8004a103 8004a105 8004a106 80041d50 80044308", "likely", "dataverse.token_refused"),
    **_rows("80072322 8005f103 80048544", "certain", "dataverse.throttled"),
    **_rows("80072321", "certain", "dataverse.throttled_by_time"),
    **_rows("80072326 80072323", "certain", "dataverse.throttled_by_concurrency"),
}  # fmt: skip
_DATA: Final = {
    **_rows("80041102 8006088a 80040e00 80040391 8004024a", "likely", "dataverse.table_missing"),
    **_rows("80041103 80040392", "likely", "dataverse.property_unknown", "dataverse.filter_property_unknown"),
    **_rows("80048d19", "likely", "dataverse.payload_unreadable", weight=FAINT),
    **_rows("80060888", "possible", "dataverse.payload_unreadable", "dataverse.table_missing", weight=FAINT),
    **_rows("80044331", "certain", "dataverse.text_too_long"),
    **_rows("8004431a 80041139", "certain", "dataverse.option_out_of_range"),
    **_rows("8004432f 80044330 8004022c", "certain", "dataverse.number_out_of_range"),
    **_rows("80040239", "certain", "dataverse.date_malformed"),
    **_rows("80044354", "certain", "dataverse.number_as_text"),
    **_rows("80048408 80040233 80044322 80044321", "certain", "dataverse.status_mismatched"),
    **_rows("80044410 8004022d", "certain", "dataverse.incident_without_customer"),
    **_rows("8004440f", "certain", "dataverse.two_customers"),
    **_rows("80044411 8004440e", "certain", "dataverse.case_closed"),
    **_rows("8004418a 8004410d", "certain", "dataverse.payload_too_large"),
    **_rows("80040517", "certain", "dataverse.customer_inactive"),
    **_rows("80040521", "likely", "dataverse.queue_inactive"),
    **_rows("80040200 80040278 80040266 80040201 80040362 80040363 80040213", "likely", "dataverse.value_refused"),
    **_rows("80040203 80048d0b", "likely", "dataverse.value_refused", weight=FAINT),
    **_rows("80040206 80040205 80040229 80040210 8004021d", "likely", "dataverse.value_refused"),
    **_rows("8004020a 8004020b 8004021a 8004021b 8004021c 8004021f 80040212 80040215 80040247 80040248 80040249 "
            "80040259 8004025a 8004030a 80040504 80040505 80040514 8004111c 8004110a 8004430a 8004430c 8004430d "
            "8004430e 80040303 80041129 80041135", "likely", "dataverse.value_refused"),
    **_rows("80040217", "certain", "dataverse.record_unknown"),
    **_rows("80060891 80041402 80040502 80040503 80040500 80040501 80041700 800404eb 80040524", "certain",
            "dataverse.record_unknown"),
    **_rows("80040208 80040207 80041d1f", "likely", "dataverse.owner_unknown"),
    **_rows("80040237 8004022a 80041403 8004e30a", "certain", "dataverse.record_exists"),
    **_rows("80060892 8006089d", "certain", "dataverse.key_taken"),
    **_rows("80040333 80040352", "certain", "dataverse.duplicate_detected"),
    **_rows("8004f511 80041d2c", "certain", "dataverse.user_exists_already"),
    **_rows("8004432b 80044363 80044310 80044345 8006088e 8006089b 80060893 80060304", "likely",
            "dataverse.record_exists"),
    **_rows("80040526 8004051c 80040523", "certain", "dataverse.already_in_queue"),
}  # fmt: skip
# Told as they are: the wrapper of a plug-in's own text, or a failure on Dataverse's side.
_WRAPPERS: Final = {
    **_rows("80040265 80040224", "possible", "dataverse.plugin_refused", weight=FAINT),
    **_rows("80060882 80060883", "certain", "dataverse.row_changed"),
    **_rows("80040227 8004f01f", "certain", "dataverse.row_in_use"),
    **_rows(
        "8004418d 8004418e 80081116 80040216 80044150 80044151 80040251 80048d06 80072300",
        "possible",
        "dataverse.unavailable",
        weight=FAINT,
    ),
    **_rows("8004023b 80040315 80040800", "likely", "dataverse.operation_unsupported", weight=FAINT),
}

DATAVERSE_CODES: Final[dict[int, Meaning]] = {**_RIGHTS, **_USERS, **_DATA, **_WRAPPERS}

# The names that an answer's annotations tell beside or instead of the code (ApiExceptionMessageName), in lower case.
NAMES: Final[dict[str, int]] = {
    "privilegedenied": 0x80040220,
    "unmanagedidsaccessdenied": 0x80048306,
    "usernotmemberoforg": 0x80072560,
    "usernotassignedroles": 0x80042F09,
    "unmanagedidsusernotenabled": 0x80040225,
    "principalprivilegedenied": 0x80040231,
    "objectdoesnotexist": 0x80040217,
    "recordnotfoundbyentitykey": 0x80060891,
    "duplicaterecord": 0x80040237,
    "duplicaterecordentitykey": 0x80060892,
    "duplicaterecordsfound": 0x80040333,
    "querybuildernoattribute": 0x80041103,
    "querybuildernoentity": 0x80041102,
    "stringlengthtoolong": 0x80044331,
    "picklistvalueoutofrange": 0x8004431A,
    "integervalueoutofrange": 0x8004432F,
    "incorrectattributevaluetype": 0x80044354,
    "throttlingburstrequestlimitexceedederror": 0x80072322,
    "throttlingtimeexceedederror": 0x80072321,
    "throttlingconcurrencylimitexceedederror": 0x80072326,
    "organizationdisabled": 0x8004A104,
    "isvaborted": 0x80040265,
}
