"""Arguments of a Verifier as settings of an engine (src/core/engine_options.c)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Any, Optional, Union

Setting = tuple[Any, ...]
Key = Union[str, "os.PathLike[str]", bytes, tuple[str, bytes], Mapping[str, Any]]
Seconds = Union[int, float, timedelta]
BYTES = (bytes, bytearray, memoryview)
Path = Union[str, "os.PathLike[str]"]
SecretFiles = Union[None, Path, Iterable[Union[Path, tuple[Optional[str], Path]]], Mapping[str, Path]]

# jotmill_text_option, jotmill_time_option and jotmill_number_option of jotmill.h.
ALG, ISSUER, AUDIENCE, SUBJECT, REQUIRE, TYP, SHOW, FINGERPRINT_KEY, FIELD, FORMAT, SOURCE, KERNEL = range(1, 13)
AS_OF, LEEWAY_EXP, LEEWAY_NBF, LEEWAY_IAT, MAX_AGE = range(1, 6)
(CLAIMS, ALLOW_PADDING, ALLOW_WEAK_SECRET, MAX_TOKEN_BYTES, MAX_RECORD_BYTES, MEMO, AS_OF_RECORD, YEAR, CROSS_CHECK) = range(1, 10)


def items_of(value: Any, alone: tuple[type, ...]) -> list[Any]:
    """One thing or several, as a list: None is none of them."""
    if value is None:
        return []
    return [value] if isinstance(value, alone) else list(value)


def texts(option: int, values: Union[None, str, Iterable[str]]) -> list[Setting]:
    return [("text", option, value) for value in items_of(values, (str,))]


def key_settings(keys: Any) -> list[Setting]:
    """Paths (of files or folders), contents (bytes, or a tuple of a name for messages and bytes), JWK and JWK Sets."""
    settings: list[Setting] = []
    if keys == "":
        raise ValueError("keys is an empty path")
    for key in [keys] if _is_named(keys) else items_of(keys, (str, *BYTES, os.PathLike, Mapping)):
        if _is_named(key):
            settings.append(("key", *key))
        elif isinstance(key, BYTES):
            settings.append(("key", "(memory)", bytes(key)))
        elif isinstance(key, Mapping):
            settings.append(("key", "(memory)", json.dumps(key).encode()))
        else:
            settings.append(("key_file", None, os.fsencode(key)))
    return settings


def _is_named(key: Any) -> bool:
    """A name and contents; a tuple of anything else is several keys."""
    return isinstance(key, tuple) and len(key) == 2 and isinstance(key[0], str) and isinstance(key[1], bytes)


def secret_settings(secrets: Any) -> list[Setting]:
    """Raw HMAC secrets: bytes, or a dictionary from kid to bytes."""
    if isinstance(secrets, Mapping):
        return [("secret", kid, _as_bytes(secret)) for kid, secret in secrets.items()]
    return [("secret", None, _as_bytes(secret)) for secret in items_of(secrets, (str, *BYTES))]


def _as_bytes(secret: Any) -> bytes:
    if isinstance(secret, BYTES):
        return bytes(secret)
    raise TypeError(f"a secret is bytes, not {type(secret).__name__}: text has to be encoded first")


def secret_file_settings(files: SecretFiles) -> list[Setting]:
    """Files of raw HMAC secrets: paths, a dictionary from kid to path, or pairs of a kid (or None) and a path."""
    pairs = list(files.items()) if isinstance(files, Mapping) else items_of(files, (str, bytes, os.PathLike))
    named = [pair if isinstance(pair, tuple) else (None, pair) for pair in pairs]
    return [("secret_file", kid, os.fsencode(path)) for kid, path in named]


def split(name: str, seconds: Union[int, float, Fraction]) -> tuple[int, int]:
    """Whole seconds and nanoseconds; of a float what repr() shows of it."""
    try:
        exact = Fraction(repr(seconds)) if isinstance(seconds, float) else Fraction(seconds)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f"{name} is no number of seconds: {seconds!r}") from None
    whole = exact.numerator // exact.denominator
    if not -(1 << 63) <= whole < 1 << 63:
        raise ValueError(f"{name} is out of range: {seconds!r}")
    return whole, int((exact - whole) * 1_000_000_000)


def count_of(name: str, value: Any) -> int:
    """Errors: TypeError, ValueError, with the name of the argument."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} is a whole number, not {value!r}")
    number = int(value.__index__())
    if not 0 <= number < 1 << 64:
        raise ValueError(f"{name} is out of range: {number}")
    return number


def time_of(when: Union[int, float, str, datetime]) -> tuple[int, int]:
    """A point in time: Unix seconds, a datetime that knows its zone, or RFC 3339."""
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when[:-1] + "+00:00" if when[-1:] in ("Z", "z") else when)
        except ValueError:
            raise ValueError(
                f"as_of is 'now', 'off', 'record', Unix seconds, a datetime or an RFC 3339 time, not {when!r}"
            ) from None
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise ValueError("as_of is a datetime without a time zone, and may mean any of a day's hours")
        # Within one zone Python subtracts what the clocks show, summer time or not.
        length = when.astimezone(timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)
        return length.days * 86_400 + length.seconds, length.microseconds * 1000
    return split("as_of", when)


def length_of(name: str, seconds: Seconds) -> tuple[int, int]:
    if isinstance(seconds, timedelta):
        return seconds.days * 86_400 + seconds.seconds, seconds.microseconds * 1000
    return split(name, seconds)


def leeway_settings(leeway: Union[Seconds, Mapping[str, Seconds]]) -> list[Setting]:
    options = {"exp": LEEWAY_EXP, "nbf": LEEWAY_NBF, "iat": LEEWAY_IAT}
    if not isinstance(leeway, Mapping):
        leeway = {claim: leeway for claim in options}
    unknown = sorted(set(leeway) - set(options))
    if unknown:
        raise ValueError(f"leeway is of exp, nbf and iat, not of {', '.join(unknown)}")
    return [("time", options[claim], *length_of(f"leeway of {claim}", length)) for claim, length in leeway.items()]
