"""PDFs changed at random, each made from its number alone: what ``benchmarks/fuzz.py`` gives.

A document begins as a page or two of a sample, so that it is small and cheap. Then it is changed
once or several times: in its bytes (flipped, cut, doubled, blanked), its cross-reference table, its
objects (swapped, replaced, removed, of another type), its page tree, its fonts and character maps,
its filters, its unfolded streams; or it is given what hostile files have (forms that draw
themselves, crowds of rules, texts that steer a terminal, actions).
"""

from __future__ import annotations

import io
import random
import re
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import pikepdf

# Larger excerpts (whole fonts of a book) make a run slow and find nothing more.
_MAX_BASE: Final = 300 << 10

Change = Callable[[bytes, random.Random], bytes]


def mutated(number: int, folders: Sequence[Path]) -> bytes:
    """The document of this number; ``folders``: where the PDFs are that it is made from."""
    chance = random.Random(number)
    data = _excerpt(chance, tuple(folders))
    for _ in range(chance.choice((1, 1, 2, 4))):
        (change,) = chance.choices(list(CHANGES), list(CHANGES.values()))
        data = change(data, chance)
    return data


@lru_cache(maxsize=4)
def _paths(folders: tuple[Path, ...]) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.pdf"))


def _excerpt(chance: random.Random, folders: tuple[Path, ...]) -> bytes:
    paths = _paths(folders)
    for _ in range(20):
        path = chance.choice(paths)
        excerpt = _pages_of(path, chance.random(), chance.choice((1, 1, 2)), chance.random() < 0.5)
        if len(excerpt) <= _MAX_BASE:
            break
    return excerpt


def _pages_of(path: Path, where: float, n_pages: int, in_streams: bool) -> bytes:
    with pikepdf.open(path) as pdf:
        first = int(where * len(pdf.pages))
        return _first_pages(path, first, n_pages, in_streams)


@lru_cache(maxsize=512)
def _first_pages(path: Path, first: int, n_pages: int, in_streams: bool) -> bytes:
    with pikepdf.open(path) as pdf:
        del pdf.pages[first + n_pages :]
        del pdf.pages[:first]
        return _saved(pdf, in_streams)


def _saved(pdf: pikepdf.Pdf, in_streams: bool) -> bytes:
    """``in_streams``: objects in object streams, deflated; else readable, to be hit by bytes."""
    buffer = io.BytesIO()
    mode = pikepdf.ObjectStreamMode
    pdf.save(
        buffer,
        object_stream_mode=mode.generate if in_streams else mode.disable,
        compress_streams=in_streams,
        deterministic_id=True,
    )
    return buffer.getvalue()


# Bytes ------------------------------------------------------------------------------------------


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 100))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:start] + data[end:] if chance.random() < 0.5 else data[: max(end, 100)]


def _double(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randrange(1, 2000)]
    at = chance.randrange(len(data))
    return data[:at] + piece * chance.choice((1, 2, 50)) + data[at:]


def _blank(data: bytes, chance: random.Random) -> bytes:
    start, length = chance.randrange(len(data)), chance.randrange(1, 4000)
    return data[:start] + bytes([chance.randrange(256)]) * length + data[start + length :]


def _references(data: bytes, chance: random.Random) -> bytes:
    """Numbers of the cross-reference table and the trailer; a table that is its own precursor."""
    start = max(data.rfind(b"\nxref"), len(data) - 2000, 0)
    tail = data[start:]
    if chance.random() < 0.2:
        loop = re.search(rb"startxref\s+(\d+)", tail)
        return data[:start] + tail.replace(b"/Root", b"/Prev %s /Root" % (loop or [0, b"9"])[1], 1)
    numbers = list(re.finditer(rb"\d+", tail))
    for match in chance.sample(numbers, min(len(numbers), chance.choice((1, 3, 20)))):
        width = len(match[0])
        new = chance.choice((b"0", b"9" * width, b"%d" % chance.randrange(len(data))))
        tail = tail[: match.start()] + new[:width].zfill(width) + tail[match.end() :]
    return data[:start] + tail


# Objects ----------------------------------------------------------------------------------------


def _opened(change: Callable[[pikepdf.Pdf, random.Random], None]) -> Change:
    """A change of an opened document; of bytes where qpdf refuses what was changed before."""

    def changed(data: bytes, chance: random.Random) -> bytes:
        try:
            with pikepdf.open(io.BytesIO(data)) as pdf:
                change(pdf, chance)
                return _saved(pdf, chance.random() < 0.5)
        except Exception:  # whatever libraries raise of broken documents
            return _flip(data, chance)

    changed.__name__ = change.__name__
    return changed


def _objects(pdf: pikepdf.Pdf, chance: random.Random) -> None:
    """Swap, replace or remove entries of dictionaries and arrays."""
    objects = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary | pikepdf.Stream)]
    for _ in range(chance.choice((1, 2, 5))):
        target = chance.choice(objects)
        keys = list(target.keys())
        if keys and chance.random() < 0.2:
            del target[chance.choice(keys)]
        elif keys:
            target[chance.choice(keys)] = _value(pdf, chance)


def _value(pdf: pikepdf.Pdf, chance: random.Random) -> object:
    """Something of another type or size than it should be, or another object of the file."""
    return chance.choice(
        (
            -1,
            0,
            2**31 - 1,
            10**12,
            pikepdf.Name("/Nothing"),
            pikepdf.String("x" * 300),
            pikepdf.Array([]),
            pikepdf.Array([0] * 500),
            pikepdf.Dictionary(),
            chance.choice(list(pdf.objects)),
        )
    )


def _swap(pdf: pikepdf.Pdf, chance: random.Random) -> None:
    """Two indirect objects change places."""
    numbers = [one.objgen for one in pdf.objects if one.is_indirect]
    one, other = chance.choice(numbers), chance.choice(numbers)
    first, second = pdf.get_object(one), pdf.get_object(other)
    if isinstance(first, pikepdf.Stream) and isinstance(second, pikepdf.Stream):
        first_bytes = first.read_raw_bytes()
        first.write(second.read_raw_bytes(), filter=second.get("/Filter"))
        second.write(first_bytes)
        return
    holders = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary)]
    for holder in holders:
        for key in list(holder.keys()):
            if isinstance(holder[key], pikepdf.Object) and holder[key].objgen == one:
                holder[key] = second
            elif isinstance(holder[key], pikepdf.Object) and holder[key].objgen == other:
                holder[key] = first


def _tree(pdf: pikepdf.Pdf, chance: random.Random) -> None:
    """What a page tree must not be, and boxes that no page has."""
    tree, page = pdf.Root.Pages, pdf.pages[0].obj
    numbers: tuple[object, ...] = (0, -1, 45, 450, 10**9, 1e-9, pikepdf.Name("/X"))
    box = [chance.choice((0, -(10**6), 0.001, 595, 842, 14400, 10**9)) for _ in range(4)]
    boxes = chance.choice(("/MediaBox", "/CropBox", "/TrimBox"))
    changes: tuple[Callable[[], object], ...] = (
        lambda: tree.Kids.append(tree),
        lambda: setattr(page, "Type", pikepdf.Name("/Pages")),
        lambda: page.__setitem__("/Kids", pikepdf.Array([tree, page])),
        lambda: page.__setitem__("/Parent", page),
        lambda: tree.Kids.extend([page] * 40),
        lambda: tree.__setitem__("/Count", chance.choice((-1, 0, 10**6, 2**31 - 1))),
        lambda: page.__setitem__(boxes, pikepdf.Array(box)),
        lambda: page.__setitem__("/Rotate", chance.choice(numbers)),
        lambda: page.__setitem__("/UserUnit", chance.choice((0, -1, 10**6, 0.0001))),
        lambda: page.__setitem__("/Contents", pikepdf.Array([page.Contents] * 20)),
        lambda: page.__delitem__("/Resources"),
        lambda: _nest(pdf, chance.choice((50, 3000))),
    )
    for _ in range(chance.choice((1, 1, 3))):
        chance.choice(changes)()


def _nest(pdf: pikepdf.Pdf, depth: int) -> None:
    kid = pdf.Root.Pages
    for _ in range(depth):
        kid = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name("/Pages"), Kids=[kid], Count=len(pdf.pages))
        )
    pdf.Root.Pages = kid


_CMAP: Final = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <0000> <FFFF> endcodespacerange
%s
endcmap end end"""
_CMAP_LINES: Final = (
    b"1 beginbfrange <0000> <FFFF> <0030> endbfrange",
    b"1 beginbfrange <0000> <FFFFFFFF> <D800> endbfrange",
    b"1 beginbfchar <0003> <" + b"4E00" * 4000 + b"> endbfchar",
    b"1 beginbfrange <0000> <00FF> [" + b"<202E>" * 256 + b"] endbfrange",
    b"2000000000 beginbfchar",
    b"1 beginbfrange <0000> <FFFF> <0000> endbfrange",
)


def _fonts(pdf: pikepdf.Pdf, chance: random.Random) -> None:
    """Fonts of another kind, without or with lying character maps, cut programs, wild widths."""
    dictionaries = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary)]
    fonts = [one for one in dictionaries if one.get("/Type") == "/Font"]
    programs = [
        one[key]
        for one in dictionaries
        for key in ("/FontFile", "/FontFile2", "/FontFile3")
        if key in one
    ]
    font = chance.choice(fonts)
    kinds = ("Type1", "TrueType", "Type0", "Type3", "CIDFontType0", "CIDFontType2", "X")
    wild = [0, -1, 10**9, [10**9] * 3, 1, 2**31 - 1, chance.randrange(9999)]
    cmap = _CMAP % chance.choice(_CMAP_LINES)
    changes: tuple[Callable[[], object], ...] = (
        lambda: font.__setitem__("/Subtype", pikepdf.Name("/" + chance.choice(kinds))),
        lambda: font.__setitem__("/ToUnicode", pdf.make_stream(cmap)),
        lambda: font.__setitem__("/ToUnicode", pikepdf.Name("/Identity-H")),
        lambda: font.__setitem__("/Encoding", chance.choice((pikepdf.Name("/GBK-EUC-H"), font))),
        lambda: font.__setitem__("/W", pikepdf.Array(wild)),
        lambda: font.__setitem__("/Widths", pikepdf.Array([10**9] * 300)),
        lambda: font.__setitem__("/DescendantFonts", pikepdf.Array([font])),
        lambda: font.__setitem__("/FontMatrix", pikepdf.Array([0, 0, 0, 0, 0, 0])),
        lambda: font.__setitem__("/DW", chance.choice((0, -(10**6), 10**9))),
        lambda: font.__delitem__(chance.choice(list(font.keys()))),
        lambda: [one.write(_flip(one.read_bytes(), chance)) for one in programs],
        lambda: [one.write(_cut(one.read_bytes(), chance)) for one in programs],
    )
    for _ in range(chance.choice((1, 2, 4))):
        chance.choice(changes)()


def _filters(pdf: pikepdf.Pdf, chance: random.Random) -> None:
    """Streams that are not what their filters say."""
    names = ("Flate", "LZW", "ASCII85", "ASCIIHex", "RunLength", "DCT", "JPX", "CCITTFax", "JBIG2")
    for _ in range(chance.choice((1, 3))):
        stream = chance.choice([one for one in pdf.objects if isinstance(one, pikepdf.Stream)])
        chosen = [pikepdf.Name(f"/{chance.choice(names)}Decode") for _ in range(chance.choice(TWO))]
        columns = chance.choice((0, 1, -5, 2**31 - 1))
        predicted = pikepdf.Dictionary(Predictor=chance.choice((2, 15, 99)), Columns=columns)
        raw = stream.read_raw_bytes()
        if chance.random() < 0.5:
            raw = zlib.compress(zlib.compress(raw)) if chance.random() < 0.5 else _flip(raw, chance)
        stream.write(raw, filter=pikepdf.Array(chosen))
        if chance.random() < 0.3:
            stream["/DecodeParms"] = pikepdf.Array([predicted] * len(chosen))


TWO: Final = (1, 1, 2, 40)


def _streams(pdf: pikepdf.Pdf, chance: random.Random) -> None:
    """Change an unfolded stream: content, fonts, character maps."""
    stream = chance.choice([one for one in pdf.objects if isinstance(one, pikepdf.Stream)])
    change = chance.choice((_flip, _cut, _double, _numbers, _numbers))
    stream.write(change(stream.read_bytes() or b" ", chance))


_WORDS: Final = (
    *(b"0", b"-1", b"1e9", b"99999999999", b"-32769", b"0.0000001", b"nan", b"["),
    *(b"BT", b"ET", b"Q", b"q", b"re", b"W n", b"3 Tr", b"cm", b"Tm", b"Do", b"BI", b"EI", b">>"),
)


def _numbers(data: bytes, chance: random.Random) -> bytes:
    """Replace words of a content stream by extreme numbers and misplaced operators."""
    words = re.split(rb"(\s+)", data)
    for _ in range(chance.choice((1, 5, 50))):
        words[chance.randrange(0, len(words), 2)] = chance.choice(_WORDS)
    return b"".join(words)


# What hostile files have ------------------------------------------------------------------------


def _laughs(pdf: pikepdf.Pdf, chance: random.Random) -> None:
    """Forms that draw forms that draw …, or themselves."""
    form = pdf.make_stream(b"0 0 m 9 9 l S", {"/Subtype": pikepdf.Name("/Form"), "/BBox": [0] * 4})
    for _ in range(chance.choice((2, 8, 12))):
        inner, form = form, pdf.make_stream(b"/F Do " * 10)
        form["/Subtype"], form["/BBox"] = pikepdf.Name("/Form"), pikepdf.Array([0, 0, 999, 999])
        drawn = form if chance.random() < 0.1 else inner
        form["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=drawn))
    page = pdf.pages[0]
    page.obj["/Resources"]["/XObject"] = pikepdf.Dictionary(F=form)
    page.contents_add(b"/F Do")


def _crowd(pdf: pikepdf.Pdf, chance: random.Random) -> None:
    """Thousands of rules, boxes or curves, at random or in a lattice."""
    count = chance.choice((200, 3000, 12_000))
    drawn = []
    for number in range(count):
        x, y = chance.random() * 600, chance.random() * 800
        if number % 2:
            drawn.append(f"{x:.1f} 0 m {x:.1f} 842 l S" if count % 3 else f"{x:.1f} {y:.1f} 9 9 re")
        else:
            drawn.append(f"0 {y:.1f} m 595 {y:.1f} l S")
    pdf.pages[0].contents_add("\n".join(drawn).encode())


def _words(pdf: pikepdf.Pdf, chance: random.Random) -> None:
    """What the document says of itself and does when opened."""
    text = chance.choice(
        ("\x1b]0;x\x07\x1b[2J", "\u202e=cmd|' /C calc'!A0", "\ud800x", "款" * 9999)
    )
    raw = chance.choice((text.encode("utf-16-be", "surrogatepass"), b"\xfe\xff\xd8", b"\xff" * 99))
    for key in ("/Producer", "/Title", "/Author", "/CreationDate"):
        pdf.trailer["/Info"] = pdf.trailer.get("/Info", pdf.make_indirect(pikepdf.Dictionary()))
        pdf.trailer["/Info"][key] = pikepdf.String(raw)
    action = {"S": pikepdf.Name("/" + chance.choice(("URI", "Launch", "JavaScript", "GoToR")))}
    pdf.Root["/OpenAction"] = pikepdf.Dictionary(
        **action, URI="http://127.0.0.1:9/", F="/etc/passwd", JS="while(1);"
    )


# How often each is taken; what is slow by intention seldom.
CHANGES: Final[dict[Change, int]] = {
    _flip: 16,
    _cut: 8,
    _double: 8,
    _blank: 8,
    _references: 10,
    _opened(_objects): 16,
    _opened(_swap): 8,
    _opened(_tree): 10,
    _opened(_fonts): 14,
    _opened(_filters): 8,
    _opened(_streams): 20,
    _opened(_laughs): 1,
    _opened(_crowd): 1,
    _opened(_words): 2,
}
