"""Which row of which list: how rows are named everywhere in the survey, without saying whose they are."""

import attrs


@attrs.frozen(order=True)
class RowKey:
    """One row: the source's code, the sheet's name, and the row as Excel numbers it.

    >>> str(RowKey("education", "Sheet1", 17))
    'education/Sheet1/17'
    """

    source: str
    sheet: str
    row: int

    def __str__(self) -> str:
        return f"{self.source}/{self.sheet}/{self.row}"
