"""Harm 受侵害, and the duty to report it 强制报告. 未成年人保护法 art. 11. A flag for people to act on, never a score."""

from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.terms import UNDER_18
from kinderguard.rules import Category, child, named

HARMED = Category(
    code="cn.harmed",
    title=Text("受侵害儿童", "Harmed child"),
    when=UNDER_18 & named("harm", child.harms.any(), zh="遭受或疑似遭受侵害", en="harm is confirmed or suspected"),
    cites=(s.minors_law("11"),),
)
DUTY_TO_REPORT = Category(
    code="cn.duty_to_report",
    title=Text("须立即报告", "Duty to report at once"),
    when=UNDER_18
    & named(
        "unreported_harm",
        child.harms.any(lambda h: ~(h.reported.is_known() & h.reported)),
        zh="有尚无报告记录的侵害或疑似侵害", en="there is a harm, or suspicion of one, that is not recorded as reported",
    ),
    cites=(s.minors_law("11"), s.minors_law("117"), s.MANDATORY_REPORTING),
    duty=True,
    note=Text(
        "国家机关、村（居）委会、密切接触未成年人的单位及其人员，发现侵害或疑似侵害须立即向公安、民政、教育等部门报告。",
        "State organs, committees and bodies in close contact with minors, and their staff, must report harm or suspicion "
        "of it at once to the police, civil affairs or education.",
    ),
)  # fmt: skip

CATEGORIES = (HARMED, DUTY_TO_REPORT)
POLICIES = ()
