from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config.errors import SettingsError
from config.explaining import Explained, explain
from config.messages import Language
from config.settings import Backend, LanguageChoice, Settings, load_settings

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("ANJIANG_")]:
        monkeypatch.delenv(name)
    return tmp_path


def write(text: str, name: str = "anjiang.toml") -> None:
    Path(name).write_text(text, "utf-8")


def one_line(error: SettingsError) -> None:
    for language in Language:
        assert len(error.text(language).splitlines()) == 1
        assert TOKEN not in error.text(language)


def refusal(path: Path | None = None, **overrides: object) -> str:
    """The English line of the error that loading must end in; both languages must be one line."""
    with pytest.raises(SettingsError) as caught:
        load_settings(path, overrides)
    one_line(caught.value)
    assert caught.value.exit_code == 2
    return str(caught.value)


def rows(settings: Settings) -> dict[str, Explained]:
    return {row.key: row for row in explain(settings)}


def test_defaults_need_nothing_from_outside() -> None:
    settings = load_settings()
    assert settings.archive is None
    assert settings.index == Path(".anjiang/index")
    assert settings.language is LanguageChoice.AUTO
    assert settings.embedding.model == "default"
    assert settings.embedding.adapter == "default"
    assert settings.embedding.threads == 0
    assert settings.retrieval.backend is Backend.FAISS
    assert settings.telegram.token is None
    assert settings.telegram.admins == ()
    assert {row.origin for row in explain(settings)} == {"default"}


def test_command_line_beats_environment_beats_dotenv_beats_file_beats_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = ["archive = 'a-file'", "index = 'i-file'", "language = 'zh'", "[llm]", "model = 'm-file'"]
    write("\n".join(file))
    write("ANJIANG_ARCHIVE=a-dotenv\nANJIANG_INDEX=i-dotenv\nANJIANG_LLM__MODEL=m-dotenv\n", ".env")
    monkeypatch.setenv("ANJIANG_ARCHIVE", "a-env")
    monkeypatch.setenv("ANJIANG_INDEX", "i-env")
    settings = load_settings(overrides={"archive": Path("a-line"), "index": None})

    found = {key: (row.value, row.origin) for key, row in rows(settings).items()}
    assert found["archive"] == ("a-line", "command line --archive")
    assert found["index"] == ("i-env", "environment ANJIANG_INDEX")  # None: the option was not given
    assert found["llm.model"] == ("m-dotenv", "file .env")
    assert found["language"] == ("zh", "file anjiang.toml")
    assert found["retrieval.backend"] == ("faiss", "default")


def test_values_of_one_table_come_from_different_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    write("[telegram]\nadmins = [1, 2]\nreaders = [3]\n")
    monkeypatch.setenv("ANJIANG_TELEGRAM__READERS", "4,-1005")
    telegram = load_settings().telegram
    assert (telegram.admins, telegram.readers) == ((1, 2), (4, -1005))


def test_empty_environment_value_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    write("archive = 'speeches'")
    monkeypatch.setenv("ANJIANG_ARCHIVE", "")
    assert load_settings().archive == Path("speeches")


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("'1, 2'", (1, 2)),
        ("'1，2、 3'", (1, 2, 3)),
        ("7", (7,)),
        ("[5, '6', 5]", (5, 6)),
        ("' -1001234567890 ,'", (-1001234567890,)),
        ("[]", ()),
    ],
)
def test_ids_are_read_as_people_write_them(written: str, ids: tuple[int, ...]) -> None:
    write(f"[telegram]\nadmins = {written}")
    assert load_settings().telegram.admins == ids


@pytest.mark.parametrize(
    "written", ["'one'", "'1;2'", "1.5", "true", "'1_000'", "'１２'", "'@name'", "[[1]]", "'1e3'"]
)
def test_bad_ids_are_refused_with_an_example(written: str) -> None:
    write(f"[telegram]\nadmins = {written}")
    line = refusal()
    assert line.startswith("anjiang.toml: telegram.admins = ")
    assert "such as 123456789" in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("language = 'de'", 'language = "de" is not allowed; choose one of auto, zh, en'),
        ("language = 3", "language = 3 is not allowed"),
        ("archive = 5", "archive = 5 is not allowed; give the path"),
        ('index = "a\\u0000b"', 'index = "a\\u0000b" is not allowed'),
        ("archive = ' '", "archive"),
        ("[retrieval]\nbackend = 'elastic'", "choose one of faiss"),
        (
            "[embedding]\nthreads = 257",
            "embedding.threads = 257 is not allowed; give a whole number from 0 to 256",
        ),
        ("[embedding]\nthreads = true", "embedding.threads = true"),
        ("[embedding]\nthreads = -1", "embedding.threads = -1"),
        ("[embedding]\nthreads = 1.0", "embedding.threads = 1.0"),
        ("[embedding]\nmodel = ['a']", 'embedding.model = ["a"] is not allowed; give text'),
        ("[llm]\nbase_url = 'localhost:8000'", "begins with http:// or https://"),
        ("[llm]\nbase_url = 'http://'", "begins with http:// or https://"),
        ("[llm]\nbase_url = 'http://h:99999'", "begins with http:// or https://"),
        ("[llm]\nbase_url = 2020-01-01", "llm.base_url"),
        (
            "[telegram]\nmax_open = 0",
            "telegram.max_open = 0 is not allowed; give a whole number from 1 to 100",
        ),
        ("[telegram]\nproxy = 'socks4://h:1'", "or socks5://127.0.0.1:1080"),
        ("[telegram]\nhealth_listen = '8088'", "give HOST:PORT"),
        ("[telegram]\nhealth_listen = 'h:99999'", "give HOST:PORT"),
        ("[telegram]\nhealth_listen = 'a@h:1'", "give HOST:PORT"),
        ("[telegram]\nhealth_listen = 'h:1/x'", "give HOST:PORT"),
        ("[telegram]\nsend_originals = 'perhaps'", "give true or false"),
        ("[telegram]\nsend_originals = 1", "give true or false"),
        ("[telegram]\nwebhook_secret = 'two words'", "the value of telegram.webhook_secret (not shown)"),
    ],
)
def test_bad_value_names_file_key_value_and_what_is_allowed(text: str, said: str) -> None:
    write(text)
    line = refusal()
    assert line.startswith("anjiang.toml: ")
    assert said in line


def test_bad_value_names_the_place_it_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(language="xx").startswith("--language: ")
    write("# comment\n\nANJIANG_EMBEDDING__THREADS=many\n", ".env")
    assert refusal().startswith(".env:3: embedding.threads")
    monkeypatch.setenv("ANJIANG_EMBEDDING__THREADS", "4.5")
    assert refusal().startswith('$ANJIANG_EMBEDDING__THREADS: embedding.threads = "4.5"')


def test_numbers_and_choices_are_read_from_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJIANG_EMBEDDING__THREADS", " 4 ")
    monkeypatch.setenv("ANJIANG_LANGUAGE", "en")
    settings = load_settings()
    assert settings.embedding.threads == 4
    assert settings.language is LanguageChoice.EN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("archiv = 'x'", "there is no setting archiv; did you mean archive?"),
        ("[telegram]\ntokn = 'x'", "there is no setting telegram.tokn; did you mean telegram.token?"),
        ("[embeding]\nmodel = 'x'", "there is no setting embeding.model; did you mean embedding.model?"),
        ("zzz = 1", "there is no setting zzz; remove"),
        ("telegram = 'x'", "telegram is a table"),
        ("[archive]\npath = 'x'", "archive takes a value, not a table"),
        ("[llm.model]\nx = 1", "llm.model takes a value, not a table"),
        ('"a\\nb" = 1', "there is no setting a\\nb;"),
    ],
)
def test_unknown_key_in_file_is_refused_by_name(text: str, said: str) -> None:
    write(text)
    line = refusal()
    assert line.startswith("anjiang.toml: ")
    assert said in line


def test_unknown_environment_name_is_refused_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJIANG_TELEGRAM__TOKN", TOKEN)
    assert refusal() == (
        "$ANJIANG_TELEGRAM__TOKN: there is no setting telegram.tokn; did you mean ANJIANG_TELEGRAM__TOKEN?"
    )


def test_environment_name_in_lower_case_is_refused_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("anjiang_archive", "x")
    assert "did you mean ANJIANG_ARCHIVE?" in refusal()


def test_table_in_environment_is_refused_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJIANG_TELEGRAM", TOKEN)
    assert "such as ANJIANG_TELEGRAM__TOKEN" in refusal()


def test_unknown_name_in_dotenv_is_refused_and_other_programs_lines_are_not() -> None:
    write("POSTGRES_PASSWORD=x\nexport ANJIANG_LANGUAGE='en'  # why\n", ".env")
    assert load_settings().language is LanguageChoice.EN
    write("ANJIANG_LANGUGE=en\n", ".env")
    assert refusal() == ".env:1: there is no setting languge; did you mean ANJIANG_LANGUAGE?"


@pytest.mark.parametrize("text", ["ANJIANG_LANGUAGE\n", "\n\nANJIANG_LANGUAGE='en\n", "x\ty z\n"])
def test_dotenv_line_that_is_none_is_named(text: str) -> None:
    write(text, ".env")
    line = 3 if text.startswith("\n") else 1
    assert f"the settings file .env does not say NAME=VALUE at line {line};" in refusal()


def test_dotenv_value_with_dollar_sign_is_kept() -> None:
    write("ANJIANG_LLM__API_KEY=a${HOME}b$c\n", ".env")
    key = load_settings().llm.api_key
    assert key is not None
    assert key.get_secret_value() == "a${HOME}b$c"


def test_relative_paths_count_from_the_settings_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = folder / "project"
    project.mkdir()
    embedding = "[embedding]\nmodel = './e5'\nadapter = 'adapters/own.safetensors'\n"
    write("archive = 'speeches'\n" + embedding, "project/anjiang.toml")
    write("ANJIANG_TELEGRAM__DATABASE=../state.sqlite\n", "project/.env")
    monkeypatch.setenv("ANJIANG_EMBEDDING__CACHE", "cache")
    settings = load_settings(project / "anjiang.toml")
    assert settings.archive == project / "speeches"
    assert settings.index == project / ".anjiang/index"  # the default, too
    assert settings.telegram.database == project / "../state.sqlite"
    assert settings.embedding.cache == Path("cache")  # from the environment: the current folder
    assert settings.embedding.model == str(project / "e5")
    assert settings.embedding.adapter == str(project / "adapters" / "own.safetensors")
    write("[embedding]\nmodel = 'org/name'\nadapter = 'none'\n", "project/anjiang.toml")
    settings = load_settings(project / "anjiang.toml")
    assert settings.embedding.model == "org/name"  # a hub id, not a path
    assert settings.embedding.adapter == "none"


def test_home_and_absolute_paths_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder / "home"))
    project = folder / "project"
    project.mkdir()
    write(f"archive = '~/speeches'\nindex = '{folder}/index'\n", "project/anjiang.toml")
    settings = load_settings(project / "anjiang.toml")
    assert settings.archive == folder / "home/speeches"
    assert settings.index == folder / "index"


def test_missing_named_file_is_an_error_and_missing_default_file_is_not() -> None:
    assert load_settings().archive is None
    assert refusal(Path("other.toml")).startswith("there is no settings file other.toml")


@pytest.mark.parametrize("name", ["anjiang.toml", ".env"])
def test_file_that_is_not_utf8_is_named_with_its_line(name: str) -> None:
    Path(name).write_bytes("# 第一行\n".encode() + "# 讲话".encode("gb18030"))
    assert f"the settings file {name} is not UTF-8 at line 2" in refusal()


@pytest.mark.parametrize("name", ["anjiang.toml", ".env"])
def test_unreadable_file_is_named(name: str) -> None:
    Path(name).mkdir()
    assert f"can't read the settings file {name}: Is a directory" in refusal()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = ", 2),
        ("archive = speeches", 1),
        ("x = 1\nx = 2\n", 2),
        ("a = [\n", 1),
        ("a = " + "[" * 9000, 1),
    ],
)
def test_invalid_toml_is_named_with_its_line(text: str, line: int) -> None:
    write(text)
    assert f"anjiang.toml is not valid TOML at line {line};" in refusal()


def test_byte_order_mark_is_accepted() -> None:
    Path("anjiang.toml").write_bytes(b"\xef\xbb\xbflanguage = 'en'")
    assert load_settings().language is LanguageChoice.EN


def test_file_of_milvus_lies_where_the_settings_file_does() -> None:
    folder = Path("elsewhere")
    folder.mkdir()
    (folder / "anjiang.toml").write_text("[milvus]\nuri = 'lite.db'\n", "utf-8")
    assert load_settings(folder / "anjiang.toml").milvus.uri == str(folder / "lite.db")
    (folder / "anjiang.toml").write_text("[milvus]\nuri = 'http://host:19530/db'\n", "utf-8")
    assert load_settings(folder / "anjiang.toml").milvus.uri == "http://host:19530/db"


def test_secrets_show_nowhere() -> None:
    write(
        f"[telegram]\ntoken = '{TOKEN}'\n[llm]\napi_key = 'sk-verysecret'\n"
        "base_url = 'http://me:hunter2@host/v1'\n[milvus]\ntoken = 'root:Milvus1'\nuri = 'https://u:p4ssw0rd@host'\n"
    )
    settings = load_settings()
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert set(settings.secrets()) == {TOKEN, "sk-verysecret", "hunter2", "p4ssw0rd", "root:Milvus1"}
    shown = repr(settings) + str(settings) + repr(settings.llm) + repr(explain(settings))
    for secret in settings.secrets():
        assert secret not in shown
    assert rows(settings)["telegram.token"].value == "********"
    assert rows(settings)["llm.base_url"].value == "http://********@host/v1"


@pytest.mark.parametrize("secret", ["two words", "密钥", "a\u0000b", " "])
def test_bad_secret_is_refused_without_showing_it(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(f"[llm]\napi_key = {secret!r}\n".replace("\\x00", "\\u0000").replace("'", '"'))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "llm.api_key (not shown)" in str(caught.value)
    if secret.strip():
        assert secret not in "".join(traceback.format_exception(caught.value))


def test_token_written_under_another_key_is_masked_in_the_error() -> None:
    write(f"[telegram]\nadmins = '{TOKEN}'\n")
    assert 'telegram.admins = "********" is not allowed' in refusal()


def test_long_value_is_cut_to_one_short_line() -> None:
    write(f"language = '{'长' * 5000}'")
    assert len(refusal()) < 160


def test_explain_speaks_chinese() -> None:
    write("language = 'zh'")
    shown = {row.key: row for row in explain(load_settings(), Language.ZH)}
    assert shown["language"].origin == "文件 anjiang.toml"
    assert shown["telegram.token"] == Explained("telegram.token", "未设置", "默认值")


def test_override_that_is_no_setting_is_a_programmers_mistake() -> None:
    with pytest.raises(ValueError, match="no such setting: nonsense"):
        load_settings(overrides={"nonsense": 1})


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().language = LanguageChoice.EN


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_as_file_load_or_give_one_line(data: bytes) -> None:
    for name in ("anjiang.toml", ".env"):
        Path(name).write_bytes(data)
        try:
            load_settings()
        except SettingsError as error:
            one_line(error)
        Path(name).unlink()


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["archive", "language", "telegram.admins", "llm.base_url", "embedding.threads"]),
    st.text(),
)
def test_any_text_as_value_loads_or_gives_one_line(key: str, value: str) -> None:
    try:
        load_settings(overrides={key: value})
    except SettingsError as error:
        one_line(error)


@pytest.mark.parametrize(
    ("written", "flag"), [("true", True), ("'No'", False), ("'1'", True), ("'off'", False), ("false", False)]
)
def test_flags_are_read_as_people_write_them(written: str, flag: bool) -> None:
    write(f"[telegram]\nsend_originals = {written}")
    settings = load_settings()
    assert settings.telegram.send_originals is flag
    assert rows(settings)["telegram.send_originals"].value == str(flag).lower()


def test_bot_takes_proxies_and_places_to_listen() -> None:
    write(
        "[telegram]\nproxy = 'socks5://u:hush@h:1080'\nhealth_listen = 'off'\nwebhook_listen = '[::1]:8443'"
    )
    settings = load_settings()
    assert settings.telegram.proxy == "socks5://u:hush@h:1080"
    assert settings.telegram.health_listen == "off"
    assert settings.telegram.webhook_listen == "[::1]:8443"
    assert "hush" in settings.secrets()
    assert "hush" not in repr(settings) + rows(settings)["telegram.proxy"].value
