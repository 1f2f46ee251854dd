"""The methods of the Bot API that the fake knows, each refusing what Telegram refuses."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from tests.bot.telegram.fake.images import photo_size
from tests.bot.telegram.fake.markup import inline_only, read_markup
from tests.bot.telegram.fake.text import check_text, units
from tests.bot.telegram.fake.wire import ApiError, Json, Params, Upload, bad_request
from tests.bot.telegram.fake.world import Chat, Stored, User, World

MAX_UPLOAD = 50 * 2**20
MAX_DOWNLOAD = 20 * 2**20
QUERY_LIFE = 60.0  # seconds in which a pressed button can be answered
DELETE_LIFE = 48 * 3600
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
REACTIONS = frozenset("👍👎❤🔥🥰👏😁🤔🤯😱🎉🤩🙏👌🕊🤡🥱😍🐳💯🤣⚡🏆👀🙈😇🤝✍🤗🫡🆒")
SCOPES = frozenset(
    [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ]
)
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class Methods:
    """The calls that answer at once; ``getUpdates`` and the webhook live beside them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by_name: dict[str, Callable[[Params], Any]] = {
            name.lower(): method
            for name, method in {
                "getMe": self.get_me,
                "sendMessage": self.send_message,
                "sendMessageDraft": self.send_message_draft,
                "editMessageText": self.edit_message_text,
                "editMessageReplyMarkup": self.edit_message_reply_markup,
                "deleteMessage": self.delete_message,
                "answerCallbackQuery": self.answer_callback_query,
                "sendChatAction": self.send_chat_action,
                "sendDocument": self.send_document,
                "sendPhoto": self.send_photo,
                "getFile": self.get_file,
                "setMessageReaction": self.set_message_reaction,
                "setMyCommands": self.set_my_commands,
                "getMyCommands": self.get_my_commands,
                "deleteMyCommands": self.delete_my_commands,
                "getChat": self.get_chat,
                "getChatMember": self.get_chat_member,
            }.items()
        }

    def get_me(self, params: Params) -> Json:
        return self.world.bot.json() | {
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def send_message(self, params: Params) -> Json:
        chat = self._writable(params)
        text, entities = check_text(
            params.text("text"), params.text("parse_mode"), params.json("entities", list)
        )
        return self._post(chat, params, {"text": text, "entities": entities})

    def send_message_draft(self, params: Params) -> bool:
        chat = self._writable(params)
        if params.required("draft_id") == 0:
            raise bad_request("RANDOM_ID_INVALID")
        if chat.type != "private" or chat.refuses_drafts:
            raise bad_request("TEXTDRAFT_PEER_INVALID")
        text, entities = check_text(
            params.text("text"), params.text("parse_mode"), params.json("entities", list)
        )
        chat.drafts.append({"id": params.required("draft_id"), "text": text, "entities": entities})
        self.world.changes.notify(chat.id)
        return True

    def edit_message_text(self, params: Params) -> Json:
        message = self._own(params, "message to edit not found")
        if "text" not in message.content:
            raise bad_request("there is no text in the message to edit")
        text, entities = check_text(
            params.text("text"),
            params.text("parse_mode"),
            params.json("entities", list),
            too_long="MESSAGE_TOO_LONG",
        )
        markup = inline_only(read_markup(params))
        content = {"text": text, "entities": entities}
        if (content, markup) == (message.content, message.markup):
            raise _not_modified()
        self.world.rewrite(message, content, markup)
        return message.json()

    def edit_message_reply_markup(self, params: Params) -> Json:
        message = self._own(params, "message to edit not found")
        markup = inline_only(read_markup(params))
        if markup == message.markup:
            raise _not_modified()
        self.world.rewrite(message, None, markup)
        return message.json()

    def delete_message(self, params: Params) -> bool:
        chat = self._writable(params)
        message = chat.messages.get(params.required("message_id"))
        if message is None or message.deleted:
            raise bad_request("message to delete not found")
        if self.world.now() - message.date > DELETE_LIFE:
            raise bad_request("message can't be deleted")
        admin = chat.type == "private" or chat.members.get(self.world.bot.id) == "administrator"
        if message.sender is not self.world.bot and not admin:
            raise bad_request("message can't be deleted")
        message.deleted = True
        self.world.changes.notify(chat.id)
        return True

    def answer_callback_query(self, params: Params) -> bool:
        query = self.world.queries.get(params.text("callback_query_id") or "")
        if query is None or query.answer is not None or self.world.now() - query.at > QUERY_LIFE:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        text = params.text("text") or ""
        if units(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        url = params.text("url")
        if url and not url.startswith(("https://t.me/", "tg://")):
            raise bad_request("URL_INVALID")
        query.answer = {"text": text, "show_alert": params.flag("show_alert"), "url": url}
        self.world.changes.notify(query.message.chat.id)
        return True

    def send_chat_action(self, params: Params) -> bool:
        chat = self._writable(params)
        action = params.text("action")
        if action not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._thread(chat, params)
        chat.actions.append((action, time.monotonic()))
        self.world.changes.notify(chat.id)
        return True

    def send_document(self, params: Params) -> Json:
        chat = self._writable(params)
        if "document" in chat.forbids:
            raise bad_request("not enough rights to send documents to the chat")
        caption, entities = check_text(
            params.text("caption"),
            params.text("parse_mode"),
            params.json("caption_entities", list),
            caption=True,
        )
        content: Json = {"document": self._document(params)}
        if caption:
            content |= {"caption": caption, "caption_entities": entities}
        return self._post(chat, params, content)

    def send_photo(self, params: Params) -> Json:
        chat = self._writable(params)
        if "photo" in chat.forbids:
            raise bad_request("not enough rights to send photos to the chat")
        caption, entities = check_text(
            params.text("caption"),
            params.text("parse_mode"),
            params.json("caption_entities", list),
            caption=True,
        )
        content: Json = {"photo": [self._photo(params)]}
        if caption:
            content |= {"caption": caption, "caption_entities": entities}
        return self._post(chat, params, content)

    def get_file(self, params: Params) -> Json:
        file_id = params.text("file_id") or ""
        if file_id not in self.world.files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        name, data = self.world.files[file_id]
        if len(data) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        suffix = "." + name.rpartition(".")[2] if "." in name and name.isascii() else ""
        return {
            "file_id": file_id,
            "file_unique_id": file_id[-12:],
            "file_size": len(data),
            "file_path": f"documents/{file_id}{suffix}",
        }

    def set_message_reaction(self, params: Params) -> bool:
        chat = self._writable(params)
        message = chat.messages.get(params.required("message_id"))
        if message is None or message.deleted:
            raise bad_request("message to react not found")
        reactions: list[Json] = params.json("reaction", list) or []
        if len(reactions) > 1:
            raise bad_request("REACTIONS_TOO_MANY")
        if any(one.get("type") != "emoji" or one.get("emoji") not in REACTIONS for one in reactions):
            raise bad_request("REACTION_INVALID")
        message.reactions[self.world.bot.id] = [one["emoji"] for one in reactions]
        self.world.changes.notify(chat.id)
        return True

    def set_my_commands(self, params: Params) -> bool:
        commands = params.json("commands", list)
        if commands is None:
            raise bad_request('parameter "commands" is required')
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not _COMMAND.fullmatch(str(command.get("command", ""))):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", "")).strip()) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self.world.commands[self._scope(params)] = commands
        return True

    def get_my_commands(self, params: Params) -> list[Json]:
        return self.world.commands.get(self._scope(params), [])

    def delete_my_commands(self, params: Params) -> bool:
        self.world.commands.pop(self._scope(params), None)
        return True

    def get_chat(self, params: Params) -> Json:
        chat = self.world.chat(params.required("chat_id"))
        return chat.json() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {
                "unlimited_gifts": False,
                "limited_gifts": False,
                "unique_gifts": False,
                "premium_subscription": False,
                "gifts_from_channels": False,
            },
        }

    def get_chat_member(self, params: Params) -> Json:
        chat = self.world.chat(params.required("chat_id"))
        user = self.world.users.get(params.required("user_id"))
        if user is None:
            raise bad_request("user not found")
        status = chat.members.get(user.id)
        if status is None:
            raise bad_request("member not found")
        return _member(user, status)

    def _writable(self, params: Params) -> Chat:
        """The chat of the call, when the bot may write there."""
        value = params.text("chat_id")
        if not value:
            raise bad_request("chat_id is empty")
        if value.startswith("@") or params.integer("chat_id") in (None, 0):
            raise bad_request("chat not found")
        chat = self.world.chat(params.required("chat_id"))
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if chat.bot_out:
            raise ApiError(403, f"Forbidden: {chat.bot_out}")
        if chat.type == "private" and not chat.messages:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def _own(self, params: Params, missing: str) -> Stored:
        """The bot's own message that a call names."""
        chat = self._writable(params)
        if params.integer("message_id") is None:
            raise bad_request("message identifier is not specified")
        message = chat.messages.get(params.required("message_id"))
        if message is None or message.deleted:
            raise bad_request(missing)
        if message.sender is not self.world.bot:
            raise bad_request("message can't be edited")
        return message

    def _thread(self, chat: Chat, params: Params) -> int | None:
        thread = params.integer("message_thread_id")
        if thread is None:
            return None
        if not chat.is_forum or thread not in chat.topics:
            raise bad_request("message thread not found")
        return thread

    def _reply(self, chat: Chat, params: Params) -> Stored | None:
        wanted: Json | None = params.json("reply_parameters", dict)
        if not wanted:
            return None
        if isinstance(wanted.get("message_id"), bool) or not isinstance(wanted.get("message_id"), int):
            raise bad_request('can\'t parse reply parameters: field "message_id" must be of type Number')
        if wanted.get("chat_id", chat.id) != chat.id:
            raise bad_request("the fake knows no replies to other chats")
        message = chat.messages.get(wanted["message_id"])
        if message is not None and not message.deleted:
            return message
        if not wanted.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return None

    def _post(self, chat: Chat, params: Params, content: Json) -> Json:
        thread = self._thread(chat, params)
        reply = self._reply(chat, params)
        if thread is None and reply is not None:
            thread = reply.thread
        return self.world.post(
            chat,
            self.world.bot,
            content,
            markup=read_markup(params),
            thread=thread,
            reply_to=reply,
            silent=params.flag("disable_notification"),
        ).json()

    def _document(self, params: Params) -> Json:
        given = params.text("document")
        upload: Upload | None = params.files.get("document")
        if given and given.startswith("attach://"):
            upload = params.files.get(given.removeprefix("attach://"))
        elif given:
            if given not in self.world.files:
                raise bad_request("wrong file identifier/HTTP URL specified")
            name, data = self.world.files[given]
            return describe_file(given, name, data, "application/octet-stream")
        if upload is None:
            raise bad_request("there is no document in the request")
        if not upload.data:
            raise bad_request("file must be non-empty")
        if len(upload.data) > MAX_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        return store_file(self.world, upload.name, upload.data, upload.mime)

    def _photo(self, params: Params) -> Json:
        given = params.text("photo") or ""
        upload = params.files.get(given.removeprefix("attach://") or "photo")
        if upload is None:
            raise bad_request("there is no photo in the request")
        if not upload.data:
            raise bad_request("file must be non-empty")
        if len(upload.data) > MAX_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        width, height = photo_size(upload.data)
        stored = store_file(self.world, upload.name, upload.data, upload.mime)
        return {
            "file_id": stored["file_id"],
            "file_unique_id": stored["file_unique_id"],
            "width": width,
            "height": height,
            "file_size": len(upload.data),
        }

    def _scope(self, params: Params) -> tuple[str, str]:
        scope: Json = params.json("scope", dict) or {"type": "default"}
        kind = str(scope.get("type"))
        if kind not in SCOPES:
            raise bad_request("can't parse BotCommandScope: unsupported type specified")
        if kind.startswith("chat"):
            self.world.chat(int(scope.get("chat_id", 0)))
            kind += f":{scope['chat_id']}"
        language = params.text("language_code") or ""
        if language and not re.fullmatch("[a-z]{2}", language):
            raise bad_request("invalid language code specified")
        return kind, language


def store_file(world: World, name: str, data: bytes, mime: str) -> Json:
    """Keep a file and describe it as a message does."""
    file_id = f"BQACAgUAAxkBAAIB{world.new_id():012d}"
    world.files[file_id] = (name, data)
    return describe_file(file_id, name, data, mime)


def describe_file(file_id: str, name: str, data: bytes, mime: str) -> Json:
    return {
        "file_id": file_id,
        "file_unique_id": file_id[-12:],
        "file_name": name,
        "mime_type": mime,
        "file_size": len(data),
    }


def _not_modified() -> ApiError:
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )


def _member(user: User, status: str) -> Json:
    member: Json = {"user": user.json(), "status": status}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "administrator":
        member |= dict.fromkeys(
            [
                "can_be_edited",
                "is_anonymous",
                "can_manage_chat",
                "can_delete_messages",
                "can_manage_video_chats",
                "can_restrict_members",
                "can_promote_members",
                "can_change_info",
                "can_invite_users",
                "can_post_stories",
                "can_edit_stories",
                "can_delete_stories",
            ],
            False,
        )
    if status == "kicked":
        member["until_date"] = 0
    return member
