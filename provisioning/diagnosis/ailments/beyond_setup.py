"""Causes that a set-up does not bring about, yet pasted errors speak of."""

from typing import Final

from provisioning.diagnosis.ailments.ailment import Ailment
from provisioning.problems import DYNAMICS_ADMIN, VENDOR, YOU

BEYOND_SETUP: Final = (
    Ailment(
        "login.sign_in_of_a_person",
        "other",
        YOU,
        "this is about a person's sign-in or a web page's redirect, not about an app's credentials: sign in again,"
        " and give the Entra admin the correlation id if it stays",
    ),
    Ailment(
        "dataverse.licence_missing",
        "dataverse.license_or_admin_mode",
        DYNAMICS_ADMIN,
        "assign the person a licence with Dataverse in it; an application user needs none",
    ),
    Ailment(
        "dataverse.value_refused",
        "dataverse.bad_value",
        VENDOR,
        "send the value in the form that the column takes: the answer names the column",
    ),
    Ailment(
        "dataverse.row_changed",
        "other",
        VENDOR,
        "read the row again and repeat the change with its new etag: somebody changed it in between",
    ),
    Ailment(
        "dataverse.row_in_use",
        "other",
        VENDOR,
        "other rows refer to this one: remove or change them first",
    ),
    Ailment(
        "dataverse.operation_unsupported",
        "other",
        VENDOR,
        "Dataverse does not offer this operation on this table: use the one that its documentation names",
    ),
)
