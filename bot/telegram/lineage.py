"""The lineage of a formulation as one message: what fits, and a line that says how much did not."""

from __future__ import annotations

from collections.abc import Sequence

from bot.telegram.formatted import (
    BOLD,
    ITALIC,
    LINK,
    MAX_MARKS,
    MAX_UNITS,
    Formatted,
    Part,
    harmless,
    joined,
    one_line,
    plain,
    units,
)
from bot.telegram.rendering import SECTION_SIGN, Linker, no_link, title_of
from config.messages import Language, message
from retrieval.lineage.excerpts import around, explanation
from retrieval.lineage.types import Count, Lineage, Occurrence, Variant
from retrieval.lineage.variants import marked

_VARIANTS = 8
_NAMES = 8
_SECTION = 36
_AROUND = 24
_EXPLANATION = 60


def render_lineage(lineage: Lineage, language: Language, link: Linker = no_link) -> Part:
    """A lineage as one message.

    Args:
        lineage: what to show.
        language: of the bot's own words.
        link: from a passage's id to its paragraph.
    """
    if not lineage.occurrences:
        return plain(_nothing(lineage, language)).to_part()
    shown = joined([_head(lineage, language), *_ends(lineage, language, link)], "\n\n")
    shown = joined((shown, _variants(lineage, language), _counts(lineage, language)), "\n\n")
    if lineage.occurrences == (lineage.first,):
        return shown.to_part()  # its place is shown already
    shown = joined((shown, Formatted(message("trace.places", language)).marked(BOLD)), "\n\n")
    for number, one in enumerate(lineage.occurrences):
        longer = joined((shown, _occurrence(one, language, link)), "\n\n")
        rest = len(lineage.occurrences) - number
        if not _fits(longer, _more(rest - 1, language)):
            return joined((shown, _more(rest, language)), "\n\n").to_part()
        shown = longer
    return shown.to_part()


def _nothing(lineage: Lineage, language: Language) -> str:
    formulation = one_line(lineage.formulation)
    named = [
        message("trace.named", language, wording=one_line(one.wording), where=title_of(one.document))
        for one in lineage.nearby
    ]
    where = message("trace.within_archive", language)
    if not named:
        return message("trace.none", language, formulation=formulation, where=where)
    return message(
        "trace.none_nearby", language, formulation=formulation, where=where, nearby="、".join(named)
    )


def _head(lineage: Lineage, language: Language) -> Formatted:
    count, near = len(lineage.occurrences), lineage.near
    found = message("trace.found", language, count=count, documents=lineage.documents)
    told = [message("trace.near_found", language, near=near)] if near else []
    return joined((plain(one_line(lineage.formulation)).marked(BOLD), " · ".join([found, *told])))


def _ends(lineage: Lineage, language: Language, link: Linker) -> list[Formatted]:
    if not lineage.ends:
        return [Formatted(message("trace.no_dates", language))]
    return [
        joined((Formatted(message(f"trace.{key}", language)).marked(BOLD), _occurrence(one, language, link)))
        for key, one in lineage.ends
    ]


def _variants(lineage: Lineage, language: Language) -> Formatted:
    title = Formatted(message("trace.variants", language, wording=one_line(lineage.base))).marked(BOLD)
    variants = lineage.variants
    rest = len(variants) - _VARIANTS
    more = [message("trace.more_variants", language, count=rest)] if rest > 0 else []
    return joined([title, *map(_variant, variants[:_VARIANTS]), *more])


def _variant(variant: Variant) -> Formatted:
    return plain(f"{len(variant.occurrences)}  {one_line(marked(variant.changes))}")


def _counts(lineage: Lineage, language: Language) -> Formatted:
    lines: list[Formatted] = []
    # The newest years and the most frequent speakers are asked for most.
    newest, busiest = lineage.years[-2 * _NAMES :], lineage.speakers[:_NAMES]
    for key, counts, shown in (("years", lineage.years, newest), ("speakers", lineage.speakers, busiest)):
        if counts:
            label = Formatted(message(f"trace.{key}", language)).marked(BOLD)
            more = " …" if len(counts) > len(shown) else ""
            lines.append(label + "  " + plain(_counted(shown, language) + more))
    if lineage.undated:
        label = Formatted(message("trace.undated", language)).marked(BOLD)
        more = "…" if len(lineage.undated) > _NAMES else ""
        titles = " · ".join(title_of(document) for document in lineage.undated[:_NAMES])
        lines.append(label + "  " + plain(titles + more))
    return joined(lines)


def _counted(counts: Sequence[Count], language: Language) -> str:
    unknown = message("trace.unknown", language)
    return " · ".join(f"{one_line(count.name) or unknown} ×{count.occurrences}" for count in counts)


def _occurrence(one: Occurrence, language: Language, link: Linker) -> Formatted:
    unknown = message("trace.unknown", language)
    speaker = one.speaker or unknown
    if one.quoted_speaker:
        speaker = message("trace.quoting", language, speaker=speaker, quoted=one.quoted_speaker)
    path = (message("trace.in_title", language),) if one.is_title else one.section_path[-1:]
    where = SECTION_SIGN.join((title_of(one.document), *(one_line(name, _SECTION) for name in path)))
    head = plain(one_line(" · ".join((str(one.moment or unknown), speaker, where)))).marked(ITALIC)
    url = link(one.passage_id)
    before, wording, after = (Formatted(harmless(text)) for text in around(one, _AROUND))
    words = before + wording.marked(BOLD) + after
    explained = explanation(one, _EXPLANATION)
    told = plain(message("trace.explained", language, text=explained)) if explained else Formatted()
    return joined((head.marked(LINK, url) if url else head, words, told))


def _more(count: int, language: Language) -> Formatted:
    return Formatted(message("trace.more_elsewhere", language, count=count)).marked(ITALIC)


def _fits(text: Formatted, closing: Formatted) -> bool:
    both = joined((text, closing), "\n\n")
    return units(both.text) <= MAX_UNITS and len(both.marks) <= MAX_MARKS
