"""The composition root (组装): settings in, one application out."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from api import errors
from api.auth import Gate
from api.deps import Desk
from api.guard import Guard
from api.pages import accounts as account_pages
from api.pages import advisor as advisor_pages
from api.pages import office as office_pages
from api.pages import quick as quick_pages
from api.routes import accounts as account_routes
from api.routes import advisor as advisor_routes
from api.routes import coverage as coverage_routes
from api.routes import findings as finding_routes
from api.routes import office as office_routes
from api.routes import population as population_routes
from api.routes import rounds as round_routes
from api.services.coverage import PublishedNeeds
from api.settings import Settings
from graph import open_store
from graph.store import Store
from matching.packs import Catalogue
from seed.load import load_catalogue

__all__ = ["API", "PAGES", "ROUTES", "create_app"]

API = "/api/v1"
ROUTES = (
    account_routes.router, advisor_routes.router, office_routes.router, finding_routes.router,
    population_routes.router, round_routes.router, coverage_routes.router,
)  # fmt: skip
PAGES = (account_pages.router, advisor_pages.router, quick_pages.router, office_pages.router)

STATIC = Path(__file__).parent / "static"
PROBLEMS: Mapping[int | str, dict[str, Any]] = {
    status: {"model": errors.Problem, "description": words}
    for status, words in (
        (401, "未登录"),
        (403, "没有权限，或请求来源不明"),
        (404, "没有找到，或不在范围内：两者回答一样"),
        (409, "内容冲突"),
        (422, "填写有误，什么也没有写入"),
        (503, "数据库暂时不可用"),
    )
}


class _Guarded(FastAPI):
    """An application whose every answer, that of the last error handler too, passes the guard."""

    def build_middleware_stack(self) -> ASGIApp:
        """The guard around everything else."""
        return Guard(super().build_middleware_stack(), self.state.desk.settings)


def create_app(
    settings: Settings, *, store: Store | None = None, catalogue: Catalogue | None = None
) -> FastAPI:
    """The service on a store.

    Args:
        settings: what the installation chose.
        store: an open store; opened from the settings, and closed at the end, if not given.
        catalogue: a loaded catalogue; loaded from the settings if not given.

    Raises:
        StoreError: the store cannot be used.
        CatalogueError: the catalogue does not load.
    """
    used_catalogue = catalogue or load_catalogue(settings.catalogue)
    used_store = store or open_store(settings.store)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if store is None:
            used_store.close()

    app = _Guarded(
        title="政策找人",
        summary="一个家庭能获得什么，为什么，还要问什么",
        description="登录后按账号的范围回答。错误按 RFC 9457 返回。金额单位是分。",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        lifespan=lifespan,
    )
    app.state.desk = _desk(settings, used_store, used_catalogue)
    errors.install(app)
    for router in ROUTES:
        app.include_router(router, prefix=API, responses=dict(PROBLEMS))
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _desk(settings: Settings, store: Store, catalogue: Catalogue) -> Desk:
    gate = Gate(
        store,
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
    )
    needs = PublishedNeeds(store, catalogue)
    places = _places(store, catalogue)
    return Desk(settings, store, catalogue, gate, store.info().demo_day, places, needs)


def _places(store: Store, catalogue: Catalogue) -> Mapping[str, str]:
    """Names of places: those of the packs, and those that the store's graph knows."""
    places = {pack.place: pack.label for pack in catalogue.packs.values() if pack.place}
    nodes = (node for node in store.catalogue_nodes() if node.label == "Place")
    return {**places, **{node.key: node.properties["name"] for node in nodes}}
