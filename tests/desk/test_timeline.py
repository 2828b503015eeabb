"""What a ticket's page tells of what was: each step once, nobody standing in for nobody, when it happened."""

from collections.abc import Callable
from datetime import timedelta

from tests.desk.conftest import COMPLAINT, SUGGESTION, Desk, World

Open = Callable[..., Desk]


def test_nobody_is_said_to_have_stood_in_where_nobody_did_and_a_step_is_told_once(
    desk: Open, world: World
) -> None:
    complaint, idea, lin = world.open(COMPLAINT), world.open(SUGGESTION), desk("lin")
    lin.press(f"/tickets/{complaint}/classify", **{"class": "valid", "department": "engineering"})
    lin.press(f"/tickets/{complaint}/feedback", text="水泵已更换。")
    lin.press(f"/tickets/{idea}/accept")
    for number in (complaint, idea):
        timeline = lin.get(f"/tickets/{number}").text.split('class="timeline"')[1]
        assert "（代" not in timeline
        assert timeline.count("已分类") == (number == complaint)


def test_when_a_complaint_happened_is_not_called_a_wished_time(desk: Open, world: World) -> None:
    start = world.clock.now() - timedelta(hours=2)
    said = {
        "start": start.isoformat(),
        "end": (start + timedelta(hours=4)).isoformat(),
        "grain": "part_of_day",
    }
    happened, wished = world.open(COMPLAINT, slots={"when": said}), world.open(slots={"when": said})
    lin = desk("lin")
    html = lin.get(f"/tickets/{happened}").text
    assert "发生时间" in html
    assert "希望时间" not in html
    assert "希望时间" in lin.get(f"/tickets/{wished}").text


def test_what_only_the_manager_can_keep_says_so(desk: Open, world: World) -> None:
    number, lin = world.open(COMPLAINT), desk("lin")
    fields = {"class": "valid", "severity": "severe", "department": "engineering"}
    lin.press(f"/tickets/{number}/classify", **fields)
    html = lin.get(f"/tickets/{number}").text
    assert "经理在这张工单上办理任何一步，就算接手。" in html
