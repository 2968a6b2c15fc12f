"""What a test run says: to people, to programs, to CI."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from reserve_db.servers import SUPPORTED
from reserve_db.sqltest.runner import FileResult
from reserve_db.sqltest.tap import Failure


def shown(path: Path) -> str:
    """A path as one would type it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def describe(result: FileResult) -> str:
    """The failures of one file: `file:line: what`, then its details and what the server said meanwhile."""
    lines: list[str] = []
    for failure in result.failures:
        lines.append(f"{shown(result.path)}:{failure.line}: {failure.message}")
        lines += [f"  {line}" for line in _details(failure)]
    lines += [f"  {line}" for notice in result.notices for line in notice.splitlines()]
    return "\n".join(lines)


def untested(majors: Collection[int]) -> str:
    """Which supported versions a run leaves out."""
    absent = [str(major) for major in SUPPORTED if major not in majors]
    return f"not tested: PostgreSQL {', '.join(absent)}" if absent else "every supported PostgreSQL is tested"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def summary(results: Sequence[FileResult]) -> str:
    """One line: how many files and assertions passed, failed and were skipped."""
    failed = sum(not result.passed for result in results)
    assertions = [assertion for result in results for assertion in result.assertions]
    skipped = sum(assertion.skipped is not None for assertion in assertions)
    parts = [f"{counted(len(assertions), 'assertion')} in {counted(len(results), 'file')}"]
    parts += [f"{counted(failed, 'file')} failed" if failed else "all passed"]
    parts += [f"{skipped} skipped"] if skipped else []
    return ", ".join(parts)


def as_json(results: Sequence[FileResult]) -> dict[str, Any]:
    return {
        "passed": all(result.passed for result in results),
        "files": [
            {
                "file": shown(result.path),
                "postgresql": result.major,
                "passed": result.passed,
                "seconds": round(result.seconds, 3),
                "assertions": [
                    {
                        "line": assertion.line,
                        "passed": assertion.passed,
                        "description": assertion.description,
                        "skipped": assertion.skipped,
                    }
                    for assertion in result.assertions
                ],
                "failures": [
                    {"line": failure.line, "message": failure.message, "details": _details(failure)}
                    for failure in result.failures
                ],
            }
            for result in results
        ],
    }


def write_junit(results: Sequence[FileResult], target: Path) -> None:
    """One suite per file and server version, one case per assertion and per other failure."""
    root = ElementTree.Element("testsuites", name="reserve-db test")
    for result in results:
        cases = [
            _case(result, a.line, a.description, None if a.passed else a.failure(), a.skipped)
            for a in result.assertions
        ]
        asserted = [assertion.failure() for assertion in result.assertions if not assertion.passed]
        cases += [_case(result, f.line, f.message, f, None) for f in result.failures if f not in asserted]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=f"{shown(result.path)} (PostgreSQL {result.major})",
            time=f"{result.seconds:.3f}",
            tests=str(len(cases)),
            failures=str(len(result.failures)),
            errors="0",
            skipped=str(sum(assertion.skipped is not None for assertion in result.assertions)),
        )
        suite.extend(cases)
    target.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(target, encoding="utf-8", xml_declaration=True)


def _case(
    result: FileResult, line: int, name: str, failure: Failure | None, skipped: str | None
) -> ElementTree.Element:
    path = shown(result.path)
    case = ElementTree.Element(
        "testcase", classname=f"pg{result.major}.{path}", name=_printable(name), file=path, line=str(line)
    )
    if failure is not None:
        verdict = ElementTree.SubElement(case, "failure", message=_printable(failure.message))
        verdict.text = _printable("\n".join([f"{path}:{failure.line}", *_details(failure)]))
    elif skipped is not None:
        ElementTree.SubElement(case, "skipped", message=_printable(skipped))
    return case


def _details(failure: Failure) -> list[str]:
    return [line for detail in failure.details for line in detail.splitlines()]


def _printable(text: str) -> str:
    """XML 1.0 has no way to write control characters."""
    return "".join(character if character >= " " or character in "\n\t" else "\ufffd" for character in text)
