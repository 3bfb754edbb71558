"""The environment of the functions: every setting of `chalicelib/config.py` that the stage decides.

Secrets come from Secrets Manager by dynamic reference: CloudFormation reads them when it deploys, so that no function needs a permission, a
call and a client for it at each cold start. SSM would not do: CloudFormation resolves its secure strings for a few properties only, and
the environment of a function is none of them.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from chalicelib.config import PREFIX, Settings
from infrastructure.package.parameters import chosen

SECRET_FIELDS = ("selection_secrets", "token_signing_key", "token_signing_key_id", "token_trusted_keys")
"""The settings kept in the secret `palier/<Stage>`, each a text under its own name."""
_CHOSEN: dict[str, Any] = {
    "stage": {"Ref": "Stage"},
    "region": {"Ref": "AWS::Region"},
    "endpoint_url": chosen("HasEndpoint", {"Ref": "EndpointUrl"}),
    "token_issuer": {"Ref": "TokenIssuer"},
    "token_audience": {"Ref": "TokenAudience"},
}
_KINDS = {"_table": "Table", "_queue_url": "Queue", "_bucket": "Bucket"}


class UnsetSettingError(RuntimeError):
    """A setting has no value in the template; the message names it."""


def environment(resources: Container[str]) -> dict[str, Any]:
    """The variables of every function; raise `UnsetSettingError` for a setting that the template cannot give."""
    variables: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        value = _value(name, resources)
        if value is not None:
            variables[PREFIX + name.upper()] = value
        elif field.is_required():
            raise UnsetSettingError(f"the template gives the setting {name} no value")
    # One thread: a function has one processor or less, and numpy would make one for each of the machine's.
    # The version of the secret, so that a rotation always makes another version of the HTTP functions.
    return variables | {"OPENBLAS_NUM_THREADS": "1", "SECRET_VERSION": {"Ref": "SecretVersion"}}


def _value(name: str, resources: Container[str]) -> Any:
    if name in _CHOSEN:
        return _CHOSEN[name]
    if name in SECRET_FIELDS:
        return {"Fn::Sub": f"{{{{resolve:secretsmanager:palier/${{Stage}}:SecretString:{name}::${{SecretVersion}}}}}}"}
    for ending, kind in _KINDS.items():
        if name.endswith(ending):
            logical = name.removesuffix(ending).title().replace("_", "") + kind
            if logical not in resources:
                raise UnsetSettingError(f"the setting {name} names {logical}, which the template does not have")
            return {"Ref": logical}
    return None
