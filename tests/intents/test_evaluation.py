"""Labelled messages: how they are read, how readings are judged, and what the figures say."""

import io
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

import run_bot
from intents.encoder import NoEncoder, load_encoder
from intents.evaluate_command import Report, as_json, evaluate, measured, percentile, show
from intents.evaluation import Verdict, confusions, judge, shares
from intents.labelled import BadLine, Line, read_lines
from intents.meaning import Act, Alternative, Intent, Meaning, Recurrence, TimeWindow
from intents.understand import Engine

ZONE = ZoneInfo("Asia/Shanghai")


def line(tmp_path: Path, **fields: object) -> Line:
    """One labelled line, as if it stood in a file."""
    return read_lines(written(tmp_path, {"text": "a text", **fields}), ZONE)[0]


def written(tmp_path: Path, *objects: object) -> Path:
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in objects), "utf-8")
    return path


def meant(*intents: Intent, decision: str = "act", emergency: bool = False) -> Meaning:
    return Meaning("a text", "en", emergency, decision, intents)  # type: ignore[arg-type]


def intent(act: str, item: str | None = None, *others: str, **slots: object) -> Intent:
    return Intent(Act(act), item, 0.8, tuple(Alternative(other, 0.1) for other in others), slots)


def marks(line: Line, meaning: Meaning) -> dict[str, bool]:
    return dict(judged(line, meaning).marks)


def judged(line: Line, meaning: Meaning) -> Verdict:
    return judge(line, meaning, {"old": "new"}.get)


def test_the_first_item_is_right_when_it_is_among_the_acceptable_ones(tmp_path: Path) -> None:
    wanted = line(tmp_path, act="request", items=["tap", "pipe"])
    found = marks(wanted, meant(intent("request", "pipe"), decision="ask"))
    assert found["top1"]
    assert found["top3"]
    assert "precision" not in found
    found = marks(wanted, meant(intent("request", "lamp", "lock", "tap")))
    assert (found["top1"], found["top3"], found["precision"]) == (False, True, False)
    assert not marks(wanted, meant(intent("request", "lamp", "lock", "door", "tap")))["top3"]


def test_no_item_is_not_the_right_item(tmp_path: Path) -> None:
    found = marks(
        line(tmp_path, act="request", items=["tap"]),
        meant(intent("request", None, "tap"), decision="hand_over"),
    )
    assert (found["top1"], found["top3"], found["false_refusals"]) == (False, True, True)


def test_an_alias_stands_for_its_target(tmp_path: Path) -> None:
    assert marks(line(tmp_path, act="request", items=["old"]), meant(intent("request", "new")))["top1"]


@pytest.mark.parametrize(
    "more",
    [
        {"act": "request", "tags": ["act-either"]},
        {"act": "request", "act_alt": ["enquiry"]},
        {"act": "request", "act_alt": "enquiry"},
        {"act": "request", "tags": ["alt-act:enquiry"]},
        {"act": "enquiry"},
    ],
)
def test_every_acceptable_act_is_right(tmp_path: Path, more: dict[str, object]) -> None:
    assert marks(line(tmp_path, items=["tap"], **more), meant(intent("enquiry", "tap")))["act"]
    assert not marks(line(tmp_path, items=["tap"], **more), meant(intent("complaint", "tap")))["act"]


def test_out_of_scope_is_recalled_by_a_refusal_or_by_handing_over_without_an_item(tmp_path: Path) -> None:
    wanted = line(tmp_path, act="out_of_scope", items=[])
    assert marks(wanted, meant(intent("out_of_scope"), decision="hand_over"))["out_of_scope"]
    assert marks(wanted, meant(intent("enquiry"), decision="hand_over"))["out_of_scope"]
    assert not marks(wanted, meant(intent("enquiry", "tap"), decision="ask"))["out_of_scope"]
    assert not marks(wanted, meant(intent("greeting")))["out_of_scope"]


def test_acting_on_what_is_out_of_scope_costs_precision(tmp_path: Path) -> None:
    assert not marks(line(tmp_path, act="out_of_scope"), meant(intent("request", "tap")))["precision"]
    assert "precision" not in marks(line(tmp_path, act="out_of_scope"), meant(intent("greeting")))


def test_an_emergency_is_recognised_or_missed_and_a_look_alike_raised_or_not(tmp_path: Path) -> None:
    danger = line(tmp_path, act="emergency", items=["gas"])
    assert marks(danger, meant(intent("emergency", "gas"), emergency=True))["emergencies"]
    assert not marks(danger, meant(intent("request", "gas")))["emergencies"]
    drill = line(tmp_path, act="enquiry", items=["drill"], tags=["emergency-lookalike"])
    found = marks(drill, meant(intent("emergency", "fire"), emergency=True))
    assert (found["lookalikes"], found["false_alarms"]) == (True, True)
    either = line(tmp_path, act="request", act_alt=["emergency"], items=["gas"])
    assert "false_alarms" not in marks(either, meant(intent("emergency", "gas"), emergency=True))


@pytest.mark.parametrize("act", ["cancel", "reschedule", "amend", "status", "urge", "deny", "dissatisfied"])
def test_an_act_on_a_ticket_must_not_become_an_order(tmp_path: Path, act: str) -> None:
    wanted = line(tmp_path, act=act)
    assert marks(wanted, meant(intent("request", "tap"), decision="ask"))["new_orders"]
    assert marks(wanted, meant(intent(act), intent("request", "tap")))["new_orders"]
    assert not marks(wanted, meant(intent("enquiry", "tap")))["new_orders"]


def test_several_wishes_are_found_in_any_order_each_by_its_own_intent(tmp_path: Path) -> None:
    wanted = line(
        tmp_path,
        intents=[{"act": "thanks", "items": []}, {"act": "request", "items": ["tap", "pipe"]}],
    )
    assert marks(wanted, meant(intent("request", "pipe"), intent("thanks")))["several"]
    assert not marks(wanted, meant(intent("request", "tap")))["several"]
    twice = line(tmp_path, intents=[{"act": "request", "items": ["tap"]}] * 2)
    assert not marks(twice, meant(intent("request", "tap")))["several"]


def test_one_wish_taken_for_two_is_counted_but_a_greeting_before_it_is_not(tmp_path: Path) -> None:
    wanted = line(tmp_path, act="request", items=["tap"])
    assert marks(wanted, meant(intent("request", "tap"), intent("request", "lamp")))["split"]
    assert not marks(wanted, meant(intent("request", "tap"), intent("greeting")))["split"]


def at(hour: int, day: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=ZONE)


WINDOW = {"start": "2026-03-12T13:00:00+08:00", "end": "2026-03-12T10:00:00Z", "grain": "part_of_day"}
WEEKLY = {"freq": "weekly", "days": ["TU", "MO"], "interval": 1}


@pytest.mark.parametrize(
    ("wanted", "slots", "right"),
    [
        ({"when": WINDOW}, {"when": TimeWindow(at(13), at(18), "hour")}, True),
        ({"when": WINDOW}, {"when": TimeWindow(at(13), None, "part_of_day")}, False),
        ({"when": WINDOW}, {"when": TimeWindow(at(13, 13), at(18, 13), "part_of_day")}, False),
        ({"when": WINDOW}, {}, False),
        (
            {"when": {"start": None, "end": "2026-03-12T18:00"}},
            {"when": TimeWindow(None, at(18), "day")},
            True,
        ),
        ({"when": None}, {}, True),
        ({"when": None}, {"when": None, "when_problem": "past"}, True),
        ({"when": None}, {"duration_minutes": 30}, False),
        ({"duration_minutes": 90}, {"duration_minutes": 90}, True),
        ({"duration_minutes": 90}, {"duration_minutes": 60}, False),
        ({"recurrence": WEEKLY}, {"recurrence": Recurrence("weekly", ("MO", "TU"), 1)}, True),
        ({"recurrence": WEEKLY}, {"recurrence": Recurrence("weekly", ("MO", "TU"), 2)}, False),
        ({"recurrence": WEEKLY}, {"recurrence": Recurrence("weekly", ("MO",), 1)}, False),
        (
            {"recurrence": WEEKLY, "time_of_day": {"start": "18:00", "end": "22:00"}},
            {
                "recurrence": Recurrence("weekly", ("MO", "TU"), 1),
                "time_of_day": {"start": "18:00", "end": None},
            },
            False,
        ),
    ],
)
def test_times_are_right_to_the_minute_and_grain_does_not_count(
    tmp_path: Path, wanted: dict[str, object], slots: dict[str, object], right: bool
) -> None:
    found = marks(line(tmp_path, **wanted), meant(intent("request", "tap", **slots)))
    assert found == {"times": right}


def test_a_figure_is_a_share_of_the_lines_that_count_for_it(tmp_path: Path) -> None:
    wanted = line(tmp_path, act="request", items=["tap"])
    verdicts = [judged(wanted, meant(intent("request", item))) for item in ("tap", "tap", "lamp")]
    verdicts.append(judged(line(tmp_path, act="thanks"), meant(intent("thanks"))))
    found = shares(verdicts)
    assert found["top1"].to_json() == {"share": 0.6667, "hits": 2, "of": 3}
    assert found["act"].of == 4
    assert "times" not in found


def test_the_most_frequent_confusion_comes_first(tmp_path: Path) -> None:
    wanted = line(tmp_path, act="request", items=["tap"])
    verdicts = [judged(wanted, meant(intent("enquiry", item))) for item in ("lamp", "lamp", "lock", "tap")]
    found = confusions(verdicts)
    assert [(one.kind, one.wanted, one.got, len(one.verdicts)) for one in found] == [
        ("act", "request", "enquiry", 4),
        ("item", "tap", "lamp", 2),
        ("item", "tap", "lock", 1),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{", ":2: this is no JSON."),
        ("[]", ":2: should be one JSON object, is a list."),
        ({"act": "request"}, ":2: text should be a text, is missing."),
        ({"text": "x"}, ":2: says nothing to measure"),
        ({"text": "x", "act": "order"}, ":2: act 'order' is unknown."),
        ({"text": "x", "act": "request", "act_alt": ["buy"]}, ":2: act 'buy' is unknown."),
        ({"text": "x", "act": "request", "items": [1]}, ":2: items should be a list of texts."),
        ({"text": "x", "act": "request", "lang": "fr"}, ":2: lang 'fr' should be one of zh, en, mixed."),
        ({"text": "x", "intents": []}, ":2: intents should be a list of objects"),
        ({"text": "x", "intents": ["request"]}, ":2: intents should be an object, is a text."),
        ({"text": "x", "when": {"start": "soon"}}, ":2: start 'soon' is no instant"),
        ({"text": "x", "when": {}}, ":2: when should have a start, an end, or both."),
        ({"text": "x", "now": "noon", "act": "request"}, ":2: now 'noon' is no instant"),
        ({"text": "x", "duration_minutes": "an hour"}, ":2: duration_minutes should be a whole number."),
        ({"text": "x", "recurrence": {"freq": "often"}}, ":2: recurrence.freq should be one of"),
    ],
)
def test_a_wrong_line_is_refused_with_file_line_and_fault(tmp_path: Path, wrong: object, said: str) -> None:
    path = written(tmp_path, {"text": "fine", "act": "request"}, wrong)
    with pytest.raises(BadLine) as caught:
        read_lines(path, ZONE)
    assert f"{path}{said}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadLine, match=r"missing\.jsonl cannot be read"):
        read_lines(tmp_path / "missing.jsonl", ZONE)
    (tmp_path / "bytes").write_bytes(b'{"text": "x", "act": "request"}\n\xff\xfe')
    with pytest.raises(BadLine, match=":2: this is not UTF-8"):
        read_lines(tmp_path / "bytes", ZONE)
    with pytest.raises(BadLine, match="holds no line"):
        read_lines(written(tmp_path, "", " "), ZONE)


def test_the_command_says_a_fault_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_bot.main(["evaluate", str(written(tmp_path, "{"))]) == 2
    assert capsys.readouterr().err.strip().endswith("lines.jsonl:1: this is no JSON.")


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([1, 2], 0.99) == 2
    assert percentile([], 0.5) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system starts every process at nothing")
def test_the_memory_of_a_process_is_its_own_and_not_that_of_who_started_it() -> None:
    held = b"x" * 400_000_000
    program = "from intents.evaluate_command import memory_mb; print(memory_mb())"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert 10 < float(told.stdout) < len(held) / 2_000_000


TOILET = {"text": "马桶堵了", "lang": "zh"}
MESSAGES = (
    {
        **TOILET,
        "id": "1",
        "act": "request",
        "items": ["value.repair-plumbing.soil-pipe-unblock"],
        "tags": ["short"],
    },
    {"id": "2", "text": "Good morning", "lang": "en", "act": "greeting", "items": []},
    {**TOILET, "id": "3", "act": "cancel", "items": ["no.such-item"]},
    {
        "id": "4",
        "text": "明天下午来",
        "lang": "zh",
        "now": "2026-03-11T10:00",
        "when": WINDOW,
        "tags": ["when"],
    },
)


@pytest.fixture(scope="module")
def report(wordy: Engine, tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = written(tmp_path_factory.mktemp("labelled"), *MESSAGES)
    return measured(wordy, read_lines(path, ZONE), at(10))


def test_the_report_has_figures_by_language_tag_and_file_and_what_must_never_happen(report: Report) -> None:
    found = json.loads(as_json(report, misses=True))
    assert found["all"]["top1"] == {"share": 1.0, "hits": 1, "of": 1}
    assert found["all"]["times"]["hits"] == 1
    assert set(found["by_language"]) == {"zh", "en"}
    assert set(found["by_tag"]) == {"short", "when"}
    assert len(found["by_file"]) == 1
    assert [one["id"] for one in found["new_orders"]] == ["3"]
    assert found["unknown_items"] == ["no.such-item"]
    assert found["cost"]["p99_ms"] >= found["cost"]["p50_ms"] > 0
    assert [one["id"] for one in found["misses"]] == ["3"]


def test_the_tables_can_be_read(report: Report) -> None:
    out = Console(record=True, width=120, file=io.StringIO())
    show(report, out, misses=True)
    text = out.export_text()
    assert "right item first" in text
    assert "A new order, wrongly: 3 '马桶堵了' (cancel)" in text
    assert "no.such-item" in text
    assert "right act: cancel → request" in text


def test_a_training_that_is_not_there_leaves_an_engine_by_words_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = evaluate([written(tmp_path, *MESSAGES)], at(10), tmp_path / "nothing")
    assert found.cost.start_s > 0
    assert "found by words alone" in caplog.text


@pytest.mark.parametrize("asked", ["evaluate {path} --now 2026-03-11T10:00 --json", "understand"])
def test_a_command_without_the_encoder_never_loads_it_and_goes_by_words(
    asked: str,
    engine: Engine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert engine.artefact
    monkeypatch.setattr("intents.trained.load_encoder", _refuse)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("马桶堵了".encode())))
    path = written(tmp_path, *MESSAGES)
    assert run_bot.main([*asked.format(path=path).split(), "--without-encoder"]) == 0
    found = json.loads(capsys.readouterr().out)
    if asked == "understand":
        assert found["intents"][0]["item"] == "value.repair-plumbing.soil-pipe-unblock"
    else:
        assert found["all"]["top1"]["hits"] == 1


def _refuse() -> None:
    raise AssertionError("the encoder was to be left alone")


def test_an_engine_without_the_encoder_is_trained_and_weighs_words_alone(engine: Engine) -> None:
    blind = Engine.load(encoder=NoEncoder())
    assert blind.artefact == engine.artefact
    seen, unseen = (one.explain("马桶又堵住了水下不去", at(10)) for one in (engine, blind))
    assert '"sees": false' in json.dumps(unseen)
    assert ('"sees": true' in json.dumps(seen)) == bool(load_encoder().size)
