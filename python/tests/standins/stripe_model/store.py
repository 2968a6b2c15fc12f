"""The account's objects, its balance, its events."""

import copy
import secrets
import string
import time
from collections.abc import Callable, Iterable
from typing import Any

import stripe
from stripe._api_version import _ApiVersion

from tests.standins.stripe_model.errors import StripeError, no_such

Object = dict[str, Any]

API_VERSION = _ApiVersion.CURRENT
TWO_DAYS = 172_800

_ALPHABET = string.ascii_letters + string.digits
_NOT_IN_JSON = {"OBJECT_NAME", "deleted", "refunds"}


def skeleton(kind: type[stripe.StripeObject]) -> Object:
    """Every field the installed SDK declares for this object, null until set."""
    fields: Object = dict.fromkeys(name for name in kind.__annotations__ if name not in _NOT_IN_JSON)
    return fields


class Store:
    """Everything one Stripe account holds, in memory.

    ``notify`` is told of each event; ``request`` identifies the API request being served, for
    ``event.request``, and is empty for changes Stripe makes by itself.
    """

    def __init__(self, base_url: str, accounts: Iterable[str], notify: Callable[[Object], None]) -> None:
        self.base_url = base_url
        self.accounts = set(accounts)
        self.notify = notify
        self.request: Object = {"id": None, "idempotency_key": None}
        self.reset()

    def reset(self) -> None:
        """Forget every object; the connected accounts stay."""
        self.seconds_ahead = 0
        """Of the machine's clock."""
        self.objects: dict[str, Object] = {}
        self.test_ids: dict[str, str] = {}
        """The test payment method each payment method was made from."""
        self.session_items: dict[str, list[Object]] = {}
        self.session_intent_data: dict[str, Object] = {}
        """What a Checkout session says about the intent it will make."""

    def now(self) -> int:
        return int(time.time()) + self.seconds_ahead

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(24))}"

    def add(self, kind: type[stripe.StripeObject], name: str, prefix: str, **fields: Any) -> Object:
        """Store a new object with every field of its kind."""
        common = {"id": self.new_id(prefix), "object": name, "created": self.now()}
        if "livemode" in kind.__annotations__:
            common["livemode"] = False
        stored = skeleton(kind) | common | fields
        self.objects[stored["id"]] = stored
        return stored

    def find(self, name: str, object_id: str, param: str, status: int = 400) -> Object:
        """The object of this name and id; missing is 404 in a path and 400 in a parameter."""
        found = self.objects.get(object_id)
        if found is None or found["object"] != name:
            raise no_such(name.replace(".", "_"), object_id, param, status)
        return found

    def every(self, name: str, **equal: Any) -> list[Object]:
        """All objects of this name whose fields equal those given, oldest first; None does not count."""
        wanted = {field: value for field, value in equal.items() if value is not None}
        return [
            item
            for item in self.objects.values()
            if item["object"] == name and all(item[field] == value for field, value in wanted.items())
        ]

    def require_account(self, account_id: str, param: str) -> None:
        if account_id not in self.accounts:
            raise no_such("destination", account_id, param)

    def emit(self, event_type: str, changed: Object, previous: Object | None = None) -> None:
        """Record an event with a snapshot of the object, and announce it."""
        data = {"object": copy.deepcopy(changed)}
        if previous is not None:
            data["previous_attributes"] = copy.deepcopy(previous)
        event = self.add(
            stripe.Event,
            "event",
            "evt",
            type=event_type,
            api_version=API_VERSION,
            data=data,
            pending_webhooks=1,
            request=dict(self.request),
        )
        for absent in ("account", "context", "reason"):
            event.pop(absent, None)
        self.notify(event)

    def move_money(
        self,
        kind: str,
        amount: int,
        source: Object,
        *,
        fee: int = 0,
        category: str | None = None,
        description: str | None = None,
    ) -> Object:
        """A balance transaction: ``amount`` minor units in (or out, when negative), less ``fee``."""
        fee_detail = {
            "amount": fee,
            "application": None,
            "currency": source["currency"],
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
        return self.add(
            stripe.BalanceTransaction,
            "balance_transaction",
            "txn",
            type=kind,
            amount=amount,
            fee=fee,
            net=amount - fee,
            fee_details=[fee_detail] if fee else [],
            currency=source["currency"],
            source=source["id"],
            status="pending",
            available_on=self.now() + TWO_DAYS,
            balance_type="payments",
            reporting_category=category or kind,
            description=description,
        )

    def balance(self, currency: str) -> int:
        """What the account owns in this currency; the stand-in calls all of it available."""
        return sum(entry["net"] for entry in self.every("balance_transaction", currency=currency))


def page(items: list[Object], params: dict[str, Any], url: str) -> Object:
    """One page of a list, newest first, by Stripe's cursors."""
    newest_first = [item for item in reversed(items) if _created_matches(item, params.get("created"))]
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise StripeError(
            "Invalid limit: must be between 1 and 100", code="parameter_invalid_integer", param="limit"
        )
    ids = [item["id"] for item in newest_first]
    start, end = 0, len(newest_first)
    if "starting_after" in params:
        start = _position(ids, params["starting_after"], "starting_after") + 1
    if "ending_before" in params:
        end = _position(ids, params["ending_before"], "ending_before")
        start = max(start, end - limit)
    data = newest_first[start:end][:limit]
    has_more = start > 0 if "ending_before" in params else start + limit < end
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def _position(ids: list[str], object_id: str, param: str) -> int:
    if object_id not in ids:
        raise no_such("object", object_id, param)
    return ids.index(object_id)


def _created_matches(item: Object, condition: Any) -> bool:
    if condition is None:
        return True
    if isinstance(condition, int):
        return bool(item["created"] == condition)
    created = item["created"]
    return bool(
        created > condition.get("gt", -1)
        and created >= condition.get("gte", 0)
        and created < condition.get("lt", created + 1)
        and created <= condition.get("lte", created)
    )


def expand(store: Store, answer: Object, paths: Iterable[str]) -> Object:
    """A copy of the answer in which the ids at ``paths`` are replaced by their objects."""
    expanded = copy.deepcopy(answer)
    for path in paths:
        _expand(store, expanded, path.split("."), path)
    return expanded


def _expand(store: Store, target: Any, steps: list[str], path: str) -> None:
    if isinstance(target, list):
        for item in target:
            _expand(store, item, steps, path)
        return
    step, *rest = steps
    if not isinstance(target, dict) or step not in target:
        raise StripeError(f"This property cannot be expanded ({path}).")
    value = target[step]
    if isinstance(value, str):
        if value not in store.objects:
            raise StripeError(f"This property cannot be expanded ({path}).")
        target[step] = copy.deepcopy(store.objects[value])
    elif not rest and value is not None:
        raise StripeError(f"This property cannot be expanded ({path}).")
    if rest and target[step] is not None:
        _expand(store, target[step], rest, path)


def merge_metadata(stored: dict[str, str], given: dict[str, str] | str) -> dict[str, str]:
    """Metadata is merged by key; an empty value unsets its key, an empty string all of them."""
    if isinstance(given, str):
        return {}
    merged = stored | given
    return {key: value for key, value in merged.items() if value != ""}
