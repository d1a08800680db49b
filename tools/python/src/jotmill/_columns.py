"""What comes in: anything with the Arrow PyCapsule interface, or a plain sequence, as batches of the extension."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import Any

from . import _core

# Bytes of one list at a time: an iterable may be endless.
_ROWS_OF_A_LIST = 65_536


def batches_of(data: Any) -> Iterator[_core.Batch]:
    """The batches of `data`, one at least, nothing of which is copied but the items of a plain sequence.

    A sequence is copied whole before its first batch comes, so that nothing of it is judged if an item is no text.
    Errors: TypeError for what is neither.
    """
    if hasattr(data, "__arrow_c_stream__"):
        stream = _core.Stream(data.__arrow_c_stream__())
        none_yet = True
        for batch in stream:
            none_yet = False
            yield batch
        if none_yet:
            yield stream.empty()
    elif hasattr(data, "__arrow_c_array__"):
        yield _core.import_array(*data.__arrow_c_array__())
    elif isinstance(data, (str, bytes)) or not isinstance(data, Iterable):
        raise TypeError(
            f"a column is wanted (an object with __arrow_c_stream__ or __arrow_c_array__, or a list), "
            f"and this is one {type(data).__name__}"
        )
    elif isinstance(data, Sized):
        yield from list(_batches_of_items(data))
    else:
        yield from _batches_of_items(data)


def _batches_of_items(items: Iterable[Any]) -> Iterator[_core.Batch]:
    part: list[Any] = []
    first = 0
    for item in items:
        part.append(item)
        if len(part) == _ROWS_OF_A_LIST:
            yield _core.batch_of_list(part, first)
            first += len(part)
            part = []
    if part or first == 0:
        yield _core.batch_of_list(part, first)
