from __future__ import annotations

import json
import operator
from collections import ChainMap, OrderedDict, namedtuple
from collections.abc import AsyncIterator
from functools import partial
from itertools import accumulate, groupby, pairwise

import aiofiles
import boto3
from dbos import DBOS
from litellm import acompletion, completion

Segment = namedtuple("Segment", "start end text")
transcribe = boto3.client("transcribe")
BASE = {"temperature": 0}
ask = partial(completion, model="gpt-4o", **BASE)


def merge(segments: list[Segment]) -> list[Segment]:
    merged: list[Segment] = []
    for key, group in groupby(segments, key=lambda segment: int(segment.start // 60)):
        parts = list(group)
        merged.append(Segment(parts[0].start, parts[-1].end, " ".join(p.text for p in parts)))
    return merged


def gaps(segments: list[Segment]) -> list[float]:
    return [right.start - left.end for left, right in pairwise(segments)]


@DBOS.step()
def transcription(job: str) -> str:
    return json.dumps(transcribe.get_transcription_job(TranscriptionJobName=job))


@DBOS.step()
async def translated(text: str, language: str) -> str:
    response = await acompletion(model="gpt-4o", messages=[{"role": "user", "content": text}])
    return response.choices[0].message.content


async def chunks(path: str) -> AsyncIterator[str]:
    async with aiofiles.open(path) as file:  # flags: DBS203
        async for line in file:
            yield line.rstrip()


@DBOS.workflow()
async def translate_file(path: str, language: str) -> str:
    lines = []
    async for chunk in chunks(path):
        lines.append(await translated(chunk, language))
    return "\n".join(lines)


@DBOS.workflow()
def subtitles(job: str) -> list[str]:
    data = json.loads(transcription(job))
    segments = merge([Segment(**item) for item in data["segments"]])
    total = list(accumulate(gaps(segments), operator.add))
    options = ChainMap({"language": "en"}, BASE)
    ordered = OrderedDict((segment.start, segment.text) for segment in segments)
    title = ask(messages=[{"role": "user", "content": str(options["language"])}])  # flags: DBS202
    transcribe.delete_transcription_job(TranscriptionJobName=job)  # flags: DBS202
    return [title.choices[0].message.content, *ordered.values(), str(sum(total))]
