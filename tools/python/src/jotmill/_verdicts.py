"""What comes out: a table of verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Optional

from . import _core


class Verdicts:
    """A table of verdicts: the fields of a verdict record (README.md of jotmill) as columns.

    Any library that takes Arrow data over the PyCapsule interface takes it without a copy: `pyarrow.table(v)`,
    `polars.DataFrame(v)`, `pandas.DataFrame.from_arrow(v)`, `duckdb.sql("from v")`. Without one, `column()`, `counts()`
    and iteration give plain Python values.

    Text from tokens (kid, alg, detail) is made harmless for terminals and cut at 256 bytes.
    """

    def __init__(self, batches: list[_core.Batch]) -> None:
        self._batches = batches

    def __len__(self) -> int:
        return sum(len(batch) for batch in self._batches)

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return self._batches[0].names()

    def column(self, name: str) -> list[Any]:
        """A column as a list: int, str or None. Errors: KeyError."""
        values: list[Any] = []
        for batch in self._batches:
            values += batch.column(name)
        return values

    def counts(self) -> dict[str, int]:
        """How many tokens got which verdict, the most frequent first; rows without a token are left out.

        >>> import jotmill
        >>> jotmill.Verifier(secrets=[b"x" * 32], as_of=None).verify(["a.b", "", "c"]).counts()
        {'segment_count': 2, 'token_empty': 1}
        """
        found = Counter(verdict for verdict in self.column("verdict") if verdict is not None)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Rows as dictionaries."""
        names = self.names
        for batch in self._batches:
            columns = [batch.column(name) for name in names]
            for row in zip(*columns):
                yield dict(zip(names, row))

    def __repr__(self) -> str:
        return f"<jotmill.Verdicts: {len(self)} rows of {', '.join(self.names)}>"

    def __arrow_c_schema__(self) -> object:
        return self._batches[0].__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        del requested_schema  # a wish that we may leave unmet
        return _core.export_stream(self._batches)
