"""The same speech in several files: which files hold it, and which of them is best cited.

1. `comparing`: a document's text in the form in which copies are compared, and a sketch of it.
2. `alignment`: where two such texts are the same, and what stands between.
3. `sameness`: whether what differs looks like errors of reading and noise around, or like another speech.
4. `facts`: what a file says of itself (title, date, speaker, place), and whether two files contradict.
5. `choice`: which of the files is best.
6. `grouping`: all files of an archive into speeches.

To take two speeches for one loses one of them; to take one for two costs little, since search folds passages
that say the same. In doubt files stay apart.
"""

__all__: list[str] = []
