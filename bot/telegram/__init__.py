"""The archive in a Telegram chat. Entry: :func:`bot.telegram.app.build_application`, run by ``runner``."""

import os

# python-telegram-bot then gives waits as timedeltas, as it will by default; otherwise it warns at each one.
os.environ.setdefault("PTB_TIMEDELTA", "true")
