"""Encryption at rest: without the key nothing that a file says can be read, moved or guessed; keys fit or are refused."""

import base64
import datetime as dt
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinderguard import Case
from kinderguard.casefile import (
    CaseStore,
    DamagedEntryError,
    KeyRefusedError,
    PlainStoreWarning,
    new_key,
    pseudonym,
)
from kinderguard.casefile.chain.encryption import new_vault, open_vault

JAN = dt.date(2025, 1, 1)
BY = "330106.user3"
NAME, NUMBER = "欧阳无名氏", "11010519491231002X"


@pytest.fixture
def key():
    return new_key()


def filled(url, key):
    store = CaseStore(url, key=key)
    store.record(
        Case.from_facts({"ref": "a", "child.name": NAME, "father.resident_id": NUMBER, "division_code": "330106"}),
        at=JAN, by=BY, key=f"{NAME} {NUMBER}", source="邻居",
    )  # fmt: skip
    return store


def test_an_encrypted_store_reads_back_and_verifies(store_url, key):
    with filled(store_url, key) as store:
        assert store.case("a").child.name.reveal() == NAME
        store.record(Case.from_facts({"ref": "a", "household.size": 3}), at=JAN, by=BY)
    with CaseStore(store_url, key=key) as store:
        assert store.case("a").father.resident_id.reveal() == NUMBER
        assert store.refs("33") == ("a",)
        assert store.verify()


def test_no_personal_text_is_in_the_files(tmp_path, key):
    for given_key, there in ((None, True), (key, False)):
        folder = tmp_path / str(there)
        folder.mkdir()
        with filled(f"sqlite:///{folder}/cases.db", given_key):
            content = b"".join(path.read_bytes() for path in folder.iterdir())
        for text in (NAME.encode(), NUMBER.encode()):
            assert (text in content) is there


@pytest.mark.parametrize("right", [True, False])
def test_a_key_fits_its_store_and_no_other(store_url, key, right):
    filled(store_url, key).close()
    if right:
        CaseStore(store_url, key=key).close()
        CaseStore(store_url, key=base64.urlsafe_b64decode(key)).close()
        return
    for wrong, message in ((new_key(), "not this store's"), (None, "encrypted; give its key")):
        with pytest.raises(KeyRefusedError, match=message) as told:
            CaseStore(store_url, key=wrong)
        assert "密钥" in told.value.text.zh


def test_a_plain_store_takes_no_key(store_url, key):
    filled(store_url, None).close()
    with pytest.raises(KeyRefusedError, match="not encrypted"):
        CaseStore(store_url, key=key)


@pytest.mark.parametrize("wrong", ["password", "", b"short", b"x" * 33, 5, "密"])
def test_what_is_no_key_is_refused_and_not_repeated(tmp_path, wrong):
    with pytest.raises(KeyRefusedError, match="a password is no key") as told:
        CaseStore(f"sqlite:///{tmp_path}/cases.db", key=wrong)
    assert not wrong or str(wrong) not in str(told.value).replace("a password is no key", "")
    # Nothing half-made is left behind: the next opening makes the store.
    CaseStore(f"sqlite:///{tmp_path}/cases.db", key=new_key()).close()


def test_a_changed_key_replaces_the_old_one_and_keeps_pseudonyms(store_url, key):
    new = new_key()
    with filled(store_url, key) as store:
        name = store.pseudonym(NUMBER)
        store.change_key(new)
        assert store.case("a").child.name.reveal() == NAME
    with pytest.raises(KeyRefusedError):
        CaseStore(store_url, key=key)
    with CaseStore(store_url, key=new) as store:
        assert store.case("a").child.name.reveal() == NAME
        assert store.pseudonym(NUMBER) == name
        assert store.verify()


def test_a_plain_store_has_no_key_to_change(file_store):
    with pytest.raises(KeyRefusedError, match="no key to change"):
        file_store.change_key(new_key())


def test_a_body_moved_to_another_entry_cannot_be_read_even_with_its_digest(tmp_path, key):
    """Somebody who can write the database makes the digests right again; the encryption still binds body to entry."""
    path = tmp_path / "cases.db"
    with CaseStore(f"sqlite:///{path}", key=key) as store:
        for n in (1, 2):
            store.append("a", "visit", {"n": n}, valid_from=JAN, by=BY)
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE kg_bodies SET number = 3 - number + 10")
            connection.execute("UPDATE kg_bodies SET number = number - 10")
            digests = [row[0] for row in connection.execute("SELECT body_digest FROM kg_entries ORDER BY number")]
            for number, digest in enumerate(reversed(digests), 1):
                connection.execute("UPDATE kg_entries SET body_digest = ? WHERE number = ?", (digest, number))
        connection.close()
        with pytest.raises(DamagedEntryError, match="entry 1"):
            store.entries("a")
        assert not store.verify()


def test_two_equal_bodies_do_not_look_equal(tmp_path, key):
    path = tmp_path / "cases.db"
    with CaseStore(f"sqlite:///{path}", key=key) as store:
        first, second = (store.append("a", "visit", {"n": 1}, valid_from=JAN, by=BY) for _ in range(2))
    assert first.body_digest != second.body_digest
    connection = sqlite3.connect(path)
    assert len({row[0] for row in connection.execute("SELECT content FROM kg_bodies")}) == 2
    connection.close()


def test_equal_bodies_have_different_digests_without_a_key_too(file_store):
    """Else somebody could find an erased body by trying likely ones."""
    first, second = (file_store.append("a", "visit", {"n": 1}, valid_from=JAN, by=BY) for _ in range(2))
    assert first.body_digest != second.body_digest


def test_pseudonyms_are_a_stores_own_and_stable(tmp_path, key):
    names = set()
    for n in range(2):
        with CaseStore(f"sqlite:///{tmp_path}/{n}.db", key=key) as store:
            assert store.pseudonym(NUMBER) == store.pseudonym(NUMBER)
            names.add(store.pseudonym(NUMBER))
            store.append(store.pseudonym(NUMBER), "visit", {}, valid_from=JAN, by=BY)
    assert len(names) == 2


@given(st.binary(min_size=1, max_size=40), st.text(), st.text())
def test_different_texts_have_different_pseudonyms(key, one, other):
    assert (pseudonym(key, one) == pseudonym(key, other)) == (one == other)


@given(st.binary(max_size=200), st.integers(1, 9), st.integers(1, 9), st.integers(0, 3))
def test_only_what_was_sealed_for_an_entry_opens_for_it(content, number, other, flip):
    key = new_key()
    vault, cipher, secret = new_vault(key)
    sealed = vault.seal(number, "a", content)
    again = open_vault(cipher, secret, key)
    assert again.open(number, "a", sealed) == content
    changed = bytearray(sealed)
    changed[flip] ^= 1
    for wrong in ((number, "b", sealed), (number, "a", bytes(changed)), (number, "a", b"")):
        with pytest.raises(DamagedEntryError):
            again.open(*wrong)
    if other != number:
        with pytest.raises(DamagedEntryError):
            again.open(other, "a", sealed)


def test_the_vault_shows_no_secret():
    vault, _, _ = new_vault(None)
    assert repr(vault) == "<Vault plain>"


@pytest.mark.filterwarnings("error::kinderguard.casefile.PlainStoreWarning")
def test_a_store_without_a_key_says_so_unless_that_is_said_to_be_meant(tmp_path):
    url = f"sqlite:///{tmp_path}/cases.db"
    with pytest.warns(PlainStoreWarning, match="key=None") as told:
        CaseStore(url).close()
    assert told[0].filename == __file__
    assert "明文" in told[0].message.text.zh
    CaseStore(url, key=None).close()
    CaseStore(f"sqlite:///{tmp_path}/sealed.db", key=new_key()).close()
    CaseStore("sqlite://").close()  # nothing of it is ever on a disk
