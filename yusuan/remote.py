"""Datasets in object storage, brought here to be merged: whole ones, checked as they come."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from pyarrow import fs

from yusuan.fetch.model import FetchError
from yusuan.fetch.objects import Place, open_place
from yusuan.manifest import MANIFEST, SUMS, parse_sums
from yusuan.store import StoreError
from yusuan.upload import NOTE

_PIECE = 8 << 20


def bring(address: str, folder: Path) -> list[Path]:
    """Copy the dataset at an address, or all of those in the folders below it, into ``folder``.

    Each into a folder of its own, by name; tables and manifest alone, as ``--upload`` puts them
    there. Raises StoreError where there is none, one is not whole, or the storage cannot be read.
    """
    try:
        place = open_place(address.rstrip("/"))
        base = place.path.rstrip("/")
        selector = fs.FileSelector(base, recursive=True, allow_not_found=True)
        infos = place.filesystem.get_file_info(selector)
        there = {info.path for info in infos if info.type == fs.FileType.File}
        roots = [base] if f"{base}/{MANIFEST}" in there else sorted(_below(base, there))
        for root in (base, *roots):
            if f"{root}/{NOTE}" in there:
                raise StoreError(
                    f"{place.address(root)} is not whole (an upload to it was interrupted): give "
                    "the command that uploads it again"
                )
        if not roots:
            raise StoreError(f"{address}: there is no dataset, and none in the folders below it")
        return [_copied(place, root, folder / f"{number:05}") for number, root in enumerate(roots)]
    except FetchError as error:
        raise StoreError(f"{address}: {error.message}") from error
    except StoreError:
        raise
    except Exception as error:  # whatever its driver raises
        told = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise StoreError(f"{address} could not be copied: {told}") from error


def _below(base: str, there: set[str]) -> set[str]:
    """Folders directly below that hold a manifest, or were left by an upload."""
    wanted = {MANIFEST, NOTE}
    paths = (PurePosixPath(path) for path in there)
    return {str(path.parent) for path in paths if path.name in wanted and _is_in(path, base)}


def _is_in(path: PurePosixPath, base: str) -> bool:
    return str(path.parent.parent) == str(PurePosixPath(base))


def _copied(place: Place, root: str, to: Path) -> Path:
    """Raises StoreError where a file is missing or another than was written."""
    for name in (MANIFEST, SUMS):
        _copy(place, root, name, to)
    try:
        files = parse_sums((to / SUMS).read_bytes())
    except ValueError as error:
        raise StoreError(f"{place.address(root)}/{SUMS} is damaged: {error}") from error
    for name, digest in files.items():
        parts = PurePosixPath(name).parts
        if PurePosixPath(name).is_absolute() or ".." in parts:
            raise StoreError(f"{place.address(root)}/{SUMS} names a file outside: {name}")
        if _copy(place, root, name, to) != digest:
            raise StoreError(
                f"{place.address(root)}/{name} is another than was uploaded; upload it again"
            )
    return to


def _copy(place: Place, root: str, name: str, to: Path) -> str:
    """Copy a file; the sha256 of its bytes."""
    path, digest = to / name, hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        place.filesystem.open_input_stream(f"{root}/{name}", compression=None) as source,
        path.open("wb") as target,
    ):
        while piece := source.read(_PIECE):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()
