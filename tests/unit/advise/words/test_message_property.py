"""Whatever a profile is called and says, a message fits a phone and keeps its action."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.advise.advisory import Because
from forecast.advise.profile import shipped_profile
from forecast.advise.profile.parts import Text
from forecast.advise.words import texts
from tests.unit.advise.words.made import BAOJIA, days, on

TEA = shipped_profile("tea.cuilan.yuexi")
LETTERS = st.characters(whitelist_categories=("Ll", "Lu"), max_codepoint=0x7F)


def chinese(most: int) -> st.SearchStrategy[str]:
    """Text of Chinese characters."""
    return st.text("茶稻麦霜冻雨风播收排灌药棚田苗", min_size=1, max_size=most)


def english(most: int) -> st.SearchStrategy[str]:
    """Text of letters."""
    return st.text(LETTERS, min_size=1, max_size=most)


def named(most_zh: int, most_en: int) -> st.SearchStrategy[Text]:
    """Text of a profile in both languages."""
    return st.builds(lambda zh, en: Text(zh=zh, en=en), chinese(most_zh), english(most_en))


ABOUTS = st.builds(
    lambda place, issuer, height, simulated: replace(
        BAOJIA,
        place_zh=place,
        place_en="p" * len(place),
        issuer_zh=issuer,
        issuer_en="i" * len(issuer),
        elevation_m=height,
        simulated=simulated,
    ),
    st.text("岳西包家", max_size=40),
    st.text("气象局", max_size=30),
    st.none() | st.floats(-400, 8000),
    st.booleans(),
)
NUMBERS = st.builds(
    lambda value: Because(
        subject="t2m",
        op="<=",
        value=value,
        threshold=2.0,
        unit="degC",
        at="2025-04-06T21:00:00Z",
        margin=2.0 - value,
        margin_in_spread=None,
        flip=2.1 - value,
    ),
    st.floats(-60, 60),
)
WINDOWS = st.none() | st.sampled_from([days("2025-04-07"), days("2025-04-30", "2025-05-01")])
CHANCES = st.none() | st.floats(0, 1)


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(named(12, 40), named(12, 40), named(30, 75)),
    ABOUTS,
    st.none() | NUMBERS,
    WINDOWS,
    CHANCES,
)
def test_a_message_of_a_level_fits_and_holds_its_action(
    names: tuple[Text, Text, Text],
    about: object,
    because: Because | None,
    window: object,
    chance: float | None,
) -> None:
    crop, level, action = names
    profile = TEA.model_copy(update={"name": crop})
    warned = on(TEA, "frost.spring", level=2, window=window, because=because, probability=chance)
    advisory = warned.model_copy(update={"name": level, "action": action})
    told = texts(advisory, profile, about=about)  # type: ignore[arg-type]
    assert len(told["zh"].message) <= 70
    assert len(told["en"].message) <= 160
    assert action.zh in told["zh"].message
    assert action.en[1:] in told["en"].message


@settings(max_examples=50, deadline=None)
@given(st.tuples(named(200, 300), named(200, 300), named(200, 300)), ABOUTS)
def test_names_that_are_far_too_long_never_make_a_message_too_long(
    names: tuple[Text, Text, Text], about: object
) -> None:
    crop, level, action = names
    profile = TEA.model_copy(update={"name": crop})
    warned = on(TEA, "frost.spring", level=2, window=days("2025-04-07"))
    advisory = warned.model_copy(update={"name": level, "action": action})
    told = texts(advisory, profile, about=about)  # type: ignore[arg-type]
    assert len(told["zh"].message) <= 70
    assert len(told["en"].message) <= 160
    assert told["zh"].message.endswith("。")
    assert told["en"].message.endswith(".")
