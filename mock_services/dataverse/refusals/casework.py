"""Cases and queues: what may be closed, cancelled, put into a queue and taken from one."""

from mock_services.dataverse import facts
from mock_services.dataverse.refusals.row import Row

_CODES = "[codes]"

NO_INCIDENT = Row(
    400,
    "0x80044409",
    facts.NO_INCIDENT,
    "[codes]; that CloseIncident says it is inferred",
    name="IncidentMissingActivityRegardingObject",
)
OPEN_ON_CLOSE = Row(400, "0x8004440a", facts.OPEN_ON_CLOSE, _CODES, name="unManagedidsincidentcannotclose")
OPEN_ON_CANCEL = Row(
    400,
    "0x8004440e",
    facts.OPEN_ON_CANCEL,
    _CODES,
    name="IncidentCannotCancel",
)
ALREADY_CLOSED = Row(400, "0x80044411", facts.ALREADY_CLOSED, _CODES, name="IncidentIsAlreadyClosedOrCancelled")
IN_A_QUEUE = Row(400, "0x80040526", facts.IN_A_QUEUE, _CODES, name="ActiveQueueItemAlreadyExists")
EMAIL_IN_QUEUE = Row(400, "0x80040523", facts.EMAIL_IN_QUEUE, _CODES, name="EmailAlreadyExistsInDestinationQueue")
INACTIVE_QUEUE = Row(400, "0x80040521", facts.INACTIVE_QUEUE, _CODES, name="NoPrivilegeToWorker")
INACTIVE_OBJECT = Row(400, "0x8004051e", facts.INACTIVE_OBJECT, _CODES, name="CannotCreateQueueItemInactiveObject")
INACTIVE_ITEM = Row(400, "0x80040527", facts.INACTIVE_ITEM, _CODES, name="CannotRouteInactiveQueueItem")
DEACTIVATED_ITEM = Row(400, "0x8004051d", facts.DEACTIVATED_ITEM, _CODES, name="CannotUpdateDeactivatedQueueItem")
NOT_IN_SOURCE_QUEUE = Row(400, "0x80040524", facts.NOT_IN_SOURCE_QUEUE, _CODES, name="CouldNotFindQueueItemInQueue")
NO_QUEUE = Row(400, "0x80040528", facts.NO_QUEUE, _CODES, name="QueueIdNotPresent")
NO_QUEUE_OBJECT = Row(400, "0x80040529", facts.NO_QUEUE_OBJECT, _CODES, name="QueueItemNotPresent")
NO_USER_QUEUE = Row(400, "0x800404ec", facts.NO_USER_QUEUE, _CODES, name="CannotFindUserQueue")
SAME_QUEUE = Row(400, "0x8004051b", facts.SAME_QUEUE, _CODES, name="CannotRouteToSameQueue")
QUEUE_HAS_ITEMS = Row(400, "0x80631117", facts.QUEUE_HAS_ITEMS, _CODES, name="CannotDeleteQueueWithQueueItems")
