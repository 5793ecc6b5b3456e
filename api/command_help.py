"""What the commands say of themselves (命令说明), and wrong use in words.

The texts and their form; the commands are in `api/cli.py`.
"""

import re
from collections.abc import Mapping
from typing import Any

from typer.core import TyperCommand, TyperGroup

__all__ = ["EXAMPLES", "ChineseCommand", "ChineseGroup", "check_text", "in_chinese"]

EXAMPLES: Mapping[str, str] = {
    "zhaoren": "政策找人：一个家庭能获得什么，为什么，还要问什么。\n\n例：zhaoren demo",
    "demo": "生成虚构的示范区，打印一户的回答，并打开三个工作台。\n\n例：zhaoren demo --check",
    "serve": "在一个库上提供服务。\n\n例：zhaoren serve --store embedded:救助.sqlite --port 8000",
    "family": "库中一户能获得什么、为什么、还差什么。\n\n"
    "例：zhaoren family H-0001 --on 2026-06-30\n\n例：zhaoren family --all --json",
    "evaluate": "同样回答文件里写的家庭（YAML 或 JSON）；什么也不存。- 表示标准输入。\n\n"
    "例：zhaoren evaluate family.yaml --on 2026-06-30 --json",
    "check": "检查政策目录、算例，以及每个条件是否都有算例看住；再提示到期和待录的。\n\n"
    "例：zhaoren check --policy dibao\n\n例：zhaoren check --cases 我们的算例 --on 2026-07-01",
    "policy": "写政策和看政策。\n\n例：zhaoren policy show dibao",
    "policy new": "写一份待填的政策和算例，放进本地的目录文件夹。\n\n"
    "例：zhaoren policy new meal_help --pack cn/shanghai --kind project --into 本地目录",
    "policy show": "一项政策在某一天怎么规定：条件的算法和依据、金额、数值、与别的救助的关系。\n\n"
    "例：zhaoren policy show dibao --on 2026-06-30\n\n"
    "例：zhaoren policy show temp_small_amount --place 310105",
    "policy diff": "两天或两个地区包之间，哪些政策新有、结束、替换，哪些条件、依据、数值改了。\n\n"
    "例：zhaoren policy diff 2026-06-30 2026-07-01\n\n"
    "例：zhaoren policy diff cn/shanghai cn/shanghai/changning --policy visit_care",
    "whatif": "假设数值、规则变了，或者到了新规定的第一天：谁会进来，谁会出去，谁少的比多的多。\n\n"
    "--recheck 把近 24 个月没有通过或停止的申请再算一遍。\n\n"
    "例：zhaoren whatif 假设.yaml --place 310104\n\n例：zhaoren whatif --recheck",
    "visits": "要走访的家庭：按每月、每季度、每半年排，写明上次是哪天、逾期几天；"
    "表示过不要走访的不列。\n\n"
    "例：zhaoren visits --place 310104013 --on 2026-06-30",
    "circles": "每一户在四个圈层的哪一圈，为什么，到哪天不再算；没有核查的写明没有核查。\n\n"
    "例：zhaoren circles --place 310104013 --json",
    "find": "政策找人：哪些人很可能可以获得，哪些还差哪一项，哪些正在享受，哪些表示过不需要。\n\n"
    "--matrix 看哪一项没有记录，使多少户定不下来。\n\n"
    "例：zhaoren find dibao --place 310104\n\n例：zhaoren find --matrix --json",
    "findings": "可能漏保、重复、发错的事，每件写明依据、把握和没有核查的；"
    "--run 先排查一遍。只提请核实，不停发任何救助。\n\n"
    "--follow 先排查一遍，以后一直开着，写入了什么就重看有关的家庭；按 Ctrl-C 结束。\n\n"
    "例：zhaoren findings --run --on 2026-06-30\n\n"
    "例：zhaoren findings --run --since 2026-06-29\n\n"
    "例：zhaoren findings --follow --every 10\n\n"
    "例：zhaoren findings --kind exclusive_pair --place 310199001 --json",
    "findings decide": "记下人工核实的结果和理由；不属实的以后不再提。\n\n"
    "例：zhaoren findings decide F0123 --state rejected --reason 同名同姓，不是一个人",
    "coverage": "覆盖分析：需求有没有够得着的政策和项目，卡在哪一条，谁在同时享受两项。\n\n"
    "还有现金实物服务各占多少，各类家庭应享已享的比例，本人不要的。"
    "报告写 supply、near-misses、overlaps、services、fairness、refusals 中的一个，"
    "不写是开会用的摘要。\n\n"
    "例：zhaoren coverage\n\n例：zhaoren coverage supply --place 310104 --csv 供需.csv\n\n"
    "例：zhaoren coverage --list supply/310104013/care_meal/open\n\n"
    "例：zhaoren coverage --donor --near 310104013",
    "identity": "几份名单里的同一个人：本库的成员互相比，也和别的部门的名单比。\n\n"
    "每一对要请人看的存成发现，认定用 findings decide。名单只读不存，不合并任何档案。\n\n"
    "例：zhaoren identity --since 2026-06-29\n\n"
    "例：zhaoren identity --list 残联:2026-06-30:残联名单.xlsx --list 慈善:2026-05-31:慈善.csv",
    "blind-spot": "有多少人三份以上的名单里一份也没有：给一个范围，写明用了哪些名单；"
    "名单不够就说明为什么不能估计。\n\n"
    "例：zhaoren blind-spot --source civil_affairs --source disabled_federation "
    "--list 慈善:2026-05-31:慈善.csv",
    "upcoming": "今后一个月（或几个月）有什么不同：生日、记录和认定到期、两年窗口、渐退期满、"
    "数值和规定更换；每户写明哪一天、为什么、会怎样。\n\n"
    "例：zhaoren upcoming --months 1 --place 310104013",
    "copy": "把一个库复制到另一个空库，两种库之间也可以。\n\n"
    "例：zhaoren copy embedded:zhaoren.sqlite neo4j://127.0.0.1:7687",
    "migrate": "把库升级到本程序的版本；没有库就建一个空库。\n\n"
    "例：zhaoren migrate --store embedded:zhaoren.sqlite",
    "standards": "还没有录入的数值：做成表格发出去，填好了装进来。\n\n"
    "例：zhaoren standards sheet 待填数值.xlsx",
    "standards sheet": "把目录里没有的数值做成一张待填的表（.xlsx 或 .csv）：每格一行，"
    "写明单位和等着它的政策。\n\n"
    "例：zhaoren standards sheet 待填数值.xlsx --place 310104 --on 2026-07-01",
    "standards load": "把填好的表装进本地的目录文件夹。"
    "有一格不对就一项也不装，并逐格说明怎么改。\n\n"
    "例：zhaoren standards load 待填数值.xlsx --into 本地目录",
    "audit": "查验留痕。\n\n例：zhaoren audit verify",
    "audit verify": "查验留痕有没有被改动、抽走或插入。\n\n"
    "例：zhaoren audit verify --store embedded:zhaoren.sqlite",
}

# How wrong use is told; what follows the English words is kept.
_WORDS = (
    ("No such option: ", "没有这个选项："),
    ("No such command ", "没有这个命令："),
    ("Missing argument ", "缺少参数："),
    ("Missing parameter: ", "缺少参数："),
    ("Missing option ", "缺少选项："),
    ("Missing command.", "缺少命令。"),
    ("Got unexpected extra argument", "多出了参数"),
    ("Invalid value for ", "值不对："),
    (" requires an argument.", " 后面要写一个值。"),
    ("Input should be less than or equal to ", "最大是 "),
    ("Input should be greater than or equal to ", "最小是 "),
    ("Input should be a valid integer, unable to parse string as an integer", "应当是整数"),
    ("Option ", "选项 "),
)
_NEAREST = re.compile(r"\.? (?:Did you mean (.+)\?|\(Possible options: (.+)\))")


def in_chinese(message: str) -> str:
    """A message about wrong use, in Chinese, with where to find the right one."""
    for english, chinese in _WORDS:
        message = message.replace(english, chinese)
    message = _NEAREST.sub(lambda found: f"。最接近的是 {found[1] or found[2]}。", message)
    return f"{message}\n用 zhaoren 命令 --help 查看写法。"


_COUNTS = {
    "policies": "政策",
    "projects": "项目",
    "conditions": "条件",
    "figures": "数值",
    "figures_unknown": "未录入的数值",
    "packs": "地区包",
    "cases": "算例",
    "cases_failed": "不符的算例",
    "policies_without_case": "没有算例的政策和项目",
    "mutants": "变异",
    "mutants_equivalent": "已说明等价的变异",
    "mutants_alive": "没有算例看住的变异",
    "hints": "提示",
}


def check_text(counts: Mapping[str, int]) -> str:
    """The counts of a check, one a line."""
    return "\n".join(f"{_COUNTS.get(name, name)} {count}" for name, count in counts.items())


class _ChineseFirst:
    """Help that begins with what the command does; usage and options follow."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Write description, usage, options."""
        self.format_help_text(ctx, formatter)  # type: ignore[attr-defined]
        formatter.write_paragraph()
        pieces = " ".join(self.collect_usage_pieces(ctx))  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, pieces, prefix="用法：")
        self.format_options(ctx, formatter)  # type: ignore[attr-defined]


class ChineseCommand(_ChineseFirst, TyperCommand):
    """A command whose help begins in Chinese."""


class ChineseGroup(_ChineseFirst, TyperGroup):
    """A group of commands whose help begins in Chinese."""
