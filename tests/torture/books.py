"""Strategies for budget tables of several families, each with its truth."""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import strategies as st

from .sheet import Entry, Fact, Ref, Sheet, Unit, cover, header_entries, to_yuan

Draw = Callable[..., object]

# Official names of the classifications; several are long enough to wrap anywhere.
FUNCTIONS = (
    ("205", "教育支出"),
    ("20502", "普通教育"),
    ("2050201", "学前教育"),
    ("2050299", "其他普通教育支出"),
    ("208", "社会保障和就业支出"),
    ("20805", "行政事业单位养老支出"),
    ("2080502", "事业单位离退休"),
    ("2080505", "机关事业单位基本养老保险缴费支出"),
    ("2080506", "机关事业单位职业年金缴费支出"),
    ("210", "卫生健康支出"),
    ("21011", "行政事业单位医疗"),
    ("2101102", "事业单位医疗"),
    ("2101103", "公务员医疗补助"),
    ("212", "城乡社区支出"),
    ("21201", "城乡社区管理事务"),
    ("2120101", "行政运行"),
    ("2120102", "一般行政管理事务"),
    ("2120199", "其他城乡社区管理事务支出"),
    ("221", "住房保障支出"),
    ("22102", "住房改革支出"),
    ("2210201", "住房公积金"),
    ("2210203", "购房补贴"),
)
PEOPLE = (
    ("301", "工资福利支出"),
    ("30101", "基本工资"),
    ("30102", "津贴补贴"),
    ("30103", "奖金"),
    ("30107", "绩效工资"),
    ("30108", "机关事业单位基本养老保险缴费"),
    ("30109", "职业年金缴费"),
    ("30110", "职工基本医疗保险缴费"),
    ("30113", "住房公积金"),
    ("303", "对个人和家庭的补助"),
    ("30301", "离休费"),
    ("30309", "奖励金"),
)
RUNNING = (
    ("302", "商品和服务支出"),
    ("30201", "办公费"),
    ("30202", "印刷费"),
    ("30205", "水费"),
    ("30207", "邮电费"),
    ("30213", "维修（护）费"),
    ("30216", "培训费"),
    ("30226", "劳务费"),
    ("30231", "公务用车运行维护费"),
    ("30239", "其他交通费用"),
    ("310", "资本性支出"),
    ("31002", "办公设备购置"),
)
INCOME = (
    "一、财政拨款收入",
    "二、事业收入",
    "三、事业单位经营收入",
    "四、上级补助收入",
    "五、附属单位上缴收入",
    "六、其他收入",
)
CLASSES = (
    "一般公共服务支出",
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
    "住房保障支出",
)
NUMERALS = "一二三四五六七八九十"


@st.composite
def money(draw: Draw, unit: Unit, decimals: int, *, grouped: bool, is_long: bool = False) -> str:
    """An amount as printed: a number of so many decimals, exact to the fen in yuan."""
    whole = draw(st.integers(10**6, 10**9) if is_long else st.integers(0, 10**6))
    fine = draw(st.integers(0, 10**decimals - 1)) if decimals else 0
    value = Decimal(whole) + Decimal(fine).scaleb(-decimals)
    return f"{value:,.{decimals}f}" if grouped else f"{value:.{decimals}f}"


@st.composite
def amounts(draw: Draw, unit: Unit, n: int) -> list[str]:
    """A column of amounts of one print style; some are blank, zero or a dash; decimals may mix."""
    places = [0, 2, 6] if unit == "万元" else [0, 2]
    decimals = draw(st.sampled_from(places))
    mixed = draw(st.booleans())
    grouped = draw(st.booleans())
    texts = []
    for _ in range(n):
        what = draw(st.integers(0, 9))
        if what == 0:
            texts.append("")
        elif what == 1:
            texts.append(draw(st.sampled_from(["0", "0.00", "-", "—"])))
        else:
            own = draw(st.sampled_from(places)) if mixed else decimals
            texts.append(draw(money(unit, own, grouped=grouped, is_long=what == 2)))
    return texts


def money_truth(text: str, unit: Unit) -> dict[str, object]:
    """The money columns of a fact; a blank cell beside a label is one too."""
    yuan = to_yuan(text, unit)
    return {"amount_text": text or None, "amount_yuan": yuan, "published_unit": unit}


# --- matrix: expenditure --------------------------------------------------------------------------


@st.composite
def expenditure(draw: Draw) -> Sheet:
    """支出预算总表, its codes in three cells, in one, or with the name (DOMAIN section 1, how codes
    appear), total row first, last or none, blank fillers."""
    form = draw(st.sampled_from(["parts", "code", "code-name", "cross"]))
    unit: Unit = draw(st.sampled_from(["元", "万元"]))
    header, weights, n_labels = {
        "parts": (
            """项目|<|<|<|支出预算|<|<
               功能分类科目编码|<|<|功能分类科目名称|合计|基本支出|项目支出
               类|款|项|^|^|^|^""",
            (1.0, 0.8, 0.8, 3.5, 2.5, 2.5, 2.5),
            4,
        ),
        "code": (
            """科目编码|科目名称|合计|基本支出|<|项目支出
               ^|^|^|人员经费|公用经费|^""",
            (1.6, 3.0, 2.3, 2.3, 2.3, 2.3),
            2,
        ),
        "code-name": ("支出功能分类科目|合计|基本支出|项目支出", (3.5, 2.2, 2.2, 2.2), 1),
        "cross": (
            """支出功能分类科目|部门支出经济分类科目|合计|基本支出|项目支出|其中|<
               ^|^|^|^|^|事业单位经营支出|上缴上级支出""",
            (3.0, 3.0, 2.2, 2.2, 2.2, 2.0, 2.0),
            2,
        ),
    }[form]
    tree = header_entries(header)
    n_header = max(e.row + e.row_span for e in tree)
    measures = {
        "parts": ("total", "basic", "project"),
        "code": ("total", "basic_personnel", "basic_public", "project"),
        "code-name": ("total", "basic", "project"),
        "cross": ("total", "basic", "project", "operating", "to_superior"),
    }[form]
    picked = draw(st.lists(st.sampled_from(FUNCTIONS), min_size=1, max_size=14, unique=True))
    if form in ("code-name", "cross"):
        picked = [p for p in picked if len(p[0]) == 7] or [FUNCTIONS[2]]
    picked.sort()
    total_at = draw(st.sampled_from(["first", "last", "none"]))
    lines: list[tuple[str, str] | None] = list(picked)
    if total_at == "first":
        lines.insert(0, None)
    lines += [("", "")] * draw(st.integers(0, 2))  # blank fillers
    if total_at == "last":
        lines.append(None)
    entries, facts = list(tree), []
    columns = [draw(amounts(unit, len(lines))) for _ in measures]
    for i, line in enumerate(lines):
        row = n_header + i
        values: dict[str, object] = {
            "func_code": None, "func_name": None, "dept_econ_code": None, "row_type": "total",
        }  # fmt: skip
        if line is None:
            word = draw(st.sampled_from(["合计", "合 计", "合　　计"]))
            entries.append(Entry(row, 0, word, "label", col_span=n_labels))
        elif line[0]:
            values.update(_code_cells(draw, entries, form, row, line))
            is_above = any(p != line and p[0].startswith(line[0]) for p in picked)
            values["row_type"] = "subtotal" if is_above else "detail"
        filled = line is None or bool(line[0])
        for k, measure in enumerate(measures):
            text = columns[k][i] if filled else ""
            if k == 0 and filled and not text:
                text = "0.00"  # a row of a published table prints its total
            entries.append(Entry(row, n_labels + k, text, "amount"))
            if filled:
                facts.append(Fact("expenditure", {**values, "measure": measure,
                                                  **money_truth(text, unit)}))  # fmt: skip
    n_rows = n_header + len(lines)
    return Sheet(
        "expenditure_fn", "支出预算总表", "预算03表", unit, weights, n_header, n_rows,
        cover(entries, n_rows, len(weights)), tuple(facts),
    )  # fmt: skip


def _code_cells(
    draw: Draw, entries: list[Entry], form: str, row: int, line: tuple[str, str]
) -> dict[str, object]:
    code, name = line
    values: dict[str, object] = {"func_code": code}
    if form == "parts":
        for col, part in enumerate((code[:3], code[3:5], code[5:])):
            entries.append(Entry(row, col, part, "label"))
        entries.append(Entry(row, 3, name, "label"))
        return {**values, "func_name": Ref(row, 3)}
    if form == "code":
        entries += [Entry(row, 0, code, "label"), Entry(row, 1, name, "label")]
        return {**values, "func_name": Ref(row, 1)}
    entries.append(Entry(row, 0, f"{code}-{name}", "label"))
    values["func_name"] = name
    if form == "cross":
        econ, econ_name = draw(st.sampled_from([p for p in (*PEOPLE, *RUNNING) if len(p[0]) == 5]))
        entries.append(Entry(row, 1, f"{econ}-{econ_name}", "label"))
        values["dept_econ_code"] = econ
    return values


# --- lanes ----------------------------------------------------------------------------------------


@st.composite
def summary(draw: Draw) -> Sheet:
    """收支总表: two lists side by side that know nothing of each other."""
    unit: Unit = draw(st.sampled_from(["元", "万元"]))
    header = "收入|<|支出|<\n项目|预算数|项目|预算数"
    income = list(INCOME[: draw(st.integers(1, len(INCOME)))])
    classes = draw(st.lists(st.sampled_from(CLASSES), min_size=1, max_size=10, unique=True))
    spent = [f"{NUMERALS[i]}、{name}" for i, name in enumerate(classes)]
    height = max(len(income), len(spent)) + draw(st.integers(0, 2))
    lists = []
    for items, word in ((income, "收入"), (spent, "支出")):
        lines = [*items, *[""] * (height - len(items)), f"本年{word}合计", f"{word}总计"]
        lists.append(lines)
    entries, facts = header_entries(header), []
    for lane, (side, lines) in enumerate(zip(("revenue", "expenditure"), lists, strict=True)):
        for i, (label, text) in enumerate(zip(lines, draw(amounts(unit, len(lines))), strict=True)):
            shown = text if label else ""
            entries += [
                Entry(2 + i, 2 * lane, label, "label"),
                Entry(2 + i, 2 * lane + 1, shown, "amount"),
            ]
            if label:
                values = {"side": side, "label_text": Ref(2 + i, 2 * lane),
                          "measure": "total", **money_truth(shown, unit)}  # fmt: skip
                facts.append(Fact("summary", values))
    n_rows = 2 + len(lists[0])
    return Sheet(
        "summary", "收支总表", "预算01表", unit, (3.0, 2.0, 3.0, 2.0), 2, n_rows,
        cover(entries, n_rows, 4), tuple(facts),
    )  # fmt: skip


@st.composite
def basic(draw: Draw) -> Sheet:
    """基本支出决算表 in two lanes: 301 and 303 beside 302 and 310; codes unprinted in fillers."""
    unit: Unit = draw(st.sampled_from(["元", "万元"]))
    header = "人员经费|<|<|公用经费|<|<\n科目编码|科目名称|决算数|科目编码|科目名称|决算数"
    left = list(PEOPLE[: draw(st.integers(1, len(PEOPLE)))])
    right = list(RUNNING[: draw(st.integers(1, len(RUNNING)))])
    height = max(len(left), len(right))
    entries, facts = header_entries(header), []
    for lane, lines in enumerate((left, right)):
        measure = ("personnel", "public")[lane]
        texts = draw(amounts(unit, height + 1))
        for i, (code, name) in enumerate(lines):
            row, col = 2 + i, 3 * lane
            entries += [
                Entry(row, col, code, "label"),
                Entry(row, col + 1, name, "label"),
                Entry(row, col + 2, texts[i], "amount"),
            ]
            if code:
                values = {"dept_econ_code": code, "dept_econ_name": Ref(row, col + 1),
                          "measure": measure, **money_truth(texts[i], unit)}  # fmt: skip
                facts.append(Fact("basic_expenditure", values))
        total = texts[height] or "0.00"
        row = 2 + height
        word = ("人员经费合计", "公用经费合计")[lane]
        entries += [
            Entry(row, 3 * lane, word, "label", col_span=2),
            Entry(row, 3 * lane + 2, total, "amount"),
        ]
        values = {"dept_econ_code": None, "dept_econ_name": None, "measure": measure,
                  **money_truth(total, unit)}  # fmt: skip
        facts.append(Fact("basic_expenditure", values))
    n_rows = 3 + height
    return Sheet(
        "basic_econ", "一般公共预算财政拨款基本支出决算表", "公开06表", unit,
        (1.2, 3.0, 2.2, 1.2, 3.0, 2.2), 2, n_rows, cover(entries, n_rows, 6), tuple(facts),
    )  # fmt: skip


@st.composite
def three_public(draw: Draw) -> Sheet:
    """“三公”经费支出决算表: one row of twelve amounts under a header of three levels."""
    unit: Unit = draw(st.sampled_from(["元", "万元"]))
    half = "合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费"
    deep = "^|^|小计|购置费|运行费|^"
    header = f"预算数|<|<|<|<|<|决算数|<|<|<|<|<\n{half}|{half}\n{deep}|{deep}"
    items = (
        "total", "abroad", "vehicle_total", "vehicle_purchase", "vehicle_operation", "reception"
    )  # fmt: skip
    texts = draw(amounts(unit, 12))
    texts[0] = texts[0] or "0.00"
    entries = header_entries(header)
    entries += [Entry(3, col, text, "amount") for col, text in enumerate(texts)]
    facts = [
        Fact("three_public", {"item": items[i % 6], "version": ("budget", "final")[i // 6],
                              **money_truth(text, unit)})
        for i, text in enumerate(texts)
    ]  # fmt: skip
    return Sheet(
        "three_public", "财政拨款“三公”经费支出决算表", "公开07表", unit, (1.0,) * 12, 3, 4,
        cover(entries, 4, 12), tuple(facts),
    )  # fmt: skip
