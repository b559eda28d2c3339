"""A reproduction as a test that somebody else runs: it needs this package and nothing of the customer's."""

from pathlib import Path

from mock_services.hosts import NationalCloud
from provisioning.problems import BadInput
from provisioning.receipt import write_whole
from scenarios.place import Place
from scenarios.reproducing.reproduction import Reproduction

_TEMPLATE = '''"""{title}

Seen: {seen}
Run it with pytest; it needs d365-harness, and no network.
"""

from functools import partial

import anyio

{more}from scenarios.place import Place
from scenarios.reproducing.reproduction import reproduce


def test_{function}():
    """{remedy}"""
    made = anyio.run(partial(reproduce, "{name}", {arguments}))

    assert made.shown.status == {status!r}
    assert made.shown.codes == {codes}
    assert made.verdict.failure == "{diagnosis}"
    assert made.after.healthy
'''
_CLOUDS = "from mock_services.hosts import NationalCloud\n"


def written_test(made: Reproduction, place: Place, privilege: str = "") -> str:
    """The text of the test. `privilege`: the one that the original said is missing."""
    shown = made.shown
    told = [str(shown.status or "no answer"), *shown.codes]
    return _TEMPLATE.format(
        title=made.mode.title,
        seen=" ".join(told),
        more="" if place.national_cloud is NationalCloud.PUBLIC else _CLOUDS,
        function=made.mode.name.replace(".", "_"),
        remedy=f"The remedy, applied, mends it: {made.mode.remedy}",
        name=made.mode.name,
        arguments=_arguments(place, privilege if privilege.lower() in shown.words.lower() else ""),
        status=shown.status,
        codes="()" if not shown.codes else f'("{shown.codes[0]}",)',
        diagnosis=made.verdict.failure,
    )


def _arguments(place: Place, lacking: str) -> str:
    cloud = "" if place.national_cloud is NationalCloud.PUBLIC else f", NationalCloud.{place.national_cloud.name}"
    return f'Place("{place.region}"{cloud})' + (f', lacking="{lacking}"' if lacking else "")


def write_test(made: Reproduction, place: Place, privilege: str, path: Path) -> None:
    """Write it. Raises BadInput for a name that pytest would not collect, and where it cannot be written."""
    if not (path.name.startswith("test_") and path.suffix == ".py"):
        raise BadInput("--write-test", f"names {path.name}, which pytest does not collect", "call it test_….py")
    try:
        write_whole(path, written_test(made, place, privilege), mode=0o644)
    except OSError as problem:
        why = (problem.strerror or "no access").lower()
        raise BadInput("--write-test", f"file {path} cannot be written ({why})", "name a writable file") from None
