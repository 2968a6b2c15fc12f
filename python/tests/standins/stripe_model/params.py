"""Parameters as the v1 API reads them: form encoding with brackets, checked against the SDK's types."""

import re
import sys
import types
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from tests.standins.stripe_model.errors import StripeError

Params = dict[str, Any]

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_METADATA_KEYS, _METADATA_KEY_LENGTH, _METADATA_VALUE_LENGTH = 50, 40, 500


def parse_form(encoded: str) -> Params:
    """``a[b][0]=x&a[b][1]=y`` as nested dicts; positions stay keys until the type says it is a list."""
    params: Params = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        match = _KEY.fullmatch(name)
        if not match:
            raise StripeError(f"Invalid request (check that your parameters are properly encoded): {name}")
        path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        target = params
        for step in path[:-1]:
            inner = target.setdefault(step or str(len(target)), {})
            if not isinstance(inner, dict):
                raise StripeError(f"Invalid object: {name}", param=name)
            target = inner
        target[path[-1] or str(len(target))] = value
    return params


def validate(params: Params, schema: type, prefix: str = "") -> Params:
    """``params`` with the types the SDK declares, or the refusal Stripe gives."""
    fields = _fields(schema)
    for name in params:
        if name not in fields:
            full = _full_name(prefix, name)
            raise StripeError(f"Received unknown parameter: {full}", code="parameter_unknown", param=full)
    for name in sorted(schema.__required_keys__):  # type: ignore[attr-defined]
        if name not in params:
            full = _full_name(prefix, name)
            raise StripeError(f"Missing required param: {full}.", code="parameter_missing", param=full)
    return {name: _convert(value, fields[name], _full_name(prefix, name)) for name, value in params.items()}


def _full_name(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


@cache
def _fields(schema: type) -> Mapping[str, Any]:
    """The schema's own parameters; those it inherits are options of the SDK's caller."""
    own = {
        name: hint
        for name, hint in schema.__annotations__.items()
        if name not in RequestOptions.__annotations__
    }
    holder = type("Holder", (), {"__annotations__": own})
    hints = get_type_hints(holder, globalns=vars(sys.modules[schema.__module__]), include_extras=True)
    return {name: _unwrap(hint) for name, hint in hints.items()}


def _unwrap(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) in (NotRequired, Required) else hint


def _alternatives(hint: Any) -> list[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        return [choice for part in get_args(hint) for choice in _alternatives(part)]
    return [hint]


def _convert(value: Any, hint: Any, name: str) -> Any:
    choices = _alternatives(hint)
    literals = [item for choice in choices if get_origin(choice) is Literal for item in get_args(choice)]
    if isinstance(value, dict):
        return _convert_object(value, choices, name)
    if value == "":
        if "" in literals or any(_is_metadata(choice) for choice in choices):
            return ""
        raise StripeError(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a "
            f"parameter; however '{name}' cannot be unset. You should remove '{name}' from your request or "
            "supply a non-empty value.",
            code="parameter_invalid_empty",
            param=name,
        )
    return _convert_scalar(value, choices, [item for item in literals if item != ""], name)


def _convert_object(value: Params, choices: list[Any], name: str) -> Any:
    for choice in choices:
        if is_typeddict(choice):
            return validate(value, choice, name)
        if get_origin(choice) is list:
            return _convert_list(value, get_args(choice)[0], name)
        if _is_metadata(choice):
            return _checked_metadata(value, name)
    raise StripeError(f"Invalid string: {value}", param=name)


def _convert_list(value: Params, hint: Any, name: str) -> list[Any]:
    if not all(position.isdecimal() for position in value):
        raise StripeError("Invalid array", param=name)
    in_order = sorted(value.items(), key=lambda item: int(item[0]))
    return [_convert(item, hint, f"{name}[{position}]") for position, item in in_order]


def _convert_scalar(value: str, choices: list[Any], literals: list[Any], name: str) -> Any:
    if value in literals:
        return value
    if bool in choices and value in ("true", "false"):
        return value == "true"
    if int in choices and re.fullmatch(r"-?\d+", value):
        return int(value)
    if (float in choices or Decimal in choices) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return Decimal(value)
    if literals:  # the SDK adds `str` for values of later API versions; the API itself takes only these
        raise StripeError(f"Invalid {name}: must be one of {', '.join(map(str, literals))}", param=name)
    if str in choices:
        return value
    if int in choices:
        raise StripeError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    if bool in choices:
        raise StripeError(f"Invalid boolean: {value}", param=name)
    raise StripeError(
        "Invalid array" if any(get_origin(c) is list for c in choices) else "Invalid object", param=name
    )


def _is_metadata(choice: Any) -> bool:
    return get_origin(choice) in (dict, UntypedStripeObject)


def _checked_metadata(value: Params, name: str) -> dict[str, str]:
    if len(value) > _METADATA_KEYS:
        raise StripeError(f"Metadata can have up to {_METADATA_KEYS} keys.", param=name)
    for key, item in value.items():
        full = f"{name}[{key}]"
        if not isinstance(item, str):
            raise StripeError("Metadata values must be strings.", param=full)
        if len(key) > _METADATA_KEY_LENGTH:
            raise StripeError(f"Metadata keys can have up to {_METADATA_KEY_LENGTH} characters.", param=full)
        if len(item) > _METADATA_VALUE_LENGTH:
            raise StripeError(
                f"Metadata values can have up to {_METADATA_VALUE_LENGTH} characters, but you passed in a "
                f"value that is {len(item)} characters.",
                param=full,
            )
    return dict(value)
