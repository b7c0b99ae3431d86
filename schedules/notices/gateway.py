"""The one chat or SMS gateway, through the library apprise: a line of text for each message (R11).

The library answers yes or no, which is not enough to know whether a message may have arrived: so we look at the wire
ourselves. There it is also held that nothing is sent to a host that the settings do not allow, whatever the library makes
of an address. It is imported when there is something to send, because it takes a while.
"""

from __future__ import annotations

import json
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from schedules.models import Delivery, NoticeLine
from schedules.notices import attempts, messages
from schedules.notices.hours import Moment

SECONDS = (5, 15)  # to connect, and to wait for the answer
EXAMPLE = {"mobile": "13800000000", "account": "account", "id": "message"}


class Gateway:
    """The same words as the mail's `Post`; there is no connection to keep."""

    def __enter__(self) -> Gateway:
        return self

    def __exit__(self, *_exception: object) -> None:
        pass

    def send(self, delivery: Delivery, lines: list[NoticeLine], moment: Moment) -> None:
        """Raises what the attempt was: Unreachable, Refused, or an OSError when nobody knows."""
        plugin = _plugin(_filled(mobile=delivery.address, account=delivery.address, id=delivery.message_id))
        if plugin is None:
            raise attempts.Refused(
                f"{settings.GATEWAY_URL.split(':')[0]} takes no address like this.", for_good=True
            )
        call = Call()
        token = _call.set(call)
        try:
            sent = plugin.notify(body=messages.brief(delivery, lines, moment))
        finally:
            _call.reset(token)
        if call.error:
            raise call.error
        if not sent:
            raise ConnectionError("The gateway's answer could not be read.")

    def hang_up(self) -> None:
        pass


def _filled(**values: str) -> str:
    """The address, with what belongs to an officer in it and quoted, so that it stays in its place."""
    url = settings.GATEWAY_URL
    for name, value in values.items():
        url = url.replace(f"{{{name}}}", quote(value, safe=""))
    return url


def _plugin(url: str) -> Any:
    """What the library makes of an address; None when it can not read it. It follows no redirect and tries once."""
    from apprise import Apprise, AppriseAsset

    _watch_the_wire()
    asset = AppriseAsset(http_redirects=False, default_service_retry=0)
    return Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


# --- before the start ----------------------------------------------------------------------------------------


def obstacle() -> str:
    """Why the gateway of the settings can not be used, as a sentence that names the variable; "" when it can."""
    try:
        plugin = _plugin(_filled(**EXAMPLE))
    except ImportError:
        return "GATEWAY_URL needs the library apprise: pip install '.[gateway]'."
    if plugin is None or not hasattr(sys.modules[type(plugin).__module__], "requests"):
        return "GATEWAY_URL is no address that apprise reads and reaches over HTTP."
    host = _host(getattr(plugin, "notify_url", "")) or plugin.host
    if host not in settings.GATEWAY_HOSTS:
        return f"GATEWAY_URL leads to {host}, which GATEWAY_HOSTS does not allow."
    moved = _plugin(_filled(mobile="10000", account="other.host", id="other"))
    if moved and (_host(getattr(moved, "notify_url", "")) or moved.host) != host:
        return "GATEWAY_URL must not have the officer's address where the host stands."
    return ""


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


# --- the wire ------------------------------------------------------------------------------------------------


@dataclass
class Call:
    """What came of the requests of one message: the error of the last, if it had one."""

    error: Exception | None = None


_call: ContextVar[Call | None] = ContextVar("gateway call", default=None)


@cache
def _watch_the_wire() -> None:
    """Let every session that the library opens send by our adapter; requests of others pass through it untouched."""
    import requests
    from requests import sessions
    from requests.adapters import HTTPAdapter

    class Watched(HTTPAdapter):
        def send(self, request: Any, *args: Any, **options: Any) -> Any:
            if (call := _call.get()) is None:
                return super().send(request, *args, **options)
            try:
                if _host(request.url) not in settings.GATEWAY_HOSTS:
                    raise attempts.Refused(f"{_host(request.url)} is no allowed host.", for_good=True)
                response = super().send(request, *args, **options | {"timeout": SECONDS})
                call.error = _refusal(response.status_code, response.text)
            except Exception as error:
                call.error = _broken(error)
                raise requests.ConnectionError from error  # what the library expects
            return response

    vars(sessions)["HTTPAdapter"] = Watched


def _refusal(status: int, text: str) -> Exception | None:
    """What the answer says; None for yes. Chat platforms say no with an `errcode` under a 200, and a proxy that had no
    answer from the gateway itself does not know either."""
    said = f"{status} {text[:200]}".strip()
    if status in {502, 504}:
        return ConnectionError(said)
    if not 200 <= status < 300:
        return attempts.Refused(said, for_good=status < 500 and status not in {408, 425, 429})
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    code = answer.get("errcode") if isinstance(answer, dict) else None
    return attempts.Refused(said, for_good=False) if code else None


def _broken(error: Exception) -> Exception:
    """What it means that there is no answer. The library's own words hold the address with its secrets: none of them."""
    from requests import exceptions
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, attempts.Refused):
        return error
    if isinstance(error, exceptions.ReadTimeout):
        return TimeoutError("The gateway did not answer in time.")
    reason = getattr(error.args[0], "reason", None) if error.args else None
    never = (exceptions.ConnectTimeout, exceptions.SSLError, exceptions.ProxyError)
    if isinstance(error, never) or isinstance(reason, NewConnectionError):
        return attempts.Unreachable(type(reason or error).__name__)
    return ConnectionError(type(error).__name__)
