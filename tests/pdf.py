"""The text of a PDF as WeasyPrint writes it, page by page: glyphs, and what characters they stand for."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/(\S+) [\d.-]+ Tf|\[(.*?)\] ?TJ|<([0-9a-f]*)> ?Tj", re.DOTALL)


def pages(content: bytes) -> list[str]:
    """The text of each page, in the order in which it was painted, without blanks."""
    objects = dict(_objects(content))
    kids = next(body for body in objects.values() if b"/Kids" in body and b"/Count" in body)
    numbers = map(int, re.findall(rb"(\d+) 0 R", re.search(rb"/Kids \[(.*?)\]", kids, re.DOTALL)[1]))
    characters = _characters(objects)
    return [_text(objects, objects[number], characters) for number in numbers]


def _objects(content: bytes):
    for number, body in _OBJECT.findall(content):
        stream = _STREAM.search(body)
        if stream and b"/FlateDecode" in body:
            data = zlib.decompress(stream[1])
            yield int(number), body[: stream.start()] + b"stream\n" + data + b"\nendstream"
            if b"/ObjStm" in body:
                yield from _inside(body, data)
        else:
            yield int(number), body


def _inside(body: bytes, data: bytes):
    """The objects of an object stream."""
    first = int(re.search(rb"/First (\d+)", body)[1])
    heads = [int(word) for word in data[:first].split()]
    starts = [*heads[1::2], len(data) - first]
    for number, start, end in zip(heads[::2], starts, starts[1:], strict=False):
        yield number, data[first + start : first + end]


def _characters(objects: dict[int, bytes]) -> dict[bytes, str]:
    """Glyph → text, of all fonts together: a subset keeps the numbers of its font."""
    found = {}
    for body in objects.values():
        if b"beginbfchar" in body:
            for glyph, text in re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", body):
                found[glyph] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return found


def _text(objects: dict[int, bytes], page: bytes, characters: dict[bytes, str]) -> str:
    contents = objects[int(re.search(rb"/Contents (\d+) 0 R", page)[1])]
    said = []
    for _font, shown, alone in _SHOWN.findall(contents):
        for glyphs in re.findall(rb"<([0-9a-f]*)>", shown or b"<" + alone + b">"):
            said += [characters.get(glyphs[at : at + 4], "") for at in range(0, len(glyphs), 4)]
    return "".join("".join(said).split())
