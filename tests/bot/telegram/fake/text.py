"""Texts as Telegram keeps them: cleaned, trimmed, with entities checked and the obvious ones found.

Offsets and lengths of entities count UTF-16 code units. Where Telegram would quietly repair entities
(nested quotations, halves that overlap), the fake refuses them: their sender did not mean that.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.bot.telegram.fake.wire import Json, bad_request

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100

KINDS = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)
QUOTES = ("blockquote", "expandable_blockquote")
SOLID = ("code", "pre")

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_DROPPED = re.compile("[\u2028-\u202e]")
# What a client shows as nothing: a message of these alone is empty.
_INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]*"
)
_OBVIOUS = (
    ("url", re.compile(r"https?://[^\s<>\"，。；、）]+", re.ASCII)),
    ("email", re.compile(r"(?<![\w.])[\w.+-]+@[\w-]+\.[a-z]{2,}", re.ASCII)),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z]\w{3,31}", re.ASCII)),
    ("bot_command", re.compile(r"(?<![\w/@:])/\w{1,64}(?:@\w{3,32})?(?![\w/])", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """Control characters become spaces; carriage returns and direction overrides go."""
    return _DROPPED.sub("", _CONTROL.sub(" ", text.replace("\r", "")))


def slice_units(text: str, offset: int, length: int) -> str:
    """The part of the text that an entity covers."""
    return text.encode("utf-16-le")[offset * 2 : (offset + length) * 2].decode("utf-16-le")


def find_obvious(text: str) -> list[Json]:
    """The entities that Telegram finds by itself: addresses, mentions, commands, hashtags."""
    found: list[Json] = []
    taken: list[range] = []
    for kind, pattern in _OBVIOUS:
        for match in pattern.finditer(text):
            if any(match.start() < span.stop and span.start < match.end() for span in taken):
                continue
            taken.append(range(match.start(), match.end()))
            found.append(
                {"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())}
            )
    return sorted(found, key=lambda entity: entity["offset"])


def check_text(
    text: str | None,
    parse_mode: str | None,
    entities: list[Json] | None,
    *,
    caption: bool = False,
    too_long: str = "message is too long",
) -> tuple[str, list[Json]]:
    """The text as it will be shown and its entities; refuses what Telegram refuses."""
    text = clean(text or "")
    if parse_mode:
        text, entities = parse(text, parse_mode)
    given = [_checked(entity, text) for entity in entities or ()]
    _check_nesting(given)
    shown, given = _trimmed(text, given)
    if _INVISIBLE.fullmatch(shown):
        if caption:
            return "", []
        raise bad_request("message text is empty")
    if units(shown) > (MAX_CAPTION if caption else MAX_TEXT):
        raise bad_request("message caption is too long" if caption else too_long)
    if len(given) > MAX_ENTITIES:
        raise bad_request("ENTITIES_TOO_LONG")
    covered = [range(e["offset"], e["offset"] + e["length"]) for e in given if e["type"] not in QUOTES]
    obvious = [
        e
        for e in find_obvious(shown)
        if not any(e["offset"] < r.stop and r.start < e["offset"] + e["length"] for r in covered)
    ]
    return shown, sorted(given + obvious, key=lambda e: (e["offset"], -e["length"]))


def _checked(entity: object, text: str) -> Json:
    if not isinstance(entity, dict):
        raise bad_request("can't parse entities: expected an Object as MessageEntity")
    kind, offset, length = entity.get("type"), entity.get("offset"), entity.get("length")
    if kind not in KINDS:
        raise bad_request(f'can\'t parse entities: unsupported MessageEntity type "{kind}"')
    for name, value in (("offset", offset), ("length", length)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise bad_request(f'can\'t parse entities: field "{name}" must be of type Number')
    assert isinstance(offset, int)
    assert isinstance(length, int)
    if offset < 0 or length <= 0:
        raise bad_request("can't parse entities: ENTITY_BOUNDS_INVALID")
    data = text.encode("utf-16-le")
    where = f"can't parse entities: entity beginning at UTF-16 offset {offset}"
    if offset + length > len(data) // 2:
        raise bad_request(f"{where} ends after the end of the text at UTF-16 offset {len(data) // 2}")
    for place, word in ((offset, "starts"), (offset + length, "ends")):
        unit = int.from_bytes(data[place * 2 : place * 2 + 2], "little")
        if 0xDC00 <= unit <= 0xDFFF:
            raise bad_request(f"{where} {word} in a middle of a UTF-16 symbol at UTF-16 offset {place}")
    if kind == "text_link" and not str(entity.get("url", "")).startswith(
        ("http://", "https://", "tg://", "mailto:", "tel:")
    ):
        raise bad_request("can't parse entities: text_link without a valid url")
    if kind == "text_mention" and not isinstance(entity.get("user"), dict):
        raise bad_request('can\'t parse entities: field "user" must be of type Object')
    return entity


def _check_nesting(entities: list[Json]) -> None:
    for at, one in enumerate(entities):
        for other in entities[at + 1 :]:
            first, second = sorted((one, other), key=lambda e: (e["offset"], -e["length"]))
            end = first["offset"] + first["length"]
            if second["offset"] >= end:
                continue
            if second["offset"] + second["length"] > end:
                raise bad_request("can't parse entities: entities overlap without nesting")
            if first["type"] in QUOTES and second["type"] in QUOTES:
                raise bad_request("can't parse entities: blockquotes can't be nested")
            if first["type"] in SOLID or (second["type"] in SOLID and first["type"] not in QUOTES):
                raise bad_request("can't parse entities: code and pre can't contain or be part of others")


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """White space at both ends goes, and entities shrink with it."""
    lead = units(text) - units(text.lstrip())
    shown = text.strip()
    size = units(shown)
    kept: list[Json] = []
    for entity in entities:
        start = min(max(entity["offset"] - lead, 0), size)
        end = min(max(entity["offset"] + entity["length"] - lead, 0), size)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return shown, kept


def parse(text: str, mode: str) -> tuple[str, list[Json]]:
    """Text and entities out of HTML or MarkdownV2; bad markup is refused as Telegram refuses it."""
    if mode.lower() == "html":
        return _parse_html(text)
    if mode.lower() in ("markdown", "markdownv2"):
        return _parse_markdown(text)
    raise bad_request("unsupported parse_mode")


class _Html(HTMLParser):
    TAGS = {  # noqa: RUF012 -- never changed
        "b": "bold",
        "strong": "bold",
        "i": "italic",
        "em": "italic",
        "u": "underline",
        "s": "strikethrough",
        "code": "code",
        "pre": "pre",
        "a": "text_link",
        "blockquote": "blockquote",
        "tg-spoiler": "spoiler",
    }

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[tuple[str, Json]] = []
        self.entities: list[Json] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')
        entity: Json = {"type": self.TAGS[tag], "offset": units(self.text)}
        if tag == "a":
            entity["url"] = dict(attrs).get("href") or ""
        if tag == "blockquote" and "expandable" in dict(attrs):
            entity["type"] = "expandable_blockquote"
        self.open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unexpected end tag "{tag}"')
        entity = self.open.pop()[1]
        entity["length"] = units(self.text) - entity["offset"]
        if entity["length"]:
            self.entities.append(entity)

    def handle_data(self, data: str) -> None:
        self.text += data


def _parse_html(text: str) -> tuple[str, list[Json]]:
    parser = _Html()
    parser.feed(text)
    parser.close()
    if parser.open:
        tag = parser.open[-1][0]
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")
    return parser.text, sorted(parser.entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _parse_markdown(text: str) -> tuple[str, list[Json]]:
    """Bold, italic, strike, code only; any other reserved character must be escaped, as in MarkdownV2."""
    marks = {"*": "bold", "_": "italic", "~": "strikethrough", "`": "code"}
    out = ""
    opened: dict[str, int] = {}
    entities: list[Json] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\" and position + 1 < len(text):
            position += 1
            out += text[position]
        elif character in marks:
            if character in opened:
                start = opened.pop(character)
                entities.append({"type": marks[character], "offset": start, "length": units(out) - start})
            else:
                opened[character] = units(out)
        elif character in "[]()>#+-=|{}.!":
            raise bad_request(
                f"can't parse entities: Character '{character}' is reserved and must be escaped "
                "with the preceding '\\'"
            )
        else:
            out += character
        position += 1
    for mark, start in opened.items():
        raise bad_request(
            f"can't parse entities: Can't find end of {marks[mark].title()} entity at byte offset {start}"
        )
    return out, [entity for entity in entities if entity["length"]]
