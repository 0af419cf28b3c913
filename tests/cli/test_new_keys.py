from __future__ import annotations

import json

import pytest

from rbac_sync.cli.new_keys import keeping
from rbac_sync.errors import ApplyStopped, BackendError

from ..build import key

KEYS = [key("sa:ci", "main")[0].address]
SECRETS = {"service-account.ci/key/main": "secret"}


def stopped(file, error, secrets):
    """End a run with *error* after it has made *secrets*, if any."""
    with keeping(KEYS, file) as keep:
        if secrets:
            keep(secrets)
        raise error("stopped")


def test_secrets_of_what_was_made_before_a_run_stopped_stay_in_the_file(tmp_path):
    file = tmp_path / "keys.json"

    with pytest.raises(ApplyStopped):
        stopped(file, ApplyStopped, SECRETS)

    assert json.loads(file.read_text()) == SECRETS


def test_where_a_run_stopped_before_it_made_a_key_there_is_no_file(tmp_path):
    with pytest.raises(ApplyStopped):
        stopped(tmp_path / "keys.json", ApplyStopped, {})

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [BackendError, KeyboardInterrupt, OSError])
def test_where_nothing_was_made_no_secret_stays(tmp_path, error):
    with pytest.raises(error):
        stopped(tmp_path / "keys.json", error, SECRETS)

    assert list(tmp_path.iterdir()) == []
