"""Believable cases for the console's tests and screenshots; every text is our own."""

from datetime import datetime, timedelta

from services.respond.core.aggregates import (
    Account,
    Case,
    CaseClock,
    CaseItem,
    Claim,
    Cluster,
    Effect,
    HistoryEntry,
    Installed,
    ModelRegister,
    Organisation,
    Page,
    Person,
    Post,
    Proposal,
    Suggestion,
)
from services.respond.core.claim import Evidence
from shared.contracts.items import Author, ItemKind, Thread
from shared.contracts.org import AccountRegistered, Contact, Duty, PersonRegistered, Role
from shared.contracts.verdicts import Label, Reason, beliefs_of, why_of

PEOPLE = (
    ("chen", "陈晓岚", (Role.OPERATOR,)),
    ("zhou", "周以宁", (Role.REVIEWER,)),
    ("lin", "林望舒", (Role.LEAD,)),
    ("he", "何谨言", (Role.ADMIN,)),
    ("guan", "关山", (Role.VIEWER,)),
    ("su", "苏鉴", (Role.AUDITOR,)),
)


def person(person_id: str, name: str, roles: tuple[Role, ...]) -> Person:
    return Person(
        registered=PersonRegistered(revision="1", person_id=person_id, name=name, roles=roles)
    )


def account(now: datetime) -> Account:
    return Account(
        registered=AccountRegistered(
            revision="1", account_id="plaza", platform="weibo", native_id="900", name="锦绣广场"
        ),
        sources={
            "push": ("ok", now - timedelta(hours=3), ""),
            "poll": ("silent", now - timedelta(minutes=14), ""),
        },
    )


def organisation(now: datetime) -> Organisation:
    contacts = (Contact(channel="console_log", address_ref="lin"),)
    duty = Duty(
        person_id="lin",
        start=now - timedelta(hours=4),
        end=now + timedelta(hours=6),
        contacts=contacts,
    )
    return Organisation(
        duties=(duty,),
        packs={"company": "5b0c4f0f6e21aa10"},
        model="linear-2026.11",
        term=41,
        items_received=1843,
        items_classified=1841,
        items_degraded=2,
        cases_opened=57,
        replies_sent=48,
        breaches=3,
        pages_raised=2,
    )


def models(now: datetime) -> ModelRegister:
    """One model in office, another proposed by the lead."""
    installed = Installed(
        model_id="linear-2026.11",
        bundle="a" * 64,
        proposed_by="zhou",
        approved_by="lin",
        since=now - timedelta(days=3),
    )
    proposal = Proposal(
        model_id="linear-2026.12",
        bundle="b" * 64,
        report="",
        note="多学了三百条改判",
        proposed_by="lin",
        proposed_at=now - timedelta(hours=1),
    )
    return ModelRegister(installed=(installed,), proposals=(proposal,), changed_seq=7)


def an_item(
    number: int,
    name: str,
    text: str,
    now: datetime,
    *,
    labels: dict[Label, float],
    because: tuple[tuple[Label, str], ...] = (),
    kind: ItemKind = ItemKind.COMMENT,
    edits: int = 0,
    deleted: bool = False,
) -> CaseItem:
    reasons = tuple(
        Reason(
            label=label,
            start=text.index(words),
            end=text.index(words) + len(words),
            source="lexicon",
            weight=1.0,
        )
        for label, words in because
    )
    decided = tuple(each for each, p in labels.items() if p >= 0.7)
    return CaseItem(
        item_id=f"item{number}",
        item_version="1",
        native_id=str(5000 + number),
        item_kind=kind,
        author=Author(author_id=f"u{number}", name=name, followers=number * 37),
        thread=Thread(post_id="p1"),
        text=text,
        published_at=now - timedelta(minutes=16),
        received_at=now - timedelta(minutes=15),
        beliefs=beliefs_of(labels),
        decided=decided,
        abstained=not decided,
        why=why_of(reasons),
        model="linear-2026.11",
        edits=edits,
        deleted=deleted,
    )


def a_case(
    number: int, items: tuple[CaseItem, ...], now: datetime, *, severity: int, due_minutes: float
) -> Case:
    opened = now - timedelta(minutes=15)
    labels = tuple(dict.fromkeys(each for item in items for each in item.decided))
    return Case(
        case_id=f"case{number}",
        number=number,
        platform="weibo",
        account_id="plaza",
        thread_key=f"t{number}",
        status="open",
        opened_at=opened,
        severity=severity,
        labels=labels,
        items=items,
        item_count=len(items),
        clocks=(
            CaseClock(
                clock="first_reply",
                started_at=opened,
                due_at=now + timedelta(minutes=due_minutes),
            ),
        ),
        history=(HistoryEntry(at=opened, what="opened"),),
    )


def cases(now: datetime) -> tuple[Case, ...]:
    cake = an_item(
        2,
        "慢火炖汤",
        "昨天在你们负一楼买的蛋糕，孩子吃完就吐了，问客服到现在没人理，到底管不管？",
        now,
        labels={Label.COMPLAINT: 0.96, Label.QUESTION: 0.41},
        because=((Label.COMPLAINT, "吃完就吐了"), (Label.COMPLAINT, "没人理")),
        edits=1,
    )
    before = an_item(
        1,
        "慢火炖汤",
        "请问食品柜台的客服电话是多少？店里那个号打不通。",
        now - timedelta(minutes=20),
        labels={Label.QUESTION: 0.91},
        because=((Label.QUESTION, "请问"),),
        deleted=True,
    )
    rumour = an_item(
        3,
        "北门观察",
        "听说北门电梯上周夹了人，消息被压下来了？有没有人知道怎么回事",
        now,
        labels={Label.RUMOUR: 0.62},
        because=((Label.RUMOUR, "消息被压下来了"),),
        kind=ItemKind.MENTION,
    )
    abuse = an_item(
        4,
        "路过一只猫",
        "你们客服全是一群没用的废物，赶紧关门滚蛋",
        now,
        labels={Label.ABUSE: 0.93, Label.COMPLAINT: 0.74},
        because=((Label.ABUSE, "没用的废物"),),
    )
    booking = an_item(
        5,
        "山茶与书",
        "周末想带十来个同学去四楼做手工，需要提前多久预订？",
        now,
        labels={Label.BOOKING: 0.9, Label.QUESTION: 0.83},
        because=((Label.BOOKING, "预订"),),
    )
    praise = an_item(
        6,
        "晴耕雨读",
        "一楼服务台的姐姐帮我找回了钥匙，太感谢了！",
        now,
        labels={Label.PRAISE: 0.97},
    )
    suggestions = (
        Suggestion(
            suggestion_id="s1",
            template_id="complaint-1",
            text="您好，看到您说的情况我们很重视，已联系柜台核实。请把购买时间和小票私信给我们，今天 18 点前回复您。",
        ),
        Suggestion(
            suggestion_id="s2",
            template_id="complaint-2",
            text="您好，孩子现在怎么样了？如有不适请先就医并保留票据，我们的同事会马上与您联系。",
        ),
    )
    first = a_case(1042, (before, cake), now, severity=82, due_minutes=4.2)
    return (
        first.model_copy(update={"suggestions": suggestions}),
        a_case(1041, (rumour,), now, severity=61, due_minutes=-3.5),
        a_case(1043, (abuse,), now, severity=38, due_minutes=26),
        a_case(1040, (booking,), now, severity=20, due_minutes=48),
        a_case(1039, (praise,), now, severity=5, due_minutes=60 * 30),
    )


def an_effect(effect_id: str, now: datetime) -> Effect:
    return Effect(
        effect_id=effect_id, effect_kind="page", status="done", decided_at=now, decided_seq=1
    )


def post(now: datetime) -> Post:
    return Post(
        account_id="plaza",
        post_id="p1",
        text="五一假期营业到 22 点，负一楼美食区有亲子烘焙活动，欢迎带孩子来。",
        published_at=now - timedelta(hours=5),
    )


def page(now: datetime) -> Page:
    return Page(
        page_id="page1",
        case_ids=("case1041",),
        person_id="lin",
        channel="console_log",
        address_ref="lin",
        reasons=("first_reply",),
        raised_at=now - timedelta(minutes=3),
    )


def a_claim(claim_id: str, now: datetime) -> Claim:
    return Claim(
        claim_id=claim_id,
        account_id="mall",
        matter="网传二楼蛋糕店使用过期原料",
        status="checking",
        opened_by="li",
        opened_at=now,
        last_at=now,
        items=12,
        evidence=(Evidence(at=now, person_id="li", status="checking", text="门店已封存原料"),),
    )


def a_cluster(cluster_id: str, now: datetime) -> Cluster:
    return Cluster(
        cluster_id=cluster_id,
        account_id="mall",
        signature="",
        first_at=now,
        last_at=now,
        count=12,
        cases=("case1", "case2", "case3"),
        coordinated_at=now,
    )
