"""Downloads of tables."""

from __future__ import annotations

from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from contacts import exports
from contacts.access import Deed, requires
from contacts.models import Actor
from contacts.requests import OfficerRequest
from contacts.tables.base import known


@require_GET
@requires(Deed.EXPORT)
def export(request: OfficerRequest, name: str, form: str) -> HttpResponseBase:
    kind = known().get(name)
    if kind is None or form not in exports.FORMATS:
        raise Http404
    listing = kind(request.user, timezone.now())
    try:
        made = exports.export(listing, request.GET, form, actor=Actor.of(request))
    except (ValueError, exports.TooManyRows) as refusal:
        return HttpResponse(str(refusal), status=400, content_type="text/plain; charset=utf-8")
    return download(made, form)


def download(made: exports.Export, form: str) -> HttpResponseBase:
    filename = f"{made.filename}.{form}"
    if form == "xlsx":
        return FileResponse(
            exports.spool(made), as_attachment=True, filename=filename, content_type=exports.FORMATS[form]
        )
    response = StreamingHttpResponse(made.csv(), content_type=exports.FORMATS[form])
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response
