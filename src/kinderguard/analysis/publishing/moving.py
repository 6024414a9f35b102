"""Moving numbers within the sums that bind them, by HiGHS: the other tables that a reader could not tell from the true one.

Called by ``choosing``. HiGHS works in floating point; every move is rounded and checked here in whole numbers, and where the
linear program ends between whole numbers, it is asked again for whole ones.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from kinderguard.analysis.publishing.cells import Flags
from kinderguard.analysis.publishing.problem import Problem
from kinderguard.model.errors import MissingExtraError

#: Changes of some variables (by number) that leave every sum as it is.
Moves = dict[int, int]
#: Where moves are sought: a group, or for each dimension the nodes; None for everywhere.
_Near = int | tuple[tuple[int, ...], ...] | None
#: How costs are made uneven where the even ones end between whole numbers.
_UNEVEN = (11, 29, 43, 67, 83)
#: What it costs to move by one what is hidden already: so little that nothing is published for it, and enough that moves
#: stay few, so that each is needed by few others.
_HIDDEN = 1 / 64
#: Sums with so many entries make a large table.
_LARGE = 6_000
#: Rounding errors of the solver.
_NEAR = 1e-5
#: How many branches are tried for whole numbers, at most: the same on every machine, which seconds would not be.
_BRANCHES = 500


@attrs.frozen(eq=False)
class Paid:
    """A sum of money that is shown: what a child gets in each finest cell, the true sum and what is printed (in fen)."""

    rates: dict[int, Fraction] = attrs.field(repr=False)
    true: Fraction = attrs.field(repr=False)
    printed: int = attrs.field(repr=False)
    unit: int

    def allows(self, moves: Moves) -> bool:
        """Whether a reader who knows what each child gets would see the same printed sum after these moves."""
        moved = self.true + sum((rate * moves[v] for v, rate in self.rates.items() if v in moves), Fraction(0))
        return abs(moved - self.printed) * 2 <= self.unit


class Mover:
    """Finds moves of least cost. What is published can be moved at a cost, until it is locked."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.paid: list[Paid] = []
        #: How many programs were solved.
        self.solved = 0
        self._costs = np.where(problem.shown, problem.cost, _HIDDEN).astype(float)
        self._base = ~problem.known & ~problem.kept
        self._open = self._base.copy()
        self._programs: dict[Any, _Program] = {}

    def narrow(self, hidden: Flags) -> None:
        """Let moves touch nothing but what is hidden; what is small costs next to nothing, the others as before."""
        problem = self.problem
        self._costs = np.where(problem.shown & ~problem.small, problem.cost, _HIDDEN).astype(float)
        self._base = ~problem.known & (hidden | ~problem.shown)
        self._open = self._base.copy()
        self._programs = {}

    def lock(self, variable: int) -> None:
        """Let no move touch this from now on."""
        self._open[variable] = False

    def free(self, variable: int) -> None:
        """Let moves touch this again."""
        self._open[variable] = True

    def hide(self, variables: Sequence[int]) -> None:
        """Moving these costs next to nothing from now on: they are hidden."""
        self._costs[list(variables)] = _HIDDEN

    def shows(self, paid: Sequence[Paid]) -> None:
        """Let every move keep these sums of money."""
        self.paid = list(paid)
        self._programs = {}

    def move(self, variable: int, by: int, *, quick: bool = False) -> Moves | None:
        """Moves of little cost that take a variable up or down by so much; None where there are none.

        They are sought first among the neighbours of the cell, whose totals stay, and only then in the whole table. With
        ``quick``, None also where a linear program ends between whole numbers, and in a large table where the neighbours
        will not do.
        """
        near = self._near(variable)
        if near is not None:
            found = self._moved(near, variable, by)
            if found.moves is not None:
                return found.moves
            if quick and len(self.problem.columns) > _LARGE:
                return None
            if found.feasible and not quick and isinstance(near, int):
                found = self._again(near, variable, by) or self._moved(near, variable, by, whole=True)
                if found.moves is not None:
                    return found.moves
        found = self._moved(None, variable, by)
        if found.moves is None and found.feasible and not quick:
            found = self._again(None, variable, by) or self._moved(None, variable, by, whole=True)
        return found.moves

    def farthest(self, variable: int, by: int) -> int:
        """As far towards ``by`` as a variable can be moved at all, in whole numbers, where everything that is open moves."""
        near, far = 0, abs(by)
        while far - near > 1:
            middle = (near + far) // 2
            if self._moved(None, variable, middle if by > 0 else -middle, whole=True).feasible:
                near = middle
            else:
                far = middle
        return near if by > 0 else -near

    def _moved(self, near: _Near, variable: int, by: int, *, whole: bool = False, uneven: int = 0) -> "_Found":
        costs = self._costs
        if uneven:  # the same on every machine, and blind to the numbers
            costs = costs * (1 + np.arange(len(costs)) * uneven % 97 / 97)
        self.solved += 1
        return self._program(near, whole=whole).moved(variable, by, costs, self._open)

    def _again(self, near: _Near, variable: int, by: int) -> "_Found | None":
        """Other costs end in other vertices: one in whole numbers is often among them, and found much faster so."""
        for uneven in _UNEVEN:
            found = self._moved(near, variable, by, uneven=uneven)
            if found.moves is not None:
                return found
        return None

    def _near(self, variable: int) -> _Near:
        """Its group; or the nodes beside its cell in each dimension, and None for a cell that is a total of others."""
        space = self.problem.space
        if self.problem.groups is not None:
            return int(self.problem.groups[variable]) or None
        if self.problem.spare_totals:  # the least is hidden with a total, which is no neighbour
            return None
        at = np.unravel_index(variable % space.size, space.shape) if space.dimensions else ()
        found = []
        for one, node in zip(space.dimensions, (int(n) for n in at), strict=True):
            if node in one.children or node == 0:
                return None
            found.append(tuple(one.children[one.parents[node]]))
        return tuple(found) or None

    def _program(self, near: _Near, *, whole: bool) -> "_Program":
        if (near, whole) not in self._programs:
            problem, size = self.problem, self.problem.space.size
            free = self._base.copy()
            if isinstance(near, int):
                assert problem.groups is not None
                free &= (problem.groups == near) | (problem.groups == 0)
            elif near is not None:
                cells = np.arange(size).reshape(problem.space.shape)[np.ix_(*near)].reshape(-1)
                inside = np.zeros(size, bool)
                inside[cells] = True
                free &= np.tile(inside, len(problem.numbers) // size)
            self._programs[near, whole] = _Program(problem, free, self.paid, whole=whole)
        return self._programs[near, whole]


@attrs.frozen
class _Found:
    """Checked moves, and whether the solver found any at all."""

    moves: Moves | None
    feasible: bool


class _Program:
    """One program over some of the variables; the others stay where they are."""

    def __init__(self, problem: Problem, free: Flags, paid: Sequence[Paid], *, whole: bool) -> None:
        self._highspy = _highspy()
        self.problem, self.paid = problem, paid
        self._free = np.flatnonzero(free)
        self._at = {int(v): i for i, v in enumerate(self._free)}
        self._count = len(self._free)
        self._down = (problem.numbers - problem.least)[self._free].astype(float)
        self._down[self._down > (1 << 39)] = self._highspy.kHighsInf
        self._solver = self._model(whole=whole)

    def moved(self, variable: int, by: int, all_costs: npt.NDArray[Any], all_open: Flags) -> _Found:
        n, highspy = self._count, self._highspy
        at, opened, costs = self._at[variable], all_open[self._free], all_costs[self._free]
        index = np.arange(2 * n, dtype=np.int32)
        upper = np.concatenate([np.where(opened, highspy.kHighsInf, 0.0), np.where(opened, self._down, 0.0)])
        lower = np.zeros(2 * n)
        upper[[at, at + n]] = 0.0
        chosen = at if by > 0 else at + n
        lower[chosen] = upper[chosen] = abs(by)
        self._solver.changeColsBounds(2 * n, index, lower, upper)
        self._solver.changeColsCost(2 * n, index, np.concatenate([costs, costs]))
        self._solver.run()
        status = self._solver.getModelStatus()
        values = np.asarray(self._solver.getSolution().col_value)
        good = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kSolutionLimit)
        if status not in good or len(values) != 2 * n:
            return _Found(None, False)
        exact = values[:n] - values[n:]
        near = np.rint(exact)
        if np.abs(exact - near).max() > _NEAR:
            return _Found(None, True)
        moves = {int(self._free[i]): int(near[i]) for i in np.flatnonzero(near)}
        kept = (
            moves.get(variable) == by  # a search that was cut short has nothing
            and self.problem.holds(moves)
            and all(paid.allows(moves) for paid in self.paid)
        )
        return _Found(moves if kept else None, True)

    def _model(self, *, whole: bool) -> Any:
        problem, highspy, n = self.problem, self._highspy, self._count
        costs = np.zeros(2 * n)
        at = np.full(len(problem.numbers), -1)
        at[self._free] = np.arange(n)
        inside = at[problem.columns] >= 0
        rows, columns = problem.rows[inside], at[problem.columns[inside]]
        entries = problem.entries[inside].astype(float)
        used, rows = np.unique(rows, return_inverse=True)
        lower = np.zeros(len(used) + len(self.paid))
        upper = lower.copy()
        extra: list[tuple[int, int, float]] = []
        for place, paid in enumerate(self.paid):
            scale = max((float(r) for r in paid.rates.values()), default=1.0) or 1.0
            rates = [(self._at[v], float(r) / scale) for v, r in paid.rates.items() if r and v in self._at]
            extra += [(len(used) + place, column, rate) for column, rate in rates]
            slack = Fraction(paid.unit, 2)
            lower[len(used) + place] = float(paid.printed - paid.true - slack) / scale
            upper[len(used) + place] = float(paid.printed - paid.true + slack) / scale
        if extra:
            rows = np.concatenate([rows, [e[0] for e in extra]])
            columns = np.concatenate([columns, [e[1] for e in extra]])
            entries = np.concatenate([entries, [e[2] for e in extra]])
        order = np.lexsort((rows, columns))
        rows, columns, entries = rows[order], columns[order], entries[order]
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * n, len(lower)
        model.col_cost_ = costs
        model.col_lower_, model.col_upper_ = np.zeros(2 * n), np.full(2 * n, highspy.kHighsInf)
        model.row_lower_, model.row_upper_ = lower, upper
        starts = np.searchsorted(columns, np.arange(n + 1))
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.concatenate([starts, starts[1:] + len(rows)]).astype(np.int32)
        model.a_matrix_.index_ = np.concatenate([rows, rows]).astype(np.int32)
        model.a_matrix_.value_ = np.concatenate([entries, -entries])
        solver = highs(model, whole=whole, branches=_BRANCHES, gap=0.5)
        if whole and problem.groups is not None:  # a picture is waited for: the first that is found will do
            solver.setOptionValue("mip_max_improving_sols", 1)
        return solver


def highs(model: Any, *, whole: bool, branches: int | None = None, gap: float = 0.0) -> Any:
    """A solver with a model in it: quiet, and the same way every time.

    Raises:
        MissingExtraError: highspy is not installed.
    """
    highspy = _highspy()
    # Not ``highspy.Highs``: it sets up callbacks, and with them writes its name to standard output.
    solver = highspy._Highs()
    options: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 0}
    options |= {"mip_rel_gap": gap} if whole else {"solver": "simplex", "presolve": "off"}
    if whole and branches is not None:
        options["mip_max_nodes"] = branches
    for name, value in options.items():
        solver.setOptionValue(name, value)
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * model.num_col_
    solver.passModel(model)
    return solver


def _highspy() -> Any:
    try:
        import highspy
    except ModuleNotFoundError as error:
        raise MissingExtraError("analysis", error.name or "highspy") from None
    return highspy


def hidden_of(problem: Problem, flags: Flags) -> list[int]:
    """The variables that are flagged, in order."""
    return np.flatnonzero(flags & problem.shown).tolist()
