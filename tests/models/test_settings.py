"""Settings: one environment, one file, and sentences that say what to change."""

from pathlib import Path

import pytest

from models import setting_sources
from models.settings import Settings, SettingsError


def read(**environ: str) -> Settings:
    return Settings.from_env({f"DECLIC_{name.upper()}": value for name, value in environ.items()})


def test_without_any_setting_the_defaults_work() -> None:
    settings = read()

    assert settings.url == "http://localhost:8000"
    assert settings.address == ("127.0.0.1", 8000)
    assert settings.data == Path.cwd() / "data"
    assert settings.site.host == "localhost:8000"
    assert settings.rate_limit == 1500


@pytest.mark.parametrize(
    ("given", "origin", "host"),
    [
        ("https://Lomme.Example/", "https://lomme.example", "lomme.example"),
        ("https://lomme.example:443", "https://lomme.example", "lomme.example"),
        ("https://hénin.example", "https://xn--hnin-bpa.example", "xn--hnin-bpa.example"),
        ("http://127.2.3.1:9180", "http://127.2.3.1:9180", "127.2.3.1:9180"),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_the_origin_is_kept_in_one_form(given: str, origin: str, host: str) -> None:
    site = read(url=given).site

    assert (site.url, site.host) == (origin, host)


@pytest.mark.parametrize("url", ["lomme.example", "https://lomme.example/coop", "ftp://x", "https://", "https://a@b"])
def test_an_address_that_is_no_origin_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"DECLIC_URL is an address such as"):
        read(url=url)


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(SettingsError, match=r"DECLIC_LISSEN is not a setting. Did you mean DECLIC_LISTEN\?"):
        read(lissen="x")


def test_an_unknown_name_in_the_file_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "declic.toml").write_text("ratelimit = 3\n")

    with pytest.raises(SettingsError, match=r"unknown setting: ratelimit. Did you mean rate_limit\?"):
        read(data=str(tmp_path))


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "declic.toml").write_text('url = "https://file.example"\nrate_limit = 7\nsecure_mode = true\n')

    settings = read(data=str(tmp_path), url="https://env.example")

    assert (settings.url, settings.rate_limit, settings.secure_mode) == ("https://env.example", 7, True)


def test_a_file_that_is_named_must_exist() -> None:
    with pytest.raises(SettingsError, match=r"/nowhere\.toml cannot be read: No such file"):
        read(config="/nowhere.toml")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://declic:s3cret@db/declic\n")

    assert read(database_url_file=str(secret)).database_url == "postgresql://declic:s3cret@db/declic"


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="both set; keep one"):
        read(smtp_url="smtp://a", smtp_url_file=__file__)


def test_a_path_setting_has_no_second_form() -> None:
    with pytest.raises(SettingsError, match="DECLIC_KEY_FILE_FILE is not a setting"):
        read(key_file_file=__file__)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("rate_limit", "many", "DECLIC_RATE_LIMIT is not valid: it is a whole number."),
        ("database_pool", "1", "DECLIC_DATABASE_POOL is a number of connections, 2 at least."),
        ("rate_limit", "-1", "DECLIC_RATE_LIMIT is a number of requests"),
        ("processes", "-1", "DECLIC_PROCESSES is a number of processes, 0 for as many as fit this machine"),
        ("secure_mode", "perhaps", "DECLIC_SECURE_MODE is not valid: it is on or off."),
        ("listen", "8000", "DECLIC_LISTEN is HOST:PORT"),
        ("listen", "127.0.0.1:99999", "DECLIC_LISTEN is HOST:PORT"),
        ("metrics", "here", "DECLIC_METRICS is HOST:PORT"),
        ("metrics", "127.0.0.1:8000", "DECLIC_METRICS has a port of its own"),
        ("ca_file", "/nowhere.pem", "DECLIC_CA_FILE names /nowhere.pem, which is not a file"),
        ("ca_file", __file__, "which holds no certificate"),
        ("trusted_proxies", "caddy", "DECLIC_TRUSTED_PROXIES is a list of networks"),
        ("database_url", "mysql://x", "DECLIC_DATABASE_URL looks like postgresql://"),
        ("smtp_url", "mail.example", "DECLIC_SMTP_URL looks like smtps://"),
        ("log_level", "loud", "DECLIC_LOG_LEVEL is not valid: it is debug, info, warning or error."),
        ("log_level", "WARN", "it is debug, info, warning or error. Did you mean warning? It stands in the environ"),
        ("listen", "unix:", "DECLIC_LISTEN is HOST:PORT"),
        ("smtp_url", "smtp:///mail.example", "DECLIC_SMTP_URL names no host"),
        ("smtp_url", "smtp://mail.example:ten", "DECLIC_SMTP_URL has a port that is no number below 65536"),
        ("smtp_url", "smtp://a:b/c@mail.example", "DECLIC_SMTP_URL is no address: a sign of the name or password"),
        ("smtp_url", "smtp://mail.example?fron=a@b", "an unknown option behind the question mark: fron. Did you mean"),
        ("database_url", "postgresql://a:b@h:ten/d", "DECLIC_DATABASE_URL has a port that is no number below"),
        ("database_url", "postgresql://a:b/c@h/d", "DECLIC_DATABASE_URL is no address: a sign of the name or passw"),
        ("database_url", "postgresql://a:b@[h/d", "DECLIC_DATABASE_URL is no address"),
        ("smtp_url", "smtp://mail.example?FROM=a@b", "question mark: FROM. Did you mean from?"),
        ("database_url", "postgresql://a:1?2@h/d", "an option behind the question mark without a value, or a sign of"),
        ("key_file_file", "x", "DECLIC_KEY_FILE_FILE is not a setting. Did you mean DECLIC_KEY_FILE?"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(**{name: value})

    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smtp_url", "smtps://bonjour@lomme.example:s3cret@mail.example:465?from=a@lomme.example&dkim=one"),
        ("database_url", "postgresql://a:b@one:5432,two:5433/declic"),
        ("database_url", "postgresql:///declic?host=/run/postgresql"),
        ("database_url", "postgresql://declic@[::1]:5432/declic"),
        ("database_url", "postgresql://declic@[fe80::1%25eth0]:5432/declic"),
        ("database_url", "postgresql://%2Frun%2Fpostgresql/declic?sslmode=require&options=-c%20jit%3Doff"),
        ("smtp_url", "SMTPS://mail.example"),
        ("smtp_url", "smtp://?from=bonjour@lomme.example"),
        ("smtp_url", "smtp://mail.example:587?starttls=yes"),
    ],
)
def test_addresses_that_libraries_understand_are_taken_as_they_are(name: str, value: str) -> None:
    assert getattr(read(**{name: value}), name) == value


@pytest.mark.parametrize("name", ["DELCIC_URL", "declic_url", "DECLIK_SMTP_URL_FILE"])
def test_a_misspelt_family_name_is_refused_and_names_of_others_are_not(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name} is not a setting. Did you mean DECLIC_\w+\?"):
        Settings.from_env({name: "https://lomme.example"})

    others = {"DATABASE_URL": "x", "XDG_DATA": "x", "HTTP_LISTEN": "x", "SMTP_URL": "x", "URL": "x"}
    assert Settings.from_env(others).url == Settings().url


def test_a_name_like_ours_is_somebody_elses_where_ours_is_there_or_it_has_a_number_or_says_nothing() -> None:
    environ = {"DECLIC_URL": "https://lomme.example", "DECLICS_URL": "x", "DECLIC2_DATA": "x", "DECLI_LISTEN": ""}
    words = {"CLINIC_URL": "x", "DECLINE_URL": "x", "RELIC_DATA": "x", "PUBLIC_URL": "x"}

    settings = Settings.from_env(environ | words)

    assert settings.url == "https://lomme.example"


def test_an_empty_name_of_a_file_counts_as_absent() -> None:
    assert read(database_url_file="", smtp_url="smtp://a", smtp_url_file=" ").database_url is None


def test_what_is_wrong_is_said_with_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the file that systemd reads, in the configuration file, in the one of a secret, or in the environment."""
    (tmp_path / "lomme.env").write_text("# DECLIC_LISTEN=1\n DECLIC_METRICS=x\nDECLIC_PROCESES=1\n")
    (tmp_path / "ronchin.env").write_text("DECLIC_METRICS=y\n")
    (tmp_path / "declic.toml").write_text("rate_limit = -1\n")
    (tmp_path / "secret").write_text("mail.example")
    monkeypatch.setattr(setting_sources, "INSTALLED", tmp_path)

    said = []
    for given in (
        {"metrics": "x"},
        {"proceses": "1"},
        {"listen": "x"},
        {"data": str(tmp_path)},
        {"data": str(tmp_path), "rate_limit": "-2"},
        {"smtp_url_file": str(tmp_path / "secret")},
    ):
        with pytest.raises(SettingsError) as refused:
            read(**given)
        said.append(str(refused.value).rpartition("It stands in ")[2])

    assert said == [
        f"{tmp_path}/lomme.env or {tmp_path}/ronchin.env.",
        f"{tmp_path}/lomme.env.",
        "the environment.",
        f"{tmp_path}/declic.toml.",
        "the environment.",
        f"{tmp_path}/secret, which DECLIC_SMTP_URL_FILE names.",
    ]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("DECLIC_URL = 'x'", "an unknown setting: DECLIC_URL. Did you mean url?"),
        ("[server]\nurl = 'x'", "an unknown setting: server. Settings stand in no section"),
        ("url = 5", "DECLIC_URL is not valid: it is a text, in quotes."),
        ("data = 5", "DECLIC_DATA is not valid"),
        ("backup_to = '/mnt'", "DECLIC_BACKUP_TO is not valid: it is a list."),
        ("backup_to = [5]", "DECLIC_BACKUP_TO is not valid: it is a text, in quotes."),
    ],
)
def test_what_is_wrong_in_the_file_is_said_without_a_word_of_python(
    tmp_path: Path, written: str, sentence: str
) -> None:
    (tmp_path / "declic.toml").write_text(written)

    with pytest.raises(SettingsError) as refused:
        read(config=str(tmp_path / "declic.toml"))

    assert sentence in str(refused.value) and str(tmp_path) in str(refused.value)
    assert "`" not in str(refused.value)


@pytest.mark.parametrize("url", ["https://lomme.example", "https://localhost.example", "http://192.168.1.2"])
def test_test_federation_does_not_start_on_a_public_host(url: str) -> None:
    with pytest.raises(SettingsError, match="DECLIC_TEST_FEDERATION opens the way to private networks"):
        read(url=url, test_federation="on")


@pytest.mark.parametrize("url", ["http://localhost:8001", "http://127.2.3.1", "https://a.test", "http://b.localhost"])
def test_test_federation_starts_where_nobody_else_comes(url: str) -> None:
    assert read(url=url, test_federation="on").test_federation


def test_proxies_are_networks() -> None:
    settings = read(trusted_proxies="10.0.0.0/8, ::1")

    assert [str(network) for network in settings.proxy_networks] == ["10.0.0.0/8", "::1/128"]


def test_an_empty_variable_counts_as_absent() -> None:
    assert read(smtp_url="", rate_limit=" ").rate_limit == 1500


@pytest.mark.parametrize(
    ("given", "address"), [("9464", ("127.0.0.1", 9464)), (":9464", ("127.0.0.1", 9464)), ("[::1]:80", ("::1", 80))]
)
def test_figures_are_for_this_machine_alone_unless_said(given: str, address: tuple[str, int]) -> None:
    assert read(metrics=given).metrics_address == address


def test_a_unix_socket_is_listened_on_by_its_path() -> None:
    assert read(listen="unix:/run/declic/http.sock").address == Path("/run/declic/http.sock")
