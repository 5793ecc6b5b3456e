"""A new policy to fill in (政策骨架): a commented file, and golden cases beside it.

A blank is `____`; the catalogue does not load before each is filled or its line deleted.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from matching.errors import InputError
from matching.packs import Catalogue
from matching.policy_words import CATEGORIES, DOORS
from matching.rules import nearest
from seed.load import place_in

__all__ = ["Skeleton", "new_policy", "write_new"]

_SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "schema"
_ID = re.compile(r"[a-z][a-z0-9_]{1,59}\Z")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Two files, named from the root of the local folder: the policy, and its golden cases."""

    policy: tuple[str, str]
    cases: tuple[str, str]


def new_policy(catalogue: Catalogue, policy: str, pack: str, kind: str) -> Skeleton:
    """The texts of a new policy or project of a pack.

    Raises:
        InputError: no good id, no such pack, or the pack states it already.
    """
    if not _ID.match(policy):
        cure = "请用小写英文字母开头，只用小写字母、数字和下划线，例如 meal_help。"
        raise InputError(f"编号 {policy} 不能用。{cure}")
    view = catalogue.packs.get(pack)
    if view is None:
        cure = nearest(pack, catalogue.packs) or "新的地区包先写 pack.yaml。"
        raise InputError(f"没有叫 {pack} 的地区包。{cure}")
    above = view.policies.get(policy)
    if above is not None and above.pack == pack:
        raise InputError(f"{pack} 已有 {policy}：{above.file}。请改那个文件，或换一个编号。")
    reason = (
        f"replaces: ____               # 为什么替换 {above.pack} 的 {policy}\n" if above else ""
    )
    text = _POLICY.format(
        schema=_hint("policy"),
        id=policy,
        kind=kind,
        form="cash" if kind == "policy" else "service",
        categories="、".join(f"{name} {words}" for name, words in CATEGORIES.items()),
        doors="、".join(f"{name} {words}" for name, words in DOORS.items()),
        reason=reason,
    )
    cases = _CASES.format(schema=_hint("cases"), id=policy, place=view.place or "310104")
    return Skeleton(
        (f"{pack}/policies/{policy}.yaml", text), (f"cases/{pack}/{policy}.yaml", cases)
    )


def _hint(name: str) -> str:
    """The line that lets an editor complete and check; where our schemas are installed."""
    path = _SCHEMAS / f"{name}.json"
    return f"# yaml-language-server: $schema={path}\n" if path.is_file() else ""


def write_new(skeleton: Skeleton, folder: Path) -> tuple[Path, Path]:
    """Write both files below a folder; nothing that is there is overwritten.

    Raises:
        InputError: one of them is there, the folder cannot be written, or a link leads elsewhere.
    """
    paths = (place_in(folder, skeleton.policy[0]), place_in(folder, skeleton.cases[0]))
    there = [str(path) for path in paths if path.exists()]
    if there:
        raise InputError(f"已经有 {'、'.join(there)}，没有改动。请换一个编号，或先移走它。")
    try:
        for path, (_, text) in zip(paths, (skeleton.policy, skeleton.cases), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError:
        raise InputError(f"写不了 {folder}，请核对这个文件夹。") from None
    return paths


_POLICY = """\
{schema}# 把每个 ____ 换成内容；用不到的行删去。每种键能写什么，见 docs/policy-files.md。
# 写完运行：zhaoren check --policy {id}
id: {id}                     # 与文件名相同
kind: {kind}                 # policy 政策、project 项目
label: ____                  # 名称，照文件里的写
subject: household           # household 按户看、person 逐人看
form: {form}                 # cash 现金、status 身份认定、in_kind 实物、service 服务、adjustment
category: support            # {categories}
department: ____             # 谁办，departments.yaml 里的代号，例如 civil_affairs
addresses: [____]            # 针对哪些需求，needs.yaml 里的代号，例如 basic_cash
target: ____                 # 给谁，照文件里的话写
gives: ____                  # 给什么，照文件里的话写；没有写的删去这一行
valid: {{from: ____}}          # 从哪天起，例如 2026-07-01；有最后一天的再写 until
{reason}conditions:                  # 全部符合才能获得
  - id: ____                 # 小写英文，本文件里各不相同，例如 old
    says: ____               # 给人看的一句话，例如 年满 60 周岁
    test: ____               # 算法，例如 person.age >= 60；能写什么见 docs/rules-language.md
    flag: search             # seed 任务材料、search 公开资料、unverified 没有核实、disputed
    clause:
      - {{doc: ____, article: ____}}    # doc 是 documents.yaml 里的代号；article 写 10 或 第二章
# 现金和减免写金额。数值写在 standards/ 里，这里只写算法；查不到算法的只留 says、kind 和 clause。
# amount:
#   value: STANDARD_ID
#   unit: CNY/month          # CNY 一次、CNY/month 每月、CNY/year 每年
#   kind: exact              # exact 正好、ceiling 最多、floor 至少
#   says: 每月按标准发
#   clause:
#     - {{doc: ____, article: ____}}
procedure:
  at: [street]               # {doors}
  door: ____                 # 具体到哪里；不知道的删去
  documents: []              # 要带什么，例如 [身份证, 户口簿]
  # working_days: 20         # 多少个工作日办好；没有写明的不要写
  clause: []                 # 办理的依据
# remarks:
#   - 给顾问看的提醒
"""

_CASES = """\
{schema}# {id} 的算例：把每个 ____ 换成内容，再加门槛处的算例。
# 运行：zhaoren check --policy {id}
- name: 条件都符合
  date: ____                 # 问哪一天，例如 2026-07-01
  place: "{place}"
  household: {{}}              # 家庭的情况，例如 {{monthly_income: 2400}}
  members:
    - {{id: a, birth_date: ____, relation: self}}
  aid: []                    # 正在享受的救助；[] 表示都没有，不写表示没有查过
  expect:
    {id}: {{outcome: met}}
- name: 只有一个条件不符合
  date: ____
  place: "{place}"
  household: {{}}
  members:
    - {{id: a, birth_date: ____, relation: self}}
  aid: []
  expect:
    {id}: {{outcome: unmet}}
- name: 缺少一个情况
  date: ____
  place: "{place}"
  household: {{}}
  members:
    - {{id: a, relation: self}}
  expect:
    {id}: {{outcome: unknown, missing: [____]}}
"""
