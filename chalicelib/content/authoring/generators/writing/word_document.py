"""Writing a text document with tracked changes and comments, always the same bytes for the same content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from chalicelib.content.authoring.generators.writing.formats import LONG_AGO, zip_of
from chalicelib.content.texts import Locale, Text


@dataclass(frozen=True)
class Mark:
    """Who changed something, and when."""

    author: str
    at: datetime

    def attributes(self) -> str:
        """As they stand in a tag."""
        return f'w:author={quoteattr(self.author)} w:date="{self.at.isoformat(timespec="seconds")}Z"'


@dataclass(frozen=True)
class Piece:
    """Words of a passage: inserted by somebody, struck by somebody, both or neither."""

    text: Text
    inserted: Mark | None = None
    deleted: Mark | None = None


@dataclass(frozen=True)
class Note:
    """A comment on a passage."""

    text: Text
    mark: Mark


@dataclass(frozen=True)
class Passage:
    """A paragraph or a cell, made of pieces, with at most one comment on all of it."""

    pieces: tuple[Piece, ...]
    note: Note | None = None


class WordDocument:
    """A document in one language, written from top to bottom."""

    def __init__(self, locale: Locale, title: str) -> None:
        self._locale = locale
        self._title = title
        self._body: list[str] = []
        self._comments: list[str] = []
        self._changes = 0
        self._add_plain("Title", title)

    def heading(self, text: str) -> None:
        """A heading of the first level."""
        self._add_plain("Heading1", text)

    def item(self, passage: Passage) -> None:
        """One point of a list, with its changes and its comment."""
        self._body.append(_paragraph("ListBullet", self._runs(passage)))

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[Passage]]) -> None:
        """A table; changes and comments in its cells as in paragraphs."""
        lines = [[_run(f"<w:rPr><w:b/></w:rPr>{_said(text)}") for text in headings]]
        lines += [[self._runs(passage) for passage in row] for row in rows]
        grid = '<w:gridCol w:w="4500"/>' * len(headings)
        table = "".join(f"<w:tr>{''.join(_CELL.format(_paragraph('', cell)) for cell in line)}</w:tr>" for line in lines)
        self._body.append(
            f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{table}</w:tbl><w:p/>'
        )

    def content(self) -> bytes:
        """The bytes of the file."""
        language = "fr-FR" if self._locale == "fr" else "en-GB"
        stamp = LONG_AGO.isoformat() + "Z"
        parts = {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": _PACKAGE_RELATIONS,
            "docProps/core.xml": _CORE.format(title=escape(self._title), language=language, stamp=stamp),
            "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
            "word/document.xml": f"<w:document {_W}><w:body>{''.join(self._body)}{_PAGE}</w:body></w:document>",
            "word/comments.xml": f"<w:comments {_W}>{''.join(self._comments)}</w:comments>",
            "word/numbering.xml": _NUMBERING,
            "word/styles.xml": _STYLES.replace("LANGUAGE", language),
        }
        return zip_of((name, f"{_XML}{text}".encode()) for name, text in parts.items())

    def _add_plain(self, style: str, text: str) -> None:
        self._body.append(_paragraph(style, _run(_said(text))))

    def _runs(self, passage: Passage) -> str:
        runs = "".join(self._written(piece) for piece in passage.pieces)
        return runs if passage.note is None else self._commented(runs, passage.note)

    def _written(self, piece: Piece) -> str:
        run = _run(_said(piece.text.in_(self._locale), "w:t" if piece.deleted is None else "w:delText"))
        for tag, mark in (("w:del", piece.deleted), ("w:ins", piece.inserted)):
            if mark is not None:
                self._changes += 1
                run = f'<{tag} w:id="{1000 + self._changes}" {mark.attributes()}>{run}</{tag}>'
        return run

    def _commented(self, runs: str, note: Note) -> str:
        number = len(self._comments)
        initials = "".join(word[0] for word in note.mark.author.split())
        text = _run('<w:rPr><w:rStyle w:val="CommentReference"/></w:rPr><w:annotationRef/>')
        text += _run(_said(note.text.in_(self._locale)))
        self._comments.append(
            f'<w:comment w:id="{number}" {note.mark.attributes()} w:initials="{initials}">'
            f"{_paragraph('CommentText', text)}</w:comment>"
        )
        reference = f'<w:rPr><w:rStyle w:val="CommentReference"/></w:rPr><w:commentReference w:id="{number}"/>'
        start, end = (f'<w:commentRange{edge} w:id="{number}"/>' for edge in ("Start", "End"))
        return f"{start}{runs}{end}{_run(reference)}"


def _paragraph(style: str, runs: str) -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{runs}</w:p>"


def _run(content: str) -> str:
    return f"<w:r>{content}</w:r>"


def _said(text: str, tag: str = "w:t") -> str:
    return f'<{tag} xml:space="preserve">{escape(text)}</{tag}>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_W = f'xmlns:w="{_OPEN}/wordprocessingml/2006/main"'
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CELL = '<w:tc><w:tcPr><w:tcW w:w="4500" w:type="dxa"/></w:tcPr>{}</w:tc>'
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>'
)
_CONTENT_TYPES = (
    f'<Types xmlns="{_OPEN}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/>'
    + "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_WORD_TYPE}.{name}+xml"/>'
        for name in ("comments", "numbering", "styles")
    )
    + '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_PACKAGE_RELATIONS = (
    f'<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OPEN}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_OPEN}/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
_DOCUMENT_RELATIONS = (
    f'<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    + "".join(
        f'<Relationship Id="rId{number}" Type="{_OPEN}/officeDocument/2006/relationships/{name}" Target="{name}.xml"/>'
        for number, name in enumerate(("styles", "numbering", "comments"), 1)
    )
    + "</Relationships>"
)
_CORE = (
    f'<cp:coreProperties xmlns:cp="{_OPEN}/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title>{title}</dc:title><dc:creator>Palier</dc:creator><dc:language>{language}</dc:language>"
    '<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
)
_NUMBERING = (
    f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
    '<w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
_STYLES = (
    f"<w:styles {_W}>"
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="22"/>'
    '<w:lang w:val="LANGUAGE"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:after="100"/></w:pPr></w:pPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/>'
    '<w:pPr><w:spacing w:after="240"/></w:pPr><w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
    '<w:pPr><w:keepNext/><w:spacing w:before="280"/><w:outlineLvl w:val="0"/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/><w:basedOn w:val="Normal"/>'
    '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="CommentText"><w:name w:val="annotation text"/><w:basedOn w:val="Normal"/>'
    '<w:rPr><w:sz w:val="20"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="CommentReference"><w:name w:val="annotation reference"/>'
    '<w:rPr><w:sz w:val="16"/></w:rPr></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0"'
    ' w:type="dxa"/><w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
    "<w:tblBorders>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders></w:tblPr></w:style></w:styles>"
)
