"""The system's keyring: where the desktop keeps its user's secrets, and so the keys of encrypted libraries.

It also keeps what lets a profile stay signed in (`app.sign_ins`).
"""

from __future__ import annotations

import logging
from typing import Any

from app import recovery
from app.keys import LibraryKey

_log = logging.getLogger(__name__)

_SERVICE = "sietch"


def available() -> bool:
    """Whether there is a keyring that keeps a secret secret."""
    return _keyring() is not None


def secret(account: str) -> str | None:
    """What is kept under an account; None if nothing is, or the keyring does not give it."""
    return _asked("get_password", account)


def keep_secret(account: str, value: str) -> bool:
    """Keeps something; whether that succeeded, which is looked at: a keyring may be a hole that swallows everything."""
    _asked("set_password", account, value)
    return secret(account) == value


def forget_secret(account: str) -> None:
    """Removes what is kept under an account, if there is anything."""
    if secret(account) is not None:
        _asked("delete_password", account)


def stored(library: str) -> LibraryKey | None:
    """The key of a library; None if there is none, or the keyring does not give it."""
    raw = recovery.decode(secret(library) or "")
    return None if raw is None else LibraryKey(raw)


def store(library: str, key: LibraryKey) -> bool:
    """Keeps a key; whether that succeeded."""
    return keep_secret(library, key.code)


def forget(library: str) -> None:
    """Removes a key, if it is there."""
    if stored(library) is not None:
        forget_secret(library)


def _asked(method: str, *arguments: str) -> str | None:
    """What the keyring answers; None if it does not."""
    backend = _keyring()
    if backend is None:
        return None
    try:
        answer = getattr(backend, method)(_SERVICE, *arguments)
    except Exception as error:
        # A backend raises what its system does, and its text may hold what it was given.
        _log.warning("the system's keyring does not answer: %s", type(error).__name__)
        return None
    return None if answer is None else str(answer)


def _keyring() -> Any:
    # Here and not above: a library that is not encrypted is not to wait for it.
    import keyring
    from keyring.errors import KeyringError

    try:
        backend = keyring.get_keyring()
        return backend if _safe(backend) else None
    except (KeyringError, RuntimeError):
        return None


def _safe(backend: Any) -> bool:
    """Not the backends that keep secrets in readable files (keyrings.alt), and not those that keep nothing."""
    parts = getattr(backend, "backends", None)
    if parts is not None:
        return bool(parts) and all(_safe(part) for part in parts)
    module = type(backend).__module__
    return not module.startswith(("keyrings.alt", "keyring.backends.fail", "keyring.backends.null"))
