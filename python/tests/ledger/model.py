"""What the recipes of the books must come to: bookings without a database.

Amounts are minor units; a balance is debits less credits. A step says which amount moves from which account
to which; what a refund may take, or what is still missing, follows from a few figures per payment that are
kept here directly, while the database reads them back from its entries.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

CREDIT_BALANCES = (
    "customer_deposits",
    "refunds_payable",
    "payouts_receivable",
    "gateway_fees_receivable",
    "commission_revenue",
)


def share(part: int, whole: int, of: int) -> int:
    """part * of / whole, rounded half up."""
    return (2 * part * of + whole) // (2 * whole)


@dataclass
class Owner:
    """Who receives the money of some bookings, and what is owed to us by that party."""

    debt: int = 0


@dataclass
class Payment:
    """Money that came in for a booking, and where it is now."""

    amount: int
    commission: int
    refunded: int = 0
    lost: int = 0
    recognised: int = 0
    deposits: int = 0
    unpaid: int = 0
    accrued: int = 0
    fee_charged: bool = False
    withdrawn: int = 0
    refunds: dict[str, int] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    @property
    def left(self) -> int:
        return self.amount - self.refunded - self.lost

    @property
    def in_flight(self) -> list[str]:
        return [refund for refund in self.refunds if refund not in self.settled]


class Booking:
    def __init__(self, amount: int, commission: int, owner: Owner) -> None:
        self.owner = owner
        self.paid = Payment(amount, commission)
        self.surplus: Payment | None = None
        self.payouts: dict[str, int] = {}
        self.balances: Counter[str] = Counter()

    def _move(self, debit: str, credit: str, amount: int) -> None:
        assert amount >= 0, (debit, credit, amount)
        self.balances[debit] += amount
        self.balances[credit] -= amount

    def receive(self) -> None:
        self.paid.deposits = self.paid.amount
        self._move("cash_reserve", "customer_deposits", self.paid.amount)

    def receive_surplus(self, refund: str) -> None:
        surplus = self.surplus = Payment(self.paid.amount, 0)
        surplus.refunded, surplus.refunds[refund] = surplus.amount, surplus.amount
        self._move("cash_reserve", "refunds_payable", surplus.amount)

    def accrue_fee(self, amount: int) -> None:
        if self.paid.fee_charged:
            return
        self.paid.accrued += amount
        self._move("gateway_fee_expense", "gateway_fees_receivable", amount)

    def charge_fee(self, amount: int) -> None:
        accrued, self.paid.accrued, self.paid.fee_charged = self.paid.accrued, 0, True
        self._move("gateway_fees_receivable", "cash_reserve", accrued)
        if amount >= accrued:
            self._move("gateway_fee_expense", "cash_reserve", amount - accrued)
        else:
            self._move("cash_reserve", "gateway_fee_expense", accrued - amount)

    def withhold_tax(self, amount: int) -> None:
        self._move("iof_expense", "cash_reserve", amount)

    def recognise_commission(self) -> None:
        paid = self.paid
        missing = max(0, share(paid.commission, paid.amount, paid.left) - paid.recognised)
        missing = min(missing, paid.deposits)
        paid.deposits -= missing
        paid.recognised += missing
        self._move("customer_deposits", "commission_revenue", missing)

    def owner_share_due(self) -> None:
        due, self.paid.deposits = self.paid.deposits, 0
        self.paid.unpaid += due
        self._move("customer_deposits", "payouts_receivable", due)

    def execute_payout(self, payout: str, amount: int) -> None:
        set_off = min(self.owner.debt, self.paid.unpaid - amount)
        self.owner.debt -= set_off
        self.paid.unpaid -= set_off + amount
        if amount:
            self.payouts[payout] = amount
        self._move("payouts_receivable", "owner_receivable", set_off)
        self._move("payouts_receivable", "cash_reserve", amount)

    def reverse_payout(self, payout: str) -> None:
        amount = self.payouts.pop(payout)
        self.paid.unpaid += amount
        self._move("cash_reserve", "payouts_receivable", amount)

    def _collect(self, payment: Payment, amount: int, to: str) -> None:
        kept = share(payment.commission, payment.amount, payment.left - amount)
        commission = max(0, payment.recognised - kept)
        deposits = min(amount - commission, payment.deposits)
        unpaid = min(amount - commission - deposits, payment.unpaid)
        debt = amount - commission - deposits - unpaid
        payment.recognised -= commission
        payment.deposits -= deposits
        payment.unpaid -= unpaid
        self.owner.debt += debt
        self._move("commission_revenue", to, commission)
        self._move("customer_deposits", to, deposits)
        self._move("payouts_receivable", to, unpaid)
        self._move("owner_receivable", to, debt)

    def request_refund(self, payment: Payment, refund: str, amount: int) -> None:
        self._collect(payment, amount, "refunds_payable")
        payment.refunded += amount
        payment.refunds[refund] = amount

    def settle_refund(self, payment: Payment, refund: str) -> None:
        payment.settled.add(refund)
        self._move("refunds_payable", "cash_reserve", payment.refunds[refund])

    def fail_refund(self, payment: Payment, refund: str) -> None:
        amount = payment.refunds.pop(refund)
        source = "cash_reserve" if refund in payment.settled else "refunds_payable"
        payment.settled.discard(refund)
        payment.refunded -= amount
        payment.deposits += amount
        self._move(source, "customer_deposits", amount)

    def dispute_withdrawn(self, amount: int, fee: int) -> None:
        self.paid.withdrawn += amount
        self._move("dispute_losses", "cash_reserve", amount)
        self._move("gateway_fee_expense", "cash_reserve", fee)

    def dispute_reinstated(self, fee: int) -> None:
        amount, self.paid.withdrawn = self.paid.withdrawn, 0
        self._move("cash_reserve", "dispute_losses", amount)
        self._move("cash_reserve", "gateway_fee_expense", fee)

    def dispute_lost(self) -> None:
        taken = min(self.paid.withdrawn, self.paid.left)
        self.paid.withdrawn = 0
        self._collect(self.paid, taken, "dispute_losses")
        self.paid.lost += taken

    def check(self) -> None:
        """What holds after every step, whatever was done."""
        assert sum(self.balances.values()) == 0, self.balances
        for account in CREDIT_BALANCES:
            assert self.balances[account] <= 0, (account, self.balances)
        assert self.balances["dispute_losses"] >= 0, self.balances
        assert self.owner.debt >= 0
