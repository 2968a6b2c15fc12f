"""What goes wrong between guests, banks, Stripe and the Host, and how it ends.

The demo tells it, and a test holds the product to it. Each chapter checks what it tells.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.refunds.stay import Stay, Town
from tests.story import money


class BadDays:
    """Each chapter is a stay of its own, and returns what can be told of it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.stripe, self.host = town.market.stripe, town.market.host

    def chapters(self) -> list[tuple[str, Callable[[], list[str]]]]:
        """Titles and tellers, in order."""
        return [
            ("Dora gets a part of her money back, then the rest", self.refund_a_part_and_the_rest),
            ("The Host refuses Emil's stay three times", self.be_refused_by_the_host),
            ("Fay's refund had arrived, and her bank returns it", self.get_a_refund_back),
            ("Gil disputes his payment, and loses", self.win_a_dispute),
            ("Hana disputes hers, and wins", self.lose_a_dispute),
            ("Ivo's payment comes late, while his nights are free", self.claim_the_nights_again),
            ("Jana's comes late too, and her nights are gone", self.return_a_late_payment),
            ("Karl pays by card and by Pix", self.return_a_second_payment),
        ]

    def refund_a_part_and_the_rest(self) -> list[str]:
        stay = self.town.stay("Dora")
        stay.confirm()
        part = stay.total // 3
        assert stay.refund(part).status_code == 200
        self.town.work()
        assert (stay.status, stay.payment["status"]) == ("confirmed", "partially_refunded")
        told = [f"An agent gives {money(part, 'BRL')} of {money(stay.total, 'BRL')} back."]
        assert stay.refund().status_code == 200
        self.town.work()
        assert stay.payment["status"] == "refunded"
        assert stay.refunds == [(part, "completed"), (stay.total - part, "completed")]
        return [*told, f"Then all that is left. Refunds: {_refunds(stay)}.", _books(stay)]

    def be_refused_by_the_host(self) -> list[str]:
        stay = self._refused("Emil")
        assert stay.nights() == [(0, 0)] * 3
        return [
            f"He had paid {money(stay.total, 'BRL')}. The Host is out of order (503), and tried three times.",
            f"The refund follows by itself: {_refunds(stay)}. The nights are free again.",
            f"The reservation is {stay.status}.",
            _books(stay),
        ]

    def get_a_refund_back(self) -> list[str]:
        stay = self._refused("Fay")
        self.stripe.fail_refund(stay.refund_ids[0], "lost_or_stolen_card")
        self.town.hear()
        assert (stay.status, stay.cases) == ("refund_failed", [("refund_failed", None)])
        assert stay.balances()["customer_deposits"] == -stay.total
        told = [
            f"Stripe: the card was lost. {_refunds(stay)}, and the reservation is {stay.status}.",
            f"We owe her {money(stay.total, 'BRL')} again, and a case is before staff.",
        ]
        assert stay.refund(reservation_id=stay.id).status_code == 200
        self.town.work()
        assert (stay.status, stay.cases) == ("refunded", [("refund_failed", "refunded again")])
        return [*told, f"An agent tries again: {_refunds(stay)}. The case is closed.", _books(stay)]

    def win_a_dispute(self) -> list[str]:
        stay = self.town.stay("Gil")
        stay.confirm()
        stay.complete()
        dispute = stay.dispute()
        self.town.hear()
        [(_, withdrawn)] = stay.posted()
        fee = int(withdrawn[-1].split()[2])
        self.town.pay_owners()
        assert (stay.status, stay.payment["status"]) == ("payout_pending", "disputed")
        told = [
            f"His bank takes {money(stay.total, 'BRL')} from us, and a fee of {money(fee, 'BRL')}.",
            f"The owner's payout is held: the reservation stays {stay.status}.",
        ]
        self.stripe.close_dispute(dispute, "won")
        self.town.hear()
        self.town.pay_owners()
        assert (stay.status, stay.cases) == ("paid_out", [("payment_disputed", "won")])
        assert "dispute_losses" not in stay.balances()
        return [*told, f"We win, the money comes back, the owner is paid: {stay.status}.", _books(stay)]

    def lose_a_dispute(self) -> list[str]:
        stay = self.town.stay("Hana")
        stay.confirm()
        stay.complete()
        self.stripe.close_dispute(stay.dispute(), "lost")
        self.town.hear()
        self.town.pay_owners()
        assert (stay.status, stay.cases) == ("refunded", [("payment_disputed", "lost")])
        assert [kind for kind, _ in stay.posted()] == ["dispute_withdrawn", "dispute_lost"]
        assert stay.balances().keys() == {"cash_reserve", "gateway_fee_expense"}
        return [
            f"{money(stay.total, 'BRL')} are gone before the owner was paid: commission and share go back.",
            f"The payout is called off, the reservation {stay.status}. The fee stays with us.",
            _books(stay),
        ]

    def claim_the_nights_again(self) -> list[str]:
        stay = self.town.stay("Ivo")
        stay.pay_too_late()
        assert stay.nights() == [(0, 0)] * 3
        self.town.hear()
        self.town.work()
        assert (stay.status, stay.nights(), stay.cases) == ("confirmed", [(0, 1)] * 3, [])
        return [
            "The hold had run out and its nights were free when Stripe told of the money.",
            f"They are claimed again, and the reservation is {stay.status}.",
        ]

    def return_a_late_payment(self) -> list[str]:
        stay = self.town.stay("Jana")
        stay.pay_too_late()
        assert self.town.stay("Lea", like=stay).book().status_code == 200
        self.town.hear()
        self.town.work()
        assert (stay.status, stay.payment["status"]) == (None, "refunded")
        assert stay.nights() == [(1, 0)] * 3
        return [
            "Lea holds them when Stripe tells of the money, and keeps them.",
            f"Jana has no reservation, and her money back: {_refunds(stay)}.",
            _books(stay),
        ]

    def return_a_second_payment(self) -> list[str]:
        stay = self.town.stay("Karl")
        stay.pay_twice()
        first, second = stay.payments
        assert (first["is_surplus"], second["is_surplus"]) == (False, True)
        self.town.work()
        first, second = stay.payments
        assert (first["status"], second["status"]) == ("succeeded", "refunded")
        assert (stay.status, stay.refunds) == ("confirmed", [(stay.total, "completed")])
        return [
            f"Both succeed before either is known. The first pays for the stay: it is {stay.status}.",
            f"The second is {second['status']} in full: {_refunds(stay)}.",
        ]

    def _refused(self, name: str) -> Stay:
        stay = self.town.stay(name)
        assert stay.book().status_code == 200
        stay.pay()
        self.town.hear()
        self.host.inject("error", method="POST", path="/bookings", status=503, times=3)
        self.town.work()
        assert (stay.status, stay.refunds) == ("refunded", [(stay.total, "completed")])
        return stay


def _refunds(stay: Stay) -> str:
    return ", ".join(f"{money(amount, 'BRL')} {status}" for amount, status in stay.refunds)


def _books(stay: Stay) -> str:
    """The balances of the stay; deposits and what is to be refunded must be gone."""
    balances = stay.balances()
    assert not balances.keys() & {"customer_deposits", "refunds_payable"}, balances
    told = ", ".join(f"{account} {money(amount, 'BRL')}" for account, amount in sorted(balances.items()))
    return f"In the books remain {told}."
