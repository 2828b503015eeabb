"""How long it takes to read a message: one thread, the full menu, messages of at most 100 characters."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from benchmarks.measure import Figure, cpu_ms, own_memory_mb, percentile
from intents.understand import Engine

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
TEXTS = (
    "明天下午三点到五点做两小时保洁",
    "厨房水龙头一直滴水，麻烦派师傅来看看",
    "楼上装修太吵了，我要投诉",
    "游泳池几点开门？",
    "我上次报修的空调怎么样了",
    "周六上午帮我洗两件大衣，还有换个灯泡",
    "家里闻到煤气味了",
    "建议在小区门口加一盏路灯",
    "Could someone come and fix the tap in the kitchen tomorrow morning?",
    "I would like to book a cleaning for Saturday, about three hours please.",
    "The people upstairs have been drilling since seven, please do something.",
    "How do I pay the parking fee?",
    "Never mind, please cancel the appointment on Friday.",
    "There is smoke in the corridor!",
    "你好",
    "嗯嗯好的谢谢",
)
ROUNDS = 20


def measure() -> Iterator[Figure]:
    started = time.perf_counter()
    engine = Engine.load()
    yield Figure("understand: start", time.perf_counter() - started, "s", 2.0)
    for text in TEXTS:
        engine.understand(text, NOW)
    texts = [f"{text} {number}" for number in range(ROUNDS) for text in TEXTS]
    times = [cpu_ms(partial(engine.understand, text, NOW)) for text in texts]
    yield Figure("understand: p50, CPU", percentile(times, 0.50), "ms", 3.0)
    yield Figure("understand: p99, CPU", percentile(times, 0.99), "ms", 6.0)
    yield Figure("understand: memory", own_memory_mb(), "MB", 250)
