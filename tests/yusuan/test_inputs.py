"""Which documents a command line means."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yusuan.inputs import Input, InputError, find_inputs, shard_of


def sources(*given: object) -> list[str]:
    return [one.source for one in find_inputs(map(str, given))]


def test_a_folder_is_searched_at_any_depth_whatever_the_case(folder: Path) -> None:
    expected = [str(folder / name) for name in ("a.pdf", "b/c.PDF", "b/d.pdf")]
    assert sources(folder) == expected
    assert sources(folder / "b" / "d.pdf", folder, folder / "a.pdf") == expected


def test_patterns(folder: Path) -> None:
    assert sources(folder / "**" / "*.pdf") == [str(folder / "a.pdf"), str(folder / "b" / "d.pdf")]
    with pytest.raises(InputError, match="no file matches"):
        find_inputs([str(folder / "*.docx")])


def test_a_name_with_brackets_that_exists_is_no_pattern(tmp_path: Path) -> None:
    path = tmp_path / "预算[1].pdf"
    path.write_bytes(b"")
    assert sources(path) == [str(path)]


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such file or folder: .*nothing\.pdf"):
        find_inputs([str(tmp_path / "nothing.pdf")])


def test_a_folder_without_pdf_is_an_input_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "note.docx").write_bytes(b"")
    (one,) = find_inputs([str(tmp_path)])
    assert one.source == str(tmp_path)
    assert one.error is not None and "no PDF" in one.error


def test_text_list(folder: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.TXT"
    listed.write_text(f"# comment\n\n{folder / 'a.pdf'}\nin/b/d.pdf\nin/none.pdf\n")
    a, d, none = find_inputs([str(listed)])
    assert (a.source, a.error) == (str(folder / "a.pdf"), None)
    assert (d.source, d.error) == (str(tmp_path / "in/b/d.pdf"), None)
    assert none == Input("in/none.pdf", "no such file (listed in list.TXT, line 5).")


def test_a_listed_path_is_meant_from_the_list(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.txt").write_text("in/a.pdf\n")
    elsewhere = tmp_path / "cwd" / "in"
    elsewhere.mkdir(parents=True)
    (elsewhere / "a.pdf").write_bytes(b"another")
    (elsewhere / "only.pdf").write_bytes(b"another")
    monkeypatch.chdir(tmp_path / "cwd")
    assert sources(tmp_path / "list.txt") == [str(folder / "a.pdf")]
    (tmp_path / "list.txt").write_text("in/only.pdf\n")
    assert sources(tmp_path / "list.txt") == ["in/only.pdf"]


@pytest.mark.parametrize("name", ["list.txt", "list.csv"])
def test_an_empty_list_is_wrong_usage(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\n")
    with pytest.raises(InputError, match="lists no files"):
        find_inputs([str(tmp_path / name)])


def test_addresses_are_taken_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://example.org/x.pdf\n")
    listed = [str(tmp_path / "list.txt"), "http://example.org/a?id=3", "s3://bucket/x.pdf"]
    assert find_inputs(listed) == (
        Input("http://example.org/a?id=3"),
        Input("https://example.org/x.pdf"),
        Input("s3://bucket/x.pdf"),
    )


def test_a_folder_that_cannot_be_read_is_not_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def walk(top: str, onerror: Callable[[OSError], None]) -> Iterator[object]:
        yield top, ["b"], ["a.pdf"]
        onerror(PermissionError(13, "Permission denied", str(folder / "b")))

    monkeypatch.setattr("yusuan.inputs.find.os.walk", walk)
    good, bad = find_inputs([str(folder)])
    assert good == Input(str(folder / "a.pdf"))
    assert bad == Input(str(folder / "b"), "the folder cannot be read: Permission denied.")


def test_shards_are_a_partition_that_new_inputs_do_not_move() -> None:
    inputs = tuple(Input(f"{n}.pdf") for n in range(50))
    shards = [shard_of(inputs, index, 3) for index in (1, 2, 3)]
    assert sorted(one.source for shard in shards for one in shard) == sorted(
        one.source for one in inputs
    )
    assert all(shards)
    assert shard_of(inputs[10:20], 2, 3) == tuple(one for one in inputs[10:20] if one in shards[1])
