"""How many children the survey found in each place, beside a count from elsewhere (a census, school rolls).

Called on a survey. It compares numbers only: it does not say which children are missing. Such counts are for the
office's own use; tables that are published need small numbers suppressed.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import attrs

from kinderguard.model.echo import shown_code
from kinderguard.model.errors import FieldValueError
from kinderguard.model.places import check_division, place_name
from kinderguard.model.text import Language, Text, join
from kinderguard.model.view import display_language
from kinderguard.survey.building import SurveyedChild
from kinderguard.survey.surveyed import Survey, SurveyError
from kinderguard.survey.tables import place_beside_code

PlacedBy = Literal["division", "registration", "residence"]
_COLON = Text("：", ": ")


@attrs.frozen
class PlaceCount:
    """One place: how many children were found, and how many there should be."""

    division: str
    found: int
    expected: int

    @property
    def name(self) -> Text:
        """What the place is called."""
        return place_name(self.division)

    @property
    def share(self) -> Fraction | None:
        """Found of expected, exactly; more than 1 where more were found. None where none are expected."""
        return Fraction(self.found, self.expected) if self.expected else None

    @property
    def short(self) -> int:
        """How many are not found; negative where more were found than expected."""
        return self.expected - self.found


@attrs.frozen
class FoundByPlace:
    """The places of the reference with how many children were found there, the fewest of those expected first; and the children that are in none of them."""

    places: tuple[PlaceCount, ...]
    #: Children in a place that the reference does not name.
    elsewhere: int
    #: Children of whom the place is not known, or not as finely as the reference has it.
    unplaced: int

    def summary(self, lang: Language | None = None) -> str:
        """Each place with the children found of those expected, line by line, then the children of no such place.

        Args:
            lang: ``"zh"`` or ``"en"``; that of ``display_language``, if left out.
        """
        lang = lang or display_language()
        lines = [
            f"{p.division} {place_beside_code(p.division).in_(lang)}{_COLON.in_(lang)}{p.found}/{p.expected}"
            + (f" = {float(p.share):.1%}" if p.share is not None else "")
            for p in self.places
        ]  # fmt: skip
        others = ((Text("其他地方", "elsewhere"), self.elsewhere), (Text("地点不详", "place unknown"), self.unplaced))
        return "\n".join([*lines, *((title + _COLON).in_(lang) + str(count) for title, count in others)])

    def __str__(self) -> str:
        return self.summary()


def found_by_place(survey: Survey, reference: Mapping[str, int], *, placed_by: PlacedBy = "division") -> FoundByPlace:
    """How many children were found in each place, beside a count from elsewhere.

    Args:
        survey: the combined lists.
        reference: by division code, how many children there should be. Places may lie in one another.
        placed_by: where a child counts: the division in charge, that of registration, or that of residence.

    Raises:
        SurveyError: the reference names what is no division, or counts what is no number.
    """
    wrong = [why for division, count in reference.items() if (why := _wrong(division, count)) is not None]
    if wrong:
        raise SurveyError(join(wrong, "；", "; "))
    if placed_by not in ("division", "registration", "residence"):
        raise SurveyError(
            Text(
                "placed_by 应为 division、registration 或 residence",
                "placed_by is 'division', 'registration' or 'residence'.",
            )
        )
    found = dict.fromkeys(reference, 0)
    elsewhere = unplaced = 0
    for child in survey.children:
        place = _place(child, placed_by)
        within = [division for division in reference if place is not None and place.startswith(division)]
        for division in within:
            found[division] += 1
        if not within:
            if place is None or any(division.startswith(place) for division in reference):
                unplaced += 1
            else:
                elsewhere += 1
    places = [PlaceCount(division, found[division], count) for division, count in reference.items()]
    places.sort(key=lambda p: (p.share is None, p.share or 0, p.division))
    return FoundByPlace(tuple(places), elsewhere, unplaced)


def _wrong(division: str, count: int) -> Text | None:
    """What is wrong with an entry of the reference, or None."""
    try:
        check_division(division)
    except FieldValueError as error:
        shown = shown_code(division)
        return Text(f"参考数据中的 {shown!r}：{error.text.zh}", f"The reference's {shown!r}: {error.text.en}.")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        return Text(f"{division} 的数量应为非负整数", f"The count of {division} is a whole number, not below 0.")
    return None


def _place(child: SurveyedChild, placed_by: PlacedBy) -> str | None:
    match placed_by:
        case "registration":
            return child.case.child.registration.division
        case "residence":
            return child.case.child.residence.division
        case _:
            return child.case.division
