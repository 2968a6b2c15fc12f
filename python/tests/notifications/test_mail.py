"""Mail servers and how they are talked to: encrypted or not at all, except on the loopback interface."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from reserve_db.notifications.mail import MailSender, SmtpServer, mail_address
from reserve_db.notifications.message import Letter
from reserve_db.providers import ProviderError
from reserve_db.settings import Settings, SettingsError
from tests.standins.smtp_server import PASSWORD, USER, SmtpStandIn
from tests.worker.conftest import run

LETTER = Letter("018f3a5e", "email", "ana@guest.example", "en", "Hello", "Good morning", None)


@pytest.fixture(scope="module")
def open_relay() -> Iterator[SmtpStandIn]:
    """Without TLS and login."""
    with SmtpStandIn() as running:
        yield running


def server(mail: SmtpStandIn, scheme: str = "smtp", login: bool = True) -> SmtpServer:
    found = SmtpServer.from_url(f"{scheme}://127.0.0.1:{mail.port(scheme)}")
    return dataclasses.replace(found, user=USER, password=PASSWORD) if login else found


def send(to: SmtpServer) -> None:
    run(MailSender(to, mail_address("bookings@reserve.example"), 2.0).send(LETTER))


def failure(to: SmtpServer) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        send(to)
    assert caught.value.retry
    return caught.value


@pytest.fixture
def trusting(certificates: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["authority"]))


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_mail_is_sent_over_tls(mail: SmtpStandIn, scheme: str) -> None:
    send(server(mail, scheme))
    assert [letter["authenticated"] for letter in mail.letters()] == [True]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_nobody_vouches_for_is_refused(mail: SmtpStandIn, scheme: str) -> None:
    assert "certificate verify failed" in str(failure(server(mail, scheme)))


def test_the_loopback_interface_needs_no_tls(open_relay: SmtpStandIn) -> None:
    send(server(open_relay, login=False))
    assert len(open_relay.letters()) == 1


def test_elsewhere_nothing_is_said_in_clear(open_relay: SmtpStandIn) -> None:
    """A server that offers no TLS, or somebody between who hides that it does."""
    open_relay.reset()
    elsewhere = dataclasses.replace(server(open_relay), tls="required")
    assert failure(elsewhere).code == "NO_MAIL_SERVER"
    assert open_relay.letters() == []


@pytest.mark.usefixtures("trusting")
def test_without_a_login_this_server_takes_nothing(mail: SmtpStandIn) -> None:
    assert failure(server(mail, login=False)).code == "SMTP_530"


def test_a_server_that_is_not_there() -> None:
    assert failure(SmtpServer.from_url("smtp://127.0.0.1:1")).code == "NO_MAIL_SERVER"


@pytest.mark.usefixtures("trusting")
def test_the_login_can_be_tried_without_sending(mail: SmtpStandIn) -> None:
    run(MailSender(server(mail), mail_address("bookings@reserve.example"), 2.0).check())
    assert mail.letters() == []
    wrong = dataclasses.replace(server(mail), password="wrong")
    with pytest.raises(ProviderError):
        run(MailSender(wrong, mail_address("bookings@reserve.example"), 2.0).check())


# settings


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 587, "required")),
        ("smtps://mail.example", SmtpServer("mail.example", 465, "implicit")),
        ("smtp://localhost:25", SmtpServer("localhost", 25, "offered")),
        ("smtp://a%40b:p%2Fw@mail.example:2525", SmtpServer("mail.example", 2525, "required", "a@b", "p/w")),
    ],
)
def test_where_mail_is_handed_over(url: str, expected: SmtpServer) -> None:
    assert SmtpServer.from_url(url) == expected
    assert "p/w" not in repr(expected)


@pytest.mark.parametrize("url", ["https://mail.example", "mail.example", "smtp://", "smtp://mail.example/x"])
def test_what_is_no_mail_server(url: str) -> None:
    with pytest.raises(SettingsError, match="RESERVE_SMTP_URL must be"):
        Settings.from_environment({"RESERVE_SMTP_URL": url, "RESERVE_MAIL_FROM": "a@b.example"})


@pytest.mark.parametrize("text", ["bookings", "Bookings <>", "@reserve.example", "a@b, c@d"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(SettingsError, match="RESERVE_MAIL_FROM must be"):
        Settings.from_environment({"RESERVE_MAIL_FROM": text})


@pytest.mark.parametrize(
    ("name", "value", "beside"),
    [
        ("RESERVE_SMTP_URL", "smtp://mail.example", "RESERVE_MAIL_FROM"),
        ("RESERVE_MESSAGING_URL", "https://sms.example", "RESERVE_MESSAGING_API_KEY"),
    ],
)
def test_what_must_be_set_together(name: str, value: str, beside: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} needs {beside}"):
        Settings.from_environment({name: value})
