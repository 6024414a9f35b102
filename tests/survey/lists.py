"""Lists of departments made in a test: nobody in them exists."""

import csv
import datetime as dt

from kinderguard import Case
from kinderguard.model import Text
from kinderguard.model.resident_id import check_digit
from kinderguard.survey import CellProblem, Ledger, LedgerRow, Source, built_in_profiles

DAY = dt.date(2025, 9, 1)


def number(n, born="20150305", division="330199"):
    """A valid resident ID; odd ``n`` is a boy."""
    first = f"{division}{born}{n:03d}"
    return first + check_digit(first)


def source(code, *rows, as_of=DAY, profile=None, sheet="表", skipped=0):
    """A list: each row is a mapping of facts; the last ``skipped`` rows could not be used."""
    made = [LedgerRow(sheet, n, None, Case.from_facts(facts), None, ()) for n, facts in enumerate(rows, 2)]
    for n in range(len(rows) + 2, len(rows) + 2 + skipped):
        wrong = CellProblem("ledger.no_child", sheet, n, None, Text("无法确认", "nobody can tell"))
        made.append(LedgerRow(sheet, n, None, None, wrong, ()))
    ledger = Ledger(f"{code}.csv", tuple(made), (), (), (), {}, len(made))
    return Source(built_in_profiles()[profile or code.partition(".")[0]], as_of, ledger, code)


def write(path, *rows):
    """A CSV file from mappings of header to cell."""
    headers = list(dict.fromkeys(h for row in rows for h in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows([row.get(h, "") for h in headers] for row in rows)
    return path
