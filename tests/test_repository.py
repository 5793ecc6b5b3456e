"""What may never be in the repository: a person, a secret, an address that is ours alone."""

import re
import subprocess
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 1_500_000
PICTURES = {".png", ".ico", ".woff2"}

ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# Each name is cut in two, so that this file does not find itself.
REGISTRIES = [
    "py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "repo1." + "maven",
    "repo.maven." + "apache", "deb." + "debian.org", "mirrors." + "aliyun", "tuna." + "tsinghua",
]  # fmt: skip
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:home/\w|Users/\w|root/|work/|workspace/|mnt/\w)")
SECRETS = re.compile(
    r"-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[0-9A-Za-z]{36}\b"
    r"|\bsk-[0-9A-Za-z]{32,}\b"
    r"|\$argon2id\$v="
)


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


FILES = tracked()
TEXTS = [path for path in FILES if path.suffix not in PICTURES]


def is_resident_id(digits: str) -> bool:
    """Whether this could be a person: a real birth date and the right check digit."""
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=False)) % 11
    return "10X98765432"[rest] == digits[17].upper()


def found(pattern: re.Pattern[str]) -> list[str]:
    """Places where the pattern stands, without what stands there."""
    places = []
    for path in TEXTS:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if pattern.search(line):
                places.append(f"{path.relative_to(ROOT)}:{number}")
    return places


def test_the_check_knows_a_resident_id_when_it_sees_one():
    assert is_resident_id("11010519491231002" + "X")
    assert not is_resident_id("11010519491231002" + "1")


def test_no_resident_id_that_could_be_a_person():
    people = [
        f"{path.relative_to(ROOT)}"
        for path in TEXTS
        for number in ID_NUMBER.findall(path.read_text("utf-8"))
        if is_resident_id(number) and not number.startswith("99")
    ]
    assert not people, "made-up ID numbers begin with 99"


def test_every_text_is_utf_8():
    for path in TEXTS:
        path.read_bytes().decode("utf-8")


def test_no_address_of_a_package_registry():
    assert not found(re.compile("|".join(map(re.escape, REGISTRIES))))


def test_no_path_of_one_machine():
    assert not found(MACHINE_PATHS)


def test_no_secret():
    assert not found(SECRETS)


def test_no_large_file():
    large = [str(p.relative_to(ROOT)) for p in FILES if p.stat().st_size > LARGEST]
    assert not large
