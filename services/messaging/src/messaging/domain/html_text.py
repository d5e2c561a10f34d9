"""The words of an HTML email, for mails that bring no plain text along.

A scan that looks at every character about once: the library's parser takes minutes for 150 kB of ``<a `` and
stops with an assertion at ``<![``, and anybody may write to the mailbox.
"""

from __future__ import annotations

import html
import re

_SILENT = {"script", "style", "head", "title"}
_BREAKS = {
    *("br", "p", "div", "tr", "li", "ul", "ol", "table", "blockquote", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,20})")
_LONGEST_TAG = 4_000
"""Characters in which the end of a quoted attribute is looked for."""


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces: list[str] = []
        self._silent = 0

    def run(self) -> str:
        text, at = self.text, 0
        while (start := text.find("<", at)) >= 0:
            self._say(text[at:start])
            end = self._end_of_tag(start)
            if end < 0:  # nothing closes any more: the rest is words
                self._say(text[start:])
                return "".join(self.pieces)
            at = end
        self._say(text[at:])
        return "".join(self.pieces)

    def _end_of_tag(self, start: int) -> int:
        """Where the text goes on; -1 when no tag can end from here on."""
        text = self.text
        if text.startswith("<!--", start):
            end = text.find("-->", start + 4)
            return end + 3 if end >= 0 else len(text)
        name = _NAME.match(text, start + 1)
        if name is None and text[start + 1 : start + 2] not in ("!", "?", "/"):
            self._say("<")
            return start + 1
        end = text.find(">", start)
        if end < 0:
            return -1
        if text.count('"', start, end) % 2 and end - start < _LONGEST_TAG:
            quote = text.find('"', end, start + _LONGEST_TAG)
            later = text.find(">", quote, start + _LONGEST_TAG) if quote >= 0 else -1
            end = later if later >= 0 else end
        if name:
            self._tag(name[1].lower(), closes=text[start + 1] == "/")
        return end + 1

    def _tag(self, tag: str, *, closes: bool) -> None:
        if tag == "body" and not closes:
            self._silent = 0  # a head that nobody closed must not swallow the message
        elif tag in _SILENT:
            self._silent = max(0, self._silent - 1) if closes else self._silent + 1
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def _say(self, words: str) -> None:
        if words and not self._silent:
            self.pieces.append(html.unescape(words).replace("\n", " "))


def as_text(source: str) -> str:
    """Paragraphs apart, spaces collapsed, nothing of scripts and styles."""
    lines = (_SPACES.sub(" ", line).strip() for line in _Scan(source).run().split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
