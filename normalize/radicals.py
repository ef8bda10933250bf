"""CJK radicals and the ideographs that they stand for.

Source: EquivalentUnifiedIdeograph.txt of the Unicode Character Database, version 14.0, all
entries of U+2E81..U+2EF3 (CJK Radicals Supplement) and U+2F00..U+2FD5 (Kangxi Radicals). NFKC
does not do this: of the supplement it knows U+2E9F and U+2EF3 only.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

# The ideographs of U+2F00, U+2F01, ... U+2FD5, in order.
_KANGXI = (
    "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢"
    "尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火"
    "爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿"
    "肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹"
    "雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"
)

# A radical of the supplement and its ideograph, in turn.
_SUPPLEMENT = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍尐⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄"
    "⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爬⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻"
    "⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艺⻀艻⻁虎⻂衤⻃覀"
    "⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辷⻎辸⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦"
    "⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜"
    "⻰龙⻱龜⻲亀⻳龟"
)

RADICALS: Final = MappingProxyType(
    {0x2F00 + index: ideograph for index, ideograph in enumerate(_KANGXI)}
    | {ord(_SUPPLEMENT[at]): _SUPPLEMENT[at + 1] for at in range(0, len(_SUPPLEMENT), 2)}
)
"""Code point of a radical -> the unified ideograph, for ``str.translate``."""
