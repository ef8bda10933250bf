"""Which documents a command line means."""

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
    assert none == Input("in/none.pdf", "no such file (listed in list.TXT).")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("year,path\n2025,in/预算.pdf\n", "utf-8-sig"),
        ("年度,path\n2025,in/预算.pdf\n", "gb18030"),
        ("in/预算.pdf,甲\n", "utf-8"),
    ],
)
def test_csv_list(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "预算.pdf").write_bytes(b"")
    (tmp_path / "list.csv").write_text(text, encoding=encoding)
    assert find_inputs([str(tmp_path / "list.csv")]) == (Input(str(tmp_path / "in" / "预算.pdf")),)


@pytest.mark.parametrize("name", ["list.txt", "list.csv"])
def test_an_empty_list_is_wrong_usage(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\n")
    with pytest.raises(InputError, match="lists no files"):
        find_inputs([str(tmp_path / name)])


def test_a_url_in_a_list_fails_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://example.org/x.pdf\n")
    (one,) = find_inputs([str(tmp_path / "list.txt")])
    assert one.error is not None and "does not download" in one.error


def test_shards_are_a_partition_that_new_inputs_do_not_move() -> None:
    inputs = tuple(Input(f"{n}.pdf") for n in range(50))
    shards = [shard_of(inputs, index, 3) for index in (1, 2, 3)]
    assert sorted(one.source for shard in shards for one in shard) == sorted(
        one.source for one in inputs
    )
    assert all(shards)
    assert shard_of(inputs[10:20], 2, 3) == tuple(one for one in inputs[10:20] if one in shards[1])
