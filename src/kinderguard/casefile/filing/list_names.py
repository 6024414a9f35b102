"""What a list is called stands in every file that it tells something of, and in what is due: so it gives nobody away.

Called by imports before anything is written. A list is called by its code or, where none was given, by its file's name, and its
sheets are named in it; the sheet of a CSV file goes by the file's name.
"""

from collections.abc import Iterable, Iterator

from kinderguard.casefile.chain.texts import names_said
from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.model.case import Case
from kinderguard.model.people import Person
from kinderguard.model.text import Text
from kinderguard.survey.ledger import LedgerRow
from kinderguard.survey.sources import built_in_profiles


def names_of_persons(cases: Iterable[Case], skipped: Iterable[LedgerRow] = ()) -> frozenset[str]:
    """The full names of everybody in some children's cases, and of the children of rows that could not be used."""
    found = {row.said_name for row in skipped if row.said_name is not None}
    for case in cases:
        found.update(person.name.reveal() for person in _persons(case) if person.name is not None)
    return frozenset(found)


def _persons(case: Case) -> Iterator[Person]:
    yield from (case.child, case.father, case.mother)
    yield from case.guardians or ()
    yield from case.household.members or ()


def check_list_names(given: Iterable[str], names: Iterable[str]) -> None:
    """Refuse what a list or its sheets are called where that holds the full name of somebody in the list.

    Args:
        given: what they are called.
        names: of the persons.

    Raises:
        EntryRefusedError: it does. What it holds is not repeated.
    """
    known = built_in_profiles()
    called = [each for each in dict.fromkeys(given) if each not in known]
    if any(names_said(text, names, given_alone=False) for text in called):
        raise EntryRefusedError(
            Text(
                "名单的名称、文件名或工作表名含有名单中某人的姓名，会留在各份档案和待办里；未写入任何内容。请另行命名：名单用 --source 代码"
                "（或 名单:类型=代码），文件和工作表改名，如 2025-07.csv。",
                "What the list, its file or a sheet is called holds the name of somebody in it, and would stand in files and in what is due; "
                "nothing was written. Call it otherwise: the list with --source CODE (or PATH:KIND=CODE), and rename the file or the "
                "sheet, as 2025-07.csv.",
            )
        )
