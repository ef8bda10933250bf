"""Publishing as a whole: whenever it dies, no old table stands beside a new one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from yusuan.kept import MadeWith
from yusuan.manifest import Entry
from yusuan.result import failed, loaded_schemas
from yusuan.store import Store, WriteError, columns_digest
from yusuan.verify import verify

MADE = MadeWith("key", "auto", "0", "0", columns_digest(loaded_schemas()))
TABLES = tuple(loaded_schemas().tables)


class Died(BaseException):
    """Stands for SIGKILL: nothing is cleaned up."""


def publish(root: Path, *names: str) -> None:
    store = Store(root, loaded_schemas())
    store.prepare()
    for name in names:
        store.keep(failed(f"{name:0>64}", f"{name}.pdf", "unreadable", name), MADE)
    store.publish([Entry(f"{name}.pdf", f"{name:0>64}", 1) for name in names])


def files(root: Path) -> dict[str, bytes]:
    """The tables and their checksums."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for name in (*TABLES, "SHA256SUMS")
        for path in ([root / name] if (root / name).is_file() else (root / name).rglob("*"))
        if path.is_file()
    }


def problems(root: Path) -> list[str]:
    return [problem.told for problem in verify(root, loaded_schemas())]


def test_a_death_at_any_step_leaves_no_mix_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path / "new", "1", "2")
    new = files(tmp_path / "new")
    n_steps = 2 * (len(TABLES) + 2)
    for last in range(n_steps + 1):
        root = tmp_path / f"died-{last}"
        publish(root, "1")
        old = files(root)
        die_after(last, monkeypatch)
        if last < n_steps:
            with pytest.raises(Died):
                publish(root, "1", "2")
        else:
            publish(root, "1", "2")
        monkeypatch.undo()

        there = files(root)
        is_old = all(old.get(name) == data for name, data in there.items())
        is_new = all(new.get(name) == data for name, data in there.items())
        assert is_old or is_new, f"a mix after {last} steps"
        if (root / "manifest.parquet").exists() and last > 0:
            assert there == new
        assert bool(problems(root)) == (last < n_steps)
        Store(root, loaded_schemas()).prepare()
        assert files(root) == new
        assert problems(root) == []
        assert not (root / "_state" / "publishing").exists()


def die_after(n_steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the step after so many renames within the dataset be the last."""
    rename: Callable[[Path, Path], Path] = Path.rename
    done = 0

    def counted(self: Path, target: Path) -> Path:
        nonlocal done
        if done == n_steps:
            raise Died
        done += 1
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", counted)


def test_a_death_while_writing_leaves_the_old_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "1")
    old = files(tmp_path)

    def dies(*_: object) -> None:
        raise Died

    monkeypatch.setattr("yusuan.store.write_manifest", dies)
    with pytest.raises(Died):
        publish(tmp_path, "1", "2")
    monkeypatch.undo()
    assert files(tmp_path) == old
    assert problems(tmp_path) == []
    publish(tmp_path, "2")
    assert len(files(tmp_path)) == len(old)
    assert not (tmp_path / "_state" / "publishing").exists()


def test_a_full_disk_is_told_and_leaves_the_old_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "1")
    old = files(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("yusuan.store.write_manifest", full)
    with pytest.raises(WriteError, match="cannot be published: No space left"):
        publish(tmp_path, "1", "2")
    assert files(tmp_path) == old
    monkeypatch.undo()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WriteError, match="No space left on device; what is done is kept"):
        publish(tmp_path, "3")
    assert not any((tmp_path / "_state" / "tmp").iterdir())
