"""Who the users of a store are: the division of each, as the team that holds the store says.

Used by ``charge``, and by every writing transaction to refuse whom the team does not know, or gives no division. Where the
team says nothing, a user belongs to the division that its code begins with, and of other users nothing is known. Nobody is
authenticated here: that whoever writes is the user whose code is given, the calling program sees to.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import attrs

from kinderguard.casefile.chain.entries import check_user
from kinderguard.casefile.errors import EntryRefusedError, StoreError
from kinderguard.casefile.moving.moves import MoveRefusedError
from kinderguard.model.echo import shown_file
from kinderguard.model.errors import FieldValueError
from kinderguard.model.places import PROVINCES, check_division
from kinderguard.model.text import Text
from kinderguard.model.toml_files import toml_text, wrong_toml

#: By a user's code its division; ``"*"`` for one who may act for any, ``""`` for one who may act for none. A function raises
#: ``LookupError`` of whom it does not know.
GivenUsers: TypeAlias = Mapping[str, str] | Callable[[str], str]

#: Stands in place of a division: a user whom the team trusts to act for any, and one who belongs to none.
ANY_DIVISION, NO_DIVISION = "*", ""

_OF_USER = re.compile(r"(\d{12}|\d{9}|\d{6})(?!\d)")


class UsersError(StoreError, ValueError):
    """What says who the users of a store are cannot be used."""


def division_of(user: str) -> str | None:
    """The division that a user's code begins with; None where it begins with none.

    >>> division_of("330106.user3"), division_of("user3")
    ('330106', None)
    """
    found = _OF_USER.match(user)
    return found.group(1) if found and found.group(1)[:2] in PROVINCES else None


@attrs.frozen
class Users:
    """The users of a store.

    Attributes:
        known: gives the division of a user, or what stands in its place; raises ``LookupError`` of whom it does not know. None
            where nobody says who the users are.
    """

    known: Callable[[str], str] | None = attrs.field(default=None, repr=False)

    @classmethod
    def of(cls, given: GivenUsers | None) -> "Users":
        """As they were given to the store.

        Raises:
            UsersError: a code is no user's, or a division is none.
        """
        if isinstance(given, Mapping):
            return cls({_user(user): _division(user, division) for user, division in given.items()}.__getitem__)
        if given is not None and not callable(given):
            raise UsersError(
                Text(
                    'users 应为用户代码与行政区划代码的对照（如 {"li": "330106"}），或给出该代码的函数。',
                    'users are divisions by user code, as {"li": "330106"}, or a function that gives one.',
                )
            )
        return cls(given)

    def division(self, user: str) -> str | None:
        """The division that a user belongs to; None where nobody says, or the user may act for any.

        Raises:
            MoveRefusedError: the team does not know the user, or gives it no division.
            UsersError: what it says of the user is no division.
        """
        if self.known is None:
            return division_of(user)
        said = self._said(user)
        if said == NO_DIVISION:
            raise MoveRefusedError(_of_none(user))
        return None if said == ANY_DIVISION else said

    def may_be_anywhere(self, user: str) -> bool:
        """Whether the team trusts a user to act for any division.

        Raises:
            as ``division``.
        """
        return self.known is not None and self._said(user) == ANY_DIVISION

    def _said(self, user: str) -> str:
        assert self.known is not None
        try:
            said = self.known(user)
        except LookupError:
            raise MoveRefusedError(_unknown(user)) from None
        return _division(user, said)

    def check(self, user: str) -> None:
        """Refuse whom the team does not know, or gives no division.

        Raises:
            as ``division``.
        """
        if self.known is not None:
            self.division(check_user(user))


def read_users(path: str | Path) -> dict[str, str]:
    """The users in a TOML file: a line for each, as ``li = "330106"``; ``night-run = "*"`` for one who may act for any division,
    ``left = ""`` for one of no division, who writes nothing.

    Raises:
        UsersError: it cannot be read, or a line of it does not fit.
    """
    path = Path(path)
    name = shown_file(path.name)
    try:
        text = toml_text(path)
    except (OSError, UnicodeDecodeError):
        raise UsersError(
            Text(
                f"读不到用户表 {name}；请检查路径，文件应为 UTF-8。",
                f"The table of users {name} cannot be read; check the path, it is UTF-8.",
            )
        ) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = wrong_toml(error, text)
        raise UsersError(
            Text(f"用户表 {name} 不是 TOML：{what.zh}。", f"The table of users {name} is no TOML: {what.en}.")
        ) from None
    try:
        return {_user(user): _division(user, division) for user, division in data.items()}
    except UsersError as error:
        raise UsersError(Text(f"用户表 {name}：", f"In the table of users {name}: ") + error.text) from None


def _user(code: object) -> str:
    try:
        return check_user(code)  # type: ignore[arg-type]  # it says so itself of what is no text
    except EntryRefusedError as error:
        raise UsersError(error.text) from None


def _division(user: str, code: object) -> str:
    """A division, or what may stand in its place."""
    try:
        if isinstance(code, str):
            return code if code in (ANY_DIVISION, NO_DIVISION) else check_division(code)
        why = Text("行政区划代码应为文字", "a division code is text")
    except FieldValueError as error:
        why = error.text
    raise UsersError(
        Text(
            f'用户 {user} 的行政区划有误：{why.zh}。请改正，写作 "330106"；可代任何地区办理的用户写 "*"，不属于任何地区、不能办理的写 ""。',
            f'The division of user {user} is not right: {why.en}. Mend it; it is written as "330106", "*" for a user who may act '
            'for any division, and "" for one of none, who writes nothing.',
        )
    )


def _of_none(user: str) -> Text:
    return Text(
        f"用户 {user} 在名册中不属于任何行政区划，不能办理；未写入任何内容。请由管理档案库的单位在名册（users）中写明其行政区划；"
        '确可代任何地区办理的，写 "*"。',
        f"User {user} belongs to no division among the users of this store, and acts for none; nothing was written. Let the team that "
        'holds the store say its division (users), or "*" if it may act for any.',
    )


def _unknown(user: str) -> Text:
    return Text(
        f"本档案库的用户名册中没有 {user}；未写入任何内容。请核对用户代码，或由管理档案库的单位把该用户及其行政区划加入名册（users）。",
        f"There is no user {user} among those of this store; nothing was written. Check the code, or let the team that holds the "
        "store add the user with its division (users).",
    )
