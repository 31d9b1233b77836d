"""The samples for proxies are read by the proxies themselves."""

import datetime
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DEPLOY = Path(__file__).parents[2] / "deploy"

DOMAIN = "entraide.lomme.example"

CADDY, NGINX = (shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin") for name in ("caddy", "nginx"))

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not on this machine (Debian: nginx)")


def write_certificate(folder: Path) -> None:
    """One that nobody believes, where certbot would put a real one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, DOMAIN)])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


def ask_nginx(folder: Path, inside_http: str) -> subprocess.CompletedProcess[str]:
    """Whether nginx would start with this."""
    (folder / "logs").mkdir()
    whole = f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{inside_http}\n}}\n"
    (folder / "nginx.conf").write_text(whole)
    command = [str(NGINX), "-t", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def unprivileged(text: str) -> str:
    """With ports that whoever runs the tests may open."""
    return text.replace("listen 80", "listen 18080").replace("[::]:80", "[::]:18080").replace("443", "18443")


@pytest.mark.skipif(CADDY is None, reason="caddy is not on this machine (Debian: caddy)")
def test_caddy_takes_its_sample(tmp_path: Path) -> None:
    environment = {"DECLIC_DOMAIN": DOMAIN, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = [str(CADDY), "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]

    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert asked.returncode == 0 and "Valid configuration" in asked.stdout + asked.stderr, asked.stderr


@needs_nginx
def test_nginx_takes_its_sample(tmp_path: Path) -> None:
    write_certificate(tmp_path)
    text = (DEPLOY / "nginx.conf").read_text().replace("/etc/letsencrypt/live/your.domain.example", str(tmp_path))

    asked = ask_nginx(tmp_path, unprivileged(text.replace("your.domain.example", DOMAIN)))

    assert asked.returncode == 0, asked.stderr
    assert "warn" not in asked.stderr


def test_the_sample_says_nothing_that_one_of_two_debians_does_not_know() -> None:
    """1.22 of Debian 12 knows no `http2 on`, and 1.26 of Debian 13 warns of `listen … http2`."""
    lines = [line.partition("#")[0] for line in (DEPLOY / "nginx.conf").read_text().splitlines()]

    assert [line for line in lines if "http2" in line] == []


@needs_nginx
def test_nginx_takes_what_yunohost_writes_into_its_own_block(tmp_path: Path) -> None:
    text = (DEPLOY / "yunohost" / "conf" / "nginx.conf").read_text()
    text = text.replace("__PATH__/", "/").replace("__PORT__", "8095")

    asked = ask_nginx(tmp_path, f"server {{\nlisten 18080;\nserver_name {DOMAIN};\n{text}\n}}")

    assert asked.returncode == 0, asked.stderr
    assert "__" not in text.replace("#sub_path_only rewrite ^__PATH__$ / permanent;", "")


@needs_nginx
def test_a_mistake_in_a_sample_would_be_seen(tmp_path: Path) -> None:
    assert ask_nginx(tmp_path, "proxy_bufering off;").returncode != 0
