"""The cells of a table: dimensions as trees, numbers with all their totals, and which sums bind them.

Called by ``problem`` (what there is to protect) and ``publishing``. A cell is a choice of one node in each tree; the root
of each tree is its total.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from kinderguard.analysis.publishing.asking import PublishingError
from kinderguard.model.places import PROVINCES, prefixes
from kinderguard.model.text import Text

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Added to a value that stands for children of whom nothing finer is known, beside others that are known finer.
REST = " *"


@attrs.frozen(eq=False)
class Dimension:
    """One dimension as a tree. ``labels[0]`` is the total; each node comes after its parent.

    ``sums[node, leaf]`` is 1 where the leaf lies in the node; ``leaves`` are nodes; ``leaf_of`` finds a label's leaf.
    """

    name: str
    labels: tuple[str, ...]
    parents: tuple[int, ...]
    leaf_of: Mapping[str, int]

    @property
    def leaves(self) -> list[int]:
        """The nodes that have none below, in their order."""
        above = set(self.parents)
        return [node for node in range(len(self.labels)) if node not in above]

    @property
    def children(self) -> dict[int, list[int]]:
        """The nodes below each node that has any."""
        found: dict[int, list[int]] = {}
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                found.setdefault(parent, []).append(node)
        return found

    @property
    def heights(self) -> list[int]:
        """How many levels are below each node."""
        found = [0] * len(self.labels)
        for node in range(len(self.labels) - 1, 0, -1):
            found[self.parents[node]] = max(found[self.parents[node]], found[node] + 1)
        return found

    @property
    def sums(self) -> Whole:
        """Which leaves (columns) lie in which nodes (rows)."""
        leaves = {node: at for at, node in enumerate(self.leaves)}
        found = np.zeros((len(self.labels), len(leaves)), np.int64)
        for leaf, at in leaves.items():
            node = leaf
            while node >= 0:
                found[node, at] = 1
                node = self.parents[node]
        return found


def dimension(name: str, values: Iterable[str], order: Any, total: str) -> Dimension:
    """The tree of a dimension over the values that occur in it."""
    leaves = sorted(set(values))
    above: dict[str, str] = {}
    for value in leaves:
        path = _path(value, order, name)
        for lower, upper in pairwise(path):
            above[lower] = upper
    inner = set(above.values())
    leaf_label = {value: value + REST if value in inner else value for value in leaves}
    for value in leaves:
        if value in inner:
            above[leaf_label[value]] = value
    below: dict[str, list[str]] = {}
    for label in sorted({*leaf_label.values(), *inner}):
        below.setdefault(above.get(label, ""), []).append(label)
    if total in {*leaf_label.values(), *inner}:
        raise PublishingError(
            Text(
                f"维度 {name} 有一个值与合计的标记相同；请用 total= 另给合计一个名称。",
                f"A value of the dimension {name} is the same as the mark of totals; name another with total=.",
            )
        )
    labels, parents = [total], [-1]
    top = ""
    while len(below[top]) == 1 and below[top][0] in below:  # a level that holds everything is the total itself
        top = below[top][0]
    _grow(top, 0, below, labels, parents)
    at = {label: node for node, label in enumerate(labels)}
    return Dimension(name, tuple(labels), tuple(parents), {value: at[leaf_label[value]] for value in leaves})


def _path(value: str, order: Any, name: str) -> list[str]:
    """A value and what is above it, upwards, without the total."""
    if order is None:
        return [value]
    if order == "division":
        if not (value.isascii() and value.isdigit() and value[:2] in PROVINCES):
            return [value]
        found = list(reversed(prefixes(value)))
        return found if found[0] == value else [value, *found]
    found = [value]
    while (up := order.get(found[-1])) is not None:
        if up in found:
            raise PublishingError(
                Text(
                    f"维度 {name} 的层级中有循环：请改正。",
                    f"The order of the dimension {name} runs in a circle: correct it.",
                )
            )
        found.append(str(up))
    return found


def _grow(label: str, node: int, below: Mapping[str, list[str]], labels: list[str], parents: list[int]) -> None:
    for child in below.get(label, []):
        at, only = child, below.get(child, [])
        while len(only) == 1:  # a level with one member says nothing of its own
            at, only = only[0], below.get(only[0], [])
        labels.append(at)
        parents.append(node)
        _grow(at, len(labels) - 1, below, labels, parents)


@attrs.frozen(eq=False)
class Space:
    """The cells of one or more tables over the same dimensions, numbered in the order of their nodes."""

    dimensions: tuple[Dimension, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many nodes each dimension has."""
        return tuple(len(d.labels) for d in self.dimensions)

    @property
    def size(self) -> int:
        """How many cells there are."""
        return int(np.prod(self.shape, dtype=np.int64)) if self.dimensions else 1

    def labels(self) -> list[tuple[str, ...]]:
        """The labels of each cell."""
        return list(product(*(d.labels for d in self.dimensions)))

    def heights(self) -> Whole:
        """How many levels of totals each cell stands above the finest."""
        found = np.zeros(self.shape, np.int64)
        for axis, one in enumerate(self.dimensions):
            found += np.asarray(one.heights, np.int64).reshape([-1 if a == axis else 1 for a in range(found.ndim)])
        return found.reshape(-1)

    def marked(self, labels: Mapping[str, Sequence[str]]) -> Whole:
        """The cells that have one of these labels in a dimension: which of the dimensions named it is, from 1; 0 for none.

        Of several, the one that is named first.
        """
        found = np.zeros(self.shape, np.int64)
        axes = {one.name: axis for axis, one in enumerate(self.dimensions)}
        for place, (name, wanted) in reversed(list(enumerate(labels.items(), 1))):
            if name in axes:
                has = np.asarray([label in wanted for label in self.dimensions[axes[name]].labels])
                along = has.reshape([-1 if axis == axes[name] else 1 for axis in range(found.ndim)])
                found = np.where(along, place, found)
        return found.reshape(-1)

    def leaves(self) -> Whole:
        """The cells that are no totals of others."""
        grid = np.arange(self.size).reshape(self.shape)
        return grid[np.ix_(*(d.leaves for d in self.dimensions))].reshape(-1) if self.dimensions else grid.reshape(-1)

    def beneath(self, cell: int) -> Whole:
        """The finest cells that a cell is the sum of."""
        at = np.unravel_index(cell, self.shape) if self.dimensions else ()
        found = [
            [leaf for leaf, inside in zip(d.leaves, d.sums[node], strict=True) if inside]
            for d, node in zip(self.dimensions, at, strict=True)
        ]
        grid = np.arange(self.size).reshape(self.shape)
        return grid[np.ix_(*found)].reshape(-1) if found else grid.reshape(-1)

    def totals(self, leaves: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The numbers of all cells from those of the finest (in the order of ``leaves``)."""
        cube = leaves.reshape([len(d.leaves) for d in self.dimensions])
        for axis, one in enumerate(self.dimensions):
            cube = np.moveaxis(np.tensordot(one.sums, cube, axes=(1, axis)), 0, axis)
        return cube.reshape(-1)

    def sums(self, present: Flags) -> list[tuple[int, list[int]]]:
        """Every sum that binds cells: a total and its parts, of which all are present."""
        grid = np.arange(self.size).reshape(self.shape)
        found = []
        for axis, one in enumerate(self.dimensions):
            turned = np.moveaxis(grid, axis, 0).reshape(len(one.labels), -1)
            for parent, below in one.children.items():
                for total, parts in zip(turned[parent].tolist(), turned[below].T.tolist(), strict=True):
                    if present[total] and all(present[part] for part in parts):
                        found.append((total, parts))
        return found

    def only(self, names: Sequence[str]) -> Flags:
        """The cells of a table that has only some of the dimensions: the total in all others."""
        found = np.ones(self.shape, bool)
        for axis, one in enumerate(self.dimensions):
            if one.name not in names:
                keep = np.zeros(len(one.labels), bool)
                keep[0] = True
                found &= keep.reshape([-1 if a == axis else 1 for a in range(found.ndim)])
        return found.reshape(-1)
