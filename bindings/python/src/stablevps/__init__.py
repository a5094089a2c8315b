"""STABLEVPS from Python: buy, watch and control Forex VPS.

>>> import stablevps
>>> with stablevps.Client.simulated() as client:
...     [vps.location for vps in client.vps.list()]
[]

``Client`` is synchronous, ``AsyncClient`` is for asyncio. Both have the same resources: ``keys``,
``vps``, ``account``, ``wallet`` and ``purchases``. Every error is a :class:`StableVPSError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _errors, _models, _orders, _transport, _values
from ._errors import *  # noqa: F403
from ._models import *  # noqa: F403
from ._orders import *  # noqa: F403
from ._transport import *  # noqa: F403
from ._values import *  # noqa: F403
from ._version import VERSION as __version__

if TYPE_CHECKING:
    from ._async_batch import AsyncPurchaseBatch
    from ._async_client import AsyncClient
    from ._async_purchase import AsyncPurchase
    from ._async_watch import AsyncVpsWatch
    from ._batch import PurchaseBatch
    from ._catalogue import PLANS, price
    from ._client import Client
    from ._resumed import Resumed
    from ._watch import VpsWatch

__all__ = ["PLANS", "AsyncClient", "AsyncPurchase", "AsyncPurchaseBatch", "AsyncVpsWatch"]
__all__ += ["Client", "PurchaseBatch", "Resumed", "VpsWatch", "__version__", "price"]
__all__ += _errors.__all__
__all__ += _models.__all__
__all__ += _orders.__all__
__all__ += _transport.__all__
__all__ += _values.__all__

# Imported when first used: the native library and asyncio would slow every import down.
_LAZY = {
    "AsyncClient": "_async_client",
    "AsyncPurchase": "_async_purchase",
    "AsyncPurchaseBatch": "_async_batch",
    "AsyncVpsWatch": "_async_watch",
    "Client": "_client",
    "PLANS": "_catalogue",
    "PurchaseBatch": "_batch",
    "Resumed": "_resumed",
    "VpsWatch": "_watch",
    "price": "_catalogue",
}
_LAZY_MODULES = {"events", "httpx", "opentelemetry", "stores", "testing"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _LAZY_MODULES:
        return import_module(f".{name}", __name__)
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
