"""From weights to bands: what two rows are held to be, and what besides the weight has a say.

Called by ``link`` with what ``scoring`` found. It joins nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs

from kinderguard.model.text import Text
from kinderguard.survey.linking.comparing import OTHERWISE
from kinderguard.survey.linking.pairs import Band
from kinderguard.survey.linking.scoring import Scored
from kinderguard.survey.linking.settings import LinkSettings

#: What compares the child's own name, in settings that have it, and the degrees that beside one ID are still one name.
NAME, ONE_NAME = "name", ("homophone", "sound", "turned")
#: The kind of comparison by which names are compared whose characters tell twins apart.
_CHINESE = "chinese_name"
#: What compares the adults of two rows, each with its like; and the prepared column of all of them.
GUARDIAN, ADULTS = "guardian", "guardian_kin"
_ADULTS = ("father", "mother", GUARDIAN)
#: What an agreement weighs at least, in bits, that stands beside the child's own: that both are of one county is none.
SPEAKS = 1.0
#: Of the rows that one row fits, so many on either side are looked at as rivals.
NEAR = 8

OTHER_NAME = Text(
    "身份证号相同而姓名不同：可能有一人误填了他人（如双胞胎）的号码，也可能是同一名儿童；请人工核对",
    "the same ID stands with different names: one may be somebody else's number, such as a twin's, or it is one child; have a "
    "person check it",
)
FEW_AGREE = Text(
    "能识别身份的项目一致的太少，不自动合并",
    "too few of the facts that identify somebody agree, so the rows are not joined by themselves",
)
OWN_ALONE = Text(
    "除姓名、出生日期和性别外，没有其他相同之处（父母、监护人、电话、乡镇、住址），可能是同名同日出生的两名儿童，不自动合并",
    "nothing agrees besides the name, the birth date and the sex (no parent, guardian, telephone, township or address), and two "
    "children may have those in common, so the rows are not joined by themselves",
)
OUTWEIGHED = Text(
    "除姓名、出生日期和性别外，不同之处（父母、监护人、住址等）多于相同之处，可能是同名同日出生的两名儿童，不自动合并",
    "besides the name, the birth date and the sex, what differs (parents, guardians, address) weighs more than what agrees, and two "
    "children may have those in common, so the rows are not joined by themselves",
)
TWIN = Text(
    "姓名不是同样的字（同音、相近，或一方没有姓名），也并非双方都有身份证号；其余相同之处双胞胎也会有，不自动合并",
    "the names are not written in the same characters (they sound alike, are close, or one is missing) and not both rows have a resident "
    "ID; all else that agrees twins have in common too, so the rows are not joined by themselves",
)
RIVAL = Text(
    "另有一行与之同样相符而两者不可能是同一儿童，请人工判断是哪一行",
    "another row fits about as well and cannot be the same child; somebody must say which of them it is",
)


@attrs.define
class Judged:
    """A pair by number with its band, and what kept it from the band of its weight."""

    scored: Scored
    band: Band
    notes: tuple[Text, ...] = ()

    @property
    def two(self) -> tuple[int, int]:
        """The two rows by number."""
        return self.scored.left, self.scored.right


@attrs.define
class Judge:
    """Gives pairs their bands.

    Args:
        identities: by row number with a valid resident ID, a number that stands for the ID.
        sources: by row number, the list it stands in.
        names: by row number, where an ID stands with different names, the name (see ``known_by``).
        spelt: by row number, the name as ``spelling`` has it; nothing where names are not compared.
        born: by row number, the day of birth where it is known to the day; nothing where that is not compared.
        adults: by row number, the parents and guardians whom it names; nothing where they are not compared.
    """

    settings: LinkSettings
    identities: Mapping[int, int]
    sources: Sequence[str]
    names: Mapping[int, str] = attrs.field(factory=dict, repr=False)
    spelt: Sequence[str | None] = attrs.field(default=(), repr=False)
    adults: Sequence[Collection[str] | None] = attrs.field(default=(), repr=False)
    born: Sequence[str | None] = attrs.field(default=(), repr=False)

    def judged(self, scored: Scored) -> Judged:
        """One pair by itself."""
        bands = self.settings.bands
        one, other = self.identities.get(scored.left), self.identities.get(scored.right)
        if one is not None and other is not None:
            if one != other:
                return Judged(scored, Band.DIFFERENT)
            if self._other_name(scored.left, scored.right) and not self._misspelt(scored):
                return Judged(scored, Band.ASK, (OTHER_NAME,))
            return Judged(scored, Band.SAME)
        if scored.weight >= bands.same:
            if self._agreeing(scored) < bands.agreeing:
                return Judged(scored, Band.ASK, (FEW_AGREE,))
            beside = self._beside_own(scored)
            if sum(weight >= SPEAKS for weight in beside) < bands.beside_own:
                return Judged(scored, Band.ASK, (OWN_ALONE,))
            if bands.beside_own and sum(beside) < 0:
                return Judged(scored, Band.ASK, (OUTWEIGHED,))
            if self._may_be_twins(scored):
                return Judged(scored, Band.ASK, (TWIN,))
            return Judged(scored, Band.SAME)
        return Judged(scored, Band.ASK if scored.weight >= bands.ask else Band.DIFFERENT)

    def is_apart(self, pair: Judged) -> bool:
        """Whether no chain of other rows may join two rows: what is the child's own differs wholly, or much speaks against, or one
        ID stands with two names.

        Two rows that were found to be one child for all that are not apart.
        """
        if pair.band is Band.SAME:
            return False
        if self._other_name(*pair.two):
            return True
        return pair.scored.weight <= self.settings.bands.shown or any(
            comparison.own and place is not None and comparison.degrees[place].code == OTHERWISE
            for comparison, place in zip(self.settings.comparisons, pair.scored.degrees, strict=True)
        )

    def _other_name(self, left: int, right: int) -> bool:
        """Whether two rows have one ID and different names."""
        return self._one_id(left, right) and self.names.get(left) != self.names.get(right)

    def _misspelt(self, scored: Scored) -> bool:
        """Whether two lists have one name, typed as it sounds or the other way round. Within one list such two rows are asked
        about: the clerk who wrote both told them apart.
        """
        return self.sources[scored.left] != self.sources[scored.right] and any(
            comparison.code == NAME and place is not None and comparison.degrees[place].code in ONE_NAME
            for comparison, place in zip(self.settings.comparisons, scored.degrees, strict=True)
        )

    def _agreeing(self, scored: Scored) -> int:
        """How many comparisons that identify somebody speak for one child."""
        return sum(
            comparison.identifies and place is not None and comparison.degrees[place].weight > 0
            for comparison, place in zip(self.settings.comparisons, scored.degrees, strict=True)
        )

    def _beside_own(self, scored: Scored) -> list[float]:
        """What the comparisons that are not the child's own weigh. Where one row names a parent and the other a guardian, and nobody
        can be compared with his like, they weigh as two guardians would.
        """
        compared = {
            comparison.code: comparison.degrees[place].weight
            for comparison, place in zip(self.settings.comparisons, scored.degrees, strict=True)
            if place is not None and not comparison.own
        }
        if self.adults and compared.keys().isdisjoint(_ADULTS):
            one, other = self.adults[scored.left], self.adults[scored.right]
            if one and other and set(one).isdisjoint(other):
                compared[GUARDIAN] = self.settings.comparison(GUARDIAN).degrees[-1].weight
        return list(compared.values())

    def _may_be_twins(self, scored: Scored) -> bool:
        """Whether the names do not tell two rows of one child from those of twins: they are other characters, or one is missing.
        The same characters the other way round do.
        """
        if not self.spelt or not any(each.code == NAME and each.kind == _CHINESE for each in self.settings.comparisons):
            return False
        one, other = self.spelt[scored.left], self.spelt[scored.right]
        if one is None or other is None:
            return True
        turned = any(
            comparison.code == NAME and place is not None and comparison.degrees[place].code == "turned"
            for comparison, place in zip(self.settings.comparisons, scored.degrees, strict=True)
        )
        return sorted(one) != sorted(other) if turned else one != other

    # ---- rows that fit two others ----------------------------------------------------------------------------

    def ask_about_rivals(self, pairs: Iterable[Judged]) -> None:
        """Make those pairs a question whose row fits another row about as well that cannot be the same child."""
        found = {pair.two: pair for pair in pairs}
        by_row: dict[int, list[tuple[float, int, Judged]]] = defaultdict(list)
        for pair in found.values():
            if pair.band is not Band.DIFFERENT and not self._one_id(*pair.two):
                left, right = pair.two
                by_row[left].append((pair.scored.weight, right, pair))
                by_row[right].append((pair.scored.weight, left, pair))
        rivals: list[Judged] = []
        for fits in by_row.values():
            fits.sort(key=lambda fit: (-fit[0], fit[1]))
            for place, (weight, row, pair) in enumerate(fits):
                near = (
                    f
                    for f in fits[max(0, place - NEAR) : place + NEAR + 1]
                    if abs(f[0] - weight) < self.settings.bands.rival
                )
                if pair.band is Band.SAME and any(
                    other != row and self._apart(row, other, found) for _, other, _ in near
                ):
                    rivals.append(pair)
        for pair in rivals:
            pair.band, pair.notes = Band.ASK, (RIVAL,)
        self._ask_about_borrowed_ids(found)

    def _ask_about_borrowed_ids(self, found: Mapping[tuple[int, int], Judged]) -> None:
        """Make a question of two rows with one ID whose names only sound alike, where the list of the one has a row beside it
        with the other's very name that fits too: the ID may be a twin's. Whether that row is the child is asked as well.
        """
        misspelt = [pair for pair in found.values() if pair.band is Band.SAME and self._other_name(*pair.two)]
        if not misspelt or not self.spelt:
            return
        fits: dict[int, list[Judged]] = defaultdict(list)
        for pair in found.values():
            if pair.scored.weight >= self.settings.bands.ask and not self._one_id(*pair.two):
                for row in pair.two:
                    fits[row].append(pair)
        # Rows with another valid ID are compared by nothing else: of them, the name and the day of birth must do.
        alike: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for row, (source, name, born) in enumerate(zip(self.sources, self.spelt, self.born, strict=False)):
            if name is not None and born is not None and row in self.identities:
                alike[source, name, born].append(row)
        for pair in misspelt:
            for row, other in (pair.two, pair.two[::-1]):
                source, name, born = self.sources[other], self.spelt[row], self.born[row] if self.born else None
                if name is None:
                    continue
                beside = [
                    each
                    for each in fits[row]
                    for third in each.two
                    if third != row and self.sources[third] == source and self.spelt[third] == name
                ]
                namesakes = () if born is None else alike.get((source, name, born), ())
                if beside or any(not self._one_id(row, third) for third in namesakes):
                    pair.band, pair.notes = Band.ASK, (OTHER_NAME,)
                for each in beside:
                    if each.band is Band.SAME:
                        each.band, each.notes = Band.ASK, (RIVAL,)

    def _one_id(self, left: int, right: int) -> bool:
        return left in self.identities and self.identities[left] == self.identities.get(right)

    def _apart(self, left: int, right: int, found: Mapping[tuple[int, int], Judged]) -> bool:
        """Whether two rows cannot be one child as far as was found."""
        if left in self.identities and right in self.identities and not self._one_id(left, right):
            return True
        pair = found.get((min(left, right), max(left, right)))
        if pair is not None and pair.band is Band.SAME:
            return False
        once = self.settings.prior.once_a_list and self.sources[left] == self.sources[right]
        return once or (pair is not None and self.is_apart(pair))


def components(edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The rows that hang together by these pairs, each in order."""
    group: dict[int, list[int]] = {}
    for left, right in edges:
        one, other = group.setdefault(left, [left]), group.setdefault(right, [right])
        if one is not other:
            large, small = (one, other) if len(one) >= len(other) else (other, one)
            large += small
            for row in small:
                group[row] = large
    return [sorted(rows) for rows in {id(rows): rows for rows in group.values()}.values()]
