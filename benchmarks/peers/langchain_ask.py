"""What a LangChain user runs: build a FAISS index of a folder, or answer one question from it.

usage: langchain_ask.py build ARCHIVE INDEX MODEL | ask INDEX MODEL QUESTION
"""

from __future__ import annotations

import sys
from pathlib import Path

from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter


def main() -> None:
    action, *rest = sys.argv[1:]
    if action == "build":
        archive, index, model = rest
        splitter = RecursiveCharacterTextSplitter(chunk_size=300, chunk_overlap=50)
        texts = [Document(_text(p), metadata={"path": p.name}) for p in sorted(Path(archive).iterdir())]
        FAISS.from_documents(splitter.split_documents(texts), _embeddings(model)).save_local(index)
    else:
        index, model, question = rest
        store = FAISS.load_local(index, _embeddings(model), allow_dangerous_deserialization=True)
        for found in store.similarity_search(question, k=5):
            print(found.metadata["path"], found.page_content)


def _embeddings(model: str) -> HuggingFaceEmbeddings:
    return HuggingFaceEmbeddings(
        model_name=model,
        encode_kwargs={"normalize_embeddings": True, "prompt": "passage: "},
        query_encode_kwargs={"normalize_embeddings": True, "prompt": "query: "},
    )


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


if __name__ == "__main__":
    main()
