"""Who sends what, as it is configured."""

from __future__ import annotations

import contextlib
import logging

from reserve_db.notifications.mail import MailSender
from reserve_db.notifications.message import Sender
from reserve_db.notifications.messaging import MessagingSender
from reserve_db.settings import Settings

log = logging.getLogger("reserve_db.worker")


def configured_senders(
    settings: Settings, timeout_seconds: float, stack: contextlib.AsyncExitStack
) -> dict[str, Sender]:
    """The channels whose provider is configured; messages of the others wait. Push has no provider."""
    senders: dict[str, Sender] = {}
    if settings.smtp and settings.mail_from:
        senders["email"] = MailSender(settings.smtp, settings.mail_from, timeout_seconds)
    else:
        log.warning("RESERVE_SMTP_URL is not set: no mail is sent")
    if settings.messaging_url and settings.messaging_api_key:
        messaging = MessagingSender(settings.messaging_url, settings.messaging_api_key, timeout_seconds)
        stack.push_async_callback(messaging.close)
        senders |= {"whatsapp": messaging, "sms": messaging}
    else:
        log.warning("RESERVE_MESSAGING_URL is not set: no WhatsApp or SMS is sent")
    return senders
