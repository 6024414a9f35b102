"""One linear program in whole numbers, solved by HiGHS and checked here. Called by ``stages``.

Every program of an allocation is a flow in a network, so a vertex is whole (places cannot be halved) and so are the
prices of its rows. HiGHS finds both in floating point; they are rounded, and complementary slackness is checked in integers:
what passes is optimal, without any gap or tolerance. What does not pass is an error, never a result.
"""

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from kinderguard.care.allocation.asking import SolverError
from kinderguard.model.errors import MissingExtraError
from kinderguard.model.text import Text

Whole = npt.NDArray[np.int64]

#: The upper bound of what has none.
NO_BOUND = np.int64(1) << 60


@attrs.frozen(eq=False)
class Program:
    """Maximise ``gain`` · x, where ``lower`` ≤ A x ≤ ``upper`` and 0 ≤ x ≤ ``most``.

    A is given by its entries: ``columns[k]`` has ``entries[k]`` (1 or −1) in row ``rows[k]``; ordered by column.
    """

    gain: Whole
    most: Whole
    rows: Whole
    columns: Whole
    entries: Whole
    lower: Whole
    upper: Whole

    def times(self, x: Whole) -> Whole:
        """A x."""
        found = np.zeros(len(self.lower), np.int64)
        np.add.at(found, self.rows, self.entries * x[self.columns])
        return found

    def priced(self, prices: Whole) -> Whole:
        """What each column is worth after the prices of its rows: the gain less what its rows cost."""
        left = self.gain.copy()
        np.subtract.at(left, self.columns, self.entries * prices[self.rows])
        return left


@attrs.frozen(eq=False)
class Solved:
    """An optimal x, with the prices that prove it.

    ``prices[r]`` above 0: row r is at its upper bound in every optimal solution; below 0: at its lower one. ``left[j]``
    above 0: column j is at its upper bound in every one; below 0: it is 0. So all optimal solutions are known, not only x.
    """

    x: Whole
    value: int
    prices: Whole
    left: Whole

    def bounds(self, program: Program) -> tuple[Whole, Whole]:
        """The bounds of the rows within which exactly the optimal solutions lie."""
        lower = np.where(self.prices > 0, program.upper, program.lower)
        upper = np.where(self.prices < 0, program.lower, program.upper)
        return lower, upper


def solve(program: Program, aim: Text, seconds: float | None) -> Solved:
    """The best x, in whole numbers and proved.

    Raises:
        MissingExtraError: highspy is not installed.
        SolverError: no proved answer in the time given.
    """
    if not len(program.gain):
        nothing = np.zeros(0, np.int64)
        return Solved(nothing, 0, np.zeros(len(program.lower), np.int64), nothing)
    solver = _run(program, seconds)
    highspy = _highspy()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        why = solver.modelStatusToString(solver.getModelStatus())
        raise SolverError(
            Text(
                f"求解“{aim.zh}”没有得到结果（{why}）；请放宽 limits.seconds，或按县分别分配。",
                f"No answer for the aim “{aim.en}” ({why}); give more limits.seconds, or allocate county by county.",
            )
        )
    found = solver.getSolution()
    x = np.rint(np.asarray(found.col_value)).astype(np.int64)
    # HiGHS minimises the negative: its prices have the other sign.
    prices = -np.rint(np.asarray(found.row_dual)).astype(np.int64)
    solved = Solved(x, int(program.gain @ x), prices, program.priced(prices))
    if not proved(program, solved):
        raise SolverError(
            Text(
                f"求解“{aim.zh}”的结果未能以整数验证为最优，故不采用；请附软件版本报告此问题。",
                f"The answer for the aim “{aim.en}” could not be proved in whole numbers and is not used; please report "
                "it with the versions of the packages.",
            )
        )
    return solved


def proved(program: Program, solved: Solved) -> bool:
    """Whether x is feasible and optimal: each row and column with a price stands at the bound that the price is for."""
    x, load = solved.x, program.times(solved.x)
    return bool(
        np.all((x >= 0) & (x <= program.most))
        and np.all((load >= program.lower) & (load <= program.upper))
        and np.all(load[solved.prices > 0] == program.upper[solved.prices > 0])
        and np.all(load[solved.prices < 0] == program.lower[solved.prices < 0])
        and np.all(x[solved.left > 0] == program.most[solved.left > 0])
        and np.all(x[solved.left < 0] == 0)
    )


def _highspy() -> Any:
    try:
        import highspy
    except ModuleNotFoundError as error:
        raise MissingExtraError("care", error.name or "highspy") from None
    return highspy


def _run(program: Program, seconds: float | None) -> Any:
    highspy = _highspy()
    columns, rows = len(program.gain), len(program.lower)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, rows
    model.col_cost_ = -program.gain.astype(float)
    model.col_lower_, model.col_upper_ = np.zeros(columns), _bounds(program.most, highspy.kHighsInf)
    model.row_lower_ = _bounds(program.lower, highspy.kHighsInf)
    model.row_upper_ = _bounds(program.upper, highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.searchsorted(program.columns, np.arange(columns + 1)).astype(np.int32)
    model.a_matrix_.index_ = program.rows.astype(np.int32)
    model.a_matrix_.value_ = program.entries.astype(float)
    # Not ``highspy.Highs``: it sets up callbacks, and with them writes its name to standard output before it can be told not to.
    solver = highspy._Highs()
    # The dual simplex method ends in a vertex; one thread, so that the same program takes the same way every time.
    options: dict[str, Any] = {"output_flag": False, "threads": 1, "solver": "simplex", "random_seed": 0}
    if seconds is not None:
        options["time_limit"] = float(seconds)
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    return solver


def _bounds(values: Whole, without_end: float) -> npt.NDArray[np.float64]:
    return np.where(values >= NO_BOUND, without_end, values.astype(float))
