"""docs/rpc.md: every function that clients may call."""

from __future__ import annotations

from collections.abc import Mapping

from reserve_db.serve.functions import PAYMENT_STARTS
from tests.pages.catalog import ROLES, Catalog, Function
from tests.pages.errors import failures, link
from tests.pages.examples import AGENT, GUEST, SCHEMAS, SUPERVISOR, SYSTEM, Example
from tests.pages.markdown import WIDTH, bullets, codes, fence, heading, page, pretty, sentence
from tests.pages.sources import Source, Sources

INTRODUCTION = """\
The schema `api` is all that clients see. Its functions are called through PostgREST, by supabase-js for
example, or through `reserve-db serve` as `POST /functions/v1/{name}` with the parameters as keys of a JSON
body, without their `p_`; `serve` wraps answers in an envelope. Errors are those of [errors.md](errors.md).
Amounts are integers in minor units, times have a time zone, and a stay is given by the dates of arrival and
departure.

A guest without an account proves to be the same guest by a session id of 16 to 100 random characters that the
client makes up and keeps: as `p_session_id` where a function has it, else in the header `x-session-id`.

In the examples `supabase` is a client with the public key, `agent` and `supervisor` are those of staff who
signed in, and `system` is one with the service key, which only servers have. All are taken from one story
that was run, from search to payout. Through `serve`, every function may also fail with `INVALID_REQUEST`,
`RATE_LIMIT_EXCEEDED`, `SERVICE_UNAVAILABLE` and `INTERNAL_ERROR`."""
GROUPS = {
    "anon": ("For everybody", "Guests, signed-in customers, staff and the system may call these."),
    "authenticated": (
        "For who is signed in",
        "Staff with a role in the city, unless it says otherwise, and the system.",
    ),
    "service_role": ("For the system", "Servers with the service key: `serve`, workers, schedulers."),
}
CLIENTS = {GUEST: "supabase", AGENT: "agent", SUPERVISOR: "supervisor", SYSTEM: "system"}
# What the second of two equal calls does. Functions that only read need no word.
ONE_PAYMENT = "There is one payment for each attempt: the second call answers the one that is open."
ONE_PAGE = (
    "The second call answers the page that is open. One that was closed, or where paying failed, gives way "
    "to another."
)
ONE_REPORT = "Only the first report under a lease is accepted; later ones change nothing."
ONE_EVENT = (
    "With `p_event_id`, an event counts once, and gets the same answer. Without one, each call counts."
)
SAME = "The same again changes nothing."
REPEATING: Mapping[str, str] = {
    "cancel_booking_intent": "A cancelled or expired intent stays as it is, and the answer says which.",
    "cancel_reservation": "Whoever cancelled gets the same answer; others are told that it is over. "
    "A rejected cancellation can be asked for again.",
    "claim_commands": "Each call leases other commands; a lease that runs out is given away again.",
    "claim_notifications": "Each call leases other messages; a lease that runs out is given away again.",
    "complete_command": ONE_REPORT,
    "complete_notification": ONE_REPORT,
    "create_booking_intent": "The same request gets the same intent while its hold lasts.",
    "create_checkout_session": ONE_PAGE,
    "create_payment_intent": ONE_PAYMENT,
    "create_pix_charge": "The same charge is answered while it can be paid.",
    "create_payment_intent_stripe": ONE_PAYMENT,
    "erase_traveler": "There is nothing left to erase; a traveler who erased himself is not found again.",
    "fail_command": ONE_REPORT,
    "fail_notification": ONE_REPORT,
    "finalize_reservation": "The second call answers the reservation that is there.",
    "host_commit_booking": "A commit that waits or is done is not queued again.",
    "host_webhook_receiver": "An event is applied once, by its `p_webhook_id`; a failed one is tried again.",
    "ingest_stripe_event": "An event is applied once, by its id; the second answer says `duplicate`.",
    "ingest_stripe_object": SAME,
    "grant_role": SAME,
    "mark_payout_paid": "The same reference again changes nothing; another one fails.",
    "moderate_review": SAME,
    "record_checkout_session": SAME,
    "record_payment_intent": SAME,
    "record_pix_charge": SAME,
    "refund_payment": "With `p_idempotency_key`, the same request gets the same answer, another one fails. "
    "Without one, a refund of that amount which is still pending is the answer.",
    "resend_notification": "Each call sends one more.",
    "resolve_exception": "A case keeps its first end, and the answer says which.",
    "retry_host_commit": "One commit waits, however often it is asked for.",
    "retry_refund": "The second call answers the refund that is on its way or done.",
    "retry_command": "The second call fails: the command is no longer dead.",
    "retry_host_event": "What was processed is not processed again.",
    "retry_payout": "The second call fails: the payout is no longer failed.",
    "revoke_role": SAME,
    "sync_host_availability": "A run that goes on is the answer; after its end a new one begins.",
    "sync_host_properties": "A run that goes on is the answer; after its end a new one begins.",
    "sync_host_room_types": "A run that goes on is the answer; after its end a new one begins.",
    "submit_review": "The same words get the same answer, others are refused.",
    "support_booking": "Only the audit log grows: it keeps who looked, and at what.",
    "tick": "Each call does what is due then.",
    "track_ad_click": ONE_EVENT,
    "emit_event": ONE_EVENT,
    "daily_rollup_job": "The second call counts the last day of each city again, with the same result.",
    "track_ad_impression": ONE_EVENT,
    "update_traveler_details": SAME,
}
THROUGH_SERVE = (
    "Everybody calls it through `reserve-db serve`, which asks the provider in between and answers what a "
    "browser needs to pay; called directly, which is for the system, it answers what to ask of the provider."
)
NOTES: Mapping[str, str] = dict.fromkeys(PAYMENT_STARTS, THROUGH_SERVE) | {
    "poll_payment_status": "To guests a converted intent is `payment_confirmed`. An authorised payment is "
    "`processing`, one that was cancelled or ran out is `failed`, and one whose money was taken is "
    "`succeeded`, also after a refund. Ask every five seconds while it is pending.",
}


def rpc(catalog: Catalog, sources: Sources, examples: Mapping[str, Example]) -> str:
    functions = [function for function in catalog.functions if function.module == "api"]
    parts = []
    for role, (title, about) in GROUPS.items():
        parts += [heading(2, title), about]
        for function in functions:
            if lowest(function) == role:
                parts += _function(function, sources, examples.get(function.name))
    views = [r for r in catalog.relations if r.module == "api" and r.is_view]
    listed = (f"[`{v.label}`](schema.md#{v.label.replace('.', '')}): {sentence(v.comment)}" for v in views)
    reading = "Read with `select`; each caller finds the rows that are open to him."
    return page("Functions for clients", INTRODUCTION, *parts, heading(2, "Views"), reading, bullets(listed))


def lowest(function: Function) -> str:
    """The least privileged role that may call it, if only through `serve`."""
    return "anon" if is_through_serve(function) else function.callers[0]


def _function(function: Function, sources: Sources, example: Example | None) -> list[str]:
    behind = sources.behind(function.label)
    more = behind.purpose.partition(". ")[2]
    schema = SCHEMAS / f"{function.name}.json"
    fails = failures(function, sources)
    facts = [
        f"Who: {_who(function, behind)}.",
        f"Again: {repeating(function)}",
        f"Fails with: {', '.join(map(link, sorted(fails)))}." if fails else "",
        f"Answer: [schema](schemas/{schema.name})." if schema.exists() else "",
    ]
    return [
        heading(3, function.name),
        " ".join(part for part in (sentence(function.comment), more, NOTES.get(function.name, "")) if part),
        fence("sql", signature(function)),
        bullets(fact for fact in facts if fact),
        *(_example(example) if example else []),
    ]


def _who(function: Function, behind: Source) -> str:
    roles = codes(function.callers)
    if is_through_serve(function):
        return f"everybody, through `reserve-db serve`; directly {roles}"
    return f"{behind.who} ({roles})" if behind.who not in ("", *ROLES) else roles


def is_through_serve(function: Function) -> bool:
    return function.name in PAYMENT_STARTS


def repeating(function: Function) -> str:
    """What a second call does."""
    if function.volatility != "volatile":
        return "It only reads."
    return REPEATING.get(function.name, "Not said.")


def signature(function: Function) -> str:
    parameters = [
        f"{p.name} {p.type.replace('timestamp with time zone', 'timestamptz')}"
        + (f" default {p.default.partition('::')[0].lower()}" if p.default else "")
        for p in function.parameters
    ]
    one_line = f"{function.label}({', '.join(parameters)}) returns jsonb"
    lines = ",\n  ".join(parameters)
    return one_line if len(one_line) <= WIDTH else f"{function.label}(\n  {lines}\n) returns jsonb"


def _example(example: Example) -> list[str]:
    return [fence(*request(example)), fence("json", pretty(example.answer))]


def request(example: Example) -> tuple[str, str]:
    """The call as a client writes it, and the language it is written in."""
    if example.by_http:
        command = f"curl https://api.example.com/functions/v1/{example.function} --json '"
        body = pretty(example.arguments, taken=len(command)).replace("'", "'\\''")
        return "sh", f"{command}{body}'"
    call = f"const {{ data }} = await {CLIENTS[example.caller]}.schema('api').rpc('{example.function}'"
    arguments = {f"p_{name}": value for name, value in example.arguments.items()}
    return "js", f"{call}, {pretty(arguments, taken=len(call))})" if arguments else f"{call})"
