"""jotmill: verifies captured JSON Web Tokens in bulk, offline.

Columns of tokens or of log lines go in, in whatever holds them (pyarrow, polars, pandas, DuckDB, a plain list), and a
table of verdicts comes out.

>>> import jotmill
>>> verifier = jotmill.Verifier(secrets={"k1": b"only-for-tests-0123456789abcdef!"}, as_of=1_800_000_000)
>>> verdicts = verifier.verify(["no token", None])
>>> verdicts.column("verdict")
['segment_count', None]
"""

import sys

if sys.version_info < (3, 9):
    raise ImportError("jotmill needs Python 3.9 or newer, and this is %d.%d" % sys.version_info[:2])

from ._core import JotmillError, version as __version__
from ._verdicts import Verdicts
from ._verifier import Verifier, format_of, merge_reports

__all__ = ["JotmillError", "Verdicts", "Verifier", "__version__", "format_of", "merge_reports"]
