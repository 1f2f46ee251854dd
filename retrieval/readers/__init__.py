"""Files that are not plain text: bytes to a `Reading`, whose text is then read as a text file is.

How it is put together:

1. `detect` tells by the bytes what a file is; its name decides only where the bytes say nothing.
2. `formats` is the one table of readers: for each kind its reader, its version, endings and limits. A reader
   is a module with ``read(data: bytes) -> Reading``, imported nowhere but in the worker.
3. `isolation` is the parent's side: it keeps a worker (`python -m retrieval.readers.worker`), hands it
   one file after another through pipes, and ends it when a file takes too long. Time, memory and output are
   limited; a crash costs that file, and the next one gets a fresh worker.
4. `worker` is the child's side: no network, no other programs, no files written. When its parent is gone, it
   ends, in the middle of a file too.
5. `members` is what containers (zip, eml, xlsx, xls, csv) give and what bounds them: files of a zip, words
   and attachments of a mail, rows of a table. `unpacking` walks through them in the worker, some at a time. A
   container's module has ``entries(data, kind)`` instead of ``read``.

A reading is deterministic: the same bytes and the same version of the reader give the same text, and every
offset of the project counts in it. A reader whose text changes must raise its version in the table; the next
rebuild then reads its files again, and `verify` says of older quotes which version made them.

Units name places of the text for people (第12段, 第3页). Headings are what the file itself says of headings:
styles, outline levels, bold print. Noise is what the file sets apart from its text: contents, menus.
"""

__all__: list[str] = []
