"""Holds a raw response body against the shape that the service's published model gives it.

botocore parses leniently: it drops members it does not know and does not look at limits. This walk does not.
"""

import functools
import re
import sys
import unicodedata

TYPES = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    # Both protocols carry times in bodies as seconds since the epoch.
    "timestamp": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "map": lambda value: isinstance(value, dict),
    "structure": lambda value: isinstance(value, dict),
}


def faults(shape, value, where="$"):
    """Returns one sentence for each way in which `value` is not what `shape` allows."""
    if not TYPES[shape.type_name](value):
        return [f"{where} should be a {shape.type_name} and is {value!r}"]
    found = list(_limits(shape, value, where))
    if shape.type_name == "structure":
        found += _members(shape, value, where)
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            found += faults(shape.member, item, f"{where}[{index}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            found += faults(shape.key, key, f"{where} key")
            found += faults(shape.value, item, f"{where}[{key}]")
    return found


def _members(shape, value, where):
    found = [f"{where} lacks {name}" for name in shape.required_members if name not in value]
    if shape.is_tagged_union and len(value) != 1:
        found.append(f"{where} is a union and holds {sorted(value)}")
    # The wire name differs from the member's where the model says so.
    wire = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    for name, item in value.items():
        if name not in wire:
            found.append(f"{where} has a member {name} that the model does not know")
        else:
            found += faults(wire[name], item, f"{where}.{name}")
    return found


def _limits(shape, value, where):
    limits = shape.metadata
    size = value if shape.type_name == "integer" else len(value) if hasattr(value, "__len__") else None
    if size is not None and shape.type_name != "structure":
        # The models share maps between input and output: a resource without tags is answered with an empty one.
        if size < limits.get("min", size) and shape.type_name != "map":
            yield f"{where} is {size}, under {limits['min']}"
        if size > limits.get("max", size):
            yield f"{where} is {size}, over {limits['max']}"
    if shape.type_name == "string":
        if value not in limits.get("enum", [value]):
            yield f"{where} is {value!r}, not one of {limits['enum']}"
        if "pattern" in limits and not _pattern(limits["pattern"]).search(value):
            yield f"{where} is {value!r}, which does not match {limits['pattern']}"


@functools.cache
def _pattern(text):
    for category in "LNZ":
        text = text.replace(rf"\p{{{category}}}", _ranges(category) if rf"\p{{{category}}}" in text else "")
    # The models mean the whole value, also where they leave the anchors out; `\Z` because `$` allows a last newline.
    return re.compile(rf"\A(?:{text.removeprefix('^').removesuffix('$')})\Z")


@functools.cache
def _ranges(category):
    """Returns a Unicode category as the inside of a character class, which Python's `re` has no name for."""
    text, first = [], None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and unicodedata.category(chr(code)).startswith(category)
        if inside and first is None:
            first = code
        elif not inside and first is not None:
            text.append(f"\\U{first:08x}-\\U{code - 1:08x}")
            first = None
    return "".join(text)
