"""Datasets made on several machines, from shards of the same inputs, to one."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from yusuan.inputs.find import is_address
from yusuan.kept import Kept
from yusuan.manifest import MANIFEST, Entry, Recorded
from yusuan.rebuild import rebuild
from yusuan.remote import bring
from yusuan.schemas.model import Schemas
from yusuan.store import Store, StoreError, WriteParts, columns_digest, write_here

# Of two conversions of the same bytes the better one is taken (one machine may have been short of
# time or memory), then the later.
_RANK = {"ok": 2, "partial": 1, "failed": 0}


def merge(
    parts: Sequence[Path | str], out: Path, schemas: Schemas, write_parts: WriteParts = write_here
) -> list[Recorded]:
    """Publish in ``out`` what it and the datasets ``parts`` hold together; the new manifest.

    ``parts``: folders, or addresses of object storage (of a dataset, or of a folder of datasets).
    What they keep to resume is used where it is there, else the rows are taken from their tables.
    The bytes are those of one run over all inputs, and the datasets stay as they are. Raises
    StoreError where they do not fit together or something is missing.
    """
    target = Store(out, schemas)
    room = target.state / "tmp" / f"merge.{uuid.uuid4().hex}"
    try:
        return _merged(_here(parts, target, room), target, room, write_parts)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _here(parts: Sequence[Path | str], target: Store, room: Path) -> list[Path]:
    """The parts as folders of this machine; those elsewhere are copied into ``room``."""
    folders: list[Path] = []
    for number, part in enumerate(parts):
        if is_address(str(part)):
            target.prepare()
            folders += bring(str(part), room / f"brought-{number}")
        else:
            folders.append(Path(part))
    return folders


def _merged(
    parts: Sequence[Path], target: Store, room: Path, write_parts: WriteParts
) -> list[Recorded]:
    schemas = target.schemas
    if (target.root / MANIFEST).is_file():
        parts = [target.root, *parts]
    stores = [Store(part, schemas) for part in parts]
    manifests = [_manifest_of(store) for store in stores]
    _refuse_conflicts(manifests, parts)
    target.prepare()
    for number, store in enumerate(stores):
        if not store.documents.is_dir():
            to = room / f"rebuilt-{number}"
            stores[number] = rebuild(store.root, manifests[number], to, schemas)
    best: dict[str, tuple[tuple[int, str], Path]] = {}
    for store, recorded in zip(stores, manifests, strict=True):
        for doc_id in {one.entry.doc_id for one in recorded}:
            kept = _kept_in(store, doc_id)
            rank = (_RANK[kept.status], kept.made_at)
            if doc_id not in best or rank > best[doc_id][0]:
                best[doc_id] = rank, store.document_path(doc_id)
    for doc_id, (_, path) in best.items():
        _copy(path, target.document_path(doc_id))
    entries: dict[str, Entry] = {}
    for recorded in manifests:
        entries |= {one.entry.source: one.entry for one in recorded}
    return target.publish(entries.values(), write_parts)


def _manifest_of(store: Store) -> list[Recorded]:
    if not (store.root / MANIFEST).is_file():
        raise StoreError(f"{store.root} cannot be merged: it is no finished dataset")
    recorded = store.manifest()
    columns = columns_digest(store.schemas)
    if others := [one for one in recorded if one.made.columns != columns]:
        raise StoreError(
            f"{store.root} was made by yusuan {others[0].made.tool_version} with other columns: "
            "run its inputs again with this version"
        )
    return recorded


def _refuse_conflicts(manifests: Sequence[list[Recorded]], parts: Sequence[Path]) -> None:
    """The same source must be the same bytes, and all must be made with the same code."""
    seen: dict[str, tuple[str, Path]] = {}
    for recorded, part in zip(manifests, parts, strict=True):
        for entry in (one.entry for one in recorded):
            doc_id, first = seen.setdefault(entry.source, (entry.doc_id, part))
            if doc_id != entry.doc_id:
                raise StoreError(
                    f"{entry.source} is another file in {first} than in {part}: run it again in "
                    "one of them, or give the inputs paths that tell them apart"
                )
    keys = [frozenset(one.made.key for one in recorded) for recorded in manifests]
    widest = max(keys, key=len, default=frozenset())
    for own, part in zip(keys, parts, strict=True):
        if not own <= widest:
            raise StoreError(
                f"{part} and {parts[keys.index(widest)]} were made by different versions or "
                "settings of yusuan: run the older one again (only what changed is converted)"
            )


def _kept_in(store: Store, doc_id: str) -> Kept:
    kept = store.kept(doc_id)
    if kept is None:
        raise StoreError(
            f"{store.root}: what was kept of document {doc_id} is missing or damaged; run its "
            "inputs again"
        )
    return kept


def _copy(path: Path, to: Path) -> None:
    """A second name for the same file where the disk allows: kept files are replaced, not changed.

    Raises StoreError.
    """
    to.parent.mkdir(exist_ok=True)
    fresh = to.with_suffix(f".{uuid.uuid4().hex}.tmp")
    try:
        fresh.unlink(missing_ok=True)
        try:
            os.link(path, fresh)
        except OSError:  # another disk, or one without links
            shutil.copyfile(path, fresh)
        fresh.replace(to)
    except OSError as error:
        raise StoreError(f"{to} cannot be written: {error.strerror}") from error
