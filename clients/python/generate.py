"""
Writes what is made of other files: `resources.py` and `_version.py` from an OpenAPI document (its path or URL), and
`async_management.py` from `management.py`. `python3 generate.py DOCUMENT [FOLDER]`
"""

from __future__ import annotations

import ast
import json
import keyword
import re
import sys
import textwrap
from pathlib import Path
from typing import Any, cast
from urllib.request import urlopen

HERE = Path(__file__).parent
PACKAGE = HERE / "pictify_keys"
Schema = dict[str, Any]


class Resources:
    """Schemas as TypedDicts, with a name for each object."""

    def __init__(self, document: Schema) -> None:
        self._schemas: dict[str, Schema] = document["components"]["schemas"]
        self._written: dict[str, str] = {}
        self._under_way: set[str] = set()

    @property
    def text(self) -> str:
        return "\n".join(self._written.values())

    def named(self, name: str, schema: Schema) -> str:
        """The type of a schema, as Python writes it. `name` is for an object that has none of its own."""
        reference = schema.get("$ref")
        if reference:
            return self._shared(reference.rsplit("/", 1)[-1])
        if "const" in schema:
            return f"Literal[{schema['const']!r}]"
        if "enum" in schema:
            return f"Literal[{', '.join(json.dumps(value) for value in schema['enum'])}]"
        for form in ("anyOf", "oneOf"):
            if form in schema:
                return self._union(name, schema[form])
        kind = schema.get("type")
        if isinstance(kind, list):
            return self._union(name, [{**schema, "type": one} for one in cast("list[str]", kind)])
        if kind == "array":
            return f"list[{self.named(name + 'Item', schema['items'])}]"
        if kind == "object":
            return self._object(name, schema)
        return {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}.get(
            str(kind), "Any"
        )

    def _shared(self, name: str) -> str:
        if name in self._under_way:
            # JSON in JSON.
            return "Any"
        if name not in self._written:
            self._under_way.add(name)
            made = self.named(name, self._schemas[name])
            self._under_way.remove(name)
            if made != name:
                return made
        return name

    def _union(self, name: str, schemas: list[Schema]) -> str:
        places = {index: index + 1 for index, one in enumerate(schemas) if "properties" in one}
        made = [
            self.named(f"{name}{places[index]}" if len(places) > 1 and index in places else name, one)
            for index, one in enumerate(schemas)
        ]
        unique = list(dict.fromkeys(made))
        return "Any" if "Any" in unique else " | ".join(unique)

    def _object(self, name: str, schema: Schema) -> str:
        properties: dict[str, Schema] = schema.get("properties", {})
        if not properties:
            values = schema.get("additionalProperties")
            return f"dict[str, {self.named(name + 'Value', values) if values else 'Any'}]"
        required = set(schema.get("required", []))
        fields = {field: self.named(name + _title(field), one) for field, one in properties.items()}
        must = {field: kind for field, kind in fields.items() if field in required}
        may = {field: kind for field, kind in fields.items() if field not in required}
        base = f"_{name}" if must and may else name
        parts: list[str] = []
        if must:
            parts.append(_typed_dict(base, "TypedDict", must))
        if may:
            parts.append(_typed_dict(name, base if must else "TypedDict", may, is_total=False))
        self._written[name] = "\n".join(parts)
        return name


def _title(field: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+", field))


def _typed_dict(name: str, base: str, fields: dict[str, str], is_total: bool = True) -> str:
    total = "" if is_total else ", total=False"
    if all(field.isidentifier() and not keyword.iskeyword(field) for field in fields):
        lines = [_wrapped(f"    {field}: {kind}") for field, kind in fields.items()]
        return "\n".join([f"\nclass {name}({base}{total}):", *lines, ""])
    if base != "TypedDict":
        # Only the functional form takes such names, and it has no base.
        own = f"_{name}May"
        return _typed_dict(own, "TypedDict", fields, is_total) + f"\n\nclass {name}({base}, {own}):\n    pass\n"
    lines = [f'        "{field}": {json.dumps(kind)},' for field, kind in fields.items()]
    return "\n".join([f'\n{name} = TypedDict(\n    "{name}",', "    {", *lines, f"    }}{total},", ")", ""])


def _wrapped(line: str) -> str:
    if len(line) <= 118 or "Literal[" not in line:
        return line
    before, _, rest = line.partition("Literal[")
    values, _, after = rest.partition("]")
    inner = textwrap.fill(values + ",", 118, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return f"{before}Literal[\n{inner}\n    ]{after}"


def operations_of(management: str) -> list[str]:
    """The operation IDs of a class whose methods have their names."""
    (made,) = [one for one in ast.parse(management).body if isinstance(one, ast.ClassDef)]
    names = [one.name for one in made.body if isinstance(one, ast.FunctionDef)]
    return [re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in names if not name.startswith("_")]


def resources_of(document: Schema, management: str) -> str:
    asked = operations_of(management)
    made = Resources(document)
    for operations in document["paths"].values():
        for operation in operations.values():
            name: str = operation["operationId"]
            if name not in asked:
                continue
            own = name[0].upper() + name[1:]
            contents = [operation.get("requestBody", {}).get("content", {})]
            contents += [one.get("content", {}) for status, one in operation["responses"].items() if status < "202"]
            for content, kind in zip(contents, ["Body", "Result", "Result"]):
                if "application/json" in content:
                    made.named(own + kind, content["application/json"]["schema"])
    made.named("ApiKey", {"$ref": "#/components/schemas/ApiKey"})
    return (
        '"""Made by generate.py from the OpenAPI document of the service."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Any, Literal, TypedDict\n\n" + made.text
    )


def async_of(management: str) -> str:
    changes = [
        (r'^""".*?"""', '"""Made of management.py by generate.py."""'),
        (r"\bManagement\b", "AsyncManagement"),
        (r"(class AsyncManagement:\n    \"\"\").*?\"\"\"", r'\1`Management` for asyncio."""'),
        (r"\bPool\b", "AsyncPool"),
        (r"from \._pool import", "from ._async_pool import"),
        (r"import copy\nimport ssl\nimport time\n", "import asyncio\nimport copy\nimport ssl\n"),
        (r"\btime\.sleep\b", "await asyncio.sleep"),
        (r"    def (?!__init__|__repr__|for_account|__)(\w+)", r"    async def \1"),
        (r"    def __(enter|exit)__", r"    async def __a\1__"),
        (r"\bself\.(_call|_send|list_events|_pool\.send|_pool\.close|close)\(", r"await self.\1("),
        (r"\bIterator\b", "AsyncIterator"),
    ]
    for pattern, text in changes:
        management = re.sub(pattern, text, management, flags=re.MULTILINE | re.DOTALL)
    return management


def main(source: str, folder: str = str(PACKAGE)) -> None:
    opened = urlopen(source, timeout=30) if "://" in source else open(source, "rb")
    with opened as file:
        document = json.load(file)
    management = (PACKAGE / "management.py").read_text()
    (Path(folder) / "resources.py").write_text(resources_of(document, management))
    version = json.dumps(document["info"]["version"])
    about = '"""The release of the service that this client came with."""'
    (Path(folder) / "_version.py").write_text(f"VERSION = {version}\n{about}\n")
    (Path(folder) / "async_management.py").write_text(async_of(management))


if __name__ == "__main__":
    main(*sys.argv[1:])
