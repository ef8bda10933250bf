"""Invented budgets: a list of functional items from which every table is added up."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CLASSES = [
    "一般公共服务支出",
    "外交支出",
    "国防支出",
    "公共安全支出",
    "教育支出",
    "科学技术支出",
    "文化旅游体育与传媒支出",
    "社会保障和就业支出",
    "卫生健康支出",
    "节能环保支出",
    "城乡社区支出",
    "农林水支出",
    "交通运输支出",
    "资源勘探工业信息等支出",
    "商业服务业等支出",
    "金融支出",
    "援助其他地区支出",
    "自然资源海洋气象等支出",
    "住房保障支出",
    "粮油物资储备支出",
    "国有资本经营预算支出",
    "灾害防治及应急管理支出",
    "其他支出",
    "债务付息支出",
    "债务发行费用支出",
    "抗疫特别国债安排的支出",
]
ORDINALS = [
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
    "十七",
    "十八",
    "十九",
    "二十",
    "二十一",
    "二十二",
    "二十三",
    "二十四",
    "二十五",
    "二十六",
]
NAMES = {
    "204": "公共安全支出",
    "20406": "司法",
    "2040607": "公共法律服务",
    "205": "教育支出",
    "20508": "进修及培训",
    "2050803": "培训支出",
    "206": "科学技术支出",
    "20607": "科学技术普及",
    "2060702": "科普活动",
    "208": "社会保障和就业支出",
    "20805": "行政事业单位养老支出",
    "2080501": "行政单位离退休",
    "2080505": "机关事业单位基本养老保险缴费支出",
    "2080506": "机关事业单位职业年金缴费支出",
    "210": "卫生健康支出",
    "21011": "行政事业单位医疗",
    "2101101": "行政单位医疗",
    "212": "城乡社区支出",
    "21201": "城乡社区管理事务",
    "2120101": "行政运行",
    "2120102": "一般行政管理事务",
    "2120104": "城管执法",
    "21205": "城乡社区环境卫生",
    "2120501": "城乡社区环境卫生",
    "21213": "城市基础设施配套费安排的支出",
    "2121399": "其他城市基础设施配套费安排的支出",
    "221": "住房保障支出",
    "22102": "住房改革支出",
    "2210201": "住房公积金",
    "2210203": "购房补贴",
    "229": "其他支出",
    "22960": "彩票公益金安排的支出",
    "2296002": "用于社会福利的彩票公益金支出",
}
ECONOMIC = {
    "301": "工资福利支出",
    "30101": "基本工资",
    "30102": "津贴补贴",
    "30103": "奖金",
    "30107": "绩效工资",
    "30108": "机关事业单位基本养老保险缴费",
    "30109": "职业年金缴费",
    "30110": "职工基本医疗保险缴费",
    "30111": "公务员医疗补助缴费",
    "30112": "其他社会保障缴费",
    "30113": "住房公积金",
    "30199": "其他工资福利支出",
    "302": "商品和服务支出",
    "30201": "办公费",
    "30202": "印刷费",
    "30203": "咨询费",
    "30205": "水费",
    "30206": "电费",
    "30207": "邮电费",
    "30209": "物业管理费",
    "30211": "差旅费",
    "30212": "因公出国（境）费用",
    "30213": "维修（护）费",
    "30215": "会议费",
    "30216": "培训费",
    "30217": "公务接待费",
    "30228": "工会经费",
    "30231": "公务用车运行维护费",
    "30239": "其他交通费用",
    "30299": "其他商品和服务支出",
    "303": "对个人和家庭的补助",
    "30301": "离休费",
    "30302": "退休费",
    "30305": "生活补助",
    "30399": "其他对个人和家庭的补助",
    "310": "资本性支出",
    "31002": "办公设备购置",
    "31003": "专用设备购置",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One 项: spending by kind, in the document's smallest printed step.

    ``fund``: paid from a government fund. ``other``: part of ``project`` paid from other income.
    """

    code: str
    personnel: int = 0
    public: int = 0
    project: int = 0
    other: int = 0
    fund: bool = False

    @property
    def basic(self) -> int:
        return self.personnel + self.public

    @property
    def total(self) -> int:
        return self.basic + self.project


def split(rng: random.Random, total: int, parts: int) -> list[int]:
    """Cut a total into positive parts."""
    cuts = sorted(rng.sample(range(1, total), parts - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


def with_parents(items: Iterable[Item]) -> list[tuple[str, list[Item]]]:
    """类, 款 and 项 codes in order, each with the items it adds up."""
    all_items = sorted(items, key=lambda i: i.code)
    codes = sorted({i.code[:n] for i in all_items for n in (3, 5, 7)})
    return [(c, [i for i in all_items if i.code.startswith(c)]) for c in codes]


def basic_economy(
    rng: random.Random, items: Sequence[Item], reception: int, vehicle: int
) -> dict[str, int]:
    """Basic spending by economic 款, tied to the functional items where the law ties them."""
    by_code = {i.code: i for i in items}
    tied = {
        "30108": by_code["2080505"].personnel,
        "30109": by_code["2080506"].personnel,
        "30110": by_code["2101101"].personnel,
        "30113": by_code["2210201"].personnel,
        "30302": by_code["2080501"].personnel,
        "30216": by_code["2050803"].public,
        "30217": reception,
        "30231": vehicle,
    }
    personnel = sum(i.personnel for i in items)
    public = sum(i.public for i in items)
    pay = personnel - sum(v for c, v in tied.items() if c in {"30108", "30109", "30110"})
    pay -= tied["30113"] + tied["30302"]
    goods = public - tied["30216"] - reception - vehicle
    free_pay = ("30101", "30102", "30103", "30112", "30199")
    free_goods = ("30201", "30206", "30207", "30209", "30211", "30228", "30239", "30299", "31002")
    economy = dict(tied)
    economy |= zip(free_pay, split(rng, pay, len(free_pay)), strict=True)
    economy |= zip(free_goods, split(rng, goods, len(free_goods)), strict=True)
    return {code: economy[code] for code in sorted(economy)}


def is_personnel(code: str) -> bool:
    return code.startswith(("301", "303"))
