"""The quiet half hour, by the kind of sentence: what is new wakes the bot, its own matter does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.conversations.state import OpenTicket
from tests.conversations.talking import NOW, Chat, chat
from tests.conversations.test_dialogue import ticket

DRAIN = replace(
    ticket(1085, item="value.repair-plumbing.drain-unblock", name="疏通下水道"),
    words="阳台地漏堵了，水下不去", where="balcony",
)  # fmt: skip
ROOMLESS = replace(DRAIN, words="下水道堵了", where="")
COMPLAINT = ticket(
    1086, item="common.voice.complaint", name="投诉", workflow="complaint", words="楼上每天半夜拖椅子，太吵了"
)
LIFT = replace(COMPLAINT, words="the lift is broken every week, I want to complain")
CLEANING = ticket(
    1087, item="value.clean-hourly.hourly-helper", name="钟点工", words="明天下午请个阿姨打扫三小时"
)
VISITOR = ticket(
    1088, item="common.security.visitor-registration", name="访客预约", words="明天有两位朋友来，请登记"
)
IDEA = ticket(
    1089, item="common.voice.suggestion", name="建议", workflow="suggestion", words="建议在地库多装几个充电桩"
)
TAP = ticket(
    1090,
    item="value.repair-plumbing.water-fittings",
    name="修水龙头",
    words="厨房水龙头漏水",
    where="kitchen",
)

NEW: list[tuple[OpenTicket, str]] = [
    (VISITOR, "厨房洗碗机坏了，找人修一下"),
    (DRAIN, "厨房洗碗机坏了，找人修一下"),
    (COMPLAINT, "想预约明天上午的保洁"),
    (DRAIN, "想预约明天上午的保洁"),
    (VISITOR, "后天有个朋友来住两天，要登记吗"),
    (DRAIN, "后天有个朋友来住两天，要登记吗"),
    (IDEA, "I want to borrow something from you"),
    (TAP, "I want to borrow something from you"),
    (DRAIN, "门铃不响了"),
    (VISITOR, "门铃不响了"),
    (VISITOR, "还有，卧室的灯也坏了"),
    (DRAIN, "还有，卧室的灯也坏了"),
    (DRAIN, "卫生间下水道堵了，水下不去，今天下午，钥匙在物业，家里没人"),
    (DRAIN, "厨房水槽堵了"),
    (DRAIN, "客厅窗帘掉下来了"),
    (TAP, "The device in the corner broke"),
    (COMPLAINT, "我家热水器打不着火了"),
    (CLEANING, "另外阳台的推拉门也关不上了"),
    (CLEANING, "马桶冲不下去了"),
    (DRAIN, "想借一下手推车"),
    (VISITOR, "我想订两桶水"),
    (COMPLAINT, "需要开一张物业费发票"),
    (IDEA, "帮我开个放行条，明天搬沙发"),
    (CLEANING, "想约周六搬家"),
    (TAP, "卫生间的水龙头也漏水"),
    (DRAIN, "次卧空调漏水了"),
    (COMPLAINT, "麻烦帮我把旧沙发扔掉"),
    (DRAIN, "明天我哥来看我，开车来，要提前登记吗"),
    (IDEA, "家里的网断了"),
    (VISITOR, "周六我爸妈过来住，要不要登记"),
    (DRAIN, "水龙头也滴水"),
    (CLEANING, "能帮我收个快递吗"),
    (IDEA, "需要搬家，周日能派车吗"),
    (COMPLAINT, "我要办门禁卡"),
    (VISITOR, "洗衣机脱水的时候响得厉害，找人看看"),
    (IDEA, "Could you renew my gate card?"),
    (TAP, "our washing machine leaks"),
    (CLEANING, "the heating does not work"),
    (VISITOR, "two friends are visiting on Sunday"),
    (DRAIN, "my dishwasher is broken, please send someone"),
    (VISITOR, "the bedroom light is broken too"),
    (COMPLAINT, "also the doorbell doesn't ring"),
    (IDEA, "I'd like to book a cleaner for Saturday morning"),
    (DRAIN, "My parents are coming on Saturday, do I need to register them?"),
    (TAP, "the toilet in the bathroom is blocked as well"),
    (CLEANING, "The window in the study won't close"),
    (DRAIN, "I need to borrow a trolley"),
    (VISITOR, "Can you arrange a taxi to the airport tomorrow at 6?"),
    (TAP, "I'd like to order two bottles of water"),
]

OWN: list[tuple[OpenTicket, str]] = [
    (DRAIN, "好的，那就明天上午"),
    (DRAIN, "明天下午三点可以"),
    (DRAIN, "钥匙在前台，家里没人"),
    (DRAIN, "是阳台那个地漏"),
    (DRAIN, "地漏里好像有头发堵住了"),
    (DRAIN, "地漏盖子打不开，要带工具"),
    (DRAIN, "大概要多少钱？"),
    (DRAIN, "需要我在家吗"),
    (DRAIN, "师傅大概几点到"),
    (DRAIN, "谢谢，辛苦了"),
    (DRAIN, "麻烦师傅带个长一点的疏通机"),
    (DRAIN, "请师傅到了先打我电话"),
    (DRAIN, "水还是下不去"),
    (DRAIN, "可以换个师傅吗"),
    (ROOMLESS, "是卫生间的下水道堵了"),
    (ROOMLESS, "卫生间的，水下不去"),
    (COMPLAINT, "每天十一点以后，椅子拖来拖去"),
    (COMPLAINT, "昨天半夜又拖了一个小时椅子"),
    (COMPLAINT, "你们打算怎么处理"),
    (LIFT, "it was broken again this morning, the lift in unit 2"),
    (CLEANING, "阿姨三点来可以"),
    (CLEANING, "主要打扫厨房和卫生间"),
    (CLEANING, "可以带擦玻璃的工具吗"),
    (CLEANING, "明天上午的保洁也行"),
    (VISITOR, "三位，开一辆车"),
    (VISITOR, "车牌是沪A12345"),
    (VISITOR, "朋友晚上七点到"),
    (VISITOR, "需要带身份证吗"),
    (IDEA, "装在东边比较好"),
    (IDEA, "最好能装十个"),
    (IDEA, "充电桩收费怎么算"),
    (TAP, "还是滴水，比昨天厉害"),
    (DRAIN, "这是地漏"),
    (DRAIN, "行，等你们电话"),
    (DRAIN, "孩子在睡觉，敲门轻点"),
    (DRAIN, "要我提前把柜子搬开吗"),
    (CLEANING, "请带擦玻璃的布"),
    (COMPLAINT, "录音我可以发给你"),
    (VISITOR, "改成三个人"),
    (TAP, "It leaks from the handle"),
    (DRAIN, "the key is under the mat"),
    (DRAIN, "Tomorrow at ten is fine"),
    (DRAIN, "thanks a lot"),
    (DRAIN, "How much will it cost?"),
    (DRAIN, "how much will it be?"),
    (DRAIN, "Please ask him to bring a longer hose"),
    (DRAIN, "there is hair in the drain"),
    (TAP, "It's the tap on the left"),
    (CLEANING, "Can she bring her own cloths?"),
    (VISITOR, "He drives a white Tesla"),
    (IDEA, "Next to the lift would be best"),
    (COMPLAINT, "It happens every night after eleven"),
]


def after_staff_wrote(open_ticket: OpenTicket, words: str) -> Chat:
    """What happens to words that follow a person's message about this ticket by five minutes."""
    talk = chat(
        "en" if words.isascii() else "zh", is_quiet=True, human_replied_at=NOW - timedelta(minutes=5),
        tickets=(open_ticket,), staff_on=open_ticket.number,
    )  # fmt: skip
    talk.say(words)
    return talk


@pytest.mark.parametrize(("open_ticket", "words"), NEW)
def test_what_fails_elsewhere_or_is_ordered_is_answered_though_a_person_is_in_the_chat(
    open_ticket: OpenTicket, words: str
) -> None:
    assert after_staff_wrote(open_ticket, words).last_kinds


@pytest.mark.parametrize(("open_ticket", "words"), OWN)
def test_what_answers_adds_or_asks_about_the_ticket_is_left_to_the_person(
    open_ticket: OpenTicket, words: str
) -> None:
    talk = after_staff_wrote(open_ticket, words)
    assert (talk.last_kinds, talk.opened, talk.state.form) == ([], [], None)
    assert talk.state.about == open_ticket.number


def test_a_loan_that_is_only_guessed_at_opens_no_ticket_by_itself() -> None:
    talk = after_staff_wrote(TAP, "I want to borrow something from you")
    assert (talk.last_kinds, talk.opened) == (["which"], [])


@pytest.mark.parametrize("words", ["门铃不响了", "还有，卧室的灯也坏了"])
def test_a_fault_is_no_verdict_and_no_complaint_with_nobody_in_the_chat_either(words: str) -> None:
    talk = chat("zh")
    talk.say(words)
    assert talk.opened == []
    assert talk.last_kinds[-1] in ("ask", "which")


@pytest.mark.parametrize(
    "words", ["我对你们的处理很不满意", "I am not happy with this at all", "我要投诉电梯一直坏"]
)
def test_displeasure_in_so_many_words_is_taken_whoever_is_in_the_chat(words: str) -> None:
    assert after_staff_wrote(DRAIN, words).last_kinds


def test_work_that_waits_for_a_verdict_gets_it() -> None:
    done = replace(TAP, step="done", state="done", wants_follow_up=True)
    talk = after_staff_wrote(done, "不满意，水龙头还在漏水")
    assert talk.last_kinds
