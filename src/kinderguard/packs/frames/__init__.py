"""The policy book on tables: children in a table in, results in a table of the same kind out.

``job`` is one assessment of a table, ``parquet`` one of files larger than memory; ``tables`` takes what callers have,
``columns`` refuses what is wrong in it, ``warnings`` tells what it lacks, ``schema`` says what it may hold, ``row`` opens
one row of it, and ``provided`` asks fact providers. Called by the book alone, which needs no Polars until then.
"""

from kinderguard.engines.frame.assess import Options
from kinderguard.packs.frames.help_codes import UnknownHelpWarning
from kinderguard.packs.frames.job import FrameJob, assess_frame, assess_table, explain_row, rules_of
from kinderguard.packs.frames.refs import RepeatedRefsWarning
from kinderguard.packs.frames.schema import FrameColumn, FrameSchema, frame_schema
from kinderguard.packs.frames.warnings import (
    MissingColumnsWarning,
    MisspeltColumnsWarning,
    OrphanedRecordsWarning,
    warn,
    warn_of_orphans,
)

__all__ = [
    "FrameColumn", "FrameJob", "FrameSchema", "MissingColumnsWarning", "MisspeltColumnsWarning", "Options",
    "OrphanedRecordsWarning", "RepeatedRefsWarning", "UnknownHelpWarning", "assess_frame", "assess_table", "explain_row",
    "frame_schema", "rules_of", "warn", "warn_of_orphans",
]  # fmt: skip
