"""Bucket: an object store in a folder, sealed object by object under a key ring."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from providers.base.errors import Problem, ProviderError
from providers.base.resource import Context, Created, Inputs, Resource, derive
from providers.localhost import bucket_folder
from providers.localhost.program import AbsolutePath
from providers.localhost.told import told
from workloads import store
from workloads.store import DamagedError, KeyRing, Manifest, Store
from workloads.store.address import folder
from workloads.store.local import LocalBackend
from workloads.store.store import read_manifest, write_manifest

Encryption = Literal["customer-managed", "none"]
Status = Literal["ready", "damaged"]


def _canonical(url: str) -> str:
    return Path(folder(url)).as_uri()


FileUrl = Annotated[str, AfterValidator(_canonical)]


class Lifecycle(Inputs):
    """When objects go by themselves: at each write for the versions of that object, for all at `update` and `sweep`."""

    noncurrent_versions: int | None = Field(default=None, ge=0)
    """Older versions to keep of each object; all when absent."""

    noncurrent_days: int | None = Field(default=None, ge=0)
    """Days that an older version is kept after it was replaced or deleted; for ever when absent."""

    expire_days: int | None = Field(default=None, ge=1)
    """Days after which an object is deleted; never when absent."""


class BucketInputs(Inputs):
    """A folder of objects."""

    url: FileUrl
    """`file:///absolute/folder`; new or empty, made with mode 0700."""

    encryption: Encryption = "customer-managed"
    """`customer-managed`: every object is sealed under `keyRing`. `none`: plain bytes."""

    key_ring: AbsolutePath | None = None
    """Folder of the KeyRing that seals the objects."""

    versioning: bool = False
    """Whether a replaced or deleted object is kept as an older version."""

    lifecycle: Lifecycle = Field(default_factory=Lifecycle)
    """When objects go by themselves; never by default."""

    data_class: str | None = None
    """What kind of data may be stored, such as `public` or `personal`; kept in the manifest."""

    labels: dict[str, str] = Field(default_factory=dict)
    """Free labels, kept in the manifest."""

    force_destroy: bool = False
    """Whether a bucket that still holds objects or older versions may be deleted."""


class BucketState(BucketInputs):
    """A bucket that was made."""

    bucket_id: str
    """Random name of this bucket, bound into every sealed object."""

    ring_id: str | None = None
    """The key ring's own name; absent with encryption `none`."""

    status: Status
    """`ready`, or `damaged` when the manifest is missing, unreadable or contradicts this state: the next `up` writes it
    anew."""


class Bucket(Resource[BucketInputs, BucketState]):
    """An object store in a folder of this machine, encrypted object by object under a key ring.

    Import it as `file:///folder`, or `file:///folder,/folder/of/key/ring` when it is sealed.
    """

    token: ClassVar[str] = "localhost:index:Bucket"
    inputs = BucketInputs
    state = BucketState
    replace_on = frozenset({"url", "encryption", "keyRing"})
    delete_before_replace = True
    stable_outputs = frozenset({"bucketId", "ringId"})

    def check(self, ctx: Context, inputs: BucketInputs) -> list[Problem]:
        """A key ring is given exactly when it is used."""
        del ctx
        if inputs.encryption == "none" and inputs.key_ring is not None:
            return [
                Problem(("keyRing",), "has no use with encryption 'none'; remove it, or remove `encryption`")
            ]
        if inputs.encryption == "customer-managed" and inputs.key_ring is None:
            return [
                Problem(
                    ("keyRing",), "is required with encryption 'customer-managed': give a KeyRing's `path`"
                )
            ]
        return []

    def create(self, ctx: Context, inputs: BucketInputs) -> Created[BucketState]:
        """Make the bucket, or adopt the one that an interrupted create of this resource left."""
        with told():
            ring = KeyRing.open(inputs.key_ring) if inputs.key_ring else None
            manifest = _own(ctx, inputs, ring) or Store.create(inputs.url, ring, owner=ctx.urn).manifest
            write_manifest(_backend(inputs.url), _settled(manifest, inputs))
            if ring is not None:
                ring.register(inputs.url)
        return Created(
            inputs.url,
            derive(BucketState, inputs, bucket_id=manifest.id, ring_id=manifest.key_ring, status="ready"),
        )

    def read(self, ctx: Context, id_: str, state: BucketState | None) -> BucketState | None:
        """Compare the manifest with the state: gone, changed and damaged are told apart."""
        url, _, ring = id_.partition(",")
        with told():
            backend = _backend(url)
            try:
                manifest = read_manifest(backend)
            except DamagedError as error:
                return _damaged(ctx, state, str(error))
            if manifest is None:
                lost = state is not None and bucket_folder.first_object(backend.root) is not None
                return _damaged(ctx, state, f"{url}: the manifest is missing") if lost else None
            if state is not None and manifest.id != state.bucket_id:
                ctx.log("warning", f"{url}: holds bucket {manifest.id}; bucket {state.bucket_id} is gone")
                return None
            if state is not None and (manifest.encryption, manifest.key_ring) != (
                state.encryption,
                state.ring_id,
            ):
                return _damaged(
                    ctx, state, f"{url}: the manifest does not name the key ring that seals the objects"
                )
            return _seen(manifest, state or BucketInputs(url=url, key_ring=ring or None))

    def diff(self, ctx: Context, state: BucketState, inputs: BucketInputs) -> list[str]:
        """A damaged manifest is to be written anew."""
        del ctx, inputs
        return [] if state.status == "ready" else ["status"]

    def update(self, ctx: Context, id_: str, state: BucketState, inputs: BucketInputs) -> BucketState:
        """Write the manifest anew with the inputs' settings, then remove what the lifecycle no longer keeps."""
        del id_
        with told():
            backend = _backend(inputs.url)
            bucket_folder.require(backend, state.bucket_id)
            ring = KeyRing.open(inputs.key_ring) if inputs.key_ring else None
            base = Manifest(state.bucket_id, ctx.urn, state.encryption, state.ring_id)
            manifest = _settled(base, inputs)
            live = Store(backend, manifest, ring)
            write_manifest(backend, manifest)
            if ring is not None:
                ring.register(inputs.url)
            swept = live.sweep()
        if swept.expired or swept.versions:
            ctx.log(
                "info", f"the lifecycle removed {swept.expired} objects and {swept.versions} older versions"
            )
        return derive(BucketState, inputs, bucket_id=state.bucket_id, ring_id=state.ring_id, status="ready")

    def delete(self, ctx: Context, id_: str, state: BucketState) -> None:
        """Remove the folder; refused while it holds objects, unless `forceDestroy` says so."""
        del ctx, id_
        with told():
            backend = _backend(state.url)
            if bucket_folder.is_of(backend, state.bucket_id):
                held = bucket_folder.first_object(backend.root)
                if held and not state.force_destroy:
                    raise ProviderError(
                        f"{state.url}: still holds objects, such as {held}; delete them, or set forceDestroy "
                        "to true and run `pulumi up` before you delete the bucket"
                    )
                bucket_folder.erase(backend.root)
            _release(state)


def _backend(url: str) -> LocalBackend:
    return LocalBackend(folder(url))


def _own(ctx: Context, inputs: BucketInputs, ring: KeyRing | None) -> Manifest | None:
    """Read the manifest that this resource wrote before; None when nothing is there.

    Raises:
        ProviderError: the bucket that is there is someone else's, or sealed otherwise.
    """
    manifest = read_manifest(_backend(inputs.url))
    if manifest is None:
        return None
    if manifest.owner != ctx.urn:
        id_ = f"{inputs.url},{inputs.key_ring}" if inputs.key_ring else inputs.url
        raise ProviderError(
            f"{inputs.url}: there is a bucket already, of {manifest.owner or 'someone else'}; name another folder, or "
            f"take it over: pulumi import localhost:index:Bucket {ctx.name} {id_}"
        )
    if manifest.key_ring != (ring and ring.id):
        raise ProviderError(
            f"{inputs.url}: there is a bucket of this resource already, sealed under ring {manifest.key_ring}; give "
            "that ring, or empty the folder"
        )
    return manifest


def _settled(manifest: Manifest, inputs: BucketInputs) -> Manifest:
    """Put what may change in place into a manifest."""
    return Manifest(
        manifest.id,
        manifest.owner,
        manifest.encryption,
        manifest.key_ring,
        versioning=inputs.versioning,
        lifecycle=store.Lifecycle(**dict(inputs.lifecycle)),
        data_class=inputs.data_class,
        labels=inputs.labels,
    )


def _seen(manifest: Manifest, known: BucketInputs) -> BucketState:
    """Give the state that the manifest tells; what it doesn't know stays as it was known."""
    return derive(
        BucketState,
        known,
        encryption=manifest.encryption,
        versioning=manifest.versioning,
        lifecycle=Lifecycle(**vars(manifest.lifecycle)),
        data_class=manifest.data_class,
        labels=manifest.labels,
        bucket_id=manifest.id,
        ring_id=manifest.key_ring,
        status="ready",
    )


def _damaged(ctx: Context, state: BucketState | None, why: str) -> BucketState:
    if state is None:
        raise ProviderError(f"{why}; mend it before the import")
    ctx.log("warning", f"{why}; `pulumi up` writes it anew")
    return state.model_copy(update={"status": "damaged"})


def _release(state: BucketState) -> None:
    """Tell the ring that the bucket needs it no longer; a ring that is gone or does not open needs no word."""
    try:
        ring = KeyRing.open(state.key_ring) if state.key_ring else None
    except store.StoreError:
        return
    if ring is not None:
        ring.release(state.url)
