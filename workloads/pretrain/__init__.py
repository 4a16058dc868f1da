"""Pretraining of GPT-2 and Llama shapes: one loop from a laptop's two cores to a mesh of GPUs.

Read it top to bottom:

    errors.py        the error that a person is meant to read
    timeouts.py      every timeout, derived from one number
    spec.py          what a run is, without torch: settings, command, environment, what Kubernetes needs
    job.py           the environment contract
    launch.py        torchrun, quiet
    world.py         this process among the others
    shape.py         the model's dimensions; one dial derives the rest
    corpus.py        text from the standard library, a path or a URL
    tokens.py        a BPE tokenizer and the token file, kept in the encrypted store
    permutation.py   a keyed shuffle that needs no memory
    loader.py        which samples a rank sees, from one global counter
    model.py         the transformer
    loss.py          cross-entropy without the full logits
    softmax_kernel.py its inner part on GPUs
    float8.py        matrix products in eight bits
    float8_layers.py GPT-2's feed-forward part and head, whose casts cost no pass of their own
    float8_kernels.py those casts
    mesh.py          which processes replicate, shard, split tensors and form a pipeline
    parallel.py      the model laid over that mesh
    pipeline.py      stages of the largest shape
    optimizer.py     AdamW, learning rate, gradient norm
    storage.py       the distributed checkpoint's reader and writer on the store
    checkpoint.py    commit, checksums, keep N, resume
    export.py        Hugging Face folder
    notice.py        SIGTERM and spot notices
    peaks.py         what a device can do: model FLOPs utilisation
    goodput.py       where the seconds went
    metrics.py       Prometheus text and JSON lines
    plot.py          the picture at the end
    train.py         the loop
"""
