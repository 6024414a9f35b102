"""Linking the rows of many lists that are of one child: exact on a valid resident ID, weighed for the rest.

Needs the extra ``[link]`` (splink on DuckDB, pypinyin), which is loaded when ``link`` is called.
"""

from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.linking import RepeatedRowError, link, link_columns
from kinderguard.survey.linking.links import Links
from kinderguard.survey.linking.pairs import Band, Compared, LinkDecisionError, Pair, PairDecision
from kinderguard.survey.linking.scoring import LinkMemoryError
from kinderguard.survey.linking.settings import LinkSettings, LinkSettingsError
from kinderguard.survey.linking.training import train

__all__ = [
    "Band", "Compared", "LinkDecisionError", "LinkMemoryError", "LinkSettings", "LinkSettingsError", "Links", "Pair",
    "PairDecision", "RepeatedRowError", "RowKey", "link", "link_columns", "train",
]  # fmt: skip
