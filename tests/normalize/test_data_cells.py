"""Which texts can only stand in the body of a table."""

import pytest

from yusuan.normalize.data_cells import is_data


@pytest.mark.parametrize(
    "text",
    [
        "1,234.50", "0.00", "-", "无", "2010301", "2010301-行政运行", "【30101】基本工资",
        "30207邮电费", "225_某市司法局", "一、教育支出", "（一）一般公共预算", "(2)商品和服务支出",
        "1．一般公共预算资金", "2、其他", "2023-07", "2026",
    ],
)  # fmt: skip
def test_amounts_dashes_codes_and_ordinals_are_data(text: str) -> None:
    assert is_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "合计",
        "项目",
        "2026年预算数",
        "其中：财政拨款",
        "（万元）",
        "金额（元）",
        "12个月以上",
        "A-货物",
    ],
)
def test_headers_labels_and_blanks_are_not(text: str) -> None:
    assert not is_data(text)
