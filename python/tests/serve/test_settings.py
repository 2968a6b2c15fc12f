"""Settings from the environment."""

from __future__ import annotations

import pytest

from reserve_db.settings import Settings, SettingsError


def test_every_mistake_is_named_without_its_value() -> None:
    environment = {
        "RESERVE_JWT_SECRET": "short-secret",
        "RESERVE_STRIPE_URL": "ftp://stripe",
        "RESERVE_HOST_URL": "http://host.example",
        "RESERVE_TRUSTED_PROXIES": "10.0.0.0/8, somewhere",
        "RESERVE_RATE_LIMIT": "0",
    }
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environment)
    for name in environment:
        assert name in str(caught.value)
    assert "short-secret" not in str(caught.value)


def test_a_host_needs_its_key_and_secret() -> None:
    with pytest.raises(SettingsError, match="RESERVE_HOST_API_KEY"):
        Settings.from_environment({"RESERVE_HOST_URL": "https://host.example"})


def test_secrets_are_not_shown() -> None:
    settings = Settings.from_environment(
        {"RESERVE_STRIPE_API_KEY": "sk_secret", "RESERVE_STRIPE_WEBHOOK_SECRETS": "whsec_a, whsec_b"}
    )
    assert settings.stripe_webhook_secrets == ("whsec_a", "whsec_b")
    assert "sk_secret" not in repr(settings)
    assert "whsec" not in repr(settings)


def test_an_empty_variable_is_an_unset_one() -> None:
    assert Settings.from_environment({"RESERVE_JWT_SECRET": " "}) == Settings()
