"""The command line: options of `jotmill verify` under their names, as arguments of jotmill.Verifier."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import time
from typing import Any, Optional


class Refused(Exception):
    """Bad usage, configuration or keys: one line, exit code 2."""


UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
LISTS = ("alg", "require", "show")


def length_of(text: str) -> int:
    found = re.fullmatch(r"(\d{1,12})([smhd]?)", text)
    if not found:
        raise Refused(f'"{text}" is no length of time such as 60, 60s, 5m, 2h, 1d')
    return int(found[1]) * UNITS[found[2]]


def size_of(text: str) -> int:
    found = re.fullmatch(r"(\d{1,18})([KMG]?)", text)
    size = int(found[1]) * SIZES[found[2]] if found else 0
    if not 0 < size < 1 << 63:
        raise Refused(f'"{text}" is no size such as 262144, 256K, 16M')
    return size


def year_of(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text):
        raise Refused(f'"{text}" is no year such as 2026')
    return int(text)


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="jotmill-spark",
        description="jotmill verify inside Apache Spark: verdicts as Parquet, partitioned by verdict, and one report.",
        epilog="Exit codes are those of jotmill verify. Options of spark-submit: SPARK_SUBMIT_OPTIONS.",
        allow_abbrev=False,
    )
    p.add_argument("inputs", nargs="+", metavar="INPUT", help="files and folders, or URIs that pyarrow.fs opens (hdfs://, s3://)")
    p.add_argument("--output", required=True, metavar="DIR", help="must not exist; gets verdicts/, reports/, report.json, _SUCCESS")
    p.add_argument("--column", metavar="NAME", help="Parquet inputs: the column of records (default: the only one of text)")
    p.add_argument("--part-bytes", metavar="SIZE", help="bytes of an input that one task reads; 128M")
    p.add_argument("--config", metavar="FILE", help="take options of verify from this TOML file")
    for name in ("keys", "secret-file", "alg", "issuer", "audience", "subject", "require", "show", "field"):
        p.add_argument(f"--{name}", action="append", default=[], metavar="TEXT", help="as of jotmill verify; may be repeated")
    for name in ("leeway", "as-of", "max-age", "typ", "claims", "format", "year", "max-token-bytes", "max-record-bytes", "fingerprint-key"):
        p.add_argument(f"--{name}", metavar="TEXT", help="as of jotmill verify")
    for name in ("allow-padding", "allow-weak-secret"):
        p.add_argument(f"--{name}", action="store_true", help="as of jotmill verify")
    return p


def parse(words: list[str]) -> argparse.Namespace:
    given = parser().parse_intermixed_args(words)
    if given.config:
        try:
            import tomllib

            with open(given.config, "rb") as file:
                config = tomllib.load(file)
        except ImportError:
            raise Refused("--config needs Python 3.11 or newer") from None
        except (OSError, ValueError) as error:
            raise Refused(f"{given.config}: {error}") from None
        for name, value in config.items():
            field = name.replace("-", "_")
            if field not in vars(given) or field in ("inputs", "output", "config"):
                raise Refused(f'{given.config}: "{name}" is no option of jotmill-spark')
            told = _as_told(value, getattr(given, field))
            if told is None:
                raise Refused(f'{given.config}: "{name}" cannot be {json.dumps(value, default=str)}')
            if not getattr(given, field):
                setattr(given, field, told)
    if "-" in given.inputs:
        raise Refused("standard input cannot be read by executors; give files, folders or URIs")
    return given


def _as_told(value: Any, like: Any) -> Any:
    """A value of a configuration file as the command line would have it: a switch, a list of texts, or a text. None: neither."""
    if isinstance(like, bool) or isinstance(value, bool):
        return value if isinstance(like, bool) and isinstance(value, bool) else None
    if isinstance(like, list):
        texts = [_as_told(one, None) for one in (value if isinstance(value, list) else [value])]
        return None if None in texts else texts
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, (str, int)) else None


def read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None


def keys_of(given: argparse.Namespace) -> list[tuple[str, bytes]]:
    """Contents of all key files, so that no executor has to find them: they travel once to each, as one broadcast."""
    keys: list[tuple[str, bytes]] = []
    for path in given.keys:
        if os.path.isdir(path):  # as the engine reads it: not what lies in folders below
            with os.scandir(path) as entries:
                files = sorted(entry.path for entry in entries if entry.is_file())
            keys += [(file, read(file)) for file in files]
        else:
            keys.append((path, read(path)))
    return keys


def secret_paths_of(given: argparse.Namespace) -> list[tuple[Optional[str], str]]:
    """KID=FILE, or FILE alone."""
    pairs = (text.partition("=") for text in given.secret_file)
    return [(first, rest) if equals else (None, first) for first, equals, rest in pairs]


def arguments_of(given: argparse.Namespace) -> dict[str, Any]:
    """Arguments of jotmill.Verifier, but that files of secrets are contents (work.make_verifier); the time is read here, once."""
    lists = {name: [part for text in getattr(given, name) for part in text.split(",")] for name in LISTS}
    as_of: Any = given.as_of or "now"
    if as_of == "now":
        as_of = int(time.time())
    elif re.fullmatch(r"-?\d{1,18}", as_of):
        as_of = int(as_of)
    leeway: Any = 0
    if given.leeway and "=" in given.leeway:
        leeway = {claim: length_of(length) for claim, length in (part.split("=", 1) for part in given.leeway.split(","))}
    elif given.leeway:
        leeway = length_of(given.leeway)
    key = given.fingerprint_key
    if given.claims not in (None, "on", "off"):
        raise Refused("--claims is on or off")
    return {
        "keys": keys_of(given),
        "secret_files": [(kid, path, read(path)) for kid, path in secret_paths_of(given)],
        "algs": lists["alg"],
        "issuer": given.issuer,
        "audience": given.audience,
        "subject": given.subject,
        "require": lists["require"],
        "show": lists["show"],
        "fields": given.field,
        "leeway": leeway,
        "as_of": as_of,
        "fingerprint_key": None if key is None else (key, read(key)),
        "max_age": None if given.max_age is None else length_of(given.max_age),
        "typ": given.typ,
        "claims": given.claims != "off",
        "year": None if given.year is None else year_of(given.year),
        "allow_padding": given.allow_padding,
        "allow_weak_secret": given.allow_weak_secret,
        "max_token_bytes": size_of(given.max_token_bytes or "256K"),
        "max_record_bytes": size_of(given.max_record_bytes or "16M"),
    }
