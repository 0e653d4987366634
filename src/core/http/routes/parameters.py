"""Parameters that several endpoints have."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, File, Form, Query, Request, UploadFile
from pydantic import BeforeValidator, WithJsonSchema

from core.http.problems import Refused
from core.vectors import MAX_NEIGHBOURS


def _flag(value: object) -> object:
    """True and false in any case, as languages write them; `1`, `yes` and `on` are no booleans of the description."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value


async def _one_value(request: Request) -> None:
    """A field that is there has one value: FastAPI would take its default for an empty one, and the last of several."""
    form = await request.form()
    for name in ("auto_save", "boxes", "crop", "file", "limit", "min_confidence", "threshold"):
        if len(form.getlist(name)) > 1:
            raise Refused(422, f"{name}: give it once.", field=name)
        if form.get(name) == "" and name != "boxes":
            raise Refused(422, f"{name}: is empty.", field=name)


FORM = [Depends(_one_value)]
"""What every operation with a form depends on."""

Flag = Annotated[bool, BeforeValidator(_flag)]

Skip = Annotated[int, Query(ge=0, le=2**62)]
Limit = Annotated[int, Query(ge=1, le=10_000)]

Confidence = Annotated[
    float | None,
    Form(ge=0, le=1, allow_inf_nan=False, description="By default the detector's usual threshold."),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
]
"""A field of a form may be left out, but there is nothing in a form that is null."""

AutoSave = Annotated[Flag, Form(description="Store the image and its faces.")]
_IMAGE = WithJsonSchema({"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"})
"""Says it in the words of old and new viewers of OpenAPI: a file is to be chosen."""

OneFile = Annotated[UploadFile, File(), _IMAGE]
Files = Annotated[list[Annotated[UploadFile, _IMAGE]], File()]

Similarity = Annotated[float, Query(ge=-1, le=1, allow_inf_nan=False)]
SimilarityField = Annotated[float, Form(ge=-1, le=1, allow_inf_nan=False)]
MostOthers = Annotated[int, Query(ge=1, le=MAX_NEIGHBOURS - 1)]
"""A stored face is itself the nearest of those that are found."""
MostField = Annotated[int, Form(ge=1, le=MAX_NEIGHBOURS)]

Background = Annotated[Flag, Query(description="Answer 202 at once, and do it as a job.")]
Webhook = Annotated[
    str | None,
    Query(max_length=2000, description="Where the job is posted when it ended; one of the operator's addresses."),
]
KeepPerson = Annotated[Flag, Query(description="A person who is left without a face stays.")]
KeepKnown = Annotated[
    Flag, Query(description="Who is left without a face stays if there is a name, a note or a decision.")
]
