"""Weighing pairs of rows with splink on DuckDB, in memory only.

Called by ``link`` (and by benchmarks with columns of their own). It gives pairs of rows by number with the degree of
each comparison and the weights; what follows from a weight is decided in ``link``. It writes no file: DuckDB is told
to keep what does not fit into memory off the disk as well, and splink to keep its messages to itself.
"""

import logging
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model.errors import MissingExtraError, ToldError
from kinderguard.model.text import Text
from kinderguard.survey.linking.comparing import OTHERWISE
from kinderguard.survey.linking.preparing import is_list
from kinderguard.survey.linking.settings import Comparison, LinkSettings

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
    from splink.internals.linker import Linker

NUMBER, SOURCE, TABLE = "row_number", "list_code", "prepared"
#: The column of which two known values that differ exclude a pair from being looked at.
IDENTITY = "resident_id"
#: A rare value is taken to be at most so many times rarer than the stated frequency.
RARER = 10
#: Pairs are taken out of DuckDB so many at a time.
_PORTION = 20_000


class LinkMemoryError(ToldError, MemoryError):
    """The pairs do not fit into memory. Nothing was put on the disk instead: it would be names and numbers of people."""


@attrs.frozen
class Scored:
    """A pair of rows by number, the smaller first: its weight, and what each comparison gave.

    ``degrees`` has the place of each comparison's degree in the settings (None: nothing can be said), ``weights`` what
    it weighs in bits against strangers, common names reckoned in.
    """

    left: int
    right: int
    weight: float
    degrees: tuple[int | None, ...]
    weights: tuple[float, ...]


@attrs.frozen
class Rule:
    """Which pairs are looked at: splink's condition, and the columns in it of whose lists one value must be shared."""

    condition: str
    lists: tuple[str, ...] = ()

    @classmethod
    def equal(cls, columns: Sequence[str], more: str = "") -> "Rule":
        """Rows that share all of these columns."""
        condition = " AND ".join(f"l.{column} = r.{column}" for column in columns) + more
        return cls(condition, tuple(column for column in columns if is_list(column)))


@attrs.define
class Scorer:
    """The rows in DuckDB, ready to be compared. Use it as a context manager: closing forgets the rows.

    Args:
        columns: by name, a value a row. Lists are lists of texts; everything else is text; unknown is None.
        sources: by row, the list it stands in.

    Raises:
        MissingExtraError: splink, DuckDB or pyarrow is not installed.
        LinkMemoryError: on leaving, where what was done did not fit into memory.
    """

    settings: LinkSettings
    columns: Mapping[str, Sequence[Any]] = attrs.field(repr=False)
    sources: Sequence[str] = attrs.field(repr=False)
    _connection: Any = attrs.field(init=False, repr=False, default=None)
    _api: Any = attrs.field(init=False, repr=False, default=None)
    _input: Any = attrs.field(init=False, repr=False, default=None)

    def __enter__(self) -> "Scorer":
        try:
            import duckdb
            import pyarrow  # noqa: F401  only to say which package is missing
            from splink import DuckDBAPI
        except ModuleNotFoundError as error:
            raise MissingExtraError("link", error.name or "splink") from None
        # Without a folder to spill to, what does not fit into memory is an error, and never a file with names in it.
        self._connection = duckdb.connect(":memory:", config={"temp_directory": ""})
        self._api = DuckDBAPI(connection=self._connection)
        self._connection.register("arriving", self._table())
        self._connection.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM arriving")
        self._connection.unregister("arriving")
        self._input = self._api.register(TABLE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        import duckdb

        self._connection.close()
        # splink puts its own exception around DuckDB's.
        while error is not None and not isinstance(error, duckdb.OutOfMemoryException):
            error = error.__cause__ or error.__context__
        if error is not None:
            raise LinkMemoryError(
                Text(
                    "内存不足，无法比较这些行（为保护个人信息，不会写入磁盘）；请按县或乡镇分批关联，或增加内存",
                    "The rows do not fit into memory to be compared (nothing personal is written to the disk): link them "
                    "county by county or township by township, or give more memory.",
                )
            ) from None

    @property
    def connection(self) -> Any:
        """The DuckDB connection, for training."""
        return self._connection

    def _table(self) -> "pa.Table":
        import pyarrow as pa

        texts, lists = pa.string(), pa.list_(pa.string())
        # splink tells columns apart by their ending, and wants every column of a condition to be there.
        arrays = {
            name: pa.array(self.columns[name], type=lists if is_list(name) else texts)
            for name in dict.fromkeys([*self.settings.columns, *([IDENTITY] if IDENTITY in self.columns else [])])
        }
        numbers = pa.array(range(len(self.sources)), type=pa.int64())
        return pa.table({NUMBER: numbers, SOURCE: pa.array(self.sources, type=texts), **arrays})

    # ---- what splink is asked --------------------------------------------------------------------------------

    def linker(self, rules: Sequence[Rule]) -> "Linker":
        """splink's linker over the rows, looking at the pairs of these rules."""
        from splink import Linker, SettingsCreator
        from splink.blocking_rule_library import CustomRule

        asked = SettingsCreator(
            link_type="dedupe_only",
            comparisons=[splink_comparison(one) for one in self.settings.comparisons],
            blocking_rules_to_generate_predictions=[
                CustomRule(rule.condition, sql_dialect="duckdb", arrays_to_explode=list(rule.lists) or None)
                for rule in rules
            ],
            probability_two_random_records_match=1 / self.rows_reckoned,
            unique_id_column_name=NUMBER,
            additional_columns_to_retain=[SOURCE],
            retain_matching_columns=True,
            retain_intermediate_calculation_columns=True,
        )
        # No level of messages: splink would otherwise set up its own handler and write to the caller's terminal.
        linker = Linker(self._input, asked, log_level=None, validate_settings=False)
        for one in self.settings.comparisons:
            if one.common is not None:
                linker.table_management.register_term_frequency_lookup(self._frequencies(one), one.common)
        return linker

    @property
    def rows_reckoned(self) -> int:
        """How many rows are taken to be there."""
        return max(len(self.sources), self.settings.prior.rows)

    def rules(self) -> list[Rule]:
        """Which pairs are looked at. Two known IDs decide by themselves."""
        if IDENTITY not in self.columns:
            return [Rule.equal(columns) for columns in self.settings.blocking]
        open_to_doubt = f" AND (l.{IDENTITY} IS NULL OR r.{IDENTITY} IS NULL)"
        return [Rule.equal([IDENTITY]), *(Rule.equal(columns, open_to_doubt) for columns in self.settings.blocking)]

    def _frequencies(self, comparison: Comparison) -> Any:
        """How often each value is met: what was counted, moved towards the stated frequency where rows are few."""
        import pyarrow as pa

        column = comparison.common
        assert column is not None
        counted = Counter(value for value in self.columns[column] if value is not None)
        known = sum(counted.values())
        same = next(degree for degree in comparison.degrees if degree.code == "same")
        stated, rows = same.u, self.settings.prior.names
        values = sorted(counted)
        # A name that one child alone bears stands once in every list; only what is more than that is common.
        lists = max(1, len(set(self.sources)))
        shares = [max((max(0, counted[v] - lists) + stated * rows) / (known + rows), stated / RARER) for v in values]
        name = f"frequencies_{column}"
        if name not in self._api._registered_table_names:
            table = pa.table({column: pa.array(values, pa.string()), f"tf_{column}": pa.array(shares, pa.float64())})
            self._connection.register("arriving", table)
            self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")
            self._connection.unregister("arriving")
            return self._api.register(name, table_name=name)
        return self._api.table_to_splink_dataframe(name, name)

    # ---- pairs -----------------------------------------------------------------------------------------------

    def scored(self, *, least: float) -> Iterator[Scored]:
        """The pairs of the settings' blocking rules that weigh at least ``least`` bits, in order."""
        if len(self.sources) > 1:
            yield from self._scored(self.linker(self.rules()), least)

    def scored_pairs(self, pairs: Iterable[tuple[int, int]]) -> Iterator[Scored]:
        """Exactly these pairs, in order, whatever they weigh."""
        import pyarrow as pa

        asked = sorted(set(pairs))
        if not asked:
            return
        # As splink's own table of pairs to look at is: which rule gave the pair, and the two rows.
        table = pa.table(
            {
                "match_key": pa.array(["0"] * len(asked), pa.string()),
                "join_key_l": pa.array([left for left, _ in asked], pa.int64()),
                "join_key_r": pa.array([right for _, right in asked], pa.int64()),
            }
        )
        linker = self.linker([Rule.equal([NUMBER])])
        linker.table_management.register_blocked_pairs_for_predict(self._api.register(table))
        yield from self._scored(linker, -math.inf)
        linker.table_management.invalidate_cache()  # type: ignore[no-untyped-call]  # splink gives it no types

    def _scored(self, linker: "Linker", least: float) -> Iterator[Scored]:
        # What is left of both weights is never above the one that splink reckons, so splink can leave out the rest.
        threshold = None if least == -math.inf else least
        with silence():
            found = linker.inference.predict(threshold_match_weight=threshold, warning_mode="never")
        comparisons = self.settings.comparisons
        gammas = [f"gamma_{one.code}" for one in comparisons]
        weights = [
            f"mw_{one.code}" + (f" + mw_tf_adj_{one.code}" if one.common is not None else "") for one in comparisons
        ]
        asked = ", ".join([f"{NUMBER}_l", f"{NUMBER}_r", "match_weight", f"{SOURCE}_l = {SOURCE}_r", *gammas, *weights])
        result = self._connection.execute(
            f"SELECT {asked} FROM {found.physical_name} ORDER BY least({NUMBER}_l, {NUMBER}_r), greatest({NUMBER}_l, {NUMBER}_r)"
        )
        count = len(comparisons)
        while portion := result.fetchmany(_PORTION):
            for left, right, weight, one_list, *rest in portion:
                degrees = tuple(
                    None if gamma < 0 else len(one.degrees) - 1 - gamma
                    for one, gamma in zip(comparisons, rest[:count], strict=True)
                )
                both = round(self._both(weight, degrees, one_list), 3)
                if both >= least:
                    parts = tuple(round(part, 3) for part in rest[count:])
                    yield Scored(min(left, right), max(left, right), both, degrees, parts)
        found.drop_table_from_database_and_remove_from_cache()

    def _both(self, against_strangers: float, degrees: Sequence[int | None], one_list: bool) -> float:
        """The weight against strangers and siblings together: one child against either, as odds add up."""
        prior = self.settings.prior
        weight = against_strangers
        if prior.siblings > 0:
            against_siblings = -math.log2(prior.siblings) + sum(
                one.degrees[place].weight_among_siblings
                for one, place in zip(self.settings.comparisons, degrees, strict=True)
                if place is not None
            )
            low, high = sorted((against_strangers, against_siblings))
            weight = low - math.log2(1 + 2 ** max(low - high, -1000.0))
        return weight + math.log2(prior.within_source) if one_list else weight


@contextmanager
def silence() -> Iterator[None]:
    """Keep splink from writing to the caller's terminal; its log as the caller set it up comes back afterwards."""
    log = logging.getLogger("splink")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def splink_comparison(comparison: Comparison) -> dict[str, Any]:
    """A comparison as splink takes it: the unknown first, then the degrees, with their stated weights."""
    kind = comparison.kind_of_it
    conditions = kind.degrees(comparison.columns)
    levels: list[dict[str, Any]] = [
        {"sql_condition": kind.unknown(comparison.columns), "label_for_charts": "unknown", "is_null_level": True}
    ]
    for degree in comparison.degrees:
        level: dict[str, Any] = {
            "sql_condition": "ELSE" if degree.code == OTHERWISE else conditions[degree.code],
            "label_for_charts": degree.code,
            "m_probability": degree.m,
            "u_probability": degree.u,
        }
        if comparison.common is not None and degree.code == "same":
            level["tf_adjustment_column"] = comparison.common
        levels.append(level)
    return {"output_column_name": comparison.code, "comparison_levels": levels}
