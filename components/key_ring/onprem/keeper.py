"""The keeper: a script beside each OpenBao server that makes the keys real, again and again."""

from collections.abc import Iterable
from dataclasses import dataclass

FOLDER = "/openbao/keeper"
"""Where the script finds the list of keys, and one file with a token for each."""

LEASE = "72h"
"""How long a token lives without the keeper; three days are time enough to mend a keeper."""


@dataclass(frozen=True)
class Key:
    """One key of the transit engine."""

    title: str
    """Its name."""
    days: int
    """The longest time between two rotations."""
    generation: int
    """Rises by one to rotate now."""


def listed(keys: Iterable[Key]) -> str:
    """Write the list that the script reads: name, period in hours, generation."""
    return "".join(f"{key.title} {key.days * 24}h {key.generation}\n" for key in keys)


# transit: a key is made once (writing it again changes nothing), never leaves, and cannot be deleted by a slip.
# The generation stands in the policy's text, so that a rotation asked for once happens once.
# `@` hands a token over by its file, since arguments can be read by every process of the machine. A token of a
# chosen id needs sudo on auth/token/create-orphan, which the keeper's policy gives to it alone.
KEEPER = f"""#!/bin/sh
set -u
bao_login() {{
  bao write -field=token auth/kubernetes/login role=keeper \\
    jwt=@/var/run/secrets/kubernetes.io/serviceaccount/token
}}
keep() {{
  key=$1 period=$2 generation=$3
  bao write -f "transit/keys/$key" type=aes256-gcm96 exportable=false || return 1
  bao write "transit/keys/$key/config" auto_rotate_period="$period" deletion_allowed=false || return 1
  known=$(bao read -field=policy "sys/policies/acl/use-$key" 2>/dev/null || true)
  case "$known" in
    "# generation $generation "*) ;;
    "") allow "$key" "$generation" || return 1 ;;
    *) bao write -f "transit/keys/$key/rotate" && allow "$key" "$generation" || return 1 ;;
  esac
  bao write auth/token/renew token=@"{FOLDER}/$key" >/dev/null 2>&1 || bao write auth/token/create-orphan \\
    id=@"{FOLDER}/$key" policies="use-$key" no_default_policy=true period={LEASE} >/dev/null
}}
allow() {{
  bao write "sys/policies/acl/use-$1" policy="# generation $2 of $1
path \\"transit/datakey/plaintext/$1\\" {{ capabilities = [\\"update\\"] }}
path \\"transit/decrypt/$1\\" {{ capabilities = [\\"update\\"] }}"
}}
while :; do
  if BAO_TOKEN=$(bao_login); then
    export BAO_TOKEN
    while read -r key period generation; do
      keep "$key" "$period" "$generation" || echo "key $key is not kept yet" >&2
    done <"{FOLDER}/keys"
    unset BAO_TOKEN
  fi
  [ "${{KEEP_ONCE:-}}" ] && break
  sleep 60
done
"""
"""What runs beside each server; nothing of it is ever printed but the name of a key that failed."""
