"""What goes over the wire: a request as the Bot API reads it, and a refusal as it words it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]


class ApiError(Exception):
    """A refusal: HTTP status, description and ``parameters`` of the answer."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> bytes:
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return json.dumps(answer).encode()


def bad_request(description: str, parameters: Json | None = None) -> ApiError:
    return ApiError(400, f"Bad Request: {description}", parameters)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request."""

    name: str
    data: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of a call; every value is text, as a form carries it."""

    values: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        return self.values.get(name)

    def integer(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except ValueError:
            raise bad_request(f'invalid parameter {name}: integer expected, got "{value[:40]}"') from None

    def required(self, name: str) -> int:
        value = self.integer(name)
        if value is None:
            raise bad_request(f'parameter "{name}" is required')
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name, "false").lower()
        if value not in ("true", "false", "1", "0", ""):
            raise bad_request(f'invalid parameter {name}: boolean expected, got "{value[:40]}"')
        return value in ("true", "1")

    def json(self, name: str, kind: type[list[Any]] | type[Json]) -> Any:
        """The decoded value, or None where the parameter is absent."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            decoded = json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None
        if not isinstance(decoded, kind):
            expected = "an Array" if kind is list else "an Object"
            raise bad_request(f"can't parse {name}: expected {expected}")
        return decoded


def read_params(content_type: str, body: bytes, query: str = "") -> Params:
    """The parameters of a request: in its query, as a form, as JSON or as multipart."""
    values = dict(parse_qsl(query, keep_blank_values=True))
    files: dict[str, Upload] = {}
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            values |= dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict"))
        elif kind == "application/json":
            values |= {name: _as_text(value) for name, value in json.loads(body).items()}
        elif kind == "multipart/form-data":
            _read_multipart(content_type, body, values, files)
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return Params(values, files)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read_multipart(content_type: str, body: bytes, values: dict[str, str], files: dict[str, Upload]) -> None:
    boundary = b"--" + content_type.partition("boundary=")[2].strip('"').encode()
    for part in body.split(boundary)[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.decode().split("\r\n"))
        }
        attributes = {
            name.strip(): value.strip().strip('"')
            for name, _, value in (item.partition("=") for item in headers["content-disposition"].split(";"))
        }
        data = data.removesuffix(b"\r\n")
        if "filename" in attributes:
            mime = headers.get("content-type", "application/octet-stream")
            files[attributes["name"]] = Upload(attributes["filename"], data, mime)
        else:
            values[attributes["name"]] = data.decode()
