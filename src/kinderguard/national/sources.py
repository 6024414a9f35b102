"""The documents that the national rules rest on, each with how far it was checked. Nothing is cited beyond these.

What could be read only in a restatement carries its trust; ``unverified`` says that the original was not at hand.
"""

from kinderguard.rules import Cite, Trust

CHECKED_ON = "2026-11-23"


def cite(document: str, article: str | None = None, trust: Trust = Trust.UNVERIFIED, source: str | None = None) -> Cite:
    """A citation that was checked on the day stated above."""
    return Cite(document, article=article, trust=trust, source=source, checked_on=CHECKED_ON)


def minors_law(article: str) -> Cite:
    """未成年人保护法."""
    return cite("《中华人民共和国未成年人保护法》", article, Trust.STATUTE)


def civil_code(article: str) -> Cite:
    """民法典."""
    return cite("《中华人民共和国民法典》", article, Trust.STATUTE)


def assistance_regulation(article: str) -> Cite:
    """社会救助暂行办法."""
    return cite("《社会救助暂行办法》（国务院令第649号，2019年修订）", article, Trust.STATUTE)


CHILD_IN_DIFFICULTY_OPINION = cite("《国务院关于加强困境儿童保障工作的意见》（国发〔2016〕36号）", None, Trust.PRESS)
OUR_MAPPING = cite("三大类别为各地实务分类；各类型的归类由本规则所拟，非法律规定", None, Trust.PRACTICE)
ORPHAN_OPINION = cite(
    "国办发〔2010〕54号", None, Trust.GOVERNMENT, "http://www.sishui.gov.cn/art/2025/11/7/art_66922_2754529.html"
)
ORPHAN_ALLOWANCE_NOTICE = cite(
    "民发〔2010〕161号", None, Trust.GOVERNMENT, "http://www.sishui.gov.cn/art/2025/11/7/art_66922_2754529.html"
)
DECLARED_MISSING_IN_GUANGDONG = cite(
    "广东省孤儿认定材料清单（死亡证明或法院宣告）", None, Trust.GOVERNMENT,
    "http://smzt.gd.gov.cn/dawenku/etgz/content/post_2222497.html",
)  # fmt: skip
HIV_NOTICE = cite("民发〔2012〕179号", None, Trust.UNVERIFIED)
UNATTENDED_OPINION = cite(
    "民发〔2019〕62号", None, Trust.GOVERNMENT,
    "http://www.qinzhou.gov.cn/zfxxgk/fdzdgknr_6/ggfw/shfl/etfl/wyw/t16839122.shtml",
)  # fmt: skip
UNATTENDED_NOTICE = cite(
    "民发〔2020〕125号", None, Trust.GOVERNMENT,
    "http://www.qinzhou.gov.cn/zfxxgk/fdzdgknr_6/ggfw/shfl/etfl/wyw/t16839122.shtml",
)  # fmt: skip
UNATTENDED_SEVERE_DISABILITY = cite(
    "民发〔2019〕62号（重残的界定）", None, Trust.GOVERNMENT,
    "https://www.haicang.gov.cn/hdjl/cjwt/bmfl/mzj/202206/t20220621_852140.htm",
)  # fmt: skip
UNATTENDED_AMOUNT = cite(
    "事实无人抚养儿童补贴按散居孤儿标准发放", None, Trust.GOVERNMENT,
    "http://yanbian.gov.cn/hqhmzc/shmszc/202004/t20200417_133722.html",
)  # fmt: skip
UNATTENDED_STACKING = cite("民发〔2019〕62号（与其他保障的衔接）", None, Trust.UNVERIFIED)
LEFT_BEHIND_OPINION = cite(
    "《国务院关于加强农村留守儿童关爱保护工作的意见》（国发〔2016〕13号）", None, Trust.UNVERIFIED
)
LEFT_BEHIND_SURVEY = cite("2016年全国农村留守儿童摸排登记表填表说明", None, Trust.PRESS)
MIGRANT_ACTION = cite("《加强流动儿童关爱保护行动方案》（2024年）", None, Trust.PRESS)
TEKUN_RULES = cite("《特困人员认定办法》（民发〔2021〕43号）", None, Trust.UNVERIFIED)
DIBAO_RULES = cite("《最低生活保障审核确认办法》（民发〔2021〕57号）", None, Trust.UNVERIFIED)
MARGINAL_PRACTICE = cite("低保边缘家庭按低保标准1.5倍认定", None, Trust.PRACTICE)
RIGID_OPINION = cite("国办发〔2023〕39号", None, Trust.UNVERIFIED)
TWO_SUBSIDIES = cite("国发〔2015〕52号（残疾人两项补贴）", None, Trust.UNVERIFIED)
REHABILITATION_OPINION = cite("国发〔2018〕20号（残疾儿童康复救助）", None, Trust.PRESS)
HIGH_SCHOOL_GRANT = cite("普通高中国家助学金", None, Trust.PRESS)
BOARDER_STIPEND = cite("义务教育家庭经济困难学生生活补助", None, Trust.UNVERIFIED)
ORPHAN_STUDY_2019 = cite(
    "民办发〔2019〕24号（福彩圆梦·孤儿助学）", None, Trust.GOVERNMENT,
    "http://www.blzq.gov.cn/zzllms/zzllmstzgg/202412/t20241211_2492103.html",
)  # fmt: skip
ORPHAN_STUDY_2025 = cite("福彩圆梦·孤儿助学工程2025年4月修订", None, Trust.PRESS)
TOMORROW_PLAN = cite("孤儿医疗康复明天计划", None, Trust.PRESS)
MANDATORY_REPORTING = cite("《关于建立侵害未成年人案件强制报告制度的意见（试行）》（2020年）", None, Trust.PRESS)
FAMILY_EDUCATION_LAW = cite("《中华人民共和国家庭教育促进法》", "30", Trust.STATUTE)
EARLIER_MINISTRY_LIST = cite(
    "民电118号（困境儿童的分类）",
    None,
    Trust.GOVERNMENT,
    "http://www.zs.gov.cn/zsmzj/gkmlpt/content/2/2270/post_2270089.html",
)
