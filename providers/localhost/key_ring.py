"""KeyRing: encryption keys in a private folder, rotated by age or on request."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from providers.base.errors import ProviderError
from providers.base.resource import Context, Created, Inputs, Resource, derive
from providers.localhost.program import AbsolutePath
from providers.localhost.told import told
from workloads.store import DamagedError, ExposedError, KeyRingError, NotFoundError, key_ring
from workloads.store.address import connect
from workloads.store.errors import StoreError
from workloads.store.store import read_manifest

Status = Literal["ready", "exposed", "damaged"]


class KeyRingInputs(Inputs):
    """A folder of keys."""

    path: AbsolutePath
    """Absolute folder of the key ring; made with mode 0700. When it is lost, so is all that its keys sealed."""

    rotation_days: int = Field(default=90, ge=1, le=3650)
    """Days after which the primary key is due: the next `up` makes a new one. Older keys still decrypt."""

    generation: int = Field(default=1, ge=1)
    """Raise it to rotate now."""


class KeyRingState(KeyRingInputs):
    """A key ring that was made."""

    ring_id: str
    """Random name of this ring; every bucket that it seals carries it."""

    primary_key_id: str
    """The key that encrypts now: eight hexadecimal digits."""

    key_ids: list[str]
    """Every key that can decrypt, the oldest first."""

    rotated_at: str
    """When the primary key was made, ISO 8601, UTC."""

    status: Status
    """`ready`; `exposed` when others have rights to its files, which the next `up` takes away; `damaged` when it does
    not open and must come back from a backup."""


class KeyRing(Resource[KeyRingInputs, KeyRingState]):
    """Encryption keys in a folder of this machine: one primary that encrypts, older ones that still decrypt."""

    token: ClassVar[str] = "localhost:index:KeyRing"
    inputs = KeyRingInputs
    state = KeyRingState
    replace_on = frozenset({"path"})
    stable_outputs = frozenset({"ringId"})

    def create(self, ctx: Context, inputs: KeyRingInputs) -> Created[KeyRingState]:
        """Make the ring, or adopt the one that an interrupted create of this resource left."""
        with told():
            ring = _own(ctx, inputs) or key_ring.KeyRing.create(
                inputs.path, owner=ctx.urn, generation=inputs.generation
            )
            return Created(inputs.path, _state(ring, inputs))

    def read(self, ctx: Context, id_: str, state: KeyRingState | None) -> KeyRingState | None:
        """Open the ring: gone, another one, exposed and damaged are told apart."""
        try:
            ring = key_ring.KeyRing.open(id_)
        except NotFoundError:
            return None
        except (KeyRingError, DamagedError) as error:
            if state is None:
                raise ProviderError(str(error)) from error
            ctx.log("warning", str(error))
            return state.model_copy(
                update={"status": "exposed" if isinstance(error, ExposedError) else "damaged"}
            )
        if state is not None and ring.id != state.ring_id:
            ctx.log("warning", f"{id_}: holds ring {ring.id}; ring {state.ring_id} is gone")
            return None
        return _state(ring, state or KeyRingInputs(path=id_, generation=ring.generation))

    def diff(self, ctx: Context, state: KeyRingState, inputs: KeyRingInputs) -> list[str]:
        """A primary key past its days, and a ring that is not well, are to be put right."""
        del ctx
        due = ["rotatedAt"] if _is_due(state.rotated_at, inputs.rotation_days) else []
        return due if state.status == "ready" else [*due, "status"]

    def update(self, ctx: Context, id_: str, state: KeyRingState, inputs: KeyRingInputs) -> KeyRingState:
        """Take away rights of others, then rotate if that is asked for or due."""
        with told():
            if state.status == "exposed":
                key_ring.protect(Path(id_))
                ctx.log(
                    "warning",
                    f"{id_}: rights of others were taken away; raise `generation` if they may have read it",
                )
            ring = key_ring.KeyRing.open(id_)
            _require(ring, state, inputs)
            if inputs.generation > ring.generation:
                ring.rotate(generation=inputs.generation)
            elif _is_due(ring.rotated_at.isoformat(), inputs.rotation_days):
                ring.rotate()
            return _state(ring, inputs)

    def delete(self, ctx: Context, id_: str, state: KeyRingState) -> None:
        """Remove the ring; refused while a bucket needs it."""
        del ctx
        with told():
            needed = [user for user in key_ring.users(Path(id_)) if _needs(user, state.ring_id)]
            if needed:
                raise ProviderError(f"{id_}: still seals {', '.join(needed)}; delete the bucket first")
            if not _holds_another(id_, state):
                key_ring.erase(Path(id_))


def _own(ctx: Context, inputs: KeyRingInputs) -> key_ring.KeyRing | None:
    """Open the ring that this resource made before; None when there is none.

    Raises:
        ProviderError: the ring that is there was made by someone else.
    """
    try:
        ring = key_ring.KeyRing.open(inputs.path)
    except NotFoundError:
        return None
    if ring.owner != ctx.urn:
        raise ProviderError(
            f"{inputs.path}: there is a key ring already, of {ring.owner or 'someone else'}; name another folder, or "
            f"take it over: pulumi import localhost:index:KeyRing {ctx.name} {inputs.path}"
        )
    return ring


def _require(ring: key_ring.KeyRing, state: KeyRingState, inputs: KeyRingInputs) -> None:
    if ring.id != state.ring_id:
        raise ProviderError(
            f"{ring.path}: holds ring {ring.id}, not {state.ring_id}; run `pulumi refresh`, then look again"
        )
    if inputs.generation < ring.generation:
        raise ProviderError(
            f"generation: {inputs.generation} given, but the ring is at {ring.generation}; a rotation can't be undone, "
            f"write {ring.generation} or more"
        )


def _is_due(rotated_at: str, days: int) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(rotated_at) > timedelta(days=days)


def _needs(user: str, ring_id: str) -> bool:
    """Say whether a bucket is still there and sealed under the ring; one that can't be read is taken to be."""
    try:
        manifest = read_manifest(connect(user))
    except StoreError:
        return True
    return manifest is not None and manifest.key_ring == ring_id


def _holds_another(path: str, state: KeyRingState) -> bool:
    """Say whether the folder holds a ring that is not this resource's; one that does not open is."""
    try:
        return key_ring.KeyRing.open(path).id != state.ring_id
    except StoreError:
        return False


def _state(ring: key_ring.KeyRing, inputs: KeyRingInputs) -> KeyRingState:
    return derive(
        KeyRingState,
        inputs,
        ring_id=ring.id,
        primary_key_id=ring.primary.id,
        key_ids=[key.id for key in ring.keys],
        rotated_at=ring.rotated_at.isoformat(),
        status="ready",
    )
