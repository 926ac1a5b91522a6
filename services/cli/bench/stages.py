"""The parts of the pipeline alone, in this process: what one item costs in each."""

from collections.abc import Callable, Mapping
from itertools import islice
from statistics import median
from time import process_time

from services.classify.adapters.engine import Classifier
from services.cli.bench.load import ROWS, company, items
from services.cli.replay.sources import organisation, verdict_on
from services.respond.core.fold import fold
from services.respond.core.state import State
from shared.contracts.facts import Fact, Stored, decode, encode
from shared.contracts.items import ItemReceived
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext
from shared.policy.model import Pack
from shared.runtime.text_tables import load_tables

BATCH = 256
ROUNDS = 3
REPLY = (
    "您好，看到您反映的第{}件事我们非常重视，给您带来不便十分抱歉。我们已联系二楼门店核实，"
    "请您私信留下购买时间和联系方式，今天18点前由值班经理回复您处理结果。商场客服台今晚一直有人，"
    "您也可以带着小票过来，我们陪您一起看现场录像，感谢您的监督，也欢迎继续指出我们的不足。"
)
"""About 140 characters; the number makes each a text nobody has checked before."""
TOLD = (
    "您好，第{}件反映已转{}楼门店，{}号前由店长给您答复，购买记录我们正在核对，请保持电话畅通。",
    "已收到您说的情况，{}号柜台的监控已调取，共{}段，质检员今天到场，结果会在{}号公示栏写明。",
    "抱歉让您久等，退款申请{}已提交，尾号{}的卡{}天内到账，如有疑问请拨打商场客服台。",
    "经核对，{}月的活动规则没有变，积分{}分仍可兑换，兑换台在{}楼东侧，工作日晚上也开放。",
)
"""What others were told lately, and we said in the matter: as much as the house ever gives."""
RECENT, EARLIER = 50, 20
REPLIES = 101


def stages(count: int = 4 * BATCH) -> Mapping[str, float]:
    """Return microseconds of CPU per item (or reply) of each stage; the best of three rounds."""
    load = list(items(count, ROWS, run="stage"))
    encoded = [encode(each) for each in load]
    classifier = Classifier.load(None, load_tables())
    texts = [each.text for each in load]
    pack = company()
    batches = _facts(load, classifier, pack)
    facts = sum(len(batch) for batch in batches)
    return {
        "decode_us": _best(lambda: [decode(each) for each in encoded], count),
        "encode_us": _best(lambda: [encode(each) for each in load], count),
        "classify_us": _best(lambda: _judge(classifier, texts), count),
        "classify_one_us": _best(lambda: [classifier.judge([text]) for text in texts[:64]], 64),
        "fold_us_per_fact": _best(lambda: _fold(batches, pack), facts),
        "gate_us_per_reply": _median([REPLY.format(number) for number in range(REPLIES)], pack),
    }


def _best(work: Callable[[], object], count: int) -> float:
    spent = []
    for _ in range(ROUNDS):
        began = process_time()
        work()
        spent.append(process_time() - began)
    return round(min(spent) / count * 1e6, 1)


def _judge(classifier: Classifier, texts: list[str]) -> None:
    for start in range(0, len(texts), BATCH):
        classifier.judge(texts[start : start + BATCH])


def _median(replies: list[str], pack: Pack) -> float:
    """Return the median cost of checking a reply that nobody has checked before."""
    said = [TOLD[at % len(TOLD)].format(at, at + 1, at + 2) for at in range(RECENT + EARLIER)]
    context = GateContext(
        situation="complaint",
        channel="weibo",
        recent=tuple(said[:RECENT]),
        earlier=tuple(said[RECENT:]),
    )
    spent = []
    for reply in replies:
        began = process_time()
        gate(reply, context, pack)
        spent.append(process_time() - began)
    return round(median(spent) * 1e6, 1)


def _facts(load: list[ItemReceived], classifier: Classifier, pack: Pack) -> list[list[Stored]]:
    start = load[0].published_at
    facts: list[Fact] = organisation(pack.name, pack.content_hash(), classifier.model, start)
    verdicts = classifier.judge([each.text for each in load])
    for item, verdict in zip(load, verdicts, strict=True):
        facts += [item, verdict_on(item, verdict)]
    stored = (Stored(seq=seq, time=start, fact=fact) for seq, fact in enumerate(facts, start=1))
    return list(iter(lambda: list(islice(stored, BATCH)), []))


def _fold(batches: list[list[Stored]], pack: Pack) -> None:
    state, packs = State(), {pack.content_hash(): pack}
    for batch in batches:
        fold(state, batch, packs)
