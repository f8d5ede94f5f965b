"""Numbers, dates, lists and plurals as one locale writes them (CLDR, through Babel).

All that depends on the locale alone is looked up when `formats` is first asked for it; what is left for a
request is to put values into ready patterns.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec

from vedlys.storing.remembered import remembered

if TYPE_CHECKING:
    from babel import Locale
    from babel.plural import PluralRule

NBSP = "\u00a0"
MINUS = "\u2212"
_LEAST_PLAIN, _MOST_PLAIN = 1e-6, 1e21  # what lies outside is written with a power of ten

Length = Literal["short", "long", "narrow"]

# what a fact may be counted in, by the name the vocabulary has for it; `count` is a bare number
UNITS: tuple[str, ...] = (
    *("millisecond", "second", "minute", "hour", "day", "week", "month", "year"),
    *("bit", "megabit", "byte", "kilobyte", "megabyte", "gigabyte", "terabyte"),
    *("percent", "count"),
)

_BESIDE_NUMBER = re.compile(r"(?<=\d) (?=\w)|(?<=\w) (?=\d)")
_GLUED = re.compile(r"\{0\}(\w)")  # narrow forms leave the space out in some locales
_LIST_PATTERN = re.compile(r"\{0\}(.*)\{1\}", re.DOTALL)
_LISTS: dict[str, Literal["standard", "or"]] = {"and": "standard", "or": "or"}
_SAMPLES: tuple[int | float, ...] = (1, 2, 3, 5, 10, 11, 100, 1_000_000, 0, 1.5, 0.5)


class Formats(msgspec.Struct, frozen=True, kw_only=True):
    """How one locale writes values. Every text is plain, with no-break spaces where a line must not end."""

    locale: str
    categories: tuple[str, ...]  # the plural categories of the locale, `other` the last
    plural: Callable[[int | float], str]
    decimal: Callable[[int | float], str]
    units: dict[str, dict[str, str]]  # unit to plural category to pattern with {0}
    long_units: dict[str, dict[str, str]]
    joints: dict[str, tuple[str, str, str, str]]  # "and", "or": between two, at the start, in the middle, at the end
    date: Callable[[dt.date], str]

    def number(self, value: int | float) -> str:
        """The number with every digit that was given, its thousands apart; far ones with a power of ten."""
        if isinstance(value, int) and -1000 < value < 1000:
            return str(value) if value >= 0 else self.decimal(value)
        return self.decimal(value)

    def unit(self, value: int | float, unit: str | None, *, long: bool = False) -> str:
        """The number with its unit: `180 s`, or `180 seconds` where `long`; the bare number where it has no unit."""
        patterns = (self.long_units if long else self.units).get(unit or "")
        if patterns is None:
            return self.number(value)
        return patterns[self.plural(value)].replace("{0}", self.number(value))

    def duration(self, length: dt.timedelta) -> str:
        """A length of time in whole days, or hours where it is no number of whole days: `30 days`."""
        hours = int(length.total_seconds() // 3600)
        return self.unit(hours, "hour", long=True) if hours % 24 else self.unit(hours // 24, "day", long=True)

    def datetime(self, moment: dt.datetime) -> str:
        """Date and time to the minute, with the offset: `30 September 2026, 14:05 UTC`."""
        zone = "UTC" + moment.isoformat()[-6:] if moment.utcoffset() else "UTC"
        return f"{self.date(moment.date())}, {moment:%H:%M}{NBSP}{zone}"

    def joined(self, items: Sequence[str], how: str = "and") -> str:
        """The items as a list in a sentence: `A, B and C`."""
        two, start, middle, end = self.joints[how]
        match items:
            case []:
                return ""
            case [only]:
                return only
            case [first, second]:
                return first + two + second
            case [first, *rest, last]:
                return first + start + middle.join(rest) + end + last
        raise AssertionError(items)


class _Patterns(msgspec.Struct, frozen=True):
    """What of a locale's formats is data: `small` has the category of each number below 1000."""

    categories: tuple[str, ...]
    small: tuple[str, ...]
    units: dict[str, dict[str, str]]
    long_units: dict[str, dict[str, str]]
    joints: dict[str, tuple[str, str, str, str]]
    dates: tuple[str, ...]  # by month, with `{year}` and `{day}`; empty where that is not all there is to a date


@lru_cache(maxsize=64)
def formats(locale: str) -> Formats:
    """The formats of a locale; ValueError where CLDR does not know it."""
    patterns = remembered(f"formats-{locale}", _Patterns, lambda: _patterns(locale))
    small = patterns.small

    def decimal(value: int | float) -> str:
        # lazy, as all of Babel: most answers do without
        from babel.numbers import format_decimal, format_scientific  # noqa: PLC0415

        # every digit that was given: a number that is more than 300 is not shown as 300
        exact = Decimal(repr(value)) if value else Decimal(0)
        is_far = isinstance(value, float) and value != 0 and not _LEAST_PLAIN <= abs(value) < _MOST_PLAIN
        write = format_scientific if is_far else format_decimal
        return write(exact, locale=_known(locale), decimal_quantization=False).replace("-", MINUS)

    def plural(value: int | float) -> str:
        if isinstance(value, int) and 0 <= value < 1000:
            return small[value]
        return str(_known(locale).plural_form(value))

    dates = patterns.dates

    def date(day: dt.date) -> str:
        if not dates:
            return _long_date(day, _known(locale))
        return dates[day.month - 1].replace("{year}", str(day.year)).replace("{day}", str(day.day))

    return Formats(
        locale=locale,
        categories=patterns.categories,
        plural=plural,
        decimal=decimal,
        units=patterns.units,
        long_units=patterns.long_units,
        joints=patterns.joints,
        date=date,
    )


@lru_cache(maxsize=64)
def _known(locale: str) -> Locale:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        return Locale.parse(locale, sep="-")
    except UnknownLocaleError as error:
        raise ValueError(locale) from error


def _patterns(locale: str) -> _Patterns:
    known = _known(locale)
    rule = known.plural_form
    return _Patterns(
        categories=(*sorted(rule.tags, key=("zero", "one", "two", "few", "many").index), "other"),
        small=tuple(rule(number) for number in range(1000)),
        units={unit: _unit_patterns(unit, _length(unit), known, rule) for unit in UNITS if unit != "count"},
        long_units={unit: _unit_patterns(unit, "long", known, rule) for unit in UNITS if unit != "count"},
        joints={how: _joints(style, known) for how, style in _LISTS.items()},
        dates=_date_patterns(known),
    )


def _long_date(day: dt.date, locale: Locale) -> str:
    from babel.dates import format_date  # noqa: PLC0415

    return _BESIDE_NUMBER.sub(NBSP, format_date(day, "long", locale=locale))


def _date_patterns(locale: Locale) -> tuple[str, ...]:
    """The pattern of each month, read off one of its days and held against others."""
    found = []
    for month in range(1, 13):
        written = _long_date(dt.date(2034, month, 25), locale)
        if written.count("2034") != 1 or written.count("25") != 1:
            return ()
        pattern = written.replace("2034", "{year}").replace("25", "{day}")
        for other in (dt.date(1987, month, 3), dt.date(12, month, 11), dt.date(9999, month, 28)):
            if pattern.replace("{year}", str(other.year)).replace("{day}", str(other.day)) != _long_date(other, locale):
                return ()
        found.append(pattern)
    return tuple(found)


def _length(unit: str) -> Length:
    """Seconds by their symbol, `s`, as standards write them; CLDR's short form is an abbreviation of the word."""
    return "narrow" if unit in {"second", "millisecond"} else "short"


def _unit_patterns(unit: str, length: Length, locale: Locale, rule: PluralRule) -> dict[str, str]:
    """The pattern of each plural category, read off a number that has it."""
    from babel.numbers import format_decimal  # noqa: PLC0415
    from babel.units import format_unit  # noqa: PLC0415

    patterns: dict[str, str] = {}
    for sample in _SAMPLES:
        written = format_unit(sample, unit, length=length, locale=locale)
        number = format_decimal(sample, locale=locale)
        patterns.setdefault(rule(sample), written.replace(number, "{0}", 1).replace("{0} ", "{0}" + NBSP))
        patterns[rule(sample)] = _GLUED.sub(rf"{{0}}{NBSP}\1", patterns[rule(sample)])
    for category in (*rule.tags, "other"):
        patterns.setdefault(category, patterns[rule(1)])
    return patterns


def _joints(style: Literal["standard", "or"], locale: Locale) -> tuple[str, str, str, str]:
    """What stands between the items of a list, read off lists of two and of four."""
    from babel.lists import format_list  # noqa: PLC0415

    two = _LIST_PATTERN.fullmatch(format_list(["{0}", "{1}"], style=style, locale=locale))
    four = format_list(["\0", "\0", "\0", "\0"], style=style, locale=locale).split("\0")
    assert two is not None  # CLDR has no locale that writes anything around a list
    return two[1], four[1], four[2], four[3]
