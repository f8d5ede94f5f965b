"""Numbers, dates, lists and plurals in both locales; `~` stands for a no-break space."""

from __future__ import annotations

import datetime as dt

import pytest

from vedlys.diagnostics import Diagnostics
from vedlys.guidance.formatting import formats
from vedlys.guidance.plural import check_plurals, plural
from vedlys.markup.template import Slot
from vedlys.source import Span

LT, EN = formats("lt"), formats("en")


def spaced(text: str) -> str:
    return text.replace("\u00a0", "~")


@pytest.mark.parametrize(
    ("number", "lt", "en"),
    [(0, "0", "0"), (999, "999", "999"), (1000, "1~000", "1,000"), (1234567.89, "1~234~567,89", "1,234,567.89"),
     (-5, "−5", "−5"), (0.5, "0,5", "0.5"), (1e20, "100~000~000~000~000~000~000", "100,000,000,000,000,000,000")],
)  # fmt: skip
def test_numbers(number: float, lt: str, en: str):
    assert (spaced(LT.number(number)), EN.number(number)) == (lt, en)


@pytest.mark.parametrize(
    ("number", "unit", "lt", "en"),
    [
        (180, "second", "180~s", "180~s"),
        (1500, "second", "1~500~s", "1,500~s"),
        (5, "percent", "5~%", "5%"),
        (3, "day", "3~d.", "3~days"),
        (2, "count", "2", "2"),
        (2, None, "2", "2"),
    ],
)
def test_units(number: int, unit: str | None, lt: str, en: str):
    assert (spaced(LT.unit(number, unit)), spaced(EN.unit(number, unit))) == (lt, en)


def test_long_units_agree_with_their_number():
    said = [spaced(LT.unit(n, "minute", long=True)) for n in (1, 3, 2.5, 10, 21)]
    assert said == ["1~minutė", "3~minutės", "2,5~minutės", "10~minučių", "21~minutė"]
    assert spaced(LT.duration(dt.timedelta(days=30))) == "30~dienų"
    assert spaced(LT.duration(dt.timedelta(hours=36))) == "36~valandos"
    assert spaced(EN.duration(dt.timedelta(days=1))) == "1~day"


def test_dates():
    assert spaced(LT.date(dt.date(2026, 9, 30))) == "2026~m. rugsėjo~30~d."
    moment = dt.datetime(2026, 9, 30, 14, 5, tzinfo=dt.timezone(dt.timedelta(hours=3)))
    assert spaced(LT.datetime(moment)) == "2026~m. rugsėjo~30~d., 14:05~UTC+03:00"
    assert spaced(EN.datetime(moment.astimezone(dt.UTC))) == "September~30, 2026, 11:05~UTC"


def test_lists():
    assert [LT.joined([*"ABCD"][:n]) for n in range(5)] == ["", "A", "A ir B", "A, B ir C", "A, B, C ir D"]
    assert [EN.joined(["A", "B"], "or"), EN.joined(["A", "B", "C"], "or")] == ["A or B", "A, B, or C"]
    assert LT.joined(["A", "B", "C"], "or") == "A, B ar C"


@pytest.mark.parametrize(
    ("number", "category"),
    [(1, "one"), (21, "one"), (101, "one"), (2, "few"), (9, "few"), (22, "few"), (0, "other"), (10, "other"),
     (11, "other"), (12, "other"), (19, "other"), (111, "other"), (0.5, "many"), (2.5, "many"), (1.0, "one")],
)  # fmt: skip
def test_lithuanian_plurals(number: float, category: str):
    assert LT.plural(number) == category


def test_a_plural_says_its_number():
    forms = {
        "zero": "nė vienos",
        "one": "# licencija",
        "few": "# licencijos",
        "many": "# licencijos",
        "other": "# licencijų",
    }
    say = plural(forms, LT)
    assert [spaced(say(n)) for n in (0, 1, 2, 10, 1001, 1.5)] == [
        "nė vienos",
        "1 licencija",
        "2 licencijos",
        "10 licencijų",
        "1~001 licencija",
        "1,5 licencijos",
    ]


@pytest.mark.parametrize(
    ("locale", "forms", "count"),
    [
        ("lt", "one few many other", 0),
        ("lt", "zero one few many other", 0),
        ("lt", "one other", 1),
        ("en", "one other", 0),
        ("en", "one few other", 1),
    ],
)
def test_plurals_have_the_forms_of_their_locale(locale: str, forms: str, count: int):
    diagnostics = Diagnostics()
    slot = Slot(name="n", filter="plural", forms=dict.fromkeys(forms.split(), "#"), span=Span("f.md", 2, 3, 2, 9))
    check_plurals((slot,), locale, diagnostics)
    assert [(found.code, str(found.span)) for found in diagnostics] == [("plural-forms", "f.md:2:3")] * count


def test_an_unknown_locale_is_told():
    with pytest.raises(ValueError, match="xx-not"):
        formats("xx-not")


@pytest.mark.parametrize(
    ("value", "lt", "en"),
    [
        (300.0001, "300,0001\u00a0sekundės", "300.0001\u00a0seconds"),
        (0.9999, "0,9999\u00a0sekundės", "0.9999\u00a0seconds"),
        (1.0, "1\u00a0sekundė", "1\u00a0second"),
        (301.123456789, "301,123456789\u00a0sekundės", "301.123456789\u00a0seconds"),
        (-0.0, "0\u00a0sekundžių", "0\u00a0seconds"),
    ],
)
def test_numbers_are_shown_with_all_digits_and_the_form_for_them(value: float, lt: str, en: str) -> None:
    assert formats("lt").unit(value, "second", long=True) == lt
    assert formats("en").unit(value, "second", long=True) == en


@pytest.mark.parametrize("value", [1e26, 1e300, -1.7976931348623157e308, 5e-324, 1e15, -1e-7])
def test_no_number_is_too_large_or_too_small_to_be_shown(value: float) -> None:
    for locale in ("lt", "en"):
        shown = formats(locale).number(value)
        assert 2 <= len(shown) < 40
        assert ("−" in shown[:1]) is (value < 0)
