"""Keys and a policy, made ready once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Optional, Union

from . import _core, _settings as s
from ._columns import batches_of
from ._verdicts import Verdicts

Texts = Union[None, str, Iterable[str]]


class Verifier:
    """Judges tokens by keys and a policy, and counts what it has judged.

    The arguments mean what the options of `jotmill verify` of the same names mean, with the same defaults:

    keys            paths of key files or folders, their contents (bytes, or a tuple of a name and bytes), or JWK and JWK
                    Sets as dictionaries; one or several. JWK, JWK Set, PEM and DER are told by content.
    secrets         raw HMAC secrets: bytes, or {kid: bytes}.
    secret_files    paths of files of them, or {kid: path}, or pairs of a kid (or None) and a path.
    algs            allowed algorithms; default: all, and the keys decide.
    issuer, audience, subject   exact strings; a token must match one of each that is given.
    require         claims that must be present.
    leeway          seconds, or {"exp": 60, "nbf": 5, "iat": 5}.
    as_of           the time to judge at: "now" (read once, here), Unix seconds, a datetime, an RFC 3339 text, "record"
                    (each record's own time: scan() alone), or "off".
    max_age, typ    off.
    claims          False: the signature only.
    show            claims to copy into the column `claims`.
    fingerprint_key path of the key of `token_id`.
    format          of records: "auto" (of columns: text), "text", "jsonl", "lines", "har" (of streams alone).
    fields          jsonl: JSON Pointers of the members that hold tokens.
    year            of syslog times, under as_of="record".
    cross_check     one token in so many is verified again by OpenSSL, and is internal_error if that disagrees; 0: none.
    source          the name of what is judged, in verdicts and report.

    It works without the GIL. One verifier may be used by several threads and serves one at a time; clone() makes one
    more for another thread, with the same keys.

    Errors: JotmillError, with the reason, and its kind in `code`: "keys", "no_keys", "unreadable", "usage" ...

    >>> verifier = Verifier(secrets={"k1": b"only-for-tests-0123456789abcdef!"}, as_of=1_800_000_000)
    >>> verifier.verify_one("a.b.c")["verdict"]
    'header_encoding'
    >>> verifier.report()["summary"]["tokens"]
    1
    >>> Verifier(as_of="off")
    Traceback (most recent call last):
    jotmill.JotmillError: no key was given
    """

    def __init__(
        self,
        keys: Union[None, s.Key, Iterable[s.Key]] = None,
        *,
        secrets: Union[None, bytes, Iterable[bytes], Mapping[str, bytes]] = None,
        secret_files: s.SecretFiles = None,
        algs: Texts = None,
        issuer: Texts = None,
        audience: Texts = None,
        subject: Texts = None,
        require: Texts = None,
        leeway: Union[s.Seconds, Mapping[str, s.Seconds]] = 0,
        as_of: Union[None, int, float, str, datetime] = "now",
        max_age: Optional[s.Seconds] = None,
        typ: Optional[str] = None,
        claims: bool = True,
        show: Texts = None,
        fingerprint_key: Union[None, str, os.PathLike[str]] = None,
        format: str = "auto",
        fields: Texts = None,
        year: Optional[int] = None,
        source: str = "-",
        allow_padding: bool = False,
        allow_weak_secret: bool = False,
        max_token_bytes: int = 256 * 1024,
        max_record_bytes: int = 16 * 1024 * 1024,
        memo: int = 131_072,
        cross_check: int = 4096,
        kernels: Optional[Mapping[str, str]] = None,
    ) -> None:
        settings: list[s.Setting] = s.key_settings(keys) + s.secret_settings(secrets) + s.secret_file_settings(secret_files)
        for option, values in (
            (s.ALG, algs),
            (s.ISSUER, issuer),
            (s.AUDIENCE, audience),
            (s.SUBJECT, subject),
            (s.REQUIRE, require),
            (s.SHOW, show),
            (s.FIELD, fields),
            (s.TYP, typ),
            (s.FORMAT, format),
            (s.SOURCE, source),
            (s.FINGERPRINT_KEY, None if fingerprint_key is None else os.fsdecode(fingerprint_key)),
            (s.KERNEL, [f"{name}={variant}" for name, variant in (kernels or {}).items()]),
        ):
            settings += s.texts(option, values)
        settings += s.leeway_settings(leeway)
        if max_age is not None:
            settings.append(("time", s.MAX_AGE, *s.length_of("max_age", max_age)))
        if as_of == "record":
            settings.append(("number", s.AS_OF_RECORD, 1))
        elif as_of is not None and as_of != "off":
            settings.append(("time", s.AS_OF, *s.time_of(int(time.time()) if as_of == "now" else as_of)))
        if year is not None:
            settings.append(("number", s.YEAR, s.count_of("year", year)))
        for switch, on in ((s.CLAIMS, claims), (s.ALLOW_PADDING, allow_padding), (s.ALLOW_WEAK_SECRET, allow_weak_secret)):
            if not isinstance(on, (bool, int)):
                raise TypeError(f"claims, allow_padding and allow_weak_secret are True or False, not {on!r}")
            settings.append(("number", switch, int(on)))
        for name, number, value in (
            ("max_token_bytes", s.MAX_TOKEN_BYTES, max_token_bytes),
            ("max_record_bytes", s.MAX_RECORD_BYTES, max_record_bytes),
            ("memo", s.MEMO, memo),
            ("cross_check", s.CROSS_CHECK, cross_check),
        ):
            settings.append(("number", number, s.count_of(name, value)))
        self._engine = _core.Engine(settings)

    def clone(self) -> Verifier:
        """One more with the same keys and policy, and no counts: for another thread."""
        other = Verifier.__new__(Verifier)
        other._engine = self._engine.clone()
        return other

    @property
    def warnings(self) -> list[str]:
        """What was found while the keys were loaded: refused keys, dropped newlines."""
        return self._engine.warnings()

    def verify(self, tokens: Any, column: Optional[str] = None) -> Verdicts:
        """Judges a column of tokens; row i of the verdicts answers row i, and is null where that is.

        `tokens`: a column or table of any library with the Arrow PyCapsule interface, or a sequence of str, bytes and
        None. Of a table with several columns of text `column` names the one.

        Errors: JotmillError with code "argument": no such column, or one of another type. An iterator or a stream that
        fails in the middle raises what it raises; what came before is in the report.

        >>> verifier = Verifier(secrets=[b"x" * 32], as_of=None)
        >>> verifier.verify(["", "eyJhbGciOiJub25lIn0.e30."]).column("verdict")
        ['token_empty', 'alg_none']
        """
        engine = self._engine
        return Verdicts([engine.verify(batch, column, _core.ALL_COLUMNS) for batch in batches_of(tokens)])

    def verify_one(self, token: Union[str, bytes]) -> dict[str, Any]:
        """The verdict of one token, as a dictionary. Many at once are far cheaper."""
        return next(iter(self.verify([token])))

    def scan(self, records: Any, column: Optional[str] = None) -> Verdicts:
        """Finds the tokens of a column of records (log lines, JSON texts) and judges each.

        One row for each token, in the order of the records: `row` is the record's in `records`, from 0, `row_offset` the
        first byte of the token's text in it (of UTF-8). A null is a blank record; a record that holds line feeds is several. The next
        call goes on where this one ended: line and offset count through.

        >>> verifier = Verifier(secrets=[b"x" * 32], as_of=None)
        >>> found = verifier.scan(["nothing", "GET /?access_token=eyJhbGciOiJub25lIn0.e30. HTTP/1.1"])
        >>> [found.column(name) for name in ("row", "row_offset", "channel", "verdict")]
        [[1], [19], ['query:access_token'], ['alg_none']]
        """
        engine = self._engine
        verdicts, row = [], 0
        for batch in batches_of(records):
            verdicts.append(engine.scan(batch, column, _core.ALL_COLUMNS, row))
            row += len(batch)
        return Verdicts(verdicts)

    def scan_stream(
        self, read: Callable[[int], bytes], source: str = "-", line: int = 1, offset: int = 0
    ) -> Iterator[Verdicts]:
        """Judges the tokens of a stream of any length: `read` is that of a binary file. Memory is bounded.

        gzip, zstd and xz are told by the first bytes. A stream that begins at another offset than 0 is the rest of an
        input, from the beginning of a record on; its format must have been given. What goes wrong with the stream (an
        OSError of `read` too) is an event of the report, and everything before it is judged.

        >>> import io
        >>> verifier = Verifier(secrets=[b"x" * 32], as_of=None)
        >>> for verdicts in verifier.scan_stream(io.BytesIO(b"Bearer eyJhbGciOiJub25lIn0.e30.").read, "a.log"):
        ...     print(verdicts.column("source"), verdicts.column("verdict"))
        ['a.log'] ['alg_none']
        """
        self._engine.place(os.fsencode(source), line, offset)
        scan = self._engine.stream(read)
        while (batch := scan.next(_core.ALL_COLUMNS)) is not None:
            yield Verdicts([batch])

    def scan_file(self, path: Union[str, os.PathLike[str]]) -> Iterator[Verdicts]:
        """scan_stream() over a file. One that cannot be opened is an event of the report."""
        name = os.fspath(path)
        try:
            file = open(name, "rb", buffering=0)
        except OSError as error:
            failed = error

            def refuse(size: int) -> bytes:
                raise failed

            yield from self.scan_stream(refuse, name)
            return
        with file:
            yield from self.scan_stream(file.read, name)

    def place(self, source: str, line: int = 1, offset: int = 0) -> None:
        """Where the next row stands: its source, its 1-based line and its offset in bytes."""
        self._engine.place(os.fsencode(source), line, offset)

    def event(self, kind: str, reason: str, offset: int = 0) -> None:
        """Counts and lists something that happened to the input: `kind` is "input_changed" and so on."""
        self._engine.event(kind, offset, reason)

    def report(self) -> dict[str, Any]:
        """Everything judged so far: the report of `jotmill verify`, schema jotmill.report/1."""
        report: dict[str, Any] = json.loads(self.report_json())
        return report

    def report_json(self) -> str:
        """The same as text, for merge_reports() and `jotmill merge`."""
        return self._engine.report()


def merge_reports(reports: Iterable[str]) -> str:
    """The sum of reports (JSON), of threads, shards or machines. Errors: JotmillError: different policies, no report.

    >>> one = Verifier(secrets=[b"x" * 32], as_of=None)
    >>> two = one.clone()
    >>> rows = len(one.verify(["a"])) + len(two.verify(["b", "c"]))
    >>> json.loads(merge_reports([one.report_json(), two.report_json()]))["summary"]["tokens"]
    3
    """
    return _core.merge(list(reports))


def format_of(begin: bytes, whole: bool = False, with_fields: bool = False) -> Optional[str]:
    """The format that "auto" takes for an input that begins so (64 KiB are wanted, or all of it); None: compressed.

    >>> format_of(b'{"a": 1}')
    'jsonl'
    """
    return _core.format_of(begin, whole, with_fields)
