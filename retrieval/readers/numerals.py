"""Numbers as Word writes them in front of paragraphs (ISO 29500, ST_NumberFormat)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST = 9999


def numeral(number: int, form: str) -> str:
    """A number in one of Word's formats; decimal where the format is unknown or does not reach so far."""
    if form in ("none", "bullet"):
        return ""
    write = _FORMS.get(form)
    if write is None or not 0 <= number <= _LARGEST:
        return str(number)
    return write(number) or str(number)


def counted(number: int, digits: str = _DIGITS, units: str = "十百千", zero: str = "零") -> str:
    """A number as it is said: 十, 十一, 二十, 一百零五; below 10,000."""
    if number < 10:
        return digits[number]
    text = ""
    gap = False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            text += (zero if gap and text else "") + digits[digit] + (units[power - 1] if power else "")
        gap = not digit
    is_teen = 10 <= number < 20 and digits == _DIGITS
    return text[1:] if is_teen else text


def digit_by_digit(number: int) -> str:
    """Each digit on its own: 10 is 一〇."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _chinese_counting(number: int) -> str:
    """As it is said up to 99, digit by digit above, as Word does."""
    return counted(number) if number < 100 else digit_by_digit(number)


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _letter(number: int) -> str:
    """A … z, aa, bb, …: the letter is repeated."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number else ""


def _cycled(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)] if number else ""


def _enclosed(first: str, most: int) -> Callable[[int], str]:
    return lambda number: chr(ord(first) + number - 1) if 1 <= number <= most else ""


def _circled(number: int) -> str:
    if number > 20:
        return (
            chr(0x3251 + number - 21) if number <= 35 else chr(0x32B1 + number - 36) if number <= 50 else ""
        )
    return chr(ord("①") + number - 1) if number else "⓪"


_FORMS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: str(number).translate({48 + d: 0xFF10 + d for d in range(10)}),
    "decimalFullWidth2": lambda number: str(number).translate({48 + d: 0xFF10 + d for d in range(10)}),
    "numberInDash": lambda number: f"- {number} -",
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
    "chineseCounting": _chinese_counting,
    "taiwaneseCounting": _chinese_counting,
    "chineseCountingThousand": counted,
    "taiwaneseCountingThousand": counted,
    "japaneseCounting": lambda number: counted(number, zero=""),
    "ideographDigital": digit_by_digit,
    "japaneseDigitalTenThousand": digit_by_digit,
    "taiwaneseDigital": digit_by_digit,
    "chineseLegalSimplified": lambda number: counted(number, _LEGAL, "拾佰仟"),
    "ideographLegalTraditional": lambda number: counted(number, "零壹貳參肆伍陸柒捌玖", "拾佰仟"),
    "ideographTraditional": _cycled(_STEMS),
    "ideographZodiac": _cycled(_BRANCHES),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "ideographEnclosedCircle": _enclosed("㊀", 10),
    "decimalEnclosedParen": _enclosed("⑴", 20),
    "decimalEnclosedFullstop": _enclosed("⒈", 20),
}
