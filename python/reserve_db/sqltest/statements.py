"""Splits SQL text into statements, as psql does, so that every result and error has a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<space>   \s+ | --[^\n]* )
    | (?P<comment> /\* )
    | (?P<quoted>  [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
                 | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$ )
    | (?P<word>    [^\W\d][\w$]* )
    | (?P<other>   \d+ | . )
    """,
    re.DOTALL | re.VERBOSE,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ROUTINE = re.compile(r"create (or replace )?(function|procedure)\b")


@dataclass(frozen=True)
class Statement:
    """One statement without its leading comments, and the line of the file where it begins."""

    line: int
    text: str

    def line_at(self, position: int | None) -> int:
        """The file's line of a 1-based character position in the statement."""
        return self.line + self.text.count("\n", 0, position - 1) if position else self.line


def split(text: str) -> list[Statement]:
    """The statements of a file. Bodies written `begin atomic … end` stay in one piece."""
    statements: list[Statement] = []
    start: int | None = None
    words: list[str] = []
    parentheses = blocks = position = 0

    def close(end: int) -> None:
        if start is not None:
            statements.append(Statement(text.count("\n", 0, start) + 1, text[start:end].rstrip()))

    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            break
        if token["comment"]:
            position = _end_of_comment(text, token.end())
            continue
        position = token.end()
        if token["space"]:
            continue
        if token[0] == ";" and parentheses == blocks == 0:
            close(position)
            start, words = None, []
            continue
        start = token.start() if start is None else start
        if token["word"]:
            word = token[0].lower()
            words.append(word)
            if parentheses == 0 and _ROUTINE.match(" ".join(words[:4])):
                opens = word == "begin" or (word == "case" and blocks > 0)
                blocks += 1 if opens else -1 if word == "end" and blocks > 0 else 0
        parentheses = max(0, parentheses + {"(": 1, ")": -1}.get(token[0], 0))
    close(len(text))
    return statements


def _end_of_comment(text: str, position: int) -> int:
    """Where a block comment ends that began before `position`; block comments nest."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)
