"""Whatever is not clearly a pass is a failure."""

from __future__ import annotations

import pytest

from reserve_db.sqltest.tap import Output, Report, is_tap, judge


def judged(text: str) -> Report:
    return judge(Output(number, line) for number, line in enumerate(text.splitlines(), start=1))


def test_a_kept_plan_passes() -> None:
    report = judged("1..2\nok 1 - guests pay\nok 2")
    assert report.failures == []
    assert [assertion.description for assertion in report.assertions] == ["guests pay", ""]


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        ("", "no plan"),
        ("ok 1 - a", "no plan"),
        ("1..0", "a plan of no assertions"),
        ("1..2\nok 1", "2 assertions were planned, 1 ran"),
        ("1..1\nok 1\nok 2", "1 assertions were planned, 2 ran"),
        ("1..1\n1..1\nok 1", "a second plan"),
        ("ok 1\n1..1", "the plan comes after the first assertion"),
        ("1..2\nok 1\nok 1", "assertion 2 is numbered 1"),
        ("1..2\nok 1\nok 3", "assertion 2 is numbered 3"),
        ("1..1\nok", "assertion 1 is numbered nothing"),
        ("1..1\nnot ok 1 - guests pay", "guests pay"),
        ("1..1\nnot ok 1 - later # TODO someday", "later"),
        ("1..1\nok 1\nBail out! no more beds", "Bail out! no more beds"),
        ("1..1\nok 1\n# Looks like you failed 1 test of 1", "finish() complains: Looks like you failed"),
    ],
)
def test_a_breach_is_a_failure(output: str, complaint: str) -> None:
    assert any(failure.message.startswith(complaint) for failure in judged(output).failures)


def test_a_failure_carries_its_line_and_what_pgtap_says_about_it() -> None:
    failure = judged('1..1\nnot ok 1 - a\n# Failed test 1: "a"\n#     have: 1\n#     want: 2').failures[0]
    assert (failure.line, failure.details) == (2, ("    have: 1", "    want: 2"))


def test_finish_does_not_repeat_what_is_known() -> None:
    report = judged("1..1\nnot ok 1 - a\n# Looks like you failed 1 test of 1")
    assert [failure.message for failure in report.failures] == ["a"]


def test_a_skipped_assertion_passes_and_says_why() -> None:
    assertion = judged("1..1\nok 1 # SKIP only on 18").assertions[0]
    assert (assertion.passed, assertion.skipped) == (True, "only on 18")


@pytest.mark.parametrize("text", ["okay", "1..x", "", "anything", "not okay 1"])
def test_other_output_is_ignored(text: str) -> None:
    assert not is_tap(text)
