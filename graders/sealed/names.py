"""The names of files in a submission's work folder: those by which its code asks for them."""

import os
import unicodedata
from pathlib import PurePosixPath


def as_written(files: dict[str, bytes], code: str) -> dict[str, bytes]:
    """Files under names in NFC, as keyboards write letters with accents, unless the code has another form.

    What macOS packs is in NFD; there the two forms are one name, and elsewhere two. No name becomes another file's.

    Args:
        files: by relative path.
        code: of the notebook.
    """
    entries = sorted({str(path) for name in files for path in (PurePosixPath(name), *PurePosixPath(name).parents[:-1])})
    taken, renamed = set(entries), {"": ""}
    for entry in entries:  # a folder comes before what is in it
        folder, _, old = entry.rpartition("/")
        new = unicodedata.normalize("NFC", old)
        is_longer = len(os.fsencode(new)) > len(os.fsencode(old))  # as that of a few letters is, and names have an end
        if new != old and (is_longer or old in code or f"{folder}/{new}".lstrip("/") in taken):
            new = old
        taken.add(f"{folder}/{new}".lstrip("/"))
        renamed[entry] = f"{renamed[folder]}/{new}".lstrip("/")
    return {renamed[str(PurePosixPath(name))]: content for name, content in files.items()}
