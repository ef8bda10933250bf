"""Copy a dataset to object storage, so that it is never taken for whole while it is not.

Object storage has no rename that covers several objects. So a note ``_uploading`` is written and
the manifest there removed before the first table is replaced, and the new manifest comes last: a
place with a manifest and without the note is a whole dataset, and any other is told from one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import fs

from yusuan.fetch.model import FetchError
from yusuan.fetch.objects import Place, open_place

_MANIFEST: Final = "manifest.parquet"
NOTE: Final = "_uploading"
_PIECE: Final = 8 << 20
# Folders are only a part of the name there; making them would leave empty objects behind.
_WITHOUT_FOLDERS: Final = frozenset({"s3", "gcs"})


class UploadError(Exception):
    """The dataset could not be copied; the message says why. Copying again sets it right."""


class AddressError(Exception):
    """Nothing can be copied to such an address."""


def copy_dataset(out: Path, address: str) -> int:
    """Copy the dataset in ``out`` (without what resuming needs) to an address; how many files.

    What the same address had of an earlier dataset is replaced, table files of it that are gone
    are removed. Raises UploadError, also where there is something else than a dataset.
    """
    if not (out / _MANIFEST).is_file():
        raise UploadError(f"{out} is not a dataset of yusuan (it has no {_MANIFEST})")
    try:
        place = open_place(address.rstrip("/"))
        return _replace(out, place)
    except FetchError as error:
        raise UploadError(f"{address}: {error.message}") from error
    except UploadError:
        raise
    except Exception as error:  # whatever its driver raises
        told = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UploadError(f"{address} could not be written: {told}") from error


def check_address(address: str) -> None:
    """Raise AddressError where nothing could be copied to such an address."""
    try:
        open_place(address.rstrip("/"))
    except FetchError as error:
        raise AddressError(f"{address}: {error.message}") from error


def _replace(out: Path, place: Place) -> int:
    files = sorted(
        path.relative_to(out).as_posix()
        for path in out.rglob("*")
        if path.is_file() and path.relative_to(out).parts[0] != "_state"
    )
    there = _files_at(place)
    if there and not {_MANIFEST, NOTE} & there:
        raise UploadError(
            f"{place.address(place.path)} holds {len(there)} objects and is no dataset of yusuan; "
            "give a new or empty place"
        )
    _write(place, NOTE, b"this dataset is being replaced\n")
    if _MANIFEST in there:
        place.filesystem.delete_file(f"{place.path}/{_MANIFEST}")
    for name in files:
        if name != _MANIFEST:
            _copy(out / name, place, name)
    tables = {name.partition("/")[0] for name in files if "/" in name}
    for name in sorted(there - set(files) - {NOTE}):
        if name.partition("/")[0] in tables and name.endswith(".parquet"):
            place.filesystem.delete_file(f"{place.path}/{name}")
    _copy(out / _MANIFEST, place, _MANIFEST)
    place.filesystem.delete_file(f"{place.path}/{NOTE}")
    return len(files)


def _files_at(place: Place) -> set[str]:
    selector = fs.FileSelector(place.path, recursive=True, allow_not_found=True)
    infos = place.filesystem.get_file_info(selector)
    base = place.path.rstrip("/") + "/"
    return {info.path.removeprefix(base) for info in infos if info.type == fs.FileType.File}


def _copy(path: Path, place: Place, name: str) -> None:
    with path.open("rb") as source, _opened(place, name) as target:
        while piece := source.read(_PIECE):
            target.write(piece)


def _write(place: Place, name: str, content: bytes) -> None:
    with _opened(place, name) as target:
        target.write(content)


def _opened(place: Place, name: str) -> pa.NativeFile:
    path = f"{place.path}/{name}"
    if place.filesystem.type_name not in _WITHOUT_FOLDERS:
        place.filesystem.create_dir(path.rpartition("/")[0], recursive=True)
    return place.filesystem.open_output_stream(path, compression=None)
