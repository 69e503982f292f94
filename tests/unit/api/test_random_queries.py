"""Whatever is asked, the answer is a document or a refusal, never a fault of the service."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.asking import Api
from tests.support.small_region import VARIABLES

NUMBERS = st.one_of(
    st.floats(39.3, 39.6).map(lambda x: f"{x:.3f}"),
    st.floats().map(str),
    st.integers().map(str),
    st.text(max_size=6),
)
NAMES = st.lists(
    st.one_of(st.sampled_from([*VARIABLES, "all", "none", "temperature_2m_min"]), st.text()),
    max_size=4,
).map(",".join)
CONDITIONS = st.lists(
    st.one_of(
        st.sampled_from(["precipitation>=1", "temperature_2m<0", "cloud_cover==3", "delta_t>2"]),
        st.text(max_size=8),
    ),
    max_size=3,
).map(",".join)
VALUES = {
    "place": st.one_of(st.sampled_from(["宁河", "yuexi", "39.4 N 117.7 E"]), st.text(max_size=20)),
    "lat": st.lists(NUMBERS, max_size=3).map(",".join),
    "lon": st.lists(st.one_of(st.just("117.7"), NUMBERS), max_size=3).map(",".join),
    "hourly": NAMES,
    "daily": NAMES,
    "day": st.one_of(st.sampled_from(["local", "20-20", "08-08", "23:59"]), st.text(max_size=6)),
    "cell": st.one_of(st.sampled_from(["land", "nearest"]), st.text(max_size=5)),
    "cycle": st.text(max_size=10),
    "as_of": st.one_of(st.datetimes().map(str), st.text(max_size=10)),
    "hours": st.one_of(st.integers(-2, 400).map(str), st.text(max_size=4)),
    "strict": st.one_of(st.sampled_from(["true", "false", "1"]), st.text(max_size=4)),
    "past_days": st.one_of(st.integers(-2, 100).map(str), st.text(max_size=4)),
    "climatology_days": st.one_of(st.integers(-2, 400).map(str), st.text(max_size=4)),
    "corrections": st.one_of(st.sampled_from(["true", "false"]), st.text(max_size=4)),
    "quantiles": st.one_of(st.sampled_from(["10,50,90", "0", "100"]), st.text(max_size=6)),
    "probability": CONDITIONS,
    "over": st.one_of(st.integers(-2, 300).map(str), st.text(max_size=4)),
    "event": CONDITIONS,
    "event_hours": st.one_of(st.integers(-2, 300).map(str), st.text(max_size=4)),
    "format": st.one_of(st.sampled_from(["json", "csv"]), st.text(max_size=4)),
}
AS_IT_IS = b"abcdefghijklmnopqrstuvwxyz0123456789=&+.,-_;"
PLACED = {"lat": st.just("39.4"), "lon": st.just("117.7")}
OPTIONS = {
    name: value
    for name, value in VALUES.items()
    if name not in ("place", "lat", "lon", "cycle", "as_of", "format")
}
RELAXED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def is_answered(answer) -> None:
    """A document, or a problem with a sentence."""
    assert answer.status_code < 500 or answer.json()["title"] != "Internal error", answer.text
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
    elif answer.headers["content-type"] == "application/json":
        json.loads(answer.content, parse_constant=refuse)


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} in JSON")


@RELAXED
@given(query=st.fixed_dictionaries({}, optional=VALUES))
def test_any_query_is_answered_or_refused(api: Api, query: dict[str, str]) -> None:
    is_answered(api.get("/v1/forecast", **query))


@RELAXED
@given(query=st.fixed_dictionaries(PLACED, optional=OPTIONS))
def test_any_options_at_a_good_place_are_answered_or_refused(
    api: Api, query: dict[str, str]
) -> None:
    is_answered(api.get("/v1/forecast", **query))


@RELAXED
@given(raw=st.binary(max_size=60))
def test_any_bytes_as_query_are_answered_or_refused(api: Api, raw: bytes) -> None:
    query = "".join(chr(byte) if byte in AS_IT_IS else f"%{byte:02x}" for byte in raw)
    is_answered(api.get(f"/v1/forecast?{query}"))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers()
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
POINTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "place": st.just("宁河") | JSON,
            "lat": st.just(39.4) | JSON,
            "lon": st.just(117.7) | JSON,
        },
    ),
    max_size=3,
)


@RELAXED
@given(
    body=JSON
    | st.fixed_dictionaries(
        {"points": POINTS}, optional={name: VALUES[name] | JSON for name in OPTIONS}
    )
)
def test_any_body_is_answered_or_refused(api: Api, body: object) -> None:
    is_answered(api.post("/v1/forecast", json=body))


@RELAXED
@given(text=st.text(max_size=30), lang=st.text(max_size=4))
def test_any_text_on_the_page_and_in_the_search_is_answered(api: Api, text: str, lang: str) -> None:
    page = api.get("/", place=text, lang=lang)
    assert page.status_code < 500
    is_answered(api.get("/v1/places", q=text))
