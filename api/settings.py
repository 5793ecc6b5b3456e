"""Settings (设置): everything that an installation may choose, read from `ZHAOREN_*`.

Unsafe combinations are refused at the start, with the cure; nothing falls back silently.
"""

from ipaddress import ip_address
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings"]

DEFAULT_STORE = "embedded:zhaoren.sqlite"
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Settings(BaseSettings):
    """What an installation chooses.

    Attributes:
        store: `embedded:PATH` or `neo4j://HOST:PORT`; a password never stands in it.
        catalogue: folder of the policy files; None takes the one that comes with the product.
        host: address to listen on; loopback unless cookies are safe.
        port: port to listen on.
        public_host: the name that browsers use (`aid.example.cn:8443`), if it is not `host`.
        cookie_secure: browsers reach the service by https, directly or through a proxy.
        session_idle_minutes: a browser that is silent for so long is signed out.
        session_hours: nobody stays signed in longer.
        body_limit: largest request body that is read, in bytes.
    """

    model_config = SettingsConfigDict(
        env_prefix="ZHAOREN_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    store: str = DEFAULT_STORE
    catalogue: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_host: str | None = None
    cookie_secure: bool = False
    session_idle_minutes: int = Field(default=15, ge=1, le=480)
    session_hours: int = Field(default=8, ge=1, le=12)
    body_limit: int = Field(default=1_000_000, ge=10_000, le=20_000_000)

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.cookie_secure and not self._is_loopback():
            raise ValueError(
                "监听地址不是本机时必须经由 https 访问：请在前面放好 https 代理，"
                "并设置 ZHAOREN_COOKIE_SECURE=true；只在本机使用请设 ZHAOREN_HOST=127.0.0.1。"
            )
        if "@" in self.store:
            raise ValueError(
                "数据库地址里不能写账号或密码：请改用 ZHAOREN_NEO4J_PASSWORD 或密码文件。"
            )
        if self.public_host is not None and "/" in self.public_host:
            raise ValueError("ZHAOREN_PUBLIC_HOST 只写主机名和端口，例如 jiuzhu.example.cn:8443。")
        return self

    def _is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def allowed_hosts(self) -> frozenset[str]:
        """Names under which the service answers; any other `Host` is refused (DNS rebinding)."""
        names = {*LOOPBACK_NAMES, self.host}
        if self.public_host is not None:
            names.add(self.public_host)
        return frozenset(names)
