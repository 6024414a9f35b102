"""What keeps bodies secret at rest, and makes pseudonyms, with a key that only the caller holds.

Used by the store. The caller's key is never written anywhere: it wraps a random secret of the store, and everything else
is derived from that secret, so that the key can be changed without touching any entry. Without a key bodies are
stored as plain JSON and whoever can read the database can read them; pseudonyms then rest on a secret that stands in
the database as well.

With a key the bodies are encrypted whole (AES-256-GCM), each bound to its entry. What stays readable: the file's ref,
kinds, days, times, users' codes, and the divisions of files.
"""

import base64
import hashlib
import hmac
import os
import secrets
from typing import Any

import attrs

from kinderguard.casefile.errors import DamagedEntryError, KeyRefusedError, StoreUnusableError
from kinderguard.model.errors import MissingExtraError
from kinderguard.model.text import Text

PLAIN = "none"
AES_GCM = "aes-256-gcm/1"
_NONCE = 12
#: The lengths of a store's secret, and of the tag that AES-GCM adds.
_SECRET, _TAG = 32, 16


def new_key() -> str:
    """A new random key for ``CaseStore(key=…)``, as text. Keep it apart from the database: without it nothing can be read.

    >>> len(new_key())
    44
    """
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def read_key(key: str | bytes) -> bytes:
    """The 32 bytes of a key.

    Raises:
        KeyRefusedError: it is no key. The key is not repeated.
    """
    found = key
    if isinstance(found, str):
        try:
            found = base64.urlsafe_b64decode(found)
        except ValueError:
            found = b""
    if not isinstance(found, bytes) or len(found) != 32:
        raise KeyRefusedError(
            Text(
                "密钥应为 new_key() 生成的文字，或 32 个字节；口令不能作密钥。",
                "A key is the text that new_key() gives, or 32 bytes; a password is no key.",
            )
        )
    return found


def pseudonym(key: bytes, text: str) -> str:
    """A stable name for ``text`` that does not give it away: the first 128 bits of HMAC-SHA-256, as 32 hex digits.

    Args:
        key: whoever has it can find out whether a guess is right, so it is kept secret.
        text: for example a resident ID.

    >>> pseudonym(b"k" * 32, "one text") == pseudonym(b"k" * 32, "one text")
    True
    """
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


@attrs.frozen(repr=False)
class Vault:
    """The secret of one store: seals and opens bodies, makes pseudonyms and the digests of keys."""

    secret: bytes
    encrypted: bool
    _cipher: Any = attrs.field(init=False)
    _names: bytes = attrs.field(init=False)
    _keys: bytes = attrs.field(init=False)
    _ids: bytes = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        put = object.__setattr__
        put(self, "_cipher", _aes(self._derived(b"bodies")) if self.encrypted else None)
        put(self, "_names", self._derived(b"pseudonyms"))
        put(self, "_keys", self._derived(b"keys"))
        put(self, "_ids", self._derived(b"ids"))

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.new(self.secret, b"kinderguard.casefile/1:" + purpose, hashlib.sha256).digest()

    def __repr__(self) -> str:
        return f"<Vault {'encrypted' if self.encrypted else 'plain'}>"

    def seal(self, number: int, ref: str, content: bytes) -> bytes:
        """A body as it is stored."""
        if self._cipher is None:
            return content
        nonce = os.urandom(_NONCE)
        sealed: bytes = self._cipher.encrypt(nonce, content, _bound(number, ref))
        return nonce + sealed

    def open(self, number: int, ref: str, stored: bytes) -> bytes:
        """A stored body as it was given.

        Raises:
            DamagedEntryError: it was changed, or belongs to another entry.
        """
        if self._cipher is None:
            return stored
        try:
            content: bytes = self._cipher.decrypt(stored[:_NONCE], stored[_NONCE:], _bound(number, ref))
        except (_invalid_tag(), ValueError):
            raise DamagedEntryError.of(number) from None
        return content

    def pseudonym(self, text: str) -> str:
        """A stable name for ``text`` in this store."""
        return pseudonym(self._names, text)

    def key_digest(self, text: str) -> str:
        """What is kept of an idempotency key, which may hold personal text."""
        return hmac.new(self._keys, text.encode(), hashlib.sha256).hexdigest()

    def id_digest(self, number: str) -> str:
        """What is kept of a resident ID to find its file by; whoever has not the secret can try none out."""
        return hmac.new(self._ids, number.encode(), hashlib.sha256).hexdigest()


def _bound(number: int, ref: str) -> bytes:
    return f"{number}:{ref}".encode()


def new_vault(key: str | bytes | None) -> tuple[Vault, str, bytes]:
    """The vault of a new store, with the name of its cipher and its secret as it is stored."""
    secret = secrets.token_bytes(32)
    if key is None:
        return Vault(secret, encrypted=False), PLAIN, secret
    return Vault(secret, encrypted=True), AES_GCM, wrapped(secret, key)


def wrapped(secret: bytes, key: str | bytes) -> bytes:
    """A store's secret under the caller's key."""
    nonce = os.urandom(_NONCE)
    sealed: bytes = _aes(read_key(key)).encrypt(nonce, secret, AES_GCM.encode())
    return nonce + sealed


def open_vault(cipher: str, stored: bytes, key: str | bytes | None) -> Vault:
    """The vault of a store that is there.

    Raises:
        StoreUnusableError: its secret is damaged.
        KeyRefusedError: the key is wrong, is missing, or is given for a store without encryption.
    """
    if cipher == PLAIN:
        if key is not None:
            raise KeyRefusedError(
                Text(
                    "这个数据库未加密，不需要密钥；如需加密，请新建带密钥的库并导入。",
                    "This store is not encrypted and takes no key; to encrypt it, make a new store with a key.",
                )
            )
        if len(stored) != _SECRET:
            raise _damaged_secret()
        return Vault(stored, encrypted=False)
    if cipher != AES_GCM:
        raise KeyRefusedError(
            Text(
                f"数据库的加密方式 {cipher!r} 不为此版本所知；请升级 kinderguard。",
                f"This version does not know the store's cipher {cipher!r}; upgrade kinderguard.",
            )
        )
    if key is None:
        raise KeyRefusedError(
            Text(
                "这个数据库已加密；请给出密钥：CaseStore(…, key=…)。",
                "This store is encrypted; give its key: CaseStore(..., key=...).",
            )
        )
    if len(stored) != _NONCE + _SECRET + _TAG:
        raise _damaged_secret()
    try:
        secret = _aes(read_key(key)).decrypt(stored[:_NONCE], stored[_NONCE:], AES_GCM.encode())
    except _invalid_tag():
        raise KeyRefusedError(
            Text(
                "密钥与这个数据库不符；请核对密钥。密钥确实无误的，则是数据库的表 kg_store 已损坏，请从备份恢复。",
                "The key is not this store's; check which key belongs to it. If it surely is this one, the table "
                "kg_store is damaged: restore a backup.",
            )
        ) from None
    return Vault(secret, encrypted=True)


def _damaged_secret() -> StoreUnusableError:
    return StoreUnusableError(
        Text(
            "档案库的秘密数据（表 kg_store）已损坏，无法打开；请不要写入，从完好的备份恢复整个数据库。",
            "The store's secret (table kg_store) is damaged, so it cannot be opened; write nothing, and restore the whole "
            "database from a sound backup.",
        )
    )


def _aes(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ModuleNotFoundError as error:
        raise MissingExtraError("store", error.name or "cryptography") from None
    return AESGCM(key)


def _invalid_tag() -> type[Exception]:
    from cryptography.exceptions import InvalidTag

    return InvalidTag
