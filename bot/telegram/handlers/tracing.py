"""``/trace``: the lineage of a formulation, and its timeline as a picture."""

from __future__ import annotations

import logging

from bot.telegram.formatted import Part
from bot.telegram.handlers.links import linker
from bot.telegram.handlers.questions import may_spend
from bot.telegram.handlers.talk import Talk
from bot.telegram.lineage import render_lineage
from config.errors import FontMissingError
from config.messages import Language, message
from retrieval.lineage.picture import timeline_png
from retrieval.lineage.timeline import timeline_svg
from retrieval.lineage.trace import formulation_of
from retrieval.lineage.trace import trace as follow
from retrieval.lineage.types import Lineage
from retrieval.search.searcher import Searcher

_LOG = logging.getLogger(__name__)


async def trace(talk: Talk, argument: str) -> None:
    """``/trace FORMULATION``: where it stands, from its first use to its latest wording."""
    if not argument:
        await talk.say(message("trace.what", talk.language))
        return
    formulation = formulation_of(argument)
    if not may_spend(talk):
        return

    def find(searcher: Searcher) -> tuple[Lineage, Part]:
        lineage = follow(searcher.generation.store, formulation)
        return lineage, render_lineage(lineage, talk.language, linker(talk.services))

    lineage, part = await talk.services.search(find)
    await talk.say(part)
    if lineage.years and len(lineage.occurrences) > 1:
        await _send_timeline(talk, lineage)


async def _send_timeline(talk: Talk, lineage: Lineage) -> None:
    """Send the picture: as a photo, which every client shows; where no font can draw that, as SVG."""
    delivery, reply_to = talk.services.delivery, None if talk.is_private else talk.message_id
    svg, drawn = await talk.services.lanes.run_search(lambda: _drawn(lineage, talk.language))
    if isinstance(drawn, bytes):
        await delivery.picture(talk.address, drawn, "timeline.png", reply_to=reply_to)
        return
    _LOG.warning("no font of this machine has the characters of a timeline; it is sent as SVG")
    caption = drawn.text(talk.language) if talk.is_admin else talk.text("timeline_svg")
    await delivery.document(talk.address, svg.encode(), "timeline.svg", caption=caption, reply_to=reply_to)


def _drawn(lineage: Lineage, language: Language) -> tuple[str, bytes | FontMissingError]:
    """The timeline as SVG, and as PNG or what kept it from being drawn."""
    svg = timeline_svg(lineage, language)
    try:
        return svg, timeline_png(svg)
    except FontMissingError as error:
        return svg, error
