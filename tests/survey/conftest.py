"""Small ledgers written as CSV or Excel."""

import csv
import io

import pytest

from kinderguard.survey import read_ledger


@pytest.fixture
def read(tmp_path):
    """Read a ledger of one child (or several) from a mapping of header to cell, through CSV."""

    def run(*rows, **options):
        headers = list(dict.fromkeys(h for row in rows for h in row))
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(headers)
        writer.writerows([row.get(h, "") for h in headers] for row in rows)
        path = tmp_path / "ledger.csv"
        path.write_text(text.getvalue(), "utf-8")
        return read_ledger(path, **options)

    return run


@pytest.fixture
def read_cell(read):
    """The value at a fact's path that one cell gives, and the codes of the problems."""

    def run(header, cell, path, **others):
        ledger = read({"儿童姓名": "某某", "出生日期": "2015-03-05", **others, header: cell})
        value = ledger.cases[0]
        for part in path.split("."):
            value = value[int(part)] if part.isdigit() else getattr(value, part)
        return value, [p.code for p in ledger.all_problems]

    return run


@pytest.fixture
def excel(tmp_path):
    """Write sheets of raw cells to an Excel file."""
    import datetime as dt

    import xlsxwriter

    def run(sheets):
        path = tmp_path / "ledger.xlsx"
        book = xlsxwriter.Workbook(str(path))
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, dt.date):
                        sheet.write_datetime(r, c, dt.datetime(cell.year, cell.month, cell.day), day)
                    elif cell is not None:
                        sheet.write(r, c, cell)
        book.close()
        return path

    return run
