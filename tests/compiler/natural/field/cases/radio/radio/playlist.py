from dbos import DBOS

from radio.library import Library, Track


@DBOS.step()
def play(track: str) -> None:
    print(track)


@DBOS.workflow()
def evening(genre: str) -> int:
    library = Library.open()
    played = 0
    for track in library.tracks(genre):
        play(track.title)
        played += 1
    library.note(f"played {played}")
    return played


@DBOS.workflow()
def describe(tracks: list[Track]) -> list[str]:
    return [track.label() for track in tracks]
