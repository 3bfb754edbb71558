"""Records of XML: the elements at some paths, one at a time, in bounded memory, and nothing that XML can do beyond that.

A push parser is used rather than `iterparse` because it knows lines, builds no tree, and lets a document type be refused when it
begins. A tag that does not end is refused early: expat reads an unfinished one again with each chunk, which takes quadratic time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from chalicelib.campaigns.imports.encodings import begins_as_xml, check_size, chunks
from chalicelib.campaigns.imports.model import Limits, RefusedFileError

ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})

Path = tuple[str, ...]


@dataclass(slots=True)
class Record:
    """An element at one of the paths that were asked for."""

    path: Path
    line: int
    attributes: Mapping[str, str] = field(repr=False)
    parent: Mapping[str, str] = field(repr=False)
    """The attributes of the element around it."""
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    """What the wanted elements directly inside say, the first of each name."""


@dataclass
class RecordParser:
    """Reads the records at these paths; of each path only the wanted texts are kept."""

    wanted: Mapping[Path, frozenset[str]]
    root: str
    limits: Limits
    encoding: str = "utf-8"
    """What the file declares, once it has begun."""
    _done: list[Record] = field(default_factory=list)
    _stack: list[str] = field(default_factory=list)
    _parent: Mapping[str, str] = field(default_factory=dict)
    _open: Record | None = None
    _texts: list[str] | None = None
    _size: int = 0

    def __post_init__(self) -> None:
        self._last = {path[-1]: path for path in self.wanted}
        self._around = {path[-2] for path in self.wanted}

    def read(self, stream: BinaryIO) -> Iterator[Record]:
        """The records in the order of the file. Raises `RefusedFileError`."""
        if not begins_as_xml(check_size(stream, self.limits)):
            raise RefusedFileError("not-xml", line=1)
        parser = self._parser()
        fed = 0
        for chunk in chunks(stream):
            self._feed(parser, chunk, final=False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > self.limits.line:
                raise RefusedFileError("xml-tag-too-long", line=parser.CurrentLineNumber)
            yield from self._done
            self._done.clear()
        self._feed(parser, b"", final=True)

    def _feed(self, parser: expat.XMLParserType, chunk: bytes, *, final: bool) -> None:
        try:
            parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise RefusedFileError("xml-malformed", line=error.lineno) from error

    def _parser(self) -> expat.XMLParserType:
        parser = self._expat = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.XmlDeclHandler = self._declared
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._forbidden
        parser.EntityDeclHandler = self._forbidden
        parser.UnparsedEntityDeclHandler = self._forbidden
        parser.ExternalEntityRefHandler = self._forbidden
        return parser

    def _forbidden(self, *_: object) -> NoReturn:
        raise RefusedFileError("xml-forbidden", line=self._expat.CurrentLineNumber)

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = (encoding or self.encoding).lower()
        if self.encoding not in ENCODINGS:
            raise RefusedFileError("encoding-unknown", line=1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        stack = self._stack
        if not stack and name != self.root:
            raise RefusedFileError("xml-other-root", line=self._expat.CurrentLineNumber)
        stack.append(name)
        if len(stack) > self.limits.depth:
            raise RefusedFileError("xml-too-deep", line=self._expat.CurrentLineNumber)
        record = self._open
        if record is not None:
            if len(stack) == len(record.path) + 1 and name in self.wanted[record.path] and name not in record.texts:
                self._texts, self._size = [], 0
                self._expat.CharacterDataHandler = self._text
        elif name in self._last and tuple(stack) == self._last[name]:
            self._open = Record(self._last[name], self._expat.CurrentLineNumber, attributes, self._parent)
        elif name in self._around:
            self._parent = attributes

    def _text(self, text: str) -> None:
        if self._texts is not None and self._size <= 2 * self.limits.characters:
            self._texts.append(text[: 2 * self.limits.characters + 1])
            self._size += len(text)

    def _end(self, name: str) -> None:
        stack, record = self._stack, self._open
        if record is not None:
            if self._texts is not None and len(stack) == len(record.path) + 1:
                record.texts[name] = "".join(self._texts)
                self._texts = None
                self._expat.CharacterDataHandler = None
            elif len(stack) == len(record.path):
                self._done.append(record)
                self._open = None
        stack.pop()
