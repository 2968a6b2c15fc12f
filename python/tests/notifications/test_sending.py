"""Messages on their way: sent, tried again, given up, taken over."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from tests.notifications.conftest import Outbox
from tests.standins.faults import FaultKind
from tests.standins.messaging_server import MessagingStandIn
from tests.standins.smtp_server import SmtpStandIn


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_mail_arrives(outbox: Outbox, mail: SmtpStandIn) -> None:
    message = outbox.add()
    outbox.send()
    (letter,), (read,) = mail.letters(), mail.mails()
    assert (letter["from"], letter["to"]) == ("bookings@reserve.example", ["ana@guest.example"])
    assert letter["authenticated"]
    assert read["From"] == "Reservas & Cia <bookings@reserve.example>"
    assert read["Subject"] == "Booking RES-2026-ABC123 confirmed: Pousada & Café"
    assert read["Message-ID"] == f"<{message}@reserve.example>"
    assert (read["Content-Language"], read["Auto-Submitted"]) == ("en", "auto-generated")
    text = read.get_content()
    assert "Check-in: December 1, 2026" in text
    assert "Total paid: R$1,234.56" in text
    assert outbox.state(message) == ("sent", 1, None)
    kept = outbox.rows("select subject, body, sent_at is not null from notifications.notification_outbox")
    assert kept[0][0] == read["Subject"]
    assert kept[0][1].strip().splitlines() == text.strip().splitlines()
    assert kept[0][2]


def test_html_goes_beside_the_plain_text(outbox: Outbox, mail: SmtpStandIn) -> None:
    outbox.add(template=outbox.write_template("At {{ property_name }}", html="<p>At {{ property_name }}</p>"))
    outbox.send()
    (read,) = mail.mails()
    plain, html = read.iter_parts()
    assert plain.get_content().strip() == "At Pousada & Café"
    assert (html.get_content_type(), html.get_content().strip()) == (
        "text/html",
        "<p>At Pousada &amp; Café</p>",
    )


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
def test_a_short_message_arrives(outbox: Outbox, messaging: MessagingStandIn, channel: str) -> None:
    code = outbox.write_template("{{ confirmation_code }} confirmed", channel)
    message = outbox.add("+5549999990000", code, channel)
    outbox.send()
    assert messaging.sent() == [
        {
            "channel": channel,
            "to": "+5549999990000",
            "body": "RES-2026-ABC123 confirmed",
            "idempotency_key": message,
        }
    ]
    assert outbox.state(message) == ("sent", 1, None)


# refusals


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_temporary_refusal_is_followed_by_another_try(
    outbox: Outbox, mail: SmtpStandIn, stage: str
) -> None:
    message = outbox.add()
    mail.refuse(stage, "451 4.7.1 <ana@guest.example> greylisted, come back")  # type: ignore[arg-type]
    outbox.send()
    assert outbox.state(message) == ("pending", 1, "SMTP_451: 4.7.1 *** greylisted, come back")
    outbox.send()
    assert mail.letters() == []
    outbox.make_due()
    outbox.send()
    assert outbox.state(message) == ("sent", 2, None)
    assert len(mail.letters()) == 1


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_permanent_refusal_goes_before_a_person(outbox: Outbox, mail: SmtpStandIn, stage: str) -> None:
    refused, other = outbox.add(), outbox.add("bia@guest.example")
    mail.refuse(stage, "550 5.1.1 no such user: ana@guest.example")  # type: ignore[arg-type]
    outbox.send(concurrency=1)
    assert outbox.state(refused) == ("failed", 1, "SMTP_550: 5.1.1 no such user: ***")
    assert outbox.state(other) == ("sent", 1, None)
    cases = outbox.rows("select kind, detail from core.exceptions")
    assert [(kind, detail["notification_id"]) for kind, detail in cases] == [("message_not_sent", refused)]
    assert "ana@" not in json.dumps(cases)


def test_it_is_not_the_letters_fault_that_we_are_refused(outbox: Outbox, mail: SmtpStandIn) -> None:
    message = outbox.add()
    mail.refuse("mail", "550 5.7.1 sender rejected")
    outbox.send()
    assert outbox.state(message) == ("pending", 1, "SMTP_550: 5.7.1 sender rejected")


def test_a_wrong_password_spoils_no_letter(outbox: Outbox, mail: SmtpStandIn) -> None:
    message = outbox.add()
    outbox.send(RESERVE_SMTP_URL=f"smtp://reserve:wrong@127.0.0.1:{mail.port()}")
    status, _, error = outbox.state(message)
    assert status == "pending"
    assert error is not None
    assert error.startswith("NO_MAIL_SERVER")


@pytest.mark.parametrize(
    "recipient",
    ["nobody", "a@b.c, d@e.f", "a@b.c\r\nBcc: d@e.f", "Ana <ana@guest.example>", "jürgen@guest.example"],
)
def test_what_is_not_one_address_is_sent_to_nobody(outbox: Outbox, mail: SmtpStandIn, recipient: str) -> None:
    message = outbox.add(recipient)
    outbox.send()
    status, _, error = outbox.state(message)
    assert (status, (error or "").split(":")[0]) == ("failed", "INVALID_ADDRESS")
    assert mail.letters() == []


def test_the_messaging_provider_refuses(outbox: Outbox, messaging: MessagingStandIn) -> None:
    code = outbox.write_template("Hello", "sms")
    message = outbox.add("099", code, "sms")
    outbox.send()
    assert outbox.state(message) == ("failed", 1, "invalid_number: 099 is no number such as ***.")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (("error", False), "internal_error"),
        (("rate_limit", False), "rate_limited"),
        (("close", False), "NO_ANSWER"),
        (("close", True), "NO_ANSWER"),
    ],
)
def test_the_messaging_provider_is_asked_again_with_the_same_key(
    outbox: Outbox, messaging: MessagingStandIn, fault: tuple[FaultKind, bool], error: str
) -> None:
    message = outbox.add("+5549", outbox.write_template("Hello", "sms"), "sms")
    messaging.inject(fault[0], executes=fault[1])
    outbox.send()
    status, _, said = outbox.state(message)
    assert (status, (said or "").split(":")[0]) == ("pending", error)
    outbox.make_due()
    outbox.send()
    assert outbox.state(message) == ("sent", 2, None)
    assert [sent["idempotency_key"] for sent in messaging.sent()] == [message]


# at least once


def test_an_answer_that_was_lost_means_a_copy_with_the_same_message_id(
    outbox: Outbox, mail: SmtpStandIn
) -> None:
    message = outbox.add()
    mail.drop_after_accepting()
    outbox.send()
    assert outbox.state(message) == ("pending", 1, "NO_ANSWER: The mail server did not answer.")
    outbox.make_due()
    outbox.send()
    assert [read["Message-ID"] for read in mail.mails()] == [f"<{message}@reserve.example>"] * 2


def test_a_worker_killed_before_it_could_report_is_followed_by_another(
    outbox: Outbox, mail: SmtpStandIn
) -> None:
    message = outbox.add()
    mail.hold_after_accepting()
    killed = outbox.start()
    until(lambda: len(mail.letters()) == 1)
    killed.kill()
    killed.communicate(timeout=10)
    mail.release()
    assert outbox.state(message) == ("processing", 1, None)
    outbox.send()
    assert len(mail.letters()) == 1, "the lease holds"
    outbox.make_due()
    outbox.send()
    assert outbox.state(message) == ("sent", 2, None)
    assert [read["Message-ID"] for read in mail.mails()] == [f"<{message}@reserve.example>"] * 2


def test_two_workers_send_each_message_once(outbox: Outbox, mail: SmtpStandIn) -> None:
    messages = [outbox.add(f"guest{number}@guest.example") for number in range(20)]
    mail.hold_after_accepting()
    workers = [outbox.start(), outbox.start()]
    until(lambda: len(mail.letters()) == len(messages))
    outbox.send()
    mail.release()
    for process in workers:
        process.communicate(timeout=30)
    assert sorted(letter["to"][0] for letter in mail.letters()) == sorted(
        f"guest{number}@guest.example" for number in range(20)
    )
    assert {outbox.state(message) for message in messages} == {("sent", 1, None)}


def test_who_lost_the_lease_reports_in_vain(outbox: Outbox, mail: SmtpStandIn) -> None:
    message = outbox.add()
    mail.hold_after_accepting()
    slow = outbox.start()
    until(lambda: len(mail.letters()) == 1)
    outbox.make_due()
    mail.refuse("rcpt", "450 4.2.0 busy")
    outbox.send()
    mail.release()
    _, log = slow.communicate(timeout=30)
    assert "lease was lost" in log
    assert outbox.state(message) == ("pending", 2, "SMTP_450: 4.2.0 busy")


# what is not configured, what cannot be written


def test_channels_without_a_sender_wait(
    outbox: Outbox, mail: SmtpStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    push = outbox.add(channel="push")
    text = outbox.add("+5549", outbox.write_template("Hello", "sms"), "sms")
    letter = outbox.add()
    outbox.send(RESERVE_MESSAGING_URL="")
    assert "RESERVE_MESSAGING_URL is not set" in caplog.text
    assert [outbox.state(one) for one in (push, text, letter)] == [
        ("pending", 0, None),
        ("pending", 0, None),
        ("sent", 1, None),
    ]


def test_a_worker_may_serve_some_channels(outbox: Outbox, messaging: MessagingStandIn) -> None:
    letter = outbox.add()
    text = outbox.add("+5549", outbox.write_template("Hello", "sms"), "sms")
    process = outbox.start("--channels", "sms,pigeon")
    _, log = process.communicate(timeout=30)
    assert (process.returncode, outbox.state(letter)[0], outbox.state(text)[0]) == (0, "pending", "sent")
    assert "pigeon is unknown" in log


def test_a_text_that_cannot_be_written_is_not_sent_in_part(outbox: Outbox, mail: SmtpStandIn) -> None:
    wrong = outbox.add(template=outbox.write_template("Dear {{ nickname }}"))
    nobodys = outbox.add(template="nobody_wrote_this")
    outbox.send()
    assert outbox.state(wrong) == ("failed", 1, "TEMPLATE_ERROR: body: 'nickname' is undefined")
    assert outbox.state(nobodys) == ("failed", 1, "NO_TEMPLATE: Nobody wrote nobody_wrote_this for email.")
    assert mail.letters() == []
    assert outbox.rows("select count(*) from core.exceptions where kind = 'message_not_sent'") == [(2,)]


def test_a_corrected_text_is_sent_again(outbox: Outbox, mail: SmtpStandIn) -> None:
    code = outbox.write_template("Dear {{ nickname }}")
    failed = outbox.add(template=code)
    outbox.send()
    outbox.rows(
        "update notifications.notification_templates set body_template = 'Dear guest'"
        " where template_code = %s returning 1",
        code,
    )
    (again,) = outbox.rows("select api.resend_notification(%s) ->> 'id'", failed)[0]
    outbox.send()
    assert outbox.state(again) == ("sent", 1, None)
    assert [read["Message-ID"] for read in mail.mails()] == [f"<{again}@reserve.example>"]
    assert outbox.rows("select count(*) from core.exceptions where resolved_at is null") == [(0,)]
