"""Whatever is asked of a crop, the answer is a document or a refusal, never a fault of ours."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast.advise.profile import shipped_names, shipped_profile
from forecast.api.advice_models import Advice
from tests.support.asking import Api
from tests.unit.api.test_random_queries import NUMBERS, is_answered

CROPS = st.sampled_from([*shipped_names(), "rice", "水稻", "ORYSA", "maize"])
STAGES = st.sampled_from(
    [stage.id for name in shipped_names() for stage in shipped_profile(name).phenology.stages]
)
DATES = st.dates(date(2024, 1, 1), date(2025, 12, 31)).map(str)
SAID = {
    "elevation": st.one_of(st.integers(-600, 9100).map(str), NUMBERS),
    "sown": st.one_of(DATES, st.text(max_size=10)),
    "stage": st.one_of(STAGES, st.text(max_size=8)),
    "stage_on": st.one_of(DATES, st.text(max_size=10)),
    "covered": st.one_of(st.sampled_from(["true", "false", "1"]), st.text(max_size=4)),
    "soil": st.one_of(st.sampled_from(["sand", "loam", "clay"]), st.text(max_size=6)),
    "soil_moisture": st.one_of(st.integers(-5, 160).map(str), NUMBERS),
    "cell": st.one_of(st.sampled_from(["land", "nearest"]), st.text(max_size=5)),
    "strict": st.one_of(st.sampled_from(["true", "false"]), st.text(max_size=4)),
    "cycle": st.text(max_size=10),
    "as_of": st.one_of(st.datetimes().map(str), st.text(max_size=10)),
    "format": st.one_of(st.sampled_from(["json", "text", "html"]), st.text(max_size=4)),
    "lang": st.one_of(st.sampled_from(["zh", "en"]), st.text(max_size=4)),
}
GOOD = {
    "sown": st.dates(date(2024, 3, 6), date(2025, 4, 12)).map(str),
    "stage_on": st.dates(date(2024, 3, 6), date(2025, 4, 10)).map(str),
    "covered": st.sampled_from(["true", "false"]),
    "soil": st.sampled_from(["sand", "loam", "silt_loam", "clay"]),
    "soil_moisture": st.integers(0, 150).map(str),
}
RELAXED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@RELAXED
@given(
    query=st.fixed_dictionaries(
        {"place": st.just("宁河"), "crop": st.one_of(CROPS, st.text(max_size=12))}, optional=SAID
    )
)
def test_any_question_on_a_crop_is_answered_or_refused(api: Api, query: dict[str, str]) -> None:
    is_answered(api.get("/v1/advisories", **query))


@RELAXED
@given(data=st.data())
def test_whatever_a_farmer_truly_says_is_answered(api: Api, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(shipped_names()))
    query = data.draw(st.fixed_dictionaries({}, optional=GOOD))
    if "stage_on" in query:
        stages = [stage.id for stage in shipped_profile(name).phenology.stages]
        query["stage"] = data.draw(st.sampled_from(stages))
    answer = api.get("/v1/advisories", lat="39.45", lon="117.72", crop=name, **query)
    assert answer.status_code == 200, answer.text
    Advice.model_validate(answer.json())


@RELAXED
@given(name=st.text(max_size=20))
def test_any_name_of_a_crop_is_found_or_refused(api: Api, name: str) -> None:
    is_answered(api.get("/v1/advisories", place="宁河", crop=name))
