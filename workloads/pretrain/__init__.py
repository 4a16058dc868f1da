"""Pretraining of GPT-2 and Llama shapes: one loop from a laptop's two cores to a mesh of GPUs.

Read it top to bottom:

    spec.py          what a run is, without torch: settings, command, environment, what Kubernetes needs
    shape.py         the model's dimensions; one dial derives the rest
    corpus.py        text from the standard library, a path or a URL
    tokens.py        a BPE tokenizer and the token file, kept in the encrypted store
    permutation.py   a keyed shuffle that needs no memory
    loader.py        which samples a rank sees, from one global counter
    model.py         the transformer
    loss.py          cross-entropy without the full logits
    float8.py        matrix products in eight bits
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
