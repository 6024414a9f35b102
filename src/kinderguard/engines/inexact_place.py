"""A child whose place is known only to the province or the city, where counties within have rules or values of their own.

Those of its county were not used, so that the result is not complete. Which places these are, the policy book knows.
"""

from collections.abc import Mapping

from kinderguard.model.errors import Problem
from kinderguard.model.places import place_name
from kinderguard.model.text import Text

#: The code of the problem.
COUNTY_UNKNOWN = "case.county_unknown"


def county_unknown(division: str, titles: Mapping[str, Text]) -> Problem:
    """What is said of such a child.

    Args:
        division: the place whose rules were used.
        titles: the names of places, by code.
    """
    place = place_name(division, titles)
    return Problem(
        COUNTY_UNKNOWN,
        Text(
            f"只适用了全国和{place.zh}的规定，而其中有的县（区、市）另有规定或标准；请把行政区划代码填写到县（6 位）",
            f"only the rules of {place.en} and of the nation were used, and counties within it have rules or standards of their "
            "own; give the division down to the county (6 digits)",
        ),
        "child.registration.division",
    )
