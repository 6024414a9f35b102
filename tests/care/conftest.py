"""The book, and short ways to write children, needs, offers and services. Everybody in them is invented."""

import datetime as dt
from types import SimpleNamespace

import pytest

import kinderguard
from kinderguard import Case
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.loader import PackSource, Registry, discover

DAY = dt.date(2025, 9, 1)


@pytest.fixture(scope="session")
def book():
    return kinderguard.load()


@pytest.fixture(scope="session")
def book_with():
    """A book with one more pack, given by its hooks; its code is the pack's."""

    def make(code, **hooks):
        module = SimpleNamespace(**{name: kinderguard.hookimpl(_without_arguments(f)) for name, f in hooks.items()})
        source = PackSource(code, "kinderguard-test 1.0", lambda: module)
        return PolicyBook(Registry([*(s for s in discover().sources if s.name != code), source])), source

    return make


@pytest.fixture(scope="session")
def a_child():
    """A case from facts; a boy of ten unless the facts say otherwise."""

    def make(**facts):
        given = {"ref": "K1", "child.birth_date": "2015-03-05"}
        return Case.from_facts(given | {name.replace("__", "."): value for name, value in facts.items()})

    return make


def _without_arguments(function):
    """A hook takes no arguments: what a lambda has as defaults is bound already."""

    def hook():
        return function()

    return hook
