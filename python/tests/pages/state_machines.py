"""docs/state-machines.md: one diagram for each machine."""

from __future__ import annotations

from itertools import groupby

from tests.pages.catalog import Catalog, Transition
from tests.pages.markdown import codes, fence, heading, page

START = "[*]"
INTRODUCTION = """\
Every status column obeys a machine, whoever writes it: a change that is not drawn here fails with
`INVALID_TRANSITION`, which names the legal ones. The machines are rows of `core.state_transitions`. An arrow
says what happens and who makes it happen: the customer, staff, the Host, a provider (Stripe) or the system
itself. Where an arrow starts at the dot, a row may begin its life in that state; an arrow to the ringed dot
marks a state that nothing leaves."""


def state_machines(catalog: Catalog) -> str:
    machines = groupby(catalog.transitions, lambda transition: transition.machine)
    parts = (part for name, found in machines for part in _machine(catalog, name, list(found)))
    return page("State machines", INTRODUCTION, *parts)


def _machine(catalog: Catalog, name: str, transitions: list[Transition]) -> list[str]:
    columns = [f"{guard.relation}.{guard.column}" for guard in catalog.guarded if guard.machine == name]
    where = f"Guards {codes(columns)}." if columns else "No table of this database uses it yet."
    return [heading(2, name), where, fence("mermaid", diagram(transitions))]


def diagram(transitions: list[Transition]) -> str:
    """Mermaid; the states in the order in which a row can reach them."""
    order = _reached(transitions)
    rank = {state: number for number, state in enumerate(order)}
    arrows = [
        f"  {t.from_state} --> {t.to_state}: {t.event.replace(';', ',').replace(':', ',')} ({t.actor})"
        for t in sorted(transitions, key=lambda t: (rank[t.from_state], rank[t.to_state]))
    ]
    left = {t.from_state for t in transitions}
    ends = [f"  {state} --> {START}" for state in order if state not in left]
    return "\n".join(["stateDiagram-v2", *arrows, *ends])


def _reached(transitions: list[Transition]) -> list[str]:
    order = [START]
    for state in order:
        order += [t.to_state for t in transitions if t.from_state == state and t.to_state not in order]
    return order + sorted({t.from_state for t in transitions} - set(order))
