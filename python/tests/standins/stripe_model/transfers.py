"""Transfers to connected accounts, their reversals, and the account's own balance."""

import stripe

from tests.standins.stripe_model.checks import checked_currency, display
from tests.standins.stripe_model.errors import StripeError
from tests.standins.stripe_model.params import Params
from tests.standins.stripe_model.store import Object, Store, merge_metadata


def create(store: Store, params: Params) -> Object:
    """Send money of the balance, or of one charge, to a connected account."""
    store.require_account(params["destination"], "destination")
    currency = checked_currency(params["currency"])
    if "amount" not in params:
        raise StripeError("Missing required param: amount.", code="parameter_missing", param="amount")
    amount = params["amount"]
    if amount < 1:
        raise StripeError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    charge = _source_charge(store, params, amount, currency)
    if charge is None and amount > store.balance(currency):
        raise StripeError(
            "You have insufficient available funds in your Stripe account. Your card balance is too low.",
            code="balance_insufficient",
        )
    transfer = store.add(
        stripe.Transfer,
        "transfer",
        "tr",
        amount=amount,
        amount_reversed=0,
        currency=currency,
        destination=params["destination"],
        destination_payment=store.new_id("py"),
        description=params.get("description"),
        metadata=merge_metadata({}, params.get("metadata", {})),
        reversed=False,
        source_transaction=charge["id"] if charge else None,
        source_type="card",
        transfer_group=params.get("transfer_group")
        or (f"group_{charge['payment_intent']}" if charge else None),
    )
    url = f"/v1/transfers/{transfer['id']}/reversals"
    transfer["reversals"] = {"object": "list", "data": [], "has_more": False, "url": url}
    transfer["balance_transaction"] = store.move_money("transfer", -amount, transfer)["id"]
    store.emit("transfer.created", transfer)
    return transfer


def retrieve(store: Store, _: Params, transfer_id: str) -> Object:
    return store.find("transfer", transfer_id, "transfer", status=404)


def reverse(store: Store, params: Params, transfer_id: str) -> Object:
    """Take a transfer back, or a part of it."""
    transfer = retrieve(store, {}, transfer_id)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = params.get("amount", left)
    if left == 0:
        raise StripeError(f"Transfer {transfer_id} is already fully reversed.")
    if not 1 <= amount <= left:
        raise StripeError(
            f"Reversal amount ({display(amount, transfer['currency'])}) is greater than unreversed amount on "
            f"transfer ({display(left, transfer['currency'])}), or not positive.",
            param="amount",
        )
    reversal = store.add(
        stripe.TransferReversal,
        "transfer_reversal",
        "trr",
        amount=amount,
        currency=transfer["currency"],
        transfer=transfer["id"],
        destination_payment_refund=store.new_id("pyr"),
        metadata=merge_metadata({}, params.get("metadata", {})),
    )
    reversal["balance_transaction"] = store.move_money(
        "transfer_refund", amount, reversal, category="transfer"
    )["id"]
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, dict(reversal))
    store.emit("transfer.reversed", transfer, {"amount_reversed": transfer["amount_reversed"] - amount})
    return reversal


def retrieve_reversal(store: Store, _: Params, transfer_id: str, reversal_id: str) -> Object:
    retrieve(store, {}, transfer_id)
    return store.find("transfer_reversal", reversal_id, "id", status=404)


def retrieve_account(store: Store, _: Params, account_id: str) -> Object:
    """A connected account that can be paid; the stand-in knows no other kind."""
    if account_id not in store.accounts:
        raise StripeError(
            f"The provided key does not have access to account '{account_id}' (or it does not exist).",
            code="account_invalid",
            type="invalid_request_error",
            status=403,
        )
    return {
        "id": account_id,
        "object": "account",
        "type": "express",
        "charges_enabled": True,
        "payouts_enabled": True,
        "details_submitted": True,
        "capabilities": {"transfers": "active"},
        "metadata": {},
    }


def retrieve_balance(store: Store, _: Params) -> Object:
    """What the account owns, by currency."""
    currencies = sorted({entry["currency"] for entry in store.every("balance_transaction")})
    amounts = [{"amount": store.balance(currency), "currency": currency} for currency in currencies]
    return {"object": "balance", "livemode": False, "available": amounts, "pending": []}


def _source_charge(store: Store, params: Params, amount: int, currency: str) -> Object | None:
    if "source_transaction" not in params:
        return None
    charge = store.find("charge", params["source_transaction"], "source_transaction")
    if charge["currency"] != currency:
        raise StripeError(
            f"The currency of source_transaction's balance transaction ({charge['currency']}) must be the "
            f"same as the transfer currency ({currency})",
            param="currency",
        )
    sent = sum(
        transfer["amount"] - transfer["amount_reversed"]
        for transfer in store.every("transfer", source_transaction=charge["id"])
    )
    if amount > charge["amount_captured"] - sent:
        raise StripeError(
            "Cannot transfer more than the amount that is left of the source_transaction.", param="amount"
        )
    return charge
