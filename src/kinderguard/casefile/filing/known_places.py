"""Whether anybody here knows a place: a code of twelve digits is soon mistyped, and a county that does not exist answers no
transfer.

Used when facts are written and transfers proposed. What is known are the few counties that the library names, those that
installed packs speak for, and the places of the store's own files. Lists of all divisions change every year and none is
held here, so a place that nobody knows is asked about and never refused.
"""

from functools import cache
from importlib import metadata

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import tables as t
from kinderguard.model.places import COUNTIES, place_name, place_of
from kinderguard.model.text import Text
from kinderguard.packs.loader import GROUP

_COUNTY, _TOWNSHIP = 6, 9


def doubt_of_place(connection: Connection, ref: str, code: str) -> Text | None:
    """What is doubtful about a place that a file states, or is to be handed over to; None where nothing is.

    Args:
        connection: to the store.
        ref: the file, which does not count itself.
        code: the place.
    """
    county, township = place_of(code, _COUNTY), place_of(code, _TOWNSHIP)
    if county is None or len(county) < _COUNTY:
        return None
    if county not in COUNTIES and not _is_stated(connection, ref, county) and county not in _of_packs():
        return Text(
            f"没有规则包和其他档案涉及县级代码 {county}；请核对是否写错",
            f"no pack and no other file here knows the county {county}; check the code",
        )
    if township is None or len(township) < _TOWNSHIP or _is_stated(connection, ref, township):
        return None
    if not _is_stated(connection, ref, county, longer_than=_COUNTY):
        return None  # nobody here knows any township of that county
    name = place_name(county)
    return Text(
        f"其他档案都不涉及{name.zh}的乡镇代码 {township}；请核对是否写错",
        f"no other file here knows the township {township} of {name.en}; check the code",
    )


@cache
def _of_packs() -> frozenset[str]:
    """The counties that installed packs speak for, by the names of their entry points alone: nothing is loaded."""
    names = metadata.entry_points(group=GROUP).names
    places = (place_of(name.partition(".")[0], _COUNTY) for name in names)
    return frozenset(place for place in places if place is not None and place.isdigit())


def _is_stated(connection: Connection, ref: str, place: str, *, longer_than: int = 0) -> bool:
    """Whether another file ever stated a place, or one within it."""
    given = {"since": place, "until": place + "9" * 12, "own": ref, "longer_than": longer_than}
    return connection.execute(_STATED, given).first() is not None


#: A range and no pattern, which an index finds; codes are digits alone, so their order is the same everywhere.
_STATED = (
    sa.select(t.places.c.ref)
    .where(
        t.places.c.division.between(sa.bindparam("since"), sa.bindparam("until")),
        t.places.c.ref != sa.bindparam("own"),
        sa.func.length(t.places.c.division) > sa.bindparam("longer_than"),
    )
    .limit(1)
)
