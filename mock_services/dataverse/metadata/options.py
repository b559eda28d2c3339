"""Single options of choices and states: inserted, renamed, removed and put in order by actions.

powerapps-docs webapi/reference: InsertOptionValue, UpdateOptionValue, DeleteOptionValue, InsertStatusValue,
UpdateStateValue and OrderOption. Each names a global choice, or a column by its table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mock_services.dataverse import facts
from mock_services.dataverse.calls import NO_CONTENT, Answer, Call
from mock_services.dataverse.errors import Refusal, refused
from mock_services.dataverse.metadata.bodies import read_text, unconverted
from mock_services.dataverse.metadata.choices import first_free, read_value
from mock_services.dataverse.refusals import metadata as rows
from mock_services.errors import Unmodelled
from mock_services.state.organisation.definitions import Choice, Column, State, Table

_CHOICES = ("picklist", "multiselect")


@dataclass(frozen=True)
class _Aim:
    """What an action is about: a global choice, or a column of a table."""

    choice: Choice | None = None
    table: Table | None = None
    column: Column | None = None

    @property
    def type(self) -> str:
        """The type of the column; a global choice is one of picklists."""
        return self.column.type if self.column is not None else "picklist"

    @property
    def options(self) -> dict[int, str]:
        """The options as they are."""
        return dict((self.choice or self.column or Choice("", {})).options)


def insert_option(call: Call) -> Answer:
    """InsertOptionValue; its answer tells the value. Raises Refusal and Unmodelled."""
    aim = _aim(call)
    if aim.type not in _CHOICES:
        told = {"state": rows.OPTION_OF_STATE, "bool": rows.OPTION_OF_BOOLEAN}
        raise refused(told.get(aim.type, rows.OPTION_NOT_INSERTABLE))
    value = _new_value(call, aim.options)
    _keep(call, aim, {**aim.options, value: _label(call)})
    return _answer(call, "InsertOptionValue", value)


def insert_status(call: Call) -> Answer:
    """InsertStatusValue: one more reason for a state. Raises Refusal and Unmodelled."""
    aim = _aim(call)
    if aim.type != "status" or aim.table is None:
        raise refused(rows.OPTION_NOT_INSERTABLE)
    state, value = read_value(call.body, "StateCode"), _new_value(call, aim.options)
    if state not in {each.value for each in aim.table.states}:
        raise refused(rows.BAD_METADATA, why=f"There is no state {state} of {aim.table.logical}")
    states = tuple(
        replace(each, statuses={**each.statuses, value: _label(call)}) if each.value == state else each
        for each in aim.table.states
    )
    _keep_states(call, aim.table, states)
    return _answer(call, "InsertStatusValue", value)


def update_option(call: Call) -> Answer:
    """UpdateOptionValue: another label. Raises Refusal and Unmodelled."""
    aim, value = _existing(call)
    if aim.type == "status" and aim.table is not None:
        _rename_status(call, aim.table, value)
    elif aim.type == "state":
        raise Unmodelled("a state renamed by UpdateOptionValue; UpdateStateValue does it")
    else:
        _keep(call, aim, {**aim.options, value: _label(call)})
    return NO_CONTENT


def update_state(call: Call) -> Answer:
    """UpdateStateValue: another label of a state, and another status that it starts with. Raises Refusal."""
    aim, value = _existing(call)
    if aim.type != "state" or aim.table is None:
        raise refused(rows.BAD_METADATA, why="UpdateStateValue is about states alone")
    default = read_value(call.body, "DefaultStatusCode")
    states = []
    for each in aim.table.states:
        if each.value == value:
            if default is not None and default not in each.statuses:
                raise refused(rows.BAD_METADATA, why=f"{default} is no status of the state {value}")
            first = {default: each.statuses[default]} if default is not None else {}
            statuses = {**first, **{v: text for v, text in each.statuses.items() if v != default}}
            states.append(State(each.value, _label(call), statuses))
        else:
            states.append(each)
    _keep_states(call, aim.table, tuple(states))
    return NO_CONTENT


def delete_option(call: Call) -> Answer:
    """DeleteOptionValue: rows keep the value, which means nothing any more. Raises Refusal."""
    aim, value = _existing(call)
    if aim.type == "status" and aim.table is not None:
        if value in {aim.table.default_status(each.value) for each in aim.table.states}:
            raise refused(rows.DEFAULT_STATUS_KEPT)
        states = tuple(
            replace(each, statuses={v: text for v, text in each.statuses.items() if v != value})
            for each in aim.table.states
        )
        _keep_states(call, aim.table, states)
    elif aim.type in _CHOICES:
        _keep(call, aim, {v: text for v, text in aim.options.items() if v != value})
    else:
        raise refused(rows.OPTION_NOT_DELETABLE)
    return NO_CONTENT


def order_options(call: Call) -> Answer:
    """OrderOption: the same options in another order. Raises Refusal and Unmodelled."""
    aim, values = _aim(call), call.body.get("Values")
    if not isinstance(values, list) or not all(isinstance(each, int) for each in values):
        raise unconverted("Values", "Collection(Edm.Int32)")
    if len(values) != len(aim.options):
        raise refused(rows.OPTIONS_ORDERED_ODDLY)
    if set(values) != set(aim.options):
        raise refused(rows.OPTION_LEFT_OUT)
    if aim.type not in _CHOICES:
        raise Unmodelled("the order of states")
    _keep(call, aim, {value: aim.options[value] for value in values})
    return NO_CONTENT


def _aim(call: Call) -> _Aim:
    """What the body names, which the caller may change. Raises Refusal and Unmodelled."""
    body = call.body
    if name := body.get("OptionSetName"):
        call.security.demand_named("prvWriteOptionSet")
        choice = call.schema.choices.get(str(name).lower())
        if choice is None and any(
            column.global_options == name for t in call.schema.tables.values() for column in t.columns.values()
        ):
            raise Unmodelled("a change of a global choice that Microsoft ships")
        if choice is None:
            raise refused(rows.BAD_METADATA, why="OptionSetName names no global choice")
        return _Aim(choice)
    call.security.demand_named("prvWriteAttribute")
    table = call.schema.tables.get(str(body.get("EntityLogicalName")))
    if table is None:
        raise Refusal("0x80041102", facts.NO_ENTITY.format(name=str(body.get("EntityLogicalName"))[:100]))
    column = table.columns.get(str(body.get("AttributeLogicalName")))
    if column is None:
        raise refused(rows.BAD_METADATA, why=f"AttributeLogicalName names no column of {table.logical}")
    if column.global_options:
        raise Unmodelled("an option of a column whose choice is global, asked for by the column")
    return _Aim(None, table, column)


def _existing(call: Call) -> tuple[_Aim, int]:
    aim, value = _aim(call), read_value(call.body)
    if value is None or value not in aim.options:
        if aim.type not in (*_CHOICES, "state", "status"):
            raise refused(rows.OPTION_NOT_DELETABLE)
        raise refused(rows.BAD_METADATA, why=f"There is no option {value}")
    return aim, value


def _new_value(call: Call, taken: Mapping[int, str]) -> int:
    value = read_value(call.body)
    if value is None:
        return first_free(call, taken)
    if value in taken:
        raise refused(rows.BAD_METADATA, why=f"The option value {value} is in use")
    return value


def _label(call: Call) -> str:
    if text := read_text(call.body.get("Label")):
        return text
    raise refused(rows.BAD_METADATA, why="The label of the option is missing")


def _keep(call: Call, aim: _Aim, options: Mapping[int, str]) -> None:
    if aim.choice is not None:
        call.organisation.define_choice(replace(aim.choice, options=options))
    elif aim.table is not None and aim.column is not None:
        changed = replace(aim.column, options=options)
        call.organisation.define(replace(aim.table, columns={**aim.table.columns, changed.name: changed}))


def _rename_status(call: Call, table: Table, value: int) -> None:
    text = _label(call)
    states = tuple(
        replace(each, statuses={**each.statuses, value: text}) if value in each.statuses else each
        for each in table.states
    )
    _keep_states(call, table, states)


def _keep_states(call: Call, table: Table, states: tuple[State, ...]) -> None:
    """A table with these states, and its two columns of them."""
    told = {
        "statecode": {state.value: state.label for state in states},
        "statuscode": {value: text for state in states for value, text in state.statuses.items()},
    }
    columns = {name: replace(table.columns[name], options=options) for name, options in told.items()}
    call.organisation.define(replace(table, states=states, columns={**table.columns, **columns}))


def _answer(call: Call, name: str, value: int) -> Answer:
    context = call.context(f"{facts.NAMESPACE}{name}Response")
    return Answer(200, {"@odata.context": context, "NewOptionValue": value})


ACTIONS: Mapping[str, Callable[[Call], Answer]] = {
    "DeleteOptionValue": delete_option,
    "InsertOptionValue": insert_option,
    "InsertStatusValue": insert_status,
    "OrderOption": order_options,
    "UpdateOptionValue": update_option,
    "UpdateStateValue": update_state,
}
