"""A strict reader of the Test Anything Protocol: whatever is not clearly a pass is a failure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_PLAN = re.compile(r"1\.\.(\d+)")
_RESULT = re.compile(r"(?P<not>not )?ok\b(?: (?P<number>\d+))?(?: -)? ?(?P<description>.*)")
_SKIP = re.compile(r"# *skip\b *(?P<reason>.*)", re.IGNORECASE)
_COMPLAINT = re.compile(r"# (Looks like you|No tests run)")
_FAILED_TEST = re.compile(r"# Failed (\(TODO\) )?test \d+")


@dataclass(frozen=True)
class Output:
    """One line a test printed, and the line of the file whose statement printed it."""

    line: int
    text: str


@dataclass(frozen=True)
class Failure:
    """Something that is wrong with a test file, where, and the details below it."""

    line: int
    message: str
    details: tuple[str, ...] = ()


@dataclass
class Assertion:
    """One `ok` or `not ok`."""

    line: int
    passed: bool
    description: str
    skipped: str | None = None
    details: list[str] = field(default_factory=list)

    def failure(self) -> Failure:
        return Failure(
            self.line, self.description or "an assertion without a description", tuple(self.details)
        )


@dataclass
class Report:
    """What a test file printed, judged."""

    assertions: list[Assertion] = field(default_factory=list)
    breaches: list[Failure] = field(default_factory=list)

    @property
    def failures(self) -> list[Failure]:
        failed = [assertion.failure() for assertion in self.assertions if not assertion.passed]
        return sorted(failed + self.breaches, key=lambda failure: failure.line)


def is_tap(text: str) -> bool:
    """Whether a printed line means something to TAP; test files print other things too."""
    return text.startswith(("#", "Bail out!")) or bool(_PLAN.fullmatch(text) or _RESULT.fullmatch(text))


def judge(outputs: Iterable[Output]) -> Report:
    """Reads a file's output. The plan comes first, numbers run from 1 without gaps, TODO excuses nothing."""
    report = Report()
    planned: int | None = None
    complaints: list[Failure] = []
    line = 1

    def breach(message: str) -> None:
        report.breaches.append(Failure(line, message))

    for output in outputs:
        line = output.line
        if plan := _PLAN.fullmatch(output.text):
            if planned is not None:
                breach("a second plan")
            elif report.assertions:
                breach("the plan comes after the first assertion")
            planned = int(plan[1]) if planned is None else planned
        elif output.text.startswith("Bail out!"):
            breach(output.text)
        elif _COMPLAINT.match(output.text):
            complaints.append(Failure(line, f"finish() complains: {output.text[2:]}"))
        elif output.text.startswith("#"):
            if report.assertions and not _FAILED_TEST.match(output.text):
                report.assertions[-1].details.append(output.text[1:].removeprefix(" "))
        elif result := _RESULT.fullmatch(output.text):
            expected = len(report.assertions) + 1
            if result["number"] != str(expected):
                breach(
                    f"assertion {expected} is numbered {result['number'] or 'nothing'}: "
                    "the output of another one was lost or printed twice"
                )
            skip = _SKIP.search(result["description"])
            report.assertions.append(
                Assertion(
                    line=line,
                    passed=not result["not"],
                    description=result["description"],
                    skipped=skip["reason"] if skip else None,
                )
            )

    if planned is None:
        breach("no plan: begin with `select plan(<number of assertions>);`")
    elif planned == 0:
        breach("a plan of no assertions")
    elif planned != len(report.assertions):
        breach(f"{planned} assertions were planned, {len(report.assertions)} ran")
    if not report.failures:
        report.breaches.extend(complaints)
    return report
