"""Which store the environment chooses; every mistake at once, and no secret in any message."""

from __future__ import annotations

from pathlib import Path

import pytest

from lumbarkg.errors import InvalidInputError
from lumbarkg.store.remote import Addresses
from lumbarkg.store.settings import RemoteSettings, read_settings
from lumbarkg.store.transport import Credentials

QUERY = {"LUMBARKG_STORE": "https://store.example/sparql"}
SECRET = "hunter2"  # noqa: S105 - nobody's


@pytest.mark.parametrize("environment", [{}, {"LUMBARKG_STORE": ""}, {"LUMBARKG_STORE": "embedded"}])
def test_the_embedded_store_is_the_default(environment: dict[str, str]) -> None:
    assert read_settings(environment) is None


def test_a_remote_store_with_all_its_addresses() -> None:
    settings = read_settings(
        {
            **QUERY,
            "LUMBARKG_STORE_UPDATE": "https://store.example/update",
            "LUMBARKG_STORE_GRAPHS": "https://store.example/data",
            "LUMBARKG_STORE_SECONDS": "7.5",
        }
    )
    addresses = Addresses("https://store.example/sparql", "https://store.example/update", "https://store.example/data")
    assert settings == RemoteSettings(addresses, None, 7.5)


def test_secrets_come_from_a_variable_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    user = {**QUERY, "LUMBARKG_STORE_USER": "anna"}
    for environment, expected in (
        ({**user, "LUMBARKG_STORE_PASSWORD": SECRET}, Credentials.basic("anna", SECRET)),
        ({**user, "LUMBARKG_STORE_PASSWORD_FILE": str(file)}, Credentials.basic("anna", SECRET)),
        ({**QUERY, "LUMBARKG_STORE_TOKEN": SECRET}, Credentials.bearer(SECRET)),
        ({**QUERY, "LUMBARKG_STORE_TOKEN_FILE": str(file)}, Credentials.bearer(SECRET)),
    ):
        settings = read_settings(environment)
        assert settings is not None
        assert settings.credentials == expected
        assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"LUMBARKG_STORE": "ftp://store.example/"}, {"bad-address"}),
        ({"LUMBARKG_STORE": "store.example"}, {"bad-address"}),
        ({"LUMBARKG_STORE": "https://[::1"}, {"bad-address"}),
        ({"LUMBARKG_STORE": "https://store.example/#x"}, {"bad-address"}),
        ({"LUMBARKG_STORE": f"https://anna:{SECRET}@store.example/"}, {"secret-in-address"}),
        ({"LUMBARKG_STORE_USER": "anna"}, {"half-credentials"}),
        ({"LUMBARKG_STORE_PASSWORD": SECRET}, {"half-credentials"}),
        ({"LUMBARKG_STORE_TOKEN": SECRET, "LUMBARKG_STORE_USER": "anna"}, {"two-credentials"}),
        ({"LUMBARKG_STORE_TOKEN": SECRET, "LUMBARKG_STORE_TOKEN_FILE": "/x"}, {"two-secrets"}),
        ({"LUMBARKG_STORE_TOKEN_FILE": "/no/such/file"}, {"unreadable-secret"}),
        ({"LUMBARKG_STORE_TOKEN": f"{SECRET}\r\nX-Other: 1"}, {"bad-secret"}),
        ({"LUMBARKG_STORE_USER": "an:na", "LUMBARKG_STORE_PASSWORD": SECRET}, {"bad-user"}),
        ({"LUMBARKG_STORE_SECONDS": "0"}, {"bad-seconds"}),
        ({"LUMBARKG_STORE_SECONDS": "nan"}, {"bad-seconds"}),
        (
            {"LUMBARKG_STORE_UPDATE": "x", "LUMBARKG_STORE_SECONDS": "x", "LUMBARKG_STORE_USER": "anna"},
            {"bad-address", "bad-seconds", "half-credentials"},
        ),
    ],
)
def test_every_mistake_is_told_at_once(changed: dict[str, str], codes: set[str]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_settings({**QUERY, **changed})
    assert {issue.code for issue in refused.value.issues} == codes
    assert all(issue.path.startswith("/LUMBARKG_STORE") for issue in refused.value.issues)
    assert SECRET not in str(refused.value)
