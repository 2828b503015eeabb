"""An emergency that ends without a visit is not told as an arrival that was kept."""

import pytest

from tests.tickets.office import Office


def steps(seen: dict[str, object]) -> list[str]:
    return [row["to_step"] for row in seen["timeline"] if row["to_step"]]  # type: ignore[index,attr-defined]


def test_an_emergency_where_nobody_went_is_over_without_an_arrival(office: Office) -> None:
    number = office.open("emergency")
    office.do(number, "accept")
    seen = office.do(number, "complete", note="电话里确认没事了", was_there=False)
    assert "on_site" not in steps(seen)
    clock = office.clocks(number)["SLA-04"]
    assert (clock.met_at, clock.cancelled_at is not None) == (None, True)


def test_an_emergency_that_nobody_had_accepted_ends_the_same_way(office: Office) -> None:
    number = office.open("emergency")
    assert office.do(number, "complete")["step"] == "safe"
    assert office.clocks(number)["SLA-04"].met_at is None


@pytest.mark.parametrize("is_recorded", [True, False])
def test_an_emergency_where_somebody_was_keeps_its_promise(office: Office, is_recorded: bool) -> None:
    number = office.open("emergency")
    office.do(number, "accept")
    if is_recorded:
        office.do(number, "check_in", "guard")
        seen = office.do(number, "complete")
    else:
        seen = office.do(number, "complete", was_there=True)
    assert "on_site" in steps(seen)
    assert office.clocks(number)["SLA-04"].met_at is not None
